"""Where evaluations are written down. A call has one first evaluation; later ones stand beside it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from chassis import Tx
from chassis.retries import TryLater

from scoring.domain.call import FinishedCall, Turn
from scoring.domain.judgement import Judgement
from scoring.ports.model import Answer


@dataclass(frozen=True, slots=True)
class Evaluation:
    """One call to be judged for the first time. ``transcript`` is empty where nothing was written down."""

    evaluation_id: UUID
    call_id: UUID
    application_id: int
    candidate_id: int
    transcript: str
    turns: Sequence[Turn]
    ended_at: datetime


@dataclass(frozen=True, slots=True)
class OpenEvaluation:
    """A pending evaluation with how often the model was asked already, and what that has cost.

    ``spent_usd`` is None where an answer's price is not known. ``rubric`` names the position's rules as they
    are now; None for a position that has not been heard of since rules have names.
    """

    evaluation_id: UUID
    call_id: UUID
    application_id: int
    candidate_id: int
    bad_answers: int
    silences: int
    spent_usd: float | None
    rubric: str | None
    former_id: UUID | None
    call: FinishedCall


@dataclass(frozen=True, slots=True)
class Judged:
    """The last settled evaluation of an application's last judged call."""

    evaluation_id: UUID
    application_id: int
    candidate_id: int
    call_id: UUID
    has_words: bool


@dataclass(frozen=True, slots=True)
class Record:
    """What is kept of a judgement beside it: who judged, by which wording and rules, at what cost."""

    answer: Answer
    prompt_version: str
    rubric: str | None
    cost_usd: float | None


class Evaluations(Protocol):
    async def add(self, tx: Tx, evaluation: Evaluation) -> bool:
        """Write a pending first evaluation down; False when this call has one already."""

    async def add_again(
        self, tx: Tx, former: Mapping[UUID, UUID], because: str, actor: dict[str, Any]
    ) -> set[UUID]:
        """New pending evaluations by their former ones' ids; answers those written down.

        A call that is being judged gets none.
        """

    async def last_judged(self, tx: Tx, application_ids: Sequence[int]) -> list[Judged]:
        """By application id; nothing for an application without a settled evaluation."""

    async def under_way(self, tx: Tx, application_ids: Sequence[int]) -> set[int]:
        """Those of the applications that wait for an evaluation."""

    async def judged_by_other_rules(self, tx: Tx, position_id: int) -> list[Judged]:
        """Everybody of a position whose last call was judged by rules that have changed since.

        Whoever waits for an evaluation, and whose evaluation failed, is left out.
        """

    async def open(self, tx: Tx, evaluation_id: UUID) -> OpenEvaluation | None:
        """The evaluation with all the model is told; None when it is settled.

        Raises ``NotYetKnown`` while the application has not reached the replica.
        """

    async def keep_answer(
        self,
        tx: Tx,
        evaluation_id: UUID,
        answer: Answer,
        prompt_version: str,
        problem: str | None,
        cost_usd: float | None,
    ) -> None:
        """Keep an answer as it came, usable or not."""

    async def count_bad_answer(self, tx: Tx, evaluation_id: UUID) -> None: ...

    async def count_silence(self, tx: Tx, evaluation_id: UUID) -> None: ...

    async def complete(self, tx: Tx, evaluation_id: UUID, judgement: Judgement, record: Record) -> bool:
        """Settle it; False when it is settled already."""

    async def fail(self, tx: Tx, evaluation_id: UUID, reason: str) -> bool:
        """Settle it without a judgement; False when it is settled already."""


class NotYetKnown(TryLater):
    """The replica has not seen this application yet: come back later."""

    def __init__(self, application_id: int) -> None:
        super().__init__(f"application {application_id} has not reached scoring yet")
        self.application_id = application_id
