"""What follows a call in which nobody was reached: the position's rule for that outcome, and what was learned
while it rang."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from chassis import Tx

from calling.domain.attempts import AttemptState, GivenUp, what_follows
from calling.domain.reasons import MESSAGES, Reason
from calling.handlers.judging import terms_now
from calling.ports import Attempt, Gate, Position, Queue


@dataclass(frozen=True, slots=True)
class Next:
    """``at`` None: no further attempt; ``because`` is None where they are used up."""

    at: datetime | None
    because: str | None = None


async def next_try(tx: Tx, queue: Queue, gate: Gate, attempt: Attempt, outcome: AttemptState) -> Next:
    """The attempt counts by now as ended so."""
    position = await queue.position(tx, attempt.position_id)
    if hindrance := await _hindrance(tx, queue, attempt, position):
        return Next(None, MESSAGES[hindrance])
    cases = await gate.callees.queued(tx, [attempt.application_id])
    if position is None or not cases:
        return Next(None)
    ended = await gate.callees.ended_in_round(tx, attempt.application_id, attempt.round)
    terms = terms_now(gate, position, cases, tx.now)
    place = cases[0].callee.where.place(terms.time_zone)
    step = what_follows(outcome, position.retry_rules[outcome], ended, terms, place, tx.now)
    return Next(None, step.because) if isinstance(step, GivenUp) else Next(step.at)


async def _hindrance(tx: Tx, queue: Queue, attempt: Attempt, position: Position | None) -> Reason | None:
    """What no waiting cures, learned of while it rang: then it is not tried again."""
    if await queue.calls_forbidden(tx, attempt.candidate_id):
        return Reason.DO_NOT_CONTACT
    if position is not None and position.terms.status == "closed":
        return Reason.POSITION_CLOSED
    return None
