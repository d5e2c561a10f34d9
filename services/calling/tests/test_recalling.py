"""Batches that are called off: what surely never rang stands in the queue again, and nobody is rung twice."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from calling.ports import OutgoingCall, TelephonyUnavailable
from contracts.calling import (
    BatchRecallDelayed,
    BatchRecallDue,
    CallNotAnswered,
    CallPlaced,
    CallPurpose,
    CallRefused,
    CallTakenBack,
)
from contracts.intake import CandidateProfileRevised, PositionRevised

from .conftest import MORNING, SYSTEM, Office, PositionStatus, Status, a_conversation, a_person, a_position
from .test_do_not_contact import forbidden
from .test_stopping import resume, rung, stop

HALF_PAST_FIVE = MORNING.replace(hour=15, minute=30)
"""17:30 in Bucharest, half an hour before the calling hours end."""


async def held(office: Office, people: int = 3, **position: Any) -> None:
    """A batch that the provider has, and dials nobody of."""
    office.telephony.holding = True
    await office.open(a_position(**position), people=people)
    await office.queue(*range(1, people + 1))
    office.telephony.holding = False


async def let_ring(office: Office, *applications: int) -> list[OutgoingCall]:
    before = len(office.telephony.rings)
    office.telephony.let_go("btcal_1", *(f"+4070000{one:04}" for one in applications))
    return office.telephony.rings[before:]


def with_status(status: PositionStatus, revision: int = 1) -> PositionRevised:
    details = a_position(status=status)
    return PositionRevised(position_id=1, revision=revision, details=details, actor=SYSTEM)


async def queue_states(office: Office) -> list[str]:
    return [row["state"] for row in await office.rows("SELECT state FROM queue ORDER BY application_id")]


async def test_what_did_not_ring_is_taken_back_and_rings_once_after_the_resumption(office: Office) -> None:
    await held(office)
    await let_ring(office, 2)
    await office.ask(stop())
    assert [one.application_id for one in await office.said(CallTakenBack)] == [1, 3]
    assert await queue_states(office) == ["held", "dialling", "held"]
    assert sorted(await office.states()) == ["submitted", "withdrawn", "withdrawn"]
    await office.ask(resume())
    assert rung(office) == ["1", "2", "3"]


async def test_who_is_taken_back_keeps_round_purpose_and_number_of_tries(office: Office) -> None:
    calls = await office.placed(people=2)
    for call in calls:
        await office.hear_failure(call)
    office.telephony.holding = True
    await office.wait(timedelta(hours=2))
    office.telephony.holding = False
    before = await office.rows("SELECT round, purpose FROM queue ORDER BY application_id")
    await office.ask(stop())
    after = await office.rows("SELECT round, purpose FROM queue ORDER BY application_id")
    assert before == after == [{"round": 1, "purpose": "retry"}] * 2
    await office.ask(resume())
    placed = (await office.said(CallPlaced))[-2:]
    assert {(one.attempt_number, one.purpose) for one in placed} == {(2, CallPurpose.RETRY)}


async def test_calling_off_again_changes_nothing(office: Office) -> None:
    await held(office)
    await office.ask(stop())
    [recall] = await office.said(BatchRecallDue)
    await office.tell(recall, recall)
    assert len(await office.said(CallTakenBack)) == 3
    assert office.telephony.cancelled == ["btcal_1"]


@pytest.mark.parametrize(
    ("told", "code", "refused"),
    [
        (lambda _: with_status(PositionStatus.PAUSED), "position_paused", []),
        (lambda _: with_status(PositionStatus.CLOSED), "position_closed", [1, 2, 3]),
        (
            lambda _: forbidden(2),
            "do_not_contact",
            [2],
        ),
        (lambda o: o.moved(2, Status.CALL_IN_PROGRESS, Status.NEEDS_HUMAN), "no_longer_queued", []),
    ],
    ids=["paused", "closed", "forbidden", "left the queue"],
)
async def test_it_is_called_off_for_every_reason_not_to_call(
    office: Office, told: Any, code: str, refused: list[int]
) -> None:
    await held(office)
    office.telephony.holding = True
    await office.tell(told(office))
    assert {one.code for one in await office.said(CallTakenBack)} == {code}
    assert office.telephony.cancelled == ["btcal_1"]
    assert [one.application_id for one in await office.said(CallRefused)] == refused
    spared = {2} if code in ("do_not_contact", "no_longer_queued") else {1, 2, 3}
    again = [
        row["application_id"] for row in await office.rows("SELECT * FROM attempts WHERE state = 'submitted'")
    ]
    assert set(again) == {1, 2, 3} - spared


async def test_when_the_hours_end_the_rest_waits_until_they_begin(office: Office) -> None:
    office.clock.moment = HALF_PAST_FIVE
    await held(office)
    await let_ring(office, 1)
    await office.wait(timedelta(minutes=31))
    taken = await office.said(CallTakenBack)
    assert [(one.application_id, one.code) for one in taken] == [(2, "outside_hours"), (3, "outside_hours")]
    await office.wait(timedelta(hours=15))
    assert rung(office) == ["1"]
    await office.wait(timedelta(hours=2))
    assert rung(office) == ["1", "2", "3"]


async def test_the_earliest_closing_of_the_recipients_counts(office: Office) -> None:
    """By 11:00 in Bucharest it is 18:00 in Tokyo, where the second of them is."""
    office.clock.moment = MORNING.replace(hour=8, minute=30)
    office.telephony.holding = True
    await office.open(people=2)
    profile = a_person(2, time_zone="Asia/Tokyo")
    await office.tell(CandidateProfileRevised(candidate_id=2, profile=profile))
    await office.queue(1, 2)
    await office.wait(timedelta(minutes=31))
    assert {one.code for one in await office.said(CallTakenBack)} == {"outside_hours"}
    assert await office.states() == ["withdrawn", "submitted", "withdrawn"]


async def test_with_a_margin_it_is_called_off_sooner_and_not_handed_over_again(office: Office) -> None:
    office.set_switchboard(closing_margin=timedelta(minutes=20))
    office.clock.moment = HALF_PAST_FIVE
    await held(office)
    await office.wait(timedelta(minutes=11))
    assert len(await office.said(CallTakenBack)) == 3
    await office.wait(timedelta(hours=1))
    assert (rung(office), len(office.telephony.batches)) == ([], 1)


async def test_while_the_provider_can_not_be_asked_nobody_is_taken_back_and_it_is_said(
    office: Office,
) -> None:
    await held(office)
    office.telephony.deaf = [TelephonyUnavailable("ElevenLabs answers 503")]
    office.telephony.blind = [TelephonyUnavailable("ReadTimeout")]
    await office.ask(stop())
    [delayed] = await office.said(BatchRecallDelayed)
    assert (delayed.calls, delayed.reason) == (3, "ElevenLabs answers 503")
    assert not await office.said(CallTakenBack)
    await office.wait(timedelta(minutes=1))
    assert [one.reason for one in await office.said(BatchRecallDelayed)][1:] == ["ReadTimeout"]
    await office.wait(timedelta(minutes=1))
    assert len(await office.said(CallTakenBack)) == 3


async def test_pending_calls_of_a_cancelled_batch_are_looked_at_again_before_they_count(
    office: Office,
) -> None:
    await held(office)
    office.telephony.slow_to_cancel = True
    await office.ask(stop())
    await office.wait(timedelta(minutes=1, seconds=30))
    assert not await office.said(CallTakenBack)
    await let_ring(office, 1)
    await office.wait(timedelta(minutes=1))
    assert [one.application_id for one in await office.said(CallTakenBack)] == [2, 3]
    await office.ask(resume())
    assert rung(office) == ["1", "2", "3"]


async def test_a_batch_without_the_providers_id_is_found_by_our_key(office: Office) -> None:
    await held(office)
    await office.rows("UPDATE batches SET provider_batch_id = NULL RETURNING 1")
    await office.ask(stop())
    assert len(await office.said(CallTakenBack)) == 3


async def test_nothing_is_asked_of_the_provider_when_all_of_it_was_heard_of(office: Office) -> None:
    for call in await office.placed(people=2):
        await office.hear(a_conversation(call.call_id, call.user_id))
    await office.wait(timedelta(hours=12))
    assert office.telephony.cancelled == []


async def test_one_of_which_was_heard_is_left_alone(office: Office) -> None:
    """Whatever the provider's list says: its own webhook named a conversation."""
    await held(office, people=2)
    [first] = [row["call_id"] for row in await office.rows("SELECT * FROM attempts WHERE application_id = 1")]
    await office.hear(a_conversation(first, status="processing"))
    await office.ask(stop())
    assert [one.application_id for one in await office.said(CallTakenBack)] == [2]


async def test_the_reconciler_does_not_ask_after_who_was_taken_back(office: Office) -> None:
    await held(office)
    await office.ask(stop())
    taken = len(await office.said(CallTakenBack))
    await office.wait(timedelta(days=2))
    assert taken == len(await office.said(CallTakenBack)) == 3
    assert await office.states() == ["withdrawn"] * 3
    assert not await office.said(CallNotAnswered)


async def test_what_became_cancelled_before_it_was_taken_back_is_no_failed_call(office: Office) -> None:
    """The process died between asking to cancel and writing it down; the reconciler comes first."""
    await held(office)
    office.telephony.blind = [TelephonyUnavailable("gone")]
    await office.ask(stop(), rounds=False)
    [recall] = await office.said(BatchRecallDue)
    await office.handle(recall)
    office.clock.moment += timedelta(minutes=20)
    await office.go_round()
    assert not await office.said(CallNotAnswered)
    assert len(await office.said(CallTakenBack)) == 3
