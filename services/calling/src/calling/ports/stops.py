"""Where dialling is stopped, and how many more calls may be made."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from chassis import Tx
from contracts.base import Actor

from calling.domain.breaker import Outcomes
from calling.domain.contactability import Stop


@dataclass(frozen=True, slots=True)
class Outstanding:
    """What a stop finds: calls that wait, may still be called off, and can't be stopped any more."""

    queued: int
    called_off: int
    ringing: int


class Stops(Protocol):
    """Stops of one position, or of everything (``position_id`` None); each is lifted separately."""

    async def standing(self, tx: Tx, position_id: int) -> Stop | None:
        """What keeps this position from being dialled; a stop of everything comes first."""

    async def pass_by(self, tx: Tx, position_id: int) -> Stop | None:
        """The same, for whoever is about to hand calls over: until this transaction ends, no new stop is
        accepted."""

    async def shut(self, tx: Tx, position_id: int | None) -> None:
        """Wait until whoever passed by has handed over, and let nobody else pass by until this transaction
        ends. Of a provider that answers too slowly it does not wait for the answer: see the adapter."""

    async def stop(self, tx: Tx, position_id: int | None, code: str, reason: str, actor: Actor) -> bool:
        """False: it was stopped already, and nothing changes."""

    async def resume(self, tx: Tx, position_id: int | None, actor: Actor) -> list[int] | None:
        """Lifts the stop; answers the positions whose calls wait for it and may be dialled now, locked and
        with those calls released. None: nothing was stopped."""

    async def outstanding(self, tx: Tx, position_id: int | None) -> Outstanding: ...

    async def outcomes(self, tx: Tx, position_id: int, since: datetime) -> Outcomes:
        """Of calls that ended after ``since`` and after dialling was last resumed. Those who ask for one
        position wait for each other, so that of two failures at a time one sees both."""


class Lines(Protocol):
    """Calls under way and calls of a day."""

    async def take_turn(self, tx: Tx) -> None:
        """Whoever decides on calls does so alone, across all replicas, until the transaction ends."""

    async def under_way(self, tx: Tx) -> int: ...

    async def begun_since(self, tx: Tx, since: datetime, position_id: int | None) -> int:
        """Attempts written down from then on that were not taken back; of all positions for None."""

    async def release(self, tx: Tx, position_id: int, count: int | None) -> None:
        """So many of the position's calls that wait for a line, longest first, are looked at again."""

    async def ahead_of(self, tx: Tx, position_id: int) -> int:
        """How many calls of other positions wait for a line longer than any due one of this position."""

    async def release_next(self, tx: Tx, count: int | None) -> list[int]:
        """Let so many of those that wait longest for a line (None: all) be looked at, whichever position they
        are of; answers their positions."""
