"""Where evaluations are written down."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from chassis import Tx
from chassis.retries import TryLater

from scoring.domain.question import FinishedCall
from scoring.domain.verdict import Verdict
from scoring.ports.model import Answer


@dataclass(frozen=True, slots=True)
class Evaluation:
    """One call to be judged; ``status`` is pending, completed or failed."""

    evaluation_id: UUID
    call_id: UUID
    application_id: int
    candidate_id: int
    transcript: str
    ended_at: datetime


@dataclass(frozen=True, slots=True)
class OpenEvaluation:
    """A pending evaluation with how often the model was asked already."""

    evaluation_id: UUID
    call_id: UUID
    application_id: int
    candidate_id: int
    bad_answers: int
    silences: int
    call: FinishedCall


class Evaluations(Protocol):
    async def add(self, tx: Tx, evaluation: Evaluation) -> bool:
        """Write a pending evaluation down; False when this call has one already."""

    async def open(self, tx: Tx, evaluation_id: UUID) -> OpenEvaluation | None:
        """The evaluation with all the model is told; None when it is settled.

        Raises ``NotYetKnown`` while the application has not reached the replica.
        """

    async def keep_answer(
        self, tx: Tx, evaluation_id: UUID, answer: Answer, prompt_version: str, problem: str | None
    ) -> None:
        """Keep an answer as it came, usable or not."""

    async def count_bad_answer(self, tx: Tx, evaluation_id: UUID) -> None: ...

    async def count_silence(self, tx: Tx, evaluation_id: UUID) -> None: ...

    async def complete(
        self, tx: Tx, evaluation_id: UUID, verdict: Verdict, answer: Answer, prompt_version: str
    ) -> bool:
        """Settle it; False when it is settled already."""

    async def fail(self, tx: Tx, evaluation_id: UUID, reason: str) -> bool:
        """Settle it without a verdict; False when it is settled already."""


class NotYetKnown(TryLater):
    """The replica has not seen this application yet: come back later."""

    def __init__(self, application_id: int) -> None:
        super().__init__(f"application {application_id} has not reached scoring yet")
        self.application_id = application_id
