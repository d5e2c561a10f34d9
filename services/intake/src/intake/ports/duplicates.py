"""Who may be the same person, as the handlers need it found and remembered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol
from uuid import UUID

from chassis import Tx


@dataclass(frozen=True, slots=True)
class Duplicate:
    """Two candidates that share something; ``candidate_id`` is the later one."""

    candidate_id: int
    other_candidate_id: int
    shared: list[Literal["phone", "email", "name"]]


class Duplicates(Protocol):
    """Each pair is noted once, and once more when it shares something else as well.

    Whoever was withdrawn or merged takes no part, and who was kept apart is not offered again.
    """

    async def note_same_contact(self, tx: Tx, candidate_ids: Sequence[int]) -> list[Duplicate]:
        """Each of these with the earliest who has the same phone or email: made for whole imports."""

    async def note_all(self, tx: Tx, candidate_ids: Sequence[int]) -> list[Duplicate]:
        """Each of these with the earliest of the same phone, WhatsApp number, email or rare enough name."""

    async def keep_names(self, tx: Tx, candidate_ids: Sequence[int]) -> None:
        """What these are called counts from now on, also before anybody looks for them."""

    async def people_of_import(self, tx: Tx, import_id: UUID) -> list[int]:
        """Whom the import brought or changed; it may name some who were changed in its position since."""
