"""Which ids are one person, worked out anew at each merge: a recruiter makes them one at a time."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from chassis import Tx

_KEEP = """
INSERT INTO merges (merge_id, kept_id, merged_id, undone) VALUES ($1, $2, $3, $4)
ON CONFLICT (merge_id) DO UPDATE SET undone = merges.undone OR excluded.undone
"""
_WORK_OUT = """
WITH RECURSIVE standing AS (
    SELECT kept_id, merged_id FROM merges WHERE NOT undone
), chain (candidate_id, person_id, steps) AS (
    SELECT merged_id, kept_id, 1 FROM standing
    UNION ALL
    SELECT c.candidate_id, s.kept_id, c.steps + 1
    FROM chain c JOIN standing s ON s.merged_id = c.person_id WHERE c.steps < 100
), ends AS (
    SELECT DISTINCT ON (candidate_id) candidate_id, person_id FROM chain ORDER BY candidate_id, steps DESC
)
INSERT INTO members (candidate_id, person_id)
SELECT candidate_id, person_id FROM ends UNION SELECT person_id, person_id FROM ends
"""


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
    await tx.db.execute("DELETE FROM members")
    await tx.db.execute(_WORK_OUT)
