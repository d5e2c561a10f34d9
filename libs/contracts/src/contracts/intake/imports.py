"""Lead files: looked through first, then imported, and taken back if need be."""

from __future__ import annotations

from typing import Literal
from uuid import UUID

from pydantic import Field

from contracts.base import Actor, BlobRef, Command, Event, Value

RowVerdict = Literal["create", "update", "unchanged", "skip", "refused"]
"""What an import would do with a row."""


class LeadsPreviewRequested(Event, name="intake.leads_import.preview_requested"):
    """A file is to be looked through; nothing is written of it."""

    import_id: UUID
    position_id: int
    file: BlobRef
    file_name: str
    actor: Actor


class ColumnReading(Value):
    """How a column is understood: a meaning such as ``phone``, or ``question``, or ``ignored``."""

    header: str
    meaning: str


class PreviewCounts(Value):
    """``duplicates`` of the rows, whatever their verdict, may be somebody we know or an earlier row.

    ``applications`` would be opened: an update may be somebody known who has none for this position.
    """

    rows: int
    create: int
    update: int
    unchanged: int
    skip: int
    refused: int
    duplicates: int
    flagged: int
    applications: int = 0


class PreviewSection(Value):
    """Some of the rows, as lines of JSON in the order of the file: ``row`` of docs/imports.md.

    ``offsets`` are where each page of ``page_rows`` rows begins in the blob, in bytes.
    """

    name: str
    blob: BlobRef
    rows: int
    page_rows: int
    offsets: list[int]


class LeadsPreviewed(Event, name="intake.leads_import.previewed"):
    """What an import of the file would do, by now.

    ``sections`` are named ``all``, as each verdict that occurs, and ``duplicates``. ``refused_rows`` is a CSV
    of the refused ones. ``imported_before`` is a finished import of the very same file into this position.
    """

    import_id: UUID
    position_id: int
    file_name: str
    encoding: str
    delimiter: str
    columns: list[ColumnReading]
    counts: PreviewCounts
    sections: list[PreviewSection]
    refused_rows: BlobRef | None = None
    imported_before: UUID | None = None
    milliseconds: int = 0
    actor: Actor


class LeadsImportRequested(Event, name="intake.leads_import.requested"):
    import_id: UUID
    position_id: int
    file: BlobRef
    file_name: str
    actor: Actor


class LeadsImportProgressed(Event, name="intake.leads_import.progressed"):
    """So many rows of the file are done and committed; ``of_rows`` where a preview counted them."""

    import_id: UUID
    position_id: int
    rows: int
    of_rows: int | None = None


class RefusedRow(Value):
    """A row that was not imported: its line in the file (the header is line 1) and why."""

    line: int
    reason: str


class LeadsImported(Event, name="intake.leads_import.completed"):
    """What an import did. ``refused`` lists the first 100; ``skipped`` counts test leads and repeats.

    ``flagged`` lists the first 100 rows that were imported with a phone number that can't be used as it is.
    ``refused_rows`` is a CSV of all refused rows, to be mended and sent again.
    """

    import_id: UUID
    position_id: int
    file_name: str
    rows: int
    candidates_created: int
    candidates_updated: int
    candidates_unchanged: int
    applications_created: int
    skipped: int
    possible_duplicates: int
    refused_count: int
    refused: list[RefusedRow]
    flagged_count: int = 0
    flagged: list[RefusedRow] = Field(default_factory=list)
    actor: Actor
    refused_rows: BlobRef | None = None


class LeadsImportRefused(Event, name="intake.leads_import.refused"):
    """The file as a whole could not be read; nothing was written. ``reason`` says what to do."""

    import_id: UUID
    position_id: int
    file_name: str
    reason: str
    actor: Actor


class LeadsImportUndoRequested(Event, name="intake.leads_import.undo_requested"):
    import_id: UUID
    position_id: int
    actor: Actor


class KeptByUndo(Value):
    """What an undone import left in place, and why."""

    candidate_id: int
    application_id: int | None = None
    reason: str


class LeadsImportUndone(Event, name="intake.leads_import.undone"):
    """The import was taken back where nothing had happened since. ``kept`` lists the first 100."""

    import_id: UUID
    position_id: int
    applications_withdrawn: int
    candidates_withdrawn: int
    profiles_restored: int
    kept_count: int
    kept: list[KeptByUndo]
    actor: Actor


class PreviewLeads(Command, name="intake.preview_leads"):
    """Answers ``{"import_id": str}`` once the head of the file was read; ``LeadsPreviewed`` follows."""

    position_id: int
    file: BlobRef
    file_name: str


class ConfirmImport(Command, name="intake.confirm_import"):
    """Import what was previewed. Answers ``{"import_id": str}``; progress and result follow as events."""

    import_id: UUID


class ImportLeads(Command, name="intake.import_leads"):
    """Import without a look before, for programs. Answers ``{"import_id": str}``; the result is an event."""

    position_id: int
    file: BlobRef
    file_name: str


class UndoImport(Command, name="intake.undo_import"):
    """Within 30 days. Answers ``{"import_id": str}``; ``LeadsImportUndone`` tells what was taken back."""

    import_id: UUID
