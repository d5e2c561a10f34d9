"""The one place where a telephone is made to ring.

The intent is committed before; ``once`` acts under our own key and, after a lost answer, asks the provider
before anything else; then the outcome is recorded. The gate is asked again right before acting, because the
message may have waited while hours ended, positions were paused and applications closed.
"""

from __future__ import annotations

from collections.abc import Sequence
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
    Settled,
    Sighting,
    once,
)
from contracts.calling import CallBatchPrepared, CallOutcomeUnknown, CallPlaced, CallRefused

from calling.domain.attempts import AttemptState
from calling.domain.contactability import Allowed, Deferred, Reason, verdict
from calling.domain.prompts import fill
from calling.handlers.dialling import explain, overdue_timer
from calling.handlers.following import look_at_queue
from calling.ports import (
    Attempt,
    Attempts,
    Batch,
    BatchForm,
    BatchState,
    CallingPolicy,
    OutgoingCall,
    Planned,
    Position,
    Queue,
    Telephony,
)

handlers = Handlers("calling")
_log = structlog.get_logger("calling")
_NOBODY = {"nobody": True}


@handlers.acts_on(CallBatchPrepared)
async def place_prepared_calls(
    event: CallBatchPrepared,
    begin: Begin,
    queue: Queue,
    attempts: Attempts,
    telephony: Telephony,
    policy: CallingPolicy,
) -> None:
    """Dial what was prepared, once, and write down what became of it."""
    async with begin() as tx:
        batch = await attempts.batch(tx, event.batch_id)
    if batch is None or batch.state is not BatchState.PREPARED:
        return

    async def act() -> dict[str, Any]:
        calls = await _calls_of(begin, queue, attempts, batch)
        if not calls:
            return _NOBODY
        if batch.form is BatchForm.SINGLE:
            return await telephony.place(calls[0])
        return await telephony.submit(batch.batch_id, calls)

    async def look_up() -> Sighting:
        return await _sighting(begin, attempts, telephony, batch)

    try:
        outcome = await once(
            begin, f"batch:{batch.batch_id}", act=act, look_up=look_up, grace=policy.effect_grace_seconds
        )
    except NotAccepted as busy:
        async with begin() as tx:
            await _postpone(tx, queue, attempts, batch, policy, str(busy))
        return
    async with begin() as tx:
        await _record(tx, queue, attempts, batch, outcome)


async def _calls_of(begin: Begin, queue: Queue, attempts: Attempts, batch: Batch) -> list[OutgoingCall]:
    """Who of the batch may still be called at this moment; the others are taken back and told why."""
    async with begin() as tx:
        # Locked: whoever opens the position again meanwhile would not find what is held here, nor call it.
        position = await queue.position(tx, batch.position_id, lock=True)
        if position is None:
            return []
        calls: list[OutgoingCall] = []
        for planned in await attempts.planned(tx, batch.batch_id):
            attempt = planned.attempt
            answer = verdict(planned.callee, position.terms, tx.now)
            if isinstance(answer, Allowed) and planned.callee.phone == attempt.to_number:
                calls.append(_outgoing(planned, position))
                continue
            if isinstance(answer, Allowed):
                answer = Deferred(tx.now, Reason.NUMBER_CORRECTED)
            await _take_back(tx, attempts, [attempt])
            await explain(tx, queue, attempt.application_id, attempt.candidate_id, answer)
            look_at_queue(tx, batch.position_id)
        return calls


def _outgoing(planned: Planned, position: Position) -> OutgoingCall:
    values = {
        **planned.values,
        "position_title": position.title,
        "position_description": position.description,
    }
    return OutgoingCall(
        call_id=planned.attempt.call_id,
        user_id=str(planned.attempt.application_id),
        to_number=planned.attempt.to_number,
        system_prompt=fill(position.system_prompt, values),
        first_message=fill(position.first_message, values),
        record=bool(planned.attempt.recorded),
    )


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


async def _record(tx: Tx, queue: Queue, attempts: Attempts, batch: Batch, outcome: Settled) -> None:
    """Idempotent: a batch is recorded once, and what a webhook has moved on meanwhile stays."""
    current = await attempts.batch(tx, batch.batch_id, lock=True)
    if current is None or current.state is not BatchState.PREPARED:
        return
    if isinstance(outcome, Done):
        await _record_placed(tx, attempts, batch, outcome.result)
        return
    declined = isinstance(outcome, Declined)
    if declined and await _halved(tx, attempts, batch):
        await attempts.close_batch(tx, batch.batch_id, BatchState.DECLINED)
        return
    state = AttemptState.FAILED if declined else AttemptState.UNKNOWN
    lost = await attempts.advance_intended(tx, batch.batch_id, state)
    await attempts.close_batch(tx, batch.batch_id, BatchState.DECLINED if declined else BatchState.UNKNOWN)
    await queue.finish(tx, [attempt.application_id for attempt in lost])
    for attempt in lost:
        tx.cancel(overdue_timer(attempt))
        if declined:
            tx.publish(_refused(attempt, outcome.reason))
        else:
            tx.publish(unknown_outcome(attempt, outcome.reason))


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


async def _record_placed(tx: Tx, attempts: Attempts, batch: Batch, result: dict[str, Any]) -> None:
    state = BatchState.WITHDRAWN if result == _NOBODY else BatchState.SUBMITTED
    await attempts.close_batch(tx, batch.batch_id, state, result.get("provider_batch_id"))
    for attempt in await attempts.advance_intended(tx, batch.batch_id, AttemptState.SUBMITTED):
        conversation_id = result.get("conversation_id")
        await attempts.bind(tx, attempt, conversation_id, result.get("call_sid"))
        tx.publish(placed(tx, attempt, conversation_id))


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
    )


def unknown_outcome(attempt: Attempt, reason: str) -> CallOutcomeUnknown:
    return CallOutcomeUnknown(
        candidate_id=attempt.candidate_id,
        application_id=attempt.application_id,
        call_id=attempt.call_id,
        attempt_number=attempt.attempt_number,
        reason=reason,
    )


def _refused(attempt: Attempt, reason: str) -> CallRefused:
    return CallRefused(
        candidate_id=attempt.candidate_id,
        application_id=attempt.application_id,
        code="declined_by_provider",
        message=reason,
    )


async def _postpone(
    tx: Tx, queue: Queue, attempts: Attempts, batch: Batch, policy: CallingPolicy, reason: str
) -> None:
    """The provider surely took none of it: the attempts are taken back, the calls wait, and why is said."""
    current = await attempts.batch(tx, batch.batch_id, lock=True)
    if current is None or current.state is not BatchState.PREPARED:
        return
    _log.warning("calls_not_taken", batch_id=str(batch.batch_id))
    pause = Deferred(tx.now + policy.provider_pause, Reason.PROVIDER_BUSY, reason)
    waiting = [planned.attempt for planned in await attempts.planned(tx, batch.batch_id)]
    await _take_back(tx, attempts, waiting)
    for attempt in waiting:
        await explain(tx, queue, attempt.application_id, attempt.candidate_id, pause)
    await attempts.close_batch(tx, batch.batch_id, BatchState.WITHDRAWN)
    look_at_queue(tx, batch.position_id)


async def _take_back(tx: Tx, attempts: Attempts, taken: Sequence[Attempt]) -> None:
    await attempts.withdraw(tx, [attempt.call_id for attempt in taken])
    for attempt in taken:
        tx.cancel(overdue_timer(attempt))
