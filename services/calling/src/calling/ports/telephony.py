"""A telephone."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from calling.domain.news import CallNews
from calling.domain.recall import BatchSeen
from calling.ports.recordings import Sound


@dataclass(frozen=True, slots=True)
class OutgoingCall:
    """One call as the provider is asked for it."""

    call_id: UUID
    user_id: str
    to_number: str
    system_prompt: str
    first_message: str
    record: bool = True
    """False: the line is not recorded; what is said is still written down."""


class Telephony(Protocol):
    """The provider. What makes a telephone ring raises as ``chassis.effects`` says, and never repeats."""

    async def place(self, call: OutgoingCall) -> dict[str, Any]:
        """One call; answers ``{"conversation_id": str | None, "call_sid": str | None}``."""

    async def submit(self, batch_id: UUID, calls: Sequence[OutgoingCall]) -> dict[str, Any]:
        """Many calls; answers ``{"provider_batch_id": str | None}``."""

    async def find_batch(self, batch_id: UUID, since: datetime) -> str | None:
        """The provider's id of a batch that we submitted; None when the provider knows none."""

    async def batch_news(self, provider_batch_id: str) -> list[CallNews]: ...

    async def cancel_batch(self, provider_batch_id: str) -> None:
        """Dial nobody of the batch who was not dialled yet. Asked twice it is done once; of a batch that is
        over it changes nothing. Raises ``TelephonyUnavailable`` where it may not have been done."""

    async def batch_seen(self, provider_batch_id: str) -> BatchSeen:
        """Raises ``TelephonyUnavailable``."""

    async def find_call(self, call_id: UUID, user_id: str, since: datetime) -> CallNews | None: ...

    async def conversation(self, conversation_id: str) -> CallNews | None:
        """None when the provider does not know it."""

    def recording(self, conversation_id: str, most_bytes: int) -> AbstractAsyncContextManager[Sound | None]:
        """The call's sound; None where the provider has none (yet). Raises ``RecordingTooLarge``."""


class TelephonyUnavailable(Exception):
    """A question got no usable answer: ask again later."""
