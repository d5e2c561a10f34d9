"""What scoring says: what a finished call means for the application."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Literal
from uuid import UUID

from pydantic import Field

from contracts.base import Actor, Command, Event, Value


class Outcome(StrEnum):
    QUALIFIED = "qualified"
    NOT_QUALIFIED = "not_qualified"
    CALLBACK_REQUESTED = "callback_requested"
    NEEDS_HUMAN = "needs_human"


class Finding(StrEnum):
    MET = "met"
    NOT_MET = "not_met"
    UNKNOWN = "unknown"


class QuoteMark(Value):
    """Where words stand in a call: characters ``start`` to before ``end`` of the text of turn ``turn``."""

    turn: int = Field(ge=0)
    start: int = Field(ge=0)
    end: int = Field(ge=0)


class CriterionResult(Value):
    """One criterion, what the model found, and what of it counts.

    ``quote`` is the candidate's own words as the model gave them, ``turn`` their place in the call's turns
    (from 0), ``at_seconds`` when they were said. ``quote_found``: they stand in the transcript; None without
    a quote. ``counted`` is ``unknown`` where the finding has no valid quote. ``points`` of ``weight``: all
    when met, half when unknown, none when not met. ``marks``: where the quote stands, one for each turn it
    goes through; none of an evaluation that was made before there were any.
    """

    key: str
    text: str
    weight: int
    required: bool = False
    finding: Finding
    quote: str | None = None
    turn: int | None = None
    at_seconds: int | None = None
    quote_found: bool | None = None
    counted: Finding
    points: float
    marks: list[QuoteMark] = Field(default_factory=list)


class EvaluationRequested(Event, name="scoring.evaluation.requested"):
    """An evaluation is written down as pending; the model is asked next.

    ``former_id``: the same call was evaluated before, and that one stays.
    """

    candidate_id: int
    application_id: int
    evaluation_id: UUID
    call_id: UUID
    because: Literal["call_completed", "on_demand", "rules_changed"] = "call_completed"
    former_id: UUID | None = None
    actor: Actor = Actor(kind="system")


class EvaluationDue(Event, name="scoring.evaluation.due"):
    """A timer: the model gave no usable answer; it is asked again."""

    candidate_id: int
    application_id: int
    evaluation_id: UUID


class EvaluationCompleted(Event, name="scoring.evaluation.completed"):
    """The four outcomes of recruitflow.md 4.5. ``callback_at`` is set when a time could be understood.

    ``score`` is added up by rule from ``criteria``; None where no criterion has valid evidence.
    ``needs_review`` says that a person has to look before anything follows; ``review_reasons`` say why.
    ``rubric`` names the rules it was judged by (``PositionDetails.rubric``), ``prompt_version`` the wording
    of the question. ``cost_usd`` is None where the model's price is not known.
    ``former_id``: an evaluation of the same call that stays, and whose outcome counts until a recruiter
    adopts this one. The marks say where ``callback_words`` and ``do_not_call_words`` stand.
    """

    candidate_id: int
    application_id: int
    evaluation_id: UUID
    call_id: UUID
    outcome: Outcome
    qualified: bool
    score: int | None = Field(default=None, ge=0, le=100)
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
    criteria: list[CriterionResult] = Field(default_factory=list)
    needs_review: bool = False
    review_reasons: list[str] = Field(default_factory=list)
    model_score: int | None = None
    callback_words: str | None = None
    do_not_call: bool = False
    do_not_call_words: str | None = None
    rubric: str | None = None
    prompt_version: str | None = None
    cost_usd: float | None = None
    repaired: bool = False
    former_id: UUID | None = None
    callback_marks: list[QuoteMark] = Field(default_factory=list)
    do_not_call_marks: list[QuoteMark] = Field(default_factory=list)


class EvaluationFailed(Event, name="scoring.evaluation.failed"):
    """No trustworthy answer could be had from the model; a recruiter decides."""

    candidate_id: int
    application_id: int
    evaluation_id: UUID
    call_id: UUID
    reason: str
    former_id: UUID | None = None


class Reevaluate(Command, name="scoring.reevaluate"):
    """Judge the last judged call of each application anew, by the position's rules as they are now.

    Answers ``{"requested": [ids], "refused": [{"application_id", "code", "message"}]}``.
    """

    application_ids: list[int] = Field(min_length=1, max_length=500)


class ReevaluatePosition(Command, name="scoring.reevaluate_position"):
    """The same for everybody of a position who was judged by other rules than the present ones.

    Answers ``{"requested": int}``.
    """

    position_id: int
