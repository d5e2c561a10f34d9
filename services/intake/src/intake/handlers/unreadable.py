"""A lead file that can't be brought in ends in words for the recruiter, whatever stands in its way.

Left to the dead letters it would be under way for ever, and keep every other import of its position from
being undone.
"""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from chassis import Begin, Tx
from chassis.blobs import BlobMissing
from contracts import Actor
from contracts.intake import LeadsImportRefused

from intake.domain.lead_text import HopelessFile
from intake.ports import Imports, LeadsImport, ReaderFailed, Undo

MOST_FAILURES = 3
"""The reading process may die by no fault of the file (memory, a restart); three times is the file."""
MOST_TROUBLES = 6
"""Fewer than the deliveries of a message, some of which may end without a word."""

KILLS_ITS_READER = (
    "The file could not be read: it is damaged, or far larger than any lead export. Export it from Meta"
    " again, for a shorter period if it is large, and upload that file as it is."
)
FILE_IS_GONE = "The uploaded file is not in the store any more: upload it again."
OUR_FAULT = (
    "The file could not be brought in, by no fault of its own: our program failed over it several times."
    " Upload it again; if that ends the same way, tell whoever runs RecruitFlow."
)


async def failed(begin: Begin, imports: Imports, import_id: UUID, trouble: Exception, records: int) -> None:
    """Counts it and raises ``trouble``, to be tried again later; returns when it is enough.

    ``records`` is where this run began. The file is refused then; what an import of it has brought in by now
    is to be taken back before.
    """
    async with begin() as tx:
        current = await imports.lock(tx, import_id)
        if current is None or current.finished_at is not None or current.undo is not None:
            return
        reason, most = _judged(trouble)
        went_on = not isinstance(trouble, ReaderFailed) and current.tally.records > records
        counted = replace(current, failures=1 if went_on else current.failures + 1)
        enough = counted.failures >= most
        if enough and current.tally.records:
            counted = replace(counted, refused_because=reason, undo=Undo(tx.now, Actor.system()))
        await imports.save(tx, counted)
        if enough and counted.undo is None:
            await refuse(tx, imports, import_id, reason)
    if not enough:
        raise trouble


def _judged(trouble: Exception) -> tuple[str, int]:
    """What to say in the end, and how often it may happen before."""
    if isinstance(trouble, HopelessFile):
        return trouble.message, 1
    if isinstance(trouble, BlobMissing):
        return FILE_IS_GONE, 1
    if isinstance(trouble, ReaderFailed):
        return KILLS_ITS_READER, MOST_FAILURES
    return OUR_FAULT, MOST_TROUBLES


async def refuse_taken_back(tx: Tx, imports: Imports, current: LeadsImport) -> None:
    """Nothing of it is left; why it ended was written down as that began."""
    await refuse(tx, imports, current.import_id, current.refused_because or KILLS_ITS_READER)


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
