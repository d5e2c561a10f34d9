"""What recruiters do with what people wrote: marked, hidden and brought back."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from contracts import Accepted
from contracts.messaging import (
    ConversationDeleted,
    ConversationRestored,
    MessagesMarked,
)
from messaging.domain.conversations import sender_key

from .conversation_desk import IRINA, STRANGER, Desk, done, refused
from .office import EMAIL, PHONE, Office, a_document, a_post, someone
from .test_receiving import an_email


@pytest.mark.parametrize(
    ("written", "key"),
    [
        ("+40 700 000 092", "40700000092"),
        ("0040700000092", "40700000092"),
        ("40700000092@s.whatsapp.net", "40700000092"),
        ("+40 (700) 000-092", "40700000092"),
        ("40700000092", "40700000092"),
        ("181234567890123@lid", "181234567890123@lid"),
        (" Ana.Proba@Example.COM ", "ana.proba@example.com"),
        ("12", "12"),
    ],
)
def test_a_sender_is_the_same_one_however_it_is_written(written: str, key: str) -> None:
    assert sender_key(written) == key


@pytest.fixture
async def desk(on_postgres: Office) -> Desk:
    await on_postgres.opens()
    return Desk(on_postgres)


async def test_messages_are_marked_once_and_unmarked(desk: Desk) -> None:
    one, other = await desk.hears("one"), await desk.hears("two")
    assert [await desk.marks(one, other), await desk.marks(one, other)] == [2, 0]
    assert await desk.marks(other, read=False) == 1
    said = await desk.office.room.said(MessagesMarked)
    assert [(set(it.message_ids), it.read) for it in said] == [({one, other}, True), ({other}, False)]
    assert said[0].actor == IRINA


async def test_a_whole_conversation_is_read_up_to_what_the_page_showed(desk: Desk) -> None:
    first = await desk.hears("one", timestamp=1795000000)
    await desk.hears("two", timestamp=1795000060)
    assert await desk.reads(up_to=first, sender=STRANGER) == 1
    assert await desk.reads(sender="40 700 000 092") == 1


async def test_a_persons_messages_are_read_under_all_their_ids(desk: Desk) -> None:
    await desk.office.opens(someone(phone=STRANGER, email="b@example.com"), application=2, candidate=20)
    await desk.hears("under the one id", PHONE)
    await desk.hears("under the other", STRANGER)
    await desk.office.merges(10, 20)
    assert await desk.reads(candidate_id=20) == 2
    assert {it.candidate_id for it in await desk.office.room.said(MessagesMarked)} == {10, 20}


async def test_a_message_whose_file_is_on_its_way_is_not_read_unseen(desk: Desk) -> None:
    desk.office.whatsapp.files["pdf-1"] = b"%PDF-1.4"
    await desk.office.whapi_says(a_post(a_document()))
    assert await desk.reads(candidate_id=10) == 0
    assert refused(await desk.deletes(candidate_id=10)) == "nothing_there"
    await desk.office.fetches()
    assert await desk.reads(candidate_id=10) == 1


async def test_a_conversation_names_a_person_or_a_sender_and_never_both(desk: Desk) -> None:
    for whose in ({}, {"candidate_id": 10, "sender": STRANGER}, {"candidate_id": 99}):
        assert refused(await desk.deletes(**whose)) == "not_found"


async def test_what_they_wrote_is_hidden_and_brought_back(desk: Desk) -> None:
    old = await desk.hears("old")
    deleted = await desk.deletes(sender=STRANGER)
    assert done(deleted)["deleted"] == 1
    assert await desk.marks(old) == 0, "what is hidden is not marked"
    await desk.hears("new")
    assert done(await desk.restores(deleted))["restored"] == 1
    assert refused(await desk.restores(deleted)) == "restored_already"
    gone, back = (
        (await desk.office.room.said(ConversationDeleted))[0],
        (await desk.office.room.said(ConversationRestored))[0],
    )
    assert gone.message_ids == back.message_ids == [old]
    assert (gone.sender, gone.deletion_id) == (STRANGER, back.deletion_id)


async def test_what_arrived_after_the_page_was_shown_is_not_deleted_with_it(desk: Desk) -> None:
    shown = await desk.hears("shown", timestamp=1795000000)
    await desk.hears("nobody saw this", timestamp=1795000060)
    assert done(await desk.deletes(shown, sender=STRANGER))["deleted"] == 1
    [gone] = await desk.office.room.said(ConversationDeleted)
    assert gone.message_ids == [shown]


async def test_an_email_that_is_older_and_came_later_was_not_seen_either(desk: Desk) -> None:
    """The page showed what had come in; an email may be dated before that and be polled after it."""
    office = desk.office
    office.mailbox.emails["m1"] = an_email("m1")
    await office.polls()
    shown = (await desk.last()).message_id
    office.mailbox.emails["m2"] = an_email("m2", received_at=office.room.clock.now() - timedelta(days=9))
    await office.polls()
    unseen = (await desk.last()).message_id
    assert await desk.reads(shown, candidate_id=10) == 1
    assert done(await desk.deletes(shown, candidate_id=10))["deleted"] == 1
    assert done(await desk.deletes(unseen, candidate_id=10))["deleted"] == 1
    assert [it.message_ids for it in await office.room.said(ConversationDeleted)] == [[shown], [unseen]]


async def test_a_message_counts_from_when_its_file_is_here(desk: Desk) -> None:
    """It is shown with its file only; what came meanwhile was on the page without it."""
    desk.office.whatsapp.files["pdf-1"] = b"%PDF-1.4"
    await desk.office.whapi_says(a_post(a_document()))
    shown = await desk.hears("shown before the file came", PHONE)
    await desk.office.fetches()
    assert await desk.reads(shown, candidate_id=10) == 1
    assert await desk.reads(candidate_id=10) == 1


async def test_a_deletion_can_be_taken_back_for_thirty_days(desk: Desk) -> None:
    await desk.hears()
    deleted = await desk.deletes(sender=STRANGER)
    desk.office.room.clock.wait(timedelta(days=30))
    assert refused(await desk.restores(deleted)) == "too_late"


async def test_two_recruiters_delete_at_once_and_one_of_them_has_done_it(desk: Desk) -> None:
    for number in range(20):
        await desk.hears(f"number {number}")
    replies = await asyncio.gather(*(desk.deletes(sender=STRANGER) for _ in range(4)))
    assert sorted(isinstance(it, Accepted) for it in replies) == [False, False, False, True]
    assert sum(len(it.message_ids) for it in await desk.office.room.said(ConversationDeleted)) == 20


async def test_very_many_messages_are_named_in_portions(desk: Desk) -> None:
    async with desk.office.room.begin() as tx:
        await tx.db.execute(
            """INSERT INTO inbound_messages (message_id, channel, external_id, sender, sender_key, body,
                   received_at, settled)
               SELECT gen_random_uuid(), 'email', 'x' || n, $1, $1, 'hello', now(), true
               FROM generate_series(1, 4500) AS n""",
            EMAIL + ".ro",
        )
    assert await desk.reads(sender=EMAIL + ".ro") == 4500
    assert [len(it.message_ids) for it in await desk.office.room.said(MessagesMarked)] == [2000, 2000, 500]
