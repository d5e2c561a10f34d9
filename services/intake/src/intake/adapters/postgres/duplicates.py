"""Who may be the same person.

The import's own search is two index lookups for each person. Names wait until it is done: their keys stand in
a table beside the candidates, which no import has to write.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal
from uuid import UUID

from chassis import Tx

from intake.domain.duplicates import MOST_NAMESAKES, name_key
from intake.ports import Duplicate

_NOTE = """
INSERT INTO possible_duplicates AS known (candidate_id, other_candidate_id, phone, email, name, found_at)
SELECT candidate_id, other_candidate_id, phone, email, name, $2 FROM pairs ORDER BY 1, 2
ON CONFLICT (candidate_id, other_candidate_id) DO UPDATE
SET phone = known.phone OR excluded.phone, email = known.email OR excluded.email,
    name = known.name OR excluded.name, found_at = excluded.found_at
WHERE known.decision IS NULL
  AND (excluded.phone > known.phone OR excluded.email > known.email OR excluded.name > known.name)
RETURNING candidate_id, other_candidate_id, phone, email, name
"""
_SAME_CONTACT = f"""
WITH found AS (
    SELECT n.candidate_id AS one,
           (SELECT min(c.candidate_id) FROM candidates c
            WHERE c.phone = n.phone AND c.candidate_id <> n.candidate_id
              AND c.merged_into IS NULL AND c.withdrawn_at IS NULL) AS by_phone,
           (SELECT min(c.candidate_id) FROM candidates c
            WHERE c.email = n.email AND c.candidate_id <> n.candidate_id
              AND c.merged_into IS NULL AND c.withdrawn_at IS NULL) AS by_email
    FROM candidates n
    WHERE n.candidate_id = ANY($1::bigint[]) AND n.merged_into IS NULL AND n.withdrawn_at IS NULL
), pairs AS (
    SELECT greatest(one, other) AS candidate_id, least(one, other) AS other_candidate_id,
           bool_or(kind = 'phone') AS phone, bool_or(kind = 'email') AS email, false AS name
    FROM found CROSS JOIN LATERAL (VALUES (by_phone, 'phone'), (by_email, 'email')) AS v (other, kind)
    WHERE other IS NOT NULL
    GROUP BY 1, 2
)
{_NOTE}
"""  # noqa: S608 constants
_LIVING = "c.merged_into IS NULL AND c.withdrawn_at IS NULL"
_EARLIEST = f"c.candidate_id <> n.candidate_id AND {_LIVING} ORDER BY c.candidate_id LIMIT 20"
_ALL = f"""
WITH fresh AS (
    SELECT candidate_id, phone, whatsapp_number, email FROM candidates c
    WHERE candidate_id = ANY($1::bigint[]) AND {_LIVING}
), numbers AS (
    SELECT candidate_id, phone AS number FROM fresh WHERE phone IS NOT NULL
    UNION SELECT candidate_id, whatsapp_number FROM fresh WHERE whatsapp_number IS NOT NULL
), found AS (
    SELECT n.candidate_id AS one, o.candidate_id AS other, 'phone' AS kind
    FROM numbers n CROSS JOIN LATERAL (
        SELECT c.candidate_id FROM candidates c WHERE c.phone = n.number AND {_EARLIEST}) o
    UNION ALL
    SELECT n.candidate_id, o.candidate_id, 'phone'
    FROM numbers n CROSS JOIN LATERAL (
        SELECT c.candidate_id FROM candidates c WHERE c.whatsapp_number = n.number AND {_EARLIEST}) o
    UNION ALL
    SELECT n.candidate_id, o.candidate_id, 'email'
    FROM fresh n CROSS JOIN LATERAL (
        SELECT c.candidate_id FROM candidates c WHERE c.email = n.email AND {_EARLIEST}) o
    UNION ALL
    SELECT n.candidate_id, o.bearer, 'name'
    FROM fresh n JOIN candidate_names k USING (candidate_id) CROSS JOIN LATERAL (
        SELECT array_agg(candidate_id) AS bearers FROM (
            SELECT c.candidate_id FROM candidate_names s JOIN candidates c USING (candidate_id)
            WHERE s.name_key = k.name_key AND {_LIVING} LIMIT {MOST_NAMESAKES + 1}) few
    ) b CROSS JOIN LATERAL unnest(b.bearers) AS o (bearer)
    WHERE cardinality(b.bearers) <= {MOST_NAMESAKES} AND o.bearer <> n.candidate_id
), apart AS (
    SELECT coalesce(a.merged_into, a.candidate_id) AS one, coalesce(b.merged_into, b.candidate_id) AS other
    FROM possible_duplicates d
    JOIN candidates a ON a.candidate_id = d.candidate_id
    JOIN candidates b ON b.candidate_id = d.other_candidate_id
    WHERE d.decision = 'apart'
), offered AS (
    SELECT f.* FROM found f
    WHERE NOT EXISTS (SELECT FROM apart a WHERE a.one = f.one AND a.other = f.other)
      AND NOT EXISTS (SELECT FROM apart a WHERE a.one = f.other AND a.other = f.one)
), nearest AS (
    SELECT DISTINCT one, other
    FROM (SELECT one, kind, min(other) AS other FROM offered GROUP BY 1, 2) AS by_kind
), pairs AS (
    SELECT greatest(one, other) AS candidate_id, least(one, other) AS other_candidate_id,
           bool_or(kind = 'phone') AS phone, bool_or(kind = 'email') AS email, bool_or(kind = 'name') AS name
    FROM nearest JOIN offered USING (one, other)
    GROUP BY 1, 2
)
{_NOTE}
"""  # noqa: S608 constants
_NAMES = "SELECT candidate_id, name_folded FROM candidates WHERE candidate_id = ANY($1::bigint[])"
_FORGET_NAMES = "DELETE FROM candidate_names WHERE candidate_id = ANY($1::bigint[])"
_KEEP_NAMES = """
INSERT INTO candidate_names (candidate_id, name_key)
SELECT n.candidate_id, n.name_key FROM unnest($1::bigint[], $2::text[]) AS n (candidate_id, name_key)
ORDER BY 1
ON CONFLICT (candidate_id) DO UPDATE SET name_key = excluded.name_key
WHERE candidate_names.name_key <> excluded.name_key
"""
_PEOPLE_OF_IMPORT = """
SELECT DISTINCT a.candidate_id
FROM imports i JOIN applications a USING (position_id) JOIN candidates c USING (candidate_id)
WHERE i.import_id = $1 AND c.updated_at >= i.requested_at
ORDER BY 1
"""
_KINDS: tuple[Literal["phone"], Literal["email"], Literal["name"]] = ("phone", "email", "name")


class PostgresDuplicates:
    async def note_same_contact(self, tx: Tx, candidate_ids: Sequence[int]) -> list[Duplicate]:
        if not candidate_ids:
            return []
        return [_duplicate(row) for row in await tx.db.fetch(_SAME_CONTACT, candidate_ids, tx.now)]

    async def note_all(self, tx: Tx, candidate_ids: Sequence[int]) -> list[Duplicate]:
        if not candidate_ids:
            return []
        await self.keep_names(tx, candidate_ids)
        return [_duplicate(row) for row in await tx.db.fetch(_ALL, candidate_ids, tx.now)]

    async def people_of_import(self, tx: Tx, import_id: UUID) -> list[int]:
        return [row["candidate_id"] for row in await tx.db.fetch(_PEOPLE_OF_IMPORT, import_id)]

    async def keep_names(self, tx: Tx, candidate_ids: Sequence[int]) -> None:
        rows = await tx.db.fetch(_NAMES, candidate_ids)
        keys = {row["candidate_id"]: name_key(row["name_folded"]) for row in rows}
        kept = {candidate_id: key for candidate_id, key in keys.items() if key is not None}
        await tx.db.execute(_FORGET_NAMES, [each for each in keys if each not in kept])
        await tx.db.execute(_KEEP_NAMES, list(kept), list(kept.values()))


def _duplicate(row: Any) -> Duplicate:
    shared = [kind for kind in _KINDS if row[kind]]
    return Duplicate(row["candidate_id"], row["other_candidate_id"], shared)
