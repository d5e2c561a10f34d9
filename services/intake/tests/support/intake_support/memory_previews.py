"""What imports compare with and what they leave behind, in memory."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from uuid import UUID

from chassis import Tx
from intake.domain.preview import Known, Resembling
from intake.domain.status_machine import ClosedBecause, Status
from intake.ports import Brought, Candidate, ProfileChange

from intake_support.memory import Shelf


class MemoryKnownPeople:
    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf

    async def lead_keys(self, tx: Tx, keys: Collection[str]) -> set[str]:
        return {
            one.lead_key for one in self._shelf.candidates.values() if one.lead_key in keys and one.lead_key
        }

    async def with_lead_keys(
        self, tx: Tx, position_id: int, keys: Collection[str], *, lock: bool = False
    ) -> dict[str, Known]:
        found: dict[str, Known] = {}
        for candidate_id, profile in self._shelf.candidates.items():
            if profile.lead_key is not None and profile.lead_key in keys:
                kept = self._shelf.merged_into.get(candidate_id, candidate_id)
                found[profile.lead_key] = self._known(kept, position_id)
        return found

    def _known(self, candidate_id: int, position_id: int) -> Known:
        shelf = self._shelf
        aliases = tuple(key for key, kept in shelf.merged_into.items() if kept == candidate_id)
        theirs = [
            one
            for one in shelf.applications.values()
            if one.position_id == position_id and one.candidate_id in (candidate_id, *aliases)
        ]
        undone = [one for one in theirs if one.closed_because is ClosedBecause.IMPORT_UNDONE]
        applied = len(theirs) > len(undone)
        return Known(
            candidate_id,
            shelf.candidates[candidate_id],
            applied,
            candidate_id in shelf.withdrawn,
            shelf.revisions.get(candidate_id, 0),
            undone[0].application_id if undone and not applied else None,
            aliases,
        )

    async def with_contacts(
        self, tx: Tx, phones: Collection[str], emails: Collection[str]
    ) -> tuple[dict[str, list[Resembling]], dict[str, list[Resembling]]]:
        found: tuple[dict[str, list[Resembling]], dict[str, list[Resembling]]] = ({}, {})
        for candidate_id, one in self._shelf.candidates.items():
            if candidate_id in self._shelf.withdrawn or candidate_id in self._shelf.merged_into:
                continue
            person = Resembling(candidate_id, one.full_name, one.phone, one.email, one.lead_id)
            for contact, wanted, people in ((one.phone, phones, found[0]), (one.email, emails, found[1])):
                if contact is not None and contact in wanted:
                    people.setdefault(contact, []).append(person)
        return found


class MemoryImportTraces:
    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf
        self._changes: dict[tuple[UUID, int], ProfileChange] = {}

    async def note(self, tx: Tx, import_id: UUID, changes: Sequence[ProfileChange]) -> None:
        for change in changes:
            first = self._changes.get((import_id, change.candidate_id), change)
            self._changes[import_id, change.candidate_id] = replace(first, revision=change.revision)

    async def let_return(self, tx: Tx, candidate_ids: Sequence[int]) -> None:
        for candidate_id in candidate_ids:
            self._shelf.withdrawn.pop(candidate_id, None)

    async def brought_back(self, tx: Tx, import_id: UUID, application_ids: Sequence[int]) -> None:
        for key in application_ids:
            self._shelf.brought[key] = (import_id, self._shelf.applications[key].sequence)

    async def applications_of(self, tx: Tx, import_id: UUID, after: int, limit: int) -> list[int]:
        return sorted(
            key for key, (one, _) in self._shelf.brought.items() if one == import_id and key > after
        )[:limit]

    async def brought(self, tx: Tx, import_id: UUID, application_ids: Sequence[int]) -> list[Brought]:
        return [self._brought(import_id, key) for key in sorted(application_ids)]

    def _brought(self, import_id: UUID, application_id: int) -> Brought:
        shelf = self._shelf
        application = shelf.applications[application_id]
        candidate_id = application.candidate_id
        theirs = [one for one in shelf.applications.values() if one.candidate_id == candidate_id]
        change = self._changes.get((import_id, candidate_id))
        return Brought(
            application_id=application_id,
            person=self._person(candidate_id),
            untouched=application.status is Status.PENDING_CALL
            and application.sequence == shelf.brought[application_id][1],
            noted=any(note.application_id == application_id for note in shelf.notes),
            created=theirs[0].application_id == application_id or (change is not None and change.returned),
            revision=change.revision if change else 0,
            has_aliases=candidate_id in shelf.merged_into.values(),
            applies_elsewhere=any(
                one.application_id != application_id and one.closed_because is not ClosedBecause.IMPORT_UNDONE
                for one in theirs
            ),
        )

    async def withdraw(self, tx: Tx, candidate_ids: Sequence[int]) -> None:
        self._shelf.withdrawn.update(dict.fromkeys(candidate_ids, tx.now))

    async def changes_of(
        self, tx: Tx, import_id: UUID, after: int, limit: int
    ) -> list[tuple[ProfileChange, Candidate]]:
        mine = sorted(key for one, key in self._changes if one == import_id and key > after)
        return [(self._changes[import_id, key], self._person(key)) for key in mine[:limit]]

    def _person(self, candidate_id: int) -> Candidate:
        shelf = self._shelf
        return Candidate(
            candidate_id,
            shelf.candidates[candidate_id],
            shelf.revisions.get(candidate_id, 0),
            shelf.merged_into.get(candidate_id),
            shelf.withdrawn.get(candidate_id),
        )
