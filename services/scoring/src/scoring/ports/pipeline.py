"""Scoring's replica of intake's facts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from chassis import Tx

from scoring.domain.call import Answered, Criterion


@dataclass(frozen=True, slots=True)
class Position:
    position_id: int
    revision: int
    title: str
    qualification_prompt: str | None
    language: str
    time_zone: str
    criteria: Sequence[Criterion]
    rubric: str
    """Names the rules its calls are judged by (``PositionDetails.rubric``)."""


@dataclass(frozen=True, slots=True)
class Person:
    """``time_zone``: stated, else the one their number lives in, else None."""

    candidate_id: int
    language: str
    time_zone: str | None
    answers: Sequence[Answered]


class Pipeline(Protocol):
    """The replica of intake's facts that a question is made of."""

    async def position_reads(self, tx: Tx, position: Position) -> None:
        """Keep the newest revision; an older one changes nothing."""

    async def person_reads(self, tx: Tx, person: Person) -> None: ...

    async def application_opened(
        self, tx: Tx, application_id: int, candidate_id: int, position_id: int
    ) -> None:
        """Opened twice changes nothing."""

    async def has_position(self, tx: Tx, position_id: int) -> bool: ...
