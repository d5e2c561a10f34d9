"""A recruiter's own words: to whom, in which conversation, and what keeps them from being sent."""

from __future__ import annotations

from typing import Any

import pytest
from contracts import Accepted, Refused
from contracts.messaging import (
    MessageComposed,
    MessageReceived,
)
from contracts.references import reference
from messaging.domain.emails import Email

from .office import EMAIL, PHONE, Office, a_post, a_text, someone


def refusal(answer: Any) -> tuple[str, str]:
    assert isinstance(answer, Refused), answer
    return answer.code, answer.message


async def composed(office: Office) -> list[MessageComposed]:
    return await office.room.said(MessageComposed)


async def leaves(office: Office, **span: float) -> None:
    office.waits(**span)
    await office.due()


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"candidate_id": 4711}, "not_found"),
        ({"body": "   "}, "empty"),
        ({"body": "x" * 4_097}, "too_long"),
        ({"channel": "email"}, "no_subject"),
        ({"application_id": 2}, "of_another"),
        ({"sender": "+40700000099"}, "not_found"),
    ],
)
async def test_words_that_can_not_be_sent_are_refused(
    office: Office, fields: dict[str, Any], code: str
) -> None:
    await office.opens()
    await office.opens(someone(phone="+40700000012", email="x@example.com"), application=2, candidate=11)
    assert refusal(await office.writes(**fields))[0] == code
    assert await composed(office) == []


async def test_an_unknown_sender_is_answered_where_they_wrote_from(office: Office) -> None:
    stranger = a_text(
        "Mai e liber postul?", **{"from": "40700000099", "chat_id": "40700000099@s.whatsapp.net"}
    )
    await office.whapi_says(a_post(stranger))
    [received] = await office.room.said(MessageReceived)
    assert received.candidate_id is None
    answer = await office.writes("Da. Cum vă numiți?", sender=received.sender, reply_to=received.message_id)
    assert isinstance(answer, Accepted)
    await leaves(office, seconds=10)
    [letter] = office.whatsapp.sent
    assert (letter.recipient, letter.candidate_id) == (received.sender, None)


async def test_who_was_merged_is_written_to_as_the_person_they_are(office: Office) -> None:
    await office.opens(someone(phone="+40700000012", email="vechi@example.com"), application=2, candidate=11)
    await office.opens()
    await office.merges(10, 11)
    assert isinstance(await office.writes(candidate_id=11, application_id=2), Accepted)
    await leaves(office, seconds=10)
    assert (office.whatsapp.sent[0].recipient, office.whatsapp.sent[0].candidate_id) == (PHONE, 10)
    await office.wishes("email", candidate=11)
    assert refusal(await office.writes(channel="email", subject="?"))[0] == "forbidden"


async def test_reminders_go_in_the_conversation_of_the_request(office: Office) -> None:
    await office.has_asked()
    await office.follow_up_due(1)
    await office.sends()
    request, reminder = office.mail.sent
    assert (request.thread_id, reminder.thread_id) == (None, f"thread-{EMAIL}")
    assert reminder.subject == f"Re: {request.subject}"
    assert reference(1) in (reminder.subject or "")


async def test_own_words_join_the_conversation_unless_they_have_a_subject_of_their_own(
    office: Office,
) -> None:
    await office.has_asked()
    await office.writes("Mai aveți nevoie de timp?", "email", application_id=1)
    await office.writes("Altceva.", "email", application_id=1, subject="Program")
    await leaves(office, seconds=10)
    request, joined, other = office.mail.sent
    assert (joined.subject, joined.thread_id) == (f"Re: {request.subject}", f"thread-{EMAIL}")
    assert (other.subject, other.thread_id) == (f"Program [{reference(1)}]", None)


async def test_an_answer_joins_no_conversation_of_somebody_else(office: Office) -> None:
    """The page was open while the message turned out to be another person's."""
    await office.opens()
    await office.opens(someone(email="dan@example.com", phone=None), application=2, candidate=20)
    theirs = Email(
        "m9", "dan@example.com", None, "Salariul lui Dan", "Bună", [], None, thread_id="thread-dan"
    )
    office.mailbox.emails["m9"] = theirs
    await office.polls()
    [received] = await office.room.said(MessageReceived)
    answer = await office.writes("Bună, Ana!", "email", reply_to=received.message_id)
    assert refusal(answer)[0] == "no_subject"
    await office.writes("Bună, Ana!", "email", reply_to=received.message_id, subject="Salariul lui Dan")
    await leaves(office, seconds=10)
    [sent] = office.mail.sent
    assert (sent.recipient, sent.thread_id) == (EMAIL, None)
