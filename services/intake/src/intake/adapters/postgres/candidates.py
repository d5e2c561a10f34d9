"""Candidates, and who may be the same person."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, Literal

from chassis import Tx
from pydantic_core import to_json

from intake.domain.profiles import Profile
from intake.ports import Duplicate

_COLUMNS = (
    "full_name, first_name, last_name, name_folded, phone, phone_as_given, email, whatsapp_number, language,"
    " time_zone, source, meta_lead_id, lead_key, meta_created_time, campaign_name, platform, form_answers"
)
_COPIED = ["candidate_id", *_COLUMNS.split(", "), "created_at", "updated_at"]
_ROWS = """
unnest($1::bigint[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[],
       $9::text[], $10::text[], $11::text[], $12::text[], $13::text[], $14::text[], $15::timestamptz[],
       $16::text[], $17::text[], $18::text[])
"""
_REVISE = f"""
UPDATE candidates c
SET full_name = n.full_name, first_name = n.first_name, last_name = n.last_name, name_folded = n.name_folded,
    phone = n.phone, phone_as_given = n.phone_as_given, email = n.email, whatsapp_number = n.whatsapp_number,
    language = n.language, time_zone = n.time_zone, source = n.source, meta_lead_id = n.meta_lead_id,
    lead_key = n.lead_key, meta_created_time = n.meta_created_time, campaign_name = n.campaign_name,
    platform = n.platform, form_answers = n.form_answers::jsonb, updated_at = $19
FROM {_ROWS} AS n (candidate_id, {_COLUMNS})
WHERE c.candidate_id = n.candidate_id
"""  # noqa: S608 constants
_KNOWN = f"SELECT candidate_id, {_COLUMNS} FROM candidates WHERE lead_key = ANY($1::text[])"  # noqa: S608
_IDS = "SELECT nextval('candidates_candidate_id_seq') FROM generate_series(1, $1)"
_DUPLICATES = """
WITH found AS (
    SELECT n.candidate_id AS one,
           (SELECT min(c.candidate_id) FROM candidates c
            WHERE c.phone = n.phone AND c.candidate_id <> n.candidate_id) AS by_phone,
           (SELECT min(c.candidate_id) FROM candidates c
            WHERE c.email = n.email AND c.candidate_id <> n.candidate_id) AS by_email
    FROM candidates n WHERE n.candidate_id = ANY($1::bigint[])
), pairs AS (
    SELECT greatest(one, other) AS candidate_id, least(one, other) AS other_candidate_id,
           bool_or(kind = 'phone') AS phone, bool_or(kind = 'email') AS email
    FROM found CROSS JOIN LATERAL (VALUES (by_phone, 'phone'), (by_email, 'email')) AS v (other, kind)
    WHERE other IS NOT NULL
    GROUP BY 1, 2
)
INSERT INTO possible_duplicates (candidate_id, other_candidate_id, phone, email, found_at)
SELECT candidate_id, other_candidate_id, phone, email, $2 FROM pairs ORDER BY 1, 2
ON CONFLICT DO NOTHING
RETURNING candidate_id, other_candidate_id, phone, email
"""


_CONTACTS: tuple[Literal["phone"], Literal["email"]] = ("phone", "email")


class PostgresCandidates:
    async def with_lead_keys(self, tx: Tx, keys: Collection[str]) -> dict[str, tuple[int, Profile]]:
        rows = await tx.db.fetch(_KNOWN, list(keys))
        return {row["lead_key"]: (row["candidate_id"], _profile(row)) for row in rows}

    async def new_ids(self, tx: Tx, count: int) -> list[int]:
        return [row[0] for row in await tx.db.fetch(_IDS, count)]

    async def add(self, tx: Tx, profiles: Mapping[int, Profile]) -> None:
        if profiles:
            rows = ((candidate_id, *profile, tx.now, tx.now) for candidate_id, profile in profiles.items())
            await tx.db.copy_records_to_table("candidates", records=rows, columns=_COPIED)

    async def revise(self, tx: Tx, profiles: Mapping[int, Profile]) -> None:
        if profiles:
            await tx.db.execute(_REVISE, *_columns(profiles.items()), tx.now)

    async def note_duplicates(self, tx: Tx, candidate_ids: Sequence[int]) -> list[Duplicate]:
        if not candidate_ids:
            return []
        rows = await tx.db.fetch(_DUPLICATES, candidate_ids, tx.now)
        return [
            Duplicate(
                row["candidate_id"],
                row["other_candidate_id"],
                [kind for kind in _CONTACTS if row[kind]],
            )
            for row in rows
        ]


def _columns(people: Iterable[tuple[int, Profile]]) -> list[tuple[Any, ...]]:
    rows = [
        (candidate_id, *profile[:-1], to_json(profile.answers).decode()) for candidate_id, profile in people
    ]
    return list(zip(*rows, strict=True))


def _profile(row: Any) -> Profile:
    answers = tuple((question, answer) for question, answer in row["form_answers"])
    return Profile._make((*(row[index] for index in range(1, 17)), answers))
