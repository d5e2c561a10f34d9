"""The relay under trouble: what was not confirmed leaves again, and nothing holds up what comes behind it."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from chassis.clock import Pace, write_pace
from chassis.outbox import LARGEST_EVENT, EventTooLarge
from chassis.testing import InMemoryTx, eventually, running

from .conftest import Line, World
from .test_outbox import DAY, reasons, said, silent


async def test_a_relay_cut_off_before_the_confirmation_marks_nothing_as_sent(world: World) -> None:
    """At a stop, say: the stream took nothing, so the next process has to send it."""
    async with Line(world.bus_url) as line:
        async with running(world.service(silent(), changed={"nats_url": line.url})) as service:
            line.swallow = True
            for number in range(3):
                async with service.begin() as tx:
                    tx.publish(said(str(number)))
        assert await world.on_stream() == 0
        assert await world.value("SELECT count(*) FROM outbox WHERE sent_at IS NOT NULL") == 0
    async with running(world.service(silent())):
        await eventually(lambda: world.on_stream(), lambda count: count == 3)


async def test_an_event_that_no_bus_would_take_is_refused_before_it_is_written(world: World) -> None:
    """In the outbox it would hold up everything behind it."""
    async with running(world.service(silent())) as service:
        async with service.begin() as tx:
            with pytest.raises(EventTooLarge, match="1000"):
                tx.publish(said("\u0219" * (LARGEST_EVENT // 2)))
        async with service.begin() as tx:
            tx.publish(said("x" * (LARGEST_EVENT - 200)))
            tx.publish(said("after"))
        await eventually(lambda: reasons(world), lambda found: found[1:] == ["after"])
    with pytest.raises(EventTooLarge):
        InMemoryTx().publish(said("x" * LARGEST_EVENT))


async def test_large_events_leave_in_runs_that_are_small_enough_to_be_confirmed(world: World) -> None:
    async with running(world.service(silent())) as service, service.begin() as tx:
        for number in range(30):
            tx.publish(said(f"{number} {'x' * 900_000}"))
    found = [reason.split(" ")[0] for reason in await reasons(world)]
    assert found == [str(number) for number in range(30)], "all of it left before the end, in order"
    counts = Counter(headers["Nats-Batch-Id"] for headers in await batches(world))
    assert max(counts.values()) < 12


async def batches(world: World) -> list[dict[str, str]]:
    state = (await world.js.stream_info("EVENTS")).state
    return [
        (await world.js.get_msg("EVENTS", sequence)).headers or {}
        for sequence in range(state.first_seq, state.last_seq + 1)
    ]


async def test_a_timer_never_fires_at_a_time_before_it_was_set(world: World, tmp_path: Path) -> None:
    """The replica that relays may have a clock behind that of the one who set it."""
    pace = tmp_path / "pace.json"
    start = datetime(2026, 1, 1, tzinfo=UTC)
    write_pace(pace, Pace(since=datetime.now(UTC).timestamp(), shown=start, scale=1.0))
    async with running(world.service(silent(), changed={"clock_file": pace})) as service:
        ahead = start + timedelta(hours=1)
        async with service.begin() as tx:
            tx.publish(said("set"), at=start + DAY, key="mine")
        await world.db.execute("UPDATE outbox SET time = $1, due_at = $2", ahead, start)
        await eventually(lambda: reasons(world), lambda found: found == ["set"])
    [(_, headers, _)] = await world.messages()
    assert datetime.fromisoformat(headers["ce-time"]) > ahead
