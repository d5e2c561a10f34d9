"""Templates of messages: found for sending, kept in revisions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from chassis import Tx

from messaging.domain.letters import Channel, MessageType, Template
from messaging.domain.templates import KeptTemplate, Revision


class Templates(Protocol):
    async def find(
        self, tx: Tx, message_type: MessageType, channel: Channel, languages: Sequence[str]
    ) -> Template | None:
        """The active template in the first of these languages that has one."""


class TemplateDesk(Protocol):
    """What recruiters see and change of them."""

    async def one_at_a_time(self, tx: Tx) -> None:
        """Nobody else saves until this transaction ends; reading goes on."""

    async def all(self, tx: Tx) -> list[KeptTemplate]:
        """By type, channel and language."""

    async def read(
        self, tx: Tx, message_type: MessageType, channel: Channel, language: str
    ) -> KeptTemplate | None: ...

    async def revisions(self, tx: Tx, template_id: int) -> list[Revision]:
        """Newest first."""

    async def add(
        self, tx: Tx, message_type: MessageType, channel: Channel, language: str, first: Revision
    ) -> int:
        """Answers its id."""

    async def revise(self, tx: Tx, template_id: int, revision: Revision) -> None:
        """The older ones stay."""
