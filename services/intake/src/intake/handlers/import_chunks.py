"""One chunk of an import: a transaction with its candidates, applications and events.

Several chunks are under way at a time, so that PostgreSQL writes one while the next is being worked out. They
commit in the order of the file, so that one number says how far an import is. A lead stands in one chunk.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import islice
from uuid import UUID

from chassis import Begin, Tx
from contracts.intake import ApplicationOpened, LeadsImportProgressed

from intake.domain.lead_columns import Question
from intake.domain.lead_file import LeadChunk
from intake.domain.profiles import Profile, profile_of
from intake.handlers.contact import take_over
from intake.handlers.duplicates import tell
from intake.handlers.known_leads import KnownLeads, UpToDate
from intake.handlers.written import WrittenOpened
from intake.ports import (
    Applications,
    Candidates,
    Contacts,
    Duplicates,
    Imports,
    LeadsImport,
    Notice,
    Position,
    Tally,
)

EVENTS_AT_A_TIME = 200
NOBODY_KNOWN = UpToDate([], 0, 0, 0, 0)


class ChunksCross(Exception):
    """Another run of this import has stopped within our chunk; trying again goes on behind it."""

    def __init__(self, import_id: UUID, records: int) -> None:
        super().__init__(f"import {import_id} stands at record {records}, within a chunk")
        self.import_id = import_id
        self.records = records


class _BroughtInByAnother(Exception):
    """Another run of the import was faster: what was written here is rolled back."""


@dataclass(frozen=True, slots=True)
class ChunkWriter:
    """Brings in the chunks of one import."""

    import_id: UUID
    position: Position
    begin: Begin
    imports: Imports
    candidates: Candidates
    applications: Applications
    duplicates: Duplicates
    contacts: Contacts
    known: KnownLeads

    async def bring_in(
        self, questions: Sequence[Question], chunk: LeadChunk, earlier: asyncio.Future[None] | None
    ) -> None:
        """Commits after ``earlier``, the chunk before this one; fails when that one fails.

        People who are here already wait for their turn: two chunks may hold leads of the same person.
        """
        try:
            async with self.begin() as tx:
                fresh, known = await self._told_apart(tx, questions, chunk)
                new = await self._keep(tx, fresh)
                if earlier is not None:
                    await asyncio.shield(earlier)
                current = await self._whose_turn_it_is(tx, chunk)
                again = await self.known.bring_up_to_date(tx, current, known) if known else NOBODY_KNOWN
                touched = [*new, *again.touched]
                pairs = await self._tell_duplicates(tx, touched)
                tally = _added(current.tally, chunk, len(new), again, pairs)
                await self._save(tx, replace(current, tally=tally), _notices(chunk))
                await take_over(tx, self.contacts, touched)
        except _BroughtInByAnother:
            return

    async def _told_apart(
        self, tx: Tx, questions: Sequence[Question], chunk: LeadChunk
    ) -> tuple[list[Profile], list[Profile]]:
        """Leads of people nobody knew before, and of those who are here."""
        keys = await self.known.people.lead_keys(tx, [lead.lead_key for lead in chunk.leads])
        language = self.position.details.language
        profiles = [profile_of(lead, questions, language) for lead in chunk.leads]
        if not keys:
            return profiles, []
        return (
            [profile for profile in profiles if profile.lead_key not in keys],
            [profile for profile in profiles if profile.lead_key in keys],
        )

    async def _keep(self, tx: Tx, profiles: Sequence[Profile]) -> list[int]:
        """New people with their applications; answers their ids."""
        ids = await self.candidates.new_ids(tx, len(profiles))
        opened = dict(zip(ids, await self.applications.new_ids(tx, len(ids)), strict=True))
        people = dict(zip(ids, profiles, strict=True))
        await self.candidates.add(tx, people)
        await self.applications.add(tx, self.position.position_id, opened, import_id=self.import_id)
        form = WrittenOpened(self.position.position_id, self.import_id)
        facts = (form.of(*each, people[each[0]]) for each in opened.items())
        while some := list(islice(facts, EVENTS_AT_A_TIME)):
            tx.publish_written(ApplicationOpened, some)
            await asyncio.sleep(0)  # the other chunks' statements must not wait for this one's events
        return ids

    async def _save(self, tx: Tx, current: LeadsImport, notices: Sequence[Notice]) -> None:
        await self.imports.save(tx, current, notices)
        tx.publish(
            LeadsImportProgressed(
                import_id=self.import_id,
                position_id=self.position.position_id,
                rows=current.tally.rows,
                of_rows=current.of_rows,
            )
        )

    async def _whose_turn_it_is(self, tx: Tx, chunk: LeadChunk) -> LeadsImport:
        current = await self.imports.lock(tx, self.import_id)
        if current is None or current.finished_at or current.tally.records >= chunk.last_record:
            raise _BroughtInByAnother
        if current.tally.records != chunk.last_record - chunk.rows:
            raise ChunksCross(self.import_id, current.tally.records)
        return current

    async def _tell_duplicates(self, tx: Tx, candidate_ids: Sequence[int]) -> int:
        found = await self.duplicates.note_same_contact(tx, candidate_ids)
        tell(tx, found)
        return len(found)


def _notices(chunk: LeadChunk) -> list[Notice]:
    refused = [Notice(row.line, row.reason, refused=True, cells=row.cells) for row in chunk.refused]
    flagged = [
        Notice(lead.line, f"imported, but {lead.phone_problem}", refused=False)
        for lead in chunk.leads
        if lead.phone_problem is not None
    ]
    return refused + flagged


def _added(tally: Tally, chunk: LeadChunk, created: int, again: UpToDate, duplicates: int) -> Tally:
    return Tally(
        records=chunk.last_record,
        rows=tally.rows + chunk.rows,
        created=tally.created + created + again.returned,
        updated=tally.updated + again.updated,
        unchanged=tally.unchanged + again.unchanged,
        opened=tally.opened + created + again.opened,
        skipped=tally.skipped + len(chunk.skipped),
        duplicates=tally.duplicates + duplicates,
        refused=tally.refused + len(chunk.refused),
        flagged=tally.flagged + sum(lead.phone_problem is not None for lead in chunk.leads),
    )
