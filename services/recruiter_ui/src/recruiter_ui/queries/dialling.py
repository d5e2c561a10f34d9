"""Where dialling is stopped, and when the next queued call may go."""

from __future__ import annotations

from datetime import datetime

from chassis.tx import Database

from recruiter_ui.queries.fetching import Record, many, one

EVERYTHING = 0
"""The scope of a stop that is for all positions."""


async def stops(db: Database) -> dict[int, Record]:
    """The stops in force by scope: a position's id, 0 for everything."""
    rows = await many(
        db,
        "SELECT s.scope, s.code, s.reason, s.actor_name, s.since, p.title FROM dialling_stops s "
        "LEFT JOIN positions p ON p.position_id = s.scope WHERE s.stopped ORDER BY s.scope",
    )
    return {row["scope"]: row for row in rows}


async def queue(db: Database, now: datetime) -> Record:
    """Of the queued: how many may go now, how many wait until something changes, when the next one may go."""
    return await one(
        db,
        "SELECT count(*) AS queued, min(dial_until) FILTER (WHERE dial_until > $1) AS next_at, "
        "count(*) FILTER (WHERE dial_kind = 'deferred' AND dial_until IS NULL) AS held, "
        "count(*) FILTER (WHERE dial_until <= $1 OR (dial_until IS NULL AND "
        "dial_kind IS DISTINCT FROM 'deferred')) AS ready "
        "FROM applications WHERE status = 'call_queued' AND stage > 0",
        now,
    )


async def next_callback(db: Database) -> datetime | None:
    """Of those that are agreed, and will be made."""
    at: datetime | None = await db.fetchval(
        "SELECT min(COALESCE(callback_planned_at, callback_at)) FROM applications "
        "WHERE status = 'callback_scheduled' AND stage > 0 AND to_confirm IS NOT TRUE"
    )
    return at
