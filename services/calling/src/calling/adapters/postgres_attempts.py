"""Attempts, their batches and transcripts in PostgreSQL."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from chassis import Tx
from contracts.calling import ZoneFrom

from calling.adapters.postgres_binding import COLUMNS, Binding, attempt_from
from calling.adapters.postgres_queue import IN_CALLING
from calling.domain.attempts import AttemptState
from calling.domain.news import CallNews
from calling.domain.prompts import readable_answers
from calling.ports import Attempt, Batch, BatchForm, BatchState, Planned

_PREPARE = """
INSERT INTO attempts (call_id, batch_id, application_id, candidate_id, position_id, attempt_number, round,
                      purpose, state, to_number, created_at, recorded, time_zone, zone_from)
SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::bigint[], $4::bigint[], $5::bigint[], $6::int[], $7::int[],
                     $8::text[], $9::text[], $10::text[], $11::timestamptz[], $12::bool[], $13::text[],
                     $14::text[])
"""

_PLANNED = """
SELECT t.*, c.first_name, c.last_name, c.email, c.form_answers
FROM attempts t
JOIN applications a USING (application_id)
JOIN candidates c ON c.candidate_id = t.candidate_id
WHERE t.batch_id = $1 AND t.state = 'intended'
ORDER BY t.call_id
FOR UPDATE OF t FOR SHARE OF a
"""

_ADVANCE = f"""
UPDATE attempts
SET state = $2, placed_at = CASE WHEN $2 = 'submitted' THEN $3 ELSE placed_at END,
    settled_at = CASE WHEN $2 = 'submitted' THEN settled_at ELSE $3 END, detail = coalesce($4, detail)
WHERE batch_id = $1 AND state = 'intended'
RETURNING {COLUMNS}
"""  # noqa: S608 - only a constant is put in

_MOVE = """
UPDATE attempts
SET state = $2, placed_at = coalesce(placed_at, $3), ended_at = coalesce($4, ended_at),
    duration_seconds = coalesce($5, duration_seconds), summary = coalesce($6, summary),
    summary_title = coalesce($7, summary_title), detail = coalesce($8, detail),
    settled_at = CASE WHEN $2 = 'in_progress' THEN settled_at ELSE $9 END
WHERE call_id = $1
"""


class PostgresAttempts(Binding):
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
                one.recorded,
                one.time_zone,
                one.zone_from.value if one.zone_from else None,
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
                attempt=attempt_from(row),
                values={
                    "candidate_name": f"{row['first_name']} {row['last_name']}".strip(),
                    "candidate_first_name": row["first_name"],
                    "candidate_email": row["email"] or "",
                    "form_answers": readable_answers([(label, said) for label, said in row["form_answers"]]),
                },
            )
            for row in rows
        ]

    async def went_by(self, tx: Tx, call_id: UUID, time_zone: str, zone_from: ZoneFrom) -> None:
        await tx.db.execute(
            "UPDATE attempts SET time_zone = $2, zone_from = $3 WHERE call_id = $1",
            call_id,
            time_zone,
            zone_from.value,
        )

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

    async def advance_intended(
        self, tx: Tx, batch_id: UUID, state: AttemptState, detail: str | None = None
    ) -> list[Attempt]:
        rows = await tx.db.fetch(
            _ADVANCE,
            batch_id,
            state.value,
            tx.now,
            detail,
        )
        return sorted((attempt_from(row) for row in rows), key=lambda attempt: attempt.call_id)

    async def of_batch(self, tx: Tx, batch_id: UUID) -> list[Attempt]:
        rows = await tx.db.fetch(f"SELECT {COLUMNS} FROM attempts WHERE batch_id = $1", batch_id)  # noqa: S608
        return [attempt_from(row) for row in rows]

    async def get(self, tx: Tx, call_id: UUID, *, lock: bool = False) -> Attempt | None:
        return await self._one(tx, "call_id = $1", call_id, lock=lock)

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
            tx.now,
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

    async def may_retry(self, tx: Tx, application_id: int) -> bool:
        still: bool | None = await tx.db.fetchval(
            f"SELECT status IN {IN_CALLING} FROM applications WHERE application_id = $1",  # noqa: S608
            application_id,
        )
        return bool(still)
