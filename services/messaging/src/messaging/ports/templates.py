"""Templates of messages."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from chassis import Tx

from messaging.domain.letters import Channel, MessageType, Template


class Templates(Protocol):
    async def find(
        self, tx: Tx, message_type: MessageType, channel: Channel, languages: Sequence[str]
    ) -> Template | None:
        """The active template in the first of these languages that has one."""
