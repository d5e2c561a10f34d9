"""Who wants no more of us, by address: also where nobody knows whose it is, or not yet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from chassis import Tx

from messaging.domain.letters import Channel


@dataclass(frozen=True, slots=True)
class Objection:
    """``address`` is a folded email address or a number in E.164; ``words`` are theirs."""

    message_id: UUID
    channel: Channel
    address: str
    words: str
    said_at: datetime


class Objections(Protocol):
    async def remember(self, tx: Tx, objection: Objection) -> None:
        """Twice changes nothing. Until the transaction ends ``not_told_of`` waits, and the reverse."""

    async def everybody_at(self, tx: Tx, address: str) -> list[int]:
        """Every id of everybody who has this address or number, or had it before a merge."""

    async def stands_against(self, tx: Tx, address: str) -> bool:
        """Whether somebody objected from there."""

    async def held_against(self, tx: Tx, candidate_ids: Sequence[int], address: str) -> bool:
        """Whether one of these ids is still not to be written to, and that was (also) asked from there."""

    async def not_told_of(self, tx: Tx, candidate_id: int, addresses: Sequence[str]) -> list[Objection]:
        """Those from these addresses that nobody has held against this person yet."""

    async def told_of(self, tx: Tx, candidate_id: int, message_id: UUID) -> bool:
        """Keep in mind that it was; False when it was before."""
