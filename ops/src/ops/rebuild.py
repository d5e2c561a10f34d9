"""The bus made anew from the outboxes: after its store was lost, or when it is no longer trusted.

While it runs nothing is published: the outboxes are locked, so that old events go in before new ones.
Consumers see everything again and drop what their inbox knows; what inboxes no longer remember is not shown.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg
from chassis.bus import Bus
from chassis.database import plain_url
from chassis.provisioner import provision
from chassis.publishing import Outbound, Publisher
from chassis.relay import outbound
from contracts.streams import EVENTS
from nats.js.errors import NotFoundError

from ops.declared import declared_consumers
from ops.topology import SERVICES

REMEMBERED = timedelta(days=55)
"""A little less than the inboxes' retention (``inbox_retention_days``)."""

_AT_ONCE = 500
_SENT = " UNION ALL ".join(
    f"""
    SELECT event_id, type, time, candidate_id, application_id, correlation_id, causation_id, traceparent,
           data, sent_at, '{service}' AS source
    FROM {service}.outbox WHERE sent_at IS NOT NULL
    """
    for service in SERVICES
)


async def rebuild(admin_url: str, bus: Bus) -> int:
    """Answers how many events the stream holds now. Services may run meanwhile: they wait."""
    db = await asyncpg.connect(plain_url(admin_url))
    try:
        async with db.transaction():
            for service in SERVICES:
                await db.execute(f"LOCK TABLE {service}.outbox IN ACCESS EXCLUSIVE MODE")
            await _forget_stream(bus)
            await provision(bus.js, [])
            count, first = await _publish_all(db, bus)
            await provision(bus.js, [replace(one, first_sequence=first) for one in declared_consumers()])
    finally:
        await db.close()
    return count


async def _forget_stream(bus: Bus) -> None:
    """Deleted, not purged: a purged stream still refuses the ids it has seen in the last minutes."""
    try:
        await bus.js.delete_stream(EVENTS.name)
    except NotFoundError:
        return


async def _publish_all(db: asyncpg.Connection[Any], bus: Bus) -> tuple[int, int]:
    """Everything that was sent, in causal order; answers how many, and where the remembered part begins."""
    publisher = Publisher(bus, timeout=30)
    await publisher.open()
    horizon, count, first = datetime.now(UTC) - REMEMBERED, 0, 1
    batch: list[Outbound] = []
    try:
        async for row in db.cursor(f"{_SENT} ORDER BY time, event_id", prefetch=_AT_ONCE):
            count += 1
            if row["sent_at"] < horizon:
                first = count + 1
            batch.append(outbound(row["source"], row))
            if len(batch) == _AT_ONCE:
                await publisher.publish(batch)
                batch = []
        if batch:
            await publisher.publish(batch)
    finally:
        await publisher.close()
    return count, first
