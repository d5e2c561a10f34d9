"""What the handlers of scoring need from the outside."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from chassis import Tx
from chassis.retries import TryLater

from scoring.domain.question import Answered, FinishedCall, Question
from scoring.domain.verdict import Verdict


@dataclass(frozen=True, slots=True)
class Position:
    position_id: int
    revision: int
    title: str
    qualification_prompt: str | None
    language: str
    time_zone: str


@dataclass(frozen=True, slots=True)
class Person:
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


@dataclass(frozen=True, slots=True)
class Answer:
    """What the model said. ``content`` is the JSON in it, None where there is none even after repair."""

    content: object
    repaired: bool
    stop_reason: str | None
    model: str
    request_id: str | None = None
    input_tokens: int = 0
    output_tokens: int = 0
    latency_ms: int = 0
    raw: dict[str, Any] = field(default_factory=dict)


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


class ModelSilent(Exception):
    """The model could not be asked; asking again later may help. ``advised`` is in seconds."""

    def __init__(self, problem: str, advised: float | None = None) -> None:
        super().__init__(problem)
        self.problem = problem
        self.advised = advised


class ModelObjects(Exception):
    """The provider will never take this question."""

    def __init__(self, problem: str) -> None:
        super().__init__(problem)
        self.problem = problem


class Model(Protocol):
    async def ask(self, question: Question) -> Answer:
        """One question, one answer; raises ``ModelSilent`` or ``ModelObjects``."""
