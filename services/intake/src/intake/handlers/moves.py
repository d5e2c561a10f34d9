"""How a move of the status machine is written down: timers, event, application and audit row together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from chassis import Tx
from contracts import Actor, Event
from contracts.intake import (
    ApplicationStatus,
    ApplicationStatusChanged,
    CallbackDue,
    ClosedBecause,
    OverdueCvWaitOver,
    RejectedCvWaitOver,
)

from intake.domain.applications import (
    Application,
    Happening,
    after,
    cv_already_here,
    has_moved,
    wait_of,
)
from intake.domain.hearing import call_that_rings
from intake.domain.status_machine import BY_HAND, TAKES_BACK, WAITS, Fact, Wait
from intake.ports import Applications, Move, Positions

_UNDOES = {*TAKES_BACK, Fact.CV_TAKEN_AWAY}
"""What takes back the transition by which the application got where it stands."""


def moves_of(
    application: Application, happening: Happening, actor: Actor, cause_id: UUID | None = None
) -> list[Move]:
    """What the happening makes of the application, with what follows at once; none where it changes nothing.

    What follows at once from a decision by hand is a part of it: it can still be taken back.
    """
    then = after(application, happening)
    if then is application:
        return []
    by_hand = happening.fact in BY_HAND
    undoes = application.sequence if happening.fact in _UNDOES else None
    first = Move(application, then, actor, happening.reason, cause_id, by_hand, undoes)
    if not has_moved(application, then):
        return [first]
    return [first, *goes_on(then, cause_id, by=actor if by_hand else None)]


def goes_on(application: Application, cause_id: UUID | None, by: Actor | None = None) -> list[Move]:
    """A CV that was here before the verdict moves the application on; ``by`` whom, where that was by hand."""
    early = cv_already_here(application)
    if early is None:
        return []
    further = replace(after(application, early), set_aside=application.set_aside)
    actor = by or Actor.system()
    return [Move(application, further, actor, early.reason, cause_id, by_hand=by is not None)]


async def record(tx: Tx, moves: Sequence[Move], applications: Applications, positions: Positions) -> None:
    """Write the moves down; those that changed nothing at all leave no trace."""
    moves = [move for move in moves if move.then is not move.before]
    for move in moves:
        key = wait_of(move.before)
        if key is not None and key != wait_of(move.then):
            tx.cancel(key)
    timed = [await _with_timer(tx, move, positions) for move in moves]
    for move in timed:
        if has_moved(move.before, move.then):
            tx.publish(_status_changed(move))
    if timed:
        await applications.save(tx, timed)


async def _with_timer(tx: Tx, move: Move, positions: Positions) -> Move:
    key = wait_of(move.then)
    waits_already = key == wait_of(move.before) and not has_moved(move.before, move.then)
    if key is None or waits_already:
        return move
    timer_id = await _start_timer(tx, key, move.then, positions)
    return replace(move, then=replace(move.then, timer_id=timer_id))


async def _start_timer(tx: Tx, key: str, application: Application, positions: Positions) -> UUID:
    wait = WAITS[application.status]
    ids = {"candidate_id": application.candidate_id, "application_id": application.application_id}
    event: Event
    if wait is Wait.CALLBACK:
        assert application.callback_at is not None  # the status machine gives both or neither
        return tx.publish(CallbackDue(**ids), at=max(application.callback_at, tx.now), key=key)
    position = await positions.get(tx, application.position_id)
    assert position is not None  # applications come by imports, which are bound to one
    at: datetime
    if wait is Wait.REJECTED_CV:
        event = RejectedCvWaitOver(**ids)
        at = tx.now + timedelta(days=position.details.rejected_cv_timeout_days)
    else:
        event = OverdueCvWaitOver(**ids)
        at = tx.now + timedelta(hours=position.details.follow_up_interval_hours)
    return tx.publish(event, at=at, key=key)


def _status_changed(move: Move) -> ApplicationStatusChanged:
    then = move.then
    return ApplicationStatusChanged(
        candidate_id=then.candidate_id,
        application_id=then.application_id,
        position_id=then.position_id,
        sequence=then.sequence,
        previous=ApplicationStatus(move.before.status),
        current=ApplicationStatus(then.status),
        actor=move.actor,
        reason=move.reason,
        score=then.score,
        qualified=then.qualified,
        score_notes=then.score_notes,
        callback_at=then.callback_at,
        needs_human_reason=then.needs_human_reason,
        cv_received_at=then.cv_received_at,
        proposed=then.proposed,
        by_hand=move.by_hand,
        undoes=move.undoes,
        closed_because=ClosedBecause(then.closed_because) if then.closed_because else None,
        call_under_way=call_that_rings(then),
        evaluation_id=then.evaluation_id,
        needs_review=then.needs_review,
    )
