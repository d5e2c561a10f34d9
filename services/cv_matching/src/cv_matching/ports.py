"""What the handlers need from elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Literal, Protocol
from uuid import UUID

from chassis import Tx
from contracts import BlobRef
from contracts.cv_matching import CvMatched, CvSource, FileReading, MatchMethod
from contracts.intake import ApplicationStatus
from contracts.messaging import Channel

from cv_matching.domain.contents import Extracted
from cv_matching.domain.kinds import Kind
from cv_matching.domain.verdicts import Person


class ItemState(StrEnum):
    WAITING = "waiting"
    MATCHED = "matched"
    UNMATCHED = "unmatched"
    ASSIGNED = "assigned"
    DISCARDED = "discarded"


@dataclass(frozen=True, slots=True)
class Item:
    """One attachment of one received message, and what became of it."""

    item_id: UUID
    message_id: UUID
    position: int
    """Which attachment of the message, from 0."""
    channel: Channel
    sender: str
    sender_name: str | None
    subject: str | None
    body: str
    file: BlobRef
    file_name: str
    received_at: datetime
    state: ItemState = ItemState.WAITING
    tries: int = 0
    """How often the model could not be asked."""
    reading: FileReading | None = None
    """What was found when the file was opened; None until then."""
    settled_before: bool = False
    """Something was said of it once; where it waits again, a recruiter has it among the unmatched."""


@dataclass(frozen=True, slots=True)
class Cv:
    """A file attached to an application."""

    cv_id: UUID
    item_id: UUID
    candidate_id: int
    application_id: int
    method: MatchMethod
    source: CvSource
    file: BlobRef
    file_name: str
    needs_review: bool
    received_at: datetime


@dataclass(frozen=True, slots=True)
class CandidateCard:
    """What is kept of a candidate: folded names, and addresses and numbers in their comparable form."""

    candidate_id: int
    name: str
    emails: tuple[str, ...]
    phones: tuple[str, ...]
    as_of: datetime


@dataclass(frozen=True, slots=True)
class ApplicationCard:
    candidate_id: int
    application_id: int
    status: ApplicationStatus


@dataclass(frozen=True, slots=True)
class SenderLink:
    """A recruiter said whose address or number this is; ``value`` in its comparable form."""

    link_id: UUID
    candidate_id: int
    kind: Literal["email", "phone"]
    value: str


class Merges(Protocol):
    """Which ids are one person. A merge and its undoing may come in either order, and more than once."""

    async def merged(self, tx: Tx, merge_id: UUID, kept_id: int, merged_id: int) -> None: ...

    async def unmerged(self, tx: Tx, merge_id: UUID, kept_id: int, merged_id: int) -> None: ...


class Directory(Protocol):
    """Our replica of intake's candidates and applications.

    Whoever is looked for is answered once, by the id that was kept, under whichever id they are found.
    """

    async def keep_candidate(self, tx: Tx, card: CandidateCard) -> None:
        """Replace what is known of a candidate, unless something newer is."""

    async def keep_former_contacts(self, tx: Tx, before: CandidateCard) -> None:
        """How a candidate could be reached before a merge goes on counting, until they are again."""

    async def forget_former_contacts(self, tx: Tx, again: CandidateCard) -> None:
        """The merge is undone, and they are reached so again; what an earlier merge replaced stays."""

    async def keep_application(self, tx: Tx, application: ApplicationCard, sequence: int) -> None:
        """Replace an application's status, unless a later transition is known."""

    async def application(self, tx: Tx, application_id: int) -> ApplicationCard | None: ...

    async def keep_link(self, tx: Tx, link: SenderLink) -> None:
        """From now on the address or number is known as theirs, whatever their profile says."""

    async def forget_link(self, tx: Tx, link_id: UUID) -> None: ...

    async def with_email(self, tx: Tx, email: str) -> tuple[int, ...]: ...

    async def with_phone(self, tx: Tx, *phones: str) -> tuple[int, ...]:
        """Who has one of these numbers: one number may be written in several ways."""

    async def of_applications(self, tx: Tx, application_ids: Sequence[int]) -> tuple[int, ...]:
        """The people behind these applications, without repeats."""

    async def people(self, tx: Tx, candidate_ids: Sequence[int]) -> tuple[Person, ...]:
        """What is known of them under all their ids, in the order asked for; unknown ids are left out."""

    async def named_like(self, tx: Tx, name: str) -> tuple[Person, ...]:
        """Everybody whose name is alike enough to be meant, waiting or not, the nearest first; at most 20."""

    async def open_applications(self, tx: Tx, candidate_id: int) -> tuple[ApplicationCard, ...]:
        """The person's applications that are not closed, under whichever id, oldest first."""


class Items(Protocol):
    async def add(self, tx: Tx, item: Item) -> bool:
        """False when this attachment of this message is known already."""

    async def get(self, tx: Tx, item_id: UUID) -> Item | None:
        """The item, locked until the transaction ends."""

    async def settle(self, tx: Tx, item_id: UUID, state: ItemState, explanation: str) -> None: ...

    async def tell(self, tx: Tx, item_id: UUID, explanation: str) -> None:
        """What a recruiter is told of it while it waits."""

    async def wait_again(self, tx: Tx, message_ids: Sequence[UUID]) -> list[UUID]:
        """The files of these messages that nobody could be named for wait to be matched anew; by their ids.

        Whoever is at one of them just now comes to their end first.
        """

    async def count_try(self, tx: Tx, item_id: UUID) -> None: ...

    async def keep_reading(self, tx: Tx, item_id: UUID, reading: FileReading) -> None: ...


class Cvs(Protocol):
    async def add(self, tx: Tx, cv: Cv) -> tuple[UUID, int] | None:
        """Under which id and as which CV of the application, from 1; None where the item is attached to it.

        One that was taken from it comes back under the id and number it had. Until the transaction ends
        nobody else gives this application a CV, or takes one away.
        """

    async def keep_said(self, tx: Tx, said: CvMatched) -> None:
        """What was said of it, to be said again when it comes back."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What opening a file gave.

    ``text`` holds the first pages, for the model; None with a ``note`` that says why there is none.
    """

    text: str | None
    note: str | None = None
    pages: int | None = None
    """All there are; None where the file does not say."""
    truncated: bool = False
    """There is more text on the pages that were read than is kept."""
    hidden_text: bool | None = None
    """Words that nobody sees: white, tiny, outside the page. None where that was not looked at."""


class Documents(Protocol):
    async def read(self, body: bytes, kind: Kind) -> Reading:
        """Never raises for what is in the file: a hostile one costs itself only."""


class ModelUnavailable(Exception):
    """The model could not be asked now; the same question may be answered later."""


class ModelDeclined(Exception):
    """The model will not answer this question, however often it is asked."""


class CvReading(Protocol):
    async def contact_data(self, text: str) -> Extracted:
        """Whose CV a text is. Raises ``ModelUnavailable`` or ``ModelDeclined``."""
