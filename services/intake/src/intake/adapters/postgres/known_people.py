"""Whom a look through a lead file has to compare with. Reads only, a set at a time."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from chassis import Tx

from intake.adapters.postgres import written_profiles
from intake.domain.preview import Known, Resembling
from intake.domain.profiles import Profile
from intake.ports import MergedMeanwhile

_COLUMN_OF = {"lead_id": "meta_lead_id", "created": "meta_created_time", "answers": "form_answers"}
_COLUMNS = {field: _COLUMN_OF.get(field, field) for field in Profile._fields}
_PROFILE = ", ".join(f"p.{column} AS {field}" for field, column in _COLUMNS.items())
_KEYS = "SELECT lead_key FROM candidates WHERE lead_key = ANY($1::text[])"
_KNOWN = f"""
SELECT c.lead_key AS key, p.candidate_id, p.revision, p.merged_into, p.withdrawn_at IS NOT NULL AS withdrawn,
       {_PROFILE}, ARRAY(SELECT candidate_id FROM candidates WHERE merged_into = p.candidate_id) AS aliases,
       s.application_id, s.undone,
       (SELECT m.before -> c.candidate_id::text FROM merges m
        WHERE (m.kept_id = c.candidate_id OR m.merged_id = c.candidate_id) AND m.undone_at IS NULL
        ORDER BY m.merged_at, m.merge_id LIMIT 1) AS said
FROM candidates c JOIN candidates p ON p.candidate_id = coalesce(c.merged_into, c.candidate_id)
LEFT JOIN LATERAL (
    SELECT a.application_id, a.closed_because IS NOT DISTINCT FROM 'import_undone' AS undone
    FROM (
        SELECT p.candidate_id
        UNION ALL SELECT candidate_id FROM candidates WHERE merged_into = p.candidate_id
    ) i
    JOIN applications a ON a.candidate_id = i.candidate_id AND a.position_id = $2
    ORDER BY undone, a.application_id LIMIT 1
) s ON true
WHERE c.lead_key = ANY($1::text[])
ORDER BY p.candidate_id
"""  # noqa: S608 constants
_LOCK = """
SELECT p.candidate_id
FROM candidates c JOIN candidates p ON p.candidate_id = coalesce(c.merged_into, c.candidate_id)
WHERE c.lead_key = ANY($1::text[])
ORDER BY p.candidate_id
FOR NO KEY UPDATE OF p
"""
_ALIKE = """
SELECT wanted.contact, found.*
FROM unnest($1::text[]) AS wanted (contact) CROSS JOIN LATERAL (
    SELECT candidate_id, full_name, phone, email, meta_lead_id
    FROM candidates c
    WHERE c.{column} = wanted.contact AND withdrawn_at IS NULL AND merged_into IS NULL
    ORDER BY candidate_id LIMIT 4
) AS found
"""
"""Four: one may be the person of the row, and three others are enough to look at."""


class PostgresKnownPeople:
    async def lead_keys(self, tx: Tx, keys: Collection[str]) -> set[str]:
        return {row[0] for row in await tx.db.fetch(_KEYS, list(keys))}

    async def with_lead_keys(
        self, tx: Tx, position_id: int, keys: Collection[str], *, lock: bool = False
    ) -> dict[str, Known]:
        # Locked by a statement of its own: what the next one sees of their applications is what whoever
        # held them before has left, not what stood there when the waiting began.
        locked = {row[0] for row in await tx.db.fetch(_LOCK, list(keys))} if lock else None
        rows = await tx.db.fetch(_KNOWN, list(keys), position_id)
        if any(
            row["merged_into"] is not None or (locked is not None and row["candidate_id"] not in locked)
            for row in rows
        ):
            raise MergedMeanwhile
        return {row["key"]: _known(row) for row in rows}

    async def with_contacts(
        self, tx: Tx, phones: Collection[str], emails: Collection[str]
    ) -> tuple[dict[str, list[Resembling]], dict[str, list[Resembling]]]:
        return await _alike(tx, "phone", phones), await _alike(tx, "email", emails)


async def _alike(tx: Tx, column: str, contacts: Collection[str]) -> dict[str, list[Resembling]]:
    found: dict[str, list[Resembling]] = {}
    for row in await tx.db.fetch(_ALIKE.format(column=column), list(contacts)):
        contact, *person = row
        found.setdefault(contact, []).append(Resembling(*person))
    return found


def _known(row: Any) -> Known:
    undone = row["undone"]
    return Known(
        candidate_id=row["candidate_id"],
        profile=_profile(row),
        applied=undone is False,
        withdrawn=row["withdrawn"],
        revision=row["revision"],
        undone_application=row["application_id"] if undone else None,
        aliases=tuple(row["aliases"]),
        said=written_profiles.read(row["said"]) if row["said"] else None,
    )


def _profile(row: Any) -> Profile:
    fields = {field: row[field] for field in _COLUMNS}
    return Profile(**fields | {"answers": tuple(map(tuple, fields["answers"]))})
