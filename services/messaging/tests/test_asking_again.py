"""A request that could not be made, or is asked for once more; in memory and on PostgreSQL."""

from __future__ import annotations

from datetime import timedelta

import pytest
from chassis.effects import OutcomePending, ProviderDeclined
from contracts.messaging import (
    CandidateUnreachable,
    Channel,
    CvRequested,
    FollowUpDue,
    MessageFailed,
    MessageOutcomeUnknown,
    MessageSendDue,
)
from messaging.ports import Disconnected, NotConnected
from prometheus_client import CollectorRegistry

from .office import Office, a_post, a_status, someone

REVOKED = "Gmail is not connected: Google no longer accepts our access: connect Gmail again"


async def is_called_again(office: Office) -> None:
    """A recruiter stepped in; the candidate is found to fit once more."""
    for status in ("needs_human", "call_queued", "scoring", "qualified"):
        await office.stands(status)


async def test_a_request_that_reached_nobody_is_made_anew_and_once(office: Office) -> None:
    await office.has_a_qualified_candidate()
    office.whatsapp.trouble = [ProviderDeclined("WhatsApp is not connected")]
    office.mail.trouble = [ProviderDeclined("Gmail is not connected")]
    await office.sends()
    assert len(await office.room.said(CandidateUnreachable)) == 1
    await is_called_again(office)
    for _ in range(2):
        await office.sends()
    assert (len(office.mail.sent), len(office.whatsapp.sent)) == (1, 1)
    [requested] = await office.room.said(CvRequested)
    assert requested.channels == [Channel.EMAIL, Channel.WHATSAPP]


async def test_a_candidate_who_had_no_channel_is_asked_once_there_is_one(office: Office) -> None:
    await office.opens(someone(email=None, phone=None))
    await office.stands("qualified")
    await office.opens()
    await is_called_again(office)
    await office.sends()
    assert (len(office.mail.sent), len(office.whatsapp.sent)) == (1, 1)


async def test_who_was_asked_before_gets_nothing_more_and_the_pipeline_goes_on(office: Office) -> None:
    await office.has_asked()
    office.waits(hours=100)
    await is_called_again(office)
    await office.sends()
    assert (len(office.mail.sent), len(office.whatsapp.sent)) == (1, 1)
    assert len(await office.room.said(CvRequested)) == 2
    [timer] = await office.room.timers()
    assert timer.event == FollowUpDue(candidate_id=10, application_id=1, number=1)
    assert timer.at == office.room.clock.now() + timedelta(hours=48)


async def test_a_request_of_which_nobody_knows_is_never_made_again_but_said_again(office: Office) -> None:
    await office.opens(someone(email=None))
    await office.stands("qualified")
    office.whatsapp.trouble, office.whatsapp.can_look = [TimeoutError()], False
    with pytest.raises(OutcomePending):
        await office.sends()
    await office.sends()
    await is_called_again(office)
    await office.sends()
    assert office.whatsapp.sent == []
    assert len(await office.room.said(CandidateUnreachable)) == 2


async def test_a_last_channel_that_fails_after_all_is_made_known_once(
    office: Office,
) -> None:
    await office.opens(someone(email=None))
    await office.stands("qualified")
    await office.sends()
    await office.stands("awaiting_cv")
    for _ in range(2):
        await office.whapi_says(a_post(statuses=[a_status("wa-0", "failed")]))
    [unreachable] = await office.room.said(CandidateUnreachable)
    assert unreachable.reason == "whatsapp: WhatsApp could not deliver it"
    assert len(await office.room.timers()) == 1
    await office.stands("needs_human")
    assert await office.room.timers() == []


async def test_a_channel_that_fails_beside_another_misses_nobody(office: Office) -> None:
    await office.has_asked()
    await office.whapi_says(a_post(statuses=[a_status("wa-0", "failed")]))
    assert await office.room.said(CandidateUnreachable) == []
    assert len(await office.room.timers()) == 1


async def test_a_failure_reported_before_the_answer_counts_as_one(
    office: Office,
) -> None:
    await office.opens(someone(email=None))
    await office.stands("qualified")
    await office.whapi_says(a_post(statuses=[a_status("wa-0", "failed")]))
    await office.sends()
    assert len(await office.room.said(CandidateUnreachable)) == 1
    assert await office.room.said(CvRequested) == []


async def test_an_email_waits_for_its_connection_and_then_fails_with_the_reason(office: Office) -> None:
    await office.has_a_qualified_candidate()
    office.mail.trouble = [NotConnected(REVOKED) for _ in range(9)]
    for _ in range(2):
        await office.sends()
    assert await office.room.said(MessageFailed) == []
    assert [t.event for t in await office.room.timers() if isinstance(t.event, MessageSendDue)] != []
    office.waits(hours=4)
    await office.sends()
    [failed] = await office.room.said(MessageFailed)
    assert (failed.channel, failed.reason) == (Channel.EMAIL, f"not sent: {REVOKED}")
    [requested] = await office.room.said(CvRequested)
    assert requested.channels == [Channel.WHATSAPP]


async def test_an_email_leaves_when_its_connection_comes_back_in_time(office: Office) -> None:
    registry = CollectorRegistry()
    office.sending.show_in(registry)
    await office.has_a_qualified_candidate()
    office.mail.trouble = [NotConnected(REVOKED)]
    await office.sends()
    assert registry.get_sample_value("messaging_channel_connected", {"channel": "email"}) == 0
    office.waits(hours=3)
    await office.sends()
    assert registry.get_sample_value("messaging_channel_connected", {"channel": "email"}) == 1
    assert len(office.mail.sent) == 1
    assert await office.room.said(MessageFailed) == []


async def test_a_lost_answer_behind_a_lost_connection_is_at_last_a_persons_to_settle(office: Office) -> None:
    await office.has_a_qualified_candidate()
    office.mail.trouble, office.mail.after_sending = [TimeoutError()], True
    office.mail.away = Disconnected("Google no longer accepts our access: connect Gmail again")
    for _ in range(3):
        with pytest.raises(OutcomePending):
            await office.sends()
    office.waits(hours=4)
    await office.sends()
    [unknown] = await office.room.said(MessageOutcomeUnknown)
    assert "connect Gmail again" in unknown.reason
    assert len(office.mail.sent) == 1
    assert len(await office.room.said(CvRequested)) == 1
