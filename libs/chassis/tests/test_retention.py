"""What is kept how long: nothing may be forgotten while the bus can still bring it again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from chassis import Tx
from chassis.clock import SystemClock
from chassis.database import open_pool
from chassis.handlers import Handlers
from chassis.housekeeping import housekeeping
from chassis.testing import eventually, running
from contracts.messaging import CandidateUnreachable
from contracts.streams import DAY, EVENTS

from .conftest import World, a_note
from .test_consumers import settled
from .test_outbox import said, silent


async def test_old_rows_leave_the_tables_after_their_retention(world: World) -> None:
    now = datetime.now(UTC)

    async def rows(table: str) -> Any:
        return await world.value(f"SELECT count(*) FROM {table}")

    async with running(world.service(silent())) as service:
        for _ in range(2):
            async with service.begin() as tx:
                tx.publish(said("x"))
        await eventually(lambda: world.on_stream(), lambda count: count == 2)
    await world.db.execute(
        "UPDATE outbox SET sent_at = $1, time = $1 WHERE id = 1", now - timedelta(days=500)
    )
    for days in (0, 500, 900):
        await world.db.execute(
            "INSERT INTO inbox VALUES (gen_random_uuid(), 'c', $1)", now - timedelta(days=days)
        )
    async with running(world.service(silent())):
        await eventually(lambda: rows("outbox"), lambda count: count == 1)
        await eventually(lambda: rows("inbox"), lambda count: count == 2)


async def test_what_the_bus_can_still_bring_is_remembered_as_handled(world: World) -> None:
    """A lost durable is made anew and begins with the oldest event: nobody is called because of it."""
    settings = world.settings()
    oldest = settings.outbox_retention_days + EVENTS.max_age_seconds // DAY
    taken: list[str] = []
    handlers = Handlers("intake")

    @handlers.on(CandidateUnreachable)
    async def take(event: CandidateUnreachable, tx: Tx) -> None:
        taken.append(event.reason)

    await world.provision(handlers)
    await world.throw(a_note(1, "long ago"))
    async with running(world.service(handlers)):
        await eventually(lambda: settled(world, "intake__take"))
    await world.db.execute("UPDATE inbox SET handled_at = $1", datetime.now(UTC) - timedelta(days=oldest))
    await world.js.delete_consumer("EVENTS", "intake__take")
    async with await open_pool(world.database.url, world.database.schema, "test", 2) as pool:
        await housekeeping(pool, SystemClock(), settings).function()
    await world.provision(handlers)
    await world.throw(a_note(2, "today"))
    async with running(world.service(handlers)):
        await eventually(lambda: settled(world, "intake__take"))
    assert taken == ["long ago", "today"]
