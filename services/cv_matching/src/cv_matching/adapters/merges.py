"""Which ids are one person, worked out anew at each merge: a recruiter makes them one at a time."""

from __future__ import annotations

from uuid import UUID

from chassis import Tx
from people import persons

_KEEP = """
INSERT INTO merges (merge_id, kept_id, merged_id, undone) VALUES ($1, $2, $3, $4)
ON CONFLICT (merge_id) DO UPDATE SET undone = merges.undone OR excluded.undone
"""
_STANDING = "SELECT kept_id, merged_id FROM merges WHERE NOT undone"
_MEMBERS = "INSERT INTO members (candidate_id, person_id) SELECT * FROM unnest($1::bigint[], $2::bigint[])"


class PostgresMerges:
    async def merged(self, tx: Tx, merge_id: UUID, kept_id: int, merged_id: int) -> None:
        await self._keep(tx, merge_id, kept_id, merged_id, undone=False)

    async def unmerged(self, tx: Tx, merge_id: UUID, kept_id: int, merged_id: int) -> None:
        await self._keep(tx, merge_id, kept_id, merged_id, undone=True)

    async def _keep(self, tx: Tx, merge_id: UUID, kept_id: int, merged_id: int, *, undone: bool) -> None:
        await tx.db.execute("LOCK TABLE members IN SHARE ROW EXCLUSIVE MODE")
        await tx.db.execute(_KEEP, merge_id, kept_id, merged_id, undone)
        await _work_out(tx)


async def _work_out(tx: Tx) -> None:
    await tx.db.execute("DELETE FROM members")
    members = persons([(row["kept_id"], row["merged_id"]) for row in await tx.db.fetch(_STANDING)])
    await tx.db.execute(_MEMBERS, list(members), list(members.values()))
