"""Messages out and in, and our access to the channels: the facts of messaging."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from contracts import Envelope
from contracts.messaging import (
    CandidateUnreachable,
    ChannelConnected,
    ChannelDisconnected,
    ChannelLost,
    ConversationDeleted,
    ConversationRestored,
    CvFollowedUp,
    CvRequested,
    CvRequestExpired,
    MessageComposed,
    MessageDelivered,
    MessageFailed,
    MessageHeld,
    MessageOutcomeUnknown,
    MessageRead,
    MessageReceived,
    MessageSent,
    MessageSettledByHand,
    MessagesMarked,
    MessageTakenBack,
    SenderLinked,
    SenderUnlinked,
)

from recruiter_ui.domain import tables as read
from recruiter_ui.domain.folding import Row
from recruiter_ui.projection.writers import Rows, activity, plain, timeline, writes

SentFact = (
    MessageComposed
    | MessageSent
    | MessageFailed
    | MessageOutcomeUnknown
    | MessageTakenBack
    | MessageSettledByHand
)


def _outbound(
    event: SentFact,
    envelope: Envelope,
    rank: int,
    delivery: str,
    note: str | None = None,
    sent_at: datetime | None = None,
) -> Row:
    """``rank`` orders what is said of one message: a provider may report a sent one as failed later."""
    return {
        "message_id": event.message_id,
        "inbound": False,
        "application_id": event.application_id,
        "candidate_id": event.candidate_id,
        "channel": event.channel.value,
        "message_type": event.message_type.value,
        "delivery_rank": rank,
        "delivery_at": envelope.time,
        "delivery_event": envelope.id,
        "delivery": delivery,
        "delivery_note": note,
        "sent_at": sent_at,
    }


def _named(event: SentFact) -> dict[str, Any]:
    return {"channel": event.channel.value, "type": event.message_type.value}


@writes(MessageComposed)
def compose(event: MessageComposed, envelope: Envelope) -> Rows:
    text = {
        "written_at": envelope.time,
        "written_event": envelope.id,
        "subject": event.subject,
        "body": event.body,
        "recipient": event.recipient,
        "reply_to": event.reply_to,
        "written_by": event.actor.name if event.actor else None,
    }
    held = _hold(event, envelope)
    yield read.MESSAGES, _outbound(event, envelope, 1, "composed") | text | held
    if event.actor is not None:
        yield from timeline(event, envelope, event.actor, **_named(event))


@writes(MessageHeld)
def hold_message(event: MessageHeld, envelope: Envelope) -> Rows:
    yield read.MESSAGES, _receipt(event) | _hold(event, envelope)


def _hold(event: MessageComposed | MessageHeld, envelope: Envelope) -> Row:
    return {
        "held_at": envelope.time,
        "held_event": envelope.id,
        "leaves_at": event.leaves_at,
        "held_because": event.held_because,
    }


@writes(MessageTakenBack)
def take_back_message(event: MessageTakenBack, envelope: Envelope) -> Rows:
    yield read.MESSAGES, _outbound(event, envelope, 5, "taken_back")
    yield from timeline(event, envelope, event.actor, **_named(event))


@writes(MessageSettledByHand)
def settle_message(event: MessageSettledByHand, envelope: Envelope) -> Rows:
    """Between what nobody knew and what the provider may still report."""
    said, at = ("sent", envelope.time) if event.sent else ("failed", None)
    note = "a recruiter looked: it arrived" if event.sent else "a recruiter looked: it never arrived"
    yield read.MESSAGES, _outbound(event, envelope, 3, said, note, at)
    yield from timeline(event, envelope, event.actor, **_named(event), sent=event.sent)


@writes(MessageOutcomeUnknown)
def lose_message(event: MessageOutcomeUnknown, envelope: Envelope) -> Rows:
    yield read.MESSAGES, _outbound(event, envelope, 2, "unknown", event.reason)
    yield from timeline(event, envelope, **_named(event), reason=event.reason)


@writes(MessageFailed)
def fail_message(event: MessageFailed, envelope: Envelope) -> Rows:
    yield read.MESSAGES, _outbound(event, envelope, 4, "failed", event.reason)
    yield from timeline(event, envelope, **_named(event), reason=event.reason)


@writes(MessageSent)
def send(event: MessageSent, envelope: Envelope) -> Rows:
    yield read.MESSAGES, _outbound(event, envelope, 3, "sent", sent_at=event.sent_at)
    yield from timeline(event, envelope, **_named(event))


@writes(MessageDelivered)
def deliver(event: MessageDelivered, envelope: Envelope) -> Rows:
    yield read.MESSAGES, _receipt(event) | {"delivered_at": event.delivered_at}
    yield from activity(event, envelope.time)


@writes(MessageRead)
def read_message(event: MessageRead, envelope: Envelope) -> Rows:
    yield read.MESSAGES, _receipt(event) | {"read_at": event.read_at}
    yield from activity(event, envelope.time)


def _receipt(event: MessageDelivered | MessageRead | MessageHeld) -> Row:
    return {
        "message_id": event.message_id,
        "inbound": False,
        "application_id": event.application_id,
        "candidate_id": event.candidate_id,
    }


@writes(MessageReceived)
def receive(event: MessageReceived, envelope: Envelope) -> Rows:
    yield (
        read.MESSAGES,
        {
            "message_id": event.message_id,
            "inbound": True,
            "application_id": event.application_id,
            "candidate_id": event.candidate_id,
            "channel": event.channel.value,
            "written_at": event.received_at,
            "written_event": envelope.id,
            "subject": event.subject,
            "body": event.body,
            "sender": event.sender,
            "sender_name": event.sender_name,
            "attachments": [attachment.model_dump(mode="json") for attachment in event.attachments],
            "body_ref": plain(event.body_ref),
        },
    )
    if event.application_id is not None:
        yield from timeline(event, envelope, channel=event.channel.value, files=len(event.attachments))


def _asked(event: CvRequested | CvFollowedUp, envelope: Envelope) -> Row:
    return {"application_id": event.application_id, "cv_asked_at": envelope.time}


@writes(CvRequested)
def ask_for_cv(event: CvRequested, envelope: Envelope) -> Rows:
    yield read.APPLICATIONS, _asked(event, envelope)


@writes(CvFollowedUp)
def follow_up(event: CvFollowedUp, envelope: Envelope) -> Rows:
    yield read.APPLICATIONS, _asked(event, envelope)


@writes(CvRequestExpired)
def give_up(event: CvRequestExpired, envelope: Envelope) -> Rows:
    yield from timeline(event, envelope)


@writes(CandidateUnreachable)
def lose_candidate(event: CandidateUnreachable, envelope: Envelope) -> Rows:
    yield from timeline(event, envelope, reason=event.reason)


def _each(event: MessagesMarked | ConversationDeleted | ConversationRestored, columns: Row) -> Rows:
    for message_id in event.message_ids:
        yield read.MESSAGES, {"message_id": message_id, "inbound": True} | columns


@writes(MessagesMarked)
def mark_messages(event: MessagesMarked, envelope: Envelope) -> Rows:
    stamp = {"marked_at": envelope.time, "marked_event": envelope.id}
    yield from _each(event, {**stamp, "is_read": event.read})


@writes(ConversationDeleted)
def delete_conversation(event: ConversationDeleted, envelope: Envelope) -> Rows:
    stamp = {"deletion_at": envelope.time, "deletion_event": envelope.id}
    yield from _each(event, {**stamp, "deletion_id": event.deletion_id, "deleted": True})


@writes(ConversationRestored)
def restore_conversation(event: ConversationRestored, envelope: Envelope) -> Rows:
    stamp = {"deletion_at": envelope.time, "deletion_event": envelope.id}
    yield from _each(event, {**stamp, "deletion_id": event.deletion_id, "deleted": False})


@writes(SenderLinked)
def link_sender(event: SenderLinked, envelope: Envelope) -> Rows:
    linked = {
        "inbound": True,
        "linked_at": envelope.time,
        "linked_event": envelope.id,
        "link_id": event.link_id,
        "linked_to": event.candidate_id,
        "linked_application_id": event.application_id,
    }
    for message_id in event.message_ids:
        yield read.MESSAGES, {"message_id": message_id} | linked
    yield from activity(event, envelope.time)


@writes(SenderUnlinked)
def unlink_sender(event: SenderUnlinked, envelope: Envelope) -> Rows:
    stamp = {"linked_at": envelope.time, "linked_event": envelope.id}
    for message_id in event.message_ids:
        yield read.MESSAGES, {"message_id": message_id, "inbound": True} | stamp


ConnectionFact = ChannelConnected | ChannelLost | ChannelDisconnected


def _connection(event: ConnectionFact, envelope: Envelope, state: str, **columns: Any) -> Row:
    return {
        "channel": event.channel.value,
        "said_at": envelope.time,
        "said_event": envelope.id,
        "state": state,
        **columns,
    }


@writes(ChannelConnected)
def connect_channel(event: ChannelConnected, envelope: Envelope) -> Rows:
    who = {"account": event.account, "said_by": event.actor.name}
    yield read.CONNECTIONS, _connection(event, envelope, "connected", **who)


@writes(ChannelLost)
def lose_channel(event: ChannelLost, envelope: Envelope) -> Rows:
    what = {"problem": event.problem, "what_to_do": event.what_to_do}
    yield read.CONNECTIONS, _connection(event, envelope, "lost", **what)


@writes(ChannelDisconnected)
def disconnect_channel(event: ChannelDisconnected, envelope: Envelope) -> Rows:
    yield read.CONNECTIONS, _connection(event, envelope, "ended", said_by=event.actor.name)
