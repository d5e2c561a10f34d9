"""A recruiter hands in a lead file: what is hopeless is refused at once, the rest is queued to be read."""

from __future__ import annotations

from chassis import Handlers, Tx
from chassis.blobs import BlobMissing, Blobs
from contracts import Accepted, Refused
from contracts.intake import ImportLeads, LeadsImportRequested, PositionStatus

from intake.domain.lead_file import judge_head
from intake.domain.lead_text import HEAD_BYTES, HopelessFile
from intake.ports import Imports, LeadsImport, Positions

handlers = Handlers("intake")


@handlers.answers(ImportLeads)
async def import_leads(
    command: ImportLeads, tx: Tx, positions: Positions, imports: Imports, blobs: Blobs
) -> Accepted | Refused:
    """Judges the head of the file only; ``LeadsImported`` or ``LeadsImportRefused`` tells the rest."""
    position = await positions.get(tx, command.position_id)
    if position is None:
        return Refused(code="not_found", message=f"There is no position {command.position_id}.")
    if position.details.status is PositionStatus.CLOSED:
        return Refused(
            code="position_closed", message="The position is closed: open it again to import leads."
        )
    try:
        head = await blobs.get_part(command.file, 0, HEAD_BYTES)
        judge_head(head, complete=command.file.size <= HEAD_BYTES)
    except BlobMissing:
        return Refused(code="file_missing", message="The file did not arrive: upload it again.")
    except HopelessFile as hopeless:
        return Refused(code=hopeless.code, message=hopeless.message)
    import_id = tx.new_id()
    await imports.add(
        tx, LeadsImport(import_id, command.position_id, command.file, command.file_name, command.actor)
    )
    tx.publish(
        LeadsImportRequested(
            import_id=import_id,
            position_id=command.position_id,
            file=command.file,
            file_name=command.file_name,
            actor=command.actor,
        )
    )
    return Accepted(result={"import_id": str(import_id)})
