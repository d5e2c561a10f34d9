"""Merges of people, as the handlers need them kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol, TypeAlias
from uuid import UUID

from chassis import Tx
from contracts import Actor

from intake.domain.profiles import Profile

Decision: TypeAlias = Literal["apart", "merged"]


@dataclass(frozen=True, slots=True)
class Merge:
    """What a merge did, so that it can be taken back.

    ``also`` are those who had been merged into the merged one; ``before`` is how each of them and the kept
    one read, ``after`` how the kept one read then; ``closed`` are the applications it ended. ``decision`` is
    what had been decided about the pair before.
    """

    merge_id: UUID
    kept_id: int
    merged_id: int
    also: tuple[int, ...]
    before: Mapping[int, Profile]
    after: Profile
    actor: Actor
    merged_at: datetime
    closed: tuple[int, ...] = ()
    decision: Decision | None = None
    undone_at: datetime | None = None


class Merges(Protocol):
    async def add(self, tx: Tx, merge: Merge) -> None: ...

    async def lock(self, tx: Tx, merge_id: UUID) -> Merge | None:
        """The merge, kept from change by anybody else until this transaction ends."""

    async def latest_into(self, tx: Tx, kept_id: int) -> Merge | None:
        """The last merge into this person that stands."""

    async def set_undone(self, tx: Tx, merge_id: UUID, actor: Actor) -> None: ...

    async def point(self, tx: Tx, candidate_ids: Sequence[int], into: int | None) -> None:
        """Who these people are from now on; None makes them themselves again."""

    async def applications_of(self, tx: Tx, candidate_ids: Sequence[int]) -> dict[int, datetime]:
        """Their open applications, with the time of the latest activity."""

    async def decide(
        self, tx: Tx, pair: tuple[int, int], decision: Decision | None, actor: Actor
    ) -> Decision | None:
        """What these two are to each other; answers what was decided before."""
