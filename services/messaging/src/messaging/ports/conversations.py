"""What the handlers of conversations need from the outside."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from chassis import Tx

from messaging.domain.conversations import Whose
from messaging.domain.letters import Channel
from messaging.domain.people import Writer


@dataclass(frozen=True, slots=True)
class Partner:
    """Whose conversation: all ids of a person, or the key of a sender nobody knows; one of the two."""

    ids: Sequence[int] = ()
    sender_key: str | None = None


@dataclass(frozen=True, slots=True)
class Link:
    """A recruiter said that who writes from there is this person; ``writer`` by the id they have by now."""

    link_id: UUID
    channel: Channel
    sender: str
    candidate_id: int
    writer: Writer


@dataclass(frozen=True, slots=True)
class Deletion:
    deletion_id: UUID
    partner: Partner
    deleted_at: datetime
    restored: bool


class Conversations(Protocol):
    """What recruiters do with what people wrote. Only what was made known is marked or deleted."""

    async def partner(self, tx: Tx, candidate_id: int) -> Partner | None:
        """None for somebody nobody has heard of."""

    async def mark(self, tx: Tx, message_ids: Sequence[UUID], *, read: bool) -> list[Whose]:
        """Those that were not so already."""

    async def read_up_to(self, tx: Tx, partner: Partner, up_to: UUID | None) -> list[Whose]:
        """Mark what arrived up to this one (None: all there is); answers those that were unread."""

    async def delete(self, tx: Tx, partner: Partner, deletion_id: UUID, up_to: UUID | None) -> list[Whose]:
        """Hide what arrived up to this one (None: all there is); empty when there is nothing."""

    async def find_deletion(self, tx: Tx, deletion_id: UUID) -> Deletion | None:
        """Locked until the transaction ends."""

    async def restore(self, tx: Tx, deletion_id: UUID) -> list[Whose]: ...

    async def claim_sender(self, tx: Tx, sender_key: str) -> None:
        """Nothing arrives from there while the transaction runs."""

    async def wrote(self, tx: Tx, channel: Channel, sender_key: str) -> str | None:
        """The sender as last written; None when nothing ever came from there."""

    async def link(self, tx: Tx, link: Link) -> list[UUID]:
        """What came from there and was nobody's is theirs; answers the ids, the oldest first."""

    async def find_link(self, tx: Tx, link_id: UUID) -> Link | None:
        """One that stands; locked until the transaction ends."""

    async def linked(self, tx: Tx, sender_key: str) -> Link | None:
        """Whose this sender is by a recruiter's word."""

    async def unlink(self, tx: Tx, link_id: UUID) -> list[UUID]:
        """Nobody's again; answers the ids."""
