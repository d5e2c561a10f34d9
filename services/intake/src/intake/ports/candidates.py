"""People, as the handlers need them kept."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from chassis import Tx

from intake.domain.profiles import Profile
from intake.domain.status_machine import Status


@dataclass(frozen=True, slots=True)
class Candidate:
    """A person as they are kept. ``revision`` is 0 until the profile is revised for the first time.

    ``merged_into`` is who this person turned out to be; ``withdrawn_at``: their import was undone.
    """

    candidate_id: int
    profile: Profile
    revision: int = 0
    merged_into: int | None = None
    withdrawn_at: datetime | None = None


class Candidates(Protocol):
    async def with_lead_keys(self, tx: Tx, keys: Collection[str]) -> dict[str, tuple[int, Profile]]:
        """Those that have one of these lead ids. Whoever adds the same meanwhile, fails and tries again."""

    async def new_ids(self, tx: Tx, count: int) -> list[int]: ...

    async def add(self, tx: Tx, profiles: Mapping[int, Profile]) -> None:
        """Keep new candidates under their new ids."""

    async def revise(self, tx: Tx, profiles: Mapping[int, Profile]) -> dict[int, int]:
        """Write the profiles as they are now; answers each one's new revision."""

    async def get(self, tx: Tx, candidate_id: int) -> Candidate | None: ...

    async def lock(self, tx: Tx, candidate_id: int) -> Candidate | None:
        """The person, kept from change by anybody else until this transaction ends."""

    async def aliases(self, tx: Tx, candidate_id: int) -> list[Candidate]:
        """Who was merged into this person, locked, in the order of their ids."""

    async def reached_by(self, tx: Tx, phone: str | None, email: str | None) -> list[Candidate]:
        """Those with this number or address, the earliest first; of merged people the kept one.

        Whoever asks for the same waits until this transaction ends: two recruiters who write one person down
        at the same moment, or one who presses twice, would not see each other.
        """

    async def applied_where(self, tx: Tx, candidate_id: int) -> str | None:
        """The time zone of the position that the person applied for last, under whichever of their ids."""

    async def application_for(self, tx: Tx, candidate_id: int, position_id: int) -> tuple[int, Status] | None:
        """The application that the person has for the position, under whichever of their ids.

        One that was closed as its import was undone only where there is no other.
        """
