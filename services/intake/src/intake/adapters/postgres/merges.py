"""Merges of people: an alias on the candidate, and what it takes to undo each."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from chassis import Tx
from contracts import Actor

from intake.adapters.postgres.written_profiles import read, written
from intake.ports.merges import Decision, Merge

_COLUMNS = "merge_id, kept_id, merged_id, also, before, after, closed, decision, actor, merged_at, undone_at"
_ADD = f"INSERT INTO merges ({_COLUMNS}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)"  # noqa: S608 constants
_LOCK = f"SELECT {_COLUMNS} FROM merges WHERE merge_id = $1 FOR UPDATE"  # noqa: S608 constants
_LATEST = f"""
SELECT {_COLUMNS} FROM merges WHERE kept_id = $1 AND undone_at IS NULL ORDER BY merged_at DESC, merge_id DESC
LIMIT 1
"""  # noqa: S608 constants
_POINT = "UPDATE candidates SET merged_into = $2, updated_at = $3 WHERE candidate_id = ANY($1::bigint[])"
_APPLICATIONS = """
SELECT application_id, updated_at FROM applications
WHERE candidate_id = ANY($1::bigint[]) AND status <> 'closed'
"""
_DECIDED = "SELECT decision FROM possible_duplicates WHERE candidate_id = $1 AND other_candidate_id = $2"
_DECIDE = """
INSERT INTO possible_duplicates
    (candidate_id, other_candidate_id, phone, email, found_at, decision, decided_at, decided_by)
VALUES ($1, $2, false, false, $4, $3, $4, $5)
ON CONFLICT (candidate_id, other_candidate_id) DO UPDATE
SET decision = excluded.decision, decided_at = excluded.decided_at, decided_by = excluded.decided_by
"""


class PostgresMerges:
    async def add(self, tx: Tx, merge: Merge) -> None:
        await tx.db.execute(
            _ADD,
            merge.merge_id,
            merge.kept_id,
            merge.merged_id,
            list(merge.also),
            {str(candidate_id): written(profile) for candidate_id, profile in merge.before.items()},
            written(merge.after),
            list(merge.closed),
            merge.decision,
            merge.actor.model_dump(mode="json"),
            merge.merged_at,
            merge.undone_at,
        )

    async def lock(self, tx: Tx, merge_id: UUID) -> Merge | None:
        row = await tx.db.fetchrow(_LOCK, merge_id)
        return _merge(row) if row else None

    async def latest_into(self, tx: Tx, kept_id: int) -> Merge | None:
        row = await tx.db.fetchrow(_LATEST, kept_id)
        return _merge(row) if row else None

    async def set_undone(self, tx: Tx, merge_id: UUID, actor: Actor) -> None:
        await tx.db.execute(
            "UPDATE merges SET undone_at = $2, undone_by = $3 WHERE merge_id = $1",
            merge_id,
            tx.now,
            actor.model_dump(mode="json"),
        )

    async def point(self, tx: Tx, candidate_ids: Sequence[int], into: int | None) -> None:
        await tx.db.execute(_POINT, list(candidate_ids), into, tx.now)

    async def applications_of(self, tx: Tx, candidate_ids: Sequence[int]) -> dict[int, datetime]:
        rows = await tx.db.fetch(_APPLICATIONS, list(candidate_ids))
        return {row["application_id"]: row["updated_at"] for row in rows}

    async def decide(
        self, tx: Tx, pair: tuple[int, int], decision: Decision | None, actor: Actor
    ) -> Decision | None:
        later, earlier = max(pair), min(pair)
        before = await tx.db.fetchval(_DECIDED, later, earlier)
        await tx.db.execute(_DECIDE, later, earlier, decision, tx.now, actor.model_dump(mode="json"))
        return cast(Decision | None, before)


def _merge(row: Any) -> Merge:
    return Merge(
        merge_id=row["merge_id"],
        kept_id=row["kept_id"],
        merged_id=row["merged_id"],
        also=tuple(row["also"]),
        before={int(candidate_id): read(profile) for candidate_id, profile in row["before"].items()},
        after=read(row["after"]),
        closed=tuple(row["closed"]),
        decision=row["decision"],
        actor=Actor.model_validate(row["actor"]),
        merged_at=row["merged_at"],
        undone_at=row["undone_at"],
    )
