"""The one place where a telephone is made to ring.

The intent is committed before; ``once`` acts under our own key and, after a lost answer, asks the provider
before anything else; then the outcome is recorded. The gate is asked again right before acting, because the
message may have waited while hours ended, positions were paused and applications closed.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import structlog
from chassis import Begin, Handlers, Tx
from chassis.effects import (
    Absent,
    CannotSay,
    Declined,
    Done,
    Found,
    NotAccepted,
    OutcomePending,
    Settled,
    Sighting,
    once,
)
from contracts.calling import CallBatchPrepared, CallOutcomeUnknown, CallPlaced

from calling.domain.attempts import AttemptState
from calling.domain.contactability import Deferred
from calling.domain.reasons import Reason
from calling.handlers.calling_off import call_off_in_time, mind_failures
from calling.handlers.dialling import overdue_timer
from calling.handlers.explaining import explain, refused_call
from calling.handlers.freeing import look_again_after, look_at_queue
from calling.handlers.last_look import still_to_call, take_back
from calling.ports import (
    Attempt,
    Attempts,
    Batch,
    BatchForm,
    BatchState,
    CallingPolicy,
    Gate,
    Judged,
    OutgoingCall,
    Queue,
    Switchboard,
    Telephony,
)

handlers = Handlers("calling")
_log = structlog.get_logger("calling")
_NOBODY = {"nobody": True}


@handlers.acts_on(CallBatchPrepared, concurrency=4)
async def place_prepared_calls(
    event: CallBatchPrepared,
    begin: Begin,
    queue: Queue,
    attempts: Attempts,
    gate: Gate,
    board: Switchboard,
    telephony: Telephony,
    policy: CallingPolicy,
) -> None:
    """Dial what was prepared, once, and write down what became of it."""
    async with begin() as tx:
        batch = await attempts.batch(tx, event.batch_id)
    if batch is None or batch.state is not BatchState.PREPARED:
        return

    async def act() -> dict[str, Any]:
        began = datetime.now(UTC)
        while True:
            async with begin() as tx:
                calls = await still_to_call(tx, queue, attempts, gate, board, batch)
            if not calls:
                return _NOBODY
            async with begin() as tx:
                # Held open, with nothing in it, until the request is answered: a stop that is accepted has
                # waited for it, and none of ours begins after that.
                if await board.stops.pass_by(tx, batch.position_id) is None:
                    _in_time(began, policy)
                    return await _hand_over(telephony, batch, calls)

    async def look_up() -> Sighting:
        return await _sighting(begin, attempts, telephony, batch)

    try:
        outcome = await once(begin, _key(batch), act=act, look_up=look_up, grace=policy.effect_grace_seconds)
    except NotAccepted as busy:
        async with begin() as tx:
            await _postpone(tx, queue, attempts, gate, batch, policy, str(busy))
        return
    async with begin() as tx:
        await _record(tx, queue, attempts, gate, board, batch, outcome)


def _key(batch: Batch) -> str:
    return f"batch:{batch.batch_id}"


def _in_time(began: datetime, policy: CallingPolicy) -> None:
    """Once the grace is over another run may take this for lost and ring: what was kept waiting, by a lock or
    with the whole machine, must not ring then. It is brought again, and looked up."""
    waited = (datetime.now(UTC) - began).total_seconds()
    if 0 < policy.effect_grace_seconds <= 4 * waited:
        raise OutcomePending("it took too long to get ready")


async def _hand_over(telephony: Telephony, batch: Batch, calls: list[OutgoingCall]) -> dict[str, Any]:
    if batch.form is BatchForm.SINGLE:
        return await telephony.place(calls[0])
    return await telephony.submit(batch.batch_id, calls)


async def _sighting(begin: Begin, attempts: Attempts, telephony: Telephony, batch: Batch) -> Sighting:
    """Did our request reach the provider? A webhook that moved an attempt on proves it too."""
    async with begin() as tx:
        of_batch = await attempts.of_batch(tx, batch.batch_id)
    moved = any(one.state not in (AttemptState.INTENDED, AttemptState.WITHDRAWN) for one in of_batch)
    if batch.form is BatchForm.BATCH:
        known = await telephony.find_batch(batch.batch_id, batch.created_at)
        return Found({"provider_batch_id": known}) if known or moved else Absent()
    if not of_batch:
        return CannotSay("the attempt is not written down")
    (attempt,) = of_batch
    news = await telephony.find_call(attempt.call_id, str(attempt.application_id), attempt.created_at)
    if news is None:
        return Found({"conversation_id": None, "call_sid": None}) if moved else Absent()
    return Found({"conversation_id": news.conversation_id, "call_sid": news.call_sid})


async def _record(
    tx: Tx,
    queue: Queue,
    attempts: Attempts,
    gate: Gate,
    board: Switchboard,
    batch: Batch,
    outcome: Settled,
) -> None:
    """Idempotent: a batch is recorded once, and what a webhook has moved on meanwhile stays."""
    current = await attempts.batch(tx, batch.batch_id, lock=True)
    if current is None or current.state is not BatchState.PREPARED:
        return
    if isinstance(outcome, Done):
        await _record_placed(tx, attempts, board, batch, outcome.result)
        return
    declined = isinstance(outcome, Declined)
    if declined and await _halved(tx, attempts, batch):
        await attempts.close_batch(tx, batch.batch_id, BatchState.DECLINED)
        return
    state = AttemptState.FAILED if declined else AttemptState.UNKNOWN
    cases = await gate.callees.about_to_ring(
        tx, [one.call_id for one in await attempts.of_batch(tx, batch.batch_id)]
    )
    lost = await attempts.advance_intended(tx, batch.batch_id, state, outcome.reason)
    await attempts.close_batch(tx, batch.batch_id, BatchState.DECLINED if declined else BatchState.UNKNOWN)
    await queue.finish(tx, [attempt.application_id for attempt in lost])
    for attempt in lost:
        tx.cancel(overdue_timer(attempt))
        if declined:
            tx.publish(refused_call(cases[attempt.call_id], "declined_by_provider", outcome.reason))
        else:
            tx.publish(unknown_outcome(attempt, outcome.reason))
    await look_again_after(tx, queue, lost)
    if lost:
        await mind_failures(tx, board, batch.position_id)


async def _halved(tx: Tx, attempts: Attempts, batch: Batch) -> bool:
    """A declined batch rang nowhere. Its halves are asked for anew, each under an intent of its own, until
    only the call that the provider does not want is left by itself; False where it is."""
    calls = [planned.attempt.call_id for planned in await attempts.planned(tx, batch.batch_id)]
    if len(calls) < 2:
        return False
    middle = (len(calls) + 1) // 2
    for part in (calls[:middle], calls[middle:]):
        form = BatchForm.BATCH if len(part) > 1 else BatchForm.SINGLE
        half = Batch(tx.new_id(), batch.position_id, form, BatchState.PREPARED, tx.now)
        await attempts.hand_over(tx, half, part)
        tx.publish(CallBatchPrepared(batch_id=half.batch_id, position_id=half.position_id))
    return True


async def _record_placed(
    tx: Tx, attempts: Attempts, board: Switchboard, batch: Batch, result: dict[str, Any]
) -> None:
    state = BatchState.WITHDRAWN if result == _NOBODY else BatchState.SUBMITTED
    await attempts.close_batch(tx, batch.batch_id, state, result.get("provider_batch_id"))
    for attempt in await attempts.advance_intended(tx, batch.batch_id, AttemptState.SUBMITTED):
        conversation_id = result.get("conversation_id")
        await attempts.bind(tx, attempt, conversation_id, result.get("call_sid"))
        tx.publish(placed(tx, attempt, conversation_id))
    if state is BatchState.SUBMITTED and batch.form is BatchForm.BATCH:
        await call_off_in_time(tx, board, batch)


def placed(tx: Tx, attempt: Attempt, conversation_id: str | None) -> CallPlaced:
    return CallPlaced(
        candidate_id=attempt.candidate_id,
        application_id=attempt.application_id,
        call_id=attempt.call_id,
        attempt_number=attempt.attempt_number,
        purpose=attempt.purpose,
        conversation_id=conversation_id,
        placed_at=attempt.placed_at or tx.now,
        recorded=attempt.recorded,
        time_zone=attempt.time_zone,
        zone_from=attempt.zone_from,
    )


def unknown_outcome(attempt: Attempt, reason: str) -> CallOutcomeUnknown:
    return CallOutcomeUnknown(
        candidate_id=attempt.candidate_id,
        application_id=attempt.application_id,
        call_id=attempt.call_id,
        attempt_number=attempt.attempt_number,
        reason=reason,
    )


async def _postpone(
    tx: Tx, queue: Queue, attempts: Attempts, gate: Gate, batch: Batch, policy: CallingPolicy, reason: str
) -> None:
    """The provider surely took none of it: the attempts are taken back, the calls wait, and why is said."""
    current = await attempts.batch(tx, batch.batch_id, lock=True)
    if current is None or current.state is not BatchState.PREPARED:
        return
    if await tx.effects.intend(_key(batch), datetime.now(UTC)) is not None:
        # What is taken back while somebody else asks for it would ring now, and again when it is due.
        raise OutcomePending("another run is at it", policy.effect_grace_seconds)
    await tx.effects.settle(_key(batch), Done(_NOBODY))
    _log.warning("calls_not_taken", batch_id=str(batch.batch_id))
    pause = Deferred(tx.now + policy.provider_pause, Reason.PROVIDER_BUSY, reason)
    waiting = [planned.attempt for planned in await attempts.planned(tx, batch.batch_id)]
    cases = await gate.callees.about_to_ring(tx, [attempt.call_id for attempt in waiting])
    await take_back(tx, attempts, waiting)
    await explain(tx, queue, [Judged(case, pause, call_id, {}) for call_id, case in cases.items()])
    await look_again_after(tx, queue, waiting)
    await attempts.close_batch(tx, batch.batch_id, BatchState.WITHDRAWN)
    look_at_queue(tx, batch.position_id)
