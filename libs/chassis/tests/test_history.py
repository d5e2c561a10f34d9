"""The outboxes are the history: the stream is made again from them, and read by person and application."""

from __future__ import annotations

import random

from chassis import Handlers
from chassis import bus as buses
from chassis.history import Outbox, dead_letters_of, rebuild, timeline
from chassis.provisioner import provision
from chassis.testing import eventually, running
from chassis.testing_servers import RunningNats
from contracts.calling import CallDeferred

from .conftest import World, a_note
from .replica import flaky_note_taker
from .test_consumers import settled


def said(application: int, reason: str) -> CallDeferred:
    return CallDeferred(candidate_id=application * 10, application_id=application, until=None, reason=reason)


async def test_a_wiped_stream_is_made_again_from_the_outbox(world: World, nats_server: RunningNats) -> None:
    async with running(world.service(Handlers("intake"))) as service:
        for number in range(25):
            async with service.begin() as tx:
                tx.publish(said(number % 3 + 1, str(number)))
        await eventually(lambda: world.on_stream(), lambda count: count == 25)
    before = await world.messages()
    nats_server.wipe()
    await eventually(lambda: provision(world.js, []), lambda _: True)
    bus = await buses.connect(world.settings(), "rebuild")
    outbox = Outbox("intake", world.database.url, world.database.schema)
    assert await rebuild(bus, [outbox]) == 25
    assert await rebuild(bus, [outbox]) == 25  # again: every id is known
    await buses.close(bus)
    assert await world.messages() == before


async def test_a_consumer_that_saw_it_all_does_nothing_again_after_a_rebuild(
    world: World, nats_server: RunningNats
) -> None:
    handlers = flaky_note_taker(random.Random(0), failing=0)
    await world.provision(handlers)
    async with running(world.service(handlers)) as service:
        async with service.begin() as tx:
            for number in range(10):
                tx.publish(a_note(number + 1))
        await eventually(lambda: world.on_stream(), lambda count: count == 20)
        nats_server.wipe()
        await eventually(lambda: provision(world.js, []), lambda _: True)
        bus = await buses.connect(world.settings(), "rebuild")
        assert await rebuild(bus, [Outbox("intake", world.database.url, world.database.schema)]) == 20
        await buses.close(bus)
        await world.provision(handlers)
        await eventually(lambda: settled(world, "intake__take_note"))
        await world.throw(a_note(99))
        await eventually(lambda: world.on_stream(), lambda count: count == 22)
    assert await world.value("SELECT count(*) FROM notes") == 11


async def test_a_timeline_is_one_applications_or_one_persons(world: World) -> None:
    await world.throw(a_note(1, "a"), a_note(2, "b"), a_note(1, "c"), said(1, "d"))
    of_one = [envelope async for envelope in timeline(world.js, application_id=1)]
    assert [envelope.event.reason for envelope in of_one] == ["a", "c", "d"]  # type: ignore[attr-defined]
    of_person = [envelope async for envelope in timeline(world.js, candidate_id=20)]
    assert [envelope.event.reason for envelope in of_person] == ["b"]  # type: ignore[attr-defined]
    assert [envelope async for envelope in timeline(world.js, application_id=3)] == []


async def test_dead_letters_are_listed_with_their_reason(world: World) -> None:
    handlers = flaky_note_taker(random.Random(0), failing=1.0)
    await world.provision(handlers)
    await world.throw(a_note(1), a_note(2))
    async with running(world.service(handlers, changed={"max_deliveries": 2})):
        await eventually(lambda: world.on_stream("DEAD_LETTERS"), lambda count: count == 2)
    letters = [letter async for letter in dead_letters_of(world.js)]
    assert [letter.consumer for letter in letters] == ["intake__take_note"] * 2
    assert {letter.reason for letter in letters} == {"RuntimeError: not this time"}
    assert {letter.attempts for letter in letters} == {2}
    assert {letter.stream_sequence for letter in letters} == {1, 2}
