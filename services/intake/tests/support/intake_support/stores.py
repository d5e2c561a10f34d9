"""The ports of intake, filled in memory or by PostgreSQL, with what was said through them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from uuid import uuid4

from chassis import Begin, Tx
from chassis.blobs import MemoryBlobs
from chassis.clock import SystemClock
from chassis.database import Pool, open_pool
from chassis.servers import ServiceDatabase
from chassis.testing import InMemoryTx
from chassis.transaction import Transactions
from contracts import Actor, Event
from contracts.base import EVENTS
from contracts.intake import (
    ImportLeads,
    LeadsImported,
    LeadsImportRefused,
    LeadsImportRequested,
    LeadsPreviewed,
    LeadsPreviewRequested,
    PositionDetails,
    PreviewLeads,
)
from intake.adapters.lead_files import SeparateReader
from intake.adapters.postgres import (
    PostgresApplications,
    PostgresCandidates,
    PostgresContacts,
    PostgresDuplicates,
    PostgresEvaluations,
    PostgresImports,
    PostgresImportTraces,
    PostgresKnownPeople,
    PostgresPositions,
)
from intake.adapters.preview_files import PreviewFiles, RefusedRowsFiles
from intake.domain.profiles import Profile
from intake.handlers.imports import import_leads, preview_leads
from intake.handlers.preview import look_through_leads
from intake.handlers.run_import import run_leads_import
from intake.ports import (
    Applications,
    Candidates,
    Contacts,
    Duplicates,
    Evaluations,
    Imports,
    ImportTraces,
    KnownPeople,
    LeadFiles,
    Positions,
)

from intake_support.memory import (
    MemoryApplications,
    MemoryCandidates,
    MemoryImports,
    MemoryPositions,
    Shelf,
)
from intake_support.memory_contacts import MemoryContacts
from intake_support.memory_duplicates import MemoryDuplicates
from intake_support.memory_evaluations import MemoryEvaluations
from intake_support.memory_files import ReadHere
from intake_support.memory_previews import MemoryImportTraces, MemoryKnownPeople

RECRUITER = Actor(kind="recruiter", id="7", name="Ioana Recruiter")
PROMPTS = {"system_prompt": "You call {candidate_name}.", "first_message": "Is it a good moment?"}
"""What a position needs before anybody is called for it."""


class Store:
    """Everything a handler of intake may ask for."""

    begin: Begin
    positions: Positions
    applications: Applications
    candidates: Candidates
    contacts: Contacts
    evaluations: Evaluations
    duplicates: Duplicates
    imports: Imports
    people: KnownPeople
    traces: ImportTraces
    files: LeadFiles
    blobs: MemoryBlobs

    async def published(self) -> list[Event]:
        raise NotImplementedError

    async def a_position(self, **details: object) -> int:
        async with self.begin() as tx:
            return await self.positions.add(tx, PositionDetails(title="Sales", **(PROMPTS | details)))

    async def add(self, tx: Tx, *profiles: Profile) -> list[int]:
        """Candidates under new ids, which are the answer."""
        ids = await self.candidates.new_ids(tx, len(profiles))
        await self.candidates.add(tx, dict(zip(ids, profiles, strict=True)))
        return ids

    async def bring_in(self, body: bytes, position_id: int) -> LeadsImported | LeadsImportRefused:
        """A file from the recruiter's command to the event that ends its import."""
        requested = await self.request(body, position_id)
        await self.run(requested)
        ended = [
            event for event in await self.published() if isinstance(event, LeadsImported | LeadsImportRefused)
        ]
        return ended[-1]

    async def request(self, body: bytes, position_id: int) -> LeadsImportRequested:
        ref = await self.blobs.put(f"imports/{uuid4()}", body, "text/csv")
        command = ImportLeads(
            command_id=uuid4(), actor=RECRUITER, position_id=position_id, file=ref, file_name="leads.csv"
        )
        async with self.begin() as tx:
            reply = await import_leads(command, tx, self.positions, self.imports, self.blobs)
        assert reply.status == "accepted", reply
        return [event for event in await self.published() if isinstance(event, LeadsImportRequested)][-1]

    async def run(self, requested: LeadsImportRequested) -> None:
        await run_leads_import(
            requested,
            self.begin,
            self.files,
            self.imports,
            self.positions,
            self.candidates,
            self.applications,
            self.duplicates,
            self.contacts,
            self.people,
            self.traces,
            self.blobs,
            RefusedRowsFiles(self.blobs),
        )

    async def preview(self, body: bytes, position_id: int) -> LeadsPreviewed | LeadsImportRefused:
        """A file from the recruiter's command to the event that ends the look through it."""
        await self.look(await self.request_preview(body, position_id))
        ended = [
            event
            for event in await self.published()
            if isinstance(event, LeadsPreviewed | LeadsImportRefused)
        ]
        return ended[-1]

    async def request_preview(self, body: bytes, position_id: int) -> LeadsPreviewRequested:
        ref = await self.blobs.put(f"imports/{uuid4()}", body, "text/csv")
        command = PreviewLeads(
            command_id=uuid4(), actor=RECRUITER, position_id=position_id, file=ref, file_name="leads.csv"
        )
        async with self.begin() as tx:
            reply = await preview_leads(command, tx, self.positions, self.imports, self.blobs)
        assert reply.status == "accepted", reply
        return [event for event in await self.published() if isinstance(event, LeadsPreviewRequested)][-1]

    async def look(self, requested: LeadsPreviewRequested) -> None:
        await look_through_leads(
            requested,
            self.begin,
            self.files,
            self.imports,
            self.positions,
            self.people,
            PreviewFiles(self.blobs),
        )


@dataclass
class MemoryStore(Store):
    shelf: Shelf = field(default_factory=Shelf)

    def __post_init__(self) -> None:
        self._tx = InMemoryTx()
        self.blobs = MemoryBlobs()
        self.positions = MemoryPositions(self.shelf)
        self.applications = MemoryApplications(self.shelf)
        self.candidates = MemoryCandidates(self.shelf)
        self.contacts = MemoryContacts(self.shelf)
        self.evaluations = MemoryEvaluations(self.shelf)
        self.duplicates = MemoryDuplicates(self.shelf)
        self.imports = MemoryImports(self.shelf)
        self.people = MemoryKnownPeople(self.shelf)
        self.traces = MemoryImportTraces(self.shelf)
        self.files = ReadHere(self.blobs)
        self.begin = self._begin

    @asynccontextmanager
    async def _begin(self) -> AsyncIterator[Tx]:
        yield self._tx

    async def published(self) -> list[Event]:
        return list(self._tx.published)


class PostgresStore(Store):
    def __init__(self, pool: Pool) -> None:
        self.pool = pool
        self.blobs = MemoryBlobs()
        self.positions = PostgresPositions()
        self.applications = PostgresApplications()
        self.candidates = PostgresCandidates()
        self.contacts = PostgresContacts()
        self.evaluations = PostgresEvaluations()
        self.duplicates = PostgresDuplicates()
        self.imports = PostgresImports()
        self.people = PostgresKnownPeople()
        self.traces = PostgresImportTraces()
        self.files = SeparateReader(self.blobs)
        self.begin = Transactions(pool, SystemClock(), lambda: None).begin

    async def published(self) -> list[Event]:
        rows = await self.pool.fetch("SELECT type, data FROM outbox WHERE due_at IS NULL ORDER BY id")
        return [EVENTS[row["type"]].model_validate_json(row["data"]) for row in rows]


@asynccontextmanager
async def postgres_store(database: ServiceDatabase) -> AsyncIterator[PostgresStore]:
    pool = await open_pool(database.url, database.schema, "test", 4)
    try:
        yield PostgresStore(pool)
    finally:
        await pool.close()
