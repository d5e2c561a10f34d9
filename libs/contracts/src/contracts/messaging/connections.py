"""Our access to the mailbox and to WhatsApp (recruitflow.md 11)."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import Field

from contracts.base import Actor, Command, Event, Query, Value
from contracts.messaging.messages import Channel


class Connection(Value):
    """``by`` says where the access comes from: given on the page, or set in the environment.

    ``waiting``: messages that wait for it. ``problem`` says what is wrong and what to do.
    """

    channel: Channel
    state: Literal["connected", "lost", "away", "never"]
    by: Literal["page", "environment"] | None = None
    account: str | None = None
    since: datetime | None = None
    checked_at: datetime | None = None
    waiting: int = 0
    problem: str | None = None
    may_connect: bool = False
    """Whether a recruiter can connect it on the page (the application's id and secret are set)."""


class ShowConnections(Query, name="messaging.show_connections"):
    """Answers ``{"connections": [Connection]}``."""


class StartGmailConnection(Command, name="messaging.start_gmail_connection"):
    """Begin OAuth with PKCE. Answers ``{"authorization_url": str}``; refused where no client id is set."""


class FinishGmailConnection(Command, name="messaging.finish_gmail_connection"):
    """Google sent the recruiter back with these. Answers ``{"account": str}``."""

    state: str = Field(min_length=1, max_length=500)
    code: str = Field(min_length=1, max_length=2_000)


class DisconnectGmail(Command, name="messaging.disconnect_gmail"):
    """Forget the access that was given on the page, and tell Google so."""


class ChannelConnected(Event, name="messaging.connection.made"):
    """Our access works (again). ``account`` is the mailbox's address or the number."""

    channel: Channel
    account: str | None = None
    actor: Actor


class ChannelLost(Event, name="messaging.connection.lost"):
    """Our access was revoked or refused: nothing leaves or arrives here until a person mends it."""

    channel: Channel
    problem: str
    what_to_do: str


class ChannelDisconnected(Event, name="messaging.connection.ended"):
    """A recruiter took it away, or nobody sets it in the environment any more."""

    channel: Channel
    actor: Actor
