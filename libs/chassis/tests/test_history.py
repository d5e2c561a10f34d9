"""What the stream says of a person and of an application, and what was given up."""

from __future__ import annotations

import random
from collections.abc import Sequence

from chassis.history import Unreadable, dead_letters_of, timeline
from chassis.testing import eventually, running
from contracts import Envelope
from contracts.calling import CallDeferred
from contracts.messaging import CandidateUnreachable
from contracts.streams import EVENTS

from .conftest import World, a_note
from .replica import flaky_note_taker


def said(application: int, reason: str) -> CallDeferred:
    return CallDeferred(candidate_id=application * 10, application_id=application, until=None, reason=reason)


def reasons_in(told: Sequence[Envelope | Unreadable]) -> list[str]:
    noted = [one.event for one in told if isinstance(one, Envelope)]
    return [event.reason for event in noted if isinstance(event, CandidateUnreachable | CallDeferred)]


async def test_a_timeline_is_one_applications_or_one_persons(world: World) -> None:
    await world.throw(a_note(1, "a"), a_note(2, "b"), a_note(1, "c"), said(1, "d"))
    of_one = [envelope async for envelope in timeline(world.js, application_id=1)]
    assert reasons_in(of_one) == ["a", "c", "d"]
    of_person = [envelope async for envelope in timeline(world.js, candidate_id=20)]
    assert reasons_in(of_person) == ["b"]
    assert [envelope async for envelope in timeline(world.js, application_id=3)] == []


async def test_what_can_not_be_read_is_named_in_its_place_and_hides_nothing_behind_it(world: World) -> None:
    await world.throw(a_note(1, "before"))
    odd = a_note(1).nats_subject()
    misfit = {"ce-type": a_note(1).type(), "ce-id": "1"}
    await world.js.publish(odd, b'{"reason": 7, "secret": "Ana"}', headers=misfit, stream=EVENTS.name)
    await world.js.publish(odd, b"{}", headers={"ce-type": "intake.tomorrow.v9"}, stream=EVENTS.name)
    await world.js.publish(odd, b"\xff", stream=EVENTS.name)
    await world.throw(a_note(1, "after"))
    first, *unreadable, last = [one async for one in timeline(world.js, application_id=1)]
    assert reasons_in([first, last]) == ["before", "after"]
    assert [one.sequence for one in unreadable if isinstance(one, Unreadable)] == [2, 3, 4]
    assert all(one.subject == odd for one in unreadable)
    reasons = [one.reason for one in unreadable if isinstance(one, Unreadable)]
    assert "reason: string_type" in reasons[0]
    assert "Ana" not in reasons[0]
    assert "intake.tomorrow.v9" in reasons[1]
    assert "missing 'ce-type'" in reasons[2]


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
