"""What a run of the lab leaves behind: ``result.json``.

Every single answer is kept as it was judged; figures are reckoned from it anew whenever it is read.
"""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from scoring.domain.score import Finding
from scoring.domain.verdict import Outcome

SCHEMA: Literal[1] = 1
"""Raised when an older reader would misread a newer file."""


class Kept(BaseModel):
    model_config = ConfigDict(frozen=True)


class TurnKept(Kept):
    role: Literal["agent", "user"]
    text: str
    at_seconds: int | None


class CriterionKept(Kept):
    key: str
    text: str
    weight: int
    required: bool


class PositionKept(Kept):
    key: str
    title: str
    qualification_prompt: str
    criteria: list[CriterionKept]


class FoundKept(Kept):
    """``counted`` is ``finding`` where the candidate's own words bear it out, else unknown."""

    key: str
    finding: Finding
    counted: Finding
    quote: str | None
    turn: int | None
    quote_found: bool | None


class Judged(Kept):
    """A judgement as production would have made it."""

    outcome: Outcome
    score: int | None
    model_score: int
    reasoning: str
    criteria: list[FoundKept]
    review_reasons: list[str]
    callback_notes: str | None
    callback_words: str | None
    callback_at: datetime | None
    needs_human_notes: str | None
    do_not_call: bool
    do_not_call_words: str | None


FailureKind = Literal["no_answer", "refused", "unusable"]


class Failure(Kept):
    """no_answer: the model was silent; refused: it won't take the question; unusable: no verdict in it."""

    kind: FailureKind
    problem: str


class RunKept(Kept):
    """One question and what came of it: a judgement or a failure, never both.

    ``tries`` counts how often it was asked; ``cost_usd`` is None where it is not known.
    """

    number: int
    tries: int
    judged: Judged | None = None
    failure: Failure | None = None
    model: str | None = None
    input_tokens: int = 0
    output_tokens: int = 0
    latency_ms: int | None = None
    cost_usd: float | None = None
    repaired: bool = False


class CaseKept(Kept):
    id: str
    hash: str
    position: str
    language: str
    time_zone: str
    ended_at: datetime
    turns: list[TurnKept]
    expected: Outcome
    also: list[Outcome]
    borderline: bool
    findings: dict[str, Finding]
    callback_at: datetime | None
    do_not_call: bool
    runs: list[RunKept]


class LabResult(Kept):
    """``kind`` says who answered: the sandbox's rules, or a real model at ``asked_at``. Not ``complete``:
    somebody stopped the run; it holds what had been answered until then."""

    schema_version: Literal[1] = Field(default=SCHEMA, alias="schema")
    model_config = ConfigDict(frozen=True, populate_by_name=True)

    made_at: datetime
    kind: Literal["sandbox", "model"]
    model: str
    asked_at: str
    prompt_version: str
    cases_hash: str
    cases_from: str
    repeats: int
    seconds: float
    complete: bool = True
    positions: list[PositionKept]
    cases: list[CaseKept]
