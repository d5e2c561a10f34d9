"""What recruiters ask of positions."""

from __future__ import annotations

from dataclasses import replace

from chassis import Handlers, Tx
from contracts import Accepted, Refused
from contracts.intake import OpenPosition, PositionDetails, PositionOpened, PositionRevised, RevisePosition

from intake.domain.positions import what_is_wrong
from intake.ports import Positions

handlers = Handlers("intake")


def _refusal(details: PositionDetails) -> Refused | None:
    wrong = what_is_wrong(
        details.calling_hour_start, details.calling_hour_end, details.calling_days, details.time_zone
    )
    return Refused(code=wrong.code, message=wrong.message) if wrong else None


@handlers.answers(OpenPosition)
async def open_position(command: OpenPosition, tx: Tx, positions: Positions) -> Accepted | Refused:
    if refused := _refusal(command.details):
        return refused
    position_id = await positions.add(tx, command.details)
    tx.publish(PositionOpened(position_id=position_id, details=command.details, actor=command.actor))
    return Accepted(result={"position_id": position_id})


@handlers.answers(RevisePosition)
async def revise_position(command: RevisePosition, tx: Tx, positions: Positions) -> Accepted | Refused:
    """A revision that changes nothing is accepted and leaves no trace."""
    if refused := _refusal(command.details):
        return refused
    position = await positions.lock(tx, command.position_id)
    if position is None:
        return Refused(code="not_found", message=f"There is no position {command.position_id}.")
    if command.expected_revision not in (None, position.revision):
        return Refused(
            code="revised_meanwhile",
            message="Somebody else has changed this position meanwhile: look at it again, then save.",
        )
    if command.details == position.details:
        return Accepted(result={"revision": position.revision})
    revised = replace(position, revision=position.revision + 1, details=command.details)
    await positions.revise(tx, revised)
    tx.publish(
        PositionRevised(
            position_id=revised.position_id,
            revision=revised.revision,
            details=revised.details,
            actor=command.actor,
        )
    )
    return Accepted(result={"revision": revised.revision})
