"""What the handlers of intake need from outside their own code."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, Protocol, TypeAlias
from uuid import UUID

from chassis import Tx
from contracts import Actor, BlobRef
from contracts.intake import PositionDetails

from intake.domain.applications import Application
from intake.domain.lead_columns import Question
from intake.domain.lead_file import LeadChunk
from intake.domain.profiles import Profile


@dataclass(frozen=True, slots=True)
class Position:
    position_id: int
    revision: int
    details: PositionDetails


class Positions(Protocol):
    async def add(self, tx: Tx, details: PositionDetails) -> int:
        """Keep a new position as revision 1; answers its id."""

    async def get(self, tx: Tx, position_id: int) -> Position | None: ...

    async def lock(self, tx: Tx, position_id: int) -> Position | None:
        """The position, kept from change by anybody else until this transaction ends."""

    async def revise(self, tx: Tx, position: Position) -> None: ...


@dataclass(frozen=True, slots=True)
class Move:
    """An application before and after a happening, and who made it move."""

    before: Application
    then: Application
    actor: Actor
    reason: str
    cause_event_id: UUID | None


@dataclass(frozen=True, slots=True)
class Callable:
    """An application with what decides whether it may be called."""

    application: Application
    position_status: str
    phone: str | None


class Applications(Protocol):
    async def new_ids(self, tx: Tx, count: int) -> list[int]: ...

    async def add(self, tx: Tx, position_id: int, application_ids: Mapping[int, int]) -> None:
        """Open applications of new candidates under new ids (``application_ids``: by candidate id)."""

    async def open(self, tx: Tx, position_id: int, candidate_ids: Sequence[int]) -> dict[int, int]:
        """Open an application for each who has none yet; answers candidate id to new application id."""

    async def lock(self, tx: Tx, application_id: int) -> Application | None:
        """The application, kept from change by anybody else until this transaction ends."""

    async def lock_for_calling(self, tx: Tx, application_ids: Sequence[int]) -> list[Callable]:
        """Those that exist, locked, in the order of their ids."""

    async def save(self, tx: Tx, moves: Sequence[Move]) -> None:
        """Write the applications as they are then, and an audit row for each that changed its status."""


@dataclass(frozen=True, slots=True)
class Duplicate:
    """Two candidates that share something; ``candidate_id`` is the later one."""

    candidate_id: int
    other_candidate_id: int
    shared: list[Literal["phone", "email"]]


class Candidates(Protocol):
    async def with_lead_keys(self, tx: Tx, keys: Collection[str]) -> dict[str, tuple[int, Profile]]:
        """Those that have one of these lead ids. Whoever adds the same meanwhile, fails and tries again."""

    async def new_ids(self, tx: Tx, count: int) -> list[int]: ...

    async def add(self, tx: Tx, profiles: Mapping[int, Profile]) -> None:
        """Keep new candidates under their new ids."""

    async def revise(self, tx: Tx, profiles: Mapping[int, Profile]) -> None: ...

    async def note_duplicates(self, tx: Tx, candidate_ids: Sequence[int]) -> list[Duplicate]:
        """Pairs of one of these and an earlier known candidate with the same phone or email, once each."""


@dataclass(frozen=True, slots=True)
class Tally:
    """What an import has done so far. ``records`` is the last record that is committed."""

    records: int = 0
    rows: int = 0
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    opened: int = 0
    skipped: int = 0
    duplicates: int = 0
    refused: int = 0
    flagged: int = 0


@dataclass(frozen=True, slots=True)
class Notice:
    """A line of the file that needs a look: refused, or imported but flagged."""

    line: int
    reason: str
    refused: bool


@dataclass(frozen=True, slots=True)
class LeadsImport:
    import_id: UUID
    position_id: int
    file: BlobRef
    file_name: str
    actor: Actor
    tally: Tally = field(default_factory=Tally)
    finished_at: datetime | None = None
    refused_because: str | None = None


class Imports(Protocol):
    async def add(self, tx: Tx, leads_import: LeadsImport) -> None: ...

    async def lock(self, tx: Tx, import_id: UUID) -> LeadsImport | None:
        """The import, kept from change by anybody else until this transaction ends."""

    async def save(self, tx: Tx, leads_import: LeadsImport, notices: Sequence[Notice]) -> None:
        """Write how far it is, with the notices that are new."""

    async def notices(self, tx: Tx, import_id: UUID, *, refused: bool, limit: int) -> list[Notice]:
        """The first of them in the order of the file."""


LeadChunks: TypeAlias = AsyncGenerator[tuple[Sequence[Question], LeadChunk], None]
"""The questions of a file with its leads, some at a time."""


class LeadFiles(Protocol):
    """Lead files in the blob store."""

    def chunks(self, file: BlobRef, *, time_zone: str, size: int, after_record: int) -> LeadChunks:
        """The leads behind a record, some at a time.

        Raises ``HopelessFile`` before the first or not at all.
        """
