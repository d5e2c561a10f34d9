"""Which ids are one person, worked out anew at each merge: a recruiter makes them one at a time."""

from __future__ import annotations

from collections.abc import Sequence

from chassis import Tx
from contracts.intake import CandidatesMerged, CandidatesUnmerged

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


async def keep_merges(tx: Tx, facts: Sequence[CandidatesMerged | CandidatesUnmerged]) -> None:
    await tx.db.execute("LOCK TABLE members IN SHARE ROW EXCLUSIVE MODE")
    rows = [
        (fact.merge_id, fact.candidate_id, fact.merged_candidate_id, isinstance(fact, CandidatesUnmerged))
        for fact in facts
    ]
    await tx.db.executemany(_KEEP, rows)
    await tx.db.execute("DELETE FROM members")
    await tx.db.execute(_WORK_OUT)
