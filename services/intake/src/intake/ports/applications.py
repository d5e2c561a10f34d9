"""Applications and their moves, as the handlers need them kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from chassis import Tx
from contracts import Actor

from intake.domain.applications import Application
from intake.domain.status_machine import Status


@dataclass(frozen=True, slots=True)
class Move:
    """An application before and after a happening, and who made it move.

    ``by_hand``: a recruiter set the status and can take it back; ``undoes`` is what it takes back.
    """

    before: Application
    then: Application
    actor: Actor
    reason: str
    cause_event_id: UUID | None
    by_hand: bool = False
    undoes: int | None = None


@dataclass(frozen=True, slots=True)
class Callable:
    """An application with what decides whether it may be called."""

    application: Application
    position_status: str
    phone: str | None
    forbidden: bool = False
    """The person asked not to be called."""
    prompted: bool = True
    """The position says how the call is to be held, and what it begins with."""


@dataclass(frozen=True, slots=True)
class LastChange:
    """The latest row of the audit trail of an application."""

    sequence: int
    current: Status
    reason: str
    actor_name: str | None


@dataclass(frozen=True, slots=True)
class Note:
    """What a recruiter wrote beside an application."""

    note_id: UUID
    application_id: int
    text: str
    actor: Actor
    at: datetime


class Applications(Protocol):
    async def new_ids(self, tx: Tx, count: int) -> list[int]: ...

    async def add(
        self, tx: Tx, position_id: int, application_ids: Mapping[int, int], *, import_id: UUID | None = None
    ) -> None:
        """Open applications of new candidates under new ids (``application_ids``: by candidate id)."""

    async def open(
        self, tx: Tx, position_id: int, candidate_ids: Sequence[int], *, import_id: UUID | None = None
    ) -> dict[int, int]:
        """Open an application for each who has none yet; answers candidate id to new application id."""

    async def lock(self, tx: Tx, application_id: int) -> Application | None:
        """The application, kept from change by anybody else until this transaction ends."""

    async def lock_many(self, tx: Tx, application_ids: Sequence[int]) -> list[Application]:
        """Those that exist, locked, in the order of their ids."""

    async def last_change(self, tx: Tx, application_id: int) -> LastChange | None:
        """None while it has never moved."""

    async def add_note(self, tx: Tx, note: Note) -> None: ...

    async def lock_for_calling(self, tx: Tx, application_ids: Sequence[int]) -> list[Callable]:
        """Those that exist, locked, in the order of their ids."""

    async def save(self, tx: Tx, moves: Sequence[Move]) -> None:
        """Write the applications as they are after their last move, and an audit row for each transition."""
