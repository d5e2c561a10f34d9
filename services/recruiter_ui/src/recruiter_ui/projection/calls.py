"""Call attempts and what was made of them: the facts of calling and scoring."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from contracts import Envelope
from contracts.calling import (
    CallCompleted,
    CallDeferred,
    CallNotAnswered,
    CallOutcomeUnknown,
    CallPlaced,
    CallRefused,
)
from contracts.scoring import EvaluationCompleted, EvaluationFailed, EvaluationRequested

from recruiter_ui.domain import tables as read
from recruiter_ui.domain.folding import Row
from recruiter_ui.projection.writers import Rows, plain, timeline, writes

PLACED, UNKNOWN, NOT_REACHED, COMPLETED = 1, 2, 3, 4
"""What is known of a call; a later certainty replaces an earlier doubt, never the other way round."""

CallFact = CallPlaced | CallCompleted | CallNotAnswered | CallOutcomeUnknown


def _call(event: CallFact, envelope: Envelope, rank: int, status: str, **outcome: Any) -> Row:
    return {
        "call_id": event.call_id,
        "application_id": event.application_id,
        "candidate_id": event.candidate_id,
        "attempt_number": event.attempt_number,
        "outcome_rank": rank,
        "outcome_at": envelope.time,
        "outcome_event": envelope.id,
        "status": status,
        **outcome,
    }


def _dial(
    event: CallFact | CallDeferred | CallRefused,
    envelope: Envelope,
    kind: str,
    until: datetime | None = None,
    note: str | None = None,
) -> Row:
    """What the dialler last said of an application."""
    row: Row = {
        "application_id": event.application_id,
        "dial_at": envelope.time,
        "dial_event": envelope.id,
        "dial_kind": kind,
        "dial_until": until,
        "dial_note": note,
    }
    if not isinstance(event, CallDeferred | CallRefused):
        row["attempts"] = event.attempt_number
    return row


@writes(CallDeferred)
def defer_call(event: CallDeferred, envelope: Envelope) -> Rows:
    yield read.APPLICATIONS, _dial(event, envelope, "deferred", event.until, event.reason)


@writes(CallRefused)
def refuse_call(event: CallRefused, envelope: Envelope) -> Rows:
    yield read.APPLICATIONS, _dial(event, envelope, "refused", None, event.message)
    yield from timeline(event, envelope, message=event.message)


@writes(CallPlaced)
def place_call(event: CallPlaced, envelope: Envelope) -> Rows:
    call = _call(event, envelope, PLACED, "placed")
    yield read.CALLS, call | {"purpose": event.purpose.value, "placed_at": event.placed_at}
    yield read.APPLICATIONS, _dial(event, envelope, "placed")
    yield from timeline(event, envelope, attempt=event.attempt_number, purpose=event.purpose.value)


@writes(CallCompleted)
def complete_call(event: CallCompleted, envelope: Envelope) -> Rows:
    outcome = {
        "ended_at": event.ended_at,
        "duration_seconds": event.duration_seconds,
        "summary": event.summary,
        "summary_title": event.summary_title,
        "turns": [turn.model_dump(mode="json") for turn in event.turns],
        "recording": plain(event.recording),
    }
    yield (
        read.CALLS,
        _call(event, envelope, COMPLETED, "completed", **outcome) | {"placed_at": event.placed_at},
    )
    yield read.APPLICATIONS, _dial(event, envelope, "completed")
    yield from timeline(event, envelope, attempt=event.attempt_number, seconds=event.duration_seconds)


@writes(CallNotAnswered)
def miss_call(event: CallNotAnswered, envelope: Envelope) -> Rows:
    outcome = {"detail": event.detail, "retry_at": event.retry_at}
    yield read.CALLS, _call(event, envelope, NOT_REACHED, event.outcome.value, **outcome)
    yield read.APPLICATIONS, _dial(event, envelope, "retry", event.retry_at, event.outcome.value)
    yield from timeline(event, envelope, attempt=event.attempt_number, outcome=event.outcome.value)


@writes(CallOutcomeUnknown)
def lose_call(event: CallOutcomeUnknown, envelope: Envelope) -> Rows:
    yield read.CALLS, _call(event, envelope, UNKNOWN, "unknown", detail=event.reason)
    yield read.APPLICATIONS, _dial(event, envelope, "unknown", None, event.reason)
    yield from timeline(event, envelope, attempt=event.attempt_number, reason=event.reason)


ScoringFact = EvaluationRequested | EvaluationCompleted | EvaluationFailed


def _evaluation(event: ScoringFact, envelope: Envelope, rank: int, state: str, **result: Any) -> Row:
    return {
        "evaluation_id": event.evaluation_id,
        "application_id": event.application_id,
        "candidate_id": event.candidate_id,
        "call_id": event.call_id,
        "result_rank": rank,
        "result_at": envelope.time,
        "result_event": envelope.id,
        "state": state,
        **result,
    }


@writes(EvaluationRequested)
def request_evaluation(event: EvaluationRequested, envelope: Envelope) -> Rows:
    yield read.EVALUATIONS, _evaluation(event, envelope, 1, "requested") | {"requested_at": envelope.time}
    yield from timeline(event, envelope)


@writes(EvaluationFailed)
def fail_evaluation(event: EvaluationFailed, envelope: Envelope) -> Rows:
    yield read.EVALUATIONS, _evaluation(event, envelope, 2, "failed", failure=event.reason)
    yield from timeline(event, envelope, reason=event.reason)


@writes(EvaluationCompleted)
def complete_evaluation(event: EvaluationCompleted, envelope: Envelope) -> Rows:
    result = event.model_dump(
        include={
            "qualified",
            "score",
            "reasoning",
            "callback_at",
            "callback_notes",
            "needs_human_notes",
            "model",
            "evaluated_at",
        }
    )
    yield (
        read.EVALUATIONS,
        _evaluation(event, envelope, 3, "completed", outcome=event.outcome.value, **result),
    )
    yield from timeline(event, envelope, outcome=event.outcome.value, score=event.score)
