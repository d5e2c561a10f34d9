"""The recording of a call: a real MP3 file, in which nobody says anything."""

from __future__ import annotations

import base64
from datetime import datetime
from typing import Any

from sandbox.store import Document

_FRAME = b"\xff\xfb\x10\xc4" + bytes(100)
"""MPEG-1 layer III, 32 kbit/s, 44.1 kHz, mono; empty side information decodes to silence."""
_FRAMES_PER_SECOND = 44_100 / 1152
_LONGEST = 10


def recording(call: Document) -> bytes:
    """Silence of the call's length, at most ten seconds."""
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
