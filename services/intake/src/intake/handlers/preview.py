"""A lead file is looked through: what an import would do with each row, by now. Nobody is written down.

Nothing here reaches the outside world: a run that was cut short is done again from the start, over the same
keys of the blob store. A file that was confirmed meanwhile is left alone.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable
from contextlib import aclosing
from dataclasses import dataclass, field, replace

from chassis import Begin, Handlers, Tx
from contracts.intake import ColumnReading, LeadsPreviewed, LeadsPreviewRequested

from intake.domain.lead_file import FileShape, LeadChunk
from intake.domain.lead_rows import Lead, Refusal, Skipped
from intake.domain.preview import Known, Row, row_of_lead, row_of_other, with_lead
from intake.domain.profiles import profile_of
from intake.handlers.unreadable import failed
from intake.ports import (
    Imports,
    KeptPreview,
    KnownPeople,
    LeadChunks,
    LeadFiles,
    LeadsImport,
    Position,
    Positions,
    PreviewPages,
    PreviewWriter,
)

handlers = Handlers("intake")

CHUNK_ROWS = 2_500
ROWS_AT_A_TIME = 250


@handlers.acts_on(LeadsPreviewRequested, concurrency=1)
async def look_through_leads(
    event: LeadsPreviewRequested,
    begin: Begin,
    files: LeadFiles,
    imports: Imports,
    positions: Positions,
    people: KnownPeople,
    pages: PreviewPages,
) -> None:
    """Ends with ``LeadsPreviewed`` or ``LeadsImportRefused``."""
    started = time.monotonic()
    async with begin() as tx:
        current = await imports.lock(tx, event.import_id)
        position = await positions.get(tx, event.position_id)
    if position is None or not _still_wanted(current):
        return
    chunks = files.chunks(event.file, time_zone=position.details.time_zone, size=CHUNK_ROWS, after_record=0)
    try:
        shape, kept = await _Look(begin, people, position).through(event, chunks, pages)
    except Exception as trouble:
        await failed(begin, imports, event.import_id, trouble, 0)
        return
    async with begin() as tx:
        milliseconds = round((time.monotonic() - started) * 1000)
        await _finish(tx, imports, event, shape, kept, milliseconds)


def _still_wanted(current: LeadsImport | None) -> bool:
    return (
        current is not None
        and current.previewed_at is None
        and current.confirmed_at is None
        and current.finished_at is None
    )


async def _finish(
    tx: Tx,
    imports: Imports,
    event: LeadsPreviewRequested,
    shape: FileShape,
    kept: KeptPreview,
    milliseconds: int,
) -> None:
    current = await imports.lock(tx, event.import_id)
    if current is None or not _still_wanted(current):
        return
    await imports.save(tx, replace(current, previewed_at=tx.now, of_rows=kept.counts.rows))
    tx.publish(
        LeadsPreviewed(
            import_id=event.import_id,
            position_id=event.position_id,
            file_name=event.file_name,
            encoding=shape.encoding,
            delimiter=shape.delimiter,
            columns=[
                ColumnReading(header=header, meaning=meaning) for header, meaning in shape.columns.meanings
            ],
            counts=kept.counts,
            sections=kept.sections,
            refused_rows=kept.refused_rows,
            imported_before=await imports.finished_before(tx, current),
            milliseconds=milliseconds,
            actor=event.actor,
        )
    )


@dataclass(frozen=True, slots=True)
class _Look:
    begin: Begin
    people: KnownPeople
    position: Position
    merged: dict[int, Known] = field(default_factory=dict)
    """People of several leads as the rows so far leave them: a file may hold more than one of these."""

    async def through(
        self, event: LeadsPreviewRequested, chunks: LeadChunks, pages: PreviewPages
    ) -> tuple[FileShape, KeptPreview]:
        async with aclosing(chunks):
            shape, chunk = await anext(chunks)
            async with pages.write(event.import_id, shape.columns.header) as writer:
                await self._write(writer, shape, chunk)
                async for _, further in chunks:
                    await self._write(writer, shape, further)
                return shape, await writer.keep()

    async def _write(self, writer: PreviewWriter, shape: FileShape, chunk: LeadChunk) -> None:
        for refusal in chunk.refused:
            writer.refuse(refusal.reason, refusal.cells)
        rows = await self._compared(shape, chunk.leads)
        left_out: list[Skipped | Refusal] = [*chunk.skipped, *chunk.refused]
        rows += [(row_of_other(row), None, None) for row in left_out]
        in_order = sorted(rows, key=lambda entry: entry[0]["line"])
        for number, (row, phone, email) in enumerate(in_order):
            if number % ROWS_AT_A_TIME == 0:
                await asyncio.sleep(0)  # commands are answered meanwhile
            writer.add(row, phone, email)

    async def _compared(
        self, shape: FileShape, leads: list[Lead]
    ) -> list[tuple[Row, str | None, str | None]]:
        async with self.begin() as tx:
            keys = [lead.lead_key for lead in leads]
            known = await self.people.with_lead_keys(tx, self.position.position_id, keys)
            by_phone, by_email = await self.people.with_contacts(
                tx, _distinct(lead.phone for lead in leads), _distinct(lead.email for lead in leads)
            )
        language, questions = self.position.details.language, shape.columns.questions
        rows: list[tuple[Row, str | None, str | None]] = []
        for number, lead in enumerate(leads):
            if number % ROWS_AT_A_TIME == 0:
                await asyncio.sleep(0)
            alike = {"phone": by_phone.get(lead.phone or "", ()), "email": by_email.get(lead.email or "", ())}
            one = known.get(lead.lead_key)
            if one is not None and one.aliases:
                one = replace(self.merged.get(one.candidate_id, one), said=one.said)
                self.merged[one.candidate_id] = with_lead(one, profile_of(lead, questions, language))
            row = row_of_lead(lead, questions, language, one, alike)
            rows.append((row, lead.phone, lead.email))
        return rows


def _distinct(contacts: Iterable[str | None]) -> set[str]:
    return {contact for contact in contacts if contact is not None}
