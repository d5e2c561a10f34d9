"""What calling remembers of intake, and the webhooks that belong to nothing it knows."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from chassis import Tx
from contracts import BlobRef
from contracts.intake import (
    ApplicationStatusChanged,
    CandidateProfile,
    CandidatesMerged,
    CandidatesUnmerged,
    PositionDetails,
)


@dataclass(frozen=True, slots=True)
class OpenedApplication:
    application_id: int
    candidate_id: int
    position_id: int


class Replica(Protocol):
    """What calling remembers of intake's facts. Older news than what is known changes nothing."""

    async def keep_positions(self, tx: Tx, positions: Sequence[tuple[int, int, PositionDetails]]) -> None:
        """(position id, revision, details)."""

    async def keep_candidates(self, tx: Tx, profiles: Mapping[int, CandidateProfile]) -> None: ...

    async def keep_applications(self, tx: Tx, opened: Sequence[OpenedApplication]) -> None: ...

    async def forbid_calls(self, tx: Tx, candidate_ids: Collection[int]) -> None: ...

    async def allow_calls(self, tx: Tx, candidate_ids: Collection[int]) -> None: ...

    async def keep_statuses(
        self, tx: Tx, changes: Sequence[ApplicationStatusChanged]
    ) -> list[ApplicationStatusChanged]:
        """Answers those that were news, in the order given."""

    async def keep_merges(self, tx: Tx, facts: Sequence[CandidatesMerged | CandidatesUnmerged]) -> None:
        """Which ids are one person. A merge and its undoing may come in either order, and more than once."""


class UnboundWebhooks(Protocol):
    async def keep(
        self, tx: Tx, delivery_id: UUID, kind: str, reason: str, body: str | None, body_ref: BlobRef | None
    ) -> None:
        """News that belongs to no attempt we know: kept, never lost."""
