"""The gate right before a telephone rings: who of a batch may still be called, and what they will be told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from chassis import Tx
from contracts.calling import ZoneFrom
from contracts.opening_line import opening_line
from contracts.placeholders import CALL_PLACEHOLDERS

from calling.domain.contactability import Allowed, Deferred, Terms
from calling.domain.prompts import fill, harmless
from calling.domain.reasons import Reason
from calling.handlers.dialling import overdue_timer
from calling.handlers.explaining import explain
from calling.handlers.freeing import look_again_after, look_at_queue
from calling.handlers.judging import judge, terms_now
from calling.ports import (
    Attempt,
    Attempts,
    Batch,
    Gate,
    Judged,
    OutgoingCall,
    Planned,
    Position,
    Queue,
    Stage,
    Switchboard,
)


async def still_to_call(
    tx: Tx, queue: Queue, attempts: Attempts, gate: Gate, board: Switchboard, batch: Batch
) -> list[OutgoingCall]:
    """Who may be called at this moment; the others are taken back and told why."""
    # Locked: whoever opens the position again meanwhile would not find what is held here, nor call it.
    position = await queue.position(tx, batch.position_id, lock=True)
    if position is None:
        return []
    stop = await board.stops.standing(tx, batch.position_id)
    position = replace(position, terms=replace(position.terms, stop=stop))
    planned = {one.attempt.call_id: one for one in await attempts.planned(tx, batch.batch_id)}
    cases = await gate.callees.about_to_ring(tx, list(planned))
    terms = terms_now(gate, position, [*cases.values()], tx.now)
    answers = judge(tx, terms, [*cases.values()])
    judged = [
        _to_the_number(one, planned[call_id].attempt, tx) for call_id, one in zip(cases, answers, strict=True)
    ]
    await gate.verdicts.keep(tx, Stage.DIALLING, judged)
    allowed = [one for one in judged if isinstance(one.verdict, Allowed)]
    others = [one for one in judged if not isinstance(one.verdict, Allowed)]
    if others:
        taken = [planned[one.call_id].attempt for one in others if one.call_id]
        await take_back(tx, attempts, taken)
        await explain(tx, queue, others)
        # After it is written down who waits: two of them may have kept each other from being called.
        await look_again_after(tx, queue, taken)
        look_at_queue(tx, batch.position_id)
    await _note_zones(tx, attempts, planned, allowed)
    await board.recalls.note_closing(tx, batch.batch_id, _first_closing(allowed, terms, tx.now))
    return [_outgoing(planned[one.call_id], position) for one in allowed if one.call_id]


def _first_closing(allowed: Sequence[Judged], terms: Terms, now: datetime) -> datetime | None:
    """When the calling hours of the first of them end."""
    places = {one.verdict.place for one in allowed if one.verdict.place}
    ends = [terms.window(place).closing(now) for place in places]
    return min((end for end in ends if end is not None), default=None)


def _to_the_number(judged: Judged, attempt: Attempt, tx: Tx) -> Judged:
    """What is written down is the number that will ring: one that was corrected meanwhile is dialled anew."""
    judged = replace(judged, call_id=attempt.call_id)
    if isinstance(judged.verdict, Allowed) and judged.case.callee.phone != attempt.to_number:
        corrected = Deferred(tx.now, Reason.NUMBER_CORRECTED, place=judged.verdict.place)
        return replace(judged, verdict=corrected)
    return judged


async def _note_zones(
    tx: Tx, attempts: Attempts, planned: dict[UUID, Planned], allowed: Sequence[Judged]
) -> None:
    """Whose clock the call went by, where that has become another one since it was prepared."""
    for one in allowed:
        place = one.verdict.place
        if one.call_id is None or place is None:
            continue
        attempt = planned[one.call_id].attempt
        if (attempt.time_zone, attempt.zone_from) != (place.zone, place.source.value):
            await attempts.went_by(tx, one.call_id, place.zone, ZoneFrom(place.source.value))


def _outgoing(planned: Planned, position: Position) -> OutgoingCall:
    attempt = planned.attempt
    known = {
        **planned.values,
        "position_title": position.title,
        "position_description": position.description,
    }
    values = {name: known[name] for name in CALL_PLACEHOLDERS}
    opening = opening_line(
        language=position.language,
        name=harmless(values["candidate_name"]),
        employer=harmless(position.employer),
        recorded=bool(attempt.recorded),
    )
    return OutgoingCall(
        call_id=attempt.call_id,
        user_id=str(attempt.application_id),
        to_number=attempt.to_number,
        system_prompt=fill(position.system_prompt, values),
        first_message=f"{opening} {fill(position.first_message, values)}",
        record=bool(attempt.recorded),
    )


async def take_back(tx: Tx, attempts: Attempts, taken: Sequence[Attempt]) -> None:
    """They have not been dialled, and will not be."""
    await attempts.withdraw(tx, [attempt.call_id for attempt in taken])
    for attempt in taken:
        tx.cancel(overdue_timer(attempt))
