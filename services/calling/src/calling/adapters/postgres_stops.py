"""Stops in PostgreSQL. Who hands calls over shares an advisory lock with its like while it does; a new stop
takes that lock for itself. Advisory, because their queue is fair: whoever waits for it for himself is not
overtaken by those that share it, as row locks would have it.
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

from asyncpg import LockNotAvailableError
from chassis import Tx
from contracts.base import Actor

from calling.domain.breaker import Outcomes
from calling.domain.contactability import Stop
from calling.ports.stops import Outstanding

EVERYTHING = 0
LONGEST_WAIT = "4s"
"""For requests that are under way. One that takes longer was sent before the stop was asked for; its batch is
called off once its answer is known. The recruiter must not wait for a provider that hangs."""
_KEY = "hashtextextended(current_schema() || $1, 0)"
_LONG_NUMBER = re.compile(r"\+?\d[\d\s().-]{5,}\d")

_OUTCOMES = """
WITH seen AS (
    SELECT call_id, state, detail, settled_at FROM attempts
    WHERE position_id = $1 AND state <> 'withdrawn'
      AND settled_at > greatest($2, (SELECT max(resumed_at) FROM stops WHERE position_id IN (0, $1))))
SELECT count(*) AS ended, count(*) FILTER (WHERE state IN ('failed', 'unknown')) AS failed,
       (SELECT coalesce(detail, 'outcome unknown') FROM seen WHERE state IN ('failed', 'unknown')
        ORDER BY settled_at DESC, call_id DESC LIMIT 1) AS last
FROM seen
"""

_OUTSTANDING = """
SELECT (SELECT count(*) FROM queue q WHERE q.state IN ('waiting', 'held')
                                       AND ($1 = 0 OR q.position_id = $1))
       + count(*) FILTER (WHERE t.state = 'intended') AS queued,
       count(*) FILTER (WHERE t.state = 'submitted' AND b.form = 'batch' AND t.conversation_id IS NULL)
           AS called_off,
       count(*) FILTER (WHERE t.state = 'in_progress' OR t.state = 'submitted'
                          AND NOT (b.form = 'batch' AND t.conversation_id IS NULL)) AS ringing
FROM attempts t JOIN batches b USING (batch_id)
WHERE t.state IN ('intended', 'submitted', 'in_progress') AND ($1 = 0 OR t.position_id = $1)
"""

_RELEASE = """
UPDATE queue SET state = 'waiting'
WHERE state = 'held' AND told_reason = 'stopped' AND ($1 = 0 OR position_id = $1)
  AND NOT EXISTS (SELECT 1 FROM stops s WHERE s.position_id IN (0, queue.position_id)
                                          AND s.resumed_at IS NULL)
RETURNING position_id
"""


class PostgresStops:
    async def standing(self, tx: Tx, position_id: int) -> Stop | None:
        row = await tx.db.fetchrow(
            "SELECT position_id, code, reason FROM stops WHERE position_id IN (0, $1) AND resumed_at IS NULL"
            " ORDER BY position_id LIMIT 1",
            position_id,
        )
        return None if row is None else Stop(row["code"], row["reason"], row["position_id"] == EVERYTHING)

    async def pass_by(self, tx: Tx, position_id: int) -> Stop | None:
        for what in (EVERYTHING, position_id):
            await tx.db.execute(f"SELECT pg_advisory_xact_lock_shared({_KEY})", f":stop:{what}")
        return await self.standing(tx, position_id)

    async def shut(self, tx: Tx, position_id: int | None) -> None:
        try:
            async with tx.db.transaction():
                await tx.db.execute(f"SET LOCAL lock_timeout = '{LONGEST_WAIT}'")
                await tx.db.execute(f"SELECT pg_advisory_xact_lock({_KEY})", f":stop:{_scope(position_id)}")
                await tx.db.execute("SET LOCAL lock_timeout = DEFAULT")
        except LockNotAvailableError:
            return

    async def stop(self, tx: Tx, position_id: int | None, code: str, reason: str, actor: Actor) -> bool:
        fresh = await tx.db.fetchval(
            "INSERT INTO stops (stop_id, position_id, code, reason, actor, stopped_at)"
            " VALUES ($1, $2, $3, $4, $5, $6)"
            " ON CONFLICT (position_id) WHERE resumed_at IS NULL DO NOTHING RETURNING true",
            tx.new_id(),
            _scope(position_id),
            code,
            reason,
            actor.model_dump(mode="json"),
            tx.now,
        )
        return bool(fresh)

    async def resume(self, tx: Tx, position_id: int | None, actor: Actor) -> list[int] | None:
        """Locked like a position that is revised: whoever decides on its calls at this moment has either
        seen the stop, and set them aside before they are released here, or sees it gone."""
        scope = _scope(position_id)
        await tx.db.execute(
            "SELECT 1 FROM positions WHERE $1 = 0 OR position_id = $1 ORDER BY position_id FOR UPDATE", scope
        )
        lifted = await tx.db.fetchval(
            "UPDATE stops SET resumed_at = $2, resumed_by = $3"
            " WHERE position_id = $1 AND resumed_at IS NULL RETURNING true",
            scope,
            tx.now,
            actor.model_dump(mode="json"),
        )
        if not lifted:
            return None
        return sorted({row["position_id"] for row in await tx.db.fetch(_RELEASE, scope)})

    async def outstanding(self, tx: Tx, position_id: int | None) -> Outstanding:
        row: Any = await tx.db.fetchrow(_OUTSTANDING, _scope(position_id))
        return Outstanding(row["queued"], row["called_off"], row["ringing"])

    async def outcomes(self, tx: Tx, position_id: int, since: datetime) -> Outcomes:
        await tx.db.execute(f"SELECT pg_advisory_xact_lock({_KEY})", f":outcomes:{position_id}")
        row: Any = await tx.db.fetchrow(_OUTCOMES, position_id, since)
        return Outcomes(row["ended"], row["failed"], _LONG_NUMBER.sub("…", row["last"] or "")[:200])


def _scope(position_id: int | None) -> int:
    return EVERYTHING if position_id is None else position_id
