"""A merge is taken back: two people again, each as they were, as far as nothing has happened since."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from chassis import Handlers, Tx
from contracts import Accepted, Actor, Refused
from contracts.intake import CandidatesKeptApart, CandidatesUnmerged, UndoMerge

from intake.domain.applications import Happening
from intake.domain.merging import UNDO_WITHIN, under_own_lead
from intake.domain.status_machine import Fact
from intake.handlers.contact import take_over
from intake.handlers.duplicates import tell
from intake.handlers.merges import revise
from intake.handlers.moves import moves_of, record
from intake.ports import (
    Applications,
    Candidate,
    Candidates,
    Contacts,
    Duplicates,
    Merge,
    Merges,
    Move,
    Positions,
)

handlers = Handlers("intake")


@handlers.answers(UndoMerge)
async def undo_merge(
    command: UndoMerge,
    tx: Tx,
    candidates: Candidates,
    duplicates: Duplicates,
    merges: Merges,
    applications: Applications,
    positions: Positions,
    contacts: Contacts,
) -> Accepted | Refused:
    found = await _may_be_undone(command.merge_id, tx, candidates, merges)
    if isinstance(found, Refused):
        return found
    merge, kept = found
    tx.publish(
        CandidatesUnmerged(
            candidate_id=merge.kept_id,
            merged_candidate_id=merge.merged_id,
            merge_id=merge.merge_id,
            also=list(merge.also),
            actor=command.actor,
        )
    )
    words = await _put_back(tx, candidates, merges, merge, kept, command.actor)
    words += await _reopen(tx, applications, positions, merge, command.actor)
    words += await _bans_that_stay(tx, contacts, merge)
    pair = (merge.kept_id, merge.merged_id)
    await merges.decide(tx, pair, merge.decision, command.actor)
    if merge.decision == "apart":
        tx.publish(
            CandidatesKeptApart(candidate_id=max(pair), other_candidate_id=min(pair), actor=command.actor)
        )
    await merges.set_undone(tx, merge.merge_id, command.actor)
    tell(tx, await duplicates.note_all(tx, sorted(pair)))
    # They have numbers and addresses again of which others may have said something meanwhile.
    await take_over(tx, contacts, sorted({*pair, *merge.also}))
    return Accepted(result={"kept": words})


async def _may_be_undone(
    merge_id: UUID, tx: Tx, candidates: Candidates, merges: Merges
) -> tuple[Merge, Candidate] | Refused:
    """Merges of one person come apart in the order opposite to the one they were made in."""
    merge = await merges.lock(tx, merge_id)
    if merge is None:
        return Refused(code="not_found", message="There is no such merge.")
    if merge.undone_at is not None:
        return Refused(code="undone_already", message="This merge has been taken back already.")
    if tx.now - merge.merged_at > UNDO_WITHIN:
        message = f"A merge can be taken back for {UNDO_WITHIN.days} days; this one is older."
        return Refused(code="too_old", message=message)
    kept = await candidates.lock(tx, merge.kept_id)  # before those who were merged into them, as everywhere
    assert kept is not None  # nobody is ever deleted
    if kept.merged_into is not None:
        message = (
            f"Candidate {merge.kept_id} was merged into candidate {kept.merged_into} since:"
            " take that back first."
        )
        return Refused(code="merged_further", message=message)
    latest = await merges.latest_into(tx, merge.kept_id)
    if latest is not None and latest.merge_id != merge_id:
        message = (
            f"Candidate {latest.merged_id} was merged into candidate {merge.kept_id} since:"
            " take that back first."
        )
        return Refused(code="merged_further", message=message)
    return merge, kept


async def _put_back(
    tx: Tx, candidates: Candidates, merges: Merges, merge: Merge, kept: Candidate, actor: Actor
) -> list[str]:
    """Whoever was merged reads as before; the kept one too, unless they were changed since."""
    aliases = await candidates.aliases(tx, merge.kept_id)
    now = {person.candidate_id: person.profile for person in (kept, *aliases)}
    gone = {merge.merged_id, *merge.also}
    then = {key: merge.before[key] for key in gone}
    words = []
    if kept.profile == merge.after:
        mine = merge.before[merge.kept_id]
        then[merge.kept_id] = mine
        left = {key: profile for key, profile in now.items() if key not in gone and key != merge.kept_id}
        then |= {key: under_own_lead(mine, profile) for key, profile in left.items()}
    else:
        words.append(
            f"Candidate {merge.kept_id} was changed since the merge and stays as they are now;"
            f" candidate {merge.merged_id} reads as before it. Look at both."
        )
    await merges.point(tx, [merge.merged_id], None)
    await merges.point(tx, merge.also, merge.merged_id)
    await revise(tx, candidates, now, then, "merge_undone", actor)
    return words


async def _reopen(
    tx: Tx, applications: Applications, positions: Positions, merge: Merge, actor: Actor
) -> list[str]:
    """What was closed for the other's sake stands where the pipeline would have it by now."""
    undone = Happening(Fact.MERGE_UNDONE, "they are not the same person after all")
    words: list[str] = []
    moves: list[Move] = []
    for application in await applications.lock_many(tx, sorted(merge.closed)):
        back = moves_of(application, undone, actor)
        if not back:
            words.append(f"Application {application.application_id} was changed since and stays as it is.")
        moves += back
    await record(tx, moves, applications, positions)
    return words


async def _bans_that_stay(tx: Tx, contacts: Contacts, merge: Merge) -> list[str]:
    """Whom somebody may have asked not to contact is not contacted because of a doubt."""
    words = []
    for one, other in _both_ways(merge):
        taken = [ban for ban in await contacts.of(tx, one) if ban.wish.same_as == other]
        if taken:
            words.append(
                f"What candidate {other} asked us not to do still counts for candidate {one}:"
                " allow it there if it was not their wish."
            )
    return words


def _both_ways(merge: Merge) -> Sequence[tuple[int, int]]:
    return (merge.kept_id, merge.merged_id), (merge.merged_id, merge.kept_id)
