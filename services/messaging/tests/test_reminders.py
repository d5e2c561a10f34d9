"""When somebody is reminded, and when no longer; in memory and on PostgreSQL."""

from __future__ import annotations

from datetime import timedelta

import pytest
from contracts.messaging import (
    CandidateUnreachable,
    CvFollowedUp,
    CvRequested,
    CvRequestExpired,
    FollowUpDue,
    MessageComposed,
    MessageFailed,
    MessageType,
)

from .office import Office


async def test_reminders_count_from_the_sending(office: Office) -> None:
    await office.has_a_qualified_candidate()
    office.waits(hours=5)
    await office.sends()
    sent_at = office.room.clock.now()
    office.waits(hours=1)
    [timer] = await office.room.timers()
    assert timer.event == FollowUpDue(candidate_id=10, application_id=1, number=1)
    assert timer.key == "follow-up:1"
    assert timer.at == sent_at + timedelta(hours=48)


async def test_two_reminders_and_then_the_request_expires(office: Office) -> None:
    await office.has_asked()
    for number, status in ((1, "cv_followup_1"), (2, "cv_followup_2")):
        office.waits(hours=48)
        await office.follow_up_due(number)
        await office.sends()
        await office.stands(status)
        followed_up = (await office.room.said(CvFollowedUp))[-1]
        assert (followed_up.number, len(followed_up.channels)) == (number, 2)
        timer = (await office.room.timers())[-1]
        assert isinstance(timer.event, FollowUpDue)
        assert timer.event.number == number + 1
    office.waits(hours=48)
    await office.follow_up_due(3)
    assert len(await office.room.said(CvRequestExpired)) == 1
    kinds = [message.message_type for message in await office.room.said(MessageComposed)]
    assert [kinds.count(kind) for kind in MessageType] == [2, 0, 2, 2, 0, 0]


async def test_a_reminder_heard_twice_is_sent_once(office: Office) -> None:
    await office.has_asked()
    await office.follow_up_due(1)
    await office.follow_up_due(1)
    await office.sends()
    assert len(office.whatsapp.sent) == 2


async def test_a_reminder_waits_for_a_status_that_is_still_on_its_way(office: Office) -> None:
    await office.has_a_qualified_candidate()
    await office.sends()
    await office.follow_up_due(1)
    assert await office.room.said(CvFollowedUp) == []
    [timer] = await office.room.timers()
    assert isinstance(timer.event, FollowUpDue)
    assert timer.at > office.room.clock.now()
    await office.stands("awaiting_cv")
    await office.follow_up_due(1)
    await office.sends()
    assert len(await office.room.said(CvFollowedUp)) == 1


@pytest.mark.parametrize("status", ["cv_received", "closed", "needs_human"])
async def test_no_reminder_once_nobody_waits_for_the_cv(office: Office, status: str) -> None:
    await office.has_asked()
    await office.stands(status)
    assert await office.room.timers() == []
    await office.follow_up_due(1)
    assert len(await office.room.said(MessageComposed)) == 2


async def test_no_reminder_once_the_cv_is_known_though_intake_has_not_said_so(office: Office) -> None:
    await office.has_asked()
    await office.cv_matched()
    assert await office.room.timers() == []
    await office.follow_up_due(1)
    await office.follow_up_due(3)
    assert len(await office.room.said(MessageComposed)) == 2
    assert await office.room.said(CvRequestExpired) == []


async def test_a_composed_reminder_is_held_back_when_the_cv_arrives_before_it_leaves(office: Office) -> None:
    await office.has_asked()
    await office.follow_up_due(1)
    await office.cv_matched()
    await office.sends()
    assert (len(office.mail.sent), len(office.whatsapp.sent)) == (1, 1)
    reasons = {failed.reason for failed in await office.room.said(MessageFailed)}
    assert reasons == {"not sent: the CV had arrived"}
    assert await office.room.said(CvFollowedUp) == []
    assert await office.room.said(CandidateUnreachable) == []


async def test_nobody_is_asked_for_a_cv_that_came_before_the_verdict(office: Office) -> None:
    await office.opens()
    await office.cv_matched()
    await office.stands("qualified")
    await office.sends()
    assert (office.mail.sent, office.whatsapp.sent) == ([], [])
    assert await office.room.said(CvRequested) == []


@pytest.mark.parametrize("status", ["cv_received", "cv_received_rejected"])
async def test_a_request_is_held_back_when_intake_has_the_cv_already(office: Office, status: str) -> None:
    await office.has_a_qualified_candidate()
    await office.stands(status)
    await office.sends()
    assert (office.mail.sent, office.whatsapp.sent) == ([], [])


async def test_a_request_is_held_back_when_a_recruiter_closed_the_application(office: Office) -> None:
    await office.has_a_qualified_candidate()
    await office.stands("closed")
    await office.sends()
    assert (office.mail.sent, office.whatsapp.sent) == ([], [])
    assert await office.room.said(CandidateUnreachable) == []
