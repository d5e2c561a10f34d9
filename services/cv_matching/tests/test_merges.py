"""A person with several ids is one person in every step of the chain, until the merge is undone."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from itertools import permutations
from uuid import UUID

import pytest
from contracts.cv_matching import InboundUnmatched, MatchMethod
from contracts.intake import ApplicationStatus, CandidateProfile, CandidateProfileRevised
from contracts.messaging import Channel
from contracts.references import reference
from cv_matching.domain.contents import Extracted
from cv_matching.domain.verdicts import Person, ranked
from cv_matching.handlers.following import know_candidate
from cv_matching.ports import ApplicationCard
from cv_matching_support import files
from cv_matching_support.ports import TextInMemory
from cv_matching_support.stores import Store, a_card
from cv_matching_support.world import World

CV = files.a_pdf("Curriculum vitae")
NUMBER = "+40740123456"


async def keep(store: Store) -> None:
    """1 and 2 are found to be one person; 3 is a relative with the same number."""
    async with store.begin() as tx:
        for each in (
            a_card(1, "ana pop", "ana@example.com", NUMBER),
            a_card(2, "ana pop", "ana@example.com", NUMBER),
            a_card(3, "ion pop", "ion@example.com", NUMBER),
        ):
            await store.directory.keep_candidate(tx, each)


async def apply(store: Store) -> None:
    async with store.begin() as tx:
        for candidate_id, application_id, status in ((1, 11, "awaiting_cv"), (2, 12, "call_queued")):
            card = an_application(candidate_id, application_id, status)
            await store.directory.keep_application(tx, card, 1)


async def merge(store: Store) -> None:
    async with store.begin() as tx:
        await store.merges.merged(tx, UUID(int=1), 1, 2)


def an_application(candidate_id: int, application_id: int, status: str) -> ApplicationCard:
    return ApplicationCard(candidate_id, application_id, ApplicationStatus(status))


def spoken(steps: tuple[Callable[[Store], Awaitable[None]], ...]) -> str:
    return "-".join(getattr(step, "__name__", "") for step in steps)


@pytest.mark.parametrize("order", list(permutations((keep, apply, merge))), ids=spoken)
async def test_both_ids_are_one_person_whatever_was_heard_first(
    store: Store, order: tuple[Callable[[Store], Awaitable[None]], ...]
) -> None:
    for step in order:
        await step(store)
    async with store.begin() as tx:
        directory = store.directory
        assert await directory.with_email(tx, "ana@example.com") == (1,)
        assert await directory.with_phone(tx, NUMBER) == (1, 3)
        assert await directory.of_applications(tx, [11, 12]) == (1,)
        waiting = Person(1, ("ana pop",), frozenset({"ana@example.com"}), frozenset({NUMBER}))
        assert await directory.named_like(tx, "ana pop") == (waiting,)
        assert await directory.people(tx, [1]) == (waiting,)
        for candidate_id in (1, 2):
            mine = await directory.open_applications(tx, candidate_id)
            assert [(each.candidate_id, each.application_id) for each in mine] == [(1, 11), (2, 12)]


async def test_whoever_waits_under_the_merged_id_only_waits_as_the_kept_one(store: Store) -> None:
    await keep(store)
    await merge(store)
    async with store.begin() as tx:
        await store.directory.keep_application(tx, an_application(2, 12, "awaiting_cv"), 1)
        await store.directory.keep_candidate(tx, a_card(2, "ana maria pop", "ana@example.com"))
        [named] = [each for each in await store.directory.named_like(tx, "ana pop") if each.waits]
        assert (named.candidate_id, named.names) == (1, ("ana maria pop", "ana pop"))
        assert [score for _, score in ranked("ana maria pop", [named])] == [100]


async def test_an_undone_merge_leaves_two_people(store: Store) -> None:
    await keep(store)
    await apply(store)
    await merge(store)
    async with store.begin() as tx:
        await store.merges.unmerged(tx, UUID(int=1), 1, 2)
        await store.merges.merged(tx, UUID(int=1), 1, 2)
    async with store.begin() as tx:
        assert await store.directory.with_email(tx, "ana@example.com") == (1, 2)
        assert [each.application_id for each in await store.directory.open_applications(tx, 2)] == [12]


async def test_an_undoing_that_is_heard_before_its_merge_counts(store: Store) -> None:
    await keep(store)
    async with store.begin() as tx:
        await store.merges.unmerged(tx, UUID(int=1), 1, 2)
    await merge(store)
    async with store.begin() as tx:
        assert await store.directory.with_email(tx, "ana@example.com") == (1, 2)


async def test_whoever_was_merged_before_goes_along_and_comes_back(store: Store) -> None:
    """2 into 1, then 1 into 3: all are 3. That undone, 2 is 1 again."""
    await keep(store)
    async with store.begin() as tx:
        await store.merges.merged(tx, UUID(int=2), 3, 1)
    await merge(store)
    async with store.begin() as tx:
        assert await store.directory.with_phone(tx, NUMBER) == (3,)
        await store.merges.unmerged(tx, UUID(int=2), 3, 1)
        assert await store.directory.with_phone(tx, NUMBER) == (1, 3)


async def a_world() -> World:
    """The same person twice, each with an application that waits."""
    world = World(documents=TextInMemory("Curriculum vitae\nAna Pop"))
    await world.candidate(1, "Ana Pop", 11, email="ana@example.com", phone=NUMBER)
    await world.candidate(2, "Ana Pop", 12, email="ana@example.com", phone=NUMBER)
    return world


async def test_the_same_address_under_two_ids_is_a_doubt_until_they_are_merged() -> None:
    world = await a_world()
    await world.receive("ana@example.com", CV)
    await world.work()
    assert not world.matched
    assert len(world.tx.said(InboundUnmatched)) == 1
    world = await a_world()
    await world.merge(1, 2)
    await world.receive("ana@example.com", CV)
    await world.work()
    assert [(cv.candidate_id, cv.application_id) for cv in world.matched] == [(1, 11), (2, 12)]
    assert {(cv.method, cv.confidence) for cv in world.matched} == {(MatchMethod.EXACT_EMAIL, "high")}


async def test_a_number_under_two_ids_is_one_persons() -> None:
    world = await a_world()
    await world.merge(1, 2)
    await world.receive("40740123456", CV, channel=Channel.WHATSAPP)
    await world.work()
    assert [cv.application_id for cv in world.matched] == [11, 12]


async def test_a_reference_to_the_merged_ones_application_names_the_person() -> None:
    world = await a_world()
    await world.merge(1, 2)
    await world.receive("other@example.com", CV, subject=f"[{reference(12)}] [{reference(11)}]")
    await world.work()
    assert [(cv.application_id, cv.method) for cv in world.matched] == [
        (11, MatchMethod.SUBJECT_ID),
        (12, MatchMethod.SUBJECT_ID),
    ]


async def test_a_name_that_the_merged_one_bears_too_is_no_doubt() -> None:
    world = await a_world()
    await world.merge(1, 2)
    await world.receive("other@example.com", CV, sender_name="Pop Ana")
    await world.work()
    assert {cv.method for cv in world.matched} == {MatchMethod.FUZZY_NAME}
    assert [cv.application_id for cv in world.matched] == [11, 12]


async def test_what_a_cv_says_fits_the_person_once() -> None:
    world = await a_world()
    await world.merge(1, 2)
    text = "Ana Pop, ana@example.com"
    world.documents.text = text
    world.reading.answer = Extracted(first_name="Ana", last_name="Pop", email="ana@example.com")
    await world.receive("other@example.com", CV)
    await world.work()
    assert {cv.method for cv in world.matched} == {MatchMethod.CV_CONTENT}
    assert [cv.application_id for cv in world.matched] == [11, 12]


async def test_after_the_undoing_each_is_matched_alone() -> None:
    world = await a_world()
    await world.merge(1, 2)
    await world.unmerge(1, 2)
    await world.receive("ana@example.com", CV)
    await world.work()
    assert not world.matched
    assert len(world.tx.said(InboundUnmatched)) == 1


async def test_a_late_profile_of_a_merged_one_changes_the_person_only(store: Store) -> None:
    await keep(store)
    await merge(store)
    async with store.begin() as tx:
        await store.directory.keep_candidate(tx, a_card(2, "ana maria pop", "new@example.com"))
        assert await store.directory.with_email(tx, "new@example.com") == (1,)
        assert await store.directory.with_email(tx, "ana@example.com") == (1,)


async def test_the_address_that_a_merge_replaced_still_names_the_person(store: Store) -> None:
    before, then = a_card(2, "ana pop", "old@example.com"), a_card(2, "ana pop", "ana@example.com", NUMBER)
    await keep(store)
    await apply(store)
    await merge(store)
    async with store.begin() as tx:
        await store.directory.keep_candidate(tx, then)
        await store.directory.keep_former_contacts(tx, before)
        await store.directory.keep_candidate(tx, then)
        assert await store.directory.with_email(tx, "old@example.com") == (1,)
        assert await store.directory.with_email(tx, "ana@example.com") == (1,)
        [waiting] = await store.directory.people(tx, [1])
        assert "old@example.com" in waiting.emails
        await store.directory.forget_former_contacts(tx, before)
        assert await store.directory.with_email(tx, "old@example.com") == ()


async def test_what_an_earlier_merge_replaced_outlives_the_undoing_of_a_later_one(store: Store) -> None:
    """2 into 1, then 1 into 3: that undone, the old address of 2 is still that of 1."""
    old, between = a_card(2, "ana pop", "old@example.com"), a_card(2, "ana pop", "between@example.com")
    await keep(store)
    await merge(store)
    async with store.begin() as tx:
        for before, then in ((old, between), (between, a_card(2, "ana pop", "last@example.com"))):
            await store.directory.keep_candidate(tx, then)
            await store.directory.keep_former_contacts(tx, before)
        for again, known in ((between, (1,)), (old, (1,))):
            await store.directory.forget_former_contacts(tx, again)
            await store.directory.keep_candidate(tx, again)
            assert await store.directory.with_email(tx, "old@example.com") == known
        assert await store.directory.with_email(tx, "between@example.com") == ()


async def test_a_merge_keeps_what_it_replaces_and_its_undoing_forgets_it() -> None:
    world = await a_world()
    before = CandidateProfile(full_name="Ana Pop", first_name="Ana", last_name="Pop", email="old@example.com")
    then = before.model_copy(update={"email": "ana@example.com"})
    for cause in ("merge", "recruiter"):
        revised = CandidateProfileRevised(candidate_id=2, profile=then, before=before, cause=cause)
        await know_candidate(revised, world.tx, world.directory)
        assert await world.directory.with_email(world.tx, "old@example.com") == (2,)
    for cause, profile in (("merge_undone", before), ("recruiter", then)):
        revised = CandidateProfileRevised(candidate_id=2, profile=profile, before=None, cause=cause)
        await know_candidate(revised, world.tx, world.directory)
    assert await world.directory.with_email(world.tx, "old@example.com") == ()
