"""The mailbox that candidates write to, how far it is read, and what could not be read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from chassis import Tx

from messaging.domain.cv_requests import MessageStatus
from messaging.domain.emails import Email
from messaging.ports.trouble import ProviderAway


class Stumbled(ProviderAway):
    """One request failed in a way that says little about the next one: a server error, a lost answer."""


class EmailGone(Exception):
    """Somebody deleted it meanwhile."""


class HistoryGone(Exception):
    """The cursor is older than what Gmail remembers: everything has to be listed again."""


@dataclass(frozen=True, slots=True)
class Account:
    """``history_id`` is where the mailbox stands: what comes later has a higher one."""

    address: str
    history_id: int


@dataclass(frozen=True, slots=True)
class Outline:
    """What is known of an email without its content."""

    sender: str
    subject: str
    received_at: datetime | None


class Inbox(Protocol):
    """Every method raises ``ProviderAway``; ``Stumbled`` where the next email may do better."""

    async def account(self) -> Account: ...

    async def waiting(self) -> list[str]:
        """Ids of all that has our label and is not marked as processed, the oldest first."""

    async def since(self, history_id: int) -> list[str]:
        """Ids of what came in, or was given our label, after that. Raises ``HistoryGone``."""

    async def read(self, external_id: str) -> Email:
        """Raises ``EmailGone``; anything else that is no ``ProviderAway`` is the email's own fault."""

    async def outline(self, external_id: str) -> Outline: ...

    async def raw(self, external_id: str) -> bytes: ...

    async def mark_processed(self, external_id: str) -> None:
        """Raises ``EmailGone``."""


@dataclass(frozen=True, slots=True)
class Cursor:
    """Everything up to ``history_id`` is taken, or written down as troubled."""

    history_id: int
    listed_at: datetime


@dataclass(frozen=True, slots=True)
class Troubled:
    """An email that could not be taken yet."""

    external_id: str
    tries: int
    since: datetime


class MailboxBook(Protocol):
    async def cursor(self, tx: Tx, address: str) -> Cursor | None: ...

    async def read_up_to(self, tx: Tx, account: Account, listed_at: datetime | None) -> None:
        """Never backwards. ``listed_at``: everything was listed then."""

    async def troubled(self, tx: Tx) -> Sequence[Troubled]:
        """Those that were tried least come first."""

    async def note_trouble(self, tx: Tx, external_id: str, problem: str) -> Troubled:
        """One more try; answers how many there were."""

    async def no_trouble(self, tx: Tx, external_id: str) -> None: ...


@dataclass(frozen=True, slots=True)
class SentEmail:
    """``external_id`` is None while nobody knows what Gmail calls it."""

    message_id: UUID
    external_id: str | None
    status: MessageStatus


class SentMail(Protocol):
    async def find(
        self, tx: Tx, message_ids: Sequence[UUID], thread_id: str | None, recipient: str | None
    ) -> SentEmail | None:
        """By our own key, else the last one of that thread to that address."""
