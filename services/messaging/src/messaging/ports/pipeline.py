"""The replica of other contexts' facts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol
from uuid import UUID

from chassis import Tx
from chassis.retries import TryLater

from messaging.domain.letters import Channel
from messaging.domain.people import Writer


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
    time_zone: str = "Europe/Bucharest"


@dataclass(frozen=True, slots=True)
class Person:
    """``email`` is folded; the numbers are E.164."""

    candidate_id: int
    first_name: str
    email: str | None
    phone: str | None
    whatsapp_number: str | None
    language: str
    time_zone: str | None = None


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
    zones: Sequence[str] = ()
    """Where the candidate may be; several where their number does not say."""
    position_zone: str = "Europe/Bucharest"


@dataclass(frozen=True, slots=True)
class Addressee:
    """A person, by the id that was kept and all others of theirs, with how to reach them."""

    candidate_id: int
    ids: Sequence[int]
    email: str | None
    phone: str | None
    language: str
    forbidden: frozenset[Channel] = frozenset()


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

    async def cv_gone(self, tx: Tx, application_id: int) -> None:
        """None of the CVs that had come is theirs: as if none had come. Raises ``NotYetKnown``."""

    async def standing(self, tx: Tx, application_id: int) -> Standing:
        """Raises ``NotYetKnown``."""

    async def addressee(self, tx: Tx, candidate_id: int) -> Addressee | None:
        """By any of their ids; None for somebody who has not reached messaging."""

    async def candidate_of(self, tx: Tx, application_id: int) -> int | None: ...

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

    async def linked_writer(self, tx: Tx, sender: str) -> Writer | None:
        """Whose this sender is by a recruiter's word; that stays so until the transaction ends."""
