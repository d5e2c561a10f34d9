"""Imports and the files they read."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, Protocol, TypeAlias
from uuid import UUID

from chassis import Tx
from contracts import Actor, BlobRef
from contracts.intake import KeptByUndo

from intake.domain.lead_file import FileShape, LeadChunk


@dataclass(frozen=True, slots=True)
class Tally:
    """What an import has done so far. ``records`` is the last record that is committed."""

    records: int = 0
    rows: int = 0
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    opened: int = 0
    skipped: int = 0
    duplicates: int = 0
    refused: int = 0
    flagged: int = 0


@dataclass(frozen=True, slots=True)
class Notice:
    """A line of the file that needs a look: refused, with its cells as they were, or imported but flagged."""

    line: int
    reason: str
    refused: bool
    cells: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Undo:
    """How far the undoing of an import is: ``after`` is the last application, then the last person, done."""

    requested_at: datetime
    actor: Actor
    after: int = 0
    applications_done: bool = False
    applications_withdrawn: int = 0
    candidates_withdrawn: int = 0
    profiles_restored: int = 0
    kept_count: int = 0
    kept: tuple[KeptByUndo, ...] = ()
    done_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class LeadsImport:
    """``confirmed_at`` is None while the file has only been handed in to be looked through.

    ``failures`` counts how often the process that reads the file died over it.
    """

    import_id: UUID
    position_id: int
    file: BlobRef
    file_name: str
    actor: Actor
    tally: Tally = field(default_factory=Tally)
    finished_at: datetime | None = None
    refused_because: str | None = None
    previewed_at: datetime | None = None
    confirmed_at: datetime | None = None
    of_rows: int | None = None
    failures: int = 0
    undo: Undo | None = None


class Imports(Protocol):
    async def add(self, tx: Tx, leads_import: LeadsImport) -> None: ...

    async def lock(self, tx: Tx, import_id: UUID) -> LeadsImport | None:
        """The import, kept from change by anybody else until this transaction ends."""

    async def save(self, tx: Tx, leads_import: LeadsImport, notices: Sequence[Notice] = ()) -> None:
        """Write how far it is, with the notices that are new."""

    async def notices(self, tx: Tx, import_id: UUID, *, refused: bool, limit: int) -> list[Notice]:
        """The first of them in the order of the file."""

    def every_refusal(self, tx: Tx, import_id: UUID) -> AsyncIterator[Notice]:
        """All of them in the order of the file, a few at a time in memory."""

    async def under_way(self, tx: Tx, position_id: int) -> Literal["import", "undo"] | None:
        """Whether an import into the position is running, or one is just being undone."""

    async def finished_before(self, tx: Tx, leads_import: LeadsImport) -> UUID | None:
        """The latest finished import of the very same file into the same position, unless it was undone."""


class ReaderFailed(Exception):
    """The reading process ended without having finished; the file is tried again later."""

    def __init__(self, exit_code: int | None) -> None:
        super().__init__(f"the reader of a lead file ended with exit code {exit_code}")
        self.exit_code = exit_code


LeadChunks: TypeAlias = AsyncGenerator[tuple[FileShape, LeadChunk], None]
"""The shape of a file with its leads, some at a time."""


class LeadFiles(Protocol):
    """Lead files in the blob store."""

    def chunks(self, file: BlobRef, *, time_zone: str, size: int, after_record: int) -> LeadChunks:
        """The leads behind a record, some at a time.

        Raises ``HopelessFile`` before the first or not at all; ``ReaderFailed`` at any time.
        """
