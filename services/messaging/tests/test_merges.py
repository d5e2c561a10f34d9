"""Who writes under any id of a merged person is that person, until the merge is undone."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from itertools import permutations

import pytest
from contracts.messaging import MessageReceived

from .office import EMAIL, PHONE, Office, a_post, a_text, someone
from .test_receiving import an_email


async def first_applies(office: Office) -> None:
    await office.opens(application=1, candidate=10)


async def second_applies(office: Office) -> None:
    """With the same number and address, as intake says of both after a merge."""
    await office.opens(application=2, candidate=20)


async def they_are_merged(office: Office) -> None:
    await office.merges(10, 20)


async def writers(office: Office) -> list[tuple[int | None, int | None]]:
    """Of a WhatsApp message and an email, in this order."""
    office.mailbox.emails["m1"] = an_email()
    await office.whapi_says(a_post(a_text()))
    await office.polls()
    said = await office.room.said(MessageReceived)
    return [(message.candidate_id, message.application_id) for message in said]


def spoken(steps: tuple[Callable[[Office], Awaitable[None]], ...]) -> str:
    return "-".join(getattr(step, "__name__", "") for step in steps)


@pytest.mark.parametrize(
    "order", list(permutations((first_applies, second_applies, they_are_merged))), ids=spoken
)
async def test_a_number_under_two_ids_is_the_kept_persons_whatever_was_heard_first(
    office: Office, order: tuple[Callable[[Office], Awaitable[None]], ...]
) -> None:
    for step in order:
        await step(office)
    assert await writers(office) == [(10, 2), (10, 2)]


async def test_the_open_application_counts_under_whichever_id_it_is(office: Office) -> None:
    for step in (first_applies, second_applies, they_are_merged):
        await step(office)
    await office.stands("closed", application=2)
    assert await writers(office) == [(10, 1), (10, 1)]


async def test_an_address_that_only_the_merged_one_had_names_the_kept_one(office: Office) -> None:
    await office.opens(someone(email="other@example.com", phone=None), application=1, candidate=10)
    await second_applies(office)
    await office.stands("closed", application=2)
    await they_are_merged(office)
    assert await writers(office) == [(10, 1), (10, 1)]


async def test_after_the_undoing_they_are_two_again(office: Office) -> None:
    for step in (first_applies, second_applies, they_are_merged):
        await step(office)
    await office.unmerges(10, 20)
    await they_are_merged(office)
    assert await writers(office) == [(None, None), (None, None)]


async def test_an_undoing_that_is_heard_before_its_merge_counts(office: Office) -> None:
    await office.unmerges(10, 20)
    for step in (first_applies, second_applies, they_are_merged):
        await step(office)
    assert await writers(office) == [(None, None), (None, None)]


async def test_a_person_of_three_ids_comes_apart_in_the_order_they_came_together(office: Office) -> None:
    for step in (first_applies, second_applies, they_are_merged):
        await step(office)
    await office.opens(application=3, candidate=5)
    await office.merges(5, 10, number=2)
    assert await writers(office) == [(5, 3), (5, 3)]
    await office.unmerges(5, 10, number=2)
    async with office.room.begin() as tx:
        found = await office.pipeline.writers_by_email(tx, EMAIL)
    assert [writer.candidate_id for writer in found] == [5, 10]


async def test_who_writes_from_an_address_that_a_merge_replaced_is_known(office: Office) -> None:
    other = someone(email=EMAIL, phone="+40700000012")
    kept = someone(email="kept@example.com", phone=PHONE)
    await office.opens(kept, application=1, candidate=10)
    await office.opens(other, application=2, candidate=20)
    await they_are_merged(office)
    await office.revises(kept, "merge", candidate=20, before=other)
    await office.revises(kept, "recruiter", candidate=20, before=kept)
    assert await writers(office) == [(10, 2), (10, 2)]
    last = someone(email="last@example.com", phone="+40700000013")
    await office.opens(last, application=3, candidate=5)
    await office.merges(5, 10, number=2)
    for candidate in (20, 10):
        await office.revises(last, "merge", candidate=candidate, before=kept)
    await office.unmerges(5, 10, number=2)
    for candidate in (20, 10):
        await office.revises(kept, "merge_undone", candidate=candidate, before=last)
    async with office.room.begin() as tx:
        assert [one.candidate_id for one in await office.pipeline.writers_by_email(tx, EMAIL)] == [10]
    await office.unmerges(10, 20)
    await office.revises(other, "merge_undone", candidate=20, before=kept)
    async with office.room.begin() as tx:
        assert [one.candidate_id for one in await office.pipeline.writers_by_email(tx, EMAIL)] == [20]
        assert [one.candidate_id for one in await office.pipeline.writers_by_phone(tx, PHONE)] == [10]
