"""Messages that wait before they leave: taken back, sent at once, kept for the morning."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from chassis.effects import NotAccepted
from contracts import Accepted, Refused
from contracts.messaging import (
    CandidateUnreachable,
    CvFollowedUp,
    CvRequested,
    FollowUpDue,
    MessageComposed,
    MessageFailed,
    MessageHeld,
    MessageSendDue,
    MessageSent,
    MessageTakenBack,
)

from .office import Office, someone

NIGHT_IN = 10  # hours from noon in London to midnight in Bucharest


def code_of(answer: Any) -> str:
    assert isinstance(answer, Refused), answer
    return answer.code


async def composed(office: Office) -> list[MessageComposed]:
    return await office.room.said(MessageComposed)


async def test_what_the_pipeline_sends_by_night_leaves_in_the_morning(office: Office) -> None:
    await office.opens()
    office.waits(hours=NIGHT_IN)
    await office.stands("qualified")
    await office.sends()
    assert (office.mail.sent, office.whatsapp.sent) == ([], [])
    morning = office.room.clock.now() + timedelta(hours=8)
    assert {(one.leaves_at, one.held_because) for one in await composed(office)} == {(morning, "quiet_hours")}
    office.waits(hours=8)
    await office.due()
    assert (len(office.mail.sent), len(office.whatsapp.sent)) == (1, 1)
    assert len(await office.room.said(CvRequested)) == 1


async def test_it_is_their_night_that_counts(office: Office) -> None:
    await office.opens(someone(time_zone="America/New_York"))
    office.waits(hours=NIGHT_IN)  # 17:00 there
    await office.stands("qualified")
    await office.sends()
    assert (len(office.mail.sent), len(office.whatsapp.sent)) == (1, 1)


async def test_what_waited_into_the_night_is_held_when_it_would_leave(office: Office) -> None:
    await office.opens(someone(email=None))
    await office.stands("qualified")
    office.whatsapp.trouble = [NotAccepted("HTTP 503")]
    await office.sends()
    office.waits(hours=NIGHT_IN)
    await office.due()
    assert office.whatsapp.sent == []
    [held] = await office.room.said(MessageHeld)
    assert held.held_because == "quiet_hours"
    assert held.leaves_at == office.room.clock.now() + timedelta(hours=8)
    office.waits(hours=8)
    await office.due()
    assert len(office.whatsapp.sent) == 1
    assert await office.room.said(MessageFailed) == []


async def test_a_reminder_that_waits_for_the_morning_is_not_sent_when_the_cv_comes_by_night(
    office: Office,
) -> None:
    await office.has_asked()
    office.waits(hours=48 + NIGHT_IN)
    await office.follow_up_due(1)
    await office.sends()
    await office.cv_matched()
    office.waits(hours=8)
    await office.due()
    assert (len(office.mail.sent), len(office.whatsapp.sent)) == (1, 1)
    assert {one.reason for one in await office.room.said(MessageFailed)} == {"not sent: the CV had arrived"}


async def test_what_waited_goes_to_the_address_and_number_that_count_by_then(office: Office) -> None:
    """Somebody saw by night that they were not theirs."""
    await office.opens()
    office.waits(hours=NIGHT_IN)
    await office.stands("qualified")
    await office.sends()
    right = someone(email="ana.right@example.com", phone="+40700000077")
    await office.revises(right, "recruiter", candidate=10, before=someone())
    office.waits(hours=8)
    await office.due()
    assert [letter.recipient for letter in office.mail.sent] == ["ana.right@example.com"]
    assert [letter.recipient for letter in office.whatsapp.sent] == ["+40700000077"]


async def test_what_waited_is_not_sent_where_there_is_no_address_any_more(office: Office) -> None:
    await office.opens()
    office.waits(hours=NIGHT_IN)
    await office.stands("qualified")
    await office.sends()
    await office.revises(someone(email=None), "recruiter", candidate=10, before=someone())
    office.waits(hours=8)
    await office.due()
    assert (len(office.mail.sent), len(office.whatsapp.sent)) == (0, 1)
    [failed] = await office.room.said(MessageFailed)
    assert "no such address" in failed.reason


async def test_own_words_leave_after_a_moment_also_by_night(office: Office) -> None:
    await office.opens()
    office.waits(hours=NIGHT_IN)
    assert isinstance(await office.writes("Vă sun mâine dimineață."), Accepted)
    await office.sends_one((await composed(office))[0])
    assert office.whatsapp.sent == []
    office.waits(seconds=10)
    await office.due()
    [letter] = office.whatsapp.sent
    assert (letter.body, letter.recipient) == ("Vă sun mâine dimineață.", "+40700000011")
    [sent] = await office.room.said(MessageSent)
    assert (sent.candidate_id, sent.application_id) == (10, None)


async def test_what_is_taken_back_is_not_sent(office: Office) -> None:
    await office.opens()
    await office.writes("Greșit")
    [message] = await composed(office)
    answer = await office.takes_back(message.message_id)
    assert isinstance(answer, Accepted)
    assert answer.result == {"subject": None, "body": "Greșit"}
    assert await office.room.timers() == []
    office.waits(seconds=11)
    await office.sends_one(message)
    assert office.whatsapp.sent == []
    [taken] = await office.room.said(MessageTakenBack)
    assert taken.actor.name == "Irina Dobre"
    assert await office.room.said(MessageFailed) == []
    assert code_of(await office.takes_back(message.message_id)) == "taken_back"


async def test_what_has_left_is_not_taken_back(office: Office) -> None:
    await office.opens()
    await office.writes()
    office.waits(seconds=10)
    await office.due()
    [message] = await composed(office)
    assert code_of(await office.takes_back(message.message_id)) == "has_left"
    assert code_of(await office.sends_now(message.message_id)) == "has_left"


async def test_what_is_sent_at_once_leaves_at_once_and_once(office: Office) -> None:
    await office.opens()
    await office.writes()
    [message] = await composed(office)
    assert isinstance(await office.sends_now(message.message_id), Accepted)
    [due] = await office.room.said(MessageSendDue)
    await office.sends_one(due)
    office.waits(seconds=10)
    await office.sends_one(due)
    assert len(office.whatsapp.sent) == 1
    assert await office.room.timers() == []


async def test_the_night_is_not_skipped_by_a_recruiter(office: Office) -> None:
    await office.opens()
    await office.stands("not_qualified")
    office.waits(hours=NIGHT_IN)
    await office.has_sent("rejection", "whatsapp")
    message = (await composed(office))[-1]
    assert code_of(await office.sends_now(message.message_id)) == "quiet_hours"


async def test_an_undo_time_that_ends_in_the_night_is_not_skipped_into_it(office: Office) -> None:
    await office.opens()
    await office.stands("not_qualified")
    office.waits(hours=17, minutes=55)  # 07:55 there
    await office.has_sent("rejection", "whatsapp")
    message = (await composed(office))[-1]
    assert message.held_because == "undo"
    answer = await office.sends_now(message.message_id)
    assert isinstance(answer, Accepted)
    held = (await office.room.said(MessageHeld))[-1]
    assert (held.leaves_at, held.held_because) == (
        office.room.clock.now() + timedelta(minutes=5),
        "quiet_hours",
    )


async def test_a_request_that_was_taken_back_is_a_recruiters_task(office: Office) -> None:
    await office.opens(someone(email=None))
    office.waits(hours=NIGHT_IN)
    await office.stands("qualified")
    [message] = await composed(office)
    await office.takes_back(message.message_id)
    [unreachable] = await office.room.said(CandidateUnreachable)
    assert unreachable.reason == "a recruiter took the request back"
    await office.stands("needs_human")
    await office.stands("qualified")
    assert len(await composed(office)) == 2  # asked anew: nothing has left


async def test_a_reminder_that_was_taken_back_comes_again_after_a_whole_interval(office: Office) -> None:
    await office.has_asked()
    office.waits(hours=48 + NIGHT_IN)
    await office.follow_up_due(1)
    for message in (await composed(office))[2:]:
        await office.takes_back(message.message_id)
    timers = {timer.key: timer for timer in await office.room.timers()}
    again = timers["follow-up:1"]
    assert again.event == FollowUpDue(candidate_id=10, application_id=1, number=1)
    assert again.at == office.room.clock.now() + timedelta(hours=48)
    assert await office.room.said(CandidateUnreachable) == []
    office.waits(hours=48 + 12)
    await office.follow_up_due(1)
    await office.sends()
    assert len(await office.room.said(CvFollowedUp)) == 1


async def test_one_channel_taken_back_leaves_the_other(office: Office) -> None:
    await office.opens()
    office.waits(hours=NIGHT_IN)
    await office.stands("qualified")
    mail = next(one for one in await composed(office) if one.channel == "email")
    await office.takes_back(mail.message_id)
    office.waits(hours=8)
    await office.due()
    assert (len(office.mail.sent), len(office.whatsapp.sent)) == (0, 1)
    [requested] = await office.room.said(CvRequested)
    assert requested.channels == ["whatsapp"]
