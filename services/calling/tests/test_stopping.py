"""The stop switches: effective at once, and nothing that waits is lost."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from calling.adapters.postgres_attempts import PostgresAttempts
from calling.adapters.postgres_stops import PostgresStops
from calling.domain.attempts import AttemptState
from calling.domain.breaker import BreakerRule
from calling.ports import OutgoingCall
from chassis.effects import ProviderDeclined
from chassis.ids import new_id
from contracts import Accepted, Refused
from contracts.base import Actor
from contracts.calling import (
    BatchRecallDue,
    CallDeferred,
    CallPlaced,
    CallTakenBack,
    DiallingResumed,
    DiallingStopped,
    ResumeDialling,
    StopDialling,
)
from contracts.intake import PositionOpened

from .conftest import MORNING, SYSTEM, Office, a_position

RECRUITER = Actor(kind="recruiter", id="7", name="Ioana Exemplu")


def stop(position_id: int | None = 1, reason: str = "") -> StopDialling:
    return StopDialling(command_id=new_id(), actor=RECRUITER, position_id=position_id, reason=reason)


def resume(position_id: int | None = 1, actor: Actor = RECRUITER) -> ResumeDialling:
    return ResumeDialling(command_id=new_id(), actor=actor, position_id=position_id)


def rung(office: Office) -> list[str]:
    return sorted(call.user_id for call in office.telephony.rings)


@pytest.mark.parametrize("where", [1, None])
async def test_nothing_is_dialled_while_stopped_and_everything_after(
    office: Office, where: int | None
) -> None:
    await office.open(people=3)
    reply = await office.ask(stop(where, "wrong prompt"))
    assert reply == Accepted(result={"queued": 0, "called_off": 0, "ringing": 0})
    await office.queue(1, 2, 3)
    assert not office.telephony.rings
    said = await office.said(CallDeferred)
    assert {(one.code, one.until) for one in said} == {("stopped", None)}
    assert all("wrong prompt" in one.reason for one in said)
    assert await office.ask(resume(where)) == Accepted(result={"queued": 3})
    assert rung(office) == ["1", "2", "3"]


async def test_stopping_and_resuming_twice_says_it_once(office: Office) -> None:
    await office.open()
    for _ in range(2):
        assert isinstance(await office.ask(stop()), Accepted)
    for _ in range(2):
        assert isinstance(await office.ask(resume()), Accepted)
    assert len(await office.said(DiallingStopped)) == len(await office.said(DiallingResumed)) == 1


@pytest.mark.parametrize("first", [1, None])
async def test_a_positions_stop_and_that_for_everything_are_lifted_separately(
    office: Office, first: int | None
) -> None:
    await office.open()
    await office.ask(stop(None))
    await office.ask(stop(1))
    await office.queue()
    await office.ask(resume(first))
    assert not office.telephony.rings
    await office.ask(resume(None if first else 1))
    assert rung(office) == ["1"]


async def test_another_position_is_dialled_all_the_same(office: Office) -> None:
    await office.open()
    await office.tell(PositionOpened(position_id=2, details=a_position(), actor=SYSTEM))
    await office.ask(stop(2))
    await office.queue()
    assert rung(office) == ["1"]


@pytest.mark.parametrize("command", [stop(99), resume(99)])
async def test_a_position_that_nobody_knows_is_refused(office: Office, command: Any) -> None:
    await office.open()
    reply = await office.ask(command)
    assert isinstance(reply, Refused)
    assert reply.code == "position_not_found"


async def test_only_a_person_resumes(office: Office) -> None:
    await office.open()
    await office.ask(stop())
    reply = await office.ask(resume(actor=SYSTEM))
    assert isinstance(reply, Refused)
    assert reply.code == "not_a_person"
    assert not await office.said(DiallingResumed)


@pytest.mark.parametrize("people", [1, 2])
async def test_what_is_prepared_is_not_handed_over_after_a_stop(office: Office, people: int) -> None:
    event = await office.prepared(people)
    await office.ask(stop(), rounds=False)
    await office.handle(event)
    await office.go_round()
    assert not office.telephony.rings
    assert set(await office.states()) == {"withdrawn"}
    await office.ask(resume())
    assert len(office.telephony.rings) == people


@pytest.mark.parametrize("seed", range(12))
async def test_a_stop_that_was_accepted_is_followed_by_no_request(office: Office, seed: int) -> None:
    """Six batches and a stop race on real locks: whatever the order, the provider hears of none after it."""
    office.limit(most_at_once=None)
    await office.open(people=12)
    for pair in range(1, 12, 2):
        await office.queue(pair, pair + 1, rounds=False)
        await office.handle_all_due()
    prepared = await office.unhandled_batches()
    assert len(prepared) == 6
    accepted = asyncio.Event()
    late: list[OutgoingCall] = []

    async def slowly(call: OutgoingCall) -> None:
        """The provider has the request, and takes its time to answer."""
        if accepted.is_set():
            late.append(call)
        for _ in range(seed * 3):
            await asyncio.sleep(0)

    async def place(event: Any, turns: int) -> None:
        for _ in range(turns * 7):
            await asyncio.sleep(0)
        await office.handle(event)

    async def stopping() -> None:
        for _ in range(seed * 5):
            await asyncio.sleep(0)
        await office.ask(stop(), rounds=False)
        accepted.set()

    office.telephony.before_answer = slowly
    await asyncio.gather(*(place(event, turn) for turn, event in enumerate(prepared)), stopping())
    assert accepted.is_set()
    assert not late
    before = len(office.telephony.rings)
    await office.go_round()
    assert len(office.telephony.rings) == before


async def test_a_stop_waits_for_the_request_that_is_under_way_and_calls_it_off(office: Office) -> None:
    event = await office.prepared(2)
    office.telephony.holding = True
    asked, answer = asyncio.Event(), asyncio.Event()

    async def hang(_: OutgoingCall) -> None:
        asked.set()
        await answer.wait()

    office.telephony.before_answer = hang
    placing = asyncio.create_task(office.handle(event))
    await asked.wait()
    stopping = asyncio.create_task(office.ask(stop(), rounds=False))
    accepted_at_once, _ = await asyncio.wait({stopping}, timeout=0.3)
    answer.set()
    await placing
    assert not accepted_at_once
    assert isinstance(await stopping, Accepted)
    await office.go_round()
    assert office.telephony.cancelled == ["btcal_1"]
    assert await office.states() == ["withdrawn", "withdrawn"]
    office.telephony.holding, office.telephony.before_answer = False, None
    await office.ask(resume())
    assert rung(office) == ["1", "2"]


async def test_a_stop_does_not_wait_for_ever_for_a_provider_that_hangs(office: Office) -> None:
    """It stands then all the same, and what the provider had is called off once it answers."""
    event = await office.prepared(2)
    office.telephony.holding = True
    asked, answer = asyncio.Event(), asyncio.Event()

    async def hang(_: OutgoingCall) -> None:
        asked.set()
        await answer.wait()

    office.telephony.before_answer = hang
    placing = asyncio.create_task(office.handle(event))
    await asked.wait()
    assert isinstance(await office.ask(stop(), rounds=False), Accepted)
    [recall] = await office.said(BatchRecallDue)
    await office.handle(recall)
    await office.unhandled_batches()  # nothing of this is handled again
    assert not office.telephony.cancelled
    answer.set()
    await placing
    await office.go_round()
    assert office.telephony.cancelled == ["btcal_1"]
    assert len(await office.said(CallTakenBack)) == 2


async def test_a_stop_tells_what_waits_what_is_called_off_and_what_rings(office: Office) -> None:
    await office.open(people=4)
    await office.queue(1)
    office.telephony.holding = True
    await office.queue(2, 3)
    await office.queue(4, rounds=False)
    reply = await office.ask(stop(), rounds=False)
    assert reply == Accepted(result={"queued": 1, "called_off": 2, "ringing": 1})


async def test_too_many_failures_stop_the_position_and_say_what_was_seen(office: Office) -> None:
    office.set_switchboard(breaker=BreakerRule(failures=3))
    await office.open(people=6)
    office.telephony.failures += [ProviderDeclined("ElevenLabs answers 400: agent gone for +40700000001")] * 9
    for one in range(1, 6):
        await office.queue(one)
    [stopped] = await office.said(DiallingStopped)
    assert (stopped.position_id, stopped.code, stopped.actor) == (1, "too_many_failures", SYSTEM)
    assert stopped.reason.startswith(
        "3 of the last 3 calls failed within 30 minutes, last: ElevenLabs answers"
    )
    assert "+40700000001" not in stopped.reason
    assert await office.states() == ["failed"] * 3
    office.telephony.failures.clear()
    await office.queue(6)
    assert not office.telephony.rings
    await office.ask(resume())
    assert rung(office) == ["4", "5", "6"]


async def test_it_trips_in_the_transaction_of_the_failing_outcome(office: Office) -> None:
    office.set_switchboard(breaker=BreakerRule(failures=2))
    first, second = await office.placed(people=2)
    await office.hear_failure(first, "unknown")
    assert not await office.said(DiallingStopped)
    body = {
        "conversation_id": f"conv_{second.call_id}",
        "failure_reason": "unknown",
        "metadata": {"type": "twilio", "body": {"To": second.to_number}},
    }
    await office.tell_now(body, "call_initiation_failure")
    assert len(await office.said(DiallingStopped)) == 1


@pytest.mark.parametrize("reason", ["busy", "no-answer"])
async def test_nobody_at_home_is_no_failure(office: Office, reason: str) -> None:
    office.set_switchboard(breaker=BreakerRule(failures=2))
    for call in await office.placed(people=4):
        await office.hear_failure(call, reason)
    assert not await office.said(DiallingStopped)


async def test_failures_from_before_the_resumption_do_not_count_again(office: Office) -> None:
    office.set_switchboard(breaker=BreakerRule(failures=2))
    calls = await office.placed(people=4)
    for call in calls[:2]:
        await office.hear_failure(call, "unknown")
    assert len(await office.said(DiallingStopped)) == 1
    await office.ask(resume())
    office.pass_seconds(1)
    await office.hear_failure(calls[2], "unknown")
    assert len(await office.said(DiallingStopped)) == 1
    await office.hear_failure(calls[3], "unknown")
    assert len(await office.said(DiallingStopped)) == 2


async def test_of_two_failures_at_once_one_sees_both(office: Office) -> None:
    """Whoever records a failure waits for who is recording another of the same position."""
    office.set_switchboard(breaker=BreakerRule(failures=2))
    first, second = await office.placed(people=2)
    async with office.transactions.begin() as recording:
        await PostgresAttempts().move(recording, first.call_id, AttemptState.FAILED)
        await PostgresStops().outcomes(recording, 1, MORNING)
        other = asyncio.create_task(office.hear_failure(second, "unknown"))
        done_too_soon, _ = await asyncio.wait({other}, timeout=0.3)
    await other
    assert not done_too_soon
    assert len(await office.said(DiallingStopped)) == 1


async def test_the_race_is_real(office: Office) -> None:
    """Whoever passes by keeps a stop waiting, and is let through by other positions' stops."""
    await office.open()
    stops = PostgresStops()
    async with office.transactions.begin() as passing:
        assert await stops.pass_by(passing, 1) is None
        await asyncio.wait_for(office.ask(stop(None), rounds=False), 10)
    async with office.transactions.begin() as passing:
        assert await stops.pass_by(passing, 1) is not None
    assert len(await office.said(CallPlaced)) == 0
