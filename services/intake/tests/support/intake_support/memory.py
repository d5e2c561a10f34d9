"""The ports of intake in memory; they keep what the tables keep, and the same promises."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Literal
from uuid import UUID

from chassis import Tx
from contracts.intake import PositionDetails
from intake.domain.applications import Application, has_moved
from intake.domain.contact import ContactChannel
from intake.domain.evaluations import Evaluation
from intake.domain.profiles import Profile
from intake.domain.status_machine import ClosedBecause, Status
from intake.ports import (
    Ban,
    Callable,
    Candidate,
    LastChange,
    LeadsImport,
    Move,
    Note,
    Notice,
    Position,
)

NEVER = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True)
class Audit:
    application_id: int
    sequence: int
    previous: Status
    current: Status
    actor_kind: str
    reason: str
    cause_event_id: UUID | None
    at: datetime
    by_hand: bool
    undoes: int | None
    actor_name: str | None = None


@dataclass
class Shelf:
    """Every table in one place, since some ports look at each other's."""

    positions: dict[int, Position] = field(default_factory=dict)
    candidates: dict[int, Profile] = field(default_factory=dict)
    applications: dict[int, Application] = field(default_factory=dict)
    audit: list[Audit] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    revisions: dict[int, int] = field(default_factory=dict)
    merged_into: dict[int, int] = field(default_factory=dict)
    withdrawn: dict[int, datetime] = field(default_factory=dict)
    wishes: dict[tuple[int, ContactChannel], tuple[Ban, datetime | None]] = field(default_factory=dict)
    """With the moment in which they were lifted."""
    pairs: dict[tuple[int, int], set[str]] = field(default_factory=dict)
    imports: dict[UUID, LeadsImport] = field(default_factory=dict)
    brought: dict[int, tuple[UUID, int]] = field(default_factory=dict)
    """Applications with the import that opened them, and at which of their transitions."""
    notices: list[tuple[UUID, Notice]] = field(default_factory=list)
    evaluations: dict[UUID, Evaluation] = field(default_factory=dict)


class MemoryPositions:
    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf

    async def add(self, tx: Tx, details: PositionDetails) -> int:
        position_id = len(self._shelf.positions) + 1
        self._shelf.positions[position_id] = Position(position_id, 1, details)
        return position_id

    async def get(self, tx: Tx, position_id: int) -> Position | None:
        return self._shelf.positions.get(position_id)

    async def lock(self, tx: Tx, position_id: int) -> Position | None:
        return self._shelf.positions.get(position_id)

    async def revise(self, tx: Tx, position: Position) -> None:
        self._shelf.positions[position.position_id] = position

    async def open_applications(self, tx: Tx, position_id: int) -> int:
        mine = (one for one in self._shelf.applications.values() if one.position_id == position_id)
        return sum(one.status is not Status.CLOSED for one in mine)


class MemoryApplications:
    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf

    async def new_ids(self, tx: Tx, count: int) -> list[int]:
        first = len(self._shelf.applications) + 1
        return list(range(first, first + count))

    async def add(
        self, tx: Tx, position_id: int, application_ids: Mapping[int, int], *, import_id: UUID | None = None
    ) -> None:
        for candidate_id, application_id in application_ids.items():
            self._shelf.applications[application_id] = Application(application_id, candidate_id, position_id)
            if import_id is not None:
                self._shelf.brought[application_id] = (import_id, 0)

    async def open(
        self, tx: Tx, position_id: int, candidate_ids: Sequence[int], *, import_id: UUID | None = None
    ) -> dict[int, int]:
        taken = {(one.candidate_id, one.position_id) for one in self._shelf.applications.values()}
        opened: dict[int, int] = {}
        for candidate_id in candidate_ids:
            if (candidate_id, position_id) in taken:
                continue
            application_id = len(self._shelf.applications) + 1
            await self.add(tx, position_id, {candidate_id: application_id}, import_id=import_id)
            opened[candidate_id] = application_id
        return opened

    async def lock(self, tx: Tx, application_id: int) -> Application | None:
        return self._shelf.applications.get(application_id)

    async def lock_many(self, tx: Tx, application_ids: Sequence[int]) -> list[Application]:
        known = self._shelf.applications
        return [known[key] for key in sorted(set(application_ids)) if key in known]

    async def last_change(self, tx: Tx, application_id: int) -> LastChange | None:
        rows = [row for row in self._shelf.audit if row.application_id == application_id]
        if not rows:
            return None
        last = rows[-1]
        return LastChange(last.sequence, last.current, last.reason, last.actor_name)

    async def add_note(self, tx: Tx, note: Note) -> None:
        self._shelf.notes.append(note)

    async def lock_for_calling(self, tx: Tx, application_ids: Sequence[int]) -> list[Callable]:
        found = (
            self._shelf.applications[key]
            for key in sorted(application_ids)
            if key in self._shelf.applications
        )
        return [self._callable(one, self._shelf.positions[one.position_id].details) for one in found]

    def _callable(self, one: Application, details: PositionDetails) -> Callable:
        return Callable(
            one,
            details.status.value,
            self._shelf.candidates[one.candidate_id].phone,
            self._shelf.wishes.get((one.candidate_id, ContactChannel.CALL), (None, NEVER))[1] is None,
            bool((details.system_prompt or "").strip() and (details.first_message or "").strip()),
        )

    async def save(self, tx: Tx, moves: Sequence[Move]) -> None:
        for move in moves:
            then = move.then
            self._shelf.applications[then.application_id] = then
            if has_moved(move.before, then):
                self._shelf.audit.append(
                    Audit(
                        then.application_id,
                        then.sequence,
                        move.before.status,
                        then.status,
                        move.actor.kind,
                        move.reason,
                        move.cause_event_id,
                        tx.now,
                        move.by_hand,
                        move.undoes,
                        move.actor.name,
                    )
                )


class MemoryCandidates:
    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf

    async def with_lead_keys(self, tx: Tx, keys: Collection[str]) -> dict[str, tuple[int, Profile]]:
        return {
            profile.lead_key: (candidate_id, profile)
            for candidate_id, profile in self._shelf.candidates.items()
            if profile.lead_key is not None and profile.lead_key in keys
        }

    async def new_ids(self, tx: Tx, count: int) -> list[int]:
        first = len(self._shelf.candidates) + 1
        return list(range(first, first + count))

    async def add(self, tx: Tx, profiles: Mapping[int, Profile]) -> None:
        self._shelf.candidates.update(profiles)

    async def revise(self, tx: Tx, profiles: Mapping[int, Profile]) -> dict[int, int]:
        self._shelf.candidates.update(profiles)
        revisions = {key: self._shelf.revisions.get(key, 0) + 1 for key in profiles}
        self._shelf.revisions.update(revisions)
        return revisions

    async def get(self, tx: Tx, candidate_id: int) -> Candidate | None:
        profile = self._shelf.candidates.get(candidate_id)
        if profile is None:
            return None
        return Candidate(
            candidate_id,
            profile,
            self._shelf.revisions.get(candidate_id, 0),
            self._shelf.merged_into.get(candidate_id),
            self._shelf.withdrawn.get(candidate_id),
        )

    async def lock(self, tx: Tx, candidate_id: int) -> Candidate | None:
        return await self.get(tx, candidate_id)

    async def aliases(self, tx: Tx, candidate_id: int) -> list[Candidate]:
        merged = sorted(key for key, kept in self._shelf.merged_into.items() if kept == candidate_id)
        return [one for key in merged if (one := await self.get(tx, key)) is not None]

    async def reached_by(self, tx: Tx, phone: str | None, email: str | None) -> list[Candidate]:
        found = {
            self._shelf.merged_into.get(key, key)
            for key, profile in self._shelf.candidates.items()
            if (phone and phone in (profile.phone, profile.whatsapp_number))
            or (email and email == profile.email)
        }
        return [one for key in sorted(found) if (one := await self.get(tx, key)) is not None]

    async def applied_where(self, tx: Tx, candidate_id: int) -> str | None:
        ids = {candidate_id, *(key for key, kept in self._shelf.merged_into.items() if kept == candidate_id)}
        applied = [one for one in self._shelf.applications.values() if one.candidate_id in ids]
        last = max(applied, key=lambda one: one.application_id, default=None)
        return self._shelf.positions[last.position_id].details.time_zone if last else None

    async def application_for(self, tx: Tx, candidate_id: int, position_id: int) -> tuple[int, Status] | None:
        ids = {candidate_id, *(key for key, kept in self._shelf.merged_into.items() if kept == candidate_id)}
        found = [
            (one.closed_because is ClosedBecause.IMPORT_UNDONE, one.application_id, one.status)
            for one in self._shelf.applications.values()
            if one.position_id == position_id and one.candidate_id in ids
        ]
        return min(found)[1:] if found else None


class MemoryImports:
    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf

    async def add(self, tx: Tx, leads_import: LeadsImport) -> None:
        self._shelf.imports[leads_import.import_id] = leads_import

    async def lock(self, tx: Tx, import_id: UUID) -> LeadsImport | None:
        return self._shelf.imports.get(import_id)

    async def save(self, tx: Tx, leads_import: LeadsImport, notices: Sequence[Notice] = ()) -> None:
        self._shelf.imports[leads_import.import_id] = leads_import
        self._shelf.notices.extend((leads_import.import_id, notice) for notice in notices)

    async def notices(self, tx: Tx, import_id: UUID, *, refused: bool, limit: int) -> list[Notice]:
        found = [row for key, row in self._shelf.notices if key == import_id and row.refused == refused]
        return sorted(found, key=lambda notice: notice.line)[:limit]

    async def every_refusal(self, tx: Tx, import_id: UUID) -> AsyncIterator[Notice]:
        for notice in await self.notices(tx, import_id, refused=True, limit=sys.maxsize):
            yield notice

    async def under_way(self, tx: Tx, position_id: int) -> Literal["import", "undo"] | None:
        for one in self._shelf.imports.values():
            if one.position_id != position_id:
                continue
            if one.undo is not None and one.undo.done_at is None:
                return "undo"
            if one.confirmed_at is not None and one.finished_at is None:
                return "import"
        return None

    async def finished_before(self, tx: Tx, leads_import: LeadsImport) -> UUID | None:
        same = (leads_import.position_id, leads_import.file.sha256)
        finished = [
            one.import_id
            for one in self._shelf.imports.values()
            if one.finished_at
            and not one.refused_because
            and not one.undo
            and (one.position_id, one.file.sha256) == same
        ]
        return finished[-1] if finished else None
