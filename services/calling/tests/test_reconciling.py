"""Webhooks that never come: the provider is asked, and what stays unclear is left to a person."""

from __future__ import annotations

import contextlib
from datetime import timedelta

import pytest
from calling.ports import TelephonyUnavailable
from chassis.effects import OutcomePending
from contracts.calling import (
    CallCompleted,
    CallNotAnswered,
    CallOutcomeUnknown,
    CallPlaced,
    CallTakenBack,
)

from .conftest import Office, Status, a_conversation

QUARTER = timedelta(minutes=15)


async def test_a_single_call_without_news_is_looked_up_by_its_conversation(office: Office) -> None:
    await office.open()
    await office.queue()
    [call] = office.telephony.rings
    office.telephony.conversations[f"conv_{call.call_id}"] = a_conversation(call.call_id, call.user_id)
    await office.wait(QUARTER - timedelta(seconds=1))
    assert not await office.said(CallCompleted)
    await office.wait(timedelta(seconds=1))
    assert len(await office.said(CallCompleted)) == 1


async def test_a_call_of_a_batch_is_looked_up_by_the_batchs_detail(office: Office) -> None:
    await office.open(people=3)
    await office.queue(1, 2, 3)
    first, second, third = office.telephony.rings
    lines = office.telephony.recipients["btcal_1"]
    lines[0] |= {"status": "completed", "conversation_id": f"conv_{first.call_id}"}
    lines[1] |= {"status": "voicemail"}
    lines[2] |= {"status": "failed", "conversation_id": "conv_gone"}
    office.telephony.conversations[f"conv_{first.call_id}"] = a_conversation(first.call_id, first.user_id)
    await office.wait(QUARTER)
    assert [one.application_id for one in await office.said(CallCompleted)] == [1]
    missed = {one.application_id: one.outcome for one in await office.said(CallNotAnswered)}
    assert missed == {2: "voicemail", 3: "failed"}
    assert second.user_id, third.user_id


async def test_a_conversation_knows_better_than_its_line_in_the_batch(office: Office) -> None:
    await office.open(people=2)
    await office.queue(1, 2)
    call = office.telephony.rings[0]
    office.telephony.recipients["btcal_1"][0] |= {"status": "failed", "conversation_id": "conv_b"}
    busy = a_conversation(
        call.call_id, call.user_id, conversation_id="conv_b", status="failed", transcript=[]
    )
    busy["metadata"]["phone_call"]["call_result"] = "busy"
    office.telephony.conversations["conv_b"] = busy
    await office.wait(QUARTER)
    assert [one.outcome for one in await office.said(CallNotAnswered)] == ["busy"]


async def test_a_conversation_that_the_provider_forgot_is_looked_for_by_our_key(office: Office) -> None:
    await office.open()
    await office.queue()
    [call] = office.telephony.rings
    del office.telephony.conversations[f"conv_{call.call_id}"]
    office.telephony.conversations["conv_new"] = a_conversation(call.call_id, call.user_id)
    await office.wait(QUARTER)
    assert len(await office.said(CallCompleted)) == 1


async def test_a_call_that_goes_on_is_asked_after_again(office: Office) -> None:
    await office.open()
    await office.queue()
    [call] = office.telephony.rings
    await office.wait(QUARTER)
    assert await office.states() == ["in_progress"]
    office.telephony.conversations[f"conv_{call.call_id}"] = a_conversation(call.call_id, call.user_id)
    await office.wait(QUARTER)
    assert len(await office.said(CallCompleted)) == 1


async def test_a_provider_that_does_not_answer_is_asked_again(office: Office) -> None:
    await office.open()
    await office.queue()
    [call] = office.telephony.rings
    office.telephony.conversations[f"conv_{call.call_id}"] = a_conversation(call.call_id, call.user_id)
    office.telephony.blind += [TelephonyUnavailable("503")] * 2
    await office.wait(2 * QUARTER)
    assert not await office.said(CallCompleted)
    await office.wait(QUARTER)
    assert len(await office.said(CallCompleted)) == 1


async def test_after_a_day_without_final_news_a_person_decides(office: Office) -> None:
    await office.open(people=2)
    await office.queue(1, 2)
    await office.wait(timedelta(hours=23, minutes=59))
    assert not await office.said(CallOutcomeUnknown)
    await office.wait(timedelta(hours=1))
    assert {one.application_id for one in await office.said(CallOutcomeUnknown)} == {1, 2}
    await office.wait(timedelta(days=3))
    assert len(office.telephony.rings) == 2
    assert len(await office.said(CallOutcomeUnknown)) == 2


async def test_late_news_of_an_unknown_call_is_told_and_does_not_redial(office: Office) -> None:
    await office.open()
    await office.queue()
    await office.wait(timedelta(days=2))
    [call] = office.telephony.rings
    await office.hear_failure(call)
    assert [one.retry_at for one in await office.said(CallNotAnswered)] == [None]
    await office.wait(timedelta(days=2))
    assert len(office.telephony.rings) == 1


@pytest.mark.parametrize("told", ["no answer", "a conversation"])
async def test_late_news_of_an_unknown_call_does_not_take_a_new_round_out_of_the_queue(
    office: Office, told: str
) -> None:
    """A recruiter had the person called again; at night, so that the call still waits."""
    await office.open()
    await office.queue()
    [call] = office.telephony.rings
    await office.wait(timedelta(days=1, hours=12))
    assert len(await office.said(CallOutcomeUnknown)) == 1
    await office.tell(
        office.moved(1, Status.CALL_IN_PROGRESS, Status.NEEDS_HUMAN),
        office.moved(1, Status.NEEDS_HUMAN, Status.CALL_QUEUED),
    )
    assert len(office.telephony.rings) == 1
    if told == "no answer":
        await office.hear_failure(call)
    else:
        await office.hear(a_conversation(call.call_id, call.user_id))
    await office.wait(timedelta(hours=12))
    assert len(office.telephony.rings) == 2


async def test_an_attempt_whose_answer_and_webhook_were_both_lost_is_found(office: Office) -> None:
    """The handler of the preparation is never run again: the timer alone brings it home."""
    event = await office.prepared(1)
    office.telephony.losses.append(TimeoutError())
    with contextlib.suppress(OutcomePending):
        await office.handle(event)
    [call] = office.telephony.rings
    office.telephony.conversations[f"conv_{call.call_id}"] = a_conversation(call.call_id, call.user_id)
    await office.wait(QUARTER)
    assert len(await office.said(CallPlaced)) == len(await office.said(CallCompleted)) == 1
    await office.handle(event)
    assert len(office.telephony.rings) == 1
    assert len(await office.said(CallPlaced)) == 1


async def test_what_the_provider_did_not_dial_for_a_day_is_called_off_and_not_given_up(
    office: Office,
) -> None:
    """Where calling hours never end nothing else calls it off; given up, it might ring beside another."""
    office.telephony.holding = True
    hours = {"calling_hour_start": 0, "calling_hour_end": 24, "calling_days": list(range(7))}
    await office.placed(2, **hours)
    await office.wait(timedelta(hours=25))
    assert office.telephony.cancelled == ["btcal_1"]
    assert await office.states() == ["withdrawn", "submitted"] * 2
    assert not await office.said(CallOutcomeUnknown)
    assert len(await office.said(CallTakenBack)) == 2
