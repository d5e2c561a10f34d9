"""When queued calls are due: ask the gate, write attempts down, hand them on to be placed.

Nothing rings here. An attempt exists, committed, before the provider hears of it (law 3).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from chassis import Handlers, Tx
from contracts.calling import CallBatchPrepared, CallOverdue, CallPurpose, DialDue, ZoneFrom

from calling.domain.attempts import AttemptState
from calling.domain.contactability import Allowed
from calling.handlers.explaining import explain
from calling.handlers.judging import judge, terms_now
from calling.handlers.limits import pass_on, take_own_share
from calling.ports import (
    Attempt,
    Attempts,
    Batch,
    BatchForm,
    BatchState,
    CallingPolicy,
    Gate,
    Judged,
    Position,
    Queue,
    Stage,
    Switchboard,
)

handlers = Handlers("calling")


@handlers.on(DialDue)
async def prepare_due_calls(
    event: DialDue,
    tx: Tx,
    queue: Queue,
    attempts: Attempts,
    gate: Gate,
    board: Switchboard,
    policy: CallingPolicy,
) -> None:
    """Calls of a position that may be placed now become attempts; for the others the reason is said."""
    position = await queue.position(tx, event.position_id, lock=True)
    if position is None:
        return
    position, free = await take_own_share(tx, board, position)
    due = await queue.due(tx, event.position_id, policy.most_at_once)
    cases = await gate.callees.queued(tx, due)
    judged = judge(tx, terms_now(gate, position, cases, tx.now), cases)
    await explain(tx, queue, [one for one in judged if not isinstance(one.verdict, Allowed)])
    calls: dict[int, UUID] = {}
    for form, chunk in in_chunks(
        [one for one in judged if isinstance(one.verdict, Allowed)], policy.batch_size
    ):
        for attempt in await _prepare(tx, queue, attempts, policy, position, form, chunk):
            calls[attempt.application_id] = attempt.call_id
    with_calls = [replace(one, call_id=calls.get(one.case.application_id)) for one in judged]
    await gate.verdicts.keep(tx, Stage.PREPARING, with_calls)
    await pass_on(tx, board, free, len(calls))
    earliest = await queue.next_due(tx, event.position_id)
    if earliest is not None:
        timer = f"dial:{event.position_id}"
        tx.publish(DialDue(position_id=event.position_id), at=max(earliest, tx.now), key=timer)


def in_chunks(allowed: Sequence[Judged], size: int) -> list[tuple[BatchForm, list[Judged]]]:
    """Callbacks and a lone call go out singly; the rest in batches (recruitflow.md 10, step 3)."""
    alone = [one for one in allowed if one.case.purpose is CallPurpose.CALLBACK]
    queued = [one for one in allowed if one.case.purpose is not CallPurpose.CALLBACK]
    chunks = [queued[start : start + size] for start in range(0, len(queued), size)]
    singles = [[one] for one in alone] + [chunk for chunk in chunks if len(chunk) == 1]
    return [(BatchForm.BATCH, chunk) for chunk in chunks if len(chunk) > 1] + [
        (BatchForm.SINGLE, chunk) for chunk in singles
    ]


async def _prepare(
    tx: Tx,
    queue: Queue,
    attempts: Attempts,
    policy: CallingPolicy,
    position: Position,
    form: BatchForm,
    allowed: Sequence[Judged],
) -> list[Attempt]:
    batch = Batch(tx.new_id(), position.position_id, form, BatchState.PREPARED, tx.now)
    planned = [_attempt(tx, batch, position, one) for one in allowed]
    await attempts.prepare(tx, batch, planned)
    await queue.dialling(tx, [one.application_id for one in planned])
    tx.publish(CallBatchPrepared(batch_id=batch.batch_id, position_id=position.position_id))
    for attempt in planned:
        ask_after(tx, attempt, tx.now + policy.overdue_after)
    return planned


def _attempt(tx: Tx, batch: Batch, position: Position, judged: Judged) -> Attempt:
    case, place = judged.case, judged.verdict.place
    return Attempt(
        call_id=tx.new_id(),
        batch_id=batch.batch_id,
        application_id=case.application_id,
        candidate_id=case.candidate_id,
        position_id=position.position_id,
        attempt_number=case.last_attempt_number + 1,
        round=case.round,
        purpose=case.purpose,
        state=AttemptState.INTENDED,
        to_number=case.callee.phone or "",
        created_at=tx.now,
        recorded=position.record_calls,
        time_zone=place.zone if place else None,
        zone_from=ZoneFrom(place.source) if place else None,
    )


def overdue_timer(attempt: Attempt) -> str:
    return f"overdue:{attempt.call_id}"


def ask_after(tx: Tx, attempt: Attempt, at: datetime) -> None:
    """Set from the intent on, so that an attempt can't be forgotten wherever a process dies."""
    tx.publish(
        CallOverdue(
            candidate_id=attempt.candidate_id, application_id=attempt.application_id, call_id=attempt.call_id
        ),
        at=at,
        key=overdue_timer(attempt),
    )
