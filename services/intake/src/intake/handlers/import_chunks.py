"""One chunk of an import: a transaction with its candidates, applications and events.

Several chunks are under way at a time, so that PostgreSQL writes one while the next is being worked out. They
commit in the order of the file, so that one number says how far an import is. A lead stands in one chunk.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from chassis import Begin, Tx
from contracts.intake import (
    ApplicationOpened,
    CandidateProfileRevised,
    LeadsImportProgressed,
)

from intake.domain.lead_columns import Question
from intake.domain.lead_file import LeadChunk
from intake.domain.profiles import Plan, Profile, plan, profile_of
from intake.handlers.duplicates import tell
from intake.handlers.profiles import published
from intake.ports import (
    Applications,
    Candidates,
    Duplicates,
    Imports,
    LeadsImport,
    Notice,
    Position,
    Tally,
)

EVENTS_AT_A_TIME = 200


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

    async def bring_in(
        self, questions: Sequence[Question], chunk: LeadChunk, earlier: asyncio.Future[None] | None
    ) -> None:
        """Commits after ``earlier``, the chunk before this one; fails when that one fails."""
        try:
            async with self.begin() as tx:
                planned, new, opened = await self._keep_people(tx, questions, chunk)
                if earlier is not None:
                    await asyncio.shield(earlier)
                current = await self._whose_turn_it_is(tx, chunk)
                pairs = await self._tell_duplicates(tx, [*new, *planned.changed])
                tally = _added(current.tally, chunk, planned, opened, pairs)
                await self.imports.save(tx, replace(current, tally=tally), _notices(chunk))
                tx.publish(
                    LeadsImportProgressed(
                        import_id=self.import_id,
                        position_id=self.position.position_id,
                        rows=tally.rows,
                        of_rows=current.of_rows,
                    )
                )
        except _BroughtInByAnother:
            return

    async def _keep_people(
        self, tx: Tx, questions: Sequence[Question], chunk: LeadChunk
    ) -> tuple[Plan, dict[int, Profile], int]:
        """Answers the plan, the new candidates, and how many applications were opened."""
        language = self.position.details.language
        profiles = [profile_of(lead, questions, language) for lead in chunk.leads]
        keys = [lead.lead_key for lead in chunk.leads]
        planned = plan(profiles, await self.candidates.with_lead_keys(tx, keys))
        new = dict(zip(await self.candidates.new_ids(tx, len(planned.new)), planned.new, strict=True))
        opened = dict(zip(new, await self.applications.new_ids(tx, len(new)), strict=True))
        await self.candidates.add(tx, new)
        await self.applications.add(tx, self.position.position_id, opened)
        await self.candidates.revise(tx, planned.changed)
        opened |= await self.applications.open(tx, self.position.position_id, list(planned.known))
        for candidate_id, profile in planned.changed.items():
            tx.publish(CandidateProfileRevised(candidate_id=candidate_id, profile=published(profile)))
        people = new | planned.known
        for number, (candidate_id, application_id) in enumerate(opened.items()):
            if number % EVENTS_AT_A_TIME == 0:
                await asyncio.sleep(0)  # the other chunks' statements must not wait for this one's events
            tx.publish(self._opened(candidate_id, application_id, people[candidate_id]))
        return planned, new, len(opened)

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

    def _opened(self, candidate_id: int, application_id: int, profile: Profile) -> ApplicationOpened:
        return ApplicationOpened(
            candidate_id=candidate_id,
            application_id=application_id,
            position_id=self.position.position_id,
            profile=published(profile),
            import_id=self.import_id,
        )


def _notices(chunk: LeadChunk) -> list[Notice]:
    refused = [Notice(row.line, row.reason, refused=True, cells=row.cells) for row in chunk.refused]
    flagged = [
        Notice(lead.line, f"imported, but {lead.phone_problem}", refused=False)
        for lead in chunk.leads
        if lead.phone_problem is not None
    ]
    return refused + flagged


def _added(tally: Tally, chunk: LeadChunk, planned: Plan, opened: int, duplicates: int) -> Tally:
    return Tally(
        records=chunk.last_record,
        rows=tally.rows + chunk.rows,
        created=tally.created + len(planned.new),
        updated=tally.updated + len(planned.changed),
        unchanged=tally.unchanged + planned.unchanged,
        opened=tally.opened + opened,
        skipped=tally.skipped + len(chunk.skipped),
        duplicates=tally.duplicates + duplicates,
        refused=tally.refused + len(chunk.refused),
        flagged=tally.flagged + sum(lead.phone_problem is not None for lead in chunk.leads),
    )
