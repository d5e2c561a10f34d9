"""News of a call, wherever it came from, settles its attempt once. Webhooks and look-ups share this."""

from __future__ import annotations

from dataclasses import dataclass

from chassis import Tx
from contracts.calling import CallCompleted, CallNotAnswered, NotAnswered, Turn

from calling.domain.attempts import (
    LIVE,
    NOT_REACHED,
    OPEN_TO_NEWS,
    AttemptState,
)
from calling.domain.machines import weighed
from calling.domain.news import CallNews
from calling.domain.transcript import SpokenTurn, as_text, within_limit
from calling.handlers.calling_off import mind_failures
from calling.handlers.dialling import ask_after, overdue_timer
from calling.handlers.freeing import look_again_after, look_at_queue
from calling.handlers.placing import placed
from calling.handlers.recording import recording_due
from calling.handlers.retrying import Next, next_try
from calling.ports import Attempt, Attempts, Gate, Queue, Switchboard


@dataclass(frozen=True, slots=True)
class Desk:
    """What settling works with."""

    tx: Tx
    queue: Queue
    attempts: Attempts
    gate: Gate
    board: Switchboard


def is_the_end(news: CallNews) -> bool:
    """By a webhook's word alone; one that was held and came without its transcript is asked after."""
    held = news.state is AttemptState.COMPLETED and news.turns is not None
    return held or news.state in NOT_REACHED


async def settle(desk: Desk, attempt: Attempt, news: CallNews, *, last_word: bool) -> None:
    """The attempt's row must be locked. A second piece of news, or late news of a settled call, is dropped.

    An attempt that was given up as unknown has left the queue already; what stands there now is of a later
    round, which a recruiter asked for, and is not touched.

    ``last_word``: the provider was asked, so a transcript that is missing now will stay missing; a webhook
    without one is followed by asking.
    """
    if attempt.state not in OPEN_TO_NEWS:
        return
    if attempt.machine_heard:
        news = weighed(news, last_word=last_word)
    await desk.attempts.bind(desk.tx, attempt, news.conversation_id, news.call_sid)
    if attempt.state is AttemptState.INTENDED:
        # The webhook overtook the answer to our request: the call was placed before it ended.
        desk.tx.publish(placed(desk.tx, attempt, news.conversation_id))
    if news.state in NOT_REACHED:
        await _not_reached(desk, attempt, news)
    elif news.state is AttemptState.COMPLETED and (news.turns is not None or last_word):
        await _completed(desk, attempt, news)
    else:
        if attempt.state in LIVE:
            await desk.attempts.move(desk.tx, attempt.call_id, AttemptState.IN_PROGRESS)
        if news.state is AttemptState.COMPLETED:
            ask_after(desk.tx, attempt, desk.tx.now)


async def _completed(desk: Desk, attempt: Attempt, news: CallNews) -> None:
    tx = desk.tx
    await desk.attempts.move(tx, attempt.call_id, AttemptState.COMPLETED, news)
    if attempt.state in LIVE:
        await desk.queue.finish(tx, [attempt.application_id])
    tx.cancel(overdue_timer(attempt))
    turns = news.turns or ()
    if turns:
        await desk.attempts.keep_transcript(
            tx, attempt.call_id, as_text(turns), [_stored(one) for one in turns]
        )
    told = within_limit(turns)
    tx.publish(
        CallCompleted(
            candidate_id=attempt.candidate_id,
            application_id=attempt.application_id,
            call_id=attempt.call_id,
            attempt_number=attempt.attempt_number,
            conversation_id=attempt.conversation_id or news.conversation_id,
            transcript=as_text(told) or None,
            turns=[Turn(role=one.role, text=one.text, at_seconds=one.at_seconds) for one in told],
            summary=news.summary,
            summary_title=news.summary_title,
            duration_seconds=news.duration_seconds,
            placed_at=attempt.placed_at or news.started_at or tx.now,
            ended_at=news.ended_at or tx.now,
        )
    )
    if attempt.recorded:
        tx.publish(recording_due(attempt))
    await look_again_after(tx, desk.queue, [attempt])


async def _not_reached(desk: Desk, attempt: Attempt, news: CallNews) -> None:
    tx = desk.tx
    await desk.attempts.move(tx, attempt.call_id, news.state, news)
    tx.cancel(overdue_timer(attempt))
    following = Next(None)
    if attempt.state in LIVE and await desk.attempts.may_retry(tx, attempt.application_id):
        following = await next_try(tx, desk.queue, desk.gate, attempt, news.state)
    if following.at is not None:
        await desk.queue.again(tx, attempt.application_id, following.at)
        look_at_queue(tx, attempt.position_id)
    elif attempt.state in LIVE:
        await desk.queue.finish(tx, [attempt.application_id])
    tx.publish(
        CallNotAnswered(
            candidate_id=attempt.candidate_id,
            application_id=attempt.application_id,
            call_id=attempt.call_id,
            attempt_number=attempt.attempt_number,
            outcome=NotAnswered(news.state.value),
            detail=news.detail,
            retry_at=following.at,
            given_up_because=following.because,
        )
    )
    await look_again_after(tx, desk.queue, [attempt])
    if news.state is AttemptState.FAILED:
        await mind_failures(tx, desk.board, attempt.position_id)


def _stored(turn: SpokenTurn) -> dict[str, str | int]:
    return {"role": turn.role, "text": turn.text, "at_seconds": turn.at_seconds}
