"""Nobody waits for ever: not behind somebody who never comes again, not because of a second delivery."""

from __future__ import annotations

import asyncio
from collections import Counter

import pytest
from chassis import Begin, Handlers, Tx
from chassis.testing import eventually, running
from contracts.messaging import CandidateUnreachable

from .conftest import World, a_note
from .test_consumers import settled


async def test_who_stands_behind_a_message_that_is_gone_from_the_stream_goes_on(world: World) -> None:
    """An erasure, say: the one in front had failed, and is not delivered again."""
    taken: Counter[str] = Counter()
    handlers = Handlers("intake")

    @handlers.on(CandidateUnreachable)
    async def take(event: CandidateUnreachable, tx: Tx) -> None:
        taken[event.reason] += 1
        if event.reason == "fails":
            raise RuntimeError("not this time")

    await world.provision(handlers)
    await world.throw(a_note(1, "fails"))
    patient = {"retry_delay_base_seconds": 1.5, "consumer_ack_wait_seconds": 0.4}
    async with running(world.service(handlers, changed=patient)):
        await eventually(lambda: _count(taken, "fails"))
        await world.throw(a_note(1, "behind it"))
        await world.js.delete_msg("EVENTS", 1)
        await eventually(lambda: _count(taken, "behind it"), within=10)
    assert taken == {"fails": 1, "behind it": 1}


async def test_of_a_message_delivered_again_while_it_is_worked_on_nothing_is_left_behind(
    world: World,
) -> None:
    """After a standstill longer than the ack wait, say; the second one would be kept alive for ever."""
    gate, tries = asyncio.Event(), Counter[str]()
    handlers = Handlers("intake")

    @handlers.acts_on(CandidateUnreachable)
    async def act(event: CandidateUnreachable, begin: Begin) -> None:
        tries["act"] += 1
        await gate.wait()

    await world.provision(handlers, ack_wait=0.3)
    await world.throw(a_note(1))
    # It says that it is alive every second, which is too late for the bus.
    async with running(world.service(handlers, changed={"consumer_ack_wait_seconds": 4.0})):
        await eventually(lambda: _delivered(world, 4))
        gate.set()
        await eventually(lambda: settled(world, "intake__act"))
        said = await world.client.subscribe("$JS.ACK.EVENTS.intake__act.>")
        with pytest.raises(TimeoutError):
            await said.next_msg(2.5)
    assert tries == {"act": 1}


async def _count(found: Counter[str], what: str, least: int = 1) -> bool:
    return found[what] >= least


async def _delivered(world: World, least: int) -> bool:
    info = await world.js.consumer_info("EVENTS", "intake__act")
    return info.delivered is not None and info.delivered.consumer_seq >= least
