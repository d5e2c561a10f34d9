"""A wish not to be contacted counts for a number or address that only the record before a merge had."""

from __future__ import annotations

import pytest
from contracts.intake import AddCandidate, ContactChannel, ContactForbidden, ForbidContact, UndoMerge
from intake_support.house import House
from intake_support.merging import merge
from intake_support.people import a_person
from intake_support.stores import PostgresStore


@pytest.fixture
def house(postgres: PostgresStore) -> House:
    return House(postgres.pool)


async def forbids(house: House, candidate_id: int) -> None:
    said = {"source": "telefon", "reason": "nu mai vreau"}
    await house.ask(ForbidContact, candidate_id=candidate_id, channels=[ContactChannel.CALL], **said)


async def forbidden(house: House) -> set[int | None]:
    return {event.candidate_id for event in await house.said(ContactForbidden)}


async def comes(house: House, phone: str | None) -> int:
    """Somebody new whom a recruiter writes down under this number."""
    fields = {"full_name": "Un Om", "phone": phone}
    added: int = (await house.ask(AddCandidate, fields=fields, despite_duplicates=True))["candidate_id"]
    return added


@pytest.mark.parametrize("asks_first", [True, False])
async def test_who_comes_under_the_number_of_a_merged_record_takes_its_wish_over(
    house: House, asks_first: bool
) -> None:
    kept, gone = await house.person(a_person(1)), await house.person(a_person(2))
    if asks_first:
        await forbids(house, gone)
    merge_id = (await merge(house, kept, gone))["merge_id"]
    if not asks_first:
        await forbids(house, kept)
    new = await comes(house, a_person(2).phone)
    assert await forbidden(house) == {kept, gone, new}
    await house.ask(UndoMerge, merge_id=merge_id)
    assert await comes(house, a_person(3).phone) not in await forbidden(house)


async def test_who_is_here_under_the_number_of_a_merged_record_takes_over_what_the_kept_one_says(
    house: House,
) -> None:
    kept, gone = await house.person(a_person(1)), await house.person(a_person(2))
    other = await house.person(a_person(3, phone=a_person(1).phone))
    await merge(house, kept, gone, "phone")
    assert [person.phone for person in await house.profiles(kept, gone)] == [a_person(2).phone] * 2
    await forbids(house, gone)
    assert await forbidden(house) == {kept, gone, other}
