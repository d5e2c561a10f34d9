"""Messages in, whatever the channel, and what recruiters do with them (recruitflow.md 4.9, 12.8)."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from pydantic import Field

from contracts.base import Actor, BlobRef, Command, Event, Value
from contracts.messaging.messages import Channel


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


class ContactObjected(Event, name="messaging.contact.objected"):
    """Somebody wrote that they want no more of us; said for everybody who has this address or number.

    ``words`` are theirs. Messaging keeps to it at once; intake writes it down for every channel.
    """

    channel: Channel
    message_id: UUID
    words: str


class MessagesMarked(Event, name="messaging.message.marked"):
    """A recruiter read these, or wants them unread again. Of one conversation."""

    message_ids: list[UUID]
    read: bool
    actor: Actor


class ConversationDeleted(Event, name="messaging.conversation.deleted"):
    """What they wrote is not shown any more; what was sent to them stays. ``sender`` where nobody is
    known.
    """

    deletion_id: UUID
    sender: str | None = None
    message_ids: list[UUID]
    actor: Actor


class ConversationRestored(Event, name="messaging.conversation.restored"):
    deletion_id: UUID
    message_ids: list[UUID]
    actor: Actor


class SenderLinked(Event, name="messaging.sender.linked"):
    """A recruiter said whose address or number this is: what came from it, and will come, is theirs.

    ``application_id`` is their most recent open application.
    """

    link_id: UUID
    channel: Channel
    sender: str
    message_ids: list[UUID]
    actor: Actor


class SenderUnlinked(Event, name="messaging.sender.unlinked"):
    """The link was wrong: what came from there is nobody's again. ``candidate_id`` is whose it was."""

    link_id: UUID
    channel: Channel
    sender: str
    message_ids: list[UUID]
    actor: Actor


class Conversation(Value):
    """Of a candidate (under all their ids), or of a sender of whom nobody knows who it is: one of the two."""

    candidate_id: int | None = None
    sender: str | None = Field(default=None, max_length=320)


class MarkConversation(Command, name="messaging.mark_conversation"):
    """All of theirs up to ``up_to`` (None: all there is) counts as read. Answers ``{"marked": int}``."""

    conversation: Conversation
    up_to: UUID | None = None


class MarkMessages(Command, name="messaging.mark_messages"):
    """Answers ``{"marked": int}``; what is so already is left alone."""

    message_ids: list[UUID] = Field(min_length=1, max_length=500)
    read: bool


class DeleteConversation(Command, name="messaging.delete_conversation"):
    """What they wrote up to ``up_to`` (None: all there is). Answers ``{"deletion_id": str, "deleted": int}``;
    refused when there is nothing.
    """

    conversation: Conversation
    up_to: UUID | None = None


class RestoreConversation(Command, name="messaging.restore_conversation"):
    """Answers ``{"restored": int}``; within 30 days."""

    deletion_id: UUID


class LinkSender(Command, name="messaging.link_sender"):
    """Answers ``{"link_id": str, "linked": int, "objected": bool}``: whether they asked from there not to be
    contacted, which counts for the person from now on. Refused when the sender is somebody's already.
    """

    channel: Channel
    sender: str = Field(min_length=1, max_length=320)
    candidate_id: int


class UnlinkSender(Command, name="messaging.unlink_sender"):
    """Answers ``{"unlinked": int, "still_forbidden": bool}``: whether the person is still not to be contacted
    because of what was asked from there; only a recruiter lifts that.
    """

    link_id: UUID
