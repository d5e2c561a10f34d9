"""A recruiter takes a whole import back, while nothing has happened to what it brought."""

from __future__ import annotations

from dataclasses import replace

from chassis import Begin, Handlers, Tx
from contracts import Accepted, Refused
from contracts.intake import LeadsImportUndoRequested, UndoImport

from intake.domain.undo import CAN_BE_UNDONE_FOR
from intake.handlers.take_back import TakingBack
from intake.ports import (
    Applications,
    Candidates,
    Contacts,
    Imports,
    ImportTraces,
    LeadsImport,
    Positions,
    Undo,
)

handlers = Handlers("intake")


@handlers.answers(UndoImport)
async def undo_import(
    command: UndoImport, tx: Tx, imports: Imports, positions: Positions
) -> Accepted | Refused:
    current = await imports.lock(tx, command.import_id)
    if current is None:
        return Refused(code="not_found", message="There is no such import.")
    if (refused := _why_not(tx, current)) is not None:
        return refused
    await positions.lock(tx, current.position_id)  # nobody begins an import meanwhile
    if await imports.under_way(tx, current.position_id) is not None:
        return Refused(
            code="import_running",
            message="Another import into this position is running or being undone: wait until it is done.",
        )
    await imports.save(tx, replace(current, undo=Undo(tx.now, command.actor)))
    tx.publish(
        LeadsImportUndoRequested(
            import_id=current.import_id, position_id=current.position_id, actor=command.actor
        )
    )
    return Accepted(result={"import_id": str(current.import_id)})


def _why_not(tx: Tx, current: LeadsImport) -> Refused | None:
    if current.refused_because is not None:
        return Refused(code="nothing_imported", message="Nothing of this file was imported.")
    if current.finished_at is None:
        return Refused(code="not_finished", message="This import is not finished: wait until it is.")
    if current.undo is not None:
        return Refused(code="undone_already", message="This import was undone already.")
    if tx.now - current.finished_at > CAN_BE_UNDONE_FOR:
        return Refused(
            code="too_old",
            message=f"An import can be undone for {CAN_BE_UNDONE_FOR.days} days, and these have passed."
            " Close its applications instead.",
        )
    return None


@handlers.acts_on(LeadsImportUndoRequested, concurrency=1)
async def undo_leads_import(
    event: LeadsImportUndoRequested,
    begin: Begin,
    imports: Imports,
    positions: Positions,
    applications: Applications,
    candidates: Candidates,
    contacts: Contacts,
    traces: ImportTraces,
) -> None:
    """Ends with ``LeadsImportUndone``."""
    taking_back = TakingBack(begin, imports, positions, applications, candidates, contacts, traces)
    await taking_back.whole(event.import_id)
