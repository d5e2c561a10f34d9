"""Calls of which nothing was heard for too long: the provider is asked, instead of guessing or redialling."""

from __future__ import annotations

from dataclasses import replace

import structlog
from chassis import Begin, Handlers, Tx
from contracts.calling import CallOverdue

from calling.domain.attempts import NOT_REACHED, OPEN_TO_NEWS, UNKNOWN_AFTER, AttemptState
from calling.domain.news import CallNews
from calling.domain.reasons import Reason
from calling.handlers.calling_off import call_off, mind_failures, still_called_off
from calling.handlers.dialling import ask_after
from calling.handlers.freeing import look_again_after
from calling.handlers.placing import unknown_outcome
from calling.handlers.settling import Desk, settle
from calling.ports import (
    Attempt,
    Attempts,
    Batch,
    BatchForm,
    CallingPolicy,
    Gate,
    Out,
    Queue,
    Switchboard,
    Telephony,
    TelephonyUnavailable,
)

handlers = Handlers("calling")
_log = structlog.get_logger("calling")


@handlers.acts_on(CallOverdue)
async def ask_after_overdue_call(
    event: CallOverdue,
    begin: Begin,
    queue: Queue,
    attempts: Attempts,
    gate: Gate,
    board: Switchboard,
    telephony: Telephony,
    policy: CallingPolicy,
) -> None:
    """Settle by what the provider says; without news ask again later, after a day leave it to a person."""
    async with begin() as tx:
        attempt = await attempts.get(tx, event.call_id)
        batch = await attempts.batch(tx, attempt.batch_id) if attempt else None
    if attempt is None or batch is None or attempt.state not in OPEN_TO_NEWS:
        return
    try:
        news = await look_for_news(telephony, attempt, batch)
        if news is None and attempt.machine_heard:
            news = CallNews(AttemptState.VOICEMAIL, detail="a machine picked up")
    except TelephonyUnavailable as silent:
        _log.warning("call_not_looked_up", call_id=str(event.call_id), reason=str(silent))
        news = None
    async with begin() as tx:
        attempt = await attempts.get(tx, event.call_id, lock=True)
        if attempt is None or attempt.state not in OPEN_TO_NEWS:
            return
        undialled = news is not None and not news.dialled
        if undialled and news is not None and await still_called_off(tx, board, batch, news):
            news = None
        over = news is not None and (news.state in NOT_REACHED or news.state is AttemptState.COMPLETED)
        if news is not None and (over or attempt.state is not AttemptState.UNKNOWN):
            await settle(Desk(tx, queue, attempts, gate, board), attempt, news, last_word=True)
        if over or attempt.state is AttemptState.UNKNOWN:
            return
        waits_long = tx.now - attempt.created_at >= UNKNOWN_AFTER
        if not waits_long or (undialled and await _called_off_first(tx, board, batch)):
            ask_after(tx, attempt, tx.now + policy.overdue_after)
            return
        await attempts.move(tx, attempt.call_id, AttemptState.UNKNOWN)
        await queue.finish(tx, [attempt.application_id])
        tx.publish(unknown_outcome(attempt, "The provider gave no final news of the call within a day."))
        await look_again_after(tx, queue, [attempt])
        await mind_failures(tx, board, attempt.position_id)


async def _called_off_first(tx: Tx, board: Switchboard, batch: Batch) -> bool:
    """The provider has it and did not dial it yet. Given up as it is, it might ring after a person had it
    made anew: so it is called off before. False where that was wanted already."""
    if await board.recalls.asked(tx, batch.batch_id):
        return False
    out = Out(batch.batch_id, batch.position_id)
    call_off(tx, [out], Reason.PROVIDER_BUSY, "The provider had not dialled it after a day.")
    return True


async def look_for_news(telephony: Telephony, attempt: Attempt, batch: Batch) -> CallNews | None:
    """By conversation, else by batch, else by the application's conversations (providers.md 1.3, 1.5)."""
    if attempt.conversation_id and (told := await telephony.conversation(attempt.conversation_id)):
        return told
    line = None
    if batch.form is BatchForm.BATCH:
        known = batch.provider_batch_id or await telephony.find_batch(batch.batch_id, batch.created_at)
        line = await _from_batch(telephony, attempt, known) if known else None
    rings_unnamed = line is not None and line.dialled and line.state is AttemptState.IN_PROGRESS
    if line is not None and not (rings_unnamed and line.conversation_id is None):
        return line
    told = await telephony.find_call(attempt.call_id, str(attempt.application_id), attempt.created_at)
    return told or line


async def _from_batch(telephony: Telephony, attempt: Attempt, provider_batch_id: str) -> CallNews | None:
    """The recipient's line; its conversation, where it has one, knows more."""
    lines = await telephony.batch_news(provider_batch_id)
    line = next((one for one in lines if one.call_id == attempt.call_id), None) or next(
        (one for one in lines if one.call_id is None and one.to_number == attempt.to_number), None
    )
    if line is None or line.conversation_id is None:
        return line
    told = await telephony.conversation(line.conversation_id)
    if told is None or (told.state is AttemptState.IN_PROGRESS and line.state in NOT_REACHED):
        return line
    return replace(told, conversation_id=line.conversation_id)
