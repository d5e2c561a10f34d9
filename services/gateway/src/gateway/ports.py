"""What the gateway needs: a place where deliveries are kept, once each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from chassis import Tx
from contracts import BlobRef

from gateway.domain import Provider


@dataclass(frozen=True, slots=True)
class Delivery:
    """One request of a provider, exactly as it came. A body over the inline limit stands in ``body_ref``."""

    delivery_id: UUID
    provider: Provider
    kind: str
    sha256: bytes
    body: bytes | None
    text: str | None
    body_ref: BlobRef | None
    received_at: datetime


class Deliveries(Protocol):
    async def add(self, tx: Tx, deliveries: Sequence[Delivery]) -> set[UUID]:
        """Keep them all; answers the ids of those that were not there before (provider and sha256)."""

    async def forget_bodies(self, tx: Tx, before: datetime) -> int:
        """Drop the bodies of older deliveries; the fact that they came stays. Answers how many."""
