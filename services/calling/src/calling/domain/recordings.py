"""Recordings of calls: what may be kept, how long one is waited for, and how a sent one is read.

The provider hands a recording out by GET or sends it as ``post_call_audio`` (providers.md 1.5, 1.6).
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

SENT_KIND = "post_call_audio"
SENT_TYPE = "audio/mpeg"
"""What the provider sends by webhook is always MP3."""

_AUDIO = re.compile(r"audio/[a-z0-9][a-z0-9.+-]{0,40}")
_UNNAMED = {"", "application/octet-stream", "binary/octet-stream"}
_SOONEST, _LATEST = timedelta(minutes=1), timedelta(hours=1)


class RecordingUnusable(Exception):
    """What came is no recording that may be kept, and will not become one; ``reason`` is for people."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class RecordingTooLarge(RecordingUnusable):
    def __init__(self, most_bytes: int) -> None:
        super().__init__(f"The recording is larger than {most_bytes // 1_000_000} MB.")


@dataclass(frozen=True, slots=True)
class SentAudio:
    conversation_id: str
    encoded: str


def read_sent_audio(body: Any) -> SentAudio | None:
    """A ``post_call_audio`` delivery; None where it has no conversation or no audio in it."""
    data = body.get("data", body) if isinstance(body, Mapping) else None
    if not isinstance(data, Mapping):
        return None
    conversation, audio = data.get("conversation_id"), data.get("full_audio")
    if not isinstance(conversation, str) or not isinstance(audio, str) or not audio:
        return None
    name = conversation.replace("\x00", "").encode("utf-8", "ignore").decode().strip()
    return SentAudio(name, audio) if name else None


def decoded(sent: SentAudio, most_bytes: int) -> bytes:
    """Raises ``RecordingUnusable``. The size is known before anything is decoded."""
    text = sent.encoded
    if text.startswith("data:"):
        text = text.partition(",")[2]
    if len(text) // 4 * 3 > most_bytes + 3:
        raise RecordingTooLarge(most_bytes)
    try:
        audio = base64.b64decode("".join(text.split()).encode("ascii"), validate=True)
    except (ValueError, binascii.Error) as unreadable:
        raise RecordingUnusable("What the provider sent as a recording can't be read.") from unreadable
    if not audio:
        raise RecordingUnusable("What the provider sent as a recording is empty.")
    if len(audio) > most_bytes:
        raise RecordingTooLarge(most_bytes)
    return audio


def audio_type(named: str) -> str | None:
    """The content type to keep; None where it says that this is something else than sound."""
    plain = named.partition(";")[0].strip().lower()
    if plain in _UNNAMED:
        return SENT_TYPE
    return plain if _AUDIO.fullmatch(plain) else None


def blob_name(call_id: UUID, sha256: str) -> str:
    """Nobody's name or number in it; another copy of the same call never overwrites the one that is kept."""
    return f"recordings/{call_id}-{sha256[:16]}"


def look_again_at(due_since: datetime, now: datetime, patience: timedelta) -> datetime | None:
    """Soon at first, then ever more rarely; None when it was waited for long enough."""
    waited = now - due_since
    if waited >= patience:
        return None
    return min(now + min(max(waited, _SOONEST), _LATEST), due_since + patience)
