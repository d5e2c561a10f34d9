"""Texts that are being written, or were: what each generation has said so far."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from chassis.tx import Database

from recruiter_ui.queries.fetching import Record, many

STILL_SHOWN = timedelta(minutes=30)


async def sections_of(db: Database, generation_id: UUID) -> dict[str, Record]:
    """By section; one that is not there yet waits for its turn."""
    rows = await many(db, "SELECT * FROM generations WHERE generation_id = $1", generation_id)
    return {row["section"]: row for row in rows}


async def under_way(db: Database, position_id: int, now: datetime) -> UUID | None:
    """What is being written for a position, so that a page opened meanwhile shows it too."""
    found: UUID | None = await db.fetchval(
        "SELECT generation_id FROM generations WHERE position_id = $1 AND state = 'writing' "
        "AND requested_at > $2 ORDER BY requested_at DESC LIMIT 1",
        position_id,
        now - STILL_SHOWN,
    )
    return found
