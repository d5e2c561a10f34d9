"""Attempts, their batches and transcripts in PostgreSQL; and which attempt a piece of news is about."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from chassis import Tx
from contracts.calling import CallPurpose

from calling.adapters.postgres_queue import IN_CALLING
from calling.domain.attempts import AttemptState
from calling.domain.contactability import Callee
from calling.domain.news import CallNews
from calling.domain.prompts import readable_answers
from calling.ports import Attempt, Batch, BatchForm, BatchState, Planned

_COLUMNS = """call_id, batch_id, application_id, candidate_id, position_id, attempt_number, round, purpose,
state, to_number, created_at, conversation_id, call_sid, placed_at"""
_UNBOUND = "conversation_id IS NULL AND state IN ('intended', 'submitted', 'in_progress', 'unknown')"
_SLACK = timedelta(minutes=5)
"""A conversation that began this long before an attempt was written down can't be that attempt's."""

_PREPARE = """
INSERT INTO attempts (call_id, batch_id, application_id, candidate_id, position_id, attempt_number, round,
                      purpose, state, to_number, created_at)
SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::bigint[], $4::bigint[], $5::bigint[], $6::int[], $7::int[],
                     $8::text[], $9::text[], $10::text[], $11::timestamptz[])
"""

_PLANNED = f"""
SELECT t.*, c.first_name, c.last_name, c.phone, c.email, c.form_answers, c.time_zone,
       a.status IN {IN_CALLING} AS still_queued,
       EXISTS (SELECT 1 FROM do_not_call d WHERE d.candidate_id = t.candidate_id) AS do_not_contact,
       (SELECT count(*) FROM attempts o
        WHERE o.application_id = t.application_id AND o.round = t.round
          AND o.state <> 'withdrawn' AND o.call_id <> t.call_id) AS others_in_round
FROM attempts t
JOIN applications a USING (application_id)
JOIN candidates c ON c.candidate_id = t.candidate_id
WHERE t.batch_id = $1 AND t.state = 'intended'
ORDER BY t.call_id
FOR UPDATE OF t FOR SHARE OF a
"""  # noqa: S608 - only a constant is put in

_ADVANCE = f"""
UPDATE attempts SET state = $2, placed_at = CASE WHEN $2 = 'submitted' THEN $3 ELSE placed_at END
WHERE batch_id = $1 AND state = 'intended'
RETURNING {_COLUMNS}
"""  # noqa: S608 - only a constant is put in

_BIND = """
UPDATE attempts
SET call_sid = coalesce(call_sid, $3),
    conversation_id = coalesce(conversation_id, (
        SELECT $2 WHERE NOT EXISTS (SELECT 1 FROM attempts o WHERE o.conversation_id = $2)))
WHERE call_id = $1
"""

_MOVE = """
UPDATE attempts
SET state = $2, placed_at = coalesce(placed_at, $3), ended_at = coalesce($4, ended_at),
    duration_seconds = coalesce($5, duration_seconds), summary = coalesce($6, summary),
    summary_title = coalesce($7, summary_title), detail = coalesce($8, detail)
WHERE call_id = $1
"""


class PostgresAttempts:
    async def prepare(self, tx: Tx, batch: Batch, attempts: Sequence[Attempt]) -> None:
        await self._add_batch(tx, batch)
        rows = [
            (
                one.call_id,
                one.batch_id,
                one.application_id,
                one.candidate_id,
                one.position_id,
                one.attempt_number,
                one.round,
                one.purpose.value,
                one.state.value,
                one.to_number,
                one.created_at,
            )
            for one in attempts
        ]
        await tx.db.execute(_PREPARE, *(list(column) for column in zip(*rows, strict=True)))

    async def hand_over(self, tx: Tx, batch: Batch, call_ids: Sequence[UUID]) -> None:
        await self._add_batch(tx, batch)
        await tx.db.execute(
            "UPDATE attempts SET batch_id = $1 WHERE call_id = ANY($2::uuid[]) AND state = 'intended'",
            batch.batch_id,
            list(call_ids),
        )

    async def _add_batch(self, tx: Tx, batch: Batch) -> None:
        await tx.db.execute(
            "INSERT INTO batches (batch_id, position_id, form, state, created_at)"
            " VALUES ($1, $2, $3, $4, $5)",
            batch.batch_id,
            batch.position_id,
            batch.form.value,
            batch.state.value,
            batch.created_at,
        )

    async def batch(self, tx: Tx, batch_id: UUID, *, lock: bool = False) -> Batch | None:
        row = await tx.db.fetchrow(
            "SELECT * FROM batches WHERE batch_id = $1 FOR UPDATE"
            if lock
            else "SELECT * FROM batches WHERE batch_id = $1",
            batch_id,
        )
        if row is None:
            return None
        return Batch(
            batch_id=row["batch_id"],
            position_id=row["position_id"],
            form=BatchForm(row["form"]),
            state=BatchState(row["state"]),
            created_at=row["created_at"],
            provider_batch_id=row["provider_batch_id"],
        )

    async def planned(self, tx: Tx, batch_id: UUID) -> list[Planned]:
        rows = await tx.db.fetch(_PLANNED, batch_id)
        return [
            Planned(
                attempt=_attempt(row),
                callee=Callee(
                    phone=row["phone"],
                    still_queued=row["still_queued"],
                    attempts_in_round=row["others_in_round"],
                    on_the_phone=False,
                    time_zone=row["time_zone"],
                    do_not_contact=row["do_not_contact"],
                ),
                values={
                    "candidate_name": f"{row['first_name']} {row['last_name']}".strip(),
                    "candidate_first_name": row["first_name"],
                    "candidate_email": row["email"] or "",
                    "form_answers": readable_answers([(label, said) for label, said in row["form_answers"]]),
                },
            )
            for row in rows
        ]

    async def withdraw(self, tx: Tx, call_ids: Sequence[UUID]) -> None:
        await tx.db.execute(
            "UPDATE attempts SET state = 'withdrawn' WHERE call_id = ANY($1::uuid[]) AND state = 'intended'",
            list(call_ids),
        )

    async def close_batch(
        self, tx: Tx, batch_id: UUID, state: BatchState, provider_batch_id: str | None = None
    ) -> None:
        await tx.db.execute(
            "UPDATE batches SET state = $2, provider_batch_id = coalesce($3, provider_batch_id)"
            " WHERE batch_id = $1",
            batch_id,
            state.value,
            provider_batch_id,
        )

    async def advance_intended(self, tx: Tx, batch_id: UUID, state: AttemptState) -> list[Attempt]:
        rows = await tx.db.fetch(
            _ADVANCE,
            batch_id,
            state.value,
            tx.now,
        )
        return sorted((_attempt(row) for row in rows), key=lambda attempt: attempt.call_id)

    async def of_batch(self, tx: Tx, batch_id: UUID) -> list[Attempt]:
        rows = await tx.db.fetch(f"SELECT {_COLUMNS} FROM attempts WHERE batch_id = $1", batch_id)  # noqa: S608
        return [_attempt(row) for row in rows]

    async def get(self, tx: Tx, call_id: UUID, *, lock: bool = False) -> Attempt | None:
        return await self._one(tx, "call_id = $1", call_id, lock=lock)

    async def find_for(self, tx: Tx, news: CallNews) -> Attempt | None:
        if news.conversation_id and (
            bound := await self._one(tx, "conversation_id = $1", news.conversation_id, lock=True)
        ):
            return bound
        if news.call_id and (ours := await self._one(tx, "call_id = $1", news.call_id, lock=True)):
            other = (
                ours.conversation_id and news.conversation_id and ours.conversation_id != news.conversation_id
            )
            return None if other else ours
        if news.keyed_by_us:
            return None
        return await self._by_circumstance(tx, news)

    async def _by_circumstance(self, tx: Tx, news: CallNews) -> Attempt | None:
        """Without a key: only where exactly one unbound attempt could be meant."""
        if news.call_sid and (same := await self._one(tx, "call_sid = $1", news.call_sid, lock=True)):
            return same
        since = news.started_at + _SLACK if news.started_at else tx.now
        application_id = (
            int(news.user_id) if news.user_id and re.fullmatch(r"[0-9]{1,18}", news.user_id) else None
        )
        if application_id is not None and (
            only := await self._one(
                tx,
                f"application_id = $1 AND created_at <= $2 AND {_UNBOUND}",
                application_id,
                since,
                lock=True,
            )
        ):
            return only
        digits = re.sub(r"\D", "", news.to_number or "")
        if not 6 <= len(digits) <= 15:
            return None
        return await self._one(
            tx, f"to_number = $1 AND created_at <= $2 AND {_UNBOUND}", f"+{digits}", since, lock=True
        )

    async def _one(self, tx: Tx, condition: str, *values: Any, lock: bool) -> Attempt | None:
        """The one row; None where there is none, or more than one. A row that changed while its lock was
        waited for is looked at again by PostgreSQL, so two deliveries can't both take an unbound attempt."""
        query = f"SELECT {_COLUMNS} FROM attempts WHERE {condition} LIMIT 2" + (" FOR UPDATE" if lock else "")  # noqa: S608
        rows = await tx.db.fetch(query, *values)
        return _attempt(rows[0]) if len(rows) == 1 else None

    async def bind(self, tx: Tx, attempt: Attempt, conversation_id: str | None, call_sid: str | None) -> None:
        await tx.db.execute(
            _BIND,
            attempt.call_id,
            conversation_id,
            call_sid,
        )

    async def move(self, tx: Tx, call_id: UUID, state: AttemptState, news: CallNews | None = None) -> None:
        said = news or CallNews(state)
        await tx.db.execute(
            _MOVE,
            call_id,
            state.value,
            said.started_at or tx.now,
            said.ended_at,
            said.duration_seconds,
            said.summary,
            said.summary_title,
            said.detail,
        )

    async def keep_transcript(
        self, tx: Tx, call_id: UUID, text: str, turns: Sequence[Mapping[str, Any]]
    ) -> None:
        await tx.db.execute(
            "INSERT INTO transcripts (call_id, text, turns) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
            call_id,
            text,
            list(turns),
        )

    async def made_in_round(self, tx: Tx, application_id: int, round: int) -> int:
        made: int = await tx.db.fetchval(
            "SELECT count(*) FROM attempts WHERE application_id = $1 AND round = $2 AND state <> 'withdrawn'",
            application_id,
            round,
        )
        return made

    async def may_retry(self, tx: Tx, application_id: int) -> bool:
        still: bool | None = await tx.db.fetchval(
            f"SELECT status IN {IN_CALLING} FROM applications WHERE application_id = $1",  # noqa: S608
            application_id,
        )
        return bool(still)


def _attempt(row: Any) -> Attempt:
    return Attempt(
        call_id=row["call_id"],
        batch_id=row["batch_id"],
        application_id=row["application_id"],
        candidate_id=row["candidate_id"],
        position_id=row["position_id"],
        attempt_number=row["attempt_number"],
        round=row["round"],
        purpose=CallPurpose(row["purpose"]),
        state=AttemptState(row["state"]),
        to_number=row["to_number"],
        created_at=row["created_at"],
        conversation_id=row["conversation_id"],
        call_sid=row["call_sid"],
        placed_at=row["placed_at"],
    )
