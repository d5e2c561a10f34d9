"""When queued calls are due: ask the gate, write attempts down, hand them on to be placed.

Nothing rings here. An attempt exists, committed, before the provider hears of it (law 3).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from chassis import Handlers, Tx
from contracts.calling import CallBatchPrepared, CallDeferred, CallOverdue, CallPurpose, CallRefused, DialDue

from calling.domain.attempts import AttemptState
from calling.domain.contactability import (
    MESSAGES,
    WAIT_FOR_OTHER_CALL,
    Allowed,
    Deferred,
    Reason,
    Refused,
    verdict,
)
from calling.ports import (
    Attempt,
    Attempts,
    Batch,
    BatchForm,
    BatchState,
    CallingPolicy,
    Entry,
    Position,
    Queue,
)

handlers = Handlers("calling")


@handlers.on(DialDue)
async def prepare_due_calls(
    event: DialDue, tx: Tx, queue: Queue, attempts: Attempts, policy: CallingPolicy
) -> None:
    """Calls of a position that may be placed now become attempts; for the others the reason is said."""
    position = await queue.position(tx, event.position_id, lock=True)
    if position is None:
        return
    allowed: list[Entry] = []
    ringing: set[str] = set()
    for entry in await queue.due(tx, event.position_id, policy.most_at_once):
        answer = verdict(entry.callee, position.terms, tx.now)
        if isinstance(answer, Allowed) and entry.callee.phone in ringing:
            answer = Deferred(tx.now + WAIT_FOR_OTHER_CALL, Reason.PERSON_BEING_CALLED)
        if isinstance(answer, Allowed):
            allowed.append(entry)
            ringing.add(entry.callee.phone or "")
        else:
            await explain(tx, queue, entry.application_id, entry.candidate_id, answer, told=entry)
    for form, chunk in in_chunks(allowed, policy.batch_size):
        await _prepare(tx, queue, attempts, policy, position, form, chunk)
    earliest = await queue.next_due(tx, event.position_id)
    if earliest is not None:
        timer = f"dial:{event.position_id}"
        tx.publish(DialDue(position_id=event.position_id), at=max(earliest, tx.now), key=timer)


def in_chunks(entries: Sequence[Entry], size: int) -> list[tuple[BatchForm, list[Entry]]]:
    """Callbacks and a lone call go out singly; the rest in batches (recruitflow.md 10, step 3)."""
    alone = [entry for entry in entries if entry.purpose is CallPurpose.CALLBACK]
    queued = [entry for entry in entries if entry.purpose is not CallPurpose.CALLBACK]
    chunks = [queued[start : start + size] for start in range(0, len(queued), size)]
    singles = [[entry] for entry in alone] + [chunk for chunk in chunks if len(chunk) == 1]
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
    entries: Sequence[Entry],
) -> None:
    batch = Batch(tx.new_id(), position.position_id, form, BatchState.PREPARED, tx.now)
    planned = [
        Attempt(
            call_id=tx.new_id(),
            batch_id=batch.batch_id,
            application_id=entry.application_id,
            candidate_id=entry.candidate_id,
            position_id=position.position_id,
            attempt_number=entry.last_attempt_number + 1,
            round=entry.round,
            purpose=entry.purpose,
            state=AttemptState.INTENDED,
            to_number=entry.callee.phone or "",
            created_at=tx.now,
            recorded=position.record_calls,
        )
        for entry in entries
    ]
    await attempts.prepare(tx, batch, planned)
    await queue.dialling(tx, [entry.application_id for entry in entries])
    tx.publish(CallBatchPrepared(batch_id=batch.batch_id, position_id=position.position_id))
    for attempt in planned:
        ask_after(tx, attempt, tx.now + policy.overdue_after)


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


async def explain(
    tx: Tx,
    queue: Queue,
    application_id: int,
    candidate_id: int,
    answer: Deferred | Refused,
    *,
    told: Entry | None = None,
) -> None:
    """A call that is not placed now: the entry waits or leaves, and the recruiter hears why, once."""
    if isinstance(answer, Refused):
        await queue.finish(tx, [application_id])
        if answer.reason is not Reason.NO_LONGER_QUEUED:
            tx.publish(
                CallRefused(
                    candidate_id=candidate_id,
                    application_id=application_id,
                    code=answer.reason.value,
                    message=answer.message,
                )
            )
        return
    await queue.set_aside(tx, application_id, answer.until, answer.reason.value)
    if told is None or not _same_news(told, answer):
        tx.publish(
            CallDeferred(
                candidate_id=candidate_id,
                application_id=application_id,
                until=answer.until,
                reason=answer.detail or MESSAGES[answer.reason],
            )
        )


def _same_news(told: Entry, answer: Deferred) -> bool:
    """Waiting for the line to be free is asked again and again: said once."""
    if told.told_reason != answer.reason.value:
        return False
    return answer.reason is Reason.PERSON_BEING_CALLED or told.told_until == answer.until
