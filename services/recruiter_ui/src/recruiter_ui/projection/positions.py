"""Positions: the facts of intake about them."""

from __future__ import annotations

from contracts import Envelope
from contracts.intake import PositionDetails, PositionOpened, PositionRevised

from recruiter_ui.domain import tables as read
from recruiter_ui.domain.folding import Row
from recruiter_ui.projection.writers import Rows, changes_between, writes

FIRST_REVISION = 1
"""What `PositionOpened` says; intake counts on from it."""

_LONG = {"description", "campaign_questions", "system_prompt", "first_message", "qualification_prompt"}


def _position(event: PositionOpened | PositionRevised, revision: int, envelope: Envelope) -> Row:
    return {
        "position_id": event.position_id,
        "revision": revision,
        "title": event.details.title,
        "status": event.details.status.value,
        "details": event.details.model_dump(mode="json"),
        "rubric": event.details.rubric,
        "revised_at": envelope.time,
        "revised_by": event.actor.name,
    }


def _change(
    event: PositionOpened | PositionRevised,
    revision: int,
    envelope: Envelope,
    before: PositionDetails | None,
    reason: str | None,
) -> Row:
    return {
        "position_id": event.position_id,
        "revision": revision,
        "at": envelope.time,
        "actor_name": event.actor.name,
        "reason": reason,
        "changes": changes_between(before, event.details, named_only=_LONG) if before else [],
    }


@writes(PositionOpened)
def open_position(event: PositionOpened, envelope: Envelope) -> Rows:
    row = _position(event, FIRST_REVISION, envelope)
    yield read.POSITIONS, row | {"opened_at": envelope.time}
    yield read.POSITION_CHANGES, _change(event, FIRST_REVISION, envelope, None, None)


@writes(PositionRevised)
def revise_position(event: PositionRevised, envelope: Envelope) -> Rows:
    yield read.POSITIONS, _position(event, event.revision, envelope)
    yield read.POSITION_CHANGES, _change(event, event.revision, envelope, event.before, event.reason)
