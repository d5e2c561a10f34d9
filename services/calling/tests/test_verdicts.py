"""What the gate said of a call stays, with what it went by; and what it knows of a person's other calls."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from chassis.effects import ProviderDeclined
from contracts.calling import CallDeferred, CallPlaced, CallRefused, ZoneFrom
from contracts.intake import (
    ApplicationOpened,
    CandidateProfileRevised,
    ContactChannel,
    ContactForbidden,
    PositionOpened,
    PositionRevised,
)

from .conftest import MORNING, SYSTEM, Office, PositionStatus, Status, a_conversation, a_person, a_position
from .test_recalling import held

DAY = timedelta(days=1)


async def verdicts(office: Office) -> list[dict[str, Any]]:
    return await office.rows("SELECT * FROM verdicts ORDER BY verdict_id")


async def second_application(office: Office, candidate_id: int = 1, **person: Any) -> None:
    """Application 9, in another position."""
    await office.tell(PositionOpened(position_id=2, details=a_position(), actor=SYSTEM))
    profile = a_person(candidate_id, **person)
    await office.tell(
        ApplicationOpened(candidate_id=candidate_id, application_id=9, position_id=2, profile=profile)
    )


async def queue_the_second(
    office: Office, candidate_id: int = 1, previous: Status = Status.PENDING_CALL
) -> None:
    change = office.moved(9, previous, Status.CALL_QUEUED, candidate_id=candidate_id)
    await office.tell(change.model_copy(update={"position_id": 2}))


async def test_a_call_has_a_verdict_when_it_is_decided_on_and_one_when_it_is_dialled(office: Office) -> None:
    await office.open()
    await office.queue()
    [placed] = await office.said(CallPlaced)
    kept = await verdicts(office)
    assert [(row["stage"], row["verdict"], row["call_id"]) for row in kept] == [
        ("preparing", "allowed", placed.call_id),
        ("dialling", "allowed", placed.call_id),
    ]
    assert {(row["time_zone"], row["zone_from"], row["at"]) for row in kept} == {
        ("Europe/Bucharest", "number", MORNING)
    }
    assert (placed.time_zone, placed.zone_from) == ("Europe/Bucharest", ZoneFrom.NUMBER)
    assert placed.recorded is True


async def test_what_a_verdict_went_by_names_nobody(office: Office) -> None:
    office.clock.moment = MORNING + timedelta(hours=12)
    await office.open(people=2)
    await office.queue(1, 2)
    kept = await verdicts(office)
    assert len(kept) == 2
    assert {row["reason"] for row in kept} == {"outside_hours"}
    assert kept[0]["facts"] == {
        "position": "open",
        "prompts": True,
        "hours": [10, 18],
        "days": [0, 1, 2, 3, 4, 5, 6],
        "zones": ["Europe/Bucharest"],
        "country": "RO",
        "number": True,
        "queued": True,
        "do_not_contact": False,
        "attempts": [0, 2],
        "on_the_phone": False,
        "agreed": False,
        "cooldown_hours": 24.0,
        "lines_left": 100,
    }
    text = json.dumps(kept, default=str)
    assert not [secret for secret in ("Ana", "Exemplu", "0700", "4070", "example.com") if secret in text]


async def test_the_verdict_at_the_moment_of_dialling_counts_and_is_kept(office: Office) -> None:
    event = await office.prepared()
    await office.tell(
        PositionRevised(position_id=1, revision=2, details=a_position(calling_hour_start=13), actor=SYSTEM),
        rounds=False,
    )
    await office.handle(event)
    assert not office.telephony.rings
    assert {(row["stage"], row["verdict"], row["reason"]) for row in await verdicts(office)} == {
        ("preparing", "allowed", None),
        ("dialling", "deferred", "outside_hours"),
    }
    one_there = datetime(2026, 11, 18, 11, tzinfo=UTC)
    assert {(one.code, one.until) for one in await office.said(CallDeferred)} == {
        ("outside_hours", one_there)
    }


async def test_a_holiday_that_begins_between_decision_and_dialling_is_seen(office: Office) -> None:
    office.clock.moment = datetime(2026, 11, 29, 21, 59, tzinfo=UTC)
    await office.open(a_position(calling_hour_start=0, calling_hour_end=24), people=1)
    await office.queue(1, rounds=False)
    await office.go_round()
    assert len(office.telephony.rings) == 1
    office.telephony.rings.clear()
    office.clock.moment = datetime(2026, 11, 29, 22, 0, tzinfo=UTC)
    await office.open(a_position(calling_hour_start=0, calling_hour_end=24), people=2)
    await office.queue(2)
    [deferred] = await office.said(CallDeferred)
    # Saint Andrew's day and the National Day follow each other.
    assert (deferred.code, deferred.until) == ("public_holiday", datetime(2026, 12, 1, 22, tzinfo=UTC))
    assert "Saint Andrew's Day" in deferred.reason
    assert not office.telephony.rings


async def test_the_zone_that_was_stated_is_said_with_the_call(office: Office) -> None:
    await office.open(time_zone="Europe/Athens")
    await office.queue()
    [placed] = await office.said(CallPlaced)
    assert (placed.time_zone, placed.zone_from) == ("Europe/Athens", ZoneFrom.STATED)


async def test_a_zone_that_was_corrected_before_dialling_is_the_one_that_is_said(office: Office) -> None:
    event = await office.prepared(1)
    moved = a_person(1, time_zone="Europe/Athens")
    await office.tell(CandidateProfileRevised(candidate_id=1, profile=moved), rounds=False)
    await office.handle(event)
    [placed] = await office.said(CallPlaced)
    assert (placed.time_zone, placed.zone_from) == ("Europe/Athens", ZoneFrom.STATED)


async def test_a_zone_that_is_corrected_takes_effect_at_once(office: Office) -> None:
    await office.open(people=1, phone="+79161234567")
    await office.queue()
    [deferred] = await office.said(CallDeferred)
    assert (deferred.code, deferred.until) == ("no_common_hours", None)
    known = a_person(1, phone="+79161234567", time_zone="Europe/Moscow")
    await office.tell(CandidateProfileRevised(candidate_id=1, profile=known))
    assert len(office.telephony.rings) == 1


@pytest.mark.parametrize(
    ("code", "position", "person"),
    [
        ("prompts_missing", {"first_message": ""}, {}),
        ("no_valid_number", {}, {"phone": None}),
        ("position_closed", {"status": PositionStatus.CLOSED}, {}),
    ],
)
async def test_a_refusal_names_the_wish_that_it_answers(
    office: Office, code: str, position: dict[str, Any], person: dict[str, Any]
) -> None:
    await office.open(a_position(**position), **person)
    await office.queue()
    await office.tell(office.moved(1, Status.CALL_QUEUED, Status.CALL_FAILED))
    await office.queue()
    refused = await office.said(CallRefused)
    assert [(one.code, one.queued_by) for one in refused] == [(code, 1), (code, 3)]
    kept = await verdicts(office)
    assert [(row["verdict"], row["reason"]) for row in kept] == [("refused", code)] * 2


async def test_a_wish_not_to_be_called_answers_what_is_queued(office: Office) -> None:
    office.clock.moment = MORNING + timedelta(hours=12)
    await office.open()
    await office.queue()
    await office.tell(
        ContactForbidden(
            candidate_id=1,
            channel=ContactChannel.CALL,
            since=MORNING,
            reason="asked so",
            source="recruiter",
            actor=SYSTEM,
        )
    )
    [refused] = await office.said(CallRefused)
    assert (refused.code, refused.queued_by) == ("do_not_contact", 1)


async def test_a_retry_is_refused_for_no_wish_until_intake_has_queued_it(office: Office) -> None:
    call, _ = await office.placed()
    await office.hear_failure(call)
    [entry] = await office.rows("SELECT queued_by FROM queue WHERE application_id = 1")
    assert entry["queued_by"] is None
    await office.tell(office.moved(1, Status.CALL_QUEUED, Status.CALL_IN_PROGRESS))
    await office.tell(office.moved(1, Status.CALL_IN_PROGRESS, Status.CALL_QUEUED))
    [entry] = await office.rows("SELECT queued_by FROM queue WHERE application_id = 1")
    assert entry["queued_by"] == 3


async def test_a_call_that_is_taken_back_and_then_refused_answers_no_earlier_wish(office: Office) -> None:
    """Intake hears that it was placed and taken back, and has queued it anew, when the refusal comes: what
    named the first wish would be no answer to the second."""
    await held(office, people=2)
    closed = a_position(status=PositionStatus.CLOSED)
    await office.tell(PositionRevised(position_id=1, revision=1, details=closed, actor=SYSTEM))
    refused = await office.said(CallRefused)
    assert [(one.application_id, one.code, one.queued_by) for one in refused] == [
        (1, "position_closed", None),
        (2, "position_closed", None),
    ]


async def test_nobody_is_called_for_another_application_within_a_day(office: Office) -> None:
    await office.open()
    await second_application(office)
    await office.queue()
    [call] = office.telephony.rings
    await office.hear(a_conversation(call.call_id))
    await queue_the_second(office)
    [deferred] = await office.said(CallDeferred)
    assert (deferred.code, deferred.until) == ("cooldown", MORNING + DAY)
    await office.wait(DAY - timedelta(seconds=1))
    assert len(office.telephony.rings) == 1
    await office.wait(timedelta(seconds=1))
    assert [ring.user_id for ring in office.telephony.rings] == ["1", "9"]


async def test_an_agreed_callback_is_made_within_the_day(office: Office) -> None:
    await office.open()
    await second_application(office)
    await office.queue()
    [call] = office.telephony.rings
    await office.hear(a_conversation(call.call_id))
    await queue_the_second(office, previous=Status.CALLBACK_SCHEDULED)
    assert [ring.user_id for ring in office.telephony.rings] == ["1", "9"]


async def test_the_same_number_under_another_name_is_the_same_person(office: Office) -> None:
    await office.open()
    await second_application(office, candidate_id=5, phone="+40700000001")
    await office.queue()
    await office.hear_failure(office.telephony.rings[0], "busy")
    await queue_the_second(office, candidate_id=5)
    assert [one.code for one in await office.said(CallDeferred)] == ["cooldown"]


async def test_a_call_that_surely_never_rang_keeps_nobody_from_being_called(office: Office) -> None:
    office.telephony.failures.append(ProviderDeclined("ElevenLabs answers 400: no such agent"))
    await office.open()
    await second_application(office)
    await office.queue()
    assert await office.states() == ["failed"]
    await queue_the_second(office)
    assert [ring.user_id for ring in office.telephony.rings] == ["9"]


async def test_a_call_of_which_nobody_knows_counts_as_one_that_rang(office: Office) -> None:
    await office.open()
    await second_application(office)
    await office.queue()
    await office.rows("UPDATE attempts SET state = 'unknown' RETURNING 1")
    await queue_the_second(office)
    assert [one.code for one in await office.said(CallDeferred)] == ["cooldown"]


async def test_the_end_of_a_call_frees_the_person_at_once(office: Office) -> None:
    """For an agreed callback, which knows no cooldown."""
    await office.open()
    await second_application(office)
    await office.queue()
    await queue_the_second(office, previous=Status.CALLBACK_SCHEDULED)
    assert [one.code for one in await office.said(CallDeferred)] == ["person_being_called"]
    await office.hear(a_conversation(office.telephony.rings[0].call_id))
    assert [ring.user_id for ring in office.telephony.rings] == ["1", "9"]


async def test_a_retry_of_the_same_application_knows_no_cooldown(office: Office) -> None:
    await office.open()
    await office.queue()
    await office.hear_failure(office.telephony.rings[0], "busy")
    await office.wait(timedelta(minutes=15))
    assert len(office.telephony.rings) == 2
