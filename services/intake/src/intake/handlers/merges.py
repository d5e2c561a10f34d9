"""Two candidates are found to be one person: both records stay, and one of them stands for both.

Nothing is rewritten: applications, messages and calls keep the id they have. Both records read alike from
then on, so that whoever calls or writes under either id does right without knowing of it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from chassis import Handlers, Tx
from contracts import Accepted, Actor, Refused
from contracts.intake import CandidatesMerged, MergeCandidates

from intake.domain.applications import Happening
from intake.domain.merging import FIELDS, combined, to_close, under_own_lead
from intake.domain.profiles import Profile
from intake.domain.status_machine import Fact
from intake.handlers.contact import take_over
from intake.handlers.duplicates import tell
from intake.handlers.moves import moves_of, record
from intake.handlers.profiles import revise_people
from intake.handlers.two_people import lock_both
from intake.ports import (
    Applications,
    Candidate,
    Candidates,
    Contacts,
    Duplicates,
    Merge,
    Merges,
    Positions,
)

handlers = Handlers("intake")


@dataclass(frozen=True, slots=True)
class Sides:
    """Both people, locked, each with those who were merged into them before."""

    kept: Candidate
    merged: Candidate
    kept_aliases: Sequence[Candidate]
    also: Sequence[Candidate]

    @property
    def profiles(self) -> dict[int, Profile]:
        everybody = (self.kept, *self.kept_aliases, self.merged, *self.also)
        return {person.candidate_id: person.profile for person in everybody}

    def after(self, person: Profile) -> dict[int, Profile]:
        """How everybody reads from then on."""
        aliases = (*self.kept_aliases, self.merged, *self.also)
        then = {alias.candidate_id: under_own_lead(person, alias.profile) for alias in aliases}
        return {self.kept.candidate_id: person, **then}


@handlers.answers(MergeCandidates)
async def merge_candidates(
    command: MergeCandidates,
    tx: Tx,
    candidates: Candidates,
    duplicates: Duplicates,
    merges: Merges,
    applications: Applications,
    positions: Positions,
    contacts: Contacts,
) -> Accepted | Refused:
    sides = await _sides(command, tx, candidates)
    if isinstance(sides, Refused):
        return sides
    merge = Merge(
        merge_id=tx.new_id(),
        kept_id=sides.kept.candidate_id,
        merged_id=sides.merged.candidate_id,
        also=tuple(alias.candidate_id for alias in sides.also),
        before={person.candidate_id: person.profile for person in (sides.kept, sides.merged, *sides.also)},
        after=combined(sides.kept.profile, sides.merged.profile, command.take),
        actor=command.actor,
        merged_at=tx.now,
    )
    tx.publish(_merged(merge))
    await merges.point(tx, [merge.merged_id, *merge.also], merge.kept_id)
    await revise(tx, candidates, sides.profiles, sides.after(merge.after), "merge", command.actor)
    closed = await _close_doubles(tx, list(sides.profiles), command.actor, merges, applications, positions)
    decision = await merges.decide(tx, (merge.kept_id, merge.merged_id), "merged", command.actor)
    await merges.add(tx, replace(merge, closed=tuple(closed), decision=decision))
    tell(tx, await duplicates.note_all(tx, [merge.kept_id]))
    await take_over(tx, contacts, [merge.kept_id])
    await take_over(tx, contacts, [key for key in sides.profiles if key != merge.kept_id])
    return Accepted(result={"merge_id": str(merge.merge_id), "closed": closed})


def _merged(merge: Merge) -> CandidatesMerged:
    return CandidatesMerged(
        candidate_id=merge.kept_id,
        merged_candidate_id=merge.merged_id,
        merge_id=merge.merge_id,
        also=list(merge.also),
        actor=merge.actor,
    )


async def _sides(command: MergeCandidates, tx: Tx, candidates: Candidates) -> Sides | Refused:
    kept_id, merged_id = command.kept_candidate_id, command.merged_candidate_id
    if unknown := sorted(set(command.take) - FIELDS):
        return Refused(code="unknown_field", message=f"There is no field {unknown[0]!r} to take.")
    if isinstance(both := await lock_both(tx, candidates, (kept_id, merged_id)), Refused):
        return both
    kept, merged = both
    return Sides(kept, merged, await candidates.aliases(tx, kept_id), await candidates.aliases(tx, merged_id))


async def revise(
    tx: Tx,
    candidates: Candidates,
    before: Mapping[int, Profile],
    then: Mapping[int, Profile],
    cause: Literal["merge", "merge_undone"],
    actor: Actor,
) -> None:
    """Write down and say how people read by now, where that is another way than before."""
    changed = {key: profile for key, profile in then.items() if profile != before[key]}
    await revise_people(tx, candidates, before, changed, cause=cause, actor=actor)


async def _close_doubles(
    tx: Tx,
    people: Sequence[int],
    actor: Actor,
    merges: Merges,
    applications: Applications,
    positions: Positions,
) -> list[int]:
    """Where the person stands twice in a position, only the further application goes on."""
    active = await merges.applications_of(tx, people)
    locked = {one.application_id: one for one in await applications.lock_many(tx, sorted(active))}
    closing = to_close(locked.values(), active)
    moves = []
    for application_id, stays in sorted(closing.items()):
        reason = f"the same person's application {stays} goes on"
        moves += moves_of(locked[application_id], Happening(Fact.CLOSED_AS_MERGED, reason), actor)
    await record(tx, moves, applications, positions)
    return sorted(closing)
