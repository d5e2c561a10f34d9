"""Law 3: intent, act, outcome. One suite in memory and on PostgreSQL; then through a real service."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import pytest
from chassis import Begin, Handlers, Tx
from chassis.effects import (
    Absent,
    CannotSay,
    Declined,
    Done,
    Found,
    NotAccepted,
    OutcomePending,
    ProviderDeclined,
    Sighting,
    Unknown,
    once,
)
from chassis.testing import InMemoryTx, eventually, running
from contracts.calling import CallDeferred
from contracts.messaging import CandidateUnreachable

from .conftest import World, a_note
from .test_consumers import settled


class Provider:
    """Counts what it was asked to do. ``answers`` are what ``act`` does, one after another."""

    def __init__(self, *answers: Any) -> None:
        self.answers = list(answers)
        self.acts = 0
        self.asked = 0
        self.sighting: Sighting | Exception = Absent()

    async def act(self) -> dict[str, Any]:
        self.acts += 1
        answer = self.answers.pop(0) if self.answers else {"id": self.acts}
        if isinstance(answer, BaseException):
            raise answer
        return dict(answer)

    async def look_up(self) -> Sighting:
        self.asked += 1
        if isinstance(self.sighting, Exception):
            raise self.sighting
        return self.sighting


@pytest.fixture(params=["memory", "postgres"])
async def begin(request: pytest.FixtureRequest, world: World) -> AsyncIterator[Begin]:
    if request.param == "memory":
        yield InMemoryTx().begin
        return
    async with running(world.service(Handlers("intake"))) as service:
        yield service.begin


async def do(begin: Begin, provider: Provider, grace: float = 60.0) -> Any:
    return await once(begin, "call:1", act=provider.act, look_up=provider.look_up, grace=grace)


async def test_it_happens_and_the_answer_is_kept(begin: Begin) -> None:
    provider = Provider({"id": "abc"})
    assert await do(begin, provider) == Done({"id": "abc"})
    assert await do(begin, provider) == Done({"id": "abc"})
    assert (provider.acts, provider.asked) == (1, 0)


async def test_a_clear_no_is_final(begin: Begin) -> None:
    provider = Provider(ProviderDeclined("no such number"))
    assert await do(begin, provider) == Declined("no such number")
    assert await do(begin, provider) == Declined("no such number")
    assert provider.acts == 1


async def test_what_was_not_accepted_is_done_at_the_next_try(begin: Begin) -> None:
    provider = Provider(NotAccepted("busy", 5.0), {"id": 2})
    with pytest.raises(NotAccepted) as refused:
        await do(begin, provider)
    assert refused.value.seconds == 5.0
    assert await do(begin, provider) == Done({"id": 2})
    assert (provider.acts, provider.asked) == (2, 0)


async def test_a_lost_answer_is_looked_up_and_never_repeated(begin: Begin) -> None:
    provider = Provider(TimeoutError())
    with pytest.raises(OutcomePending):
        await do(begin, provider)
    provider.sighting = Found({"id": "it was there"})
    assert await do(begin, provider) == Done({"id": "it was there"})
    assert (provider.acts, provider.asked) == (1, 1)


async def test_absent_within_the_grace_waits_for_its_end(begin: Begin) -> None:
    provider = Provider(ConnectionResetError())
    with pytest.raises(OutcomePending):
        await do(begin, provider)
    with pytest.raises(OutcomePending) as pending:
        await do(begin, provider)
    assert pending.value.seconds is not None
    assert 50 < pending.value.seconds <= 60
    assert provider.acts == 1


async def test_absent_after_the_grace_is_acted_again(begin: Begin) -> None:
    provider = Provider(ConnectionResetError(), {"id": "second"})
    with pytest.raises(OutcomePending):
        await do(begin, provider, grace=1.0)
    await asyncio.sleep(1.05)  # the grace itself
    assert await do(begin, provider, grace=1.0) == Done({"id": "second"})
    assert (provider.acts, provider.asked) == (2, 1)


async def test_acted_again_the_grace_begins_again(begin: Begin) -> None:
    provider = Provider(TimeoutError(), TimeoutError(), {"id": "third"})
    with pytest.raises(OutcomePending):
        await do(begin, provider, grace=1.0)
    await asyncio.sleep(1.1)  # the grace itself
    with pytest.raises(OutcomePending, match="no answer"):
        await do(begin, provider, grace=1.0)
    with pytest.raises(OutcomePending, match="may still take effect"):
        await do(begin, provider, grace=1.0)
    assert provider.acts == 2


async def test_who_cannot_say_is_believed_after_the_grace_only(begin: Begin) -> None:
    provider = Provider(TimeoutError())
    provider.sighting = CannotSay("no such search")
    with pytest.raises(OutcomePending):
        await do(begin, provider)
    with pytest.raises(OutcomePending):
        await do(begin, provider)
    assert await do(begin, provider, grace=0) == Unknown("no such search")
    assert await do(begin, provider) == Unknown("no such search")
    assert provider.acts == 1


async def test_a_provider_that_cannot_be_asked_is_asked_later(begin: Begin) -> None:
    provider = Provider(TimeoutError())
    with pytest.raises(OutcomePending):
        await do(begin, provider)
    provider.sighting = ConnectionError("down")
    with pytest.raises(OutcomePending, match="can't be asked"):
        await do(begin, provider, grace=0)
    assert provider.acts == 1


async def test_two_at_the_same_time_act_once(begin: Begin) -> None:
    gate = asyncio.Event()

    class Slow(Provider):
        async def act(self) -> dict[str, Any]:
            await gate.wait()
            return await super().act()

    provider = Slow()
    first = asyncio.create_task(do(begin, provider))
    await eventually(lambda: _intended(begin))
    with pytest.raises(OutcomePending):
        await do(begin, provider)
    gate.set()
    assert await first == Done({"id": 1})
    assert provider.acts == 1


async def _intended(begin: Begin) -> bool:
    async with begin() as tx:
        moment = datetime.now(UTC)
        found = await tx.effects.intend("call:1", moment) is not None
        if not found:
            await tx.effects.forget("call:1", moment)
        return found


async def test_who_was_replaced_does_not_take_back_the_intent_of_the_next(begin: Begin) -> None:
    """Otherwise a third run would find no intent and act without asking."""
    gate = asyncio.Event()

    class SlowNo(Provider):
        async def act(self) -> dict[str, Any]:
            self.acts += 1
            await gate.wait()
            raise NotAccepted("busy")

    first, second = SlowNo(), Provider(TimeoutError())
    replaced = asyncio.create_task(do(begin, first, grace=1.0))
    await eventually(lambda: _acts(first))
    await asyncio.sleep(1.05)  # the grace itself
    with pytest.raises(OutcomePending, match="no answer"):
        await do(begin, second, grace=1.0)
    gate.set()
    with pytest.raises(NotAccepted):
        await replaced
    with pytest.raises(OutcomePending, match="may still take effect"):
        await do(begin, second)
    assert (first.acts, second.acts) == (1, 1)


async def _acts(provider: Provider) -> int:
    return provider.acts


async def test_an_intent_that_took_longer_than_the_grace_to_write_down_is_not_acted_on(begin: Begin) -> None:
    """By then somebody else may have found it, asked the provider in vain, and acted."""

    @asynccontextmanager
    async def slowly_committed() -> AsyncIterator[Tx]:
        async with begin() as tx:
            yield tx
        await asyncio.sleep(0.3)

    provider = Provider()
    with pytest.raises(OutcomePending, match="too long"):
        await do(slowly_committed, provider, grace=0.3)
    assert provider.acts == 0
    assert await do(begin, provider, grace=0) == Done({"id": 1})


def acting(provider: Provider, grace: float) -> Handlers:
    handlers = Handlers("intake")

    @handlers.acts_on(CandidateUnreachable)
    async def act(event: CandidateUnreachable, begin: Begin) -> None:
        key = f"call:{event.application_id}"
        settled = await once(begin, key, act=provider.act, look_up=provider.look_up, grace=grace)
        async with begin() as tx:
            reason = type(settled).__name__
            tx.publish(CallDeferred(candidate_id=1, application_id=1, until=None, reason=reason))

    return handlers


async def reasons(world: World) -> list[str]:
    found = await world.messages()
    return [body["reason"] for subject, _, body in found if "deferred" in subject]


async def test_through_a_service_a_lost_answer_is_found_by_the_next_delivery(world: World) -> None:
    provider = Provider(TimeoutError())
    provider.sighting = Found({"id": 1})
    handlers = acting(provider, grace=30)
    await world.provision(handlers)
    await world.throw(a_note(1))
    async with running(world.service(handlers, changed={"max_deliveries": 1})):
        await eventually(lambda: reasons(world), lambda found: found == ["Done"], within=15)
    assert provider.acts == 1


async def test_through_a_service_an_outage_of_the_provider_dead_letters_nothing(world: World) -> None:
    provider = Provider(*(NotAccepted("down", 0.02) for _ in range(20)))
    handlers = acting(provider, grace=1)
    await world.provision(handlers)
    await world.throw(a_note(1))
    async with running(world.service(handlers, changed={"max_deliveries": 2})):
        await eventually(lambda: reasons(world), lambda found: found == ["Done"])
    assert await world.on_stream("DEAD_LETTERS") == 0
    assert provider.acts == 21


async def test_through_a_service_a_record_that_fails_does_not_act_again(world: World) -> None:
    provider = Provider()
    runs = 0
    handlers = Handlers("intake")

    @handlers.acts_on(CandidateUnreachable)
    async def act(event: CandidateUnreachable, begin: Begin) -> None:
        nonlocal runs
        runs += 1
        await once(begin, "call:1", act=provider.act, look_up=provider.look_up, grace=30)
        if runs < 3:
            raise RuntimeError("the record failed")
        async with begin() as tx:
            tx.publish(CallDeferred(candidate_id=1, application_id=1, until=None, reason="recorded"))

    await world.provision(handlers)
    [sent] = await world.throw(a_note(1))
    async with running(world.service(handlers)):
        await eventually(lambda: reasons(world), lambda found: found == ["recorded"])
        await eventually(lambda: settled(world, "intake__act"))
    assert (provider.acts, runs) == (1, 3)
    [headers] = [headers for subject, headers, _ in await world.messages() if "deferred" in subject]
    assert headers["ce-causationid"] == str(sent.id)
