"""Recordings of finished calls: each is kept once, whichever way it comes first.

Asked for by GET after the call, or sent by the provider as a webhook, perhaps before anything says whose it
is. Only of calls that were recorded when they were dialled. One that can't be had is said, with the reason.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import Awaitable

import structlog
from chassis import Begin, Handlers, Tx
from chassis.blobs import Blobs
from chassis.retries import TryLater
from contracts import BlobRef
from contracts.calling import RecordingDue, RecordingKept, RecordingMissing
from contracts.gateway import ElevenLabsWebhookReceived

from calling.domain.attempts import AttemptState
from calling.domain.news import CallNews
from calling.domain.recordings import (
    SENT_KIND,
    SENT_TYPE,
    RecordingTooLarge,
    RecordingUnusable,
    SentAudio,
    blob_name,
    decoded,
    look_again_at,
    read_sent_audio,
)
from calling.ports import (
    Attempt,
    Attempts,
    CallingPolicy,
    Recordings,
    RecordingState,
    Sound,
    Telephony,
    TelephonyUnavailable,
)

handlers = Handlers("calling")
_log = structlog.get_logger("calling")
_NONE = "The provider has no recording of the call."
_NAMELESS = "The provider never said which conversation the call was, so its recording can't be asked for."


@handlers.acts_on(RecordingDue, concurrency=2)
async def fetch_due_recording(
    event: RecordingDue,
    begin: Begin,
    blobs: Blobs,
    attempts: Attempts,
    recordings: Recordings,
    telephony: Telephony,
    policy: CallingPolicy,
) -> None:
    """Ask for it; not there yet: ask again later, until patience ends."""
    async with begin() as tx:
        attempt = await attempts.get(tx, event.call_id)
        if attempt is None or not attempt.recorded:
            return
        if (await recordings.expect(tx, event.call_id)).state is not RecordingState.DUE:
            return
        if attempt.conversation_id is None:
            await _give_up(tx, recordings, attempt, _NAMELESS)
            return
        if early := await recordings.take_early(tx, attempt.conversation_id):
            await _kept(tx, recordings, attempt, early)
            return
    try:
        async with telephony.recording(attempt.conversation_id, policy.largest_recording) as sound:
            if sound is not None:
                await _keep_fetched(begin, blobs, recordings, attempt, sound)
                return
            reason = _NONE
    except RecordingTooLarge as large:
        async with begin() as tx:
            await _give_up(tx, recordings, attempt, large.reason)
        return
    except TelephonyUnavailable as silent:
        reason = f"The provider did not hand the recording over: {silent}."
    async with begin() as tx:
        await _look_again(tx, recordings, policy, attempt, reason)


@handlers.acts_on(ElevenLabsWebhookReceived, concurrency=2)
async def keep_sent_recording(
    event: ElevenLabsWebhookReceived,
    begin: Begin,
    blobs: Blobs,
    attempts: Attempts,
    recordings: Recordings,
    policy: CallingPolicy,
) -> None:
    """``post_call_audio``: megabytes of base64, so it is read outside of any transaction."""
    if event.kind != SENT_KIND:
        return
    raw = await blobs.get(event.body_ref) if event.body_ref is not None else (event.body or "").encode()
    try:
        sent, audio = await asyncio.to_thread(_read, raw, policy.largest_recording)
    except RecordingUnusable as unusable:
        # Asked for by GET it may still be had: nothing is given up here.
        _log.warning("sent_recording_unusable", delivery_id=str(event.delivery_id), reason=unusable.reason)
        return
    digest = hashlib.sha256(audio).hexdigest()
    async with begin() as tx:
        about = CallNews(AttemptState.IN_PROGRESS, conversation_id=sent.conversation_id)
        attempt = await attempts.find_for(tx, about)
        if attempt is None:
            name = blob_name(event.delivery_id, digest)
            early = await _stored(blobs.put(name, audio, SENT_TYPE))
            await recordings.keep_early(tx, sent.conversation_id, early)
        elif not attempt.recorded:
            _log.warning("recording_not_wanted", call_id=str(attempt.call_id))
        elif (await recordings.expect(tx, attempt.call_id)).state is not RecordingState.KEPT:
            name = blob_name(attempt.call_id, digest)
            await _kept(tx, recordings, attempt, await _stored(blobs.put(name, audio, SENT_TYPE)))


async def forget_unclaimed_recordings(
    begin: Begin, blobs: Blobs, recordings: Recordings, policy: CallingPolicy
) -> None:
    """Sent early, and no recorded call took it: it is of one that was not recorded, or of nobody of ours."""
    while True:
        async with begin() as tx:
            unclaimed = await recordings.forget_early(tx, tx.now - policy.recording_patience)
            for one in unclaimed:
                await blobs.delete(one)
        if not unclaimed:
            return


def recording_due(attempt: Attempt) -> RecordingDue:
    return RecordingDue(
        candidate_id=attempt.candidate_id, application_id=attempt.application_id, call_id=attempt.call_id
    )


async def _keep_fetched(
    begin: Begin, blobs: Blobs, recordings: Recordings, attempt: Attempt, sound: Sound
) -> None:
    """Stored under the row's lock: who comes second finds it kept, and stores nothing."""
    async with begin() as tx:
        if (await recordings.expect(tx, attempt.call_id)).state is RecordingState.DUE:
            name = blob_name(attempt.call_id, sound.sha256)
            stored = await _stored(blobs.put_file(name, sound.path, sound.content_type))
            await _kept(tx, recordings, attempt, stored)


async def _kept(tx: Tx, recordings: Recordings, attempt: Attempt, recording: BlobRef) -> None:
    await recordings.keep(tx, attempt.call_id, recording)
    tx.cancel(_timer(attempt))
    tx.publish(
        RecordingKept(
            candidate_id=attempt.candidate_id,
            application_id=attempt.application_id,
            call_id=attempt.call_id,
            recording=recording,
        )
    )


async def _look_again(
    tx: Tx, recordings: Recordings, policy: CallingPolicy, attempt: Attempt, reason: str
) -> None:
    expected = await recordings.expect(tx, attempt.call_id)
    if expected.state is not RecordingState.DUE:
        return
    again = look_again_at(expected.due_since, tx.now, policy.recording_patience)
    if again is None:
        await _give_up(tx, recordings, attempt, reason)
    else:
        tx.publish(recording_due(attempt), at=again, key=_timer(attempt))


async def _give_up(tx: Tx, recordings: Recordings, attempt: Attempt, reason: str) -> None:
    if (await recordings.expect(tx, attempt.call_id)).state is not RecordingState.DUE:
        return
    await recordings.give_up(tx, attempt.call_id, reason)
    tx.publish(
        RecordingMissing(
            candidate_id=attempt.candidate_id,
            application_id=attempt.application_id,
            call_id=attempt.call_id,
            reason=reason,
        )
    )


def _timer(attempt: Attempt) -> str:
    return f"recording:{attempt.call_id}"


async def _stored(putting: Awaitable[BlobRef]) -> BlobRef:
    """A store that is away for a while is no reason to lose a recording."""
    try:
        return await putting
    except Exception as trouble:
        raise TryLater(f"the blob store does not take it: {type(trouble).__name__}") from trouble


def _read(raw: bytes, most_bytes: int) -> tuple[SentAudio, bytes]:
    try:
        sent = read_sent_audio(json.loads(raw))
    except (ValueError, RecursionError):
        sent = None
    if sent is None:
        raise RecordingUnusable("The delivery names no conversation or holds no recording.")
    return sent, decoded(sent, most_bytes)
