"""The call queue in PostgreSQL: one row per application, found by position and due time."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any

from chassis import Tx
from contracts.calling import CallPurpose
from contracts.intake import PositionDetails

from calling.domain.contactability import Callee, Terms
from calling.ports import Enqueued, Entry, Position

IN_CALLING = "('call_queued', 'call_in_progress')"
"""Statuses in which an application may be dialled: a retry can be due before intake heard of the last try."""

_ENTRIES = """
INSERT INTO queue (application_id, candidate_id, position_id, purpose, round, state, not_before, due_at,
                   queued_at)
SELECT application_id, candidate_id, position_id, purpose, 1, 'waiting', $5, $5, $5
FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::text[])
     AS row (application_id, candidate_id, position_id, purpose)
"""
_ENQUEUE = f"""
{_ENTRIES}
ON CONFLICT (application_id) DO UPDATE
SET purpose = EXCLUDED.purpose, round = queue.round + 1, state = 'waiting', not_before = EXCLUDED.not_before,
    due_at = EXCLUDED.due_at, queued_at = EXCLUDED.queued_at, told_until = NULL, told_reason = NULL,
    candidate_id = EXCLUDED.candidate_id
WHERE queue.state = 'done'
"""
_GO_ON = f"""
{_ENTRIES}
ON CONFLICT (application_id) DO UPDATE
SET state = 'waiting', due_at = greatest(queue.not_before, EXCLUDED.due_at), told_until = NULL,
    told_reason = NULL
WHERE queue.state = 'done'
  AND NOT EXISTS (SELECT 1 FROM attempts t
                  WHERE t.application_id = queue.application_id AND t.round = queue.round
                    AND t.state <> 'withdrawn'
                    AND (t.state IN ('completed', 'unknown') OR t.created_at >= queue.not_before))
"""  # noqa: S608 - only a constant is put in

_DUE = f"""
SELECT q.application_id, q.candidate_id, q.purpose, q.round, q.told_reason, q.told_until, c.phone,
       c.time_zone, a.status IN {IN_CALLING} AS still_queued,
       EXISTS (SELECT 1 FROM do_not_call d WHERE d.candidate_id = q.candidate_id) AS do_not_contact,
       (SELECT count(*) FROM attempts t WHERE t.application_id = q.application_id AND t.round = q.round
                                          AND t.state <> 'withdrawn') AS attempts_in_round,
       (SELECT coalesce(max(t.attempt_number), 0) FROM attempts t
        WHERE t.application_id = q.application_id AND t.state <> 'withdrawn') AS last_attempt_number,
       EXISTS (SELECT 1 FROM attempts t
               WHERE (t.candidate_id = q.candidate_id OR t.to_number = c.phone)
                 AND t.state IN ('intended', 'submitted', 'in_progress'))
       OR EXISTS (SELECT 1 FROM members mine JOIN members o USING (person_id)
                  JOIN attempts t ON t.candidate_id = o.candidate_id
                  WHERE mine.candidate_id = q.candidate_id
                    AND t.state IN ('intended', 'submitted', 'in_progress')) AS on_the_phone
FROM queue q
JOIN applications a USING (application_id)
LEFT JOIN candidates c ON c.candidate_id = q.candidate_id
WHERE q.position_id = $1 AND q.state = 'waiting' AND q.due_at <= $2
ORDER BY q.due_at, q.queued_at, q.application_id
LIMIT $3
FOR UPDATE OF q SKIP LOCKED
"""  # noqa: S608 - only a constant is put in


class PostgresQueue:
    async def position(self, tx: Tx, position_id: int, *, lock: bool = False) -> Position | None:
        details = await tx.db.fetchval(
            "SELECT details FROM positions WHERE position_id = $1 FOR UPDATE"
            if lock
            else "SELECT details FROM positions WHERE position_id = $1",
            position_id,
        )
        return None if details is None else position_from(position_id, details)

    async def enqueue(self, tx: Tx, entries: Sequence[Enqueued]) -> None:
        await self._put(tx, _ENQUEUE, entries)

    async def go_on(self, tx: Tx, entries: Sequence[Enqueued]) -> None:
        await self._put(tx, _GO_ON, entries)

    async def _put(self, tx: Tx, statement: str, entries: Sequence[Enqueued]) -> None:
        rows = sorted(entries, key=lambda entry: entry.application_id)
        await tx.db.execute(
            statement,
            [row.application_id for row in rows],
            [row.candidate_id for row in rows],
            [row.position_id for row in rows],
            [row.purpose.value for row in rows],
            tx.now,
        )

    async def drop(self, tx: Tx, application_ids: Sequence[int]) -> None:
        await tx.db.execute(
            "UPDATE queue SET state = 'done'"
            " WHERE application_id = ANY($1::bigint[]) AND state IN ('waiting', 'held')",
            sorted(application_ids),
        )

    async def release(self, tx: Tx, position_ids: Sequence[int]) -> None:
        await tx.db.execute(
            "UPDATE queue SET state = 'waiting', due_at = greatest(not_before, $2)"
            " WHERE position_id = ANY($1::bigint[]) AND state IN ('waiting', 'held')",
            sorted(position_ids),
            tx.now,
        )

    async def due(self, tx: Tx, position_id: int, limit: int) -> list[Entry]:
        rows = await tx.db.fetch(_DUE, position_id, tx.now, limit)
        return [
            Entry(
                application_id=row["application_id"],
                candidate_id=row["candidate_id"],
                purpose=CallPurpose(row["purpose"]),
                round=row["round"],
                last_attempt_number=row["last_attempt_number"],
                callee=Callee(
                    phone=row["phone"],
                    still_queued=row["still_queued"],
                    attempts_in_round=row["attempts_in_round"],
                    on_the_phone=row["on_the_phone"],
                    time_zone=row["time_zone"],
                    do_not_contact=row["do_not_contact"],
                ),
                told_reason=row["told_reason"],
                told_until=row["told_until"],
            )
            for row in rows
        ]

    async def set_aside(self, tx: Tx, application_id: int, until: datetime | None, reason: str) -> None:
        await tx.db.execute(
            "UPDATE queue SET state = CASE WHEN $2::timestamptz IS NULL THEN 'held' ELSE 'waiting' END,"
            " due_at = coalesce($2, due_at), told_until = $2, told_reason = $3 WHERE application_id = $1",
            application_id,
            until,
            reason,
        )

    async def of_candidates(self, tx: Tx, candidate_ids: Collection[int]) -> list[tuple[int, int]]:
        rows = await tx.db.fetch(
            "SELECT application_id, candidate_id FROM queue"
            " WHERE candidate_id = ANY($1::bigint[]) AND state IN ('waiting', 'held')"
            " ORDER BY application_id FOR UPDATE",
            sorted(candidate_ids),
        )
        return [(row["application_id"], row["candidate_id"]) for row in rows]

    async def calls_forbidden(self, tx: Tx, candidate_id: int) -> bool:
        forbidden: bool = await tx.db.fetchval(
            "SELECT EXISTS (SELECT 1 FROM do_not_call WHERE candidate_id = $1)", candidate_id
        )
        return forbidden

    async def dialling(self, tx: Tx, application_ids: Sequence[int]) -> None:
        await self._move(tx, application_ids, "dialling")

    async def again(self, tx: Tx, application_id: int, not_before: datetime) -> None:
        await tx.db.execute(
            "UPDATE queue SET state = 'waiting', purpose = $3, not_before = $2, due_at = $2,"
            " told_until = NULL, told_reason = NULL WHERE application_id = $1",
            application_id,
            not_before,
            CallPurpose.RETRY.value,
        )

    async def finish(self, tx: Tx, application_ids: Sequence[int]) -> None:
        await self._move(tx, application_ids, "done")

    async def next_due(self, tx: Tx, position_id: int) -> datetime | None:
        earliest: datetime | None = await tx.db.fetchval(
            "SELECT min(due_at) FROM queue WHERE position_id = $1 AND state = 'waiting'", position_id
        )
        return earliest

    async def _move(self, tx: Tx, application_ids: Sequence[int], state: str) -> None:
        await tx.db.execute(
            "UPDATE queue SET state = $2 WHERE application_id = ANY($1::bigint[])",
            sorted(application_ids),
            state,
        )


def position_from(position_id: int, stored: dict[str, Any]) -> Position:
    details = PositionDetails.model_validate(stored)
    system_prompt, first_message = (
        (details.system_prompt or "").strip(),
        (details.first_message or "").strip(),
    )
    return Position(
        position_id=position_id,
        terms=Terms(
            status=details.status.value,
            has_prompts=bool(system_prompt and first_message),
            most_attempts=details.call_retry_max,
            hour_start=details.calling_hour_start,
            hour_end=details.calling_hour_end,
            days=frozenset(details.calling_days),
            time_zone=details.time_zone,
        ),
        retry_interval=timedelta(minutes=details.call_retry_interval_minutes),
        title=details.title,
        description=details.description,
        system_prompt=system_prompt,
        first_message=first_message,
        record_calls=details.record_calls,
    )
