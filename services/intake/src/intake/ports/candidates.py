"""People, as the handlers need them kept."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from chassis import Tx

from intake.domain.profiles import Profile


@dataclass(frozen=True, slots=True)
class Duplicate:
    """Two candidates that share something; ``candidate_id`` is the later one."""

    candidate_id: int
    other_candidate_id: int
    shared: list[Literal["phone", "email"]]


class Candidates(Protocol):
    async def with_lead_keys(self, tx: Tx, keys: Collection[str]) -> dict[str, tuple[int, Profile]]:
        """Those that have one of these lead ids. Whoever adds the same meanwhile, fails and tries again."""

    async def new_ids(self, tx: Tx, count: int) -> list[int]: ...

    async def add(self, tx: Tx, profiles: Mapping[int, Profile]) -> None:
        """Keep new candidates under their new ids."""

    async def revise(self, tx: Tx, profiles: Mapping[int, Profile]) -> None: ...

    async def note_duplicates(self, tx: Tx, candidate_ids: Sequence[int]) -> list[Duplicate]:
        """Pairs of one of these and an earlier known candidate with the same phone or email, once each."""
