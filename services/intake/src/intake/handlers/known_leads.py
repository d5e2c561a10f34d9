"""Leads of a file whose people are here already: brought up to date, returned, put into the position."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from chassis import Tx
from contracts.intake import ApplicationOpened, CandidateReturned

from intake.domain.applications import Happening
from intake.domain.preview import Known, Verdict, verdict_on, with_lead
from intake.domain.profiles import Profile
from intake.domain.status_machine import Fact
from intake.handlers.moves import moves_of, record
from intake.handlers.profiles import published, revise_people, with_aliases
from intake.ports import (
    Applications,
    Candidates,
    ImportTraces,
    KnownPeople,
    LeadsImport,
    Positions,
    ProfileChange,
)


@dataclass(frozen=True, slots=True)
class UpToDate:
    """``touched``: whom a possible duplicate may have been found for by now. The others count leads."""

    touched: list[int]
    returned: int
    updated: int
    unchanged: int
    opened: int


@dataclass(frozen=True, slots=True)
class KnownLeads:
    people: KnownPeople
    candidates: Candidates
    applications: Applications
    positions: Positions
    traces: ImportTraces

    async def bring_up_to_date(self, tx: Tx, current: LeadsImport, fresh: Sequence[Profile]) -> UpToDate:
        """Of merged people the kept one. Everybody concerned is locked before they are looked at."""
        keys = [profile.lead_key for profile in fresh if profile.lead_key is not None]
        by_key = await self.people.with_lead_keys(tx, current.position_id, keys, lock=True)
        known: dict[int, Known] = {}
        now: dict[int, Known] = {}
        verdicts: Counter[Verdict] = Counter()
        for profile in fresh:
            one = by_key[profile.lead_key or ""]
            known.setdefault(one.candidate_id, one)
            before = replace(now.get(one.candidate_id, one), said=one.said)
            now[one.candidate_id] = with_lead(before, profile)
            verdicts[verdict_on(before, now[one.candidate_id])] += 1
        then = {key: one.profile for key, one in now.items()}
        changed = [key for key in then if then[key] != known[key].profile]
        returned = [key for key in then if known[key].withdrawn]
        await self._revise(tx, current, known, {key: then[key] for key in changed}, returned)
        opened = await self._open(tx, current, known, then)
        return UpToDate(
            touched=list(dict.fromkeys([*changed, *returned])),
            returned=verdicts["create"],
            updated=verdicts["update"],
            unchanged=verdicts["unchanged"],
            opened=opened,
        )

    async def _revise(
        self,
        tx: Tx,
        current: LeadsImport,
        known: Mapping[int, Known],
        then: Mapping[int, Profile],
        returned: Sequence[int],
    ) -> None:
        before, after = await with_aliases(
            tx,
            self.candidates,
            {key: known[key].profile for key in then},
            then,
            [key for key in then if known[key].aliases],
        )
        revisions = await revise_people(
            tx,
            self.candidates,
            before,
            after,
            cause="import",
            actor=current.actor,
            import_id=current.import_id,
        )
        left = [ProfileChange(key, before[key], revisions[key], key in returned) for key in after]
        left += [
            ProfileChange(key, known[key].profile, known[key].revision, returned=True)
            for key in returned
            if key not in after
        ]
        await self.traces.note(tx, current.import_id, left)
        await self.traces.let_return(tx, returned)
        for key in returned:
            tx.publish(CandidateReturned(candidate_id=key))

    async def _open(
        self, tx: Tx, current: LeadsImport, known: Mapping[int, Known], then: Mapping[int, Profile]
    ) -> int:
        """Answers how many applications there are now that there were not."""
        wanting = [key for key, one in known.items() if not one.applied and one.undone_application is None]
        opened = await self.applications.open(tx, current.position_id, wanting, import_id=current.import_id)
        for key, application_id in opened.items():
            tx.publish(
                ApplicationOpened(
                    candidate_id=key,
                    application_id=application_id,
                    position_id=current.position_id,
                    profile=published(then[key]),
                    import_id=current.import_id,
                )
            )
        undone = [one.undone_application for one in known.values() if one.undone_application is not None]
        if undone:
            again = Happening(Fact.BROUGHT_BACK, "the lead was imported again")
            moves = [
                move
                for application in await self.applications.lock_many(tx, undone)
                for move in moves_of(application, again, current.actor)
            ]
            await record(tx, moves, self.applications, self.positions)
            await self.traces.brought_back(tx, current.import_id, undone)
        return len(opened) + len(undone)
