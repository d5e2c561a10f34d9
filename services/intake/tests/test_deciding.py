"""Statuses that recruiters set by hand, and how they are taken back; in memory and on PostgreSQL."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from chassis.testing import NOON
from contracts import Accepted, Command, Refused
from contracts.intake import (
    CloseApplication,
    OverrideStatus,
    QueueCalls,
    ResolveNeedsHuman,
    ScheduleCallback,
    UndoOverride,
    WithdrawApplication,
)
from contracts.scoring import Outcome
from intake.domain.status_machine import SETTABLE, ClosedBecause, Status
from intake_support.desk import Audited, Desk, code_of, sequence_of
from intake_support.stores import RECRUITER

CALL = UUID(int=7)
TOMORROW = NOON + timedelta(days=1)


@pytest.mark.parametrize("target", [one for one in SETTABLE if one is not Status.PENDING_CALL])
async def test_a_status_set_by_hand_is_written_down_as_such_and_taken_back(
    desk: Desk, target: Status
) -> None:
    await desk.has(Status.PENDING_CALL)
    before = await desk.now()
    assert sequence_of(await desk.asks(OverrideStatus, status=target.value, expected_sequence=1)) == 2
    (change,) = await desk.changes()
    assert (change.current.value, change.by_hand, change.actor) == (target.value, True, RECRUITER)
    assert (await desk.now()).status is target
    assert sequence_of(await desk.asks(UndoOverride, sequence=2)) == 3
    then = await desk.now()
    assert (then.status, then.qualified, then.closed_because) == (Status.PENDING_CALL, None, None)
    assert (then.cv_received_at, then.needs_human_reason) == (before.cv_received_at, None)
    assert (await desk.audit())[1:] == [
        Audited(2, Status.PENDING_CALL, target, True, None),
        Audited(3, target, Status.PENDING_CALL, False, 2),
    ]
    assert await desk.timers() == {}


async def test_side_fields_come_with_the_status_that_was_set(desk: Desk) -> None:
    await desk.has(Status.CALL_FAILED)
    await desk.asks(OverrideStatus, status="needs_human", reason="speaks only English")
    assert (await desk.now()).needs_human_reason == "speaks only English"
    await desk.asks(OverrideStatus, status="cv_received")
    then = await desk.now()
    assert (then.needs_human_reason, then.cv_received_at, then.qualified) == (None, NOON, True)
    await desk.asks(OverrideStatus, status="closed")
    assert (await desk.now()).closed_because is ClosedBecause.RECRUITER


async def test_a_status_of_the_pipeline_is_refused_with_what_can_be_set(desk: Desk) -> None:
    await desk.has(Status.PENDING_CALL)
    answer = await desk.asks(OverrideStatus, status="scoring")
    assert isinstance(answer, Refused)
    assert answer.message == (
        "Only the pipeline leads to scoring. You can set: pending call, needs human, qualified,"
        " not qualified, CV received, CV received rejected, closed."
    )


async def test_what_happened_meanwhile_is_named(desk: Desk) -> None:
    await desk.has(Status.CALL_IN_PROGRESS, calls=(CALL,))
    await desk.hears(desk.facts.completed(CALL))
    for kind, fields in (
        (OverrideStatus, {"status": "closed"}),
        (ScheduleCallback, {"at": TOMORROW}),
        (ResolveNeedsHuman, {"resolution": "close"}),
    ):
        answer = await desk.asks(kind, expected_sequence=1, **fields)
        assert isinstance(answer, Refused)
        assert answer.code == "moved_meanwhile"
        assert answer.message.startswith("Meanwhile it went on to call completed: the call was held.")


STORIES: dict[str, tuple[Status, dict[str, Any], Status]] = {
    "nobody answered, and no more attempts": (Status.CALL_IN_PROGRESS, {}, Status.CALL_FAILED),
    "the call is held": (Status.CALL_IN_PROGRESS, {}, Status.CALL_COMPLETED),
    "found to fit": (Status.SCORING, {}, Status.QUALIFIED),
    "asks to be called later": (Status.SCORING, {}, Status.CALLBACK_SCHEDULED),
    "found to fit, and the CV comes": (Status.SCORING, {}, Status.CV_RECEIVED),
    "reminded": (Status.AWAITING_CV, {"qualified": True}, Status.CV_FOLLOWUP_1),
    "no CV": (Status.CV_FOLLOWUP_2, {"qualified": True}, Status.CV_OVERDUE),
    "asked for later": (Status.NOT_QUALIFIED, {"qualified": False}, Status.AWAITING_CV_REJECTED),
    "nothing": (Status.CALL_QUEUED, {}, Status.CALL_QUEUED),
}
TIMED = {Status.CALLBACK_SCHEDULED, Status.CV_OVERDUE, Status.AWAITING_CV_REJECTED}


async def tell(desk: Desk, story: str) -> None:
    facts = desk.facts
    events = {
        "nobody answered, and no more attempts": [facts.not_answered(CALL, None)],
        "the call is held": [facts.completed(CALL)],
        "found to fit": [facts.evaluated(CALL, Outcome.QUALIFIED)],
        "asks to be called later": [facts.evaluated(CALL, Outcome.CALLBACK_REQUESTED, TOMORROW)],
        "found to fit, and the CV comes": [facts.evaluated(CALL, Outcome.QUALIFIED), facts.cv_matched()],
        "reminded": [facts.followed_up(1)],
        "no CV": [facts.request_expired()],
        "asked for later": [facts.asked_for_cv(for_later=True)],
        "nothing": [],
    }
    await desk.hears(*events[story])


@pytest.mark.parametrize("story", STORIES)
@pytest.mark.parametrize("decision", [CloseApplication, WithdrawApplication, OverrideStatus])
async def test_undoing_leads_to_where_the_pipeline_is_by_then(
    desk: Desk, story: str, decision: type[Command]
) -> None:
    start, fields, end = STORIES[story]
    await desk.has(start, calls=(CALL,), **fields)
    wish = {"status": "needs_human"} if decision is OverrideStatus else {}
    sequence = sequence_of(await desk.asks(decision, **wish))
    await tell(desk, story)
    assert (await desk.now()).sequence == sequence
    answer = await desk.asks(UndoOverride, sequence=sequence)
    assert isinstance(answer, Accepted)
    assert answer.result == {"sequence": 3, "status": end.value}
    assert (await desk.now()).status is end
    assert bool(await desk.timers()) == (end in TIMED)


@pytest.mark.parametrize(
    ("decision", "fields", "because"),
    [
        (CloseApplication, {}, ClosedBecause.RECRUITER),
        (WithdrawApplication, {}, ClosedBecause.WITHDRAWN),
        (OverrideStatus, {"status": "closed"}, ClosedBecause.RECRUITER),
    ],
)
async def test_a_timer_stops_with_a_decision_and_runs_again_when_it_is_taken_back(
    desk: Desk, decision: type[Command], fields: dict[str, Any], because: ClosedBecause
) -> None:
    await desk.has(Status.SCORING, calls=(CALL,))
    await desk.hears(desk.facts.evaluated(CALL, Outcome.CALLBACK_REQUESTED, TOMORROW))
    (key,) = await desk.timers()
    await desk.asks(decision, **fields)
    assert await desk.timers() == {}
    assert (await desk.now()).closed_because is because
    assert (await desk.changes())[-1].closed_because == because.value
    desk.clock.wait(timedelta(days=2))
    await desk.asks(UndoOverride, sequence=3)
    assert (await desk.timers())[key].at == desk.clock.now()
    await desk.rings(key)
    assert await desk.status() is Status.CALL_QUEUED


async def test_an_override_from_which_something_followed_stays(desk: Desk) -> None:
    await desk.has(Status.CALL_FAILED)
    sequence = sequence_of(await desk.asks(OverrideStatus, status="qualified"))
    await desk.hears(desk.facts.asked_for_cv(for_later=False))
    answer = await desk.asks(UndoOverride, sequence=sequence)
    assert isinstance(answer, Refused)
    assert answer.code == "moved_meanwhile"
    assert "Meanwhile it went on to awaiting CV: asked for a CV by WhatsApp." in answer.message


async def test_a_second_decision_takes_the_place_of_the_first(desk: Desk) -> None:
    await desk.has(Status.CALL_FAILED)
    first = sequence_of(await desk.asks(OverrideStatus, status="needs_human"))
    second = sequence_of(await desk.asks(CloseApplication))
    assert code_of(await desk.asks(UndoOverride, sequence=first)) == "moved_meanwhile"
    await desk.asks(UndoOverride, sequence=second)
    assert await desk.status() is Status.NEEDS_HUMAN
    assert code_of(await desk.asks(UndoOverride, sequence=4)) == "nothing_to_undo"


async def test_what_the_pipeline_did_is_not_undone(desk: Desk) -> None:
    await desk.has(Status.CALL_QUEUED)
    await desk.hears(desk.facts.placed(CALL))
    assert code_of(await desk.asks(UndoOverride, sequence=2)) == "nothing_to_undo"


async def test_a_cv_that_is_here_makes_a_decision_go_on_and_both_are_taken_back(desk: Desk) -> None:
    await desk.has(Status.NEEDS_HUMAN, cv_received_at=NOON)
    answer = await desk.asks(OverrideStatus, status="not_qualified")
    assert (sequence_of(answer), await desk.status()) == (3, Status.CV_RECEIVED_REJECTED)
    assert [change.by_hand for change in await desk.changes()] == [True, True]
    assert len(await desk.timers()) == 1
    await desk.asks(UndoOverride, sequence=3)
    assert await desk.status() is Status.NEEDS_HUMAN
    assert await desk.timers() == {}


async def test_a_callback_is_scheduled_moved_and_taken_back(desk: Desk) -> None:
    await desk.has(Status.CALL_QUEUED)
    assert sequence_of(await desk.asks(ScheduleCallback, at=TOMORROW)) == 2
    (key,) = await desk.timers()
    later = TOMORROW + timedelta(hours=3)
    assert sequence_of(await desk.asks(ScheduleCallback, at=later)) == 3
    assert [waiting.at for waiting in (await desk.timers()).values()] == [later]
    assert (await desk.changes())[-1].callback_at == later
    await desk.asks(UndoOverride, sequence=3)
    assert (await desk.timers())[key].at == TOMORROW
    await desk.rings(key)
    assert await desk.status() is Status.CALL_QUEUED


async def test_calling_is_told_that_the_call_that_is_asked_for_rings_already(desk: Desk) -> None:
    """Its end may be on its way here: only intake knows that it has not heard of it."""
    await desk.has(Status.CALL_QUEUED)
    await desk.hears(desk.facts.placed(CALL))
    await desk.asks(OverrideStatus, status="needs_human")
    await desk.asks(QueueCalls, application_ids=[desk.application_id])
    asked = (await desk.changes())[-1]
    assert (asked.current.value, asked.call_under_way) == ("call_queued", CALL)
    await desk.hears(desk.facts.completed(CALL))
    assert await desk.status() is Status.CALL_COMPLETED
    assert {change.call_under_way for change in (await desk.changes())[-1:]} == {None}


async def test_a_call_that_was_heard_to_end_is_not_the_one_that_is_asked_for(desk: Desk) -> None:
    await desk.has(Status.CALL_QUEUED)
    await desk.hears(desk.facts.placed(CALL))
    await desk.asks(OverrideStatus, status="needs_human")
    await desk.hears(desk.facts.completed(CALL))
    await desk.asks(QueueCalls, application_ids=[desk.application_id])
    asked = (await desk.changes())[-1]
    assert (asked.current.value, asked.call_under_way) == ("call_queued", None)
