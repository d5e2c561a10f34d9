"""Batches that are called off, and calls that are taken back: in PostgreSQL."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from chassis import Tx

from calling.adapters.postgres_binding import COLUMNS, attempt_from
from calling.domain.attempts import AttemptState
from calling.ports.attempts import Attempt
from calling.ports.recalls import Out, RecallWanted

_UNHEARD = "t.state IN ('intended', 'submitted') AND t.conversation_id IS NULL AND t.call_sid IS NULL"
_OUT = f"""
SELECT DISTINCT b.batch_id, b.position_id FROM attempts t JOIN batches b USING (batch_id)
WHERE b.form = 'batch' AND b.state IN ('prepared', 'submitted') AND {_UNHEARD}
"""  # noqa: S608 - only a constant is put in

_BACK = """
UPDATE queue SET state = 'waiting', due_at = $2, queued_by = NULL, told_until = NULL,
    told_reason = NULL
FROM attempts t
WHERE t.call_id = ANY($1::uuid[]) AND t.state = 'withdrawn' AND queue.application_id = t.application_id
  AND queue.round = t.round AND queue.state = 'dialling'
"""

_EARLIER_ONE_RANG = """
SELECT t.call_id FROM attempts t
WHERE t.call_id = ANY($1::uuid[])
  AND EXISTS (SELECT 1 FROM attempts r
              WHERE r.application_id = t.application_id AND r.round = t.round AND r.call_id <> t.call_id
                AND r.taken_back_at IS NOT NULL AND r.state <> 'withdrawn')
"""

_MADE_MEANWHILE = """
SELECT EXISTS (SELECT 1 FROM attempts o
               WHERE o.call_id <> $1 AND o.state <> 'withdrawn'
                 AND (o.application_id = $2 AND o.round >= $3 AND o.created_at > $4
                      OR (o.application_id = $2 OR o.to_number = $5)
                         AND o.state IN ('intended', 'submitted', 'in_progress')))
    OR (SELECT q.round FROM queue q WHERE q.application_id = $2) <> $3
"""

_COUNTS_AGAIN = """
UPDATE attempts t
SET state = $2, settled_at = NULL,
    taken_back_at = CASE WHEN $2 = 'submitted' THEN NULL ELSE coalesce(taken_back_at, $3) END,
    attempt_number = CASE
        WHEN EXISTS (SELECT 1 FROM attempts o WHERE o.application_id = t.application_id
                     AND o.attempt_number = t.attempt_number AND o.state <> 'withdrawn')
        THEN (SELECT max(o.attempt_number) + 1 FROM attempts o
              WHERE o.application_id = t.application_id AND o.state <> 'withdrawn')
        ELSE t.attempt_number END
WHERE t.call_id = $1 AND t.state = 'withdrawn'
RETURNING attempt_number
"""


class PostgresRecalls:
    async def out(self, tx: Tx, position_ids: Collection[int] | None) -> list[Out]:
        wanted = None if position_ids is None else sorted(position_ids)
        rows = await tx.db.fetch(
            f"{_OUT} AND ($1::bigint[] IS NULL OR t.position_id = ANY($1)) ORDER BY b.batch_id", wanted
        )
        return [Out(row["batch_id"], row["position_id"]) for row in rows]

    async def out_with(
        self, tx: Tx, *, application_ids: Collection[int] = (), candidate_ids: Collection[int] = ()
    ) -> list[Out]:
        rows = await tx.db.fetch(
            f"{_OUT} AND (t.application_id = ANY($1::bigint[]) OR t.candidate_id = ANY($2::bigint[]))"
            " ORDER BY b.batch_id",
            sorted(application_ids),
            sorted(candidate_ids),
        )
        return [Out(row["batch_id"], row["position_id"]) for row in rows]

    async def note(self, tx: Tx, batch_id: UUID, asked: RecallWanted) -> None:
        await tx.db.execute(
            "UPDATE batches SET recall_code = $2, recall_because = $3 WHERE batch_id = $1",
            batch_id,
            asked.code,
            asked.because,
        )

    async def asked(self, tx: Tx, batch_id: UUID) -> RecallWanted | None:
        row: Any = await tx.db.fetchrow(
            "SELECT recall_code, recall_because FROM batches WHERE batch_id = $1", batch_id
        )
        return RecallWanted(row["recall_code"], row["recall_because"]) if row and row["recall_code"] else None

    async def note_closing(self, tx: Tx, batch_id: UUID, closes_at: datetime | None) -> None:
        await tx.db.execute("UPDATE batches SET closes_at = $2 WHERE batch_id = $1", batch_id, closes_at)

    async def closing(self, tx: Tx, batch_id: UUID) -> datetime | None:
        closes_at: datetime | None = await tx.db.fetchval(
            "SELECT closes_at FROM batches WHERE batch_id = $1", batch_id
        )
        return closes_at

    async def seen_called_off(self, tx: Tx, batch_id: UUID) -> datetime:
        since: datetime = await tx.db.fetchval(
            "UPDATE batches SET called_off_at = coalesce(called_off_at, $2) WHERE batch_id = $1"
            " RETURNING called_off_at",
            batch_id,
            tx.now,
        )
        return since

    async def unheard(self, tx: Tx, batch_id: UUID) -> list[Attempt]:
        rows = await tx.db.fetch(
            f"SELECT {COLUMNS} FROM attempts t WHERE batch_id = $1 AND state = 'submitted' AND {_UNHEARD}"  # noqa: S608
            " ORDER BY call_id FOR UPDATE",
            batch_id,
        )
        return [attempt_from(row) for row in rows]

    async def take_back(self, tx: Tx, taken: Sequence[Attempt], not_before: datetime) -> None:
        call_ids = [attempt.call_id for attempt in taken]
        await tx.db.execute(
            "UPDATE attempts SET state = 'withdrawn', taken_back_at = $2"
            " WHERE call_id = ANY($1::uuid[]) AND state = 'submitted'",
            call_ids,
            tx.now,
        )
        await tx.db.execute(_BACK, call_ids, not_before)

    async def earlier_one_rang(self, tx: Tx, taken: Sequence[Attempt]) -> set[UUID]:
        rows = await tx.db.fetch(_EARLIER_ONE_RANG, [one.call_id for one in taken])
        return {row["call_id"] for row in rows}

    async def rang_after_all(self, tx: Tx, attempt: Attempt) -> Attempt:
        await tx.db.execute(
            "SELECT 1 FROM queue WHERE application_id = $1 FOR UPDATE", attempt.application_id
        )
        meanwhile = await tx.db.fetchval(
            _MADE_MEANWHILE,
            attempt.call_id,
            attempt.application_id,
            attempt.round,
            attempt.created_at,
            attempt.to_number,
        )
        state = AttemptState.UNKNOWN if meanwhile else AttemptState.SUBMITTED
        number = await tx.db.fetchval(_COUNTS_AGAIN, attempt.call_id, state.value, tx.now)
        await tx.db.execute(
            "UPDATE queue SET state = CASE WHEN $3 THEN 'done' ELSE 'dialling' END"
            " WHERE application_id = $1 AND round = $2 AND state IN ('waiting', 'held')",
            attempt.application_id,
            attempt.round,
            bool(meanwhile),
        )
        return replace(attempt, state=state, attempt_number=number or attempt.attempt_number)

    async def did_not_ring(self, tx: Tx, attempt: Attempt) -> bool:
        await tx.db.execute(
            "UPDATE attempts SET state = 'withdrawn', taken_back_at = $2, rang_says_person = false"
            " WHERE call_id = $1 AND state = 'unknown'",
            attempt.call_id,
            tx.now,
        )
        goes_on = await tx.db.fetchval(
            "UPDATE queue SET goes_on = true WHERE application_id = $1 AND round = $2 AND state = 'done'"
            " RETURNING true",
            attempt.application_id,
            attempt.round,
        )
        return bool(goes_on)

    async def said_to_have_rung(self, tx: Tx, call_id: UUID) -> None:
        await tx.db.execute("UPDATE attempts SET rang_says_person = true WHERE call_id = $1", call_id)

    async def word_of_a_person(self, tx: Tx, call_id: UUID) -> bool | None:
        word: bool | None = await tx.db.fetchval(
            "SELECT rang_says_person FROM attempts WHERE call_id = $1", call_id
        )
        return word
