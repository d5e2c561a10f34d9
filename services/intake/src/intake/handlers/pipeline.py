"""The one consumer of every fact that may move an application: they are seen in stream order."""

from __future__ import annotations

from dataclasses import replace

import structlog
from chassis import Handlers, Tx
from contracts import Actor, Event

from intake.domain.applications import Application, Happening
from intake.domain.decisions import CONFIRMED_OUTCOMES
from intake.domain.status_machine import Fact
from intake.handlers.facts import MEANINGS
from intake.handlers.moves import moves_of, record
from intake.ports import Applications, Positions

handlers = Handlers("intake")
_log = structlog.get_logger(__name__)

_BY_THE_CANDIDATE = {Fact.CV_MATCHED}
_OUTCOME_FACTS = frozenset[Fact]().union(*CONFIRMED_OUTCOMES.values())


@handlers.on(*MEANINGS, consumer="follow_pipeline")
async def follow_pipeline(event: Event, tx: Tx, applications: Applications, positions: Positions) -> None:
    """Move the application if the table has a row for it; a late or repeated fact changes nothing."""
    happening = MEANINGS[type(event)](event)
    cause_id = tx.cause.id if tx.cause else None
    happening = replace(happening, timer_id=cause_id)
    application = (
        await applications.lock(tx, event.application_id) if event.application_id is not None else None
    )
    if application is not None and happening.fact in _OUTCOME_FACTS:
        happening = await _perhaps_a_proposal(tx, application, happening, positions)
    actor = Actor(kind="candidate") if happening.fact in _BY_THE_CANDIDATE else Actor.system()
    moves = moves_of(application, happening, actor, cause_id) if application else []
    if not moves:
        _log.info(
            "fact_changes_nothing",
            fact=happening.fact.name,
            application_id=event.application_id,
            status=application.status.value if application else None,
        )
        return
    await record(tx, moves, applications, positions)


async def _perhaps_a_proposal(
    tx: Tx, application: Application, happening: Happening, positions: Positions
) -> Happening:
    position = await positions.get(tx, application.position_id)
    assert position is not None  # applications come by imports, which are bound to one
    to_be_confirmed = happening.fact in CONFIRMED_OUTCOMES[position.details.confirmation.value]
    return replace(happening, to_be_confirmed=to_be_confirmed)
