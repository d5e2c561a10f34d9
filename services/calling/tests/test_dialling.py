"""From "Trigger calls" to attempts that may be dialled, and what the recruiter hears of those that wait."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from contracts.calling import CallBatchPrepared, CallDeferred, CallPlaced, CallPurpose, CallRefused
from contracts.intake import (
    ApplicationOpened,
    CandidateProfileRevised,
    PositionDetails,
    PositionOpened,
    PositionRevised,
)

from .conftest import MORNING, SYSTEM, Office, PositionStatus, Status, a_person, a_position

NIGHT = MORNING.replace(hour=20)
TOMORROW_AT_TEN = datetime(2026, 11, 19, 10, tzinfo=ZoneInfo("Europe/Bucharest"))


async def revise(office: Office, details: PositionDetails, revision: int = 2) -> None:
    await office.tell(PositionRevised(position_id=1, revision=revision, details=details, actor=SYSTEM))


async def test_queued_applications_are_called_in_one_batch(office: Office) -> None:
    await office.open(people=3)
    await office.queue(1, 2, 3)
    assert [call.user_id for call in office.telephony.rings] == ["1", "2", "3"]
    assert len(office.telephony.batches) == 1
    placed = await office.said(CallPlaced)
    assert [(one.application_id, one.attempt_number, one.purpose) for one in placed] == [
        (1, 1, CallPurpose.SCREENING),
        (2, 1, CallPurpose.SCREENING),
        (3, 1, CallPurpose.SCREENING),
    ]
    assert await office.states() == ["submitted"] * 3


async def test_prompts_are_filled_for_each_person(office: Office) -> None:
    await office.open(people=2)
    await office.queue(1, 2)
    first, _ = office.telephony.rings
    assert first.to_number == "+40700000001"
    assert first.system_prompt == "You call Ana Exemplu1 about Sales Representative. - Permis?: da"
    assert first.first_message == (
        "Bună ziua, Ana Exemplu1. Sunt un asistent virtual, un sistem AI, și vă sun din partea"
        " echipei de recrutare. Apelul este înregistrat. Aveți două minute, Ana?"
    )


async def test_nobody_is_rung_at_night_where_they_are(office: Office) -> None:
    await office.open(people=2, time_zone="America/Halifax")
    await office.queue(1, 2)
    ten_there = datetime(2026, 11, 18, 14, 0, tzinfo=UTC)
    assert {one.until for one in await office.said(CallDeferred)} == {ten_there}
    await office.wait(ten_there - office.clock.moment - timedelta(seconds=1))
    assert not office.telephony.rings
    await office.wait(timedelta(seconds=1))
    assert len(office.telephony.rings) == 2


async def test_hours_that_ended_there_since_the_preparation_are_seen_before_dialling(office: Office) -> None:
    event = await office.prepared()
    moved = a_person(1, time_zone="America/Halifax")
    await office.tell(CandidateProfileRevised(candidate_id=1, profile=moved), rounds=False)
    await office.handle(event)
    assert [call.user_id for call in office.telephony.rings] == ["2"]


async def test_a_queue_is_cut_into_batches_of_fifty(office: Office) -> None:
    office.limit(most_at_once=None)
    await office.open(people=101)
    await office.queue(*range(1, 102))
    assert [len(calls) for _, calls in office.telephony.batches.values()] == [50, 50]
    assert len(office.telephony.rings) == 101
    assert len(await office.said(CallBatchPrepared)) == 3


async def test_more_than_fits_one_look_is_called_all_the_same(office: Office) -> None:
    office.limit(most_at_once=None)
    await office.open(people=520)
    await office.queue(*range(1, 521))
    assert len(office.telephony.rings) == len({call.to_number for call in office.telephony.rings}) == 520


async def test_a_lone_call_is_a_single_outbound_call(office: Office) -> None:
    await office.open()
    await office.queue()
    assert not office.telephony.batches
    [placed] = await office.said(CallPlaced)
    assert placed.conversation_id == f"conv_{placed.call_id}"


async def test_a_callback_is_a_single_call_even_beside_others(office: Office) -> None:
    await office.open(people=3)
    await office.handle_batch(
        [
            office.moved(1, Status.PENDING_CALL, Status.CALL_QUEUED),
            office.moved(2, Status.PENDING_CALL, Status.CALL_QUEUED),
            office.moved(3, Status.CALLBACK_SCHEDULED, Status.CALL_QUEUED),
        ]
    )
    await office.go_round()
    assert [len(calls) for _, calls in office.telephony.batches.values()] == [2]
    purposes = {one.application_id: one.purpose for one in await office.said(CallPlaced)}
    assert purposes[3] is CallPurpose.CALLBACK


async def test_the_same_fact_twice_rings_once(office: Office) -> None:
    await office.open()
    change = office.moved(1, Status.PENDING_CALL, Status.CALL_QUEUED)
    await office.tell(change, change)
    await office.tell(change)
    assert len(office.telephony.rings) == 1


async def test_outside_the_hours_calls_wait_for_the_next_opening_and_say_so(office: Office) -> None:
    office.clock.moment = NIGHT
    await office.open(people=2)
    await office.queue(1, 2)
    assert not office.telephony.rings
    deferred = await office.said(CallDeferred)
    assert {(one.application_id, one.until) for one in deferred} == {
        (1, TOMORROW_AT_TEN),
        (2, TOMORROW_AT_TEN),
    }
    await office.wait(TOMORROW_AT_TEN - NIGHT - timedelta(seconds=1))
    assert not office.telephony.rings
    await office.wait(timedelta(seconds=1))
    assert len(office.telephony.rings) == 2
    assert len(await office.said(CallDeferred)) == 2


async def test_wider_hours_take_effect_at_once(office: Office) -> None:
    office.clock.moment = NIGHT
    await office.open(people=2)
    await office.queue(1, 2)
    await revise(office, a_position(calling_hour_end=23))
    assert len(office.telephony.rings) == 2


async def test_a_paused_position_calls_nobody_until_it_is_open_again(office: Office) -> None:
    await office.open(a_position(status=PositionStatus.PAUSED), people=2)
    await office.queue(1, 2)
    await office.wait(timedelta(days=3))
    assert not office.telephony.rings
    assert [one.until for one in await office.said(CallDeferred)] == [None, None]
    office.clock.moment = MORNING + timedelta(days=5)
    await revise(office, a_position())
    assert len(office.telephony.rings) == 2


async def test_an_older_revision_does_not_undo_a_newer_one(office: Office) -> None:
    await office.open(a_position(status=PositionStatus.PAUSED))
    await revise(office, a_position(status=PositionStatus.PAUSED), revision=3)
    await revise(office, a_position(), revision=2)
    await office.queue()
    assert not office.telephony.rings


async def test_a_closed_position_refuses_what_waits(office: Office) -> None:
    office.clock.moment = NIGHT
    await office.open(people=2)
    await office.queue(1, 2)
    await revise(office, a_position(status=PositionStatus.CLOSED))
    assert [one.code for one in await office.said(CallRefused)] == ["position_closed"] * 2
    await office.wait(timedelta(days=2))
    assert not office.telephony.rings


async def test_missing_prompts_refuse_with_what_to_do(office: Office) -> None:
    await office.open(a_position(first_message=" "))
    await office.queue()
    [refused] = await office.said(CallRefused)
    assert refused.code == "prompts_missing"
    assert "first message" in refused.message


async def test_a_number_that_can_not_be_dialled_refuses_and_a_corrected_one_is_called(office: Office) -> None:
    await office.open(people=1, phone=None, phone_as_given="07 what")
    await office.queue()
    assert [one.code for one in await office.said(CallRefused)] == ["no_valid_number"]
    await office.tell(CandidateProfileRevised(candidate_id=1, profile=a_person(1)))
    await office.tell(
        office.moved(1, Status.CALL_QUEUED, Status.CALL_FAILED),
        office.moved(1, Status.CALL_FAILED, Status.CALL_QUEUED),
    )
    assert [call.to_number for call in office.telephony.rings] == ["+40700000001"]


async def test_an_application_that_leaves_the_queue_is_not_called(office: Office) -> None:
    office.clock.moment = NIGHT
    await office.open(people=2)
    await office.queue(1, 2)
    await office.tell(office.moved(1, Status.CALL_QUEUED, Status.CLOSED))
    await office.wait(timedelta(days=1))
    assert [call.user_id for call in office.telephony.rings] == ["2"]
    assert not await office.said(CallRefused)


async def test_a_person_with_two_applications_is_not_called_twice_at_the_same_time(office: Office) -> None:
    await office.open(people=1)
    await office.tell(PositionOpened(position_id=2, details=a_position(), actor=SYSTEM))
    await office.tell(
        ApplicationOpened(candidate_id=1, application_id=9, position_id=1, profile=a_person(1)),
    )
    await office.handle_batch(
        [
            office.moved(1, Status.PENDING_CALL, Status.CALL_QUEUED),
            office.moved(9, Status.PENDING_CALL, Status.CALL_QUEUED, candidate_id=1),
        ]
    )
    await office.go_round()
    assert len(office.telephony.rings) == 1
    [deferred] = await office.said(CallDeferred)
    assert (deferred.until, deferred.code) == (None, "person_being_called")
    await office.wait(timedelta(hours=3))
    assert len(office.telephony.rings) == 1
    assert len(await office.said(CallDeferred)) == 1


async def test_two_people_who_share_a_number_are_called_one_after_the_other(office: Office) -> None:
    await office.open(people=2, phone="+40700000001")
    await office.queue(1, 2)
    assert len(office.telephony.rings) == 1
    assert len(await office.said(CallDeferred)) == 1
