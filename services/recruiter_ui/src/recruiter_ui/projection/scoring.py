"""What was made of calls, and texts written for positions: the facts of scoring."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from contracts import Envelope
from contracts.scoring import (
    EvaluationCompleted,
    EvaluationFailed,
    EvaluationRequested,
    GenerationStopped,
    PromptSection,
    SectionFailed,
    SectionGenerated,
    SectionRequested,
)

from recruiter_ui.domain import tables as read
from recruiter_ui.domain.folding import Row
from recruiter_ui.projection.writers import Rows, timeline, writes

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


_SHOWN = frozenset(read.EVALUATIONS.types) & frozenset(EvaluationCompleted.model_fields) - {
    *read.EVALUATIONS.key,
    *read.EVALUATIONS.constant,
    "outcome",
}
"""Of a finished evaluation, as it was said."""


@writes(EvaluationRequested)
def request_evaluation(event: EvaluationRequested, envelope: Envelope) -> Rows:
    asked = {
        "requested_at": envelope.time,
        "because": event.because,
        "former_id": event.former_id,
        "requested_by": event.actor.name,
    }
    yield read.EVALUATIONS, _evaluation(event, envelope, 1, "requested") | asked
    yield from timeline(event, envelope, event.actor, because=event.because)


@writes(EvaluationFailed)
def fail_evaluation(event: EvaluationFailed, envelope: Envelope) -> Rows:
    yield read.EVALUATIONS, _evaluation(event, envelope, 2, "failed", failure=event.reason)
    yield from timeline(event, envelope, reason=event.reason)


@writes(EvaluationCompleted)
def complete_evaluation(event: EvaluationCompleted, envelope: Envelope) -> Rows:
    result = {name: value for name, value in event.model_dump(mode="json").items() if name in _SHOWN}
    result |= {"callback_at": event.callback_at, "evaluated_at": event.evaluated_at}
    yield (
        read.EVALUATIONS,
        _evaluation(event, envelope, 3, "completed", outcome=event.outcome.value, **result),
    )
    yield from timeline(event, envelope, outcome=event.outcome.value, score=event.score)


SectionFact = SectionRequested | SectionGenerated | SectionFailed | GenerationStopped


def _section(
    event: SectionFact, section: PromptSection, envelope: Envelope, rank: int, state: str, **result: Any
) -> Row:
    generation_id: UUID = event.generation_id
    return {
        "generation_id": generation_id,
        "section": section.value,
        "result_rank": rank,
        "result_at": envelope.time,
        "result_event": envelope.id,
        "state": state,
        **result,
    }


@writes(SectionRequested)
def request_section(event: SectionRequested, envelope: Envelope) -> Rows:
    row = _section(event, event.section, envelope, 1, "writing")
    yield read.GENERATIONS, row | {"position_id": event.position_id, "requested_at": envelope.time}


@writes(SectionGenerated)
def generate_section(event: SectionGenerated, envelope: Envelope) -> Rows:
    result = {
        "text": event.text,
        "template_id": event.template_id,
        "template_version": event.template_version,
        "model": event.model,
        "cost_usd": event.cost_usd,
    }
    row = _section(event, event.section, envelope, 3, "written", **result)
    yield read.GENERATIONS, row | {"position_id": event.position_id}


@writes(SectionFailed)
def fail_section(event: SectionFailed, envelope: Envelope) -> Rows:
    row = _section(event, event.section, envelope, 3, "failed", reason=event.reason)
    yield read.GENERATIONS, row | {"position_id": event.position_id}


@writes(GenerationStopped)
def stop_generation(event: GenerationStopped, envelope: Envelope) -> Rows:
    for section in event.sections:
        yield read.GENERATIONS, _section(event, section, envelope, 2, "stopped")
