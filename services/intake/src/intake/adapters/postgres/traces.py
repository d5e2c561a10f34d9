"""What imports left behind: who came with one, how people read before it, and what has happened since."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from chassis import Tx

from intake.adapters.postgres import written_profiles
from intake.adapters.postgres.candidates import candidate_of
from intake.ports import Brought, ProfileChange

_NOTE = """
INSERT INTO import_profile_changes (import_id, candidate_id, before, revision, returned)
SELECT $1, n.candidate_id, n.before, n.revision, n.returned
FROM jsonb_to_recordset($2) AS n (candidate_id bigint, before jsonb, revision integer, returned boolean)
ON CONFLICT (import_id, candidate_id) DO UPDATE SET revision = EXCLUDED.revision
"""
_RETURN = "UPDATE candidates SET withdrawn_at = NULL, updated_at = $2 WHERE candidate_id = ANY($1::bigint[])"
_WITHDRAW = "UPDATE candidates SET withdrawn_at = $2, updated_at = $2 WHERE candidate_id = ANY($1::bigint[])"
_BROUGHT_BACK = """
UPDATE applications SET import_id = $1, import_sequence = sequence WHERE application_id = ANY($2::bigint[])
"""
_NEXT = """
SELECT application_id FROM applications WHERE import_id = $1 AND application_id > $2
ORDER BY application_id LIMIT $3
"""
_LOCK = """
SELECT c.candidate_id FROM applications a JOIN candidates c USING (candidate_id)
WHERE a.application_id = ANY($1::bigint[])
ORDER BY c.candidate_id
FOR NO KEY UPDATE OF c
"""
_BROUGHT = """
SELECT c.*, a.application_id, a.status = 'pending_call' AND a.sequence = a.import_sequence AS untouched,
       EXISTS (SELECT FROM application_notes n WHERE n.application_id = a.application_id) AS noted,
       a.created_at = c.created_at OR coalesce(h.returned, false) AS created,
       coalesce(h.revision, 0) AS left_at,
       EXISTS (SELECT FROM candidates m WHERE m.merged_into = c.candidate_id) AS has_aliases,
       EXISTS (
           SELECT FROM applications o
           WHERE o.candidate_id = c.candidate_id AND o.application_id <> a.application_id
             AND o.closed_because IS DISTINCT FROM 'import_undone'
       ) AS applies_elsewhere,
       EXISTS (
           SELECT FROM live_leads l WHERE l.leadgen_id = c.lead_key AND l.state = 'brought_in'
       ) AS came_live
FROM applications a JOIN candidates c USING (candidate_id)
LEFT JOIN import_profile_changes h ON h.import_id = $1 AND h.candidate_id = c.candidate_id
WHERE a.application_id = ANY($2::bigint[])
"""
_CHANGES = """
SELECT c.*, h.before, h.revision AS left_at, h.returned
FROM import_profile_changes h JOIN candidates c USING (candidate_id)
WHERE h.import_id = $1 AND h.candidate_id > $2
ORDER BY h.candidate_id LIMIT $3
FOR NO KEY UPDATE OF c
"""


class PostgresImportTraces:
    async def note(self, tx: Tx, import_id: UUID, changes: Sequence[ProfileChange]) -> None:
        if changes:
            await tx.db.execute(_NOTE, import_id, [_written(change) for change in changes])

    async def let_return(self, tx: Tx, candidate_ids: Sequence[int]) -> None:
        if candidate_ids:
            await tx.db.execute(_RETURN, candidate_ids, tx.now)

    async def brought_back(self, tx: Tx, import_id: UUID, application_ids: Sequence[int]) -> None:
        await tx.db.execute(_BROUGHT_BACK, import_id, application_ids)

    async def applications_of(self, tx: Tx, import_id: UUID, after: int, limit: int) -> list[int]:
        return [row[0] for row in await tx.db.fetch(_NEXT, import_id, after, limit)]

    async def brought(self, tx: Tx, import_id: UUID, application_ids: Sequence[int]) -> list[Brought]:
        # First the locks: a wait for one must not leave the next statement with what stood there before it.
        await tx.db.execute(_LOCK, application_ids)
        found = [
            Brought(
                application_id=row["application_id"],
                person=candidate_of(row),
                untouched=row["untouched"],
                noted=row["noted"],
                created=row["created"],
                revision=row["left_at"],
                has_aliases=row["has_aliases"],
                applies_elsewhere=row["applies_elsewhere"],
                came_live=row["came_live"],
            )
            for row in await tx.db.fetch(_BROUGHT, import_id, application_ids)
        ]
        return sorted(found, key=lambda one: one.application_id)

    async def withdraw(self, tx: Tx, candidate_ids: Sequence[int]) -> None:
        if candidate_ids:
            await tx.db.execute(_WITHDRAW, candidate_ids, tx.now)

    async def changes_of(
        self, tx: Tx, import_id: UUID, after: int, limit: int
    ) -> list[tuple[ProfileChange, Any]]:
        return [
            (
                ProfileChange(
                    row["candidate_id"],
                    written_profiles.read(row["before"]),
                    row["left_at"],
                    row["returned"],
                ),
                candidate_of(row),
            )
            for row in await tx.db.fetch(_CHANGES, import_id, after, limit)
        ]


def _written(change: ProfileChange) -> dict[str, Any]:
    return {
        "candidate_id": change.candidate_id,
        "before": written_profiles.written(change.before),
        "revision": change.revision,
        "returned": change.returned,
    }
