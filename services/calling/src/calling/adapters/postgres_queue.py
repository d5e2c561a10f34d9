"""The call queue in PostgreSQL: one row per application, found by position and due time."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from chassis import Tx
from contracts.calling import CallPurpose
from contracts.intake import PositionDetails

from calling.domain.attempts import AttemptState, RetryRule
from calling.domain.contactability import Terms
from calling.ports import Enqueued, Position, Waiting

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
SET purpose = CASE WHEN queue.goes_on THEN queue.purpose ELSE EXCLUDED.purpose END,
    round = CASE WHEN queue.goes_on THEN queue.round ELSE queue.round + 1 END, goes_on = false,
    state = 'waiting', not_before = EXCLUDED.not_before,
    due_at = EXCLUDED.due_at, queued_at = EXCLUDED.queued_at, told_until = NULL, told_reason = NULL,
    candidate_id = EXCLUDED.candidate_id
WHERE queue.state = 'done'
"""
_GO_ON = f"""
{_ENTRIES}
ON CONFLICT (application_id) DO UPDATE
SET state = 'waiting', due_at = greatest(queue.not_before, EXCLUDED.due_at), told_until = NULL,
    told_reason = NULL, goes_on = false
WHERE queue.state = 'done'
  AND NOT EXISTS (SELECT 1 FROM attempts t
                  WHERE t.application_id = queue.application_id AND t.round = queue.round
                    AND t.state <> 'withdrawn'
                    AND (t.state IN ('completed', 'unknown') OR t.created_at >= queue.not_before))
"""  # noqa: S608 - only a constant is put in

_QUEUED_BY = """
UPDATE queue SET queued_by = row.sequence
FROM unnest($1::bigint[], $2::int[]) AS row (application_id, sequence)
WHERE queue.application_id = row.application_id
"""
_DUE = """
SELECT application_id FROM queue
WHERE position_id = $1 AND state = 'waiting' AND due_at <= $2
ORDER BY due_at, queued_at, application_id
LIMIT $3
FOR UPDATE SKIP LOCKED
"""
_SET_ASIDE = """
UPDATE queue
SET state = CASE WHEN row.look_again IS NULL THEN 'held' ELSE 'waiting' END,
    due_at = coalesce(row.look_again, queue.due_at), told_until = row.told_until,
    told_reason = row.told_reason
FROM unnest($1::bigint[], $2::timestamptz[], $3::timestamptz[], $4::text[])
     AS row (application_id, look_again, told_until, told_reason)
WHERE queue.application_id = row.application_id
"""
_RELEASE_PEOPLE = """
UPDATE queue SET state = 'waiting', due_at = greatest(not_before, $2)
WHERE application_id IN (
    SELECT application_id FROM queue
    WHERE state IN ('waiting', 'held') AND told_reason IS NOT NULL
      AND candidate_id IN (
          SELECT unnest($1::bigint[])
          UNION SELECT o.candidate_id FROM members mine JOIN members o USING (person_id)
                WHERE mine.candidate_id = ANY($1::bigint[]))
    ORDER BY application_id FOR UPDATE)
RETURNING position_id
"""
_RELEASE_AFTER = """
WITH ended AS (
    SELECT t.candidate_id, t.to_number, coalesce(m.person_id, t.candidate_id) AS person
    FROM attempts t LEFT JOIN members m USING (candidate_id)
    WHERE t.call_id = ANY($1::uuid[])
)
UPDATE queue SET state = 'waiting', due_at = greatest(not_before, $2)
WHERE application_id IN (
    SELECT q.application_id
    FROM queue q
    LEFT JOIN candidates c USING (candidate_id)
    LEFT JOIN members m USING (candidate_id)
    WHERE q.state = 'waiting' AND q.told_reason = 'person_being_called'
      AND EXISTS (SELECT 1 FROM ended e
                  WHERE e.to_number = c.phone OR e.person = coalesce(m.person_id, q.candidate_id))
    ORDER BY q.application_id FOR UPDATE OF q SKIP LOCKED)
RETURNING position_id
"""


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
        await tx.db.execute(_QUEUED_BY, [row.application_id for row in rows], [row.sequence for row in rows])

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

    async def release_people(self, tx: Tx, candidate_ids: Collection[int]) -> list[int]:
        rows = await tx.db.fetch(_RELEASE_PEOPLE, sorted(candidate_ids), tx.now)
        return sorted({row["position_id"] for row in rows})

    async def release_after(self, tx: Tx, call_ids: Collection[UUID]) -> list[int]:
        rows = await tx.db.fetch(_RELEASE_AFTER, list(call_ids), tx.now)
        return sorted({row["position_id"] for row in rows})

    async def due(self, tx: Tx, position_id: int, limit: int) -> list[int]:
        rows = await tx.db.fetch(_DUE, position_id, tx.now, limit)
        return [row["application_id"] for row in rows]

    async def set_aside(self, tx: Tx, waiting: Sequence[Waiting]) -> None:
        await tx.db.execute(
            _SET_ASIDE,
            [one.application_id for one in waiting],
            [one.look_again for one in waiting],
            [one.told_until for one in waiting],
            [one.told_reason for one in waiting],
        )

    async def of_candidates(self, tx: Tx, candidate_ids: Collection[int]) -> list[int]:
        rows = await tx.db.fetch(
            "SELECT application_id FROM queue"
            " WHERE candidate_id = ANY($1::bigint[]) AND state IN ('waiting', 'held')"
            " ORDER BY application_id FOR UPDATE",
            sorted(candidate_ids),
        )
        return [row["application_id"] for row in rows]

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
            " queued_by = NULL, told_until = NULL, told_reason = NULL WHERE application_id = $1",
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
        retry_rules=_retry_rules(details),
        title=details.title,
        description=details.description,
        system_prompt=system_prompt,
        first_message=first_message,
        record_calls=details.record_calls,
        language=details.language,
        most_calls_per_day=details.most_calls_per_day,
        employer=details.employer,
    )


def _retry_rules(details: PositionDetails) -> dict[AttemptState, RetryRule]:
    interval = timedelta(minutes=details.call_retry_interval_minutes)
    said = details.retry_rules
    by_outcome = {
        AttemptState.NO_ANSWER: said.no_answer,
        AttemptState.BUSY: said.busy,
        AttemptState.VOICEMAIL: said.voicemail,
    }
    rules = {
        outcome: RetryRule(
            after=timedelta(minutes=rule.after_minutes) if rule.after_minutes else interval,
            again=rule.again,
            at_most=rule.at_most,
        )
        for outcome, rule in by_outcome.items()
    }
    return {**rules, AttemptState.FAILED: RetryRule(interval)}
