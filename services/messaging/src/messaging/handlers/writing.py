"""A recruiter's own words to a person: to a candidate, or to whoever wrote from somewhere."""

from __future__ import annotations

from dataclasses import dataclass, replace

from chassis import Handlers, Tx
from contracts import Accepted, Refused
from contracts.messaging import WriteMessage
from contracts.references import reference
from people import fold_email

from messaging.domain.by_hand import LONGEST, NAMES
from messaging.domain.conversations import sender_key
from messaging.domain.letters import Channel, MessageType
from messaging.domain.threads import Thread, agree
from messaging.handlers.arrivals import find_writer
from messaging.handlers.composing import in_thread, write_down
from messaging.ports import (
    Answered,
    Letter,
    Messages,
    Objections,
    Pipeline,
    SendingRules,
)

handlers = Handlers("messaging")


@dataclass(frozen=True, slots=True)
class _Goal:
    """Where the words go. ``ids``: all of the person's, none where nobody knows who it is."""

    address: str
    candidate_id: int | None = None
    ids: tuple[int, ...] = ()
    language: str | None = None


@handlers.answers(WriteMessage)
async def write_message(
    command: WriteMessage,
    tx: Tx,
    pipeline: Pipeline,
    messages: Messages,
    objections: Objections,
    rules: SendingRules,
) -> Accepted | Refused:
    """Leaves after a moment in which it can be taken back, also at night: the page says what time it is."""
    channel = Channel(command.channel.value)
    if refused := _unfit(command, channel):
        return refused
    answered = await messages.answered(tx, command.reply_to) if command.reply_to else None
    goal = (
        await _candidate(command, channel, answered, tx, pipeline)
        if command.candidate_id is not None
        else await _sender(command.sender or "", channel, tx, pipeline, messages, objections)
    )
    if isinstance(goal, Refused):
        return goal
    letter = Letter(
        message_id=tx.new_id(),
        application_id=command.application_id,
        candidate_id=goal.candidate_id,
        channel=channel,
        message_type=MessageType.OTHER,
        recipient=goal.address,
        subject=None,
        body=command.body.strip(),
        composed_at=tx.now,
        round=None,
        by_recruiter=True,
        language=goal.language,
        reply_to=command.reply_to,
    )
    if channel is Channel.EMAIL:
        thread = answered.thread if answered and fold_email(answered.sender) == goal.address else None
        thread = thread or await messages.mail_thread(tx, goal.address, command.application_id, goal.ids)
        addressed = _with_subject(letter, command.subject, thread)
        if isinstance(addressed, Refused):
            return addressed
        letter = addressed
    letter = await write_down(tx, letter, messages, (), rules.holding, command.actor)
    leaves_at = letter.leaves_at or tx.now
    return Accepted(result={"message_id": str(letter.message_id), "leaves_at": leaves_at.isoformat()})


def _unfit(command: WriteMessage, channel: Channel) -> Refused | None:
    if (command.candidate_id is None) is (command.sender is None):
        return Refused(
            code="nobody", message="Say to whom it goes: a candidate, or who wrote from somewhere."
        )
    text = command.body.strip()
    if not text:
        return Refused(code="empty", message="Write something first.")
    if len(text) > LONGEST[channel]:
        most = f"{len(text):,} characters, {LONGEST[channel]:,} at most"
        return Refused(code="too_long", message=f"That is too long for {NAMES[channel]}: {most}.")
    return None


async def _candidate(
    command: WriteMessage, channel: Channel, answered: Answered | None, tx: Tx, pipeline: Pipeline
) -> _Goal | Refused:
    """An answer goes where they wrote from, anything else to the address or number that counts."""
    assert command.candidate_id is not None
    person = await pipeline.addressee(tx, command.candidate_id)
    if person is None:
        return Refused(code="not_found", message="There is no such candidate (yet): try again in a moment.")
    if command.application_id is not None:
        owner = await pipeline.candidate_of(tx, command.application_id)
        if owner not in person.ids:
            return Refused(code="of_another", message="That application is somebody else's.")
    if channel in person.forbidden:
        return Refused(
            code="forbidden", message=f"They asked not to be contacted by {NAMES[channel]}: nothing is sent."
        )
    address = person.email if channel is Channel.EMAIL else person.phone
    if answered is not None and answered.channel is channel:
        writer = await find_writer(tx, channel, answered.sender, pipeline)
        if writer is not None and writer.candidate_id in person.ids:
            address = fold_email(answered.sender) if channel is Channel.EMAIL else answered.sender
    if not address:
        missing = "email address" if channel is Channel.EMAIL else "phone number"
        return Refused(code="no_channel", message=f"There is no {missing} of theirs.")
    return _Goal(address, person.candidate_id, tuple(person.ids), person.language)


async def _sender(
    sender: str,
    channel: Channel,
    tx: Tx,
    pipeline: Pipeline,
    messages: Messages,
    objections: Objections,
) -> _Goal | Refused:
    wrote = await messages.wrote_from(tx, channel, sender_key(sender))
    if wrote is None:
        return Refused(code="not_found", message=f"Nobody has written from there by {NAMES[channel]}.")
    if await find_writer(tx, channel, wrote, pipeline) is not None:
        return Refused(
            code="known_already", message="It is known by now who that is: write to the candidate."
        )
    address = fold_email(wrote) if channel is Channel.EMAIL else wrote
    if await objections.stands_against(tx, address):
        return Refused(code="forbidden", message="They asked not to be contacted: nothing is sent.")
    return _Goal(address)


def _with_subject(letter: Letter, subject: str | None, thread: Thread | None) -> Letter | Refused:
    """In the conversation there is, unless it was given a subject of its own."""
    own = " ".join((subject or "").split())
    if thread is not None and (not own or agree(own, thread.subject)):
        joined = in_thread(letter, thread)
        if joined.thread_id is not None:
            return joined
    if not own:
        return Refused(code="no_subject", message="Give the email a subject: there is no conversation yet.")
    if letter.application_id is not None and reference(letter.application_id) not in own:
        own = f"{own} [{reference(letter.application_id)}]"
    return replace(letter, subject=own)
