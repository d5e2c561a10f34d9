"""What a recruiter does with a message that has not left, or of which nobody knows whether it has.

Taking back and leaving want the same row, which is locked here and by whoever sends it: one of them wins.
"""

from __future__ import annotations

from typing import Any

from chassis import Handlers, Tx
from contracts import Accepted, Refused
from contracts import messaging as said
from contracts.messaging import (
    MessageHeld,
    MessageSettledByHand,
    MessageTakenBack,
    SendHeldMessage,
    SettleMessage,
    TakeBackMessage,
)

from messaging.domain.cv_requests import MessageStatus, outcome_of
from messaging.domain.holding import leaving
from messaging.handlers.composing import send_due, send_key
from messaging.handlers.outcomes import announce_outcome, settle_when_done
from messaging.ports import Kept, Letter, Messages, Pipeline, SendingRules

handlers = Handlers("messaging")

_UNKNOWN = Refused(code="not_found", message="There is no such message (yet): try again in a moment.")
_LEFT = Refused(code="has_left", message="It has left already.")
_LEAVING = Refused(code="has_left", message="It is leaving at this moment.")
_TAKEN_BACK = Refused(code="taken_back", message="It was taken back already.")


@handlers.answers(TakeBackMessage)
async def take_back_message(
    command: TakeBackMessage, tx: Tx, messages: Messages, pipeline: Pipeline
) -> Accepted | Refused:
    kept = await messages.find(tx, command.message_id)
    if kept is None:
        return _UNKNOWN
    if refused := _gone(kept):
        return refused
    letter = kept.letter
    await messages.take_back(tx, letter.message_id)
    tx.cancel(send_key(letter))
    tx.publish(MessageTakenBack(**_about(letter), actor=command.actor))
    await settle_when_done(tx, letter, messages, pipeline)
    return Accepted(result={"subject": letter.subject, "body": letter.body})


@handlers.answers(SendHeldMessage)
async def send_held_message(
    command: SendHeldMessage, tx: Tx, messages: Messages, pipeline: Pipeline, rules: SendingRules
) -> Accepted | Refused:
    """Nobody wants to take it back any more; at night it waits all the same."""
    kept = await messages.find(tx, command.message_id)
    if kept is None:
        return _UNKNOWN
    if refused := _gone(kept):
        return refused
    letter = kept.letter
    if letter.leaves_at is None or letter.leaves_at <= tx.now:
        return _LEAVING
    if letter.held_because == "quiet_hours":
        return Refused(code="quiet_hours", message="It is night where they live: it leaves in the morning.")
    zones = (await pipeline.standing(tx, letter.application_id)).zones if letter.application_id else ()
    when = leaving(letter.message_type, tx.now, zones, rules.holding, by_recruiter=True, waits=False)
    leaves_at = when.at or tx.now
    await messages.hold(tx, letter.message_id, leaves_at, when.because or "undo")
    tx.cancel(send_key(letter))
    if when.at is None:
        tx.publish(send_due(letter))
    else:
        tx.publish(send_due(letter), at=when.at, key=send_key(letter))
    tx.publish(
        MessageHeld(
            candidate_id=letter.candidate_id,
            application_id=letter.application_id,
            message_id=letter.message_id,
            leaves_at=leaves_at,
            held_because=when.because or "undo",
        )
    )
    return Accepted(result={"leaves_at": leaves_at.isoformat()})


@handlers.answers(SettleMessage)
async def settle_message(
    command: SettleMessage, tx: Tx, messages: Messages, pipeline: Pipeline
) -> Accepted | Refused:
    """Not sent: one like it may be sent by hand. Sent after all: the pipeline learns what it missed."""
    kept = await messages.find(tx, command.message_id)
    if kept is None:
        return _UNKNOWN
    if kept.status is not MessageStatus.UNKNOWN:
        return Refused(code="settled", message="It is known by now what became of it.")
    letter = kept.letter
    sent_at = (kept.leaving_at or tx.now) if command.sent else None
    note = (
        f"{command.actor.name or 'a recruiter'} looked: it {'arrived' if command.sent else 'never arrived'}"
    )
    await messages.settle_unknown(tx, letter.message_id, sent_at, note)
    tx.publish(MessageSettledByHand(**_about(letter), sent=command.sent, actor=command.actor))
    if command.sent and letter.application_id is not None and letter.round is not None:
        await _make_up_for(tx, letter.application_id, letter, messages, pipeline)
    return Accepted(result={})


async def _make_up_for(
    tx: Tx, application_id: int, letter: Letter, messages: Messages, pipeline: Pipeline
) -> None:
    """The request was settled without it; where nothing else was sent, nothing else has said so."""
    asked = await messages.asked(tx, application_id, letter.message_type)
    outcome = None if asked.open else outcome_of(asked.fates)
    if outcome is not None and outcome.sent_on == [letter.channel]:
        standing = await pipeline.standing(tx, application_id)
        announce_outcome(tx, standing, letter.message_type, outcome, tx.now)


def _gone(kept: Kept) -> Refused | None:
    if kept.status is MessageStatus.TAKEN_BACK:
        return _TAKEN_BACK
    if kept.status is not MessageStatus.PENDING:
        return _LEFT
    return _LEAVING if kept.leaving_at is not None else None


def _about(letter: Letter) -> dict[str, Any]:
    return {
        "candidate_id": letter.candidate_id,
        "application_id": letter.application_id,
        "message_id": letter.message_id,
        "channel": said.Channel(letter.channel.value),
        "message_type": said.MessageType(letter.message_type.value),
    }
