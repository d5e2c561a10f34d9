"""Recordings: kept once, whichever way they come, only of recorded calls; what can't be had is said."""

from __future__ import annotations

import asyncio
import base64
import hashlib
from datetime import timedelta
from typing import Any

import pytest
from calling.domain.recordings import (
    RecordingTooLarge,
    RecordingUnusable,
    SentAudio,
    audio_type,
    decoded,
    look_again_at,
    read_sent_audio,
)
from calling.ports import CallingPolicy, OutgoingCall, TelephonyUnavailable
from chassis.blobs import BlobMissing
from contracts import BlobRef
from contracts.calling import CallCompleted, CallPlaced, RecordingKept, RecordingMissing

from .conftest import MORNING, Office, a_conversation

SOUND = b"\xff\xfb\x10\xc4" + bytes(400)
_EARLY = "SELECT recording FROM early_recordings"
OTHER = b"\xff\xfb\x10\xc4" + bytes(500)


def sent(call: OutgoingCall, sound: bytes = SOUND) -> dict[str, Any]:
    return {"conversation_id": f"conv_{call.call_id}", "full_audio": base64.b64encode(sound).decode()}


async def talked(office: Office, **position: Any) -> OutgoingCall:
    [call] = await office.placed(1, **position)
    await office.hear(a_conversation(call.call_id, call.user_id))
    assert len(await office.said(CallCompleted)) == 1
    return call


async def test_a_finished_call_gets_its_recording(office: Office) -> None:
    [call] = await office.placed(1)
    office.telephony.sounds[f"conv_{call.call_id}"] = SOUND
    await office.hear(a_conversation(call.call_id, call.user_id))
    [kept] = await office.said(RecordingKept)
    assert (kept.call_id, kept.application_id, kept.candidate_id) == (call.call_id, 1, 1)
    assert kept.recording.content_type == "audio/mpeg"
    assert kept.recording.sha256 == hashlib.sha256(SOUND).hexdigest()
    assert kept.recording.size == len(SOUND)
    assert await office.blobs.get(kept.recording) == SOUND
    await office.wait(timedelta(days=2))
    assert office.telephony.sounds_asked == 1


async def test_a_call_says_whether_it_is_recorded_and_an_unrecorded_one_is_never_asked_for(
    office: Office,
) -> None:
    call = await talked(office, record_calls=False)
    assert call.record is False
    assert [one.recorded for one in await office.said(CallPlaced)] == [False]
    await office.hear(sent(call), "post_call_audio")
    await office.wait(timedelta(days=2))
    assert office.telephony.sounds_asked == 0
    assert not await office.said(RecordingKept)
    assert not await office.said(RecordingMissing)
    assert not await office.rows("SELECT * FROM recordings")


async def test_a_recording_that_is_not_there_yet_is_asked_for_again(office: Office) -> None:
    office.telephony.mute.append(TelephonyUnavailable("ElevenLabs answers 503"))
    call = await talked(office)
    await office.wait(timedelta(minutes=5))
    assert not await office.said(RecordingKept)
    asked = office.telephony.sounds_asked
    assert asked > 2
    office.telephony.sounds[f"conv_{call.call_id}"] = SOUND
    await office.wait(timedelta(hours=1))
    assert len(await office.said(RecordingKept)) == 1


async def test_after_a_day_without_one_its_absence_is_said_with_the_reason(office: Office) -> None:
    await talked(office)
    await office.wait(timedelta(hours=23))
    assert not await office.said(RecordingMissing)
    await office.wait(timedelta(hours=2))
    [missing] = await office.said(RecordingMissing)
    assert missing.reason == "The provider has no recording of the call."
    asked = office.telephony.sounds_asked
    await office.wait(timedelta(days=3))
    assert (office.telephony.sounds_asked, len(await office.said(RecordingMissing))) == (asked, 1)
    assert asked < 50


async def test_one_that_is_sent_after_all_is_still_kept(office: Office) -> None:
    call = await talked(office)
    await office.wait(timedelta(days=2))
    await office.hear(sent(call), "post_call_audio")
    assert len(await office.said(RecordingKept)) == 1


async def test_a_recording_that_is_too_large_is_said_at_once(office: Office) -> None:
    office.use(CallingPolicy, CallingPolicy(effect_grace_seconds=0.0, largest_recording=1_000_000))
    [call] = await office.placed(1)
    office.telephony.sounds[f"conv_{call.call_id}"] = bytes(1_000_001)
    await office.hear(a_conversation(call.call_id, call.user_id))
    assert [one.reason for one in await office.said(RecordingMissing)] == [
        "The recording is larger than 1 MB."
    ]


async def test_a_call_whose_conversation_nobody_named_says_so(office: Office) -> None:
    await office.placed(2)
    _, call = office.telephony.rings
    await office.hear(a_conversation(call.call_id, call.user_id, conversation_id=None))
    assert len(await office.said(RecordingMissing)) == 1
    assert office.telephony.sounds_asked == 0


async def test_a_sent_recording_is_kept_and_none_is_fetched(office: Office) -> None:
    [call] = await office.placed(1)
    for _ in range(2):
        await office.hear(sent(call), "post_call_audio")
    office.telephony.sounds[f"conv_{call.call_id}"] = OTHER
    await office.hear(a_conversation(call.call_id, call.user_id))
    [kept] = await office.said(RecordingKept)
    assert await office.blobs.get(kept.recording) == SOUND
    assert office.telephony.sounds_asked == 0


async def test_one_that_is_sent_before_anybody_knows_whose_it_is_finds_its_call(office: Office) -> None:
    first, second = await office.placed(2)
    await office.hear(sent(second), "post_call_audio")
    assert not await office.said(RecordingKept)
    await office.hear(a_conversation(second.call_id, second.user_id))
    [kept] = await office.said(RecordingKept)
    assert kept.call_id == second.call_id
    assert await office.blobs.get(kept.recording) == SOUND
    assert not await office.rows("SELECT * FROM early_recordings")
    assert first.call_id != second.call_id


async def test_one_that_no_recorded_call_takes_is_not_kept(office: Office) -> None:
    """It was sent before anybody knew whose it was: of a call that was not recorded, and of a stranger's."""
    first, _ = await office.placed(2, record_calls=False)
    await office.hear(sent(first), "post_call_audio")
    await office.hear({**sent(first), "conversation_id": "conv_elsewhere"}, "post_call_audio")
    await office.hear(a_conversation(first.call_id, first.user_id))
    early = [BlobRef.model_validate(row["recording"]) for row in await office.rows(_EARLY)]
    assert len(early) == 2
    await office.forget_unclaimed()
    assert len(await office.rows(_EARLY)) == 2
    await office.wait(timedelta(hours=25))
    await office.forget_unclaimed()
    assert not await office.rows(_EARLY)
    for one in early:
        with pytest.raises(BlobMissing):
            await office.blobs.get(one)


async def test_a_large_one_comes_by_way_of_the_blob_store(office: Office) -> None:
    [call] = await office.placed(1)
    sound = bytes(600_000)
    await office.hear(sent(call, sound), "post_call_audio", in_blob=True)
    [kept] = await office.said(RecordingKept)
    assert (kept.recording.size, await office.blobs.get(kept.recording)) == (600_000, sound)


async def test_two_ways_at_once_keep_one(office: Office) -> None:
    """Real transactions: the provider sends it several times while it is being fetched."""
    [call] = await office.placed(1)
    office.telephony.sounds[f"conv_{call.call_id}"] = OTHER
    await office.hear(a_conversation(call.call_id, call.user_id), rounds=False)
    sending = [office.tell_now(sent(call), "post_call_audio") for _ in range(6)]
    await asyncio.gather(office.go_round(), *sending)
    await office.go_round()
    assert len(await office.said(RecordingKept)) == 1


async def test_no_name_or_number_stands_in_the_store(office: Office) -> None:
    [call] = await office.placed(1)
    await office.hear(sent(call), "post_call_audio")
    [kept] = await office.said(RecordingKept)
    assert kept.recording.key.startswith(f"recordings/{call.call_id}-")
    assert call.to_number[1:] not in kept.recording.key.replace(str(call.call_id), "")


@pytest.mark.parametrize(
    "data",
    [
        None,
        [],
        {},
        {"conversation_id": "c"},
        {"conversation_id": 7, "full_audio": "AAAA"},
        {"full_audio": "A"},
    ],
)
async def test_a_delivery_without_a_recording_changes_nothing(office: Office, data: Any) -> None:
    await office.placed(1)
    await office.hear(data, "post_call_audio")
    assert not await office.said(RecordingKept)


def test_base64_is_read_within_limits() -> None:
    assert decoded(SentAudio("c", base64.b64encode(SOUND).decode()), 10_000) == SOUND
    assert decoded(SentAudio("c", "data:audio/mpeg;base64,AAAA\r\nAAAA"), 10_000) == bytes(6)
    for text in ("A", "====", "AAA\u0103", "not base64!", "\ud800"):
        with pytest.raises(RecordingUnusable):
            decoded(SentAudio("c", text), 10_000)
    with pytest.raises(RecordingTooLarge):
        decoded(SentAudio("c", "A" * 4_000), 100)


def test_a_flat_body_is_read_as_well() -> None:
    assert read_sent_audio({"conversation_id": " c\x00 ", "full_audio": "AAAA"}) == SentAudio("c", "AAAA")


@pytest.mark.parametrize(
    ("named", "kept"),
    [
        ("audio/mpeg", "audio/mpeg"),
        ("Audio/WAV; rate=8000", "audio/wav"),
        ("", "audio/mpeg"),
        ("application/octet-stream", "audio/mpeg"),
        ("text/html", None),
        ("application/json", None),
        ("audio/<script>", None),
    ],
)
def test_only_sound_is_kept_as_sound(named: str, kept: str | None) -> None:
    assert audio_type(named) == kept


def test_it_is_asked_for_soon_and_then_ever_more_rarely_until_patience_ends() -> None:
    moment, asked = MORNING, 0
    while (following := look_again_at(MORNING, moment, timedelta(days=1))) is not None:
        assert timedelta(0) < following - moment <= timedelta(hours=1)
        moment, asked = following, asked + 1
    assert moment == MORNING + timedelta(days=1)
    assert asked == 30
