"""Who writes that they want no more of us is left alone at once; in memory and on PostgreSQL."""

from __future__ import annotations

import asyncio
from uuid import UUID

import pytest
from contracts import Accepted, Refused
from contracts.messaging import (
    CandidateUnreachable,
    Channel,
    ContactObjected,
    LinkSender,
    MessageComposed,
    MessageFailed,
    MessageReceived,
)
from messaging.adapters.postgres_conversations import PostgresConversations
from messaging.domain.emails import Email
from messaging.domain.letters import Channel as DomainChannel
from messaging.handlers.link_senders import link_sender
from messaging.ports import Objection

from .office import EMAIL, PHONE, RECRUITER, Office, a_document, a_post, a_text, someone


def an_email(body: str, sender: str = EMAIL, external_id: str = "m1", subject: str = "Re: CV") -> Email:
    return Email(external_id, sender, "Ana Probă", subject, body, [], None)


async def says(office: Office, words: str, channel: str, number: int = 1) -> None:
    if channel == "email":
        office.mailbox.emails[f"m{number}"] = an_email(words, external_id=f"m{number}")
        await office.polls()
    else:
        await office.whapi_says(a_post(a_text(words, id=f"wa-in-{number}")), delivery=number)


@pytest.mark.parametrize("channel", ["email", "whatsapp"])
async def test_reminders_stop_on_every_channel_at_once(office: Office, channel: str) -> None:
    await office.has_asked()
    await says(office, "STOP", channel)
    [objected] = await office.room.said(ContactObjected)
    assert (objected.candidate_id, objected.channel, objected.words) == (10, channel, "STOP")
    assert len(await office.room.said(MessageReceived)) == 1
    office.waits(hours=48)
    await office.follow_up_due(1)
    await office.sends()
    assert (len(office.mail.sent), len(office.whatsapp.sent)) == (1, 1)
    [unreachable] = await office.room.said(CandidateUnreachable)
    assert "asked not to be contacted by email and WhatsApp" in unreachable.reason


async def test_what_was_composed_and_has_not_left_does_not_leave(office: Office) -> None:
    await office.has_asked()
    await office.follow_up_due(1)
    await says(office, "Nu mă mai contactați, vă rog.", "whatsapp")
    await office.sends()
    assert (len(office.mail.sent), len(office.whatsapp.sent)) == (1, 1)
    assert len(await office.room.said(MessageFailed)) == 2


async def test_nothing_confirms_it(office: Office) -> None:
    await office.has_asked()
    before = len(await office.room.said(MessageComposed))
    await says(office, "STOP", "whatsapp")
    assert len(await office.room.said(MessageComposed)) == before


async def test_everybody_who_has_the_number_is_left_alone(office: Office) -> None:
    await office.opens()
    await office.opens(someone(email="bob@example.com", first_name="Bob"), application=2, candidate=11)
    await says(office, "stop", "whatsapp")
    assert {one.candidate_id for one in await office.room.said(ContactObjected)} == {10, 11}
    assert isinstance(await office.writes(candidate_id=11, channel="email", subject="?"), Refused)


async def test_under_every_id_of_a_person(office: Office) -> None:
    await office.opens()
    await office.opens(someone(phone="+40700000012", email=None), application=2, candidate=11)
    await office.merges(11, 10)
    await says(office, "stop", "whatsapp")
    assert {one.candidate_id for one in await office.room.said(ContactObjected)} == {10, 11}


async def test_an_unknown_sender_is_not_answered_and_not_written_to_when_they_become_known(
    office: Office,
) -> None:
    await says(office, "Dezabonare", "whatsapp")
    [received] = await office.room.said(MessageReceived)
    assert received.candidate_id is None
    assert await office.room.said(ContactObjected) == []
    answer = await office.writes("De ce?", sender=received.sender, reply_to=received.message_id)
    assert isinstance(answer, Refused)
    assert answer.code == "forbidden"
    await office.opens()
    [objected] = await office.room.said(ContactObjected)
    assert (objected.candidate_id, objected.message_id) == (10, received.message_id)
    await office.stands("qualified")
    assert await office.room.said(MessageComposed) == []


async def test_a_recruiter_lifts_it_and_old_words_do_not_bring_it_back(office: Office) -> None:
    await office.opens()
    await says(office, "STOP", "whatsapp")
    for channel in ("email", "whatsapp"):
        await office.may_be_contacted(channel)
    await office.opens()  # heard of again, with the same number
    assert isinstance(await office.writes(), Accepted)
    await says(office, "STOP", "whatsapp", number=2)
    assert len(await office.room.said(ContactObjected)) == 2
    assert isinstance(await office.writes(), Refused)


async def test_the_same_delivery_twice_says_it_once(office: Office) -> None:
    await office.opens()
    await says(office, "STOP", "whatsapp")
    await says(office, "STOP", "whatsapp")
    assert len(await office.room.said(ContactObjected)) == 1


async def test_the_caption_of_a_file_counts(office: Office) -> None:
    await office.opens()
    await office.whapi_says(a_post(a_document(caption="Nu mă mai contactați!")))
    assert len(await office.room.said(ContactObjected)) == 1


async def test_what_they_quote_is_not_theirs(office: Office) -> None:
    await office.opens()
    quoted = "Atașez CV-ul.\n\nOn Wed, 18 Nov 2026 at 12:00, HR <hr@example.com> wrote:\n> Reply STOP"
    await says(office, quoted, "email")
    assert await office.room.said(ContactObjected) == []


async def test_a_subject_alone_counts(office: Office) -> None:
    await office.opens()
    office.mailbox.emails["m9"] = an_email("", external_id="m9", subject="Unsubscribe")
    await office.polls()
    assert len(await office.room.said(ContactObjected)) == 1


async def test_somebody_elses_stop_stops_nobody(office: Office) -> None:
    await office.has_asked()
    stranger = a_text("STOP", **{"from": "40700000099", "chat_id": "40700000099@s.whatsapp.net"})
    await office.whapi_says(a_post(stranger))
    await office.follow_up_due(1)
    await office.sends()
    assert (len(office.mail.sent), len(office.whatsapp.sent)) == (2, 2)


async def test_who_turns_out_to_have_objected_is_left_alone_from_then_on(on_postgres: Office) -> None:
    office = on_postgres
    await office.opens()
    stranger = a_text("STOP", **{"from": "40700000099", "chat_id": "40700000099@s.whatsapp.net"})
    await office.whapi_says(a_post(stranger))
    [received] = await office.room.said(MessageReceived)
    order = LinkSender(
        command_id=UUID(int=9),
        actor=RECRUITER,
        channel=Channel.WHATSAPP,
        sender=received.sender,
        candidate_id=10,
    )
    ports = (office.pipeline, PostgresConversations(), office.objections)
    assert isinstance(await office.answers(link_sender, order, *ports), Accepted)
    [objected] = await office.room.said(ContactObjected)
    assert (objected.candidate_id, objected.message_id) == (10, received.message_id)
    assert isinstance(await office.writes(reply_to=received.message_id), Refused)


async def test_who_becomes_known_while_their_stop_is_taken_in_is_left_alone(on_postgres: Office) -> None:
    office = on_postgres
    async with office.room.begin() as tx:
        stop = Objection(UUID(int=7), DomainChannel.WHATSAPP, PHONE, "STOP", office.room.clock.now())
        await office.objections.remember(tx, stop)
        assert await office.objections.everybody_at(tx, PHONE) == []
        newcomer = asyncio.create_task(office.opens())
        await asyncio.wait({newcomer}, timeout=0.5)
    await newcomer
    assert isinstance(await office.writes(), Refused)
