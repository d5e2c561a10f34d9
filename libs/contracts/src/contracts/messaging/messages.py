"""Messages out: by email and WhatsApp, each sent once (recruitflow.md 4.6)."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Literal
from uuid import UUID

from pydantic import Field

from contracts.base import Actor, Command, Event


class Channel(StrEnum):
    EMAIL = "email"
    WHATSAPP = "whatsapp"


class MessageType(StrEnum):
    CV_REQUEST = "cv_request"
    CV_REQUEST_REJECTED = "cv_request_rejected"
    CV_FOLLOWUP_1 = "cv_followup_1"
    CV_FOLLOWUP_2 = "cv_followup_2"
    REJECTION = "rejection"
    OTHER = "other"


Held = Literal["undo", "quiet_hours"]
"""Why a message waits before it leaves: somebody may still take it back, or it is night where they live."""


class MessageComposed(Event, name="messaging.message.composed"):
    """A message is written down and will be sent, once.

    ``leaves_at``: not before then, and it may be taken back until then; None: at once. ``application_id``
    is None where it is about none, ``candidate_id`` where nobody knows whose address or number it goes to.
    ``actor`` is the recruiter who wrote it or had it sent; None: the pipeline. ``reply_to`` is a message
    of theirs.
    """

    message_id: UUID
    channel: Channel
    message_type: MessageType
    subject: str | None = None
    body: str
    recipient: str | None = None
    language: str | None = None
    leaves_at: datetime | None = None
    held_because: Held | None = None
    actor: Actor | None = None
    reply_to: UUID | None = None


class MessageSendDue(Event, name="messaging.message.send_due"):
    """A timer: a message that was held may leave, or one that the provider did not take is offered again."""

    message_id: UUID


class MessageSent(Event, name="messaging.message.sent"):
    message_id: UUID
    channel: Channel
    message_type: MessageType
    external_id: str | None
    sent_at: datetime


class MessageFailed(Event, name="messaging.message.failed"):
    """The provider refused the message, or its number or address is unusable."""

    message_id: UUID
    channel: Channel
    message_type: MessageType
    reason: str


class MessageHeld(Event, name="messaging.message.held"):
    """When it leaves is another moment now: it has to wait for the morning, or for nothing any more."""

    message_id: UUID
    leaves_at: datetime
    held_because: Held


class MessageTakenBack(Event, name="messaging.message.taken_back"):
    """It was held, and will not be sent."""

    message_id: UUID
    channel: Channel
    message_type: MessageType
    actor: Actor


class MessageSettledByHand(Event, name="messaging.message.settled_by_hand"):
    """Nobody could say whether it was sent; a recruiter looked."""

    message_id: UUID
    channel: Channel
    message_type: MessageType
    sent: bool
    actor: Actor


class MessageOutcomeUnknown(Event, name="messaging.message.outcome_unknown"):
    """The provider's answer was lost and it can't be looked up: never resent, a person decides."""

    message_id: UUID
    channel: Channel
    message_type: MessageType
    reason: str


class MessageDelivered(Event, name="messaging.message.delivered"):
    message_id: UUID
    delivered_at: datetime


class MessageRead(Event, name="messaging.message.read"):
    message_id: UUID
    read_at: datetime


class WriteMessage(Command, name="messaging.write_message"):
    """A recruiter's own words to a candidate, or (with ``sender``) to whoever wrote from there.

    Leaves after a moment in which it can be taken back. Answers ``{"message_id": str, "leaves_at": str}``.
    Refused where there is no such channel, it may not be used, or the text is empty or too long for it.
    """

    candidate_id: int | None = None
    sender: str | None = Field(default=None, max_length=320)
    application_id: int | None = None
    channel: Channel
    subject: str | None = Field(default=None, max_length=500)
    body: str = Field(min_length=1, max_length=20_000)
    reply_to: UUID | None = None


class SendTemplate(Command, name="messaging.send_template"):
    """A recruiter has a message of this type sent now: a reminder before its time, a rejection.

    On the ``channels`` named, or on those the pipeline would choose. Answers ``{"message_ids": [str],
    "leaves_at": str}``. Refused when this was sent already, or is not what the application's status calls
    for; the message says so.
    """

    application_id: int
    message_type: MessageType
    channels: list[Channel] = Field(default_factory=list, max_length=2)


class TakeBackMessage(Command, name="messaging.take_back_message"):
    """It is not sent. Answers ``{"subject": str | None, "body": str}``; refused when it has left."""

    message_id: UUID


class SendHeldMessage(Command, name="messaging.send_held_message"):
    """It need not wait for its undo time; quiet hours stay."""

    message_id: UUID


class SettleMessage(Command, name="messaging.settle_message"):
    """A recruiter looked whether a message of unknown outcome arrived. Not sent: it may be sent again by
    hand.
    """

    message_id: UUID
    sent: bool
