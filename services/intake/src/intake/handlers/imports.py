"""A recruiter hands in a lead file: what is hopeless is refused at once, the rest is queued to be read."""

from __future__ import annotations

from dataclasses import replace

from chassis import Handlers, Tx
from chassis.blobs import BlobMissing, Blobs
from contracts import Accepted, BlobRef, Refused
from contracts.intake import (
    ConfirmImport,
    ImportLeads,
    LeadsImportRequested,
    LeadsPreviewRequested,
    PositionStatus,
    PreviewLeads,
)

from intake.domain.lead_file import judge_head
from intake.domain.lead_text import HEAD_BYTES, HopelessFile
from intake.ports import Imports, LeadsImport, Positions

handlers = Handlers("intake")


@handlers.answers(PreviewLeads)
async def preview_leads(
    command: PreviewLeads, tx: Tx, positions: Positions, imports: Imports, blobs: Blobs
) -> Accepted | Refused:
    """Judges the head of the file only; ``LeadsPreviewed`` or ``LeadsImportRefused`` tells the rest."""
    refused = await _why_not(tx, command.position_id, command.file, positions, imports, blobs)
    if refused is not None:
        return refused
    handed_in = LeadsImport(tx.new_id(), command.position_id, command.file, command.file_name, command.actor)
    await imports.add(tx, handed_in)
    tx.publish(
        LeadsPreviewRequested(
            import_id=handed_in.import_id,
            position_id=handed_in.position_id,
            file=handed_in.file,
            file_name=handed_in.file_name,
            actor=command.actor,
        )
    )
    return Accepted(result={"import_id": str(handed_in.import_id)})


@handlers.answers(ConfirmImport)
async def confirm_import(
    command: ConfirmImport, tx: Tx, positions: Positions, imports: Imports
) -> Accepted | Refused:
    """Confirmed twice is imported once: the second answer names the same import."""
    previewed = await imports.lock(tx, command.import_id)
    if previewed is None:
        return Refused(code="not_found", message="There is no such preview: upload the file again.")
    if previewed.refused_because is not None:
        return Refused(code="file_refused", message=previewed.refused_because)
    if previewed.confirmed_at is None:
        if previewed.previewed_at is None:
            return Refused(
                code="not_previewed", message="The file is still being looked through: wait for its preview."
            )
        if refused := await _why_no_leads_for(tx, previewed.position_id, positions, imports):
            return refused
        confirmed = replace(previewed, confirmed_at=tx.now, actor=command.actor)
        await imports.save(tx, confirmed)
        _request(tx, confirmed)
    return Accepted(result={"import_id": str(previewed.import_id)})


@handlers.answers(ImportLeads)
async def import_leads(
    command: ImportLeads, tx: Tx, positions: Positions, imports: Imports, blobs: Blobs
) -> Accepted | Refused:
    """Judges the head of the file only; ``LeadsImported`` or ``LeadsImportRefused`` tells the rest."""
    refused = await _why_not(tx, command.position_id, command.file, positions, imports, blobs)
    if refused is not None:
        return refused
    wanted = LeadsImport(
        tx.new_id(),
        command.position_id,
        command.file,
        command.file_name,
        command.actor,
        confirmed_at=tx.now,
    )
    await imports.add(tx, wanted)
    _request(tx, wanted)
    return Accepted(result={"import_id": str(wanted.import_id)})


def _request(tx: Tx, confirmed: LeadsImport) -> None:
    tx.publish(
        LeadsImportRequested(
            import_id=confirmed.import_id,
            position_id=confirmed.position_id,
            file=confirmed.file,
            file_name=confirmed.file_name,
            actor=confirmed.actor,
        )
    )


async def _why_not(
    tx: Tx, position_id: int, file: BlobRef, positions: Positions, imports: Imports, blobs: Blobs
) -> Refused | None:
    """Why a file can't be taken for a position, as far as its head tells."""
    if refused := await _why_no_leads_for(tx, position_id, positions, imports):
        return refused
    try:
        head = await blobs.get_part(file, 0, HEAD_BYTES)
        judge_head(head, complete=file.size <= HEAD_BYTES)
    except BlobMissing:
        return Refused(code="file_missing", message="The file did not arrive: upload it again.")
    except HopelessFile as hopeless:
        return Refused(code=hopeless.code, message=hopeless.message)
    return None


async def _why_no_leads_for(
    tx: Tx, position_id: int, positions: Positions, imports: Imports
) -> Refused | None:
    position = await positions.lock(tx, position_id)  # no undo begins meanwhile
    if position is None:
        return Refused(code="not_found", message=f"There is no position {position_id}.")
    if position.details.status is PositionStatus.CLOSED:
        return Refused(
            code="position_closed", message="The position is closed: open it again to import leads."
        )
    if await imports.under_way(tx, position_id) == "undo":
        return Refused(
            code="undo_running",
            message="An import into this position is just being undone: wait until it is done.",
        )
    return None
