"""What messaging makes of proposals, and of what recruiters set by hand; in memory and on PostgreSQL."""

from __future__ import annotations

from datetime import timedelta

import pytest
from chassis.effects import NotAccepted, ProviderDeclined
from chassis.testing import NOON
from contracts.messaging import (
    CandidateUnreachable,
    CvRequested,
    FollowUpDue,
    MessageComposed,
    MessageFailed,
)

from .office import Office

OUTCOMES = ["qualified", "not_qualified"]


@pytest.mark.parametrize("outcome", OUTCOMES)
async def test_nothing_is_written_before_the_outcome_is_confirmed_and_then_once(
    office: Office, outcome: str
) -> None:
    await office.opens()
    await office.stands(outcome, proposed=True)
    await office.sends()
    assert await office.room.said(MessageComposed) == []
    for _ in range(2):
        await office.confirmed(outcome)
        await office.sends()
    [requested] = await office.room.said(CvRequested)
    assert requested.for_later == (outcome == "not_qualified")
    assert len(office.whatsapp.sent) == 1


async def test_a_reversed_rejection_is_asked_as_one_who_qualified(office: Office) -> None:
    await office.opens()
    await office.stands("not_qualified", proposed=True)
    await office.stands("qualified", by_hand=True)
    await office.sends()
    assert {letter.message_type.value for letter in office.whatsapp.sent} == {"cv_request"}
    await office.confirmed("not_qualified", sequence=1)
    await office.sends()
    assert len(office.whatsapp.sent) == 1


async def test_a_late_confirmation_of_what_stands_no_more_changes_nothing(office: Office) -> None:
    await office.opens()
    await office.stands("qualified", proposed=True)
    await office.stands("needs_human", by_hand=True)
    await office.confirmed("qualified", sequence=1)
    assert await office.room.said(MessageComposed) == []


async def test_nobody_is_asked_on_confirmation_for_a_cv_that_has_come(office: Office) -> None:
    await office.opens()
    await office.stands("qualified", proposed=True)
    await office.cv_matched()
    await office.confirmed("qualified")
    assert await office.room.said(MessageComposed) == []


async def test_nobody_is_asked_for_a_cv_that_a_recruiter_has_in_hand(office: Office) -> None:
    await office.opens()
    await office.stands("cv_received", by_hand=True, cv_received_at=NOON)
    await office.stands("not_qualified", by_hand=True, cv_received_at=NOON)
    assert await office.room.said(MessageComposed) == []


async def test_nobody_is_asked_on_confirmation_for_a_cv_that_a_recruiter_has_in_hand(office: Office) -> None:
    await office.opens()
    await office.stands("cv_received", by_hand=True, cv_received_at=NOON)
    await office.stands("qualified", proposed=True, cv_received_at=NOON)
    await office.confirmed("qualified", cv_received_at=NOON)
    assert await office.room.said(MessageComposed) == []


@pytest.mark.parametrize(("behind", "status", "next_one"), [(1, "cv_followup_1", 2), (1, "cv_followup_2", 3)])
async def test_reminders_go_on_when_the_last_one_was_heard_of_only_after_the_undoing(
    office: Office, behind: int, status: str, next_one: int
) -> None:
    """intake took a decision back before it had heard of the reminder, and went on at once: what was set for
    the status it came back to is behind, and must not be the last that anybody hears."""
    await office.has_asked()
    await office.stands(status)
    await office.follow_up_due(behind)
    [timer] = await office.room.timers()
    assert timer.event == FollowUpDue(candidate_id=10, application_id=1, number=next_one)
    assert timer.at == office.room.clock.now() + timedelta(hours=48)
    assert len(await office.room.said(MessageComposed)) == 2


@pytest.mark.parametrize(
    ("status", "number"), [("awaiting_cv", 1), ("cv_followup_1", 2), ("cv_followup_2", 3)]
)
async def test_reminders_go_on_when_a_decision_is_taken_back(
    office: Office, status: str, number: int
) -> None:
    await office.has_asked()
    await office.stands("closed", by_hand=True)
    assert await office.room.timers() == []
    office.waits(hours=100)
    await office.stands(status, undoes=3)
    [timer] = await office.room.timers()
    assert timer.event == FollowUpDue(candidate_id=10, application_id=1, number=number)
    assert timer.at == office.room.clock.now() + timedelta(hours=48)


async def test_no_reminder_starts_again_once_the_cv_is_known(office: Office) -> None:
    await office.has_asked()
    await office.stands("closed", by_hand=True)
    await office.cv_matched()
    await office.stands("awaiting_cv", undoes=3)
    assert await office.room.timers() == []


@pytest.mark.parametrize(
    ("outcome", "decided", "back"),
    [
        ("qualified", "closed", "qualified"),
        ("qualified", "needs_human", "qualified"),
        ("not_qualified", "closed", "not_qualified"),
        ("not_qualified", "pending_call", "not_qualified"),
    ],
)
async def test_a_request_that_was_held_back_goes_out_when_the_decision_is_taken_back(
    office: Office, outcome: str, decided: str, back: str
) -> None:
    await office.opens()
    await office.stands(outcome)
    await office.stands(decided, by_hand=True)
    await office.sends()
    assert (office.mail.sent, office.whatsapp.sent) == ([], [])
    assert await office.room.said(CandidateUnreachable) == []
    await office.stands(back, undoes=2)
    await office.sends()
    assert len(office.whatsapp.sent) == 1
    assert len(await office.room.said(CvRequested)) == 1


async def test_who_was_asked_before_the_override_is_not_asked_twice_when_it_is_undone(office: Office) -> None:
    await office.has_a_qualified_candidate()
    await office.sends()
    await office.stands("closed", by_hand=True)
    await office.stands("awaiting_cv", undoes=2)
    await office.sends()
    assert (len(office.mail.sent), len(office.whatsapp.sent)) == (1, 1)


async def test_a_letter_still_waiting_does_not_leave_after_the_opposite_was_decided(office: Office) -> None:
    await office.has_a_qualified_candidate()
    office.mail.trouble = [NotAccepted("HTTP 503")]
    office.whatsapp.trouble = [NotAccepted("HTTP 503")]
    await office.sends()
    await office.stands("not_qualified", by_hand=True)
    await office.sends()
    kinds = {letter.message_type.value for letter in (*office.mail.sent, *office.whatsapp.sent)}
    assert kinds == {"cv_request_rejected"}
    held = [failed.reason for failed in await office.room.said(MessageFailed)]
    assert held == ["not sent: it was decided otherwise meanwhile"] * 2


async def test_who_was_not_reached_with_what_is_said_no_more_is_nobodys_task(office: Office) -> None:
    """Else the failure of the first request would close who a recruiter found to be no fit."""
    await office.has_a_qualified_candidate()
    first = await office.room.said(MessageComposed)
    await office.stands("not_qualified", by_hand=True)
    office.mail.trouble = [ProviderDeclined("no such address")]
    office.whatsapp.trouble = [ProviderDeclined("no such number")]
    for composed in first:
        await office.sends_one(composed)
    assert await office.room.said(CandidateUnreachable) == []


async def test_a_letter_of_an_earlier_round_does_not_leave_while_an_outcome_is_to_be_confirmed(
    office: Office,
) -> None:
    await office.has_a_qualified_candidate()
    for status in ("needs_human", "call_queued", "scoring"):
        await office.stands(status)
    await office.stands("qualified", proposed=True)
    await office.sends()
    assert (office.mail.sent, office.whatsapp.sent) == ([], [])
    await office.confirmed("qualified")
    await office.sends()
    assert (len(office.mail.sent), len(office.whatsapp.sent)) == (1, 1)


async def test_an_evaluation_that_counts_instead_asks_once_for_what_was_not_asked_yet(office: Office) -> None:
    """Not a fit, then a fit, and back, and forth: of each request there is one message on each channel."""
    await office.opens()
    await office.stands("not_qualified")
    await office.sends()
    await office.stands("awaiting_cv_rejected")
    for _ in range(2):
        await office.stands("qualified", by_hand=True)
        await office.sends()
        await office.stands("awaiting_cv")
        await office.stands("not_qualified", by_hand=True)
        await office.sends()
        await office.stands("awaiting_cv_rejected")
    types = sorted(letter.message_type.value for letter in office.whatsapp.sent)
    assert types == ["cv_request", "cv_request_rejected"]
    assert [letter.message_type.value for letter in office.mail.sent] == ["cv_request"]
    assert await office.room.timers() == []


async def test_who_is_found_to_fit_once_more_while_a_cv_is_awaited_gets_nothing_and_is_reminded_in_time(
    office: Office,
) -> None:
    await office.has_asked()
    before = await office.room.timers()
    office.waits(hours=10)
    await office.stands("awaiting_cv", by_hand=True)
    await office.sends()
    assert (len(office.mail.sent), len(office.whatsapp.sent)) == (1, 1)
    assert await office.room.timers() == before


async def test_nothing_leaves_while_the_evidence_is_to_be_reviewed(office: Office) -> None:
    await office.opens()
    await office.stands("qualified", proposed=True, needs_review=True, score=None)
    await office.sends()
    assert (office.mail.sent, office.whatsapp.sent) == ([], [])
