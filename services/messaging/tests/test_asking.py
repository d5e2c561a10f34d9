"""Who is asked for a CV, how often, and what is said about it; in memory and on PostgreSQL."""

from __future__ import annotations

import pytest
from chassis.effects import NotAccepted, OutcomePending, ProviderDeclined
from chassis.testing_rooms import Killed, crashing
from contracts.messaging import (
    CandidateUnreachable,
    Channel,
    CvRequested,
    MessageComposed,
    MessageDelivered,
    MessageFailed,
    MessageOutcomeUnknown,
    MessageRead,
    MessageSendDue,
    MessageSent,
)
from contracts.references import reference

from .office import EMAIL, PHONE, Office, a_post, a_status, someone


async def test_a_qualified_candidate_is_asked_by_email_and_whatsapp(office: Office) -> None:
    await office.has_a_qualified_candidate()
    await office.sends()
    [email], [whatsapp] = office.mail.sent, office.whatsapp.sent
    assert (email.recipient, whatsapp.recipient) == (EMAIL, PHONE)
    assert reference(1) in (email.subject or "")
    assert reference(1) in whatsapp.body
    assert "Ana" in whatsapp.body
    assert "Șofer" in whatsapp.body
    [requested] = await office.room.said(CvRequested)
    assert requested.channels == [Channel.EMAIL, Channel.WHATSAPP]
    assert not requested.for_later
    assert len(await office.room.said(MessageSent)) == 2


async def test_one_who_is_no_fit_is_asked_on_whatsapp_only_and_never_reminded(office: Office) -> None:
    await office.opens()
    await office.stands("not_qualified")
    await office.sends()
    assert office.mail.sent == []
    [letter] = office.whatsapp.sent
    assert letter.message_type.value == "cv_request_rejected"
    [requested] = await office.room.said(CvRequested)
    assert requested.for_later
    assert await office.room.timers() == []


async def test_one_who_is_no_fit_and_has_no_phone_is_asked_by_email(office: Office) -> None:
    await office.opens(someone(phone=None))
    await office.stands("not_qualified")
    await office.sends()
    assert len(office.mail.sent) == 1


async def test_a_candidate_with_one_channel_gets_that_one(office: Office) -> None:
    await office.opens(someone(email=None))
    await office.stands("qualified")
    await office.sends()
    [requested] = await office.room.said(CvRequested)
    assert requested.channels == [Channel.WHATSAPP]


async def test_the_whatsapp_number_goes_before_the_phone(office: Office) -> None:
    await office.opens(someone(whatsapp_number="+40700000022"))
    await office.stands("qualified")
    await office.sends()
    assert office.whatsapp.sent[0].recipient == "+40700000022"


async def test_a_candidate_without_any_channel_is_somebodys_task(office: Office) -> None:
    await office.opens(someone(email=None, phone=None))
    await office.stands("qualified")
    [unreachable] = await office.room.said(CandidateUnreachable)
    assert unreachable.reason == "no email address and no phone number"
    assert await office.room.said(MessageComposed) == []


async def test_the_same_verdict_heard_again_composes_nothing_more(office: Office) -> None:
    await office.has_a_qualified_candidate()
    await office.stands("qualified", sequence=1)
    await office.stands("qualified", sequence=9)
    assert len(await office.room.said(MessageComposed)) == 2


async def test_a_message_handled_again_is_not_sent_again(office: Office) -> None:
    await office.has_a_qualified_candidate()
    for _ in range(3):
        await office.sends()
    assert (len(office.mail.sent), len(office.whatsapp.sent)) == (1, 1)
    assert len(await office.room.said(MessageSent)) == 2
    assert len(await office.room.said(CvRequested)) == 1


async def test_the_request_is_made_known_when_both_channels_are_settled(office: Office) -> None:
    await office.has_a_qualified_candidate()
    first, second = await office.room.said(MessageComposed)
    await office.sends_one(first)
    assert await office.room.said(CvRequested) == []
    await office.sends_one(second)
    assert len(await office.room.said(CvRequested)) == 1


async def test_one_refused_channel_does_not_stop_the_other(office: Office) -> None:
    await office.has_a_qualified_candidate()
    office.whatsapp.trouble = [ProviderDeclined("no such number")]
    await office.sends()
    [failed] = await office.room.said(MessageFailed)
    assert (failed.channel, failed.reason) == (Channel.WHATSAPP, "no such number")
    [requested] = await office.room.said(CvRequested)
    assert requested.channels == [Channel.EMAIL]


async def test_both_channels_refused_make_the_candidate_unreachable(office: Office) -> None:
    await office.has_a_qualified_candidate()
    office.whatsapp.trouble = [ProviderDeclined("no such number")]
    office.mail.trouble = [ProviderDeclined("no such address")]
    await office.sends()
    [unreachable] = await office.room.said(CandidateUnreachable)
    assert unreachable.reason == "email: no such address; whatsapp: no such number"
    assert await office.room.said(CvRequested) == []
    assert await office.room.timers() == []


async def test_a_provider_that_does_not_take_it_now_is_offered_it_later(office: Office) -> None:
    await office.has_a_qualified_candidate()
    office.whatsapp.trouble = [NotAccepted("HTTP 429")]
    await office.sends()
    timers = [timer for timer in await office.room.timers() if isinstance(timer.event, MessageSendDue)]
    assert len(timers) == 1
    assert timers[0].at > office.room.clock.now()
    assert await office.room.said(CvRequested) == []
    await office.sends()
    assert len(office.whatsapp.sent) == 1
    assert len(await office.room.said(CvRequested)) == 1


async def test_a_provider_that_never_takes_it_is_given_up_after_a_day(office: Office) -> None:
    await office.opens(someone(email=None))
    await office.stands("qualified")
    office.whatsapp.trouble = [NotAccepted("HTTP 503") for _ in range(200)]
    for _ in range(160):
        await office.sends()
    assert len(office.whatsapp.trouble) == 50
    [failed] = await office.room.said(MessageFailed)
    assert failed.reason == "not sent: HTTP 503"
    assert len(await office.room.said(CandidateUnreachable)) == 1


async def test_a_lost_answer_is_looked_up_and_nothing_is_sent_twice(office: Office) -> None:
    await office.has_a_qualified_candidate()
    office.whatsapp.trouble, office.whatsapp.after_sending = [TimeoutError()], True
    with pytest.raises(OutcomePending):
        await office.sends()
    await office.sends()
    assert len(office.whatsapp.sent) == 1
    sent = await office.room.said(MessageSent)
    assert {message.external_id for message in sent} == {"mail-0", "wa-0"}


async def test_a_lost_answer_that_was_no_sending_is_sent_after_the_grace(office: Office) -> None:
    await office.has_a_qualified_candidate()
    office.whatsapp.trouble = [TimeoutError()]
    with pytest.raises(OutcomePending):
        await office.sends()
    assert office.whatsapp.sent == []
    await office.sends()
    assert len(office.whatsapp.sent) == 1


async def test_within_the_grace_nothing_is_sent_again(office: Office) -> None:
    office.grace = 3600
    await office.has_a_qualified_candidate()
    office.whatsapp.trouble = [TimeoutError()]
    for _ in range(3):
        with pytest.raises(OutcomePending):
            await office.sends()
    assert office.whatsapp.sent == []


async def test_what_nobody_can_say_is_unknown_and_never_sent_again(office: Office) -> None:
    await office.opens(someone(email=None))
    await office.stands("qualified")
    office.whatsapp.trouble, office.whatsapp.can_look = [TimeoutError()], False
    with pytest.raises(OutcomePending):
        await office.sends()
    for _ in range(3):
        await office.sends()
    assert office.whatsapp.sent == []
    assert len(await office.room.said(MessageOutcomeUnknown)) == 1
    assert len(await office.room.said(CandidateUnreachable)) == 1


async def test_reports_move_a_message_forward_only(office: Office) -> None:
    await office.has_a_qualified_candidate()
    await office.sends()
    for status in ("read", "delivered", "sent", "read", "failed"):
        await office.whapi_says(a_post(statuses=[a_status("wa-0", status)]))
    assert len(await office.room.said(MessageRead)) == 1
    assert await office.room.said(MessageDelivered) == []
    assert await office.room.said(MessageFailed) == []


async def test_a_report_that_comes_before_the_answer_waits_for_it(office: Office) -> None:
    await office.has_a_qualified_candidate()
    await office.whapi_says(a_post(statuses=[a_status("wa-0", "read"), a_status("wa-0", "delivered")]))
    await office.sends()
    assert len(await office.room.said(MessageDelivered)) == 1
    assert len(await office.room.said(MessageRead)) == 1


async def test_a_message_that_could_not_be_delivered_is_said_to_have_failed(office: Office) -> None:
    await office.has_a_qualified_candidate()
    await office.sends()
    await office.whapi_says(a_post(statuses=[a_status("wa-0", "failed")]))
    [failed] = await office.room.said(MessageFailed)
    assert failed.channel is Channel.WHATSAPP


MOMENTS = range(36)
"""The handler passes through 30 of them for two messages; the last ones see it find everything done."""


@pytest.mark.parametrize("lost_answer", [False, True])
async def test_killed_at_any_moment_each_message_leaves_once(on_postgres: Office, lost_answer: bool) -> None:
    """And is made known once, and the request too."""
    office = on_postgres
    for moment in MOMENTS:
        application = moment + 1
        await office.opens(application=application)
        await office.stands("qualified", application=application)
        if lost_answer:
            office.whatsapp.trouble, office.whatsapp.after_sending = [ConnectionResetError()], True
        begin, killed = crashing(office.room.begin, moment), 0
        for _ in range(6):
            try:
                await office.sends(begin, application=application)
            except (Killed, OutcomePending) as end:
                killed += isinstance(end, Killed)
        assert killed == 1
        for postbox in (office.mail, office.whatsapp):
            left = [letter for letter in postbox.sent if letter.application_id == application]
            assert len(left) == 1, f"killed at moment {moment}"
        said = [event for event in await office.room.said(MessageSent) if event.application_id == application]
        assert len(said) == 2, f"killed at moment {moment}"
        requested = [e for e in await office.room.said(CvRequested) if e.application_id == application]
        assert len(requested) == 1, f"killed at moment {moment}"
    assert len(await office.room.timers()) == len(MOMENTS)
