"""Pulling: what comes, comes in order and without a gap, or the session ends."""

from __future__ import annotations

import json
from contextlib import suppress

import pytest
from chassis import bus as buses
from chassis.deferrals import Deferral, LineUp, order_key
from chassis.ids import new_id
from chassis.provisioner import ConsumerDeclaration, provision
from chassis.pulling import PullSession, SessionOver
from chassis.testing import eventually
from contracts.messaging import CandidateUnreachable
from nats.errors import TimeoutError as NatsTimeout
from nats.js.errors import NotFoundError

from .conftest import World, a_note

PULLED = ConsumerDeclaration("intake__pulled", (CandidateUnreachable.nats_filter(),), ack_wait_seconds=30)


async def take_all(session: PullSession, count: int) -> list[int]:
    taken: list[int] = []
    while len(taken) < count:
        taken += [delivery.sequence for delivery in await session.take(10, 5.0)]
    return taken


async def test_a_delivery_that_went_elsewhere_ends_the_session(world: World) -> None:
    """A later message of the same application must not overtake the lost one."""
    await provision(world.js, [PULLED])
    bus = await buses.connect(world.settings(), "test")
    session = PullSession(bus, PULLED.name, 10, 30)
    await session.open()
    await world.throw(a_note(1), a_note(1))
    assert await take_all(session, 2) == [1, 2]
    await session.close()
    # Somebody whose request is still open takes the next one.
    other = await world.js.pull_subscribe_bind(PULLED.name, "EVENTS")
    await world.throw(a_note(1))
    with suppress(NatsTimeout):  # the closed session's own request may have taken it: lost to us just as well
        [lost] = await other.fetch(1, timeout=1)
        assert lost.metadata.sequence.stream == 3
    again = PullSession(bus, PULLED.name, 10, 30)
    await again.open()  # a new session begins above the ack floor: the lost one comes again
    assert await take_all(again, 3) == [1, 2, 3]
    request = json.dumps({"batch": 1, "expires": 5_000_000_000}).encode()
    stolen = await world.client.subscribe("stolen")
    for _ in range(25):  # more than the session has asked for: some go to the thief, in between
        await world.client.publish(f"$JS.API.CONSUMER.MSG.NEXT.EVENTS.{PULLED.name}", request, reply="stolen")
    await world.client.flush()
    await world.throw(*(a_note(1) for _ in range(20)))
    with pytest.raises(SessionOver, match="instead of"):
        await take_all(again, 20)
    assert (await stolen.next_msg(5)).reply.startswith("$JS.ACK")
    await again.close()
    await buses.close(bus)


async def test_a_missing_consumer_is_said_at_once(world: World) -> None:
    bus = await buses.connect(world.settings(), "test")
    session = PullSession(bus, "intake__nobody", 10, 30)
    with pytest.raises(NotFoundError):
        await session.open()
    await session.close()
    await buses.close(bus)


async def test_a_lost_connection_ends_the_session(world: World) -> None:
    await provision(world.js, [PULLED])
    bus = await buses.connect(world.settings(), "test")
    session = PullSession(bus, PULLED.name, 10, 30)
    await session.open()
    await bus.client.force_reconnect()
    with pytest.raises(SessionOver, match="connection was lost"):
        await session.take(10, 5.0)
    await eventually(lambda: _connected(bus))
    await session.close()
    await buses.close(bus)


async def _connected(bus: buses.Bus) -> bool:
    return bus.connected


def test_the_order_is_that_of_the_application_else_of_the_candidate() -> None:
    assert order_key("evt.calling.call.placed.v1.20.2") == "2"
    assert order_key("evt.intake.candidate.profile_revised.v1.20.-") == "c20"
    assert order_key("evt.calling.queue.dial_due.v1.-.-") is None


def test_who_comes_out_of_turn_is_put_behind_who_waits() -> None:
    line_up, first, second, third = LineUp({}), new_id(), new_id(), new_id()
    line_up.deferrals[first] = Deferral(1, 0, retry_at=9e9)
    line_up.put("1", first, 10, 9e9)
    assert line_up.delay("1", third, 30) is not None
    assert line_up.delay("1", second, 20) is not None
    assert line_up.delay("2", new_id(), 40) is None
    line_up.settle("1", first)
    assert line_up.delay("1", third, 30) is not None, "the second waits before it"
    line_up._waiting["1"][second] = (20, 0.0)
    assert line_up.delay("1", second, 20) is None
    line_up._waiting["1"][third] = (30, 0.0)
    assert line_up.delay("1", third, 30) is None


def test_somebody_in_line_who_never_came_is_noticed() -> None:
    line_up = LineUp({})
    assert not line_up.overdue(0)
    line_up.put("1", new_id(), 1, 0.0)
    assert line_up.overdue(10)
