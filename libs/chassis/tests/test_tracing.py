"""Trace context travels with the events, whether anybody traces or not."""

from __future__ import annotations

import random
from dataclasses import replace

from chassis.testing import eventually, running

from .conftest import World, a_note, enveloped
from .replica import flaky_note_taker

PARENT = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"


async def test_what_an_event_causes_carries_its_trace(world: World) -> None:
    handlers = flaky_note_taker(random.Random(0), failing=0)
    await world.provision(handlers)
    async with running(world.service(handlers)):
        await world.throw(replace(enveloped(a_note(1)), traceparent=PARENT))
        await eventually(lambda: world.on_stream(), lambda count: count == 2)
    _, headers, _ = (await world.messages())[1]
    assert headers["traceparent"] == PARENT
