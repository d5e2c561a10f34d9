"""The one consumer of every fact that may move an application: they are seen in stream order."""

from __future__ import annotations

from dataclasses import replace

import structlog
from chassis import Handlers, Tx
from contracts import Actor, Event

from intake.domain.applications import after, cv_already_here
from intake.domain.status_machine import Fact
from intake.handlers.facts import MEANINGS
from intake.handlers.moves import record
from intake.ports import Applications, Move, Positions

handlers = Handlers("intake")
_log = structlog.get_logger(__name__)

_BY_THE_CANDIDATE = {Fact.CV_MATCHED}


@handlers.on(*MEANINGS, consumer="follow_pipeline")
async def follow_pipeline(event: Event, tx: Tx, applications: Applications, positions: Positions) -> None:
    """Move the application if the table has a row for it; a late or repeated fact changes nothing."""
    happening = MEANINGS[type(event)](event)
    cause_id = tx.cause.id if tx.cause else None
    happening = replace(happening, timer_id=cause_id)
    application = (
        await applications.lock(tx, event.application_id) if event.application_id is not None else None
    )
    then = after(application, happening) if application else None
    if application is None or then is None or then is application:
        _log.info(
            "fact_changes_nothing",
            fact=happening.fact.name,
            application_id=event.application_id,
            status=application.status.value if application else None,
        )
        return
    actor = Actor(kind="candidate") if happening.fact in _BY_THE_CANDIDATE else Actor.system()
    await record(tx, [Move(application, then, actor, happening.reason, cause_id)], applications, positions)
    if (early := cv_already_here(then)) is not None:
        move = Move(then, after(then, early), Actor.system(), early.reason, cause_id)
        await record(tx, [move], applications, positions)
