"""Who may be the same person: looked for behind the facts that bring or change people.

An import tells of the same phone or email itself, row by row; names and WhatsApp numbers are looked at when
it is done, so that it need not wait for them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from chassis import Begin, Handlers, Tx
from contracts import Accepted, Envelope, Refused
from contracts.intake import (
    CandidateAdded,
    CandidateProfileRevised,
    CandidateReturned,
    CandidatesKeptApart,
    KeepApart,
    LeadsImported,
    LiveLeadBroughtIn,
    PossibleDuplicateFound,
)

from intake.handlers.two_people import lock_both
from intake.ports import Candidates, Duplicate, Duplicates, Merges

handlers = Handlers("intake")

PEOPLE_AT_A_TIME = 2_000


def tell(tx: Tx, found: Iterable[Duplicate]) -> None:
    """Say which pairs were noted."""
    for pair in found:
        tx.publish(
            PossibleDuplicateFound(
                candidate_id=pair.candidate_id,
                other_candidate_id=pair.other_candidate_id,
                shared=pair.shared,
            )
        )


@handlers.acts_on(LeadsImported, concurrency=1)
async def look_through_import(event: LeadsImported, begin: Begin, duplicates: Duplicates) -> None:
    """Some people in each transaction. Running it again tells nothing twice.

    Every name is kept before the first is looked for: one that many bear says nothing, also of the first few.
    """
    async with begin() as tx:
        people = await duplicates.people_of_import(tx, event.import_id)
    parts = [people[start : start + PEOPLE_AT_A_TIME] for start in range(0, len(people), PEOPLE_AT_A_TIME)]
    for part in parts:
        async with begin() as tx:
            await duplicates.keep_names(tx, part)
    for part in parts:
        async with begin() as tx:
            tell(tx, await duplicates.note_all(tx, part))


@handlers.on_batch(CandidateAdded, CandidateProfileRevised, CandidateReturned, LiveLeadBroughtIn)
async def look_for_duplicates(envelopes: Sequence[Envelope], tx: Tx, duplicates: Duplicates) -> None:
    """Whoever was brought in or changed one by one."""
    people = {
        envelope.event.candidate_id
        for envelope in envelopes
        if getattr(envelope.event, "cause", None) not in _OF_MANY
    }
    tell(tx, await duplicates.note_all(tx, sorted(each for each in people if each is not None)))


_OF_MANY = {"import", "merge", "merge_undone"}
"""Causes of a revision that need no look here: there is one behind an import, and within a merge."""


@handlers.answers(KeepApart)
async def keep_apart(
    command: KeepApart, tx: Tx, candidates: Candidates, duplicates: Duplicates, merges: Merges
) -> Accepted | Refused:
    """Remembered; whoever else may be one of the two is offered instead."""
    pair = command.candidate_id, command.other_candidate_id
    if isinstance(found := await lock_both(tx, candidates, pair), Refused):
        return found
    if await merges.decide(tx, pair, "apart", command.actor) != "apart":
        tx.publish(
            CandidatesKeptApart(candidate_id=max(pair), other_candidate_id=min(pair), actor=command.actor)
        )
        tell(tx, await duplicates.note_all(tx, sorted(pair)))
    return Accepted()
