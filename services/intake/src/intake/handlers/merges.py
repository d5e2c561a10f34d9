"""Two candidates are found to be one person: both records stay, and one of them stands for both.

Nothing is rewritten: applications, messages and calls keep the id they have. Both records read alike from
then on, so that whoever calls or writes under either id does right without knowing of it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from chassis import Handlers, Tx
from contracts import Accepted, Actor, Refused
from contracts.intake import CandidateProfileRevised, CandidatesMerged, MergeCandidates

from intake.domain.applications import Happening
from intake.domain.merging import FIELDS, combined, to_close, under_own_lead
from intake.domain.profiles import Profile
from intake.domain.status_machine import Fact
from intake.handlers.contact import take_over
from intake.handlers.duplicates import tell
from intake.handlers.moves import moves_of, record
from intake.handlers.profiles import published
from intake.handlers.refusing import not_themselves
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
    merge_id, kept, merged = tx.new_id(), sides.kept, sides.merged
    gone = [merged.candidate_id, *(alias.candidate_id for alias in sides.also)]
    tx.publish(
        CandidatesMerged(
            candidate_id=kept.candidate_id,
            merged_candidate_id=merged.candidate_id,
            merge_id=merge_id,
            also=gone[1:],
            actor=command.actor,
        )
    )
    await merges.point(tx, gone, kept.candidate_id)
    after = combined(kept.profile, merged.profile, command.take)
    await revise(tx, candidates, sides.profiles, sides.after(after), "merge", command.actor)
    closed = await _close_doubles(tx, list(sides.profiles), command.actor, merges, applications, positions)
    pair = (kept.candidate_id, merged.candidate_id)
    decision = await merges.decide(tx, pair, "merged", command.actor)
    await merges.add(
        tx,
        Merge(
            merge_id=merge_id,
            kept_id=kept.candidate_id,
            merged_id=merged.candidate_id,
            also=tuple(gone[1:]),
            before={key: sides.profiles[key] for key in (kept.candidate_id, *gone)},
            after=after,
            closed=tuple(closed),
            decision=decision,
            actor=command.actor,
            merged_at=tx.now,
        ),
    )
    tell(tx, await duplicates.note_all(tx, [kept.candidate_id]))
    await take_over(tx, contacts, [kept.candidate_id])
    await take_over(tx, contacts, [key for key in sides.profiles if key != kept.candidate_id])
    return Accepted(result={"merge_id": str(merge_id), "closed": closed})


async def _sides(command: MergeCandidates, tx: Tx, candidates: Candidates) -> Sides | Refused:
    kept_id, merged_id = command.kept_candidate_id, command.merged_candidate_id
    if kept_id == merged_id:
        return Refused(code="same_person", message="These are one and the same record: choose two.")
    if unknown := sorted(set(command.take) - FIELDS):
        return Refused(code="unknown_field", message=f"There is no field {unknown[0]!r} to take.")
    found = {key: await candidates.lock(tx, key) for key in sorted((kept_id, merged_id))}
    kept, merged = found[kept_id], found[merged_id]
    if kept is None or merged is None:
        missing = kept_id if kept is None else merged_id
        return Refused(code="not_found", message=f"There is no candidate {missing}.")
    if refused := not_themselves(kept, merged):
        return refused
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
    revisions = await candidates.revise(tx, changed)
    for key, profile in changed.items():
        tx.publish(
            CandidateProfileRevised(
                candidate_id=key,
                profile=published(profile),
                before=published(before[key]),
                revision=revisions[key],
                cause=cause,
                actor=actor,
            )
        )


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
