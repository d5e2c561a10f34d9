"""Nobody is written to who asked us not to, nor asked for a CV for a position that is closed."""

from __future__ import annotations

import pytest
from chassis.effects import NotAccepted
from contracts import Actor
from contracts.intake import CandidateAdded
from contracts.messaging import (
    CandidateUnreachable,
    Channel,
    CvFollowedUp,
    CvRequested,
    MessageComposed,
    MessageFailed,
)
from messaging.domain.letters import Channel as By
from messaging.handlers import follow_pipeline
from messaging.handlers.arrivals import find_writer

from .office import EMAIL, PHONE, Office, someone


async def test_a_channel_that_was_forbidden_is_left_out(office: Office) -> None:
    await office.wishes("whatsapp")  # before messaging has heard of the person
    await office.has_a_qualified_candidate()
    await office.sends()
    assert (len(office.mail.sent), office.whatsapp.sent) == (1, [])
    [requested] = await office.room.said(CvRequested)
    assert requested.channels == [Channel.EMAIL]


async def test_who_wants_no_calls_may_be_written_to(office: Office) -> None:
    await office.opens()
    await office.wishes("call")
    await office.stands("qualified")
    assert len(await office.room.said(MessageComposed)) == 2


async def test_who_wants_no_message_at_all_is_a_recruiters_task_with_the_reason(office: Office) -> None:
    await office.opens()
    await office.wishes("whatsapp")
    await office.wishes("email")
    await office.stands("qualified")
    [unreachable] = await office.room.said(CandidateUnreachable)
    assert unreachable.reason == "the candidate asked not to be contacted by email and WhatsApp"
    assert await office.room.said(MessageComposed) == []


async def test_one_who_is_no_fit_and_wants_no_whatsapp_is_asked_by_email(office: Office) -> None:
    await office.opens()
    await office.wishes("whatsapp")
    await office.stands("not_qualified")
    await office.sends()
    assert (len(office.mail.sent), office.whatsapp.sent) == (1, [])


async def test_who_asks_between_composing_and_sending_is_not_written_to(office: Office) -> None:
    await office.has_a_qualified_candidate()
    await office.wishes("whatsapp")
    await office.sends()
    assert (len(office.mail.sent), office.whatsapp.sent) == (1, [])
    [failed] = await office.room.said(MessageFailed)
    assert failed.reason == "not sent: the candidate asked not to be contacted by WhatsApp"
    [requested] = await office.room.said(CvRequested)
    assert requested.channels == [Channel.EMAIL]


async def test_who_asks_while_a_provider_takes_nothing_is_not_written_to_later(office: Office) -> None:
    await office.opens(someone(email=None))
    await office.stands("qualified")
    office.whatsapp.trouble = [NotAccepted("HTTP 503")]
    await office.sends()
    await office.wishes("whatsapp")
    await office.sends()
    assert office.whatsapp.sent == []
    [unreachable] = await office.room.said(CandidateUnreachable)
    assert "asked not to be contacted by WhatsApp" in unreachable.reason


async def test_reminders_stop_on_the_channel_and_at_last_a_person_is_told(office: Office) -> None:
    await office.has_asked()
    await office.wishes("email")
    office.waits(hours=48)
    await office.follow_up_due(1)
    await office.sends()
    assert (len(office.mail.sent), len(office.whatsapp.sent)) == (1, 2)
    [followed_up] = await office.room.said(CvFollowedUp)
    assert followed_up.channels == [Channel.WHATSAPP]
    await office.stands("cv_followup_1")
    await office.wishes("whatsapp")
    await office.follow_up_due(2)
    await office.sends()
    assert (len(office.mail.sent), len(office.whatsapp.sent)) == (1, 2)
    [unreachable] = await office.room.said(CandidateUnreachable)
    assert "asked not to be contacted by email and WhatsApp" in unreachable.reason


async def test_who_may_be_written_to_again_is_written_to(office: Office) -> None:
    await office.opens()
    await office.wishes("email")
    await office.wishes("email")
    await office.may_be_contacted("email")
    await office.stands("qualified")
    assert len(await office.room.said(MessageComposed)) == 2


async def test_somebody_elses_wish_stops_nobody(office: Office) -> None:
    await office.wishes("email", candidate=11)
    await office.has_a_qualified_candidate()
    assert len(await office.room.said(MessageComposed)) == 2


async def test_nobody_is_asked_for_a_cv_for_a_closed_position_and_a_recruiter_hears_of_it(
    office: Office,
) -> None:
    await office.opens()
    await office.position_is("closed")
    await office.stands("qualified")
    assert await office.room.said(MessageComposed) == []
    [unreachable] = await office.room.said(CandidateUnreachable)
    assert "the position is closed" in unreachable.reason
    await office.position_is("open", revision=3)
    await office.stands("qualified")
    assert len(await office.room.said(MessageComposed)) == 2


async def test_one_who_is_no_fit_is_asked_for_later_positions_all_the_same(office: Office) -> None:
    await office.opens()
    await office.position_is("closed")
    await office.stands("not_qualified")
    assert len(await office.room.said(MessageComposed)) == 1


async def test_a_request_does_not_leave_when_the_position_was_closed_meanwhile(office: Office) -> None:
    await office.has_a_qualified_candidate()
    await office.position_is("closed")
    await office.sends()
    assert (office.mail.sent, office.whatsapp.sent) == ([], [])
    [unreachable] = await office.room.said(CandidateUnreachable)
    assert "the position was closed" in unreachable.reason


async def test_nobody_is_reminded_of_a_closed_position(office: Office) -> None:
    await office.has_asked()
    await office.position_is("closed")
    await office.follow_up_due(1)
    await office.sends()
    assert (len(office.mail.sent), len(office.whatsapp.sent)) == (1, 1)
    assert len(await office.room.said(CandidateUnreachable)) == 1


async def test_who_was_called_before_the_pause_is_asked_and_reminded_during_it(office: Office) -> None:
    """Paused means that nothing new is dialled; who was spoken with waits for our message."""
    await office.opens()
    await office.position_is("paused")
    await office.stands("qualified")
    await office.sends()
    await office.stands("awaiting_cv")
    await office.follow_up_due(1)
    await office.sends()
    assert (len(office.mail.sent), len(office.whatsapp.sent)) == (2, 2)


@pytest.mark.parametrize(
    ("channel", "sender"),
    [(By.EMAIL, " ANA.Proba@Example.COM "), (By.WHATSAPP, PHONE)],
)
async def test_who_was_added_by_hand_is_known_when_they_write(
    office: Office, channel: By, sender: str
) -> None:
    added = CandidateAdded(candidate_id=10, profile=someone(email=EMAIL), actor=Actor.system())
    async with office.room.begin() as tx:
        await follow_pipeline.learn_person(added, tx, office.pipeline, office.objections)
    async with office.room.begin() as tx:
        writer = await find_writer(tx, channel, sender, office.pipeline)
    assert writer is not None
    assert (writer.candidate_id, writer.application_id) == (10, None)
