"""Law 3 at its sharpest: whatever breaks around the request, nobody's telephone rings twice."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from calling.adapters.postgres_queue import PostgresQueue
from calling.ports import Queue as QueuePort
from chassis.effects import NotAccepted, OutcomePending, ProviderDeclined
from contracts.calling import (
    CallBatchPrepared,
    CallCompleted,
    CallDeferred,
    CallNotAnswered,
    CallOutcomeUnknown,
    CallPlaced,
    CallRefused,
)
from contracts.intake import CandidateProfileRevised, PositionRevised

from .conftest import SYSTEM, Office, PositionStatus, Status, a_conversation, a_person, a_position


@pytest.mark.parametrize("people", [1, 2])
async def test_prepared_twice_rings_once(office: Office, people: int) -> None:
    event = await office.prepared(people)
    await office.handle(event)
    await office.handle(event)
    assert len(office.telephony.rings) == people
    assert len(await office.said(CallPlaced)) == people


@pytest.mark.parametrize("people", [1, 2])
async def test_a_lost_answer_is_looked_up_and_nobody_rings_again(office: Office, people: int) -> None:
    event = await office.prepared(people)
    office.telephony.losses.append(TimeoutError())
    with pytest.raises(OutcomePending):
        await office.handle(event)
    assert not await office.said(CallPlaced)
    await office.handle(event)
    assert len(office.telephony.rings) == people
    assert len(await office.said(CallPlaced)) == people
    assert await office.states() == ["submitted"] * people


@pytest.mark.parametrize("people", [1, 2])
async def test_a_crash_between_acting_and_recording_rings_once(office: Office, people: int) -> None:
    """The intent stands as acting, the provider took it, and nothing of the answer was stored."""
    event = await office.prepared(people)
    office.telephony.losses.append(KeyboardInterrupt())  # it passes every except Exception
    with pytest.raises(KeyboardInterrupt):
        await office.handle(event)
    [effect] = await office.rows("SELECT state FROM effects")
    assert effect["state"] == "acting"
    await office.handle(event)
    assert len(office.telephony.rings) == people
    assert len(await office.said(CallPlaced)) == people


async def test_a_crash_between_the_outcome_and_our_record_only_records(office: Office) -> None:
    event = await office.prepared()
    await office.handle(event)
    await office.rows("UPDATE batches SET state = 'prepared', provider_batch_id = NULL RETURNING 1")
    await office.rows("UPDATE attempts SET state = 'intended', placed_at = NULL RETURNING 1")
    await office.handle(event)
    assert len(office.telephony.rings) == 2
    [batch] = await office.rows("SELECT state, provider_batch_id FROM batches")
    assert (batch["state"], batch["provider_batch_id"]) == ("submitted", "btcal_1")


async def test_a_request_that_surely_never_arrived_is_made_again(office: Office) -> None:
    event = await office.prepared()
    office.telephony.failures.append(ConnectionResetError())
    with pytest.raises(OutcomePending):
        await office.handle(event)
    await office.handle(event)
    assert len(office.telephony.rings) == 2


async def test_while_the_provider_can_not_be_asked_nothing_rings(office: Office) -> None:
    event = await office.prepared()
    office.telephony.losses.append(TimeoutError())
    office.telephony.blind.append(TimeoutError())
    for _ in range(2):
        with pytest.raises(OutcomePending):
            await office.handle(event)
    assert len(office.telephony.rings) == 2
    assert await office.states() == ["intended"] * 2


async def test_a_decline_is_said_for_each_application(office: Office) -> None:
    office.telephony.failures += [ProviderDeclined("ElevenLabs answers 400: override not allowed")] * 3
    await office.open(people=2)
    await office.queue(1, 2)
    refused = await office.said(CallRefused)
    assert [(one.application_id, one.code) for one in refused] == [
        (1, "declined_by_provider"),
        (2, "declined_by_provider"),
    ]
    assert "override not allowed" in refused[0].message
    assert await office.states() == ["failed"] * 2
    await office.wait(timedelta(days=2))
    assert not office.telephony.rings


async def test_one_bad_number_does_not_keep_its_batch_from_being_called(office: Office) -> None:
    await office.open(people=7)
    office.telephony.unwanted = {"+40700000005"}
    await office.queue(*range(1, 8))
    assert sorted(call.user_id for call in office.telephony.rings) == ["1", "2", "3", "4", "6", "7"]
    assert [one.application_id for one in await office.said(CallRefused)] == [5]
    assert {one.attempt_number for one in await office.said(CallPlaced)} == {1}
    assert sorted(await office.states()) == ["failed", *["submitted"] * 6]
    effects = await office.rows("SELECT key FROM effects")
    batches = await office.rows("SELECT batch_id FROM batches")
    assert {row["key"] for row in effects} == {f"batch:{row['batch_id']}" for row in batches}


async def test_a_crash_while_a_declined_batch_is_halved_rings_nobody_twice(office: Office) -> None:
    event = await office.prepared(4)
    office.telephony.unwanted = {"+40700000002"}
    await office.handle(event)
    await office.handle(event)  # as after a crash between the record and its ack
    await office.go_round()
    for half in (await office.said(CallBatchPrepared))[1:]:
        await office.handle(half)
    await office.go_round()
    assert sorted(call.user_id for call in office.telephony.rings) == ["1", "3", "4"]
    assert [one.application_id for one in await office.said(CallRefused)] == [2]


async def test_who_was_halved_away_is_still_asked_after_and_still_settled(office: Office) -> None:
    await office.open(people=3)
    office.telephony.unwanted = {"+40700000003"}
    await office.queue(1, 2, 3)
    first, second = office.telephony.rings
    await office.hear_failure(first)
    office.telephony.recipients["btcal_1"][1] |= {"status": "voicemail"}
    await office.wait(timedelta(minutes=15))
    missed = {one.call_id: one.outcome for one in await office.said(CallNotAnswered)}
    assert missed == {first.call_id: "no_answer", second.call_id: "voicemail"}


async def test_a_provider_that_takes_nothing_now_is_tried_again_and_it_shows(office: Office) -> None:
    office.telephony.failures.append(NotAccepted("ElevenLabs answers 429"))
    await office.open(people=2)
    await office.queue(1, 2)
    assert [one.reason for one in await office.said(CallDeferred)] == ["ElevenLabs answers 429"] * 2
    await office.wait(timedelta(minutes=5))
    assert len(office.telephony.rings) == 2
    assert {one.attempt_number for one in await office.said(CallPlaced)} == {1}


async def test_what_changed_since_the_preparation_is_seen_before_dialling(office: Office) -> None:
    event = await office.prepared(3)
    await office.tell(office.moved(2, Status.CALL_QUEUED, Status.CLOSED), rounds=False)
    await office.handle(event)
    assert [call.user_id for call in office.telephony.rings] == ["1", "3"]
    assert {one.application_id for one in await office.said(CallPlaced)} == {1, 3}
    assert sorted(await office.states()) == ["submitted", "submitted", "withdrawn"]


@pytest.mark.parametrize("people", [1, 3])
async def test_a_number_corrected_after_the_preparation_is_called_instead_of_the_old_one(
    office: Office, people: int
) -> None:
    event = await office.prepared(people)
    better = a_person(1, phone="+40700000099")
    await office.tell(CandidateProfileRevised(candidate_id=1, profile=better), rounds=False)
    await office.handle(event)
    await office.go_round()
    called = sorted(call.to_number for call in office.telephony.rings)
    assert called == [*(f"+4070000000{number}" for number in range(2, people + 1)), "+40700000099"]
    assert await office.said(CallRefused) == []
    assert [one.application_id for one in await office.said(CallDeferred)] == [1]
    assert {one.attempt_number for one in await office.said(CallPlaced)} == {1}


async def test_a_number_taken_away_after_the_preparation_is_not_called(office: Office) -> None:
    event = await office.prepared(1)
    nobody = a_person(1, phone=None)
    await office.tell(CandidateProfileRevised(candidate_id=1, profile=nobody), rounds=False)
    await office.handle(event)
    await office.go_round()
    assert (office.telephony.rings, [one.code for one in await office.said(CallRefused)]) == (
        [],
        ["no_valid_number"],
    )


async def test_a_position_opened_again_while_its_calls_are_set_aside_forgets_none_of_them(
    office: Office,
) -> None:
    event = await office.prepared()
    paused = a_position(status=PositionStatus.PAUSED)
    await office.tell(PositionRevised(position_id=1, revision=2, details=paused, actor=SYSTEM), rounds=False)
    opened = PositionRevised(position_id=1, revision=3, details=a_position(), actor=SYSTEM)
    opening: list[asyncio.Task[None]] = []

    class Queue(PostgresQueue):
        async def set_aside(self, *about: Any) -> None:
            """The moment in which it was known to be paused, and is not any more."""
            if not opening:
                opening.append(asyncio.create_task(office.handle(opened)))
                await asyncio.wait(opening, timeout=0.3)
            await super().set_aside(*about)

    office.use(QueuePort, Queue())
    await office.handle(event)
    await opening[0]
    await office.go_round()
    assert sorted(call.user_id for call in office.telephony.rings) == ["1", "2"]


@pytest.mark.parametrize("record", [True, False])
async def test_a_call_is_recorded_where_the_position_says_so(office: Office, record: bool) -> None:
    [call] = await office.placed(people=1, record_calls=record)
    assert call.record is record


async def test_a_position_paused_after_the_preparation_rings_nobody_and_resumes(office: Office) -> None:
    event = await office.prepared()
    paused = a_position(status=PositionStatus.PAUSED)
    await office.tell(PositionRevised(position_id=1, revision=2, details=paused, actor=SYSTEM), rounds=False)
    await office.handle(event)
    assert not office.telephony.rings
    assert {one.until for one in await office.said(CallDeferred)} == {None}
    await office.tell(PositionRevised(position_id=1, revision=3, details=a_position(), actor=SYSTEM))
    assert len(office.telephony.rings) == 2


async def test_a_webhook_that_overtakes_the_answer_completes_and_stays(office: Office) -> None:
    async def webhook_first(call):  # type: ignore[no-untyped-def]
        await office.tell_now(a_conversation(call.call_id, call.user_id))

    office.telephony.before_answer = webhook_first
    await office.open()
    await office.queue()
    assert await office.states() == ["completed"]
    assert len(await office.said(CallPlaced)) == len(await office.said(CallCompleted)) == 1
    kinds = [row["type"] for row in await office.rows("SELECT type FROM outbox ORDER BY id")]
    assert kinds.index(CallPlaced.type()) < kinds.index(CallCompleted.type())


async def test_a_webhook_proves_that_a_lost_request_arrived(office: Office) -> None:
    event = await office.prepared(1)
    office.telephony.losses.append(TimeoutError())
    with pytest.raises(OutcomePending):
        await office.handle(event)
    [call] = office.telephony.rings
    office.telephony.conversations.clear()
    await office.hear_failure(call, "busy")
    assert [one.outcome for one in await office.said(CallNotAnswered)] == ["busy"]
    await office.handle(event)
    assert len(office.telephony.rings) == 1
    assert not await office.said(CallOutcomeUnknown)


async def test_a_webhook_of_one_call_proves_the_whole_batch_though_the_listing_lags(office: Office) -> None:
    event = await office.prepared(2)
    office.telephony.losses.append(TimeoutError())
    with pytest.raises(OutcomePending):
        await office.handle(event)
    office.telephony.batches.clear()
    await office.hear_failure(office.telephony.rings[0], "busy")
    await office.handle(event)
    assert len(office.telephony.rings) == 2
    assert {one.application_id for one in await office.said(CallPlaced)} == {1, 2}
