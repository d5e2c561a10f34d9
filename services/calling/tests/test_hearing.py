"""Webhooks: which attempt they are about, what they settle, and that twice or late changes nothing."""

from __future__ import annotations

import json
import random
import sys
from datetime import timedelta
from typing import Any

import pytest
from chassis.ids import new_id
from contracts.calling import CallCompleted, CallNotAnswered, CallPlaced, CallPurpose, NotAnswered
from contracts.gateway import ElevenLabsWebhookReceived
from contracts.intake import PositionRevised

from .conftest import MORNING, SYSTEM, Office, PositionStatus, Status, a_conversation, a_position


async def test_a_finished_call_is_completed_with_its_transcript(office: Office) -> None:
    call, _ = await office.placed()
    await office.hear(a_conversation(call.call_id, call.user_id))
    [completed] = await office.said(CallCompleted)
    assert completed.application_id == 1
    assert completed.conversation_id == f"conv_{call.call_id}"
    assert completed.transcript == "Agent: Bună ziua\n\nUser: Da, vă ascult"
    assert [(turn.role, turn.at_seconds) for turn in completed.turns] == [("agent", 0), ("user", 3)]
    assert completed.duration_seconds == 82
    [row] = await office.rows("SELECT text FROM transcripts")
    assert row["text"] == completed.transcript
    [entry] = await office.rows("SELECT state FROM queue WHERE application_id = 1")
    assert entry["state"] == "done"


async def test_the_same_webhook_again_changes_nothing(office: Office) -> None:
    call, _ = await office.placed()
    for _ in range(3):
        await office.hear(a_conversation(call.call_id, call.user_id))
    await office.hear_failure(call)
    assert len(await office.said(CallCompleted)) == 1
    assert not await office.said(CallNotAnswered)


async def test_a_failure_after_which_a_transcript_comes_late_stays_a_failure(office: Office) -> None:
    call, _ = await office.placed()
    await office.hear_failure(call, "busy")
    await office.hear(a_conversation(call.call_id, call.user_id))
    assert [one.outcome for one in await office.said(CallNotAnswered)] == [NotAnswered.BUSY]
    assert not await office.said(CallCompleted)


@pytest.mark.parametrize(
    ("reason", "outcome", "minutes"),
    [("no-answer", "no_answer", 60), ("busy", "busy", 15), ("unknown", "failed", 60)],
)
async def test_nobody_reached_is_tried_again_after_the_interval_of_that_outcome(
    office: Office, reason: str, outcome: str, minutes: int
) -> None:
    call, _ = await office.placed()
    await office.hear_failure(call, reason)
    [missed] = await office.said(CallNotAnswered)
    assert (missed.outcome, missed.retry_at) == (outcome, MORNING + timedelta(minutes=minutes))
    await office.tell(office.moved(1, Status.CALL_QUEUED, Status.CALL_IN_PROGRESS))
    await office.tell(office.moved(1, Status.CALL_IN_PROGRESS, Status.CALL_QUEUED))
    assert len(office.telephony.rings) == 2
    await office.wait(timedelta(hours=1))
    assert [call.user_id for call in office.telephony.rings] == ["1", "2", "1"]
    again = (await office.said(CallPlaced))[-1]
    assert (again.attempt_number, again.purpose) == (2, CallPurpose.RETRY)


async def test_the_echo_of_a_retry_that_is_already_over_starts_nothing(office: Office) -> None:
    call, _ = await office.placed()
    await office.hear_failure(call)
    await office.wait(timedelta(hours=1))
    again = office.telephony.rings[-1]
    await office.hear(a_conversation(again.call_id, again.user_id))
    await office.tell(
        office.moved(1, Status.CALL_QUEUED, Status.CALL_IN_PROGRESS),
        office.moved(1, Status.CALL_IN_PROGRESS, Status.CALL_QUEUED),
    )
    await office.wait(timedelta(days=1))
    assert [call.user_id for call in office.telephony.rings] == ["1", "2", "1"]


async def test_voicemail_counts_as_not_reached(office: Office) -> None:
    call, _ = await office.placed()
    voicemail = a_conversation(call.call_id, call.user_id)
    voicemail["metadata"]["phone_call"]["call_result"] = "voicemail"
    await office.hear(voicemail)
    assert [one.outcome for one in await office.said(CallNotAnswered)] == [NotAnswered.VOICEMAIL]


async def test_attempts_end_with_the_positions_maximum(office: Office) -> None:
    await office.placed(1, call_retry_max=2)
    await office.hear_failure(office.telephony.rings[0])
    await office.wait(timedelta(hours=1))
    await office.hear_failure(office.telephony.rings[1])
    first, last = await office.said(CallNotAnswered)
    assert first.retry_at is not None
    assert last.retry_at is None
    await office.wait(timedelta(days=2))
    assert len(office.telephony.rings) == 2


async def test_a_new_round_has_its_own_attempts(office: Office) -> None:
    await office.placed(1, call_retry_max=1)
    await office.hear_failure(office.telephony.rings[0])
    await office.tell(
        office.moved(1, Status.CALL_IN_PROGRESS, Status.CALL_FAILED),
        office.moved(1, Status.CALL_FAILED, Status.CALL_QUEUED),
    )
    assert [one.attempt_number for one in await office.said(CallPlaced)] == [1, 2]


async def test_a_retry_waits_for_the_next_calling_hours(office: Office) -> None:
    office.clock.moment = MORNING.replace(hour=15, minute=45)
    call, _ = await office.placed()
    await office.hear_failure(call)
    [missed] = await office.said(CallNotAnswered)
    assert missed.retry_at == MORNING.replace(day=19, hour=8)


async def test_a_closed_application_is_not_tried_again(office: Office) -> None:
    call, _ = await office.placed()
    await office.tell(
        office.moved(1, Status.CALL_QUEUED, Status.CALL_IN_PROGRESS),
        office.moved(1, Status.CALL_IN_PROGRESS, Status.CLOSED),
    )
    await office.hear_failure(call)
    assert [one.retry_at for one in await office.said(CallNotAnswered)] == [None]


async def test_a_retry_of_a_paused_position_is_held(office: Office) -> None:
    call, _ = await office.placed()
    await office.hear_failure(call)
    paused = a_position(status=PositionStatus.PAUSED)
    await office.tell(PositionRevised(position_id=1, revision=2, details=paused, actor=SYSTEM))
    await office.wait(timedelta(hours=4))
    assert len(office.telephony.rings) == 2


async def test_processing_is_not_the_end(office: Office) -> None:
    call, _ = await office.placed()
    await office.hear(a_conversation(call.call_id, call.user_id, status="processing"))
    assert (await office.states())[0] == "in_progress"
    assert not await office.said(CallCompleted)
    await office.hear(a_conversation(call.call_id, call.user_id))
    assert len(await office.said(CallCompleted)) == 1


async def test_a_missing_transcript_is_fetched(office: Office) -> None:
    call, _ = await office.placed()
    whole = a_conversation(call.call_id, call.user_id)
    office.telephony.conversations[whole["conversation_id"]] = whole
    bare = {key: value for key, value in whole.items() if key != "transcript"}
    await office.hear(bare)
    [completed] = await office.said(CallCompleted)
    assert completed.transcript == "Agent: Bună ziua\n\nUser: Da, vă ascult"


async def test_a_transcript_that_the_provider_does_not_keep_ends_as_a_call_without_one(
    office: Office,
) -> None:
    call, _ = await office.placed()
    bare = a_conversation(call.call_id, call.user_id)
    del bare["transcript"]
    office.telephony.conversations[bare["conversation_id"]] = bare
    await office.hear(bare)
    assert [one.transcript for one in await office.said(CallCompleted)] == [None]


async def test_a_body_in_the_blob_store_is_read_from_there(office: Office) -> None:
    call, _ = await office.placed()
    body = {"type": "post_call_transcription", "data": a_conversation(call.call_id, call.user_id)}
    ref = await office.blobs.put("webhooks/1", json.dumps(body).encode(), "application/json")
    await office.tell(
        ElevenLabsWebhookReceived(
            delivery_id=new_id(), kind="post_call_transcription", body_ref=ref, received_at=MORNING
        )
    )
    assert len(await office.said(CallCompleted)) == 1


async def test_no_garbage_in_any_field_makes_hearing_fail(office: Office) -> None:
    seed = random.SystemRandom().randrange(2**32)
    print(f"seed {seed}", file=sys.stderr)
    dice = random.Random(seed)
    calls = await office.placed(5)
    odd: list[Any] = [
        None,
        "",
        0,
        -1,
        1e308,
        "x" * 9_000,
        [],
        {},
        [[]],
        True,
        "\x00",
        "\ud800",
        "9" * 30,
        "1",
        2**70,
    ]

    def spoilt(value: Any) -> Any:
        if dice.random() < 0.12:
            return dice.choice(odd)
        if isinstance(value, dict):
            return {key: spoilt(inner) for key, inner in value.items() if dice.random() > 0.05}
        if isinstance(value, list):
            return [spoilt(inner) for inner in value]
        return value

    for number in range(300):
        call = dice.choice(calls)
        failure = {"failure_reason": "busy", "metadata": {"type": "sip", "body": {"To": call.to_number}}}
        kind = dice.choice(["post_call_transcription", "call_initiation_failure"])
        source = a_conversation(call.call_id, call.user_id) if "post" in kind else failure
        await office.tell_now(spoilt({**source, "conversation_id": f"conv_{number}"}), kind)
    assert len(await office.said(CallCompleted)) + len(await office.said(CallNotAnswered)) <= len(calls)
