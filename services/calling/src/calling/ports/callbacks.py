"""Callbacks that were agreed with people, and what was said of when they will be dialled."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from chassis import Tx


@dataclass(frozen=True, slots=True)
class Agreed:
    """``confirmed`` False: a proposal, that nothing follows from before a recruiter agrees with it."""

    application_id: int
    candidate_id: int
    position_id: int
    asked_for: datetime
    confirmed: bool
    said: Mapping[str, Any] | None = None


class Callbacks(Protocol):
    async def agree(self, tx: Tx, agreed: Sequence[Agreed]) -> None:
        """Instead of what was agreed before with them."""

    async def confirm(self, tx: Tx, application_ids: Collection[int]) -> None: ...

    async def forget(self, tx: Tx, application_ids: Collection[int]) -> None: ...

    async def ahead(
        self,
        tx: Tx,
        *,
        application_ids: Collection[int] = (),
        position_ids: Collection[int] = (),
        candidate_ids: Collection[int] = (),
    ) -> list[Agreed]:
        """Confirmed ones of any of these whose time has not come, locked."""

    async def said(self, tx: Tx, said: Mapping[int, Mapping[str, Any]]) -> None:
        """By application."""
