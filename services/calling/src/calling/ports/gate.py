"""What the gate has to know before it judges, and where its verdicts stay."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any, Protocol
from uuid import UUID

from chassis import Tx
from contracts.calling import CallPurpose

from calling.domain.attempts import AttemptState
from calling.domain.contactability import COOLDOWN, Callee, Verdict


@dataclass(frozen=True, slots=True)
class Case:
    """An application for which the gate is asked, with the facts of this moment."""

    application_id: int
    candidate_id: int
    position_id: int
    purpose: CallPurpose
    callee: Callee
    round: int = 1
    last_attempt_number: int = 0
    queued_by: int | None = None
    """The transition that queued it, where it is known."""
    told_reason: str | None = None
    told_until: datetime | None = None


class Callees(Protocol):
    """Everything about people that the gate goes by, for thousands of applications in one question."""

    async def queued(self, tx: Tx, application_ids: Sequence[int]) -> list[Case]:
        """As their queue entries stand, in the order given; without those that calling does not know."""

    async def about_to_ring(self, tx: Tx, call_ids: Sequence[UUID]) -> dict[UUID, Case]:
        """For attempts that are written down: what they count themselves is left out."""

    async def as_if_queued(self, tx: Tx, application_ids: Sequence[int]) -> list[Case]:
        """As if calls were asked for now where none is queued."""

    async def ended_in_round(self, tx: Tx, application_id: int, round: int) -> Mapping[AttemptState, int]:
        """How the attempts of a round that count stand."""


class Stage(StrEnum):
    """When the gate was asked."""

    PREPARING = "preparing"
    DIALLING = "dialling"


@dataclass(frozen=True, slots=True)
class Judged:
    case: Case
    verdict: Verdict
    call_id: UUID | None
    facts: Mapping[str, Any]
    """What it went by; no personal data."""


class Verdicts(Protocol):
    async def keep(self, tx: Tx, stage: Stage, judged: Sequence[Judged]) -> None: ...


class DaysOff(Protocol):
    def of(self, countries: Collection[str], now: datetime) -> dict[str, Mapping[date, str]]:
        """Public holidays, with their names, from yesterday until well beyond the longest wait for an
        opening. A country that nobody knows has none."""


@dataclass(frozen=True, slots=True)
class Gate:
    """What judging works with."""

    callees: Callees
    verdicts: Verdicts
    days_off: DaysOff
    cooldown: timedelta = COOLDOWN
