"""What the handlers of messaging need from the outside."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol
from uuid import UUID

from chassis import Tx
from chassis.effects import NotAccepted, Sighting
from chassis.retries import TryLater

from messaging.domain.cv_requests import Fate, MessageStatus
from messaging.domain.emails import Email
from messaging.domain.letters import Channel, MessageType, Template
from messaging.domain.people import Writer
from messaging.domain.whapi_inbox import Media, Report


class NotYetKnown(TryLater):
    """The replica has not seen this application yet: come back later."""

    def __init__(self, application_id: int) -> None:
        super().__init__(f"application {application_id} has not reached messaging yet")
        self.application_id = application_id


@dataclass(frozen=True, slots=True)
class Position:
    position_id: int
    revision: int
    title: str
    language: str
    follow_up_interval_hours: int
    closed: bool = False


@dataclass(frozen=True, slots=True)
class Person:
    """``email`` is folded; the numbers are E.164."""

    candidate_id: int
    first_name: str
    email: str | None
    phone: str | None
    whatsapp_number: str | None
    language: str


@dataclass(frozen=True, slots=True)
class Standing:
    """An application as messaging knows it, with what is needed to write to its candidate."""

    application_id: int
    candidate_id: int
    status: str
    cv_known: bool
    first_name: str
    email: str | None
    phone: str | None
    languages: Sequence[str]
    title: str
    follow_up_interval: timedelta
    forbidden: frozenset[Channel] = frozenset()
    """On what the candidate asked not to be contacted."""
    position_closed: bool = False


class Pipeline(Protocol):
    """The replica of other contexts' facts: positions, candidates, where applications stand."""

    async def position_reads(self, tx: Tx, position: Position) -> None:
        """Keep the newest revision; an older one changes nothing."""

    async def person_reads(self, tx: Tx, person: Person) -> None: ...

    async def application_opened(
        self, tx: Tx, application_id: int, candidate_id: int, position_id: int
    ) -> None:
        """Opened twice changes nothing."""

    async def application_stands(self, tx: Tx, application_id: int, status: str, sequence: int) -> bool:
        """False when a later status is known already. Raises ``NotYetKnown``."""

    async def outcome_confirmed(self, tx: Tx, application_id: int, status: str, sequence: int) -> bool:
        """False unless this is the outcome that waits to be confirmed. Raises ``NotYetKnown``."""

    async def cv_arrived(self, tx: Tx, application_id: int) -> None: ...

    async def standing(self, tx: Tx, application_id: int) -> Standing:
        """Raises ``NotYetKnown``."""

    async def contact_forbidden(
        self, tx: Tx, candidate_id: int, channel: Channel, *, forbidden: bool
    ) -> None:
        """They asked not to be contacted there, or may be again. It may be heard of before the person is."""

    async def merge_kept(self, tx: Tx, merge_id: UUID, kept_id: int, merged_id: int, *, undone: bool) -> None:
        """Two ids are one person, or not any more. A merge and its undoing may come in either order."""

    async def person_read(self, tx: Tx, before: Person) -> None:
        """How somebody could be reached before a merge goes on counting, until they read so again."""

    async def reads_as_before(self, tx: Tx, person: Person) -> None:
        """The merge is undone: of how they read before, what others replaced goes on counting."""

    async def writers_by_email(self, tx: Tx, folded: str) -> list[Writer]:
        """People, each once and by the id that was kept, with the open application of any of their ids."""

    async def writers_by_phone(self, tx: Tx, e164: str) -> list[Writer]: ...


class Templates(Protocol):
    async def find(
        self, tx: Tx, message_type: MessageType, channel: Channel, languages: Sequence[str]
    ) -> Template | None:
        """The active template in the first of these languages that has one."""


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


class FileGone(Exception):
    """The provider does not have the file (any more)."""


class FileTooLarge(Exception):
    def __init__(self, limit: int) -> None:
        super().__init__(f"the file is larger than {limit // 2**20} MB")


class ProviderAway(Exception):
    """The provider can't answer now; asking later may help. ``problem`` holds no personal data."""

    def __init__(self, problem: str) -> None:
        super().__init__(problem)
        self.problem = problem


class Disconnected(ProviderAway):
    """Our access was revoked or never given: a person has to connect the account again."""


class NotConnected(NotAccepted):
    """Raised by ``send``: our access is gone; nothing is sent until a person connects the account again."""


class Inbox(Protocol):
    """The mailbox that candidates write to."""

    async def waiting(self) -> list[str]:
        """Ids of the messages not marked as processed. Raises ``ProviderAway``."""

    async def read(self, external_id: str) -> Email: ...

    async def mark_processed(self, external_id: str) -> None: ...


@dataclass(frozen=True, slots=True)
class Inbound:
    """A message of a person, on its way in. ``media`` is what still has to be fetched."""

    message_id: UUID
    channel: Channel
    external_id: str
    sender: str
    sender_name: str | None
    writer: Writer | None
    subject: str | None
    body: str
    received_at: datetime
    media: Media | None = None
    tries: int = 0


class Inbounds(Protocol):
    """Messages in, kept once per provider's id."""

    async def add(self, tx: Tx, inbound: Inbound, attachments: Sequence[dict[str, Any]] = ()) -> bool:
        """False when it is known already. One with ``media`` is open until its file is fetched."""

    async def knows(self, tx: Tx, channel: Channel, external_id: str) -> bool: ...

    async def to_fetch(self, tx: Tx, message_id: UUID) -> Inbound | None:
        """None when its file was fetched or given up."""

    async def count_try(self, tx: Tx, message_id: UUID) -> None: ...

    async def fetched(
        self, tx: Tx, message_id: UUID, attachments: list[dict[str, Any]], problem: str | None
    ) -> bool:
        """Settle it; False when it is settled already."""


@dataclass(frozen=True, slots=True)
class SendingRules:
    """``grace_seconds`` (real time): so long a message without an answer may still go out.

    ``connection_patience``: so long a message waits for a connection that only a person can bring back.
    """

    grace_seconds: float
    connection_patience: timedelta = timedelta(hours=4)
