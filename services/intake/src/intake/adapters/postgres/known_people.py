"""Whom a look through a lead file has to compare with. Reads only, a set at a time."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from chassis import Tx

from intake.domain.preview import Known, Resembling
from intake.domain.profiles import Profile

_COLUMN_OF = {"lead_id": "meta_lead_id", "created": "meta_created_time", "answers": "form_answers"}
_COLUMNS = {field: _COLUMN_OF.get(field, field) for field in Profile._fields}
_PROFILE = ", ".join(f"p.{column} AS {field}" for field, column in _COLUMNS.items())
_KNOWN = f"""
SELECT c.lead_key AS key, p.candidate_id, p.withdrawn_at IS NOT NULL AS withdrawn, {_PROFILE},
       EXISTS (
           SELECT FROM applications a WHERE a.candidate_id = p.candidate_id AND a.position_id = $2
       ) AS applied
FROM candidates c JOIN candidates p ON p.candidate_id = coalesce(c.merged_into, c.candidate_id)
WHERE c.lead_key = ANY($1::text[])
"""  # noqa: S608 constants
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
    async def with_lead_keys(self, tx: Tx, position_id: int, keys: Collection[str]) -> dict[str, Known]:
        rows = await tx.db.fetch(_KNOWN, list(keys), position_id)
        return {
            row["key"]: Known(row["candidate_id"], _profile(row), row["applied"], row["withdrawn"])
            for row in rows
        }

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


def _profile(row: Any) -> Profile:
    fields = {field: row[field] for field in _COLUMNS}
    return Profile(**fields | {"answers": tuple(map(tuple, fields["answers"]))})
