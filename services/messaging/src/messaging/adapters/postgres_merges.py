"""Which ids are one person, worked out anew at each merge: a recruiter makes them one at a time."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from chassis import Tx
from people import persons

_KEEP = """
INSERT INTO merges (merge_id, kept_id, merged_id, undone) VALUES ($1, $2, $3, $4)
ON CONFLICT (merge_id) DO UPDATE SET undone = merges.undone OR excluded.undone
"""
_STANDING = "SELECT kept_id, merged_id FROM merges WHERE NOT undone"
_MEMBERS = "INSERT INTO members (candidate_id, person_id) SELECT * FROM unnest($1::bigint[], $2::bigint[])"


_FORMER = """
INSERT INTO former_contacts (candidate_id, value) SELECT $1, value FROM unnest($2::text[]) AS given (value)
ON CONFLICT DO NOTHING
"""


async def keep_former(tx: Tx, candidate_id: int, contacts: Sequence[str]) -> None:
    await tx.db.execute(_FORMER, candidate_id, contacts)


async def forget_former(tx: Tx, candidate_id: int, contacts: Sequence[str]) -> None:
    """Merges come apart in the opposite order: what an earlier one replaced stays."""
    await tx.db.execute(
        "DELETE FROM former_contacts WHERE candidate_id = $1 AND value = ANY($2::text[])",
        candidate_id,
        contacts,
    )


async def keep_merge(tx: Tx, merge_id: UUID, kept_id: int, merged_id: int, *, undone: bool) -> None:
    """A merge and its undoing may come in either order, and more than once."""
    await tx.db.execute("LOCK TABLE members IN SHARE ROW EXCLUSIVE MODE")
    await tx.db.execute(_KEEP, merge_id, kept_id, merged_id, undone)
    await _work_out(tx)


async def _work_out(tx: Tx) -> None:
    await tx.db.execute("DELETE FROM members")
    members = persons([(row["kept_id"], row["merged_id"]) for row in await tx.db.fetch(_STANDING)])
    await tx.db.execute(_MEMBERS, list(members), list(members.values()))
