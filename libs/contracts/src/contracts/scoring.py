"""What scoring says: what a finished call means for the application."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from pydantic import Field

from contracts.base import Event


class Outcome(StrEnum):
    QUALIFIED = "qualified"
    NOT_QUALIFIED = "not_qualified"
    CALLBACK_REQUESTED = "callback_requested"
    NEEDS_HUMAN = "needs_human"


class EvaluationRequested(Event, name="scoring.evaluation.requested"):
    """An evaluation is written down as pending; the model is asked next."""

    candidate_id: int
    application_id: int
    evaluation_id: UUID
    call_id: UUID


class EvaluationDue(Event, name="scoring.evaluation.due"):
    """A timer: the model gave no usable answer; it is asked again."""

    candidate_id: int
    application_id: int
    evaluation_id: UUID


class EvaluationCompleted(Event, name="scoring.evaluation.completed"):
    """The four outcomes of recruitflow.md 4.5. ``callback_at`` is set when a time could be understood."""

    candidate_id: int
    application_id: int
    evaluation_id: UUID
    call_id: UUID
    outcome: Outcome
    qualified: bool
    score: int = Field(ge=0, le=100)
    reasoning: str
    callback_requested: bool = False
    callback_notes: str | None = None
    callback_at: datetime | None = None
    needs_human: bool = False
    needs_human_notes: str | None = None
    model: str
    input_tokens: int = 0
    output_tokens: int = 0
    latency_ms: int = 0
    evaluated_at: datetime


class EvaluationFailed(Event, name="scoring.evaluation.failed"):
    """No trustworthy answer could be had from the model; a recruiter decides."""

    candidate_id: int
    application_id: int
    evaluation_id: UUID
    call_id: UUID
    reason: str
