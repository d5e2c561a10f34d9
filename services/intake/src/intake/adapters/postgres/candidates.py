"""Candidates."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from chassis import Tx
from pydantic_core import to_json

from intake.domain.profiles import Profile
from intake.domain.status_machine import Status
from intake.ports import Candidate

_COLUMNS = (
    "full_name, first_name, last_name, name_folded, phone, phone_as_given, email, whatsapp_number, language,"
    " time_zone, source, meta_lead_id, lead_key, meta_created_time, campaign_name, platform, form_answers,"
    " notes"
)
_COPIED = ["candidate_id", *_COLUMNS.split(", "), "created_at", "updated_at"]
_ROWS = """
unnest($1::bigint[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[],
       $9::text[], $10::text[], $11::text[], $12::text[], $13::text[], $14::text[], $15::timestamptz[],
       $16::text[], $17::text[], $18::text[], $19::text[])
"""
_REVISE = f"""
UPDATE candidates c
SET full_name = n.full_name, first_name = n.first_name, last_name = n.last_name, name_folded = n.name_folded,
    phone = n.phone, phone_as_given = n.phone_as_given, email = n.email, whatsapp_number = n.whatsapp_number,
    language = n.language, time_zone = n.time_zone, source = n.source, meta_lead_id = n.meta_lead_id,
    lead_key = n.lead_key, meta_created_time = n.meta_created_time, campaign_name = n.campaign_name,
    platform = n.platform, form_answers = n.form_answers::jsonb, notes = n.notes, updated_at = $20,
    revision = c.revision + 1
FROM {_ROWS} AS n (candidate_id, {_COLUMNS})
WHERE c.candidate_id = n.candidate_id
RETURNING c.candidate_id, c.revision
"""  # noqa: S608 constants
_KNOWN = f"SELECT candidate_id, {_COLUMNS} FROM candidates WHERE lead_key = ANY($1::text[])"  # noqa: S608
_WHOLE = f"candidate_id, {_COLUMNS}, revision, merged_into, withdrawn_at"
_GET = f"SELECT {_WHOLE} FROM candidates WHERE candidate_id = $1"  # noqa: S608 constants
_ALIASES = f"""
SELECT {_WHOLE} FROM candidates WHERE merged_into = $1 ORDER BY candidate_id FOR NO KEY UPDATE
"""  # noqa: S608 constants
_ALONE_WITH = """
SELECT pg_advisory_xact_lock(key) FROM (
    SELECT DISTINCT hashtextextended(current_schema() || ' is reached by ' || contact, 0) AS key
    FROM unnest($1::text[]) AS wanted (contact) ORDER BY key
) AS keys
"""
_REACHED_BY = f"""
SELECT {_WHOLE} FROM candidates WHERE candidate_id IN (
    SELECT coalesce(merged_into, candidate_id) FROM candidates
    WHERE phone = $1 OR whatsapp_number = $1 OR email = $2
)
ORDER BY candidate_id
"""  # noqa: S608 constants
_APPLICATION_FOR = """
SELECT a.application_id, a.status
FROM applications a JOIN candidates c USING (candidate_id)
WHERE a.position_id = $2 AND (c.candidate_id = $1 OR c.merged_into = $1)
ORDER BY a.closed_because IS NOT DISTINCT FROM 'import_undone', a.application_id LIMIT 1
"""
_APPLIED_WHERE = """
SELECT p.details ->> 'time_zone'
FROM applications a JOIN positions p USING (position_id)
WHERE a.candidate_id IN (SELECT $1::bigint UNION SELECT candidate_id FROM candidates WHERE merged_into = $1)
ORDER BY a.application_id DESC LIMIT 1
"""
_IDS = "SELECT nextval('candidates_candidate_id_seq') FROM generate_series(1, $1)"


_ANSWERS = Profile._fields.index("answers")
_BEFORE_ANSWERS = _COLUMNS.split(", ")[:_ANSWERS]


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

    async def revise(self, tx: Tx, profiles: Mapping[int, Profile]) -> dict[int, int]:
        if not profiles:
            return {}
        rows = await tx.db.fetch(_REVISE, *_columns(profiles.items()), tx.now)
        return {row["candidate_id"]: row["revision"] for row in rows}

    async def get(self, tx: Tx, candidate_id: int) -> Candidate | None:
        row = await tx.db.fetchrow(_GET, candidate_id)
        return candidate_of(row) if row else None

    async def lock(self, tx: Tx, candidate_id: int) -> Candidate | None:
        row = await tx.db.fetchrow(f"{_GET} FOR NO KEY UPDATE", candidate_id)
        return candidate_of(row) if row else None

    async def aliases(self, tx: Tx, candidate_id: int) -> list[Candidate]:
        return [candidate_of(row) for row in await tx.db.fetch(_ALIASES, candidate_id)]

    async def reached_by(self, tx: Tx, phone: str | None, email: str | None) -> list[Candidate]:
        await tx.db.execute(_ALONE_WITH, [contact for contact in (phone, email) if contact is not None])
        return [candidate_of(row) for row in await tx.db.fetch(_REACHED_BY, phone, email)]

    async def applied_where(self, tx: Tx, candidate_id: int) -> str | None:
        zone: str | None = await tx.db.fetchval(_APPLIED_WHERE, candidate_id)
        return zone

    async def application_for(self, tx: Tx, candidate_id: int, position_id: int) -> tuple[int, Status] | None:
        row = await tx.db.fetchrow(_APPLICATION_FOR, candidate_id, position_id)
        return (row["application_id"], Status(row["status"])) if row else None


def _columns(people: Iterable[tuple[int, Profile]]) -> list[tuple[Any, ...]]:
    rows = [
        (candidate_id, *profile[:_ANSWERS], to_json(profile.answers).decode(), profile.notes)
        for candidate_id, profile in people
    ]
    return list(zip(*rows, strict=True))


def candidate_of(row: Any) -> Candidate:
    return Candidate(
        row["candidate_id"], _profile(row), row["revision"], row["merged_into"], row["withdrawn_at"]
    )


def _profile(row: Any) -> Profile:
    answers = tuple((question, answer) for question, answer in row["form_answers"])
    return Profile._make((*(row[column] for column in _BEFORE_ANSWERS), answers, row["notes"]))
