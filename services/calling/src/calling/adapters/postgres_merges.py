"""Which ids are one person, worked out anew at each merge: a recruiter makes them one at a time."""

from __future__ import annotations

from collections.abc import Sequence

from chassis import Tx
from contracts.intake import CandidatesMerged, CandidatesUnmerged
from people import persons

_KEEP = """
INSERT INTO merges (merge_id, kept_id, merged_id, undone) VALUES ($1, $2, $3, $4)
ON CONFLICT (merge_id) DO UPDATE SET undone = merges.undone OR excluded.undone
"""
_STANDING = "SELECT kept_id, merged_id FROM merges WHERE NOT undone"
_MEMBERS = "INSERT INTO members (candidate_id, person_id) SELECT * FROM unnest($1::bigint[], $2::bigint[])"


async def keep_merges(tx: Tx, facts: Sequence[CandidatesMerged | CandidatesUnmerged]) -> None:
    await tx.db.execute("LOCK TABLE members IN SHARE ROW EXCLUSIVE MODE")
    rows = [
        (fact.merge_id, fact.candidate_id, fact.merged_candidate_id, isinstance(fact, CandidatesUnmerged))
        for fact in facts
    ]
    await tx.db.executemany(_KEEP, rows)
    await _work_out(tx)


async def _work_out(tx: Tx) -> None:
    await tx.db.execute("DELETE FROM members")
    members = persons([(row["kept_id"], row["merged_id"]) for row in await tx.db.fetch(_STANDING)])
    await tx.db.execute(_MEMBERS, list(members), list(members.values()))
