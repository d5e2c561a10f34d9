"""Messages out, and what carries them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol
from uuid import UUID

from chassis import Tx
from chassis.effects import Sighting

from messaging.domain.cv_requests import Fate, MessageStatus
from messaging.domain.letters import Channel, MessageType
from messaging.domain.whapi_inbox import Media, Report


@dataclass(frozen=True, slots=True)
class Letter:
    """One message as it is sent. ``recipient`` is an address or an E.164 number."""

    message_id: UUID
    application_id: int
    candidate_id: int
    channel: Channel
    message_type: MessageType
    recipient: str
    subject: str | None
    body: str
    composed_at: datetime
    round: int = 1
    tries: int = 0


@dataclass(frozen=True, slots=True)
class Opening:
    """``round`` is None when this was asked before; ``fates`` then says what became of it, once settled."""

    round: int | None
    fates: Sequence[Fate] = ()


@dataclass(frozen=True, slots=True)
class Reported:
    """A message after a provider's report on it."""

    message_id: UUID
    application_id: int
    candidate_id: int
    channel: Channel
    message_type: MessageType
    round: int
    status: MessageStatus


class Messages(Protocol):
    """Messages out. One per application, type, channel and round, whatever is asked for how often."""

    async def open_request(self, tx: Tx, application_id: int, message_type: MessageType) -> Opening:
        """Begin to ask, unless this was asked already; one that certainly reached nobody is asked anew."""

    async def add(self, tx: Tx, letter: Letter) -> None: ...

    async def to_send(self, tx: Tx, message_id: UUID) -> Letter | None:
        """None when it is settled."""

    async def known_to_provider(self, tx: Tx, letter: Letter) -> set[str]:
        """The provider's ids of our other messages to the same recipient."""

    async def sent(self, tx: Tx, message_id: UUID, external_id: str | None, sent_at: datetime) -> bool:
        """Settle it; False when it is settled already."""

    async def not_sent(self, tx: Tx, message_id: UUID, status: MessageStatus, reason: str) -> bool:
        """Settle it as failed or unknown; False when it is settled already."""

    async def count_try(self, tx: Tx, message_id: UUID) -> None: ...

    async def lock_request(self, tx: Tx, letter: Letter) -> list[Fate] | None:
        """What became of all messages of this letter's request; None when the request is settled."""

    async def settle_request(
        self, tx: Tx, application_id: int, message_type: MessageType, round: int
    ) -> None: ...

    async def fates(self, tx: Tx, reported: Reported) -> list[Fate] | None:
        """What became of all messages of its request; None while that is not settled."""

    async def keep_report(self, tx: Tx, report: Report, at: datetime) -> Reported | None:
        """Apply a report that says something new. One on an id not known yet is kept until the id is."""

    async def reports_waiting(self, tx: Tx, external_id: str) -> list[Report]:
        """Take out what was reported before the id was known, oldest first."""


class Carrier(Protocol):
    async def send(self, letter: Letter) -> str | None:
        """Send it, once, and answer the provider's id.

        Raises ``ProviderDeclined`` or ``NotAccepted`` where that is certain; anything else means: not known.
        """

    async def look_up(self, letter: Letter, others: Collection[str]) -> Sighting:
        """Whether it was sent; ``Found`` carries ``external_id``. ``others`` are ids of other messages."""


class WhatsApp(Carrier, Protocol):
    async def fetch(self, media: Media, limit: int) -> bytes:
        """The file; raises ``FileGone``, ``FileTooLarge`` or ``ProviderAway``."""


class Mail(Carrier, Protocol):
    """Email out."""


@dataclass(frozen=True, slots=True)
class SendingRules:
    """``grace_seconds`` (real time): so long a message without an answer may still go out.

    ``connection_patience``: so long a message waits for a connection that only a person can bring back.
    """

    grace_seconds: float
    connection_patience: timedelta = timedelta(hours=4)
