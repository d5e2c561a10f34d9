"""Batches are called off at the provider, and calls of them that surely never rang are taken back.

The provider is asked not to dial what it has not dialled, and then what became of each call. Asking it twice
does no harm, so nothing of it goes through ``once``: a crash anywhere is followed by asking again. Who is
taken back stands in the queue as before. What may have rang waits for its news like any other call.
"""

from __future__ import annotations

from datetime import timedelta

import structlog
from chassis import Begin, Handlers, Tx
from contracts.calling import BatchRecallDelayed, BatchRecallDue, CallRefused, CallTakenBack

from calling.domain.reasons import Reason
from calling.domain.recall import BatchSeen, Fate, fate_of
from calling.handlers.calling_off import call_off
from calling.handlers.dialling import ask_after, overdue_timer
from calling.handlers.freeing import look_at_queue
from calling.handlers.placing import placed
from calling.ports import (
    Attempt,
    Attempts,
    Batch,
    BatchForm,
    BatchState,
    CallingPolicy,
    RecallWanted,
    Switchboard,
    Telephony,
    TelephonyUnavailable,
)

handlers = Handlers("calling")
_log = structlog.get_logger("calling")

LOOK_AGAIN = timedelta(minutes=1)


@handlers.acts_on(BatchRecallDue)
async def recall_batch(
    event: BatchRecallDue, begin: Begin, attempts: Attempts, board: Switchboard, telephony: Telephony
) -> None:
    """One call by itself can't be called off: it rings as soon as it is asked for."""
    async with begin() as tx:
        batch = await attempts.batch(tx, event.batch_id, lock=True)
        if batch is None or batch.form is BatchForm.SINGLE:
            return
        # One that is on its way this moment is called off by whoever records that it was handed over.
        await board.recalls.note(tx, batch.batch_id, RecallWanted(event.code, event.because))
        unheard = len(await board.recalls.unheard(tx, batch.batch_id))
    if batch.state is not BatchState.SUBMITTED or not unheard:
        return
    try:
        seen = await _call_off_at_provider(telephony, batch)
    except TelephonyUnavailable as silent:
        _log.warning("batch_not_called_off", batch_id=str(batch.batch_id), reason=str(silent))
        async with begin() as tx:
            _say_delayed(tx, event, unheard, str(silent))
        return
    async with begin() as tx:
        await _take_back(tx, event, attempts, board, seen)


async def _call_off_at_provider(telephony: Telephony, batch: Batch) -> BatchSeen:
    known = batch.provider_batch_id or await telephony.find_batch(batch.batch_id, batch.created_at)
    if known is None:
        raise TelephonyUnavailable("the provider does not name the batch")
    await telephony.cancel_batch(known)
    return await telephony.batch_seen(known)


def _say_delayed(tx: Tx, event: BatchRecallDue, calls: int, reason: str) -> None:
    again = tx.now + LOOK_AGAIN
    tx.publish(event, at=again, key=_again(event))
    tx.publish(
        BatchRecallDelayed(
            batch_id=event.batch_id, position_id=event.position_id, calls=calls, reason=reason, at=again
        )
    )


async def _take_back(
    tx: Tx, event: BatchRecallDue, attempts: Attempts, board: Switchboard, seen: BatchSeen
) -> None:
    await attempts.batch(tx, event.batch_id, lock=True)
    off_for = tx.now - await board.recalls.seen_called_off(tx, event.batch_id) if seen.called_off else None
    unheard = await board.recalls.unheard(tx, event.batch_id)
    fates = {one.call_id: fate_of(seen.of(one.call_id), off_for) for one in unheard}
    taken = [one for one in unheard if fates[one.call_id] is Fate.NEVER_RANG]
    if Fate.NOT_DECIDED in fates.values():
        tx.publish(event, at=tx.now + LOOK_AGAIN, key=_again(event))
    if not taken:
        return
    not_before = tx.now
    if event.code == Reason.OUTSIDE_HOURS:
        # With a margin the hours are not over yet: handed over again, they would be called off again.
        not_before = max(tx.now, await board.recalls.closing(tx, event.batch_id) or tx.now)
    await board.recalls.take_back(tx, taken, not_before)
    rang_before = await board.recalls.earlier_one_rang(tx, taken)
    for attempt in taken:
        tx.cancel(overdue_timer(attempt))
        tx.publish(_taken_back(attempt, event))
        if attempt.call_id in rang_before:
            tx.publish(_no_further_call(attempt))
    look_at_queue(tx, event.position_id)


def _taken_back(attempt: Attempt, event: BatchRecallDue) -> CallTakenBack:
    return CallTakenBack(
        candidate_id=attempt.candidate_id,
        application_id=attempt.application_id,
        call_id=attempt.call_id,
        attempt_number=attempt.attempt_number,
        code=event.code,
        reason=event.because,
    )


def _no_further_call(attempt: Attempt) -> CallRefused:
    """The round is over with the one that rang; in intake's queue the application would wait for ever."""
    return CallRefused(
        candidate_id=attempt.candidate_id,
        application_id=attempt.application_id,
        code="earlier_call_rang",
        message="An earlier call, which had been taken back, rang after all: look at it, then decide.",
    )


def _again(event: BatchRecallDue) -> str:
    return f"recall-again:{event.batch_id}"


def recall_timer(batch: Batch) -> str:
    return f"recall:{batch.batch_id}"


async def it_rang_after_all(tx: Tx, board: Switchboard, policy: CallingPolicy, attempt: Attempt) -> Attempt:
    """News of a call that was taken back, against all that the provider (or a person) had said. It counts,
    nobody is called because of it, and what was prepared in its place is called off. Answers it as it stands
    now, for its news to settle it."""
    _log.error("call_taken_back_rang", call_id=str(attempt.call_id))
    back = await board.recalls.rang_after_all(tx, attempt)
    tx.publish(placed(tx, back, back.conversation_id).model_copy(update={"after_all": True}))
    ask_after(tx, back, tx.now + policy.overdue_after)
    batches = await board.recalls.out_with(tx, application_ids=[attempt.application_id])
    call_off(tx, batches, Reason.NO_LONGER_QUEUED, "An earlier call, which was taken back, rang after all.")
    return back
