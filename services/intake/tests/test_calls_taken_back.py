"""Calls that were never dialled, that nobody knows of, and wishes for a call that are over."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest
from chassis.testing import NOON
from contracts.intake import CloseApplication, OverrideStatus, QueueCalls, UndoOverride
from intake.domain.status_machine import Status
from intake_support.desk import Desk
from intake_support.stores import RECRUITER

CALL, NEXT = UUID(int=7), UUID(int=8)


async def a_lost_call(desk: Desk) -> Desk:
    await desk.has(Status.CALL_IN_PROGRESS, calls=(CALL,), on_the_phone=True)
    return await desk.hears(desk.facts.unknown(CALL))


async def test_a_call_that_was_never_dialled_waits_in_the_queue_again_and_is_dialled_anew(desk: Desk) -> None:
    await desk.has(Status.CALL_IN_PROGRESS, calls=(CALL,), on_the_phone=True)
    await desk.hears(desk.facts.taken_back(CALL), desk.facts.taken_back(CALL))
    (change,) = await desk.changes()
    assert (change.previous.value, change.current.value) == ("call_in_progress", "call_queued")
    assert (change.reason, change.call_under_way) == ("not dialled: dialling was stopped", None)
    await desk.hears(desk.facts.placed(CALL))  # it came late
    assert await desk.status() is Status.CALL_QUEUED
    await desk.hears(desk.facts.placed(NEXT), desk.facts.completed(CALL), desk.facts.completed(NEXT))
    assert await desk.status() is Status.CALL_COMPLETED


async def test_of_a_call_that_was_taken_back_nothing_else_counts(desk: Desk) -> None:
    await desk.has(Status.CALL_IN_PROGRESS, calls=(CALL,), on_the_phone=True)
    await desk.hears(desk.facts.placed(CALL), desk.facts.taken_back(UUID(int=3)))
    assert (await desk.now()).sequence == 1  # another one
    await desk.hears(desk.facts.taken_back(CALL))
    await desk.hears(desk.facts.unknown(CALL), desk.facts.not_answered(CALL, None))
    assert await desk.status() is Status.CALL_QUEUED


async def test_a_call_of_which_nobody_knew_is_queued_again_when_a_recruiter_says_it_never_rang(
    desk: Desk,
) -> None:
    await a_lost_call(desk)
    assert (await desk.now()).unknown_call == CALL
    settled = desk.facts.settled(CALL, RECRUITER, rang=False)
    await desk.hears(desk.facts.settled(NEXT, RECRUITER, rang=False))
    assert await desk.status() is Status.NEEDS_HUMAN
    await desk.hears(settled, settled)
    changes = await desk.changes()
    assert [change.current.value for change in changes] == ["needs_human", "call_queued"]
    assert (changes[-1].actor, changes[-1].by_hand) == (RECRUITER, False)
    assert (await desk.now()).unknown_call is None


async def test_one_that_rang_stays_with_the_recruiter_and_says_so(desk: Desk) -> None:
    await a_lost_call(desk)
    rang = desk.facts.settled(CALL, RECRUITER, rang=True)
    await desk.hears(rang, rang, desk.facts.settled(CALL, RECRUITER, rang=False))
    last = (await desk.changes())[-1]
    assert (last.sequence, last.previous.value, last.current.value) == (3, "needs_human", "needs_human")
    assert (last.actor, last.reason) == (RECRUITER, "the call rang; what was said is not known")
    assert (last.needs_human_reason or "").startswith("The call rang")


@pytest.mark.parametrize("then", ["needs_human", "qualified"])
async def test_who_is_with_a_recruiter_for_another_reason_is_not_queued(desk: Desk, then: str) -> None:
    await a_lost_call(desk)
    await desk.asks(OverrideStatus, status="qualified")
    if then == "needs_human":
        await desk.asks(OverrideStatus, status="needs_human")
    sequence = (await desk.now()).sequence
    await desk.hears(desk.facts.settled(CALL, RECRUITER, rang=False))
    assert ((await desk.now()).sequence, await desk.status()) == (sequence, Status(then))


async def test_what_was_set_aside_is_queued_when_the_decision_is_taken_back(desk: Desk) -> None:
    await a_lost_call(desk)
    await desk.asks(CloseApplication)
    await desk.hears(desk.facts.settled(CALL, RECRUITER, rang=False))
    assert await desk.status() is Status.CLOSED
    await desk.asks(UndoOverride, sequence=3)
    assert await desk.status() is Status.CALL_QUEUED


async def test_the_lost_call_is_known_again_when_a_decision_is_taken_back(desk: Desk) -> None:
    await a_lost_call(desk)
    await desk.asks(CloseApplication)
    await desk.asks(UndoOverride, sequence=3)
    await desk.hears(desk.facts.settled(CALL, RECRUITER, rang=False))
    assert await desk.status() is Status.CALL_QUEUED


@pytest.mark.parametrize(("behind", "fails"), [(None, True), (0, True), (1, False), (2, False)])
async def test_a_refusal_counts_for_the_wish_that_it_answers(
    desk: Desk, behind: int | None, fails: bool
) -> None:
    await desk.has(Status.CALL_IN_PROGRESS, calls=(CALL,))
    await desk.hears(desk.facts.not_answered(CALL, NOON + timedelta(hours=1)))
    assert (await desk.now()).sequence == 2
    await desk.hears(desk.facts.refused(None if behind is None else 2 - behind))
    assert await desk.status() is (Status.CALL_FAILED if fails else Status.CALL_QUEUED)


async def test_a_refusal_of_a_wish_that_was_given_up_does_not_end_the_next_one(desk: Desk) -> None:
    await desk.has(Status.PENDING_CALL)
    await desk.asks(QueueCalls, application_ids=[desk.application_id])
    first = (await desk.now()).sequence
    await desk.asks(OverrideStatus, status="pending_call")
    await desk.asks(QueueCalls, application_ids=[desk.application_id])
    await desk.hears(desk.facts.refused(first))
    assert await desk.status() is Status.CALL_QUEUED
    await desk.hears(desk.facts.refused((await desk.now()).sequence))
    assert await desk.status() is Status.CALL_FAILED


async def test_what_was_found_out_of_another_call_says_nothing_of_the_one_that_rings(desk: Desk) -> None:
    await desk.has(Status.CALL_QUEUED, calls=(CALL,), on_the_phone=True)
    await desk.hears(desk.facts.settled(NEXT, RECRUITER, rang=False))
    assert ((await desk.now()).calls, (await desk.now()).on_the_phone) == ((CALL,), True)
    await desk.hears(desk.facts.completed(CALL))
    assert await desk.status() is Status.CALL_COMPLETED


async def test_a_call_that_rang_after_all_counts_with_all_that_follows(desk: Desk) -> None:
    """The provider took it back, and news of it came all the same: nothing else moves the application."""
    await desk.has(Status.CALL_IN_PROGRESS, calls=(CALL,), on_the_phone=True)
    await desk.hears(desk.facts.taken_back(CALL), desk.facts.placed(CALL, after_all=True))
    then = await desk.now()
    assert (then.status, then.calls, then.on_the_phone) == (Status.CALL_IN_PROGRESS, (CALL,), True)
    await desk.hears(desk.facts.placed(CALL, after_all=True))
    assert (await desk.now()).sequence == then.sequence
    await desk.hears(desk.facts.completed(CALL))
    assert await desk.status() is Status.CALL_COMPLETED


async def test_a_call_that_a_recruiter_said_never_rang_counts_when_it_is_heard_of(desk: Desk) -> None:
    await a_lost_call(desk)
    await desk.hears(desk.facts.settled(CALL, RECRUITER, rang=False))
    await desk.hears(desk.facts.placed(CALL, after_all=True), desk.facts.not_answered(CALL, None))
    assert await desk.status() is Status.CALL_FAILED


async def test_the_call_that_was_placed_instead_is_the_one_that_counts(desk: Desk) -> None:
    await desk.has(Status.CALL_IN_PROGRESS, calls=(CALL, NEXT), on_the_phone=True)
    await desk.hears(desk.facts.placed(CALL, after_all=True), desk.facts.not_answered(CALL, None))
    assert await desk.status() is Status.CALL_IN_PROGRESS
    await desk.hears(desk.facts.completed(NEXT))
    assert await desk.status() is Status.CALL_COMPLETED


async def test_where_that_one_is_taken_back_the_recruiter_hears_that_no_call_follows(desk: Desk) -> None:
    await desk.has(Status.CALL_IN_PROGRESS, calls=(CALL, NEXT), on_the_phone=True)
    await desk.hears(desk.facts.placed(CALL, after_all=True), desk.facts.completed(CALL))
    await desk.hears(desk.facts.taken_back(NEXT), desk.facts.refused())
    assert await desk.status() is Status.CALL_FAILED


@pytest.mark.parametrize("status", [Status.CALL_FAILED, Status.CALL_COMPLETED, Status.SCORING, Status.CLOSED])
async def test_a_call_that_rang_after_all_moves_nobody_who_went_on_meanwhile(
    desk: Desk, status: Status
) -> None:
    await desk.has(status, calls=(CALL, NEXT))
    await desk.hears(desk.facts.placed(CALL, after_all=True))
    assert (await desk.now()).calls == (CALL, NEXT)
    assert await desk.status() is status
