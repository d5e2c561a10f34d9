"""Lead files and live leads: what came, what is to be decided about it, what became of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from chassis.tx import Database

from recruiter_ui.queries.fetching import Record, many, maybe, one

_BEGAN = "COALESCE(i.preview_requested_at, i.requested_at, i.result_at)"
_SETTLED = "('test_lead', 'gone')"
"""Held leads that nobody can do anything for: Meta's test leads, and those that Meta no longer has."""


async def past_imports(db: Database, before: tuple[datetime, UUID] | None, limit: int) -> list[Record]:
    """The newest first, by key; of each only what a line of the list says."""
    where = f"WHERE ({_BEGAN}, i.import_id) < ($2, $3)" if before else ""
    return await many(
        db,
        f"SELECT i.import_id, i.file_name, i.requested_by, i.state, i.previewed_at, i.requested_at, "  # noqa: S608
        f"i.undo_requested_at, i.undone_at, i.rows_done, i.of_rows, {_BEGAN} AS began_at, "
        "(i.counts->>'applications_created')::int AS applications_created, "
        "(i.preview->'counts'->>'create')::int AS would_create, "
        "(i.preview->'counts'->>'update')::int AS would_update, p.title AS position_title "
        f"FROM imports i LEFT JOIN positions p USING (position_id) {where} "
        f"ORDER BY {_BEGAN} DESC, i.import_id DESC LIMIT $1",
        limit,
        *(before or ()),
    )


async def find_import(db: Database, import_id: UUID) -> Record | None:
    """With the finished import of the very same file, where the preview knows of one."""
    return await maybe(
        db,
        "SELECT i.*, p.title AS position_title, p.details->>'time_zone' AS position_zone, "
        "b.import_id AS before_id, b.result_at AS before_at, b.requested_by AS before_by "
        "FROM imports i LEFT JOIN positions p USING (position_id) "
        "LEFT JOIN imports b ON b.import_id = (i.preview->>'imported_before')::uuid WHERE i.import_id = $1",
        import_id,
    )


@dataclass(frozen=True, slots=True)
class Takeback:
    """What undoing an import would take back, by what the pages know; intake looks again."""

    untouched: int
    touched: int
    kept: list[Record]
    """The first of the touched ones, with the reason."""


_TOUCHED = (
    "(a.sequence > 0 OR a.assignee_id IS NOT NULL OR "
    "EXISTS (SELECT FROM notes n WHERE n.application_id = a.application_id))"
)


async def takeback(db: Database, import_id: UUID, limit: int) -> Takeback:
    counted = await one(
        db,
        f"SELECT count(*) AS total, count(*) FILTER (WHERE {_TOUCHED}) AS touched "  # noqa: S608
        "FROM applications a WHERE a.import_id = $1 AND a.stage > 0",
        import_id,
    )
    kept = await many(
        db,
        "SELECT a.application_id, a.status, a.sequence, a.assignee_name, c.full_name, c.language "  # noqa: S608
        "FROM applications a JOIN candidates c USING (candidate_id) "
        f"WHERE a.import_id = $1 AND a.stage > 0 AND {_TOUCHED} ORDER BY a.application_id LIMIT $2",
        import_id,
        limit,
    )
    return Takeback(counted["total"] - counted["touched"], counted["touched"], kept)


async def people_named(db: Database, candidate_ids: list[int]) -> dict[int, Record]:
    rows = await many(
        db,
        "SELECT candidate_id, full_name, language FROM candidates WHERE candidate_id = ANY($1::bigint[])",
        candidate_ids,
    )
    return {row["candidate_id"]: row for row in rows}


async def held_leads(db: Database) -> list[Record]:
    """What waits for somebody, by form and reason; the one that waits longest first."""
    return await many(
        db,
        "SELECT form_id, code, max(form_name) AS form_name, max(message) AS message, count(*) AS total, "  # noqa: S608
        "min(announced_at) AS since FROM live_leads "
        f"WHERE state = 'held' AND code NOT IN {_SETTLED} GROUP BY form_id, code "
        "ORDER BY since NULLS LAST, form_id LIMIT 50",
    )


async def latest_live_leads(db: Database, limit: int) -> list[Record]:
    """Those that wait for somebody are not among them: they stand above, by form."""
    return await many(
        db,
        "SELECT l.*, c.full_name, c.language, p.title AS position_title FROM live_leads l "  # noqa: S608
        "LEFT JOIN candidates c ON c.candidate_id = l.candidate_id "
        "LEFT JOIN positions p ON p.position_id = l.position_id "
        "WHERE l.announced_at IS NOT NULL AND (l.state IS DISTINCT FROM 'held' "
        f"OR l.code IN {_SETTLED}) ORDER BY l.announced_at DESC, l.leadgen_id DESC LIMIT $1",
        limit,
    )


HELD_COUNT = f"SELECT count(*) FROM live_leads WHERE state = 'held' AND code NOT IN {_SETTLED}"  # noqa: S608
HELD_SINCE = (
    "SELECT count(*) AS total, min(announced_at) AS since FROM live_leads "  # noqa: S608
    f"WHERE state = 'held' AND code NOT IN {_SETTLED}"
)


def keyed(row: Record) -> dict[str, Any]:
    """Where the next page of past imports begins, for its address."""
    return {"before": f"{row['began_at'].isoformat()}_{row['import_id']}"}
