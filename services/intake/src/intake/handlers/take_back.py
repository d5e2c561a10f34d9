"""An import is taken back, hundreds of applications in a transaction: a crash goes on behind the last.

What something has happened to since stays as it is, and is named with the reason.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from chassis import Begin, Tx
from contracts.intake import CandidateWithdrawn, KeptByUndo, LeadsImportUndone

from intake.domain.applications import Application, Happening
from intake.domain.status_machine import Fact
from intake.domain.undo import why_it_stays, why_they_stay
from intake.handlers.contact import take_over
from intake.handlers.moves import moves_of, record
from intake.handlers.profiles import revise_people, with_aliases
from intake.handlers.unreadable import refuse_taken_back
from intake.ports import (
    Applications,
    Brought,
    Candidate,
    Candidates,
    Contacts,
    Imports,
    ImportTraces,
    LeadsImport,
    Move,
    Positions,
    ProfileChange,
    Undo,
)

AT_A_TIME = 500
LISTED = 100
_UNDONE = Happening(Fact.IMPORT_UNDONE, "its import was undone")


@dataclass(frozen=True, slots=True)
class TakingBack:
    begin: Begin
    imports: Imports
    positions: Positions
    applications: Applications
    candidates: Candidates
    contacts: Contacts
    traces: ImportTraces

    async def whole(self, import_id: UUID) -> None:
        """Until nothing is left; says ``LeadsImportUndone``, or the refusal of an import that never ended."""
        going_on = True
        while going_on:
            async with self.begin() as tx:
                going_on = await self._step(tx, import_id)

    async def _step(self, tx: Tx, import_id: UUID) -> bool:
        current = await self.imports.lock(tx, import_id)
        if current is None or current.undo is None or current.undo.done_at is not None:
            return False
        undo = current.undo
        if not undo.applications_done:
            then = await self._close_some(tx, import_id, undo)
        else:
            then = await self._restore_some(tx, import_id, undo)
        await self.imports.save(tx, replace(current, undo=then))
        if then.done_at is None:
            return True
        await self._finish(tx, current, then)
        return False

    async def _close_some(self, tx: Tx, import_id: UUID, undo: Undo) -> Undo:
        ids = await self.traces.applications_of(tx, import_id, undo.after, AT_A_TIME)
        if not ids:
            return replace(undo, applications_done=True, after=0)
        applications = {one.application_id: one for one in await self.applications.lock_many(tx, ids)}
        moves: list[Move] = []
        leaving: list[int] = []
        kept: list[KeptByUndo] = []
        for one in await self.traces.brought(tx, import_id, ids):
            application = applications[one.application_id]
            if (why := _why_it_stays(application, one)) is not None:
                kept.append(_kept(one, why, one.application_id))
                continue
            moves += moves_of(application, _UNDONE, undo.actor)
            if not one.created:
                continue
            edited = one.person.revision != one.revision
            why = why_they_stay(edited=edited, applies_elsewhere=one.applies_elsewhere)
            if why is None:
                leaving.append(one.person.candidate_id)
            else:
                kept.append(_kept(one, why))
        await record(tx, moves, self.applications, self.positions)
        await self.traces.withdraw(tx, leaving)
        for candidate_id in leaving:
            tx.publish(CandidateWithdrawn(candidate_id=candidate_id, import_id=import_id))
        return replace(
            _with_kept(undo, kept),
            after=ids[-1],
            applications_withdrawn=undo.applications_withdrawn + len(moves),
            candidates_withdrawn=undo.candidates_withdrawn + len(leaving),
        )

    async def _restore_some(self, tx: Tx, import_id: UUID, undo: Undo) -> Undo:
        """Who returned by the import has left again or stays with an application: both are told above.

        Whoever was merged into somebody reads as that person does, and goes back with them.
        """
        changes = await self.traces.changes_of(tx, import_id, undo.after, AT_A_TIME)
        if not changes:
            return replace(undo, done_at=tx.now)
        here = [
            (change, person)
            for change, person in changes
            if person.withdrawn_at is None and person.merged_into is None and not change.returned
        ]
        back = [(change, person) for change, person in here if person.revision == change.revision]
        kept = [
            KeptByUndo(candidate_id=person.candidate_id, reason="profile edited since")
            for change, person in here
            if person.revision != change.revision
        ]
        await self._restore(tx, import_id, undo, back)
        return replace(
            _with_kept(undo, kept),
            after=changes[-1][0].candidate_id,
            profiles_restored=undo.profiles_restored + len(back),
        )

    async def _restore(
        self, tx: Tx, import_id: UUID, undo: Undo, back: Sequence[tuple[ProfileChange, Candidate]]
    ) -> None:
        then = {change.candidate_id: change.before for change, _ in back}
        now = {change.candidate_id: person.profile for change, person in back}
        now, then = await with_aliases(tx, self.candidates, now, then, list(then))
        revisions = await revise_people(
            tx, self.candidates, now, then, cause="import_undone", actor=undo.actor, import_id=import_id
        )
        await take_over(tx, self.contacts, list(revisions))

    async def _finish(self, tx: Tx, current: LeadsImport, undo: Undo) -> None:
        if current.finished_at is None:
            await refuse_taken_back(tx, self.imports, current)
            return
        tx.publish(
            LeadsImportUndone(
                import_id=current.import_id,
                position_id=current.position_id,
                applications_withdrawn=undo.applications_withdrawn,
                candidates_withdrawn=undo.candidates_withdrawn,
                profiles_restored=undo.profiles_restored,
                kept_count=undo.kept_count,
                kept=list(undo.kept),
                actor=undo.actor,
            )
        )


def _why_it_stays(application: Application, one: Brought) -> str | None:
    merged = one.has_aliases or one.person.merged_into is not None
    return why_it_stays(
        application, untouched=one.untouched, noted=one.noted, merged=merged, came_live=one.came_live
    )


def _kept(one: Brought, why: str, application_id: int | None = None) -> KeptByUndo:
    return KeptByUndo(candidate_id=one.person.candidate_id, application_id=application_id, reason=why)


def _with_kept(undo: Undo, kept: Sequence[KeptByUndo]) -> Undo:
    return replace(undo, kept_count=undo.kept_count + len(kept), kept=(*undo.kept, *kept)[:LISTED])
