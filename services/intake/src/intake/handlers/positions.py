"""What recruiters ask of positions.

What becomes of a paused or closed position's queue and CV requests is decided where they are kept: calling
and messaging hear of the revision in the same order as of the applications.
"""

from __future__ import annotations

from chassis import Handlers, Tx
from contracts import Accepted, Refused
from contracts.intake import (
    OpenPosition,
    PositionDetails,
    PositionOpened,
    RevisePosition,
    SetPositionStatus,
)

from intake.domain.positions import what_is_wrong
from intake.handlers.lead_forms import claim_forms
from intake.handlers.position_revisions import PLACEHOLDERS, revise
from intake.ports import LeadForms, Positions

handlers = Handlers("intake")


def _refusal(details: PositionDetails) -> Refused | None:
    wrong = what_is_wrong(details, PLACEHOLDERS)
    return Refused(code=wrong.code, message=wrong.message) if wrong else None


def _missing(position_id: int) -> Refused:
    return Refused(code="not_found", message=f"There is no position {position_id}.")


@handlers.answers(OpenPosition)
async def open_position(
    command: OpenPosition, tx: Tx, positions: Positions, forms: LeadForms
) -> Accepted | Refused:
    if refused := _refusal(command.details):
        return refused
    details = await claim_forms(tx, positions, forms, command.details, command.actor)
    if isinstance(details, Refused):
        return details
    position_id = await positions.add(tx, details)
    await forms.bind(tx, position_id, details.lead_form_ids)
    tx.publish(PositionOpened(position_id=position_id, details=details, actor=command.actor))
    return Accepted(result={"position_id": position_id})


@handlers.answers(RevisePosition)
async def revise_position(
    command: RevisePosition, tx: Tx, positions: Positions, forms: LeadForms
) -> Accepted | Refused:
    """A revision that changes nothing is accepted and leaves no trace."""
    if refused := _refusal(command.details):
        return refused
    position = await positions.lock(tx, command.position_id)
    if position is None:
        return _missing(command.position_id)
    if command.expected_revision not in (None, position.revision):
        return Refused(
            code="revised_meanwhile",
            message="Somebody else has changed this position meanwhile: look at it again, then save.",
        )
    details = await claim_forms(tx, positions, forms, command.details, command.actor, position.position_id)
    if isinstance(details, Refused):
        return details
    revision = await revise(tx, positions, position, details, command.actor)
    await forms.bind(tx, position.position_id, details.lead_form_ids)
    return Accepted(result={"revision": revision})


@handlers.answers(SetPositionStatus)
async def set_position_status(command: SetPositionStatus, tx: Tx, positions: Positions) -> Accepted | Refused:
    """To the status it has already: accepted, and leaves no trace."""
    position = await positions.lock(tx, command.position_id)
    if position is None:
        return _missing(command.position_id)
    details = position.details.model_copy(update={"status": command.status})
    reason = (command.reason or "").strip() or None
    revision = await revise(tx, positions, position, details, command.actor, reason)
    waiting = await positions.open_applications(tx, position.position_id)
    return Accepted(result={"revision": revision, "open_applications": waiting})
