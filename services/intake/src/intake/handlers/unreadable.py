"""A lead file that can't be read ends in words for the recruiter, whatever it did to its reader."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from chassis import Begin, Tx
from contracts import Actor
from contracts.intake import LeadsImportRefused

from intake.ports import Imports, ReaderFailed, Undo

MOST_FAILURES = 3
"""The reading process may die by no fault of the file (memory, a restart); three times is the file."""

KILLS_ITS_READER = (
    "The file could not be read: it is damaged, or far larger than any lead export. Export it from Meta"
    " again, for a shorter period if it is large, and upload that file as it is."
)


async def reader_died(begin: Begin, imports: Imports, import_id: UUID, died: ReaderFailed) -> None:
    """Counts it and raises ``died``, to be tried again later; returns when it is enough.

    The file is refused then; what an import of it has brought in by now is to be taken back before.
    """
    async with begin() as tx:
        current = await imports.lock(tx, import_id)
        if current is None or current.finished_at is not None:
            return
        counted = replace(current, failures=current.failures + 1)
        enough = counted.failures >= MOST_FAILURES
        if enough and current.tally.records:
            counted = replace(counted, undo=Undo(tx.now, Actor.system()))
        await imports.save(tx, counted)
        if enough and counted.undo is None:
            await refuse(tx, imports, import_id, KILLS_ITS_READER)
    if not enough:
        raise died


async def refuse(tx: Tx, imports: Imports, import_id: UUID, reason: str) -> None:
    current = await imports.lock(tx, import_id)
    if current is None or current.finished_at is not None:
        return
    await imports.save(tx, replace(current, finished_at=tx.now, refused_because=reason))
    tx.publish(
        LeadsImportRefused(
            import_id=current.import_id,
            position_id=current.position_id,
            file_name=current.file_name,
            reason=reason,
            actor=current.actor,
        )
    )
