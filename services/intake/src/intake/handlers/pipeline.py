"""The one consumer of every fact that may move an application: they are seen in stream order."""

from __future__ import annotations

from dataclasses import replace

import structlog
from chassis import Handlers, Tx
from contracts import Actor, Event
from contracts.calling import CallSettledByHand
from contracts.cv_matching import CvDetached, CvMatched

from intake.domain.applications import Application, Happening
from intake.domain.decisions import CONFIRMED_OUTCOMES
from intake.domain.status_machine import Fact
from intake.handlers.facts import MEANINGS
from intake.handlers.moves import moves_of, record
from intake.ports import Applications, Move, Positions

handlers = Handlers("intake")
_log = structlog.get_logger(__name__)

_OUTCOME_FACTS = frozenset[Fact]().union(*CONFIRMED_OUTCOMES.values())


@handlers.on(*MEANINGS, consumer="follow_pipeline")
async def follow_pipeline(event: Event, tx: Tx, applications: Applications, positions: Positions) -> None:
    """Move the application if the table has a row for it; a late or repeated fact changes nothing."""
    happening = MEANINGS[type(event)](event)
    cause_id = tx.cause.id if tx.cause else None
    application = None
    if happening is not None and event.application_id is not None:
        application = await applications.lock(tx, event.application_id)
    moves: list[Move] = []
    if happening is not None and application is not None:
        happening = replace(happening, timer_id=cause_id)
        if happening.fact in _OUTCOME_FACTS:
            happening = await _perhaps_a_proposal(tx, application, happening, positions)
        moves = moves_of(application, happening, _who_said(event), cause_id)
    if not moves:
        _log.info(
            "fact_changes_nothing",
            fact=happening.fact.name if happening else type(event).__name__,
            application_id=event.application_id,
            status=application.status.value if application else None,
        )
        return
    await record(tx, moves, applications, positions)


def _who_said(event: Event) -> Actor:
    if isinstance(event, CallSettledByHand | CvDetached):
        return event.actor
    if isinstance(event, CvMatched):
        return event.actor or Actor(kind="candidate")
    return Actor.system()


async def _perhaps_a_proposal(
    tx: Tx, application: Application, happening: Happening, positions: Positions
) -> Happening:
    """What does not stand on its evidence is one, whatever the position's recruiters want to see."""
    position = await positions.get(tx, application.position_id)
    assert position is not None  # applications come by imports, which are bound to one
    wanted = happening.fact in CONFIRMED_OUTCOMES[position.details.confirmation.value]
    return replace(happening, to_be_confirmed=wanted or happening.needs_review)
