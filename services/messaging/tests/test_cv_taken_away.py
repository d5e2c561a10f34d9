"""A CV that was not theirs: reminders go on with the whole interval; in memory and on PostgreSQL."""

from __future__ import annotations

from datetime import timedelta

import pytest
from contracts.messaging import FollowUpDue, MessageComposed, MessageType

from .office import Office


async def composed(office: Office, kind: MessageType) -> int:
    return sum(one.message_type is kind for one in await office.room.said(MessageComposed))


@pytest.mark.parametrize(
    ("status", "number"), [("awaiting_cv", 1), ("cv_followup_1", 2), ("cv_followup_2", 3)]
)
async def test_the_next_reminder_is_set_again_with_the_whole_interval(
    office: Office, status: str, number: int
) -> None:
    await office.has_asked()
    await office.stands(status)
    await office.cv_matched()
    await office.stands("cv_received", cv_received_at=office.room.clock.now())
    assert await office.room.timers() == []
    office.waits(hours=30)
    await office.cv_detached()
    await office.stands(status, undoes=4)
    [timer] = await office.room.timers()
    assert timer.event == FollowUpDue(candidate_id=10, application_id=1, number=number)
    assert timer.at == office.room.clock.now() + timedelta(hours=48)


async def test_nothing_is_sent_before_intake_says_that_it_has_gone_back(office: Office) -> None:
    await office.has_asked()
    await office.cv_matched()
    await office.cv_detached()
    assert await office.room.timers() == []


async def test_there_is_one_timer_however_often_a_cv_is_given_and_taken(office: Office) -> None:
    await office.has_asked()
    for _ in range(3):
        await office.cv_matched()
        await office.stands("cv_received", cv_received_at=office.room.clock.now())
        await office.cv_detached()
        await office.stands("awaiting_cv", undoes=3)
        office.waits(hours=1)
    assert len(await office.room.timers()) == 1


async def test_who_goes_back_is_reminded_once_and_of_nothing_that_was_sent_before(office: Office) -> None:
    await office.has_asked()
    await office.cv_matched()
    await office.stands("cv_received", cv_received_at=office.room.clock.now())
    await office.cv_detached()
    await office.stands("awaiting_cv", undoes=3)
    await office.follow_up_due(1)
    await office.sends()
    assert await composed(office, MessageType.CV_REQUEST) == 2
    assert await composed(office, MessageType.CV_FOLLOWUP_1) == 2


async def test_another_cv_of_theirs_keeps_them_from_being_reminded(office: Office) -> None:
    await office.has_asked()
    await office.cv_matched()
    await office.cv_detached(cvs_left=1)
    await office.follow_up_due(1)
    assert await composed(office, MessageType.CV_FOLLOWUP_1) == 0


async def test_a_cv_that_comes_again_ends_the_reminders_again(office: Office) -> None:
    await office.has_asked()
    await office.cv_matched()
    await office.stands("cv_received", cv_received_at=office.room.clock.now())
    await office.cv_detached()
    await office.stands("awaiting_cv", undoes=3)
    await office.cv_matched()
    assert await office.room.timers() == []
    await office.follow_up_due(1)
    assert await composed(office, MessageType.CV_FOLLOWUP_1) == 0


async def test_who_goes_back_to_the_verdict_was_asked_already_and_is_not_asked_twice(office: Office) -> None:
    """The CV had come before the request was heard of: the pipeline hears of the request once more."""
    await office.has_a_qualified_candidate()
    await office.sends()
    await office.cv_matched()
    await office.stands("cv_received", cv_received_at=office.room.clock.now())
    await office.cv_detached()
    await office.stands("qualified", undoes=2)
    await office.sends()
    assert await composed(office, MessageType.CV_REQUEST) == 2
    [timer] = await office.room.timers()
    assert timer.event == FollowUpDue(candidate_id=10, application_id=1, number=1)
