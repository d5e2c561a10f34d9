"""Two records of one person: kept apart, or merged into one; on PostgreSQL."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from contracts.intake import (
    ApplicationStatusChanged,
    CandidateProfileRevised,
    CandidatesKeptApart,
    CandidatesMerged,
    ClosedBecause,
    ContactChannel,
    ContactForbidden,
    ForbidContact,
    KeepApart,
    MergeCandidates,
    OpenApplication,
    PossibleDuplicateFound,
    QueueCalls,
    ReopenApplication,
    ScheduleCallback,
    UndoMerge,
)
from contracts.scoring import Outcome
from intake_support.facts import Facts
from intake_support.house import House
from intake_support.merging import look, merge, two
from intake_support.people import a_person
from intake_support.stores import PostgresStore


@pytest.fixture
def house(postgres: PostgresStore) -> House:
    return House(postgres.pool)


async def test_who_was_kept_apart_is_not_offered_again(house: House) -> None:
    one, other = await two(house)
    assert await look(house, one, other) == {(other, one)}
    await house.ask(KeepApart, candidate_id=one, other_candidate_id=other)
    await house.ask(KeepApart, candidate_id=other, other_candidate_id=one)
    [apart] = await house.said(CandidatesKeptApart)
    assert (apart.candidate_id, apart.other_candidate_id) == (other, one)
    assert await look(house, one, other) == set()


async def test_the_next_who_may_be_the_person_is_offered_when_one_is_kept_apart(house: House) -> None:
    first, second = await two(house)
    third = await house.person(a_person(3, "Alt Nume", phone="+40700000091"))
    await look(house, first, second, third)
    await house.ask(KeepApart, candidate_id=third, other_candidate_id=first)
    [found] = await house.said(PossibleDuplicateFound)
    assert (found.candidate_id, found.other_candidate_id, found.shared) == (third, second, ["phone"])


async def test_who_is_apart_from_one_record_is_apart_from_the_person(house: House) -> None:
    first, second = await two(house)
    third = await house.person(a_person(3, "Alt Nume", phone="+40700000091"))
    await house.ask(KeepApart, candidate_id=third, other_candidate_id=second)
    await house.pool.execute("DELETE FROM possible_duplicates WHERE decision IS NULL")
    before = len(await house.said(PossibleDuplicateFound))
    await merge(house, first, second)
    assert await look(house, first, second, third) == set()
    assert len(await house.said(PossibleDuplicateFound)) == before


@pytest.mark.parametrize("kind", [KeepApart, MergeCandidates])
async def test_what_can_not_be_decided_is_refused_with_the_reason(house: House, kind: Any) -> None:
    one, other = await two(house)
    third = await house.person(a_person(3))
    await merge(house, one, other)
    gone = await house.person(a_person(4))
    await house.pool.execute("UPDATE candidates SET withdrawn_at = now() WHERE candidate_id = $1", gone)

    async def code(first: int, second: int) -> str:
        names = (
            ("kept_candidate_id", "merged_candidate_id")
            if kind is MergeCandidates
            else (
                "candidate_id",
                "other_candidate_id",
            )
        )
        return (await house.refused(kind, **dict(zip(names, (first, second), strict=True)))).code

    assert await code(one, one) == "same_person"
    assert await code(one, 999) == await code(999, one) == "not_found"
    assert await code(one, other) == await code(other, one) == "merged_already"
    assert await code(other, third) == await code(third, other) == "merged_already"
    assert await code(third, gone) == await code(gone, third) == "withdrawn"


async def test_a_field_that_nobody_has_can_not_be_taken(house: House) -> None:
    one, other = await two(house)
    refused = await house.refused(
        MergeCandidates, kept_candidate_id=one, merged_candidate_id=other, take=["shoe_size"]
    )
    assert refused.code == "unknown_field"


async def test_both_records_read_like_the_person_each_under_its_own_lead(house: House) -> None:
    one = await house.person(a_person(1, "Ana Pop", email=None, answers=(("permis", "da"),)))
    other = await house.person(
        a_person(2, "Ana Maria Pop", answers=(("permis", "nu"), ("oras", "Iași")), notes="sunt dimineața")
    )
    before = await house.profiles(one, other)
    reply = await merge(house, one, other, "full_name")
    kept, merged = await house.profiles(one, other)
    assert (kept.full_name, kept.phone, kept.email) == ("Ana Maria Pop", before[0].phone, before[1].email)
    assert kept.answers == (("permis", "da"), ("oras", "Iași"))
    assert kept.notes == "sunt dimineața"
    assert (kept.lead_key, merged.lead_key) == ("1", "2")
    assert merged._replace(lead_id=kept.lead_id, lead_key=kept.lead_key) == kept
    assert await house.merged_into(other) == one
    [said] = await house.said(CandidatesMerged)
    assert (said.candidate_id, said.merged_candidate_id, said.also) == (one, other, [])
    assert str(said.merge_id) == reply["merge_id"]
    revised = await house.said(CandidateProfileRevised)
    assert [(each.candidate_id, each.cause, each.revision) for each in revised] == [
        (one, "merge", 1),
        (other, "merge", 1),
    ]
    assert revised[0].before is not None


async def test_the_further_of_two_applications_goes_on(house: House) -> None:
    position = await house.position()
    one = await house.person(a_person(1), position)
    other = await house.person(a_person(2), position)
    first, second = await house.application(one, position), await house.application(other, position)
    await house.ask(
        ScheduleCallback, application_id=second, at=house.clock.now() + timedelta(hours=1), reason="așa"
    )
    reply = await merge(house, one, other)
    assert reply["closed"] == [first]
    assert await house.status(first) == "closed"
    assert await house.status(second) == "callback_scheduled"
    closed = (await house.said(ApplicationStatusChanged))[-1]
    assert (closed.candidate_id, closed.application_id) == (one, first)
    assert closed.closed_because is ClosedBecause.MERGED
    assert not closed.by_hand
    assert str(second) in closed.reason


async def test_of_two_equally_far_the_one_with_the_latest_activity_goes_on(house: House) -> None:
    position = await house.position()
    one = await house.person(a_person(1), position)
    house.wait(timedelta(hours=1))
    other = await house.person(a_person(2), position)
    assert (await merge(house, one, other))["closed"] == [await house.application(one, position)]


async def test_what_ended_before_ends_nothing_that_goes_on(house: House) -> None:
    position = await house.position()
    one = await house.person(a_person(1), position)
    other = await house.person(a_person(2), position)
    ended = await house.application(one, position)
    await house.pool.execute(
        "UPDATE applications SET status = 'closed', closed_because = 'no_cv' WHERE application_id = $1", ended
    )
    assert (await merge(house, one, other))["closed"] == []
    assert await house.status(await house.application(other, position)) == "pending_call"


async def test_a_call_of_the_closed_one_that_was_under_way_changes_nothing(house: House) -> None:
    """Both records are called; the one that was spoken with goes on, the other's ringing moves nothing."""
    position = await house.position()
    people = [await house.person(a_person(each), position) for each in (1, 2)]
    mine, theirs = [await house.application(each, position) for each in people]
    await house.ask(QueueCalls, application_ids=[mine, theirs])
    calls = [uuid4(), uuid4()]
    facts = [Facts(person, each) for person, each in zip(people, (mine, theirs), strict=True)]
    for fact, call in zip(facts, calls, strict=True):
        await house.tell(fact.placed(call))
    await house.tell(facts[1].completed(calls[1]))
    reply = await merge(house, people[0], people[1])
    assert reply["closed"] == [mine]
    merge_id = UUID(reply["merge_id"])
    await house.tell(facts[0].completed(calls[0]))
    await house.tell(facts[0].evaluating(calls[0]))
    await house.tell(facts[0].evaluated(calls[0], Outcome.QUALIFIED))
    assert await house.status(mine) == "closed"
    last = [each for each in await house.said(ApplicationStatusChanged) if each.application_id == mine][-1]
    assert last.closed_because is ClosedBecause.MERGED
    await house.ask(UndoMerge, merge_id=merge_id)
    assert await house.status(mine) == "qualified"


async def test_a_callback_of_the_closed_one_does_not_ring_and_comes_back_with_it(house: House) -> None:
    position = await house.position()
    one = await house.person(a_person(1), position)
    other = await house.person(a_person(2), position)
    first, second = await house.application(one, position), await house.application(other, position)
    at = house.clock.now() + timedelta(days=2)
    await house.ask(ScheduleCallback, application_id=first, at=at, reason="așa")
    await house.pool.execute(
        "UPDATE applications SET status = 'qualified', qualified = true WHERE application_id = $1", second
    )
    reply = await merge(house, one, other)
    assert reply["closed"] == [first]
    timers = "SELECT count(*) FROM outbox WHERE due_at IS NOT NULL"
    assert await house.pool.fetchval(timers) == 0
    await house.ask(UndoMerge, merge_id=reply["merge_id"])
    assert await house.status(first) == "callback_scheduled"
    assert await house.pool.fetchval("SELECT due_at FROM outbox WHERE due_at IS NOT NULL") == at


async def test_what_was_closed_as_merged_is_opened_again_by_the_undoing_only(house: House) -> None:
    position = await house.position()
    one = await house.person(a_person(1), position)
    other = await house.person(a_person(2), position)
    [closed] = (await merge(house, one, other))["closed"]
    refused = await house.refused(ReopenApplication, application_id=closed, reason="vreau")
    assert refused.code == "closed_as_merged"


async def test_commands_on_the_merged_ones_applications_work_as_before(house: House) -> None:
    first, second = await house.position(), await house.position()
    one = await house.person(a_person(1), first)
    other = await house.person(a_person(2), second)
    await merge(house, one, other)
    theirs = await house.application(other, second)
    assert (await house.ask(QueueCalls, application_ids=[theirs]))["queued"] == [theirs]


async def test_a_person_has_one_application_for_a_position_under_whichever_id(house: House) -> None:
    position = await house.position()
    one = await house.person(a_person(1))
    other = await house.person(a_person(2), position)
    await merge(house, one, other)
    refused = await house.refused(OpenApplication, candidate_id=one, position_id=position)
    assert refused.code == "has_application"
    async with house.transactions.begin() as tx:
        assert await house.applications.open(tx, position, [one]) == {}


async def test_what_one_forbade_the_other_forbids_and_it_stays_when_the_merge_is_undone(house: House) -> None:
    one, other = await house.person(a_person(1)), await house.person(a_person(2))
    await house.ask(
        ForbidContact,
        candidate_id=other,
        channels=[ContactChannel.CALL],
        source="telefon",
        reason="nu mai vreau",
    )
    reply = await merge(house, one, other)
    taken = (await house.said(ContactForbidden))[-1]
    assert (taken.candidate_id, taken.channel, taken.same_as) == (one, ContactChannel.CALL, other)
    kept = (await house.ask(UndoMerge, merge_id=reply["merge_id"]))["kept"]
    assert len(kept) == 1
    assert f"candidate {one}" in kept[0]
