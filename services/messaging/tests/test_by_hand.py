"""What recruiters write and have sent by hand; in memory and on PostgreSQL."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from asyncpg import UniqueViolationError
from chassis import Tx
from chassis.effects import ProviderDeclined
from contracts import Accepted, Refused
from contracts.intake import CandidateProfileRevised, ClosedBecause
from contracts.messaging import (
    CandidateUnreachable,
    CvFollowedUp,
    FollowUpDue,
    MessageComposed,
    MessageReceived,
    MessageSent,
    MessageType,
)
from messaging.adapters.postgres_messages import PostgresMessages
from messaging.domain.letters import MessageType as DomainType
from messaging.ports import Asked

from .office import RECRUITER, Office, a_post, a_status, a_text, someone


def refusal(answer: Any) -> tuple[str, str]:
    assert isinstance(answer, Refused), answer
    return answer.code, answer.message


async def composed(office: Office) -> list[MessageComposed]:
    return await office.room.said(MessageComposed)


async def leaves(office: Office, **span: float) -> None:
    office.waits(**span)
    await office.due()


async def test_a_reminder_before_its_time_counts_as_the_reminder(office: Office) -> None:
    await office.has_asked()
    office.waits(hours=3)
    answer = await office.has_sent("cv_followup_1")
    assert isinstance(answer, Accepted)
    assert len(answer.result["message_ids"]) == 2
    assert answer.result["leaves_at"] == (office.room.clock.now() + timedelta(seconds=10)).isoformat()
    assert {one.actor for one in (await composed(office))[2:]} == {RECRUITER}
    await leaves(office, seconds=10)
    assert (len(office.mail.sent), len(office.whatsapp.sent)) == (2, 2)
    [followed_up] = await office.room.said(CvFollowedUp)
    assert followed_up.number == 1
    following = {timer.key: timer for timer in await office.room.timers()}["follow-up:1"]
    assert following.event == FollowUpDue(candidate_id=10, application_id=1, number=2)
    await office.stands("cv_followup_1")
    await office.follow_up_due(1)
    await office.sends()
    assert (len(office.mail.sent), len(office.whatsapp.sent)) == (2, 2)


async def test_the_second_one_hears_when_the_first_was_sent(office: Office) -> None:
    await office.has_asked()
    await office.has_sent("cv_followup_1")
    code, message = refusal(await office.has_sent("cv_followup_1"))
    assert (code, message) == ("sent_before", "Reminder 1 is on its way by email already.")
    await leaves(office, seconds=10)
    code, message = refusal(await office.has_sent("cv_followup_1"))
    assert code == "sent_before"
    assert message == "Reminder 1 was sent by email on 18 November at 14:00 already."


@pytest.mark.parametrize(
    ("status", "kind", "code"),
    [
        ("awaiting_cv", "cv_followup_2", "not_called_for"),
        ("cv_followup_2", "cv_followup_1", "not_called_for"),
        ("needs_human", "cv_followup_1", "not_called_for"),
        ("awaiting_cv", "rejection", "not_called_for"),
        ("awaiting_cv", "cv_request", "sent_before"),
        ("cv_received", "cv_followup_1", "not_called_for"),
        ("closed", "cv_followup_1", "not_called_for"),
        ("awaiting_cv", "other", "no_template"),
    ],
)
async def test_what_the_status_does_not_call_for_is_refused(
    office: Office, status: str, kind: str, code: str
) -> None:
    await office.has_asked()
    await office.stands(status)
    before = len(await composed(office))
    assert refusal(await office.has_sent(kind))[0] == code
    assert len(await composed(office)) == before


async def test_nothing_is_sent_before_the_outcome_is_confirmed(office: Office) -> None:
    await office.opens()
    await office.stands("not_qualified", proposed=True)
    assert "decide first" in refusal(await office.has_sent("rejection"))[1]


@pytest.mark.parametrize(
    "status", ["not_qualified", "awaiting_cv_rejected", "cv_received_rejected", "closed"]
)
async def test_a_rejection_waits_ten_minutes_and_leads_to_nothing_more(office: Office, status: str) -> None:
    await office.opens()
    await office.stands(status)
    await office.sends()
    asked = len(office.mail.sent) + len(office.whatsapp.sent)
    timers = len(await office.room.timers())
    assert isinstance(await office.has_sent("rejection"), Accepted)
    await leaves(office, minutes=9, seconds=59)
    assert len(office.mail.sent) + len(office.whatsapp.sent) == asked
    await leaves(office, seconds=1)
    assert len(office.mail.sent) + len(office.whatsapp.sent) == asked + 2
    sent = [one for one in await office.room.said(MessageSent) if one.message_type is MessageType.REJECTION]
    assert len(sent) == 2
    assert len([one for one in await office.room.timers() if isinstance(one.event, FollowUpDue)]) <= timers


async def test_a_rejection_is_not_sent_when_it_was_decided_otherwise_meanwhile(office: Office) -> None:
    await office.opens(someone(email=None))
    await office.stands("not_qualified")
    await office.sends()
    await office.has_sent("rejection")
    await office.stands("qualified")
    await leaves(office, minutes=10)
    kinds = {letter.message_type.value for letter in office.whatsapp.sent}
    assert "rejection" not in kinds


async def test_a_request_goes_out_again_on_the_channel_that_has_none(office: Office) -> None:
    await office.opens(someone(email=None))
    await office.stands("qualified")
    await office.sends()
    await office.stands("awaiting_cv")
    revised = CandidateProfileRevised(
        candidate_id=10, profile=someone(), before=someone(email=None), cause="recruiter"
    )
    await office.revises(revised.profile, revised.cause, candidate=10, before=someone(email=None))
    assert refusal(await office.has_sent("cv_request", "whatsapp"))[0] == "sent_before"
    assert isinstance(await office.has_sent("cv_request"), Accepted)
    await leaves(office, seconds=10)
    assert (len(office.mail.sent), len(office.whatsapp.sent)) == (1, 1)
    assert refusal(await office.has_sent("cv_request"))[0] == "sent_before"
    await office.stands("qualified")
    await office.sends()
    assert (len(office.mail.sent), len(office.whatsapp.sent)) == (1, 1)


@pytest.mark.parametrize("because", ["merged", "import_undone"])
async def test_nobody_is_rejected_whose_other_application_goes_on(office: Office, because: str) -> None:
    """The recruiter sent it for one of two applications that turned out to be one person's."""
    await office.opens()
    await office.stands("not_qualified")
    await office.sends()
    asked = len(office.whatsapp.sent)
    assert isinstance(await office.has_sent("rejection"), Accepted)
    await office.stands("closed", closed_because=ClosedBecause(because))
    await leaves(office, minutes=10)
    assert (len(office.mail.sent), len(office.whatsapp.sent)) == (0, asked)
    assert refusal(await office.has_sent("rejection"))[0] == "not_called_for"
    await office.whapi_says(a_post(a_text("Bună ziua")))
    [received] = await office.room.said(MessageReceived)
    assert (received.candidate_id, received.application_id) == (10, None)
    await office.stands("not_qualified", undoes=office.sequence)
    assert isinstance(await office.has_sent("rejection"), Accepted)


async def got_a_number_later(office: Office) -> None:
    """They were asked by email, and are now asked on WhatsApp too."""
    await office.opens(someone(phone=None))
    await office.stands("qualified")
    await office.sends()
    await office.stands("awaiting_cv")
    await office.revises(someone(), "recruiter", candidate=10, before=someone(phone=None))
    assert isinstance(await office.has_sent("cv_request"), Accepted)


@pytest.mark.parametrize("fate", ["taken back", "refused", "not delivered"])
async def test_who_was_reached_before_is_not_out_of_reach_when_a_second_request_fails(
    office: Office, fate: str
) -> None:
    await got_a_number_later(office)
    reminders = {timer.key: timer for timer in await office.room.timers()}["follow-up:1"]
    if fate == "taken back":
        await office.takes_back((await composed(office))[-1].message_id)
    if fate == "refused":
        office.whatsapp.trouble = [ProviderDeclined("no such number on WhatsApp")]
    await leaves(office, seconds=10)
    if fate == "not delivered":
        await office.whapi_says(a_post(statuses=[a_status("wa-0", "failed")]))
    assert await office.room.said(CandidateUnreachable) == []
    following = {timer.key: timer for timer in await office.room.timers()}["follow-up:1"]
    assert following.event == reminders.event


async def test_a_request_sent_once_more_does_not_begin_the_reminders_anew(office: Office) -> None:
    await got_a_number_later(office)
    await office.stands("cv_followup_1")
    await leaves(office, seconds=10)
    following = {timer.key: timer for timer in await office.room.timers()}["follow-up:1"]
    assert following.event == FollowUpDue(candidate_id=10, application_id=1, number=2)


@pytest.mark.parametrize(
    ("changed", "kind", "channels", "words"),
    [
        ({"email": None, "phone": None}, "rejection", [], "no email address and no phone number"),
        ({"email": None}, "rejection", ["email"], "no email address of theirs"),
        ({"phone": None}, "rejection", ["whatsapp"], "no phone number of theirs"),
    ],
)
async def test_who_has_no_such_channel_is_not_written_to(
    office: Office, changed: dict[str, Any], kind: str, channels: list[str], words: str
) -> None:
    await office.opens(someone(**changed))
    await office.stands("not_qualified")
    code, message = refusal(await office.has_sent(kind, *channels))
    assert code == "no_channel"
    assert words in message


async def test_who_asked_not_to_be_contacted_is_not_written_to_by_hand(office: Office) -> None:
    await office.opens()
    await office.stands("not_qualified")
    await office.wishes("whatsapp")
    assert (
        "asked not to be contacted by WhatsApp" in refusal(await office.has_sent("rejection", "whatsapp"))[1]
    )
    assert refusal(await office.writes())[0] == "forbidden"
    assert isinstance(await office.writes(channel="email", subject="Întrebare"), Accepted)
    await office.wishes("email")
    await leaves(office, seconds=10)
    assert office.mail.sent == []


async def test_two_recruiters_at_once_send_one(on_postgres: Office) -> None:
    office = on_postgres
    await office.has_asked()
    answers = await asyncio.gather(*(office.has_sent("cv_followup_1") for _ in range(6)))
    assert sum(isinstance(answer, Accepted) for answer in answers) == 1
    assert {refusal(answer)[0] for answer in answers if isinstance(answer, Refused)} == {"sent_before"}
    await leaves(office, seconds=10)
    assert (len(office.mail.sent), len(office.whatsapp.sent)) == (2, 2)


async def test_who_is_overtaken_after_looking_hears_so_in_words(on_postgres: Office) -> None:
    office = on_postgres
    await office.has_asked()
    first: list[Accepted | Refused] = []

    class Overtaken(PostgresMessages):
        async def asked(self, tx: Tx, application_id: int, message_type: DomainType) -> Asked:
            found = await super().asked(tx, application_id, message_type)
            office.messages = PostgresMessages()
            first.append(await office.has_sent("cv_followup_1"))
            return found

    office.messages = Overtaken()
    second = await office.has_sent("cv_followup_1")
    assert isinstance(first[0], Accepted)
    assert refusal(second) == ("sent_before", "Reminder 1 has just been sent by somebody else.")


async def test_a_recruiter_and_the_clock_at_once_send_one(on_postgres: Office) -> None:
    office = on_postgres
    await office.has_asked()
    await asyncio.gather(office.has_sent("cv_followup_1"), office.follow_up_due(1))
    await leaves(office, seconds=10)
    await office.sends()
    assert (len(office.mail.sent), len(office.whatsapp.sent)) == (2, 2)


async def test_the_table_itself_keeps_a_second_one_out(on_postgres: Office) -> None:
    office = on_postgres
    await office.has_asked()
    async with office.room.begin() as tx:
        await tx.db.execute(
            "INSERT INTO requests (application_id, message_type, round, opened_at)"
            " VALUES (1, 'cv_request', 2, now())"
        )
        again = tx.db.execute(
            "INSERT INTO messages (message_id, application_id, candidate_id, channel, message_type, round,"
            " recipient, body, composed_at) VALUES ($1, 1, 10, 'email', 'cv_request', 2, 'x', 'x', now())",
            UUID(int=99),
        )
        point = tx.db.transaction()
        await point.start()
        with pytest.raises(UniqueViolationError, match="messages_once"):
            await again
        await point.rollback()
