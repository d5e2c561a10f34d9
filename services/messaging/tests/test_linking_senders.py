"""Whose an unknown address or number is by a recruiter's word: what came from it, and will come."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from chassis import Tx
from chassis.ids import new_id
from contracts.messaging import (
    Channel,
    LinkSender,
    SenderLinked,
    SenderUnlinked,
    WhatsAppMediaAnnounced,
)
from messaging.domain.letters import Channel as DomainChannel

from .conversation_desk import IRINA, STRANGER, Desk, done, refused
from .office import PHONE, Office, a_document, a_post, someone
from .test_receiving import an_email


@pytest.fixture
async def desk(on_postgres: Office) -> Desk:
    await on_postgres.opens()
    return Desk(on_postgres)


async def test_an_unknown_sender_becomes_the_candidates_past_and_future(desk: Desk) -> None:
    before = [await desk.hears("one"), await desk.hears("two")]
    linked = await desk.links()
    assert done(linked)["linked"] == 2
    said = (await desk.office.room.said(SenderLinked))[0]
    assert (said.candidate_id, said.application_id, said.sender) == (10, 1, STRANGER)
    assert said.message_ids == before
    await desk.hears("three")
    assert ((await desk.last()).candidate_id, (await desk.last()).application_id) == (10, 1)


async def test_an_address_is_linked_whatever_its_letters(desk: Desk) -> None:
    desk.office.mailbox.emails["m1"] = an_email("m1", sender="New.Address@example.com")
    await desk.office.polls()
    reply = await desk.does(
        LinkSender(
            command_id=new_id(),
            actor=IRINA,
            channel=Channel.EMAIL,
            sender="new.address@EXAMPLE.com",
            candidate_id=10,
        )
    )
    assert done(reply)["linked"] == 1
    desk.office.mailbox.emails["m2"] = an_email("m2", sender="NEW.address@example.com")
    await desk.office.polls()
    assert (await desk.last()).candidate_id == 10


async def test_who_hides_their_number_can_be_linked_too(desk: Desk) -> None:
    hidden = {"chat_id": "181234567890123@lid", "from": "181234567890123"}
    await desk.hears("who am I", **hidden)
    sender = (await desk.last()).sender
    assert done(await desk.links(sender=sender))["linked"] == 1
    await desk.hears("me again", **hidden)
    assert (await desk.last()).candidate_id == 10


async def test_a_link_taken_back_gives_everything_back_that_came_by_it(desk: Desk) -> None:
    await desk.hears("one")
    linked = await desk.links()
    await desk.hears("two")
    assert done(await desk.unlinks(linked))["unlinked"] == 2
    assert refused(await desk.unlinks(linked)) == "not_linked"
    assert len((await desk.office.room.said(SenderUnlinked))[0].message_ids) == 2
    await desk.hears("three")
    assert (await desk.last()).candidate_id is None
    assert done(await desk.links())["linked"] == 3


async def test_who_takes_a_link_back_hears_that_the_wish_that_came_with_it_still_counts(desk: Desk) -> None:
    await desk.hears("STOP")
    linked = await desk.links()
    assert done(linked)["objected"]
    assert done(await desk.unlinks(linked)) == {"unlinked": 1, "still_forbidden": True}
    linked = await desk.links()
    assert done(linked)["objected"], "who says it again hears it again"
    await desk.unlinks(linked)
    async with desk.office.room.begin() as tx:
        for channel in DomainChannel:
            await desk.office.pipeline.contact_forbidden(tx, 10, channel, forbidden=False)
    again = await desk.links()
    assert not done(again)["objected"], "what a recruiter lifted stays so"
    assert not done(await desk.unlinks(again))["still_forbidden"]


async def test_a_sender_that_is_somebodys_is_not_given_away(desk: Desk) -> None:
    await desk.office.opens(someone(phone=STRANGER, email=None), application=2, candidate=20)
    await desk.hears()
    assert refused(await desk.links(10)) == "known_already"
    assert refused(await desk.links(10, PHONE)) == "not_found", "nobody wrote from there"


async def test_of_two_recruiters_the_second_hears_that_it_is_linked(desk: Desk) -> None:
    await desk.office.opens(someone(phone=None, email="b@example.com"), application=2, candidate=20)
    await desk.hears()
    replies = await asyncio.gather(desk.links(10), desk.links(20))
    assert sorted(getattr(it, "code", "linked") for it in replies) == ["known_already", "linked"]
    assert len(await desk.office.room.said(SenderLinked)) == 1


async def test_a_candidate_nobody_has_heard_of_is_refused(desk: Desk) -> None:
    await desk.hears()
    assert refused(await desk.links(99)) == "no_candidate"


async def test_a_familys_phone_goes_to_whom_the_recruiter_named(desk: Desk) -> None:
    """Two open applications behind one number name nobody."""
    await desk.office.opens(someone(email="b@example.com"), application=2, candidate=20)
    await desk.hears("who is it", PHONE)
    assert (await desk.last()).candidate_id is None
    assert done(await desk.links(20, PHONE))["linked"] == 1
    await desk.hears("again", PHONE)
    assert ((await desk.last()).candidate_id, (await desk.last()).application_id) == (20, 2)


async def test_a_link_follows_a_merge_and_its_undoing(desk: Desk) -> None:
    await desk.office.opens(someone(phone=None, email="b@example.com"), application=2, candidate=20)
    await desk.hears()
    await desk.links(20)
    await desk.office.merges(10, 20)
    await desk.hears("merged")
    assert ((await desk.last()).candidate_id, (await desk.last()).application_id) == (10, 2)
    await desk.office.unmerges(10, 20)
    await desk.hears("two again")
    assert (await desk.last()).candidate_id == 20


async def test_a_message_that_arrives_while_its_sender_is_linked_is_not_left_behind(desk: Desk) -> None:
    """Taken in but not committed, so that the link can't see it yet."""
    await desk.hears("before")
    begin = desk.office.room.begin
    taken, go_on = asyncio.Event(), asyncio.Event()

    @asynccontextmanager
    async def slow() -> AsyncIterator[Tx]:
        async with begin() as tx:
            yield tx
            taken.set()
            await go_on.wait()

    desk.office.room.begin = slow  # type: ignore[method-assign]
    arriving = asyncio.create_task(desk.hears("while"))
    await taken.wait()
    desk.office.room.begin = begin  # type: ignore[method-assign]
    linking = asyncio.create_task(desk.links())
    done_early, _ = await asyncio.wait([linking], timeout=0.3)
    go_on.set()
    await arriving
    assert not done_early, "the link waits for what is arriving"
    assert done(await linking)["linked"] == 2


async def test_a_file_that_is_fetched_after_the_link_comes_as_the_candidates(desk: Desk) -> None:
    desk.office.whatsapp.files["pdf-1"] = b"%PDF-1.4"
    stranger = a_document() | {"from": STRANGER[1:], "chat_id": f"{STRANGER[1:]}@s.whatsapp.net"}
    await desk.office.whapi_says(a_post(stranger))
    assert len(await desk.office.room.said(WhatsAppMediaAnnounced)) == 1
    await desk.links()
    await desk.office.fetches()
    assert (await desk.last()).candidate_id == 10
