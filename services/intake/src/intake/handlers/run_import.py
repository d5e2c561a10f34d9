"""An import runs in chunks, each one transaction with its events; a crash goes on behind the last of them.

Nothing here reaches the outside world, so running it again is harmless: what is committed is not read again.
"""

from __future__ import annotations

import asyncio
import gc
from collections import deque
from collections.abc import Iterator
from contextlib import aclosing, contextmanager
from dataclasses import replace
from uuid import UUID

from chassis import Begin, Handlers, Tx
from chassis.blobs import Blobs
from contracts import BlobRef
from contracts.intake import LeadsImported, LeadsImportRequested, PositionStatus, RefusedRow

from intake.domain.lead_file import judge_head
from intake.domain.lead_text import HEAD_BYTES
from intake.handlers.import_chunks import ChunkWriter
from intake.handlers.known_leads import KnownLeads
from intake.handlers.take_back import TakingBack
from intake.handlers.unreadable import failed, refuse
from intake.ports import (
    Applications,
    Candidates,
    Contacts,
    Duplicates,
    Imports,
    ImportTraces,
    KnownPeople,
    LeadChunks,
    LeadFiles,
    Positions,
    RefusedRows,
)

handlers = Handlers("intake")

CHUNK_ROWS = 2_500
CHUNKS_UNDER_WAY = 3
LISTED_ROWS = 100


@handlers.acts_on(LeadsImportRequested, concurrency=1)
async def run_leads_import(
    event: LeadsImportRequested,
    begin: Begin,
    files: LeadFiles,
    imports: Imports,
    positions: Positions,
    candidates: Candidates,
    applications: Applications,
    duplicates: Duplicates,
    contacts: Contacts,
    people: KnownPeople,
    traces: ImportTraces,
    blobs: Blobs,
    refused_rows: RefusedRows,
) -> None:
    """Read the file and bring it in; ends with ``LeadsImported`` or ``LeadsImportRefused``."""
    async with begin() as tx:
        current = await imports.lock(tx, event.import_id)
        position = await positions.get(tx, event.position_id)
        if current is None or position is None or current.finished_at is not None:
            return
        if position.details.status is PositionStatus.CLOSED and current.tally.records == 0:
            await refuse(tx, imports, event.import_id, "The position was closed meanwhile.")
            return
    taking_back = TakingBack(begin, imports, positions, applications, candidates, contacts, traces)
    if current.undo is not None:
        await taking_back.whole(event.import_id)
        return
    known = KnownLeads(people, candidates, applications, positions, traces)
    writer = ChunkWriter(
        event.import_id, position, begin, imports, candidates, applications, duplicates, contacts, known
    )
    chunks = files.chunks(
        event.file,
        time_zone=position.details.time_zone,
        size=CHUNK_ROWS,
        after_record=current.tally.records,
    )
    try:
        await _bring_in(chunks, writer)
        to_mend = await _refused_rows_of(event, begin, imports, blobs, refused_rows)
    except Exception as trouble:
        await failed(begin, imports, event.import_id, trouble, current.tally.records)
        await taking_back.whole(event.import_id)  # never half an import
        return
    async with begin() as tx:
        await _finish(tx, imports, event.import_id, to_mend)


async def _bring_in(chunks: LeadChunks, writer: ChunkWriter) -> None:
    """A few chunks at a time; the first failure stops them all."""
    under_way: deque[asyncio.Future[None]] = deque()
    try:
        async with aclosing(chunks):
            with _without_collecting():
                async for shape, chunk in chunks:
                    earlier = under_way[-1] if under_way else None
                    one = writer.bring_in(shape.columns.questions, chunk, earlier)
                    under_way.append(asyncio.ensure_future(one))
                    if len(under_way) >= CHUNKS_UNDER_WAY:
                        await under_way[0]
                        under_way.popleft()
                for left in under_way:
                    await left
    finally:
        for left in under_way:
            left.cancel()
        await asyncio.gather(*under_way, return_exceptions=True)


@contextmanager
def _without_collecting() -> Iterator[None]:
    """Rows are tuples of text and hold no cycles: looking for some costs more than bringing them in."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


async def _refused_rows_of(
    event: LeadsImportRequested, begin: Begin, imports: Imports, blobs: Blobs, files: RefusedRows
) -> BlobRef | None:
    head = await blobs.get_part(event.file, 0, HEAD_BYTES)
    shape = judge_head(head, complete=event.file.size <= HEAD_BYTES)
    async with files.write(f"imports/{event.import_id}/refused.csv", shape.columns.header) as writer:
        async with begin() as tx:
            async for row in imports.every_refusal(tx, event.import_id):
                writer.add(row.reason, row.cells)
        return await writer.keep()


async def _finish(tx: Tx, imports: Imports, import_id: UUID, to_mend: BlobRef | None) -> None:
    current = await imports.lock(tx, import_id)
    if current is None or current.finished_at is not None:
        return
    await imports.save(tx, replace(current, finished_at=tx.now), [])
    tally = current.tally
    refused = await imports.notices(tx, import_id, refused=True, limit=LISTED_ROWS)
    flagged = await imports.notices(tx, import_id, refused=False, limit=LISTED_ROWS)
    tx.publish(
        LeadsImported(
            import_id=import_id,
            position_id=current.position_id,
            file_name=current.file_name,
            rows=tally.rows,
            candidates_created=tally.created,
            candidates_updated=tally.updated,
            candidates_unchanged=tally.unchanged,
            applications_created=tally.opened,
            skipped=tally.skipped,
            possible_duplicates=tally.duplicates,
            refused_count=tally.refused,
            refused=[RefusedRow(line=row.line, reason=row.reason) for row in refused],
            flagged_count=tally.flagged,
            flagged=[RefusedRow(line=row.line, reason=row.reason) for row in flagged],
            actor=current.actor,
            refused_rows=to_mend,
        )
    )
