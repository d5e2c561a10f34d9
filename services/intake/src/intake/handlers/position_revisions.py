"""How a change of a position is written down, whoever makes it."""

from __future__ import annotations

from dataclasses import replace

from chassis import Tx
from contracts import Actor
from contracts.intake import PositionDetails, PositionRevised
from contracts.placeholders import CALL_PLACEHOLDERS, unknown_placeholders

from intake.domain.positions import Placeholders
from intake.ports import Position, Positions

PLACEHOLDERS = Placeholders(CALL_PLACEHOLDERS, lambda text: unknown_placeholders(text, CALL_PLACEHOLDERS))


async def revise(
    tx: Tx,
    positions: Positions,
    position: Position,
    details: PositionDetails,
    actor: Actor,
    reason: str | None = None,
) -> int:
    """The position's revision after it; what changes nothing leaves no trace."""
    if details == position.details:
        return position.revision
    revised = replace(position, revision=position.revision + 1, details=details)
    await positions.revise(tx, revised)
    tx.publish(
        PositionRevised(
            position_id=revised.position_id,
            revision=revised.revision,
            details=details,
            actor=actor,
            before=position.details,
            reason=reason,
        )
    )
    return revised.revision
