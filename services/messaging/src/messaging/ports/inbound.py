"""Messages in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from chassis import Tx

from messaging.domain.letters import Channel
from messaging.domain.people import Writer
from messaging.domain.whapi_inbox import Media


@dataclass(frozen=True, slots=True)
class Inbound:
    """A message of a person, on its way in. ``media`` is what still has to be fetched."""

    message_id: UUID
    channel: Channel
    external_id: str
    sender: str
    sender_name: str | None
    writer: Writer | None
    subject: str | None
    body: str
    received_at: datetime
    media: Media | None = None
    tries: int = 0
    thread_id: str | None = None
    """The provider's conversation that an email belongs to."""


class Inbounds(Protocol):
    """Messages in, kept once per provider's id."""

    async def add(self, tx: Tx, inbound: Inbound, attachments: Sequence[dict[str, Any]] = ()) -> bool:
        """False when it is known already. One with ``media`` is open until its file is fetched."""

    async def knows(self, tx: Tx, channel: Channel, external_id: str) -> bool: ...

    async def to_fetch(self, tx: Tx, message_id: UUID) -> Inbound | None:
        """None when its file was fetched or given up."""

    async def count_try(self, tx: Tx, message_id: UUID) -> None: ...

    async def fetched(
        self, tx: Tx, message_id: UUID, attachments: list[dict[str, Any]], problem: str | None
    ) -> bool:
        """Settle it; False when it is settled already."""
