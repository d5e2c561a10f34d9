"""Who is to be called, and what their positions say about it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from chassis import Tx
from contracts.calling import CallPurpose

from calling.domain.attempts import AttemptState, RetryRule
from calling.domain.contactability import Terms


@dataclass(frozen=True, slots=True)
class Position:
    position_id: int
    terms: Terms
    retry_rules: Mapping[AttemptState, RetryRule]
    title: str
    description: str
    system_prompt: str
    first_message: str
    record_calls: bool = True
    language: str = "ro"
    employer: str = ""
    most_calls_per_day: int | None = None


@dataclass(frozen=True, slots=True)
class Waiting:
    """Why an entry waits. ``look_again``: None holds it until something changes."""

    application_id: int
    look_again: datetime | None
    told_until: datetime | None
    told_reason: str


@dataclass(frozen=True, slots=True)
class Enqueued:
    application_id: int
    candidate_id: int
    position_id: int
    purpose: CallPurpose
    sequence: int | None = None
    """Of the transition that queued it."""


class Queue(Protocol):
    """Who is to be called: one entry per application, ``waiting``, ``held``, ``dialling`` or ``done``."""

    async def position(self, tx: Tx, position_id: int, *, lock: bool = False) -> Position | None:
        """Whoever sets a position's dial timer holds its lock."""

    async def enqueue(self, tx: Tx, entries: Sequence[Enqueued]) -> None:
        """Start a new round for each; an entry that already waits or is being dialled stays as it is."""

    async def go_on(self, tx: Tx, entries: Sequence[Enqueued]) -> None:
        """Put back what was dropped, in the round and for the purpose it had, and no sooner than it was due.

        Not where the round has had its call, or its attempt without a further one being planned: intake is
        about to hear of that.
        """

    async def drop(self, tx: Tx, application_ids: Sequence[int]) -> None:
        """Take waiting and held entries out."""

    async def release(self, tx: Tx, position_ids: Sequence[int]) -> None:
        """The position changed: its waiting and held entries are looked at again."""

    async def release_people(self, tx: Tx, candidate_ids: Collection[int]) -> list[int]:
        """Something about these people changed: what waits of them for a reason is looked at again. Answers
        the positions."""

    async def release_after(self, tx: Tx, call_ids: Collection[UUID]) -> list[int]:
        """These calls have ended: what waits because the same person was being called is looked at again.
        Answers the positions."""

    async def due(self, tx: Tx, position_id: int, limit: int) -> list[int]:
        """Applications whose entries are due, in turn, locked."""

    async def set_aside(self, tx: Tx, waiting: Sequence[Waiting]) -> None: ...

    async def of_candidates(self, tx: Tx, candidate_ids: Collection[int]) -> list[int]:
        """The applications of their waiting and held entries, locked."""

    async def calls_forbidden(self, tx: Tx, candidate_id: int) -> bool: ...

    async def dialling(self, tx: Tx, application_ids: Sequence[int]) -> None: ...

    async def again(self, tx: Tx, application_id: int, not_before: datetime) -> None:
        """Nobody was reached: the same round goes on at ``not_before``."""

    async def finish(self, tx: Tx, application_ids: Sequence[int]) -> None: ...

    async def next_due(self, tx: Tx, position_id: int) -> datetime | None: ...
