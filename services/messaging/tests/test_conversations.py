"""What recruiters do with what people wrote: marked, hidden, brought back, and given to whose it is."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from chassis import Tx
from chassis.ids import new_id
from contracts import Accepted, Actor, Command, Refused
from contracts.messaging import (
    Channel,
    Conversation,
    ConversationDeleted,
    ConversationRestored,
    DeleteConversation,
    LinkSender,
    MarkConversation,
    MarkMessages,
    MessageReceived,
    MessagesMarked,
    RestoreConversation,
    SenderLinked,
    SenderUnlinked,
    UnlinkSender,
    WhatsAppMediaAnnounced,
)
from messaging.adapters.postgres_conversations import PostgresConversations
from messaging.domain.conversations import sender_key
from messaging.domain.letters import Channel as DomainChannel
from messaging.handlers import conversations as talks
from messaging.handlers import link_senders

from .office import EMAIL, PHONE, Office, a_document, a_post, a_text, someone
from .test_receiving import an_email

IRINA = Actor(kind="recruiter", id="1", name="Irina Dobre")
STRANGER = "+40700000092"
KEPT = PostgresConversations()


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


class Desk:
    """A recruiter at work in an office on PostgreSQL."""

    def __init__(self, office: Office) -> None:
        self.office = office
        self._heard = 0

    async def hears(self, body: str = "Bună", sender: str = STRANGER, **changed: Any) -> UUID:
        """By WhatsApp; answers the message's id."""
        self._heard += 1
        digits = sender.removeprefix("+")
        told = a_text(
            body, **{"id": f"in-{self._heard}", "from": digits, "chat_id": f"{digits}@s.whatsapp.net"}
        )
        await self.office.whapi_says(a_post(told | changed), delivery=self._heard)
        return (await self.office.room.said(MessageReceived))[-1].message_id

    async def does(self, command: Command) -> Accepted | Refused:
        async with self.office.room.begin() as tx:
            return await self.within(tx, command)

    async def within(self, tx: Tx, command: Command) -> Accepted | Refused:
        if isinstance(command, LinkSender):
            return await link_senders.link_sender(
                command, tx, self.office.pipeline, KEPT, self.office.objections
            )
        if isinstance(command, UnlinkSender):
            return await link_senders.unlink_sender(command, tx, KEPT, self.office.objections)
        kinds: dict[type[Command], Any] = {
            MarkConversation: talks.mark_conversation,
            MarkMessages: talks.mark_messages,
            DeleteConversation: talks.delete_conversation,
            RestoreConversation: talks.restore_conversation,
        }
        answer: Accepted | Refused = await kinds[type(command)](command, tx, KEPT)
        return answer

    async def links(self, candidate: int = 10, sender: str = STRANGER) -> Accepted | Refused:
        return await self.does(
            LinkSender(
                command_id=new_id(),
                actor=IRINA,
                channel=Channel.WHATSAPP,
                sender=sender,
                candidate_id=candidate,
            )
        )

    async def unlinks(self, reply: Accepted | Refused) -> Accepted | Refused:
        return await self.does(UnlinkSender(command_id=new_id(), actor=IRINA, link_id=done(reply)["link_id"]))

    async def deletes(self, up_to: UUID | None = None, **whose: Any) -> Accepted | Refused:
        talk = Conversation(**whose)
        return await self.does(
            DeleteConversation(command_id=new_id(), actor=IRINA, conversation=talk, up_to=up_to)
        )

    async def restores(self, reply: Accepted | Refused) -> Accepted | Refused:
        return await self.does(
            RestoreConversation(command_id=new_id(), actor=IRINA, deletion_id=done(reply)["deletion_id"])
        )

    async def marks(self, *ids: UUID, read: bool = True) -> Any:
        command = MarkMessages(command_id=new_id(), actor=IRINA, message_ids=list(ids), read=read)
        return done(await self.does(command))["marked"]

    async def reads(self, up_to: UUID | None = None, **whose: Any) -> Any:
        talk = Conversation(**whose)
        command = MarkConversation(command_id=new_id(), actor=IRINA, conversation=talk, up_to=up_to)
        return done(await self.does(command))["marked"]

    async def last(self) -> MessageReceived:
        return (await self.office.room.said(MessageReceived))[-1]


def done(reply: Accepted | Refused) -> dict[str, Any]:
    assert isinstance(reply, Accepted), reply
    return reply.result


def refused(reply: Accepted | Refused) -> str:
    assert isinstance(reply, Refused), reply
    return reply.code


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
