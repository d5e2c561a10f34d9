"""Intake's facts as calling remembers them, and the webhooks that belong to nothing: in PostgreSQL."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from uuid import UUID

from chassis import Tx
from contracts import BlobRef
from contracts.intake import (
    ApplicationStatus,
    ApplicationStatusChanged,
    CandidateProfile,
    CandidatesMerged,
    CandidatesUnmerged,
    PositionDetails,
)

from calling.adapters.postgres_merges import keep_merges
from calling.ports import OpenedApplication

_POSITIONS = """
INSERT INTO positions (position_id, revision, details)
SELECT position_id, revision, details
FROM jsonb_to_recordset($1) AS row (position_id bigint, revision int, details jsonb)
ON CONFLICT (position_id) DO UPDATE SET revision = EXCLUDED.revision, details = EXCLUDED.details
WHERE positions.revision < EXCLUDED.revision
"""

_CANDIDATES = """
INSERT INTO candidates (candidate_id, first_name, last_name, phone, email, form_answers, time_zone)
SELECT candidate_id, first_name, last_name, phone, email, form_answers, time_zone
FROM jsonb_to_recordset($1) AS row (candidate_id bigint, first_name text, last_name text, phone text,
                                    email text, form_answers jsonb, time_zone text)
ORDER BY candidate_id
ON CONFLICT (candidate_id) DO UPDATE
SET first_name = EXCLUDED.first_name, last_name = EXCLUDED.last_name, phone = EXCLUDED.phone,
    email = EXCLUDED.email, form_answers = EXCLUDED.form_answers, time_zone = EXCLUDED.time_zone
"""

_APPLICATIONS = """
INSERT INTO applications (application_id, candidate_id, position_id, status, sequence)
SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::text[], $5::int[])
ON CONFLICT (application_id) DO UPDATE
SET status = EXCLUDED.status, sequence = EXCLUDED.sequence, candidate_id = EXCLUDED.candidate_id
WHERE applications.sequence < EXCLUDED.sequence
"""


class PostgresReplica:
    async def keep_merges(self, tx: Tx, facts: Sequence[CandidatesMerged | CandidatesUnmerged]) -> None:
        await keep_merges(tx, facts)

    async def keep_positions(self, tx: Tx, positions: Sequence[tuple[int, int, PositionDetails]]) -> None:
        latest: dict[int, tuple[int, PositionDetails]] = {}
        for position_id, revision, details in positions:
            if position_id not in latest or latest[position_id][0] < revision:
                latest[position_id] = (revision, details)
        rows = [
            {"position_id": position_id, "revision": revision, "details": details.model_dump(mode="json")}
            for position_id, (revision, details) in sorted(latest.items())
        ]
        await tx.db.execute(_POSITIONS, rows)

    async def keep_candidates(self, tx: Tx, profiles: Mapping[int, CandidateProfile]) -> None:
        rows = [
            {
                "candidate_id": candidate_id,
                "first_name": profile.first_name,
                "last_name": profile.last_name,
                "phone": profile.phone,
                "email": profile.email,
                "time_zone": profile.time_zone,
                "form_answers": [[answer.label, answer.answer] for answer in profile.form_answers],
            }
            for candidate_id, profile in profiles.items()
        ]
        await tx.db.execute(_CANDIDATES, rows)

    async def keep_applications(self, tx: Tx, opened: Sequence[OpenedApplication]) -> None:
        rows = {one.application_id: one for one in opened}
        pending = ApplicationStatus.PENDING_CALL.value
        await self._store(
            tx, [(one.application_id, one.candidate_id, one.position_id, pending, 0) for one in rows.values()]
        )

    async def forbid_calls(self, tx: Tx, candidate_ids: Collection[int]) -> None:
        await tx.db.execute(
            "INSERT INTO do_not_call (candidate_id) SELECT unnest($1::bigint[]) ON CONFLICT DO NOTHING",
            sorted(candidate_ids),
        )

    async def allow_calls(self, tx: Tx, candidate_ids: Collection[int]) -> None:
        await tx.db.execute(
            "DELETE FROM do_not_call WHERE candidate_id = ANY($1::bigint[])", sorted(candidate_ids)
        )

    async def keep_statuses(
        self, tx: Tx, changes: Sequence[ApplicationStatusChanged]
    ) -> list[ApplicationStatusChanged]:
        found = await tx.db.fetch(
            "SELECT application_id, sequence FROM applications WHERE application_id = ANY($1::bigint[])",
            list({change.application_id for change in changes}),
        )
        known = {row["application_id"]: row["sequence"] for row in found}
        fresh: list[ApplicationStatusChanged] = []
        last: dict[int, ApplicationStatusChanged] = {}
        for change in changes:
            if change.sequence > known.get(change.application_id, 0):
                known[change.application_id] = change.sequence
                fresh.append(change)
                last[change.application_id] = change
        await self._store(
            tx,
            [
                (one.application_id, one.candidate_id, one.position_id, one.current.value, one.sequence)
                for one in last.values()
            ],
        )
        return fresh

    async def _store(self, tx: Tx, rows: Sequence[tuple[int, int, int, str, int]]) -> None:
        if rows:
            await tx.db.execute(_APPLICATIONS, *(list(column) for column in zip(*sorted(rows), strict=True)))


class PostgresUnboundWebhooks:
    async def keep(
        self, tx: Tx, delivery_id: UUID, kind: str, reason: str, body: str | None, body_ref: BlobRef | None
    ) -> None:
        await tx.db.execute(
            "INSERT INTO unbound_webhooks (delivery_id, kind, reason, body, body_ref, kept_at)"
            " VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING",
            delivery_id,
            kind,
            reason,
            body,
            body_ref.key if body_ref else None,
            tx.now,
        )
