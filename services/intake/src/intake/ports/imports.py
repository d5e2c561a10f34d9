"""Imports and the files they read."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol, TypeAlias
from uuid import UUID

from chassis import Tx
from contracts import Actor, BlobRef

from intake.domain.lead_columns import Question
from intake.domain.lead_file import LeadChunk


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
    """A line of the file that needs a look: refused, or imported but flagged."""

    line: int
    reason: str
    refused: bool


@dataclass(frozen=True, slots=True)
class LeadsImport:
    import_id: UUID
    position_id: int
    file: BlobRef
    file_name: str
    actor: Actor
    tally: Tally = field(default_factory=Tally)
    finished_at: datetime | None = None
    refused_because: str | None = None


class Imports(Protocol):
    async def add(self, tx: Tx, leads_import: LeadsImport) -> None: ...

    async def lock(self, tx: Tx, import_id: UUID) -> LeadsImport | None:
        """The import, kept from change by anybody else until this transaction ends."""

    async def save(self, tx: Tx, leads_import: LeadsImport, notices: Sequence[Notice]) -> None:
        """Write how far it is, with the notices that are new."""

    async def notices(self, tx: Tx, import_id: UUID, *, refused: bool, limit: int) -> list[Notice]:
        """The first of them in the order of the file."""


LeadChunks: TypeAlias = AsyncGenerator[tuple[Sequence[Question], LeadChunk], None]
"""The questions of a file with its leads, some at a time."""


class LeadFiles(Protocol):
    """Lead files in the blob store."""

    def chunks(self, file: BlobRef, *, time_zone: str, size: int, after_record: int) -> LeadChunks:
        """The leads behind a record, some at a time.

        Raises ``HopelessFile`` before the first or not at all.
        """
