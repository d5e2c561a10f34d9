"""What recruiters may decide and what not, and what each refusal says: the rules, without ports."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from chassis.testing import NOON
from intake.domain.applications import Application, Happening, after, has_moved
from intake.domain.decisions import where_reopened, why_not, why_not_confirm
from intake.domain.status_machine import (
    BY_HAND,
    DECISIONS,
    SETS_ASIDE,
    SETTABLE,
    ClosedBecause,
    Fact,
    Status,
)

LATER = NOON + timedelta(hours=1)
FIRST_CALL, SECOND_CALL = UUID(int=1), UUID(int=2)
PHONING = ("call_in_progress", "call_completed", "scoring")
OUTCOMES = ("qualified", "not_qualified", "callback_scheduled")
ALL = tuple(status.value for status in Status)
OPEN = tuple(status for status in ALL if status != "closed")


def an_application(status: str | Status, **fields: object) -> Application:
    return replace(Application(17, 5, 3, Status(status)), **fields)  # type: ignore[arg-type]


def a_wish(fact: Fact, target: str | Status | None = None, *, at: datetime | None = LATER) -> Happening:
    return Happening(
        fact,
        "because",
        status=Status(target) if target else None,
        callback_at=at,
        needs_human_reason="because",
    )


DECIDED = {
    Fact.OVERRIDDEN: {(one, other.value) for one in ALL for other in SETTABLE if one != other.value},
    Fact.CALLBACK_ARRANGED: {(one, "callback_scheduled") for one in OPEN if one not in PHONING},
    Fact.RESOLVED: {("needs_human", one) for one in (*OUTCOMES, "call_queued", "closed")},
    Fact.REVERSED: {(one, two) for one in OUTCOMES for two in (*OUTCOMES, "needs_human") if one != two},
    Fact.ADOPTED: {
        *((one, then) for one in OPEN if one not in PHONING for then in (*OUTCOMES, "needs_human")),
        *((one, one) for one in ("awaiting_cv", "cv_followup_1", "cv_followup_2", "cv_overdue")),
        *((one, one) for one in ("cv_received", "awaiting_cv_rejected", "cv_received_rejected")),
    },
    Fact.CLOSED_BY_RECRUITER: {(one, "closed") for one in OPEN},
    Fact.WITHDRAWN: {(one, "closed") for one in OPEN},
    Fact.REOPENED: {("closed", "pending_call"), ("closed", "needs_human")},
    Fact.UNDONE: {(one, other) for one in ALL for other in ALL},
    Fact.CLOSED_AS_MERGED: {(one, "closed") for one in OPEN},
    Fact.MERGE_UNDONE: {("closed", one) for one in OPEN},
    Fact.IMPORT_UNDONE: {("pending_call", "closed")},
    Fact.BROUGHT_BACK: {("closed", "pending_call")},
}


@pytest.mark.parametrize("fact", DECIDED, ids=lambda fact: fact.name)
def test_the_table_of_decisions_holds_what_people_may_do_and_nothing_else(fact: Fact) -> None:
    written = {
        (current.value, target.value)
        for (current, row), targets in DECISIONS.items()
        for target in targets
        if row is fact
    }
    assert written == DECIDED[fact]


def test_every_decision_is_in_the_table() -> None:
    assert {fact for _, fact in DECISIONS} == set(DECIDED)
    assert set(DECIDED) > BY_HAND


@pytest.mark.parametrize("status", Status)
@pytest.mark.parametrize("target", Status)
def test_a_status_is_set_by_hand_or_the_refusal_says_what_can_be_done(status: Status, target: Status) -> None:
    application = an_application(status)
    wish = a_wish(Fact.OVERRIDDEN, target)
    refusal = why_not(application, wish, NOON)
    there_and_back = {("cv_received", "qualified"), ("cv_received_rejected", "not_qualified")}
    if target not in SETTABLE:
        assert refusal is not None
        assert refusal.code == "not_settable"
        assert any(word in refusal.message for word in ("You can set", "queue a call", "schedule a callback"))
    elif status is target:
        assert refusal is not None
        assert refusal.code == "already_there"
    elif (status.value, target.value) in there_and_back:
        assert refusal is not None
        assert refusal.code == "cv_is_here"
    else:
        assert refusal is None
        then = after(application, wish)
        assert (then.status, then.sequence) == (target, 1)
        assert then.set_aside == application


@pytest.mark.parametrize(
    ("fact", "status", "target", "code"),
    [
        *((Fact.CALLBACK_ARRANGED, status, None, "call_under_way") for status in PHONING),
        (Fact.CALLBACK_ARRANGED, "closed", None, "closed"),
        *((Fact.CALLBACK_ARRANGED, one, None, None) for one in OPEN if one not in PHONING),
        *((Fact.RESOLVED, one, "qualified", "nobody_needed") for one in ALL if one != "needs_human"),
        *((Fact.RESOLVED, "needs_human", two, None) for two in (*OUTCOMES, "call_queued", "closed")),
        *((Fact.REVERSED, one, "needs_human", "nothing_to_reverse") for one in ALL),
        (Fact.CLOSED_BY_RECRUITER, "closed", None, "already_closed"),
        (Fact.WITHDRAWN, "closed", None, "already_closed"),
        *((Fact.CLOSED_BY_RECRUITER, one, None, None) for one in OPEN),
        *((Fact.WITHDRAWN, one, None, None) for one in OPEN),
        *((Fact.REOPENED, one, "needs_human", "not_closed") for one in OPEN),
        (Fact.REOPENED, "closed", "needs_human", None),
        *((Fact.UNDONE, one, None, "nothing_to_undo") for one in ALL),
    ],
)
def test_what_can_be_decided_from_where(
    fact: Fact, status: str, target: str | None, code: str | None
) -> None:
    application, wish = an_application(status), a_wish(fact, target)
    refusal = why_not(application, wish, NOON)
    assert (refusal.code if refusal else None) == code
    assert has_moved(application, after(application, wish)) == (code is None)
    if refusal:
        assert refusal.message.endswith(".")


@pytest.mark.parametrize(
    ("at", "code"),
    [
        (NOON, "in_the_past"),
        (NOON - timedelta(days=1), "in_the_past"),
        (NOON + timedelta(seconds=1), None),
        (NOON + timedelta(days=400), "too_far_away"),
        (LATER.replace(tzinfo=None), "no_time_zone"),
        (None, "no_time"),
    ],
)
@pytest.mark.parametrize(
    ("fact", "status"),
    [(Fact.CALLBACK_ARRANGED, "call_failed"), (Fact.RESOLVED, "needs_human"), (Fact.REVERSED, "qualified")],
)
def test_a_callback_has_a_time_that_is_to_come(
    fact: Fact, status: str, at: datetime | None, code: str | None
) -> None:
    application = an_application(status, proposed=fact is Fact.REVERSED)
    refusal = why_not(application, a_wish(fact, "callback_scheduled", at=at), NOON)
    assert (refusal.code if refusal else None) == code


@pytest.mark.parametrize(
    ("reason", "code"), [("", "no_reason"), ("  \n", "no_reason"), ("a\0b", "text_damaged")]
)
def test_every_decision_has_a_reason_that_can_be_read(reason: str, code: str) -> None:
    wish = replace(a_wish(Fact.CLOSED_BY_RECRUITER), reason=reason)
    refusal = why_not(an_application("pending_call"), wish, NOON)
    assert refusal is not None
    assert refusal.code == code


@pytest.mark.parametrize(
    ("because", "code"),
    [
        (ClosedBecause.MERGED, "closed_as_merged"),
        (ClosedBecause.IMPORT_UNDONE, "import_undone"),
        (ClosedBecause.NO_CV, None),
        (ClosedBecause.RECRUITER, None),
    ],
)
@pytest.mark.parametrize("fact", [Fact.REOPENED, Fact.OVERRIDDEN])
def test_what_was_closed_as_somebody_elses_task_is_opened_by_them(
    fact: Fact, because: ClosedBecause, code: str | None
) -> None:
    closed = an_application("closed", closed_because=because)
    wish = a_wish(fact, "needs_human")
    refusal = why_not(closed, wish, NOON)
    assert (refusal.code if refusal else None) == code
    assert (after(closed, wish) is closed) == (code is not None)


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({}, Status.PENDING_CALL),
        ({"calls": (FIRST_CALL,)}, Status.NEEDS_HUMAN),
        ({"score": 70, "qualified": True}, Status.NEEDS_HUMAN),
        ({"qualified": False}, Status.NEEDS_HUMAN),
    ],
)
def test_who_was_never_called_waits_for_a_call_when_reopened(
    fields: dict[str, object], status: Status
) -> None:
    assert where_reopened(an_application("closed", **fields)) is status


def test_only_a_proposal_is_confirmed_and_once() -> None:
    assert why_not_confirm(an_application("qualified", proposed=True)) is None
    done = why_not_confirm(an_application("qualified", confirmed=True))
    assert done is not None
    assert done.code == "already_confirmed"
    none = why_not_confirm(an_application("qualified"))
    assert none is not None
    assert none.code == "nothing_to_confirm"


@pytest.mark.parametrize("fact", sorted(SETS_ASIDE - {Fact.REVERSED}, key=lambda fact: fact.name))
def test_what_a_decision_replaced_is_kept_and_comes_back(fact: Fact) -> None:
    start = an_application(
        {Fact.REOPENED: "closed", Fact.RESOLVED: "needs_human"}.get(fact, "awaiting_cv"),
        score=80,
        qualified=True,
        sequence=4,
    )
    targets = {
        **{Fact.OVERRIDDEN: "not_qualified", Fact.RESOLVED: "qualified", Fact.REOPENED: "needs_human"},
        Fact.ADOPTED: "not_qualified",
    }
    decided = after(start, a_wish(fact, targets.get(fact)))
    assert decided.set_aside == start
    back = Fact.MERGE_UNDONE if fact is Fact.CLOSED_AS_MERGED else Fact.UNDONE
    assert after(decided, a_wish(back)) == replace(start, sequence=6)
    other = Fact.UNDONE if fact is Fact.CLOSED_AS_MERGED else Fact.MERGE_UNDONE
    assert after(decided, a_wish(other)) is decided


def test_the_pipeline_goes_on_beneath_a_decision() -> None:
    calling = an_application("call_in_progress", calls=(FIRST_CALL,), on_the_phone=True)
    then = after(calling, a_wish(Fact.OVERRIDDEN, "needs_human"))
    story = [
        Happening(Fact.CALL_COMPLETED, "held", FIRST_CALL),
        Happening(Fact.EVALUATION_REQUESTED, "asked", FIRST_CALL),
        Happening(Fact.CV_MATCHED, "came", cv_received_at=NOON),
        Happening(Fact.FOUND_QUALIFIED, "scored", FIRST_CALL, score=90),
    ]
    for happening in story:
        then = after(then, happening)
        assert (then.status, then.sequence) == (Status.NEEDS_HUMAN, 1)
    back = after(then, a_wish(Fact.UNDONE))
    assert (back.status, back.score, back.cv_received_at) == (Status.CV_RECEIVED, 90, NOON)
    assert (back.sequence, back.set_aside) == (2, None)


def test_a_decision_that_something_followed_can_not_be_taken_back() -> None:
    asked = after(
        after(an_application("awaiting_cv"), a_wish(Fact.OVERRIDDEN, "not_qualified")),
        Happening(Fact.CV_REQUESTED_FOR_LATER, "asked"),
    )
    assert (asked.status, asked.set_aside) == (Status.AWAITING_CV_REJECTED, None)
    assert after(asked, a_wish(Fact.UNDONE)) is asked


def test_a_timer_never_moves_what_was_set_aside() -> None:
    scheduled = an_application("callback_scheduled", callback_at=LATER, timer_id=FIRST_CALL)
    closed = after(scheduled, a_wish(Fact.CLOSED_BY_RECRUITER))
    for timer_id in (None, FIRST_CALL):
        assert after(closed, Happening(Fact.CALLBACK_DUE, "due", timer_id=timer_id)) is closed


def test_a_call_that_rings_while_a_recruiter_queues_anew_is_the_one_that_was_asked_for() -> None:
    """Nobody is dialled twice: calling has this one under way, and will say how it ends."""
    calling = an_application("call_in_progress", calls=(FIRST_CALL,), on_the_phone=True)
    waiting = after(calling, a_wish(Fact.OVERRIDDEN, "pending_call"))
    queued = after(waiting, Happening(Fact.CALL_REQUESTED, "asked"))
    assert (queued.status, queued.set_aside) == (Status.CALL_QUEUED, None)
    held = after(queued, Happening(Fact.CALL_COMPLETED, "held", FIRST_CALL))
    assert (held.status, held.on_the_phone) == (Status.CALL_COMPLETED, False)
    assert after(held, Happening(Fact.CALL_COMPLETED, "held", FIRST_CALL)) is held


def test_a_call_of_an_earlier_round_that_ended_is_old_news() -> None:
    calling = an_application("call_in_progress", calls=(FIRST_CALL,), on_the_phone=True)
    waiting = after(calling, a_wish(Fact.OVERRIDDEN, "pending_call"))
    ended = after(waiting, Happening(Fact.CALL_COMPLETED, "held", FIRST_CALL))
    queued = after(ended, Happening(Fact.CALL_REQUESTED, "asked"))
    assert after(queued, Happening(Fact.CALL_COMPLETED, "again", FIRST_CALL)) is queued


def test_a_call_heard_of_while_nobody_waits_for_one_is_known_to_be_old_later() -> None:
    person = an_application("needs_human", needs_human_reason="why")
    heard = after(person, Happening(Fact.CALL_COMPLETED, "held", FIRST_CALL))
    assert (heard.status, heard.calls) == (Status.NEEDS_HUMAN, (FIRST_CALL,))
    queued = after(heard, Happening(Fact.CALL_REQUESTED, "asked"))
    assert after(queued, Happening(Fact.CALL_COMPLETED, "again", FIRST_CALL)) is queued


def test_an_undone_import_is_brought_back_by_the_next_and_by_nothing_else() -> None:
    gone = after(an_application("pending_call"), a_wish(Fact.IMPORT_UNDONE))
    assert (gone.status, gone.closed_because) == (Status.CLOSED, ClosedBecause.IMPORT_UNDONE)
    back = after(gone, a_wish(Fact.BROUGHT_BACK))
    assert (back.status, back.closed_because, back.sequence) == (Status.PENDING_CALL, None, 2)
    closed = an_application("closed", closed_because=ClosedBecause.RECRUITER)
    assert after(closed, a_wish(Fact.BROUGHT_BACK)) is closed
