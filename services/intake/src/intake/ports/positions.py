"""Positions, as the handlers need them kept."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from chassis import Tx
from contracts.intake import PositionDetails


@dataclass(frozen=True, slots=True)
class Position:
    position_id: int
    revision: int
    details: PositionDetails


class Positions(Protocol):
    async def add(self, tx: Tx, details: PositionDetails) -> int:
        """Keep a new position as revision 1; answers its id."""

    async def get(self, tx: Tx, position_id: int) -> Position | None: ...

    async def lock(self, tx: Tx, position_id: int) -> Position | None:
        """The position, kept from change by anybody else until this transaction ends."""

    async def revise(self, tx: Tx, position: Position) -> None: ...

    async def open_applications(self, tx: Tx, position_id: int) -> int:
        """How many of its applications are not closed."""
