"""What an import left behind, so that it can be taken back where nothing has happened since."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from chassis import Tx

from intake.domain.profiles import Profile
from intake.ports.candidates import Candidate


@dataclass(frozen=True, slots=True)
class ProfileChange:
    """How a person read before an import, and the revision it made; ``returned``: had been withdrawn."""

    candidate_id: int
    before: Profile
    revision: int
    returned: bool = False


@dataclass(frozen=True, slots=True)
class Brought:
    """An application that an import opened, with what could keep it from being taken back.

    ``untouched``: no transition since. ``created``: the person came with it. ``revision`` is the one that the
    import left. ``applies_elsewhere``: to another position, or under another id. ``came_live``: Meta
    announced the same lead, so that it would be here without the import.
    """

    application_id: int
    person: Candidate
    untouched: bool
    noted: bool
    created: bool
    revision: int
    has_aliases: bool
    applies_elsewhere: bool
    came_live: bool = False


class ImportTraces(Protocol):
    async def note(self, tx: Tx, import_id: UUID, changes: Sequence[ProfileChange]) -> None:
        """Remember how people read before; the first time of each import counts."""

    async def let_return(self, tx: Tx, candidate_ids: Sequence[int]) -> None:
        """These people are here again."""

    async def brought_back(self, tx: Tx, import_id: UUID, application_ids: Sequence[int]) -> None:
        """These applications are the import's from now on, as they stand."""

    async def applications_of(self, tx: Tx, import_id: UUID, after: int, limit: int) -> list[int]:
        """The next ones behind an id, in the order of their ids."""

    async def brought(self, tx: Tx, import_id: UUID, application_ids: Sequence[int]) -> list[Brought]:
        """In the order of their ids; the people are locked."""

    async def withdraw(self, tx: Tx, candidate_ids: Sequence[int]) -> None: ...

    async def changes_of(
        self, tx: Tx, import_id: UUID, after: int, limit: int
    ) -> list[tuple[ProfileChange, Candidate]]:
        """The next people behind an id whom the import had changed, as they are now; locked."""
