"""What happened, read from the outboxes of all services: they are the truth, whatever state the bus is in.

Every event's time is later than its cause's, so (time, id) is one causal order over all services.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg
from contracts import Event
from contracts.registry import EVENTS

from ops.topology import SERVICES

_COLUMNS = (
    "event_id, type, time, candidate_id, application_id, correlation_id, causation_id, traceparent, data"
)


@dataclass(frozen=True, slots=True)
class Happening:
    """One event, said by ``context`` at ``time``."""

    event_id: UUID
    time: datetime
    context: str
    event: Event


async def read_history(
    db: asyncpg.Connection[Any], *, types: Iterable[type[Event]] = (), application_id: int | None = None
) -> list[Happening]:
    """Everything that was said, in causal order; timers that have not gone off are left out."""
    wanted = [kind.type() for kind in types]
    parts = " UNION ALL ".join(
        f"SELECT {_COLUMNS}, '{service}' AS context FROM {service}.outbox WHERE due_at IS NULL"
        for service in SERVICES
    )
    rows = await db.fetch(
        f"SELECT * FROM ({parts}) AS said WHERE ($1::text[] = '{{}}' OR type = ANY($1))"
        " AND ($2::bigint IS NULL OR application_id = $2) ORDER BY time, event_id",
        wanted,
        application_id,
    )
    return [
        Happening(
            row["event_id"], row["time"], row["context"], EVENTS[row["type"]].model_validate_json(row["data"])
        )
        for row in rows
    ]
