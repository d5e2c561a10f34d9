"""The language model that is asked."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Protocol

from scoring.domain.question import Question


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


@dataclass(frozen=True, slots=True)
class Written:
    """What the model said when it was asked for plain text; ``text`` is as it came."""

    text: str
    stop_reason: str | None
    model: str
    request_id: str | None = None
    input_tokens: int = 0
    output_tokens: int = 0
    latency_ms: int = 0
    raw: dict[str, Any] = field(default_factory=dict)


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

    async def write(self, system: str, user: str) -> Written:
        """The same for plain text, without a schema."""
