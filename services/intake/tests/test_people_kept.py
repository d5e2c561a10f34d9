"""People and wishes on PostgreSQL, where several records are one person and many act at a time."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import uuid4

from contracts import Accepted, Refused
from contracts.intake import (
    AddCandidate,
    AllowContact,
    ApplicationOpened,
    CandidateFields,
    CandidateProfileRevised,
    ContactChannel,
    ContactForbidden,
    CorrectCandidate,
    ForbidContact,
)
from intake.domain.contact import ContactChannel as Channel
from intake.domain.profiles import Profile
from intake.domain.status_machine import Status
from intake.handlers.candidates import add_candidate, correct_candidate
from intake.handlers.contact import allow_contact, forbid_contact, take_over
from intake_support.files import a_meta_export, a_row
from intake_support.stores import RECRUITER, PostgresStore

PHONE = "+40712000001"


def someone(number: int, **changes: Any) -> Profile:
    profile = Profile(
        f"Ana Pop{number}", "Ana", f"Pop{number}", f"ana pop{number}", f"+4071200{number:04}", None,
        f"ana{number}@example.com", None, "ro", None, "manual", None, None, None, None, None, (),
    )  # fmt: skip
    return profile._replace(**changes)


async def merge(store: PostgresStore, merged: int, kept: int) -> None:
    await store.pool.execute("UPDATE candidates SET merged_into = $2 WHERE candidate_id = $1", merged, kept)


async def forbid(store: PostgresStore, candidate_id: int, *channels: ContactChannel) -> None:
    command = ForbidContact(
        command_id=uuid4(),
        actor=RECRUITER,
        candidate_id=candidate_id,
        channels=list(channels) or [ContactChannel.CALL],
        source="phone",
        reason="asked",
    )
    async with store.begin() as tx:
        assert isinstance(await forbid_contact(command, tx, store.candidates, store.contacts), Accepted)


async def forbidden(store: PostgresStore) -> list[tuple[int, int | None]]:
    said = [event for event in await store.published() if isinstance(event, ContactForbidden)]
    return [(event.candidate_id or 0, event.same_as) for event in said]


async def test_one_person_of_several_records_is_found_as_the_one_that_was_kept(
    postgres: PostgresStore,
) -> None:
    position_id = await postgres.a_position()
    async with postgres.begin() as tx:
        one, other, third = await postgres.add(tx, someone(1), someone(2), someone(3))
        opened = await postgres.applications.open(tx, position_id, [other])
    await merge(postgres, other, one)
    async with postgres.begin() as tx:
        assert [person.candidate_id for person in await postgres.candidates.aliases(tx, one)] == [other]
        found = await postgres.candidates.reached_by(tx, someone(2).phone, None)
        assert [person.candidate_id for person in found] == [one]
        has = await postgres.candidates.application_for(tx, one, position_id)
        assert has == (opened[other], Status.PENDING_CALL)
        assert await postgres.candidates.application_for(tx, third, position_id) is None


async def test_a_wish_counts_for_every_record_of_the_person(postgres: PostgresStore) -> None:
    async with postgres.begin() as tx:
        one, other, third = await postgres.add(tx, someone(1), someone(2), someone(3))
    await merge(postgres, other, one)
    await merge(postgres, third, one)
    await forbid(postgres, other)
    assert await forbidden(postgres) == [(other, None), (one, other), (third, other)]


async def test_a_wish_is_taken_back_for_every_record_of_the_person(postgres: PostgresStore) -> None:
    async with postgres.begin() as tx:
        one, other, third = await postgres.add(tx, someone(1), someone(2), someone(3))
    await merge(postgres, other, one)
    await merge(postgres, third, one)
    await forbid(postgres, other)
    command = AllowContact(
        command_id=uuid4(),
        actor=RECRUITER,
        candidate_id=one,
        channels=[ContactChannel.CALL],
        reason="called us",
    )
    async with postgres.begin() as tx:
        answer = await allow_contact(command, tx, postgres.candidates, postgres.contacts)
    assert answer == Accepted(result={"allowed_for": [one, other, third]})


async def test_a_lead_that_changes_a_merged_person_brings_every_record_the_wish_of_the_new_number(
    postgres: PostgresStore,
) -> None:
    position_id = await postgres.a_position()
    await postgres.bring_in(a_meta_export([a_row(1), a_row(2), a_row(3)]), position_id)
    one, other, third = [
        event.candidate_id for event in await postgres.published() if isinstance(event, ApplicationOpened)
    ]
    await merge(postgres, other, one)
    await forbid(postgres, third)
    await postgres.bring_in(a_meta_export([a_row(2, phone_number="+40712000003")]), position_id)
    assert sorted(await forbidden(postgres)) == [(one, third), (other, third), (third, None)]


async def test_a_correction_reaches_every_record_of_the_person(postgres: PostgresStore) -> None:
    async with postgres.begin() as tx:
        one, other = await postgres.add(tx, someone(1), someone(2))
    await merge(postgres, other, one)
    fields = CandidateFields(full_name="Ana Popescu", phone="0712 000 009", email="ana1@example.com")
    command = CorrectCandidate(command_id=uuid4(), actor=RECRUITER, candidate_id=one, fields=fields)
    async with postgres.begin() as tx:
        await correct_candidate(command, tx, postgres.candidates, postgres.contacts)
    revised = [event for event in await postgres.published() if isinstance(event, CandidateProfileRevised)]
    assert [(event.candidate_id, event.profile.phone, event.revision) for event in revised] == [
        (one, "+40712000009", 1),
        (other, "+40712000009", 1),
    ]
    rows = await postgres.pool.fetch("SELECT phone, email FROM candidates ORDER BY candidate_id")
    assert [tuple(row) for row in rows] == [
        ("+40712000009", "ana1@example.com"),
        ("+40712000009", "ana2@example.com"),
    ]


async def test_who_asked_not_to_be_called_is_locked_for_calling_as_such(postgres: PostgresStore) -> None:
    position_id = await postgres.a_position()
    async with postgres.begin() as tx:
        people = await postgres.add(tx, someone(1), someone(2), someone(3))
        opened = await postgres.applications.open(tx, position_id, people)
    await forbid(postgres, people[0])
    await forbid(postgres, people[1], ContactChannel.EMAIL)
    async with postgres.begin() as tx:
        found = await postgres.applications.lock_for_calling(tx, list(opened.values()))
        assert [entry.forbidden for entry in found] == [True, False, False]
        await postgres.contacts.allow(tx, people[0], [Channel.CALL])
        found = await postgres.applications.lock_for_calling(tx, list(opened.values()))
        assert [entry.forbidden for entry in found] == [False, False, False]


async def test_of_many_who_write_the_same_person_down_at_once_one_does(postgres: PostgresStore) -> None:
    async def add(number: int) -> Accepted | Refused:
        phone, email = (PHONE, "") if number % 2 else (PHONE, "ana1@example.com")
        fields = CandidateFields(full_name="Ana Pop", phone=phone, email=email)
        command = AddCandidate(command_id=uuid4(), actor=RECRUITER, fields=fields)
        async with postgres.begin() as tx:
            ports = (postgres.candidates, postgres.positions, postgres.applications, postgres.contacts)
            return await add_candidate(command, tx, *ports)

    async with asyncio.timeout(30):
        answers = await asyncio.gather(*(add(number) for number in range(8)))
    assert [answer.code for answer in answers if isinstance(answer, Refused)] == ["known_already"] * 7
    assert await postgres.pool.fetchval("SELECT count(*) FROM candidates") == 1


async def test_people_added_while_a_wish_is_said_have_it_whoever_is_first(postgres: PostgresStore) -> None:
    """Many at a time, in whatever order they come to their turn; nobody waits for ever."""
    async with postgres.begin() as tx:
        (ana,) = await postgres.add(tx, someone(1))

    async def add() -> int:
        fields = CandidateFields(full_name="Ana Pop", phone=PHONE)
        command = AddCandidate(command_id=uuid4(), actor=RECRUITER, fields=fields, despite_duplicates=True)
        async with postgres.begin() as tx:
            ports = (postgres.candidates, postgres.positions, postgres.applications, postgres.contacts)
            answer = await add_candidate(command, tx, *ports)
            assert isinstance(answer, Accepted)
            return int(answer.result["candidate_id"])

    async def correct() -> None:
        fields = CandidateFields(full_name="Ana Pop", phone=PHONE, notes=f"Note {uuid4()}")
        command = CorrectCandidate(command_id=uuid4(), actor=RECRUITER, candidate_id=ana, fields=fields)
        async with postgres.begin() as tx:
            await correct_candidate(command, tx, postgres.candidates, postgres.contacts)

    async with asyncio.timeout(30):
        added = await asyncio.gather(
            *(add() for _ in range(8)), *(correct() for _ in range(4)), forbid(postgres, ana)
        )
    people = {one for one in added if isinstance(one, int)} | {ana}
    rows = await postgres.pool.fetch("SELECT candidate_id FROM do_not_contact WHERE lifted_at IS NULL")
    assert {row["candidate_id"] for row in rows} == people
    assert len(await forbidden(postgres)) == len(people)


async def test_thousands_take_a_wish_over_in_one_step(postgres: PostgresStore) -> None:
    async with postgres.begin() as tx:
        (ana,) = await postgres.add(tx, someone(1))
    await forbid(postgres, ana)
    async with postgres.begin() as tx:
        people = await postgres.add(tx, *(someone(number, phone=PHONE) for number in range(2, 2_502)))
        taken = await take_over(tx, postgres.contacts, people)
    assert [ban.wish.candidate_id for ban in taken] == people
