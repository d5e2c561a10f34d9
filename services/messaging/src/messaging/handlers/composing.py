"""Writing a message down: once, with the moment at which it leaves. Nothing is sent here.

One that waits has a timer (``MessageSendDue`` under the key of the message); one that does not is sent by
whoever hears of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from chassis import Tx
from contracts import Actor
from contracts import messaging as said
from contracts.messaging import MessageComposed, MessageSendDue

from messaging.domain.holding import HoldingRules, leaving
from messaging.domain.letters import Channel, MessageType
from messaging.domain.threads import Thread, answering
from messaging.handlers.wording import in_conversation, words_for
from messaging.ports import Letter, Messages, Standing, Templates


def send_key(letter: Letter) -> str:
    return f"message:{letter.message_id}"


async def compose_on(
    tx: Tx,
    channels: Sequence[Channel],
    standing: Standing,
    message_type: MessageType,
    round: int,
    messages: Messages,
    templates: Templates,
    rules: HoldingRules,
    actor: Actor | None = None,
) -> list[Letter]:
    """One on each of the channels, by its template. ``actor``: the recruiter who has it sent."""
    letters = []
    for channel in channels:
        wording = await words_for(tx, templates, standing, message_type, channel)
        words, thread_id = wording.words, None
        if channel is Channel.EMAIL:
            words, thread_id = await in_conversation(tx, messages, standing, words)
        recipient = standing.email if channel is Channel.EMAIL else standing.phone
        assert recipient is not None  # only channels are chosen that have one
        letter = Letter(
            message_id=tx.new_id(),
            application_id=standing.application_id,
            candidate_id=standing.candidate_id,
            channel=channel,
            message_type=message_type,
            recipient=recipient,
            subject=words.subject,
            body=words.body,
            composed_at=tx.now,
            round=round,
            by_recruiter=actor is not None,
            language=wording.language,
            thread_id=thread_id,
        )
        letters.append(await write_down(tx, letter, messages, standing.zones, rules, actor))
    return letters


def in_thread(letter: Letter, thread: Thread | None) -> Letter:
    """It takes the subject of the conversation."""
    if thread is None or not thread.subject.strip():
        return letter
    return replace(letter, subject=answering(thread.subject), thread_id=thread.thread_id)


async def write_down(
    tx: Tx,
    letter: Letter,
    messages: Messages,
    zones: Sequence[str],
    rules: HoldingRules,
    actor: Actor | None,
) -> Letter:
    """As it was written down, with the moment at which it leaves."""
    when = leaving(letter.message_type, tx.now, zones, rules, by_recruiter=letter.by_recruiter)
    letter = replace(letter, leaves_at=when.at, held_because=when.because)
    await messages.add(tx, letter)
    tx.publish(
        MessageComposed(
            candidate_id=letter.candidate_id,
            application_id=letter.application_id,
            message_id=letter.message_id,
            channel=said.Channel(letter.channel.value),
            message_type=said.MessageType(letter.message_type.value),
            subject=letter.subject,
            body=letter.body,
            recipient=letter.recipient,
            language=letter.language,
            leaves_at=letter.leaves_at,
            held_because=letter.held_because,
            actor=actor,
            reply_to=letter.reply_to,
        )
    )
    if letter.leaves_at is not None:
        tx.publish(send_due(letter), at=letter.leaves_at, key=send_key(letter))
    return letter


def send_due(letter: Letter) -> MessageSendDue:
    return MessageSendDue(
        candidate_id=letter.candidate_id, application_id=letter.application_id, message_id=letter.message_id
    )
