"""Templates of messages (recruitflow.md 4.11)."""

from __future__ import annotations

from datetime import datetime

from pydantic import Field

from contracts.base import Actor, Command, Event, Query, Value
from contracts.messaging.messages import Channel, MessageType

Language = str
"""Two letters, e.g. ``ro``."""


class MessageTemplateRevision(Value):
    """How a template read once. ``saved_by`` is None where nobody wrote it: it came with RecruitFlow."""

    revision: int
    subject: str
    body: str
    is_active: bool
    saved_at: datetime
    saved_by: str | None = None


class MessageTemplate(Value):
    """A template as it reads now; ``subject`` is for email only. ``seed_*``: the words it came with, if it
    did. ``revisions``, newest first, are for ``ShowMessageTemplate`` only.
    """

    template_id: int
    message_type: MessageType
    channel: Channel
    language: Language
    subject: str
    body: str
    is_active: bool
    revision: int
    updated_at: datetime
    updated_by: str | None = None
    seed_subject: str | None = None
    seed_body: str | None = None
    revisions: list[MessageTemplateRevision] = Field(default_factory=list)


class WordsWithoutTemplate(Value):
    """What is sent where no active template exists."""

    message_type: MessageType
    channel: Channel
    language: Language
    subject: str
    body: str


class ListMessageTemplates(Query, name="messaging.list_message_templates"):
    """Answers ``{"templates": [MessageTemplate], "fallbacks": [WordsWithoutTemplate]}``."""


class ShowMessageTemplate(Query, name="messaging.show_message_template"):
    """Answers ``{"template": MessageTemplate | None, "fallback": WordsWithoutTemplate}``; None: there is none
    in this language. Refused for what has no templates.
    """

    message_type: MessageType
    channel: Channel
    language: Language = Field(max_length=10)


class SaveMessageTemplate(Command, name="messaging.save_message_template"):
    """One template for each type, channel and language: a new one, or new words of the one there is.

    Answers ``{"template_id": int, "revision": int}``; what reads the same makes no revision. A ``subject`` is
    kept for email only. Refused for a placeholder that is not known, naming those that are, for a body
    without words or too long, and with ``saved_meanwhile`` when ``expected_revision`` is no longer the
    current one (0: none yet).
    """

    message_type: MessageType
    channel: Channel
    language: Language = Field(max_length=10)
    subject: str = Field(default="", max_length=2_000)
    body: str = Field(max_length=20_000)
    is_active: bool = True
    expected_revision: int | None = None


class PreviewMessage(Query, name="messaging.preview_message"):
    """How these words will read, for an application or (without) for a made-up person.

    Answers ``{"subject": str | None, "body": str, "language": str, "problems": [str],
    "sends_as": "template" | "fallback", "length": int, "limit": int | None, "in_conversation": bool}``:
    ``length`` is that of the body, ``limit`` what the channel takes; in a conversation an email keeps that
    one's subject. With empty ``body``: the words that would be sent, from the template or without one.
    """

    message_type: MessageType
    channel: Channel
    language: Language | None = Field(default=None, max_length=10)
    subject: str = Field(default="", max_length=2_000)
    body: str = Field(default="", max_length=20_000)
    application_id: int | None = None


class MessageTemplateSaved(Event, name="messaging.template.saved"):
    template_id: int
    message_type: MessageType
    channel: Channel
    language: Language
    is_active: bool
    revision: int
    actor: Actor
