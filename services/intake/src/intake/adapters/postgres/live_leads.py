"""Live leads and the forms of positions."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from chassis import Tx

from intake.domain.live_leads import Announcement, GraphLead
from intake.ports import LeadState, LiveLead

_ANNOUNCE = """
INSERT INTO live_leads (leadgen_id, form_id, page_id, announced_at, state)
SELECT n.leadgen_id, n.form_id, n.page_id, $4, 'awaited'
FROM unnest($1::text[], $2::text[], $3::text[]) AS n (leadgen_id, form_id, page_id)
ORDER BY n.leadgen_id
ON CONFLICT (leadgen_id) DO NOTHING
RETURNING leadgen_id
"""
_GET = """
SELECT leadgen_id, form_id, state, code, tries, given, candidate_id FROM live_leads WHERE leadgen_id = $1
"""
_SAVE = """
UPDATE live_leads SET form_id = $2, state = $3, code = $4, tries = $5, given = $6, candidate_id = $7
WHERE leadgen_id = $1
"""
_RELEASE = """
WITH chosen AS (
    SELECT leadgen_id FROM live_leads
    WHERE state = 'held' AND code = ANY($1::text[]) AND ($2::text[] IS NULL OR form_id = ANY($2::text[]))
    ORDER BY leadgen_id FOR UPDATE
)
UPDATE live_leads l SET state = 'awaited', code = NULL, tries = 0
FROM chosen WHERE l.leadgen_id = chosen.leadgen_id
RETURNING l.leadgen_id
"""
_KNOWN_FORM = "SELECT position_id FROM lead_forms WHERE form_id = $1 AND position_id IS NOT NULL FOR SHARE"
_LOCK_FORM = """
INSERT INTO lead_forms (form_id) VALUES ($1)
ON CONFLICT (form_id) DO UPDATE SET form_id = excluded.form_id
RETURNING position_id
"""
_OWNERS = """
INSERT INTO lead_forms (form_id)
SELECT form_id FROM unnest($1::text[]) AS n (form_id) ORDER BY form_id
ON CONFLICT (form_id) DO UPDATE SET form_id = excluded.form_id
RETURNING form_id, position_id
"""
_FREE = """
UPDATE lead_forms SET position_id = NULL WHERE position_id = $1 AND NOT form_id = ANY($2::text[])
"""
_BIND = """
UPDATE lead_forms SET position_id = $1
WHERE form_id = ANY($2::text[]) AND position_id IS DISTINCT FROM $1
RETURNING form_id
"""


class PostgresLiveLeads:
    async def announce(self, tx: Tx, leads: Sequence[Announcement], at: datetime) -> list[Announcement]:
        if not leads:
            return []
        rows = await tx.db.fetch(
            _ANNOUNCE,
            [lead.leadgen_id for lead in leads],
            [lead.form_id for lead in leads],
            [lead.page_id for lead in leads],
            at,
        )
        fresh = {row["leadgen_id"] for row in rows}
        return [lead for lead in leads if lead.leadgen_id in fresh]

    async def get(self, tx: Tx, leadgen_id: str) -> LiveLead | None:
        return _live_lead(await tx.db.fetchrow(_GET, leadgen_id))

    async def lock(self, tx: Tx, leadgen_id: str) -> LiveLead | None:
        return _live_lead(await tx.db.fetchrow(f"{_GET} FOR UPDATE", leadgen_id))

    async def save(self, tx: Tx, lead: LiveLead) -> None:
        await tx.db.execute(
            _SAVE,
            lead.leadgen_id,
            lead.form_id,
            lead.state.value,
            lead.code,
            lead.tries,
            asdict(lead.given) if lead.given else None,
            lead.candidate_id,
        )

    async def release(self, tx: Tx, codes: Collection[str], form_ids: Collection[str] | None) -> list[str]:
        forms = None if form_ids is None else list(form_ids)
        return sorted(row["leadgen_id"] for row in await tx.db.fetch(_RELEASE, list(codes), forms))


class PostgresLeadForms:
    async def position_of(self, tx: Tx, form_id: str) -> int | None:
        found: int | None = await tx.db.fetchval(_KNOWN_FORM, form_id)
        if found is None:
            found = await tx.db.fetchval(_LOCK_FORM, form_id)
        return found

    async def owners(self, tx: Tx, form_ids: Collection[str]) -> dict[str, int]:
        if not form_ids:
            return {}
        rows = await tx.db.fetch(_OWNERS, list(form_ids))
        return {row["form_id"]: row["position_id"] for row in rows if row["position_id"] is not None}

    async def bind(self, tx: Tx, position_id: int, form_ids: Collection[str]) -> list[str]:
        wanted = list(form_ids)
        await tx.db.execute(_FREE, position_id, wanted)
        if not wanted:
            return []
        return sorted(row["form_id"] for row in await tx.db.fetch(_BIND, position_id, wanted))


def _live_lead(row: Any) -> LiveLead | None:
    if row is None:
        return None
    given = row["given"]
    if given is not None:
        fields = tuple((name, value) for name, value in given["fields"])
        given = GraphLead(**{**given, "fields": fields})
    return LiveLead(
        leadgen_id=row["leadgen_id"],
        form_id=row["form_id"],
        state=LeadState(row["state"]),
        code=row["code"],
        tries=row["tries"],
        given=given,
        candidate_id=row["candidate_id"],
    )
