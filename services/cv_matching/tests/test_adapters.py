"""One behaviour, two fillings: what the ports promise holds in memory and on PostgreSQL alike."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
from chassis.testing import NOON
from contracts import BlobRef
from contracts.cv_matching import CvSource, MatchMethod
from contracts.intake import ApplicationStatus
from contracts.messaging import Channel
from cv_matching.domain.verdicts import Person
from cv_matching.ports import ApplicationCard, Cv, Item, ItemState
from cv_matching_support.stores import Store, a_card


def an_item(position: int = 0) -> Item:
    return Item(
        item_id=uuid4(),
        message_id=MESSAGE,
        position=position,
        channel=Channel.EMAIL,
        sender="ana@example.com",
        sender_name="Ana Pop",
        subject="CV",
        body="Bună ziua",
        file=BlobRef(key="k", size=3, content_type="application/pdf", sha256="0" * 64),
        file_name="cv.pdf",
        received_at=NOON,
    )


def a_cv(item: Item, application_id: int = 11) -> Cv:
    return Cv(
        cv_id=uuid4(),
        item_id=item.item_id,
        candidate_id=1,
        application_id=application_id,
        method=MatchMethod.FUZZY_NAME,
        source=CvSource.EMAIL_ATTACHMENT,
        file=item.file,
        file_name=item.file_name,
        needs_review=True,
        received_at=NOON,
    )


MESSAGE = uuid4()


async def test_a_candidate_is_found_by_what_is_known_of_them(store: Store) -> None:
    async with store.begin() as tx:
        await store.directory.keep_candidate(tx, a_card(1, "ana pop", "ana@example.com", "+40740123456"))
        await store.directory.keep_candidate(tx, a_card(2, "ion pop", "ion@example.com", "+40740123456"))
    async with store.begin() as tx:
        assert await store.directory.with_email(tx, "ana@example.com") == (1,)
        assert await store.directory.with_phone(tx, "+40740123456") == (1, 2)
        assert await store.directory.with_email(tx, "nobody@example.com") == ()
        assert [each.candidate_id for each in await store.directory.named_like(tx, "pop ana")] == [1]


async def test_what_is_known_is_replaced_by_what_is_newer_only(store: Store) -> None:
    card = a_card(1, "ana pop", "ana@example.com")
    newer = replace(card, name="ana ionescu", emails=("new@example.com",), as_of=NOON + timedelta(hours=1))
    async with store.begin() as tx:
        for each in (card, newer, card):
            await store.directory.keep_candidate(tx, each)
    async with store.begin() as tx:
        assert await store.directory.with_email(tx, "new@example.com") == (1,)
        assert await store.directory.with_email(tx, "ana@example.com") == ()
        [known] = await store.directory.people(tx, [1])
        assert known.names == ("ana ionescu",)


async def test_a_status_never_goes_back(store: Store) -> None:
    async with store.begin() as tx:
        for sequence, status in ((0, "pending_call"), (2, "closed"), (1, "qualified"), (0, "pending_call")):
            card = ApplicationCard(1, 11, ApplicationStatus(status))
            await store.directory.keep_application(tx, card, sequence)
    async with store.begin() as tx:
        assert await store.directory.application(tx, 11) == ApplicationCard(1, 11, ApplicationStatus.CLOSED)
        assert await store.directory.application(tx, 12) is None


async def test_open_applications_come_oldest_first_without_the_closed(store: Store) -> None:
    statuses = {13: "awaiting_cv", 11: "cv_received", 12: "closed", 14: "pending_call"}
    async with store.begin() as tx:
        for application_id, status in statuses.items():
            card = ApplicationCard(1, application_id, ApplicationStatus(status))
            await store.directory.keep_application(tx, card, 1)
    async with store.begin() as tx:
        still_open = await store.directory.open_applications(tx, 1)
        assert [each.application_id for each in still_open] == [11, 13, 14]
        assert await store.directory.open_applications(tx, 2) == ()
        assert await store.directory.of_applications(tx, [12, 13, 99]) == (1,)


@pytest.mark.parametrize(
    ("status", "waits"),
    [
        *((status, True) for status in ("awaiting_cv", "qualified", "cv_overdue", "not_qualified")),
        *((status, False) for status in ("pending_call", "cv_received", "closed", "needs_human")),
    ],
)
async def test_it_is_known_who_waits_for_a_cv(store: Store, status: str, waits: bool) -> None:
    async with store.begin() as tx:
        await store.directory.keep_candidate(tx, a_card(1, "ana pop", "ana@example.com", "+40740123456"))
        await store.directory.keep_application(tx, ApplicationCard(1, 11, ApplicationStatus(status)), 1)
    async with store.begin() as tx:
        assert await store.directory.named_like(tx, "pop ana") == (
            Person(1, ("ana pop",), frozenset({"ana@example.com"}), frozenset({"+40740123456"}), waits),
        )


@pytest.mark.parametrize(
    "asked", ["pop ana", "a pop", "ana pop-ionescu", "ana maria pop", "Ана Поп", "anuta pop"]
)
async def test_a_name_is_shortlisted_however_it_is_written(store: Store, asked: str) -> None:
    async with store.begin() as tx:
        await store.directory.keep_candidate(tx, a_card(1, "ana pop"))
        await store.directory.keep_candidate(tx, a_card(2, "ion stan"))
        for each in (1, 2):
            waiting = ApplicationCard(each, 10 + each, ApplicationStatus.AWAITING_CV)
            await store.directory.keep_application(tx, waiting, 1)
    async with store.begin() as tx:
        assert [each.candidate_id for each in await store.directory.named_like(tx, asked)] == [1]


async def test_an_attachment_is_written_down_once(store: Store) -> None:
    item = an_item()
    async with store.begin() as tx:
        assert await store.items.add(tx, item)
        assert not await store.items.add(tx, replace(item, item_id=uuid4()))
        assert await store.items.add(tx, an_item(position=1))
    async with store.begin() as tx:
        assert await store.items.get(tx, item.item_id) == item
        assert await store.items.get(tx, uuid4()) is None


async def test_an_item_keeps_its_state_and_its_tries(store: Store) -> None:
    item = an_item()
    async with store.begin() as tx:
        await store.items.add(tx, item)
        await store.items.count_try(tx, item.item_id)
        await store.items.settle(tx, item.item_id, ItemState.UNMATCHED, "nobody")
    settled = replace(item, state=ItemState.UNMATCHED, tries=1, settled_before=True)
    async with store.begin() as tx:
        assert await store.items.get(tx, item.item_id) == settled


async def test_what_waits_is_known_to_have_been_told_of(store: Store) -> None:
    item = an_item()
    async with store.begin() as tx:
        await store.items.add(tx, item)
        await store.items.tell(tx, item.item_id, "the model is away")
    async with store.begin() as tx:
        assert await store.items.get(tx, item.item_id) == replace(item, settled_before=True)


async def test_a_cv_is_attached_once_to_each_application(store: Store) -> None:
    item = an_item()
    cv = a_cv(item)
    async with store.begin() as tx:
        await store.items.add(tx, item)
        assert await store.cvs.add(tx, cv) == (cv.cv_id, 1)
        assert await store.cvs.add(tx, a_cv(item)) is None
        first = a_cv(item, 12)
        assert await store.cvs.add(tx, first) == (first.cv_id, 1)
        another = an_item(position=1)
        await store.items.add(tx, another)
        second = a_cv(another, 12)
        assert await store.cvs.add(tx, second) == (second.cv_id, 2)


async def test_only_what_nobody_could_be_named_for_waits_again(store: Store) -> None:
    states = [ItemState.UNMATCHED, ItemState.MATCHED, ItemState.ASSIGNED, ItemState.DISCARDED]
    items = [an_item(position) for position in range(len(states) + 1)]
    elsewhere = replace(an_item(), message_id=uuid4())
    async with store.begin() as tx:
        for item in (*items, elsewhere):
            await store.items.add(tx, item)
            await store.items.count_try(tx, item.item_id)
        for item, state in zip(items, states, strict=False):
            await store.items.settle(tx, item.item_id, state, "so it is")
        await store.items.settle(tx, elsewhere.item_id, ItemState.UNMATCHED, "so it is")
    async with store.begin() as tx:
        assert await store.items.wait_again(tx, [MESSAGE, uuid4()]) == [items[0].item_id]
        assert await store.items.wait_again(tx, [MESSAGE]) == []
        assert await store.items.wait_again(tx, []) == []
    async with store.begin() as tx:
        assert await store.items.get(tx, items[0].item_id) == replace(items[0], settled_before=True)
        assert await store.items.get(tx, items[-1].item_id) == replace(items[-1], tries=1)
