"""Texts that were generated for a position are saved into it as they come."""

from __future__ import annotations

import structlog
from chassis import Handlers, Tx
from contracts.intake import PositionStatus
from contracts.scoring import SectionGenerated

from intake.domain.positions import what_is_wrong_with_text
from intake.handlers.position_revisions import PLACEHOLDERS, revise
from intake.ports import Positions

handlers = Handlers("intake")
_log = structlog.get_logger(__name__)

GENERATED = "generated"
"""The reason by which a revision that no recruiter typed is known."""


@handlers.on(SectionGenerated)
async def save_generated_section(event: SectionGenerated, tx: Tx, positions: Positions) -> None:
    """That one field, whatever else was saved meanwhile; nothing where the position is closed or gone."""
    if event.position_id is None:
        return
    position = await positions.lock(tx, event.position_id)
    closed = position is not None and position.details.status is PositionStatus.CLOSED
    wrong = what_is_wrong_with_text(event.section.value, event.text, PLACEHOLDERS)
    if position is None or closed or wrong is not None:
        why = "no such position" if position is None else wrong.code if wrong else "position closed"
        _log.warning("generated_text_not_saved", position_id=event.position_id, why=why)
        return
    details = position.details.model_copy(update={event.section.value: event.text})
    await revise(tx, positions, position, details, event.actor, GENERATED)
