"""Who may be the same person: what is found, what is told once, and who is left out."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module

import pytest
from contracts import Event
from contracts.intake import (
    ApplicationOpened,
    CandidateAdded,
    CandidateProfile,
    CandidateProfileRevised,
    LeadsImported,
    PossibleDuplicateFound,
)
from intake.domain.duplicates import MOST_NAMESAKES, name_key
from intake.domain.profiles import Profile
from intake.handlers.duplicates import PEOPLE_AT_A_TIME, look_for_duplicates, look_through_import
from intake_support.facts import enveloped
from intake_support.files import a_meta_export, a_row
from intake_support.people import a_person
from intake_support.stores import RECRUITER, PostgresStore, Store
from people import fold


async def noted(store: Store, ids: Sequence[int]) -> dict[tuple[int, int], list[str]]:
    """What a look at these people finds that is new, by pair."""
    async with store.begin() as tx:
        found = await store.duplicates.note_all(tx, ids)
    return {(pair.candidate_id, pair.other_candidate_id): list(pair.shared) for pair in found}


async def people(store: Store, *profiles: Profile) -> list[int]:
    async with store.begin() as tx:
        return await store.add(tx, *profiles)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Maria Popescu", "Popescu Maria"),
        ("Ștefania Țîru", "STEFANIA  TIRU"),
        ("Ana-Maria Pop", "Pop Ana Maria"),
        ("Ştefan Oţel", "Ștefan Oțel"),
    ],
)
def test_a_name_is_the_same_in_any_order_and_without_diacritics(one: str, other: str) -> None:
    assert name_key(fold(one)) == name_key(fold(other)) is not None


@pytest.mark.parametrize("name", ["", "Maria", "-", "Maria "])
def test_a_single_word_is_no_name_to_go_by(name: str) -> None:
    assert name_key(fold(name)) is None


async def test_the_same_name_makes_two_people_possible_duplicates(store: Store) -> None:
    first, second, _ = await people(
        store, a_person(1, "Maria Popescu"), a_person(2, "Popescu Măria"), a_person(3, "Mario Popescu")
    )
    assert await noted(store, [first, second]) == {(second, first): ["name"]}
    assert await noted(store, [first, second]) == {}


async def test_a_name_that_many_bear_says_nothing(store: Store) -> None:
    few = await people(store, *(a_person(each, "Ion Popa") for each in range(MOST_NAMESAKES)))
    assert len(await noted(store, few)) == MOST_NAMESAKES - 1
    many = await people(store, *(a_person(each, "Ana Rus") for each in range(10, 11 + MOST_NAMESAKES)))
    assert await noted(store, many) == {}


async def test_a_number_of_whatsapp_is_a_phone_number(store: Store) -> None:
    phone, whatsapp, both = "+40700000091", "+40700000092", "+40700000093"
    ids = await people(
        store,
        a_person(1, phone=phone),
        a_person(2, whatsapp_number=phone),
        a_person(3, whatsapp_number=whatsapp),
        a_person(4, phone=whatsapp),
        a_person(5, whatsapp_number=both),
        a_person(6, whatsapp_number=both),
    )
    assert await noted(store, ids) == {
        (ids[1], ids[0]): ["phone"],
        (ids[3], ids[2]): ["phone"],
        (ids[5], ids[4]): ["phone"],
    }


async def test_a_pair_known_by_phone_is_told_once_more_when_the_name_is_the_same_too(store: Store) -> None:
    first, second = await people(
        store, a_person(1, "Ana Pop", phone="+40700000091"), a_person(2, "Pop Ana", phone="+40700000091")
    )
    async with store.begin() as tx:
        found = await store.duplicates.note_same_contact(tx, [first, second])
    assert [pair.shared for pair in found] == [["phone"]]
    assert await noted(store, [first, second]) == {(second, first): ["phone", "name"]}
    assert await noted(store, [second]) == {}


async def test_a_changed_name_is_looked_for_by_what_it_is_now(store: Store) -> None:
    first, second = await people(store, a_person(1, "Ana Pop"), a_person(2, "Ana Rus"))
    assert await noted(store, [first, second]) == {}
    async with store.begin() as tx:
        await store.candidates.revise(tx, {second: a_person(2, "Pop Ana")})
    assert await noted(store, [second]) == {(second, first): ["name"]}
    async with store.begin() as tx:
        await store.candidates.revise(tx, {first: a_person(1, "Ana")})
    third = (await people(store, a_person(3, "Ana Pop")))[0]
    assert await noted(store, [first]) == {}
    assert await noted(store, [third]) == {(third, second): ["name"]}


async def test_who_was_withdrawn_or_merged_takes_no_part(postgres: PostgresStore) -> None:
    gone, merged, here, new = await people(
        postgres, *(a_person(each, "Ana Pop", phone="+40700000091") for each in range(4))
    )
    await postgres.pool.execute("UPDATE candidates SET withdrawn_at = now() WHERE candidate_id = $1", gone)
    await postgres.pool.execute(
        "UPDATE candidates SET merged_into = $2 WHERE candidate_id = $1", merged, here
    )
    async with postgres.begin() as tx:
        assert await postgres.duplicates.note_same_contact(tx, [gone, merged]) == []
    assert await noted(postgres, [gone, merged, here, new]) == {(new, here): ["phone", "name"]}
    assert await noted(postgres, [gone, merged, here, new]) == {}


async def test_names_of_people_from_before_are_known_to_the_search(postgres: PostgresStore) -> None:
    """What the migration writes for them and what the search writes for new ones is the same."""
    names = ["Ana-Maria Pop", "Ștefania Țîru Élodie", "Ion", "Zoe abel Ábel", "a  -b"]
    ids = await people(postgres, *(a_person(each, name) for each, name in enumerate(names)))
    await noted(postgres, ids)
    kept = "SELECT candidate_id, name_key FROM candidate_names ORDER BY 1"
    by_search = [tuple(row) for row in await postgres.pool.fetch(kept)]
    assert len(by_search) == 4
    await postgres.pool.execute("DELETE FROM candidate_names")
    migration = import_module("intake.migrations.versions.0006_duplicates")
    [fill] = [each for each in migration.STATEMENTS if "INSERT INTO candidate_names" in each]
    await postgres.pool.execute(fill)
    assert [tuple(row) for row in await postgres.pool.fetch(kept)] == by_search


async def told(store: Store) -> list[PossibleDuplicateFound]:
    return [event for event in await store.published() if isinstance(event, PossibleDuplicateFound)]


async def test_names_are_looked_at_when_an_import_is_done_and_told_once(store: Store) -> None:
    position_id = await store.a_position()
    rows = [
        a_row(1, full_name="Maria Popescu"),
        a_row(2, full_name="POPESCU MĂRIA"),
        a_row(3, full_name="Maria Popescu", phone_number=a_row(2)["phone_number"]),
        a_row(4),
    ]
    done = await store.bring_in(a_meta_export(rows), position_id)
    assert isinstance(done, LeadsImported)
    assert [event.shared for event in await told(store)] == [["phone"]]
    for _ in range(2):
        await look_through_import(done, store.begin, store.duplicates)
    found = [(event.other_candidate_id, event.shared) for event in (await told(store))[1:]]
    first, second, _, _ = sorted(
        event.candidate_id for event in await store.published() if isinstance(event, ApplicationOpened)
    )
    assert (first, ["name"]) in found
    assert (second, ["phone", "name"]) in found
    assert len(found) == 3


async def test_a_name_that_many_of_a_large_import_bear_is_told_of_nobody(postgres: PostgresStore) -> None:
    """However far apart they stand in the file: the first few are no rare name either."""
    position_id = await postgres.a_position()
    size = PEOPLE_AT_A_TIME + MOST_NAMESAKES
    bearers = {number * (size // MOST_NAMESAKES) for number in range(MOST_NAMESAKES + 1)}
    rows = [
        a_row(number, full_name="Maria Popescu") if number in bearers else a_row(number)
        for number in range(size + 1)
    ]
    done = await postgres.bring_in(a_meta_export(rows), position_id)
    assert isinstance(done, LeadsImported)
    await look_through_import(done, postgres.begin, postgres.duplicates)
    assert await told(postgres) == []


async def test_people_who_come_one_by_one_are_looked_for_as_they_come(store: Store) -> None:
    profile = CandidateProfile(full_name="Ana Pop", first_name="Ana", last_name="Pop")
    first, second, third = await people(store, *(a_person(each, "Ana Pop") for each in range(3)))
    facts: list[Event] = [
        CandidateAdded(candidate_id=first, profile=profile, actor=RECRUITER),
        CandidateAdded(candidate_id=second, profile=profile, actor=RECRUITER),
        CandidateProfileRevised(candidate_id=third, profile=profile, cause="import"),
    ]
    async with store.begin() as tx:
        await look_for_duplicates([enveloped(fact) for fact in facts], tx, store.duplicates)
    assert [(event.candidate_id, event.other_candidate_id) for event in await told(store)] == [
        (second, first)
    ]
