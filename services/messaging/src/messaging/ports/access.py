"""Our access to the channels: what it is, whether it works, and how a recruiter gives it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, Protocol
from uuid import UUID

from chassis import Tx

from messaging.domain.channel_state import By, ChannelState, Refusal
from messaging.domain.letters import Channel
from messaging.ports.trouble import Disconnected


class NeverConnected(Disconnected):
    """Nobody has given us access yet."""


@dataclass(frozen=True, slots=True)
class Grant:
    """A refresh token; ``mark`` tells it from others and says nothing about it."""

    mark: str
    refresh_token: str = field(repr=False)
    by: By = "environment"


class Access(Protocol):
    """Which access to use now."""

    async def grant(self) -> Grant:
        """Raises ``NeverConnected``, or ``Disconnected`` while it is known to be lost."""

    async def refused(self, grant: Grant, why: Refusal) -> None:
        """Google does not let us in with it; a person has to mend that."""


@dataclass(frozen=True, slots=True)
class SealedGrant:
    """As a recruiter gave it on the page, encrypted."""

    mark: str
    sealed: bytes = field(repr=False)
    account: str
    given_at: datetime


class Grants(Protocol):
    async def given(self, tx: Tx) -> SealedGrant | None: ...

    async def keep(self, tx: Tx, grant: SealedGrant) -> None: ...

    async def forget(self, tx: Tx) -> None: ...


@dataclass(frozen=True, slots=True)
class Flow:
    """A recruiter was sent to Google. ``sealed_verifier`` proves at the end that it is the same flow."""

    actor_id: str
    sealed_verifier: bytes = field(repr=False)
    expires_at: datetime


class Flows(Protocol):
    async def begin(self, tx: Tx, state: str, flow: Flow) -> None:
        """Only a digest of ``state`` is kept."""

    async def take(self, state: str) -> Flow | None:
        """Once, whatever becomes of the command that asks: in a transaction of its own."""


class Vault(Protocol):
    """Encryption of what must not be read from a copy of the database."""

    @property
    def usable(self) -> bool: ...

    def seal(self, secret: str) -> bytes: ...

    def open(self, sealed: bytes) -> str:
        """Raises ``CantOpen``."""

    def resealed(self, sealed: bytes) -> bytes | None:
        """With the newest key, where it is not; raises ``CantOpen``."""


class CantOpen(Exception):
    """None of the keys fits."""


class GoogleRefused(Exception):
    """``code`` for programs, the message for a recruiter."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True, slots=True)
class Begun:
    authorization_url: str
    state: str = field(repr=False)
    verifier: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Given:
    refresh_token: str = field(repr=False)
    account: str


class Google(Protocol):
    """The consent flow (OAuth 2 with PKCE)."""

    @property
    def ready(self) -> bool:
        """Whether the application's own id and secret are set."""

    async def begin(self, account: str | None) -> Begun:
        """``account`` is suggested to whoever chooses one."""

    async def finish(self, code: str, verifier: str) -> Given:
        """Raises ``GoogleRefused``, ``ProviderAway``."""

    async def revoke(self, refresh_token: str) -> None:
        """Raises ``ProviderAway``, ``GoogleRefused``."""


@dataclass(frozen=True, slots=True)
class Waiting:
    message_id: UUID
    candidate_id: int | None
    application_id: int | None


class Channels(Protocol):
    """What is known of each channel."""

    async def find(self, tx: Tx, channel: Channel) -> ChannelState | None:
        """Locked until the transaction ends."""

    async def keep(self, tx: Tx, channel: Channel, state: ChannelState) -> None: ...

    async def forget(self, tx: Tx, channel: Channel) -> None: ...

    async def offered_in_vain(self, tx: Tx, channel: Channel) -> Sequence[Waiting]:
        """Messages that the provider did not take yet."""


@dataclass(frozen=True, slots=True)
class Health:
    """Of WhatsApp. ``problem`` and ``what_to_do`` are for a recruiter."""

    state: Literal["connected", "lost", "away", "never"]
    account: str | None = None
    problem: str | None = None
    what_to_do: str | None = None
    mark: str = ""


class WhatsAppHealth(Protocol):
    async def health(self) -> Health: ...


@dataclass(frozen=True, slots=True)
class ConnectionRules:
    """What may be connected on the page, and what the environment brings."""

    environment_mark: str | None
    """Of the refresh token in the environment."""
