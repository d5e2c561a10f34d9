"""Two people about whom something is decided: held until it is written down, or why nothing can be decided.

Whoever changes people holds those who stand for others first, in the order of their ids, and then those who
were merged into them. Nobody who keeps to that waits for somebody who waits for them.
"""

from __future__ import annotations

from chassis import Tx
from contracts import Refused

from intake.ports import Candidate, Candidates


async def lock_both(
    tx: Tx, candidates: Candidates, pair: tuple[int, int]
) -> tuple[Candidate, Candidate] | Refused:
    """In the order they were named. One who turns out to be merged ends it before the other is waited for."""
    if pair[0] == pair[1]:
        return Refused(code="same_person", message="These are one and the same record: choose two.")
    found: dict[int, Candidate] = {}
    for candidate_id in pair:
        person = await candidates.get(tx, candidate_id)
        if person is None:
            return Refused(code="not_found", message=f"There is no candidate {candidate_id}.")
        found[candidate_id] = person
    for candidate_id in sorted(pair):
        if refused := _not_themselves(found[pair[0]], found[pair[1]]):
            return refused
        held = await candidates.lock(tx, candidate_id)
        assert held is not None  # nobody is ever deleted
        found[candidate_id] = held
    return _not_themselves(found[pair[0]], found[pair[1]]) or (found[pair[0]], found[pair[1]])


def _not_themselves(one: Candidate, other: Candidate) -> Refused | None:
    """Why a decision about these two can't be made; the message says about whom it can."""
    if one.merged_into == other.candidate_id or other.merged_into == one.candidate_id:
        return Refused(code="merged_already", message="These two are merged already.")
    for person in (one, other):
        if person.merged_into is not None:
            message = (
                f"Candidate {person.candidate_id} was merged into candidate {person.merged_into}:"
                f" decide about {person.merged_into}."
            )
            return Refused(code="merged_already", message=message)
        if person.withdrawn_at is not None:
            message = f"The import that brought candidate {person.candidate_id} was undone."
            return Refused(code="withdrawn", message=message)
    return None
