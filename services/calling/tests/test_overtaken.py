"""Two runs of one message at the same time: a process that lost its line to the bus goes on while another one
has taken the message over. Whatever the slower one does then, nobody rings twice and nobody is forgotten."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest
from calling.adapters.postgres_queue import PostgresQueue
from calling.ports import CallingPolicy, OutgoingCall, Position
from calling.ports import Queue as QueuePort
from chassis import Begin, Tx
from chassis.effects import NotAccepted, OutcomePending
from chassis.testing import eventually
from contracts.calling import CallCompleted, CallPlaced

from .conftest import Office, a_conversation


class Interrupted:
    """Opens transactions; before the second one after the provider's refusal, something else is done."""

    def __init__(self, office: Office, meanwhile: Callable[[], Awaitable[None]]) -> None:
        self._office, self._meanwhile = office, meanwhile
        self._since_refused = 0

    @asynccontextmanager
    async def __call__(self) -> AsyncIterator[Tx]:
        if not self._office.telephony.failures:
            self._since_refused += 1
            if self._since_refused == 2:
                await self._meanwhile()
        async with self._office.transactions.begin() as tx:
            yield tx


@pytest.mark.parametrize("people", [1, 2])
async def test_who_was_not_accepted_takes_nothing_back_that_rings_by_another_run(
    office: Office, people: int
) -> None:
    event = await office.prepared(people)
    ringing, answer = asyncio.Event(), asyncio.Event()
    other: list[asyncio.Task[None]] = []

    async def hold(_: OutgoingCall) -> None:
        ringing.set()
        await answer.wait()

    async def another_run() -> None:
        office.telephony.before_answer = hold
        other.append(asyncio.create_task(office.handle(event)))
        await ringing.wait()

    office.telephony.failures.append(NotAccepted("429"))
    begin: Begin = Interrupted(office, another_run)
    with pytest.raises(OutcomePending):
        await office.place(event, begin)
    answer.set()
    await asyncio.gather(*other)
    await office.go_round()

    assert await office.states() == ["submitted"] * people
    await office.wait(timedelta(minutes=6))
    assert len(office.telephony.rings) == people
    assert len(await office.said(CallPlaced)) == people


class SlowQueue(PostgresQueue):
    """Its database keeps whoever is about to call waiting, the first time."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds

    async def position(self, tx: Tx, position_id: int, *, lock: bool = False) -> Position | None:
        seconds, self._seconds = self._seconds, 0.0
        await asyncio.sleep(seconds)
        return await super().position(tx, position_id, lock=lock)


async def test_who_was_kept_waiting_for_too_long_does_not_dial_any_more(office: Office) -> None:
    """When the grace is over another run may ask for the call: the request must have gone out well before."""
    event = await office.prepared(people=1)
    office.use(CallingPolicy, CallingPolicy(effect_grace_seconds=1.0))
    office.use(QueuePort, SlowQueue(0.4))
    with pytest.raises(OutcomePending):
        await office.handle(event)
    assert not office.telephony.rings

    async def placed() -> bool:
        try:
            await office.handle(event)
        except OutcomePending:
            return False
        return True

    assert await eventually(placed)
    assert len(office.telephony.rings) == 1


@pytest.mark.parametrize("people", [1, 2])
async def test_a_call_that_the_provider_said_not_to_have_taken_and_that_rang_is_not_made_again(
    office: Office, people: int
) -> None:
    event = await office.prepared(people)
    office.telephony.losses.append(NotAccepted("429"))
    await office.handle(event)
    call = office.telephony.rings[0]
    await office.hear(a_conversation(call.call_id, call.user_id))
    assert [one.call_id for one in await office.said(CallCompleted)] == [call.call_id]
    [again] = [one for one in await office.said(CallPlaced) if one.call_id == call.call_id]
    assert again.after_all

    await office.wait(timedelta(minutes=6))
    assert [one.user_id for one in office.telephony.rings].count(call.user_id) == 1
