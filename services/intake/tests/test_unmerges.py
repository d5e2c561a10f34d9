"""A merge is taken back: two people as they were, as far as nothing has happened since; on PostgreSQL."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from contracts.intake import (
    CandidateProfileRevised,
    CandidatesKeptApart,
    CandidatesMerged,
    CandidatesUnmerged,
    ContactChannel,
    ContactForbidden,
    CorrectCandidate,
    ForbidContact,
    KeepApart,
    UndoMerge,
)
from intake_support.house import House
from intake_support.merging import look, merge, two
from intake_support.people import a_person
from intake_support.stores import PostgresStore


@pytest.fixture
def house(postgres: PostgresStore) -> House:
    return House(postgres.pool)


async def test_an_undone_merge_leaves_two_people_as_they_were(house: House) -> None:
    one, other = await two(house, notes="ea")
    before = await house.profiles(one, other)
    reply = await merge(house, one, other)
    assert (await house.ask(UndoMerge, merge_id=reply["merge_id"]))["kept"] == []
    assert await house.profiles(one, other) == before
    assert await house.merged_into(other) is None
    [said] = await house.said(CandidatesUnmerged)
    assert (said.candidate_id, said.merged_candidate_id, str(said.merge_id)) == (
        one,
        other,
        reply["merge_id"],
    )
    causes = [each.cause for each in await house.said(CandidateProfileRevised)]
    assert causes == ["merge", "merge", "merge_undone", "merge_undone"]
    assert (await house.refused(UndoMerge, merge_id=reply["merge_id"])).code == "undone_already"


async def test_who_has_their_own_number_again_takes_over_what_was_said_under_it_meanwhile(
    house: House,
) -> None:
    one = await house.person(a_person(1))
    other = await house.person(a_person(2))
    reply = await merge(house, one, other)
    third = await house.person(a_person(3, phone=a_person(2).phone))
    await house.ask(
        ForbidContact,
        candidate_id=third,
        channels=[ContactChannel.CALL],
        source="telefon",
        reason="nu mai vreau",
    )
    assert [said.candidate_id for said in await house.said(ContactForbidden)] == [third]
    await house.ask(UndoMerge, merge_id=reply["merge_id"])
    told = [(said.candidate_id, said.same_as) for said in await house.said(ContactForbidden)]
    assert told == [(third, None), (other, third)]


async def test_a_correction_since_the_merge_is_not_taken_back(house: House) -> None:
    one, other = await two(house)
    before = await house.profiles(one, other)
    reply = await merge(house, one, other)
    fields = {"full_name": "Ana Nouă", "phone": "+40700000095", "email": "noua@example.com"}
    await house.ask(CorrectCandidate, candidate_id=one, fields=fields)
    assert [person.phone for person in await house.profiles(one, other)] == ["+40700000095"] * 2
    [words] = (await house.ask(UndoMerge, merge_id=reply["merge_id"]))["kept"]
    assert f"Candidate {one}" in words
    kept, merged = await house.profiles(one, other)
    assert (kept.full_name, kept.phone) == ("Ana Nouă", "+40700000095")
    assert merged == before[1]


async def test_merges_come_apart_in_the_opposite_order(house: House) -> None:
    one, other = await two(house)
    third = await house.person(a_person(3, "Ana Pop"))
    before = await house.profiles(one, other, third)
    first = (await merge(house, one, other))["merge_id"]
    between = await house.profiles(one, other, third)
    second = (await merge(house, third, one))["merge_id"]
    assert [await house.merged_into(each) for each in (one, other)] == [third, third]
    assert (await house.said(CandidatesMerged))[-1].also == [other]
    assert (await house.refused(UndoMerge, merge_id=first)).code == "merged_further"
    await house.ask(UndoMerge, merge_id=second)
    assert [await house.merged_into(each) for each in (one, other)] == [None, one]
    assert (await house.said(CandidatesUnmerged))[-1].also == [other]
    assert await house.profiles(one, other, third) == between
    await house.ask(UndoMerge, merge_id=first)
    assert await house.profiles(one, other, third) == before


async def test_of_two_merges_into_one_the_later_is_undone_first(house: House) -> None:
    one, other = await two(house)
    third = await house.person(a_person(3, "Ana Pop"))
    first = (await merge(house, one, other))["merge_id"]
    house.wait(timedelta(minutes=1))
    second = (await merge(house, one, third))["merge_id"]
    refused = await house.refused(UndoMerge, merge_id=first)
    assert refused.code == "merged_further"
    assert f"Candidate {third}" in refused.message
    await house.ask(UndoMerge, merge_id=second)
    await house.ask(UndoMerge, merge_id=first)


async def test_a_merge_can_be_undone_for_thirty_days(house: House) -> None:
    merge_id = (await merge(house, *await two(house)))["merge_id"]
    house.wait(timedelta(days=30, seconds=1))
    assert (await house.refused(UndoMerge, merge_id=merge_id)).code == "too_old"
    house.wait(timedelta(seconds=-1))
    await house.ask(UndoMerge, merge_id=merge_id)
    assert (await house.refused(UndoMerge, merge_id=uuid4())).code == "not_found"


async def test_who_was_apart_before_a_merge_is_apart_after_its_undoing(house: House) -> None:
    one, other = await two(house)
    await house.ask(KeepApart, candidate_id=one, other_candidate_id=other)
    await house.ask(UndoMerge, merge_id=(await merge(house, one, other))["merge_id"])
    assert len(await house.said(CandidatesKeptApart)) == 2
    assert await look(house, one, other) == set()


async def test_what_was_decided_about_a_pair_can_be_decided_again_once_the_merge_is_undone(
    house: House,
) -> None:
    one, other = await two(house)
    await house.ask(UndoMerge, merge_id=(await merge(house, one, other))["merge_id"])
    again = (await merge(house, other, one))["merge_id"]
    assert await house.merged_into(one) == other
    await house.ask(UndoMerge, merge_id=again)
    await house.ask(KeepApart, candidate_id=one, other_candidate_id=other)
