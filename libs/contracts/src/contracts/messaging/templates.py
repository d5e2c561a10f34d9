"""Templates of messages (recruitflow.md 4.11)."""

from __future__ import annotations

from datetime import datetime

from pydantic import Field

from contracts.base import Actor, Command, Event, Query, Value
from contracts.messaging.messages import Channel, MessageType

Language = str
"""Two letters, e.g. ``ro``."""


class MessageTemplate(Value):
    """A template as it reads now; ``subject`` is for email only. ``seed_*``: the words it came with, if it
    did.
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


class WordsWithoutTemplate(Value):
    """What is sent where no active template exists."""

    message_type: MessageType
    channel: Channel
    language: Language
    subject: str
    body: str


class ListMessageTemplates(Query, name="messaging.list_message_templates"):
    """Answers ``{"templates": [MessageTemplate], "fallbacks": [WordsWithoutTemplate]}``."""


class SaveMessageTemplate(Command, name="messaging.save_message_template"):
    """One template for each type, channel and language: a new one, or new words of the one there is.

    Answers ``{"template_id": int, "revision": int}``. Refused for a placeholder that is not known, naming
    those that are, for a body without words, and when ``expected_revision`` is no longer the current one
    (0: none yet).
    """

    message_type: MessageType
    channel: Channel
    language: Language = Field(max_length=10)
    subject: str = Field(default="", max_length=300)
    body: str = Field(min_length=1, max_length=4_000)
    is_active: bool = True
    expected_revision: int | None = None


class PreviewMessage(Query, name="messaging.preview_message"):
    """How these words will read, for an application or (without) for a made-up person.

    Answers ``{"subject": str | None, "body": str, "problems": [str], "sends_as": "template" |
    "fallback"}``. With empty ``body``: the words that would be sent, from the template or without one.
    """

    message_type: MessageType
    channel: Channel
    language: Language | None = Field(default=None, max_length=10)
    subject: str = Field(default="", max_length=300)
    body: str = Field(default="", max_length=4_000)
    application_id: int | None = None


class MessageTemplateSaved(Event, name="messaging.template.saved"):
    template_id: int
    message_type: MessageType
    channel: Channel
    language: Language
    is_active: bool
    revision: int
    actor: Actor
