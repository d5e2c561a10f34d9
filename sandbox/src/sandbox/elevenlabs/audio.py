"""The recording of a call: a real MP3 file, in which nobody says anything."""

from __future__ import annotations

import base64
from datetime import datetime
from typing import Any

from sandbox.store import Document

_FRAME = b"\xff\xf3\x18\xc4" + bytes(32)
"""MPEG-2 layer III, 8 kbit/s, 16 kHz, mono; empty side information decodes to silence."""
_FRAMES_PER_SECOND = 16_000 / 576
_LONGEST = 600


def recording(call: Document) -> bytes:
    """Silence of the call's length, at most ten minutes: every moment of it can be listened to."""
    length = 1
    if call["ended"] and call["accepted"]:
        length = max(1, min(_LONGEST, int(call["ended"] - call["accepted"])))
    return _FRAME * int(length * _FRAMES_PER_SECOND)


def audio_webhook(call: Document, at: datetime) -> dict[str, Any]:
    data = {
        "agent_id": call["agent_id"],
        "conversation_id": call["conversation_id"],
        "full_audio": base64.b64encode(recording(call)).decode(),
    }
    return {"type": "post_call_audio", "event_timestamp": int(at.timestamp()), "data": data}
