"""How many calls are under way, how many a day had, and who waits for a line: in PostgreSQL."""

from __future__ import annotations

from datetime import datetime

from chassis import Tx

_FOR_A_LINE = "state = 'held' AND told_reason = 'lines_busy'"
_AHEAD = f"""
SELECT count(*) FROM queue
WHERE {_FOR_A_LINE} AND position_id <> $1
  AND due_at < (SELECT min(due_at) FROM queue
                WHERE position_id = $1 AND (state = 'waiting' AND due_at <= $2 OR {_FOR_A_LINE}))
"""  # noqa: S608 - only a constant is put in
_RELEASE = f"""
UPDATE queue SET state = 'waiting'
WHERE application_id IN (SELECT application_id FROM queue WHERE {_FOR_A_LINE} AND position_id = $1
                         ORDER BY due_at, queued_at, application_id LIMIT $2 FOR UPDATE)
"""  # noqa: S608 - only a constant is put in
_NEXT = f"""
UPDATE queue SET state = 'waiting'
WHERE application_id IN (SELECT application_id FROM queue WHERE {_FOR_A_LINE}
                         ORDER BY due_at, queued_at, application_id LIMIT $1 FOR UPDATE SKIP LOCKED)
RETURNING position_id
"""  # noqa: S608 - only a constant is put in


class PostgresLines:
    async def take_turn(self, tx: Tx) -> None:
        await tx.db.execute("SELECT pg_advisory_xact_lock(hashtextextended(current_schema() || ':lines', 0))")

    async def under_way(self, tx: Tx) -> int:
        count: int = await tx.db.fetchval(
            "SELECT count(*) FROM attempts WHERE state IN ('intended', 'submitted', 'in_progress')"
        )
        return count

    async def begun_since(self, tx: Tx, since: datetime, position_id: int | None) -> int:
        count: int = await tx.db.fetchval(
            "SELECT count(*) FROM attempts WHERE state <> 'withdrawn' AND created_at >= $1"
            " AND ($2::bigint IS NULL OR position_id = $2)",
            since,
            position_id,
        )
        return count

    async def release(self, tx: Tx, position_id: int, count: int | None) -> None:
        await tx.db.execute(_RELEASE, position_id, count)

    async def ahead_of(self, tx: Tx, position_id: int) -> int:
        count: int = await tx.db.fetchval(_AHEAD, position_id, tx.now)
        return count

    async def release_next(self, tx: Tx, count: int | None) -> list[int]:
        rows = await tx.db.fetch(_NEXT, count)
        return sorted({row["position_id"] for row in rows})
