"""Two records of one person, and what is done about them."""

from __future__ import annotations

from typing import Any

from contracts.intake import MergeCandidates

from intake_support.house import House
from intake_support.people import a_person


async def merge(house: House, kept: int, merged: int, *take: str) -> dict[str, Any]:
    return await house.ask(
        MergeCandidates, kept_candidate_id=kept, merged_candidate_id=merged, take=list(take)
    )


async def two(house: House, **changes: Any) -> tuple[int, int]:
    """Two records of one person: the same number."""
    phone = "+40700000091"
    one = await house.person(a_person(1, "Ana Pop", phone=phone))
    return one, await house.person(a_person(2, "Pop Ana", **{"phone": phone, **changes}))


async def look(house: House, *people: int) -> set[tuple[int, int]]:
    """The pairs that a look at these people finds and that were not told before."""
    async with house.transactions.begin() as tx:
        found = await house.duplicates.note_all(tx, people)
    return {(pair.candidate_id, pair.other_candidate_id) for pair in found}
