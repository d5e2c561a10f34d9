"""What messaging says: messages out and in, by email and WhatsApp."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from pydantic import Field

from contracts.base import BlobRef, Event, Value


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


class MessageComposed(Event, name="messaging.message.composed"):
    """A message is written down and may now be sent, once."""

    candidate_id: int
    application_id: int
    message_id: UUID
    channel: Channel
    message_type: MessageType
    subject: str | None = None
    body: str


class MessageSendDue(Event, name="messaging.message.send_due"):
    """A timer: the provider did not take the message; it is offered again."""

    candidate_id: int
    application_id: int
    message_id: UUID


class MessageSent(Event, name="messaging.message.sent"):
    candidate_id: int
    application_id: int
    message_id: UUID
    channel: Channel
    message_type: MessageType
    external_id: str | None
    sent_at: datetime


class MessageFailed(Event, name="messaging.message.failed"):
    """The provider refused the message, or its number or address is unusable."""

    candidate_id: int
    application_id: int
    message_id: UUID
    channel: Channel
    message_type: MessageType
    reason: str


class MessageOutcomeUnknown(Event, name="messaging.message.outcome_unknown"):
    """The provider's answer was lost and it can't be looked up: never resent, a person decides."""

    candidate_id: int
    application_id: int
    message_id: UUID
    channel: Channel
    message_type: MessageType
    reason: str


class MessageDelivered(Event, name="messaging.message.delivered"):
    candidate_id: int
    application_id: int
    message_id: UUID
    delivered_at: datetime


class MessageRead(Event, name="messaging.message.read"):
    candidate_id: int
    application_id: int
    message_id: UUID
    read_at: datetime


class CvRequested(Event, name="messaging.cv_request.sent"):
    """The candidate was asked for a CV on at least one channel; ``for_later`` when they were not a fit."""

    candidate_id: int
    application_id: int
    channels: list[Channel]
    for_later: bool


class CvFollowedUp(Event, name="messaging.cv_request.followed_up"):
    """Follow-up 1 or 2 went out on at least one channel."""

    candidate_id: int
    application_id: int
    number: int = Field(ge=1, le=2)
    channels: list[Channel]


class CvRequestExpired(Event, name="messaging.cv_request.expired"):
    """Two follow-ups went unanswered for the position's interval."""

    candidate_id: int
    application_id: int


class CandidateUnreachable(Event, name="messaging.cv_request.unreachable"):
    """No channel is left on which the candidate can be asked for a CV."""

    candidate_id: int
    application_id: int
    reason: str


class FollowUpDue(Event, name="messaging.cv_request.follow_up_due"):
    """A timer: the interval after a CV request or follow-up has passed. ``number`` 3 means give up."""

    candidate_id: int
    application_id: int
    number: int = Field(ge=1, le=3)


class Attachment(Value):
    file: BlobRef
    file_name: str
    content_type: str


class MessageReceived(Event, name="messaging.message.received"):
    """A message of a person reached us, whatever the channel. Ids are None where the sender is unknown.

    A very long ``body`` is cut; ``body_ref`` then holds the whole text.
    """

    message_id: UUID
    channel: Channel
    sender: str
    sender_name: str | None = None
    subject: str | None = None
    body: str = ""
    body_ref: BlobRef | None = None
    attachments: list[Attachment] = Field(default_factory=list)
    external_id: str
    received_at: datetime


class WhatsAppMediaAnnounced(Event, name="messaging.whatsapp.media_announced"):
    """A WhatsApp message carries a file that has to be fetched from the provider."""

    message_id: UUID


class WhatsAppMediaDue(Event, name="messaging.whatsapp.media_due"):
    """A timer: the provider did not hand out the file; it is asked again."""

    message_id: UUID
