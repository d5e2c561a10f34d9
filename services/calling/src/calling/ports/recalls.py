"""Calling batches off, and taking back what surely never rang."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from chassis import Tx

from calling.ports.attempts import Attempt


@dataclass(frozen=True, slots=True)
class Out:
    """A batch of which somebody may not ring yet."""

    batch_id: UUID
    position_id: int


@dataclass(frozen=True, slots=True)
class RecallWanted:
    """Why a batch is to be called off as soon as it is known to have been handed over."""

    code: str
    because: str


class Recalls(Protocol):
    async def out(self, tx: Tx, position_ids: Collection[int] | None) -> list[Out]:
        """Batches of these positions (None: of all), handed over or about to be, with calls of which nothing
        was heard."""

    async def out_with(
        self, tx: Tx, *, application_ids: Collection[int] = (), candidate_ids: Collection[int] = ()
    ) -> list[Out]:
        """Those in which such a call goes to one of these applications or people (all ids of them)."""

    async def note(self, tx: Tx, batch_id: UUID, asked: RecallWanted) -> None: ...

    async def asked(self, tx: Tx, batch_id: UUID) -> RecallWanted | None: ...

    async def note_closing(self, tx: Tx, batch_id: UUID, closes_at: datetime | None) -> None: ...

    async def closing(self, tx: Tx, batch_id: UUID) -> datetime | None:
        """When the calling hours of the first of its recipients end."""

    async def seen_called_off(self, tx: Tx, batch_id: UUID) -> datetime:
        """When the provider was first seen to have cancelled it: now, unless that was before."""

    async def unheard(self, tx: Tx, batch_id: UUID) -> list[Attempt]:
        """Its handed-over calls of which nothing was heard, locked."""

    async def take_back(self, tx: Tx, taken: Sequence[Attempt], not_before: datetime) -> None:
        """They never rang: they do not count, and stand in the queue again, in their round and for their
        purpose, to be looked at from ``not_before`` on."""

    async def earlier_one_rang(self, tx: Tx, taken: Sequence[Attempt]) -> set[UUID]:
        """Those in whose round an earlier call was taken back as well, and rang after all."""

    async def rang_after_all(self, tx: Tx, attempt: Attempt) -> Attempt:
        """News of a call that was taken back, or that the provider said not to have taken. It counts again,
        and leaves the queue, unless another call of it was made meanwhile: then it is kept as one of unknown
        outcome, for its news to settle. Answers it as it stands then."""

    async def did_not_ring(self, tx: Tx, attempt: Attempt) -> bool:
        """A person says so: it does not count. Answers whether the round goes on when the application is
        queued again."""

    async def said_to_have_rung(self, tx: Tx, call_id: UUID) -> None: ...

    async def word_of_a_person(self, tx: Tx, call_id: UUID) -> bool | None:
        """Whether it rang, where a person said so."""
