"""Messages out, and what carries them."""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol
from uuid import UUID

from chassis import Tx
from chassis.effects import Sighting

from messaging.domain.cv_requests import Fate, MessageStatus
from messaging.domain.holding import Held, HoldingRules
from messaging.domain.letters import Channel, MessageType
from messaging.domain.threads import Thread
from messaging.domain.whapi_inbox import Media, Report


@dataclass(frozen=True, slots=True)
class Letter:
    """One message as it is sent. ``recipient`` is an address or an E.164 number.

    ``candidate_id`` is None where nobody knows whose that is, ``application_id`` where it is about none;
    ``round`` is of a request, and None for a recruiter's own words. ``thread_id``: the provider's
    conversation that it belongs to.
    """

    message_id: UUID
    application_id: int | None
    candidate_id: int | None
    channel: Channel
    message_type: MessageType
    recipient: str
    subject: str | None
    body: str
    composed_at: datetime
    round: int | None = 1
    tries: int = 0
    by_recruiter: bool = False
    language: str | None = None
    reply_to: UUID | None = None
    thread_id: str | None = None
    leaves_at: datetime | None = None
    held_because: Held | None = None
    claims: int = 0
    """How often it was about to leave when this was read."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What became of everything of one type that was ever written for an application.

    ``open``: some of it is not settled. ``rounds``: how often it was asked for.
    """

    open: bool
    fates: Sequence[Fate] = ()
    rounds: int = 0


@dataclass(frozen=True, slots=True)
class Kept:
    """A message as it stands. ``leaving_at``: since when it is on its way to the provider, if it is."""

    letter: Letter
    status: MessageStatus
    leaving_at: datetime | None
    sent_at: datetime | None


@dataclass(frozen=True, slots=True)
class Reported:
    """A message after a provider's report on it."""

    message_id: UUID
    application_id: int | None
    candidate_id: int | None
    channel: Channel
    message_type: MessageType
    round: int | None
    status: MessageStatus


@dataclass(frozen=True, slots=True)
class Answered:
    """A message of theirs: where it came from, and in which conversation."""

    channel: Channel
    sender: str
    thread: Thread | None


class Messages(Protocol):
    """Messages out. One per application, type, channel and round, whatever is asked for how often."""

    async def asked(self, tx: Tx, application_id: int, message_type: MessageType) -> Asked:
        """Locked until the transaction ends, as far as there is anything."""

    async def open_round(
        self, tx: Tx, application_id: int, message_type: MessageType, asked: Asked
    ) -> int | None:
        """Begin to ask, after what was ``asked``; None when somebody else has begun since."""

    async def add(self, tx: Tx, letter: Letter) -> None: ...

    async def to_send(self, tx: Tx, message_id: UUID) -> Letter | None:
        """None when it is settled."""

    async def claim(self, tx: Tx, letter: Letter) -> int | None:
        """It leaves now, to where the letter says, and can't be taken back any more.

        None when it was, is settled otherwise, or somebody else has claimed it since the letter was read.

        Answers the number by which ``release`` knows whose leaving came to nothing.
        """

    async def release(self, tx: Tx, message_id: UUID, claim: int) -> None:
        """It certainly did not leave: it may be taken back again. Somebody else's claim stays."""

    async def hold(self, tx: Tx, message_id: UUID, leaves_at: datetime, because: Held) -> None:
        """It leaves at another moment, and may be taken back until then: certainly nothing has left."""

    async def find(self, tx: Tx, message_id: UUID) -> Kept | None:
        """Locked until the transaction ends."""

    async def take_back(self, tx: Tx, message_id: UUID) -> None:
        """For one that was found waiting in this transaction."""

    async def settle_unknown(self, tx: Tx, message_id: UUID, sent_at: datetime | None, note: str) -> None:
        """For one that was found unknown in this transaction. ``sent_at`` None: it never left."""

    async def mail_thread(
        self, tx: Tx, address: str, application_id: int | None, candidate_ids: Sequence[int]
    ) -> Thread | None:
        """The conversation of the last email to or from this address: about the application, else of the
        person, else of whoever has it."""

    async def answered(self, tx: Tx, message_id: UUID) -> Answered | None:
        """What of theirs is answered; None for an id of no message in."""

    async def wrote_from(self, tx: Tx, channel: Channel, sender_key: str) -> str | None:
        """The sender as last written; None when nothing ever came from there."""

    async def known_to_provider(self, tx: Tx, letter: Letter) -> set[str]:
        """The provider's ids of our other messages to the same recipient."""

    async def sent(
        self,
        tx: Tx,
        message_id: UUID,
        external_id: str | None,
        sent_at: datetime,
        thread_id: str | None = None,
    ) -> bool:
        """Settle it; False when it is settled already."""

    async def not_sent(self, tx: Tx, message_id: UUID, status: MessageStatus, reason: str) -> bool:
        """Settle it as failed or unknown; False when it is settled already."""

    async def count_try(self, tx: Tx, message_id: UUID) -> None: ...

    async def lock_request(self, tx: Tx, letter: Letter) -> list[Fate] | None:
        """What became of all messages of this letter's request; None when it is settled, or of none.

        Everything of its type is locked.
        """

    async def settle_request(
        self, tx: Tx, application_id: int, message_type: MessageType, round: int
    ) -> None: ...

    async def fates(self, tx: Tx, reported: Reported) -> list[Fate] | None:
        """What became of all messages of its request; None while that is not settled."""

    async def keep_report(self, tx: Tx, report: Report, at: datetime) -> Reported | None:
        """Apply a report that says something new. One on an id not known yet is kept until the id is."""

    async def reports_waiting(self, tx: Tx, external_id: str) -> list[Report]:
        """Take out what was reported before the id was known, oldest first."""


@dataclass(frozen=True, slots=True)
class Taken:
    """What a provider said as it took a message."""

    external_id: str | None
    thread_id: str | None = None


class Carrier(Protocol):
    async def send(self, letter: Letter, before: float = math.inf) -> Taken:
        """Send it, once, and answer what the provider calls it.

        It does not begin to leave after ``before`` (of the monotonic clock): somebody else may be at it then.
        Raises ``ProviderDeclined`` or ``NotAccepted`` where that is certain; anything else means: not known.
        """

    async def look_up(self, letter: Letter, others: Collection[str]) -> Sighting:
        """Whether it was sent; ``Found`` carries ``external_id`` (and ``thread_id``, where there is one).

        ``others`` are ids of other messages.
        """


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
    holding: HoldingRules = field(default_factory=HoldingRules)
