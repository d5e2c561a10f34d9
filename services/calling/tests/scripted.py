"""A telephony provider in memory that does as it is told and writes down every ring."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from calling.domain.news import CallNews, read_conversation, read_recipient
from calling.domain.recall import BatchSeen, read_batch
from calling.domain.recordings import RecordingTooLarge
from calling.ports import OutgoingCall, Sound
from chassis.effects import ProviderDeclined


@dataclass
class ScriptedTelephony:
    """A provider in memory. ``rings`` lists every call that it was asked for and took.

    ``failures`` are raised, one per request, before it takes anything; ``losses`` after it took everything.
    """

    rings: list[OutgoingCall] = field(default_factory=list)
    batches: dict[str, tuple[UUID, list[UUID]]] = field(default_factory=dict)
    conversations: dict[str, dict[str, Any]] = field(default_factory=dict)
    recipients: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    sounds: dict[str, bytes] = field(default_factory=dict)
    """Recordings by conversation; ``sounds_asked`` counts the questions."""
    sounds_asked: int = 0
    mute: list[Exception] = field(default_factory=list)
    """Raised by questions for recordings."""
    failures: list[Exception] = field(default_factory=list)
    unwanted: set[str] = field(default_factory=set)
    """Numbers for which a whole request is declined, as 422 does."""
    losses: list[BaseException] = field(default_factory=list)
    blind: list[Exception] = field(default_factory=list)
    """Raised by questions, one per question."""
    holding: bool = False
    """Batches are taken and ring nowhere until ``let_go``."""
    _held: dict[str, OutgoingCall] = field(default_factory=dict)
    cancelled: list[str] = field(default_factory=list)
    """Batches that were called off, once for each request."""
    deaf: list[Exception] = field(default_factory=list)
    """Raised by requests to call a batch off."""
    slow_to_cancel: bool = False
    """Recipients of a cancelled batch stay ``pending``."""
    before_answer: Any = None
    """Awaited when the call was taken and the answer is not out yet."""

    async def place(self, call: OutgoingCall) -> dict[str, Any]:
        await self._take([call])
        conversation_id = f"conv_{call.call_id}"
        self.conversations[conversation_id] = a_conversation(call.call_id, call.user_id, status="in-progress")
        if self.before_answer:
            await self.before_answer(call)
        self._maybe(self.losses)
        return {"conversation_id": conversation_id, "call_sid": f"CA{call.call_id}"}

    async def submit(self, batch_id: UUID, calls: Sequence[OutgoingCall]) -> dict[str, Any]:
        await self._take(calls, rings=not self.holding)
        key = f"btcal_{len(self.batches) + 1}"
        self.batches[key] = (batch_id, [call.call_id for call in calls])
        status = "pending" if self.holding else "dispatched"
        self.recipients[key] = [
            {"id": str(call.call_id), "status": status, "phone_number": call.to_number} for call in calls
        ]
        if self.before_answer:
            await self.before_answer(calls[0])
        self._maybe(self.losses)
        return {"provider_batch_id": key}

    async def find_batch(self, batch_id: UUID, since: datetime) -> str | None:
        self._maybe(self.blind)
        return next((key for key, (ours, _) in self.batches.items() if ours == batch_id), None)

    async def batch_news(self, provider_batch_id: str) -> list[CallNews]:
        self._maybe(self.blind)
        return [read_recipient(line) for line in self.recipients.get(provider_batch_id, [])]

    async def cancel_batch(self, provider_batch_id: str) -> None:
        self._maybe(self.deaf)
        self.cancelled.append(provider_batch_id)
        for line in self.recipients[provider_batch_id]:
            if line["status"] == "pending" and not self.slow_to_cancel:
                line["status"] = "cancelled"

    async def batch_seen(self, provider_batch_id: str) -> BatchSeen:
        self._maybe(self.blind)
        status = "cancelled" if provider_batch_id in self.cancelled else "in_progress"
        return read_batch(status, self.recipients[provider_batch_id])

    async def find_call(self, call_id: UUID, user_id: str, since: datetime) -> CallNews | None:
        self._maybe(self.blind)
        found = [read_conversation(body) for body in self.conversations.values()]
        return next((news for news in found if news.call_id == call_id), None)

    async def conversation(self, conversation_id: str) -> CallNews | None:
        self._maybe(self.blind)
        body = self.conversations.get(conversation_id)
        return None if body is None else read_conversation(body)

    @asynccontextmanager
    async def recording(self, conversation_id: str, most_bytes: int) -> AsyncIterator[Sound | None]:
        self.sounds_asked += 1
        self._maybe(self.mute)
        sound = self.sounds.get(conversation_id)
        if sound is not None and len(sound) > most_bytes:
            raise RecordingTooLarge(most_bytes)
        with tempfile.TemporaryFile() as file:
            file.write(sound or b"")
            file.flush()
            path = Path(f"/proc/self/fd/{file.fileno()}")
            yield (sound and Sound(path, hashlib.sha256(sound).hexdigest(), "audio/mpeg")) or None

    def let_go(self, key: str, *numbers: str) -> None:
        """Dial what is held of a batch: these numbers, or all."""
        for line in self.recipients[key]:
            if line["status"] == "pending" and (not numbers or line["phone_number"] in numbers):
                line["status"] = "dispatched"
                self.rings.append(self._held.pop(line["id"]))

    async def _take(self, calls: Sequence[OutgoingCall], *, rings: bool = True) -> None:
        self._maybe(self.failures)
        if any(call.to_number in self.unwanted for call in calls):
            raise ProviderDeclined("ElevenLabs answers 422: body.recipients: invalid phone number")
        if rings:
            self.rings.extend(calls)
        self._held.update({} if rings else {str(call.call_id): call for call in calls})

    def _maybe(self, troubles: list[Any]) -> None:
        if troubles:
            raise troubles.pop(0)


def a_conversation(call_id: UUID | None, user_id: str = "1", **changed: Any) -> dict[str, Any]:
    return {
        "conversation_id": f"conv_{call_id}",
        "status": "done",
        "user_id": user_id,
        "transcript": [
            {"role": "agent", "message": "Bună ziua", "time_in_call_secs": 0},
            {"role": "user", "message": "Da, vă ascult", "time_in_call_secs": 3},
        ],
        "metadata": {"call_duration_secs": 82, "phone_call": {"call_result": "answered"}},
        "conversation_initiation_client_data": {
            "user_id": user_id,
            "dynamic_variables": {"call_id": str(call_id)} if call_id else {},
        },
        **changed,
    }
