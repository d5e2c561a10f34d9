"""What an application may become, and what a position may look like."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

import pytest
from contracts import intake as published
from contracts.intake import ApplicationStatus
from intake.domain.applications import Application, Happening, after, cv_already_here, has_moved, wait_of
from intake.domain.positions import why_not_call
from intake.domain.status_machine import TRANSITIONS, ClosedBecause, Fact, Status

NOON = datetime(2026, 11, 18, 12, tzinfo=UTC)
FIRST_CALL, SECOND_CALL = UUID(int=1), UUID(int=2)

DRAWN = {
    "pending_call": "call_queued",
    "call_queued": "call_in_progress call_failed needs_human call_completed",
    "call_in_progress": "call_queued call_failed needs_human call_completed",
    "call_completed": "scoring",
    "call_failed": "call_queued",
    "scoring": "qualified not_qualified callback_scheduled needs_human",
    "callback_scheduled": "call_queued",
    "needs_human": "call_queued needs_human",
    "qualified": "awaiting_cv cv_received needs_human",
    "awaiting_cv": "cv_followup_1 cv_received needs_human",
    "cv_followup_1": "cv_followup_2 cv_received needs_human",
    "cv_followup_2": "cv_overdue cv_received",
    "cv_overdue": "cv_received",
    "cv_received": "",
    "not_qualified": "awaiting_cv_rejected cv_received_rejected",
    "awaiting_cv_rejected": "cv_received_rejected",
    "cv_received_rejected": "",
}
"""recruitflow.md 4.3; besides, everything but ``closed`` may be closed, and a person may still be needed."""


def an_application(status: Status = Status.PENDING_CALL, **fields: object) -> Application:
    return replace(Application(17, 5, 3, status), **fields)  # type: ignore[arg-type]


def test_the_table_holds_what_the_specification_draws_and_nothing_else() -> None:
    drawn = {(Status(one), Status(other)) for one, others in DRAWN.items() for other in others.split()}
    drawn |= {(status, Status.CLOSED) for status in Status if status is not Status.CLOSED}
    assert {(current, following) for (current, _), following in TRANSITIONS.items()} == drawn


def test_the_published_statuses_are_the_ones_of_the_table() -> None:
    assert [status.value for status in ApplicationStatus] == [status.value for status in Status]
    assert {why.value for why in published.ClosedBecause} == {why.value for why in ClosedBecause}


def test_a_closed_application_is_never_left() -> None:
    closed = an_application(Status.CLOSED)
    assert all(after(closed, Happening(fact, "late")) is closed for fact in Fact)


def test_a_fact_that_fits_no_row_changes_nothing() -> None:
    waiting = an_application()
    assert after(waiting, Happening(Fact.EVALUATION_REQUESTED, "early")) is waiting


def test_a_verdict_brings_its_score_along() -> None:
    scoring = an_application(Status.SCORING, calls=(FIRST_CALL,))
    found = Happening(Fact.FOUND_QUALIFIED, "scored 80", FIRST_CALL, score=80, score_notes="clear")
    then = after(scoring, found)
    assert (then.status, then.qualified, then.score, then.score_notes) == (
        Status.QUALIFIED,
        True,
        80,
        "clear",
    )
    assert then.sequence == 1


def test_a_callback_time_stands_only_while_the_callback_is_scheduled() -> None:
    scoring = an_application(Status.SCORING)
    scheduled = after(scoring, Happening(Fact.CALLBACK_AGREED, "later", callback_at=NOON))
    assert (scheduled.callback_at, wait_of(scheduled)) == (NOON, "callback:17")
    queued = after(scheduled, Happening(Fact.CALL_REQUESTED, "now"))
    assert (queued.status, queued.callback_at, wait_of(queued)) == (Status.CALL_QUEUED, None, None)


def test_an_old_timer_counts_no_more() -> None:
    scheduled = an_application(Status.CALLBACK_SCHEDULED, timer_id=UUID(int=9))
    old = Happening(Fact.CALLBACK_DUE, "due", timer_id=UUID(int=8))
    assert after(scheduled, old) is scheduled
    assert after(scheduled, replace(old, timer_id=UUID(int=9))).status is Status.CALL_QUEUED


def test_late_news_of_an_earlier_call_does_not_touch_the_present_one() -> None:
    calling = an_application(Status.CALL_IN_PROGRESS, calls=(FIRST_CALL, SECOND_CALL))
    late = Happening(Fact.CALL_TO_BE_RETRIED, "no answer", FIRST_CALL)
    assert after(calling, late) is calling
    queued = an_application(Status.CALL_QUEUED, calls=(FIRST_CALL,))
    assert after(queued, Happening(Fact.CALL_COMPLETED, "again", FIRST_CALL)) is queued
    assert after(queued, Happening(Fact.CALL_PLACED, "again", FIRST_CALL)) is queued


def test_a_call_whose_end_is_heard_before_its_beginning_ends_all_the_same() -> None:
    queued = an_application(Status.CALL_QUEUED)
    completed = after(queued, Happening(Fact.CALL_COMPLETED, "held", FIRST_CALL))
    assert completed.status is Status.CALL_COMPLETED
    assert after(completed, Happening(Fact.CALL_PLACED, "late", FIRST_CALL)) is completed


def test_a_missed_call_heard_of_before_its_beginning_is_remembered() -> None:
    queued = an_application(Status.CALL_QUEUED)
    remembered = after(queued, Happening(Fact.CALL_TO_BE_RETRIED, "no answer", FIRST_CALL))
    assert (remembered.status, has_moved(queued, remembered)) == (Status.CALL_QUEUED, False)
    assert after(remembered, Happening(Fact.CALL_PLACED, "late", FIRST_CALL)) is remembered
    assert (
        after(remembered, Happening(Fact.CALL_PLACED, "next", SECOND_CALL)).status is Status.CALL_IN_PROGRESS
    )


def test_a_late_evaluation_of_an_earlier_call_changes_nothing() -> None:
    scoring = an_application(Status.SCORING, calls=(FIRST_CALL, SECOND_CALL))
    assert after(scoring, Happening(Fact.FOUND_NOT_QUALIFIED, "late", FIRST_CALL, score=1)) is scoring


def test_a_cv_after_the_overdue_date_is_still_received() -> None:
    overdue = an_application(Status.CV_OVERDUE, timer_id=UUID(int=9), qualified=True)
    then = after(overdue, Happening(Fact.CV_MATCHED, "came", cv_received_at=NOON))
    assert (then.status, then.cv_received_at, then.timer_id) == (Status.CV_RECEIVED, NOON, None)


def test_a_cv_that_came_before_the_verdict_counts_as_soon_as_it_is_there() -> None:
    came = Happening(Fact.CV_MATCHED, "came", cv_received_at=NOON)
    early = after(an_application(Status.SCORING), came)
    assert (early.status, early.sequence, early.cv_received_at) == (Status.SCORING, 0, NOON)
    assert cv_already_here(early) is None
    judged = after(early, Happening(Fact.FOUND_QUALIFIED, "scored", score=80))
    then = after(judged, cv_already_here(judged) or came)
    assert (then.status, then.sequence, then.cv_received_at) == (Status.CV_RECEIVED, 2, NOON)
    assert cv_already_here(an_application(Status.QUALIFIED)) is None


@pytest.mark.parametrize(
    ("status", "position", "phone", "code"),
    [
        (Status.PENDING_CALL, "open", "+40712000001", None),
        (Status.CALL_FAILED, "open", "+40712000001", None),
        (Status.NEEDS_HUMAN, "open", "+40712000001", None),
        (Status.CALLBACK_SCHEDULED, "open", "+40712000001", None),
        (Status.CALL_QUEUED, "open", "+40712000001", "already_queued"),
        (Status.CALL_IN_PROGRESS, "open", "+40712000001", "call_under_way"),
        (Status.SCORING, "open", "+40712000001", "call_under_way"),
        (Status.QUALIFIED, "open", "+40712000001", "already_screened"),
        (Status.CLOSED, "open", "+40712000001", "closed"),
        (Status.PENDING_CALL, "paused", "+40712000001", "position_paused"),
        (Status.PENDING_CALL, "closed", "+40712000001", "position_closed"),
        (Status.PENDING_CALL, "open", None, "no_usable_phone"),
    ],
)
def test_who_can_be_called_and_why_not(
    status: Status, position: str, phone: str | None, code: str | None
) -> None:
    refusal = why_not_call(status, position, phone)
    assert (refusal.code if refusal else None) == code


def test_who_asked_not_to_be_called_is_not_queued() -> None:
    refusal = why_not_call(Status.PENDING_CALL, "open", "+40712000001", forbidden=True)
    assert (refusal.code if refusal else None) == "do_not_contact"


def test_nobody_is_queued_for_a_position_that_does_not_say_how_calls_are_held() -> None:
    refusal = why_not_call(Status.PENDING_CALL, "open", "+40712000001", prompted=False)
    assert refusal is not None
    assert refusal.code == "prompts_missing"
    assert "write or generate them" in refusal.message
    paused = why_not_call(Status.PENDING_CALL, "paused", "+40712000001", prompted=False)
    assert paused is not None
    assert paused.code == "position_paused"


def test_only_what_the_table_allows_can_be_queued() -> None:
    for status in Status:
        allowed = why_not_call(status, "open", "+40712000001") is None
        assert allowed == ((status, Fact.CALL_REQUESTED) in TRANSITIONS)
