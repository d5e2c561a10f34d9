"""What the stream says of a person and of an application, and what was given up."""

from __future__ import annotations

import random

from chassis.history import dead_letters_of, timeline
from chassis.testing import eventually, running
from contracts.calling import CallDeferred

from .conftest import World, a_note
from .replica import flaky_note_taker


def said(application: int, reason: str) -> CallDeferred:
    return CallDeferred(candidate_id=application * 10, application_id=application, until=None, reason=reason)


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
