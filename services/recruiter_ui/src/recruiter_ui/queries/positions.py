"""Positions with what waits in them, and their history: a fixed number of statements per page."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from chassis.tx import Database

from recruiter_ui.queries.applications import COLUMNS, SOURCE
from recruiter_ui.queries.fetching import Record, many, maybe, one

CHANGES_SHOWN = 40
_KNOWN = "title IS NOT NULL"


async def page(
    db: Database,
    status: str | None,
    after: tuple[bool, str, int] | None,
    limit: int,
    *,
    stopped: bool = False,
) -> list[Record]:
    """By title, closed ones last; ``after`` is the last row of the page before."""
    tests, arguments = [_KNOWN], list[Any]([limit])
    if status:
        arguments.append(status)
        tests.append(f"status = ${len(arguments)}")
    if stopped:
        tests.append("position_id IN (SELECT scope FROM dialling_stops WHERE stopped)")
    if after:
        arguments += after
        first = len(arguments) - 2
        tests.append(f"(status = 'closed', title, position_id) > (${first}, ${first + 1}, ${first + 2})")
    return await many(
        db,
        "SELECT position_id, title, status, opened_at, details FROM positions "  # noqa: S608
        f"WHERE {' AND '.join(tests)} ORDER BY status = 'closed', title, position_id LIMIT $1",
        *arguments,
    )


async def counts_by_status(db: Database) -> dict[str, int]:
    rows = await db.fetch(f"SELECT status, count(*) FROM positions WHERE {_KNOWN} GROUP BY status")  # noqa: S608
    return {row["status"]: row["count"] for row in rows}


async def waiting_in(db: Database, position_ids: Sequence[int]) -> dict[int, Record]:
    """How many open applications each of these positions has, and how many of them wait for a call."""
    rows = await db.fetch(
        "SELECT position_id, count(*) AS open, count(*) FILTER (WHERE status = 'call_queued') AS queued "
        "FROM applications WHERE position_id = ANY($1::bigint[]) AND stage BETWEEN 1 AND 6 "
        "GROUP BY position_id",
        list(position_ids),
    )
    return {row["position_id"]: {"open": row["open"], "queued": row["queued"]} for row in rows}


async def queued_in(db: Database, position_id: int | None) -> int:
    """How many wait to be called, for a position or for all."""
    queued: int = await db.fetchval(
        "SELECT count(*) FROM applications WHERE status = 'call_queued' AND stage > 0 "
        "AND ($1::bigint IS NULL OR position_id = $1)",
        position_id,
    )
    return queued


async def find(db: Database, position_id: int) -> Record | None:
    return await maybe(db, f"SELECT * FROM positions WHERE position_id = $1 AND {_KNOWN}", position_id)  # noqa: S608


async def changes(db: Database, position_id: int) -> list[Record]:
    """Who changed what, the newest first."""
    return await many(
        db,
        "SELECT revision, at, actor_name, reason, changes FROM position_changes WHERE position_id = $1 "
        "ORDER BY revision DESC LIMIT $2",
        position_id,
        CHANGES_SHOWN,
    )


async def open_applications(db: Database, position_id: int, limit: int) -> list[Record]:
    return await many(
        db,
        f"SELECT {COLUMNS} FROM {SOURCE} WHERE a.position_id = $1 AND a.stage BETWEEN 1 AND 6 "  # noqa: S608
        "ORDER BY a.last_activity_at DESC, a.application_id DESC LIMIT $2",
        position_id,
        limit,
    )


async def open_application_ids(db: Database, position_id: int, limit: int = 10_000) -> list[int]:
    """Up to what one command may carry."""
    rows = await db.fetch(
        "SELECT application_id FROM applications WHERE position_id = $1 AND stage BETWEEN 1 AND 6 "
        "ORDER BY application_id LIMIT $2",
        position_id,
        limit,
    )
    return [row["application_id"] for row in rows]


async def judged_by_older_rules(db: Database, position_id: int) -> Record:
    """How many people's last evaluation went by other rules than the present ones, and what they cost.

    ``price`` is None where what one of them cost is not known.
    """
    return await one(
        db,
        "SELECT count(*) AS number, CASE WHEN bool_or(e.cost_usd IS NULL) THEN NULL ELSE sum(e.cost_usd) END "
        "AS price FROM positions p JOIN applications a USING (position_id) CROSS JOIN LATERAL ("
        "SELECT state, rubric, cost_usd FROM evaluations e WHERE e.application_id = a.application_id "
        "ORDER BY COALESCE(e.requested_at, e.result_at) DESC LIMIT 1) e "
        "WHERE p.position_id = $1 AND e.state = 'completed' AND p.rubric IS NOT NULL "
        "AND e.rubric IS DISTINCT FROM p.rubric",
        position_id,
    )
