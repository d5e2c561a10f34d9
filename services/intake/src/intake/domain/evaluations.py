"""What an evaluation means to an application, when it is made and when a recruiter lets it count later."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from uuid import UUID

from intake.domain.applications import Application, Happening
from intake.domain.status_machine import ON_THE_WAY_OF, TRANSITIONS, Fact, Status

LONGEST_WORDS = 400
EVALUATION = "evaluation"
"""Where a wish comes from that was read out of a call (``do_not_contact.source``)."""


class Outcome(StrEnum):
    """recruitflow.md 4.5."""

    QUALIFIED = "qualified"
    NOT_QUALIFIED = "not_qualified"
    CALLBACK_REQUESTED = "callback_requested"
    NEEDS_HUMAN = "needs_human"


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What is kept of one. ``former_id``: the same call was evaluated before, and that one counts."""

    evaluation_id: UUID
    application_id: int
    call_id: UUID
    outcome: Outcome
    score: int | None
    notes: str
    callback_at: datetime | None
    callback_notes: str | None
    needs_human_notes: str | None
    do_not_call: bool
    do_not_call_words: str | None
    needs_review: bool
    former_id: UUID | None
    evaluated_at: datetime


_VERDICTS: Mapping[Outcome, Fact] = MappingProxyType(
    {Outcome.QUALIFIED: Fact.FOUND_QUALIFIED, Outcome.NOT_QUALIFIED: Fact.FOUND_NOT_QUALIFIED}
)


def what_follows(evaluation: Evaluation) -> Happening:
    """A callback without a time needs a person, and so does one of somebody who is not to be called."""
    happening = Happening(
        _VERDICTS.get(evaluation.outcome, Fact.HUMAN_NEEDED),
        "a person has to go on",
        call_id=evaluation.call_id,
        score_notes=evaluation.notes,
        evaluation_id=evaluation.evaluation_id,
        needs_review=evaluation.needs_review,
    )
    if evaluation.outcome in _VERDICTS:
        return replace(happening, reason=_scored(evaluation), score=evaluation.score)
    wants_callback = evaluation.outcome is Outcome.CALLBACK_REQUESTED
    if wants_callback and evaluation.callback_at is not None and not evaluation.do_not_call:
        return replace(
            happening,
            fact=Fact.CALLBACK_AGREED,
            reason=evaluation.callback_notes or "the candidate asked to be called later",
            callback_at=evaluation.callback_at,
        )
    return replace(happening, needs_human_reason=_why_a_person(evaluation))


def adopted(evaluation: Evaluation, application: Application, now: datetime) -> Happening:
    """What a recruiter's wish to let it count leads to; a callback whose time has passed needs a person.

    Who is on the way of the same outcome already, stays where they are: they were asked what they are asked.
    """
    late = evaluation.callback_at is not None and evaluation.callback_at <= now
    happening = what_follows(replace(evaluation, callback_at=None) if late else evaluation)
    outcome = TRANSITIONS[Status.SCORING, happening.fact]
    further = application.status in ON_THE_WAY_OF.get(outcome, ()) and not application.proposed
    needs_human_reason = happening.needs_human_reason
    if late and needs_human_reason and not evaluation.do_not_call:
        needs_human_reason = f"Asked to be called at a time that has passed: {_of_callback(evaluation)}"
    return replace(
        happening,
        fact=Fact.ADOPTED,
        reason=f"another evaluation counts now: {happening.reason}",
        status=application.status if further else outcome,
        needs_human_reason=needs_human_reason,
    )


def wish_not_to_be_called(evaluation: Evaluation) -> str:
    """The reason that is kept with the wish: the person's own words, where they are known."""
    words = (evaluation.do_not_call_words or "").strip()
    if not words:
        return "Asked in a call not to be called again."
    return f"Said in a call: \u201c{words[:LONGEST_WORDS]}\u201d"


def _scored(evaluation: Evaluation) -> str:
    if evaluation.score is None:
        return "no score: no criterion has valid evidence"
    return f"scored {evaluation.score}"


def _why_a_person(evaluation: Evaluation) -> str:
    if evaluation.outcome is not Outcome.CALLBACK_REQUESTED:
        return evaluation.needs_human_notes or evaluation.notes or "The candidate wants to talk to a person."
    if evaluation.do_not_call:
        return f"Spoke of a later call, and asked not to be called again: {_of_callback(evaluation)}"
    return f"Asked to be called again, at no clear time: {_of_callback(evaluation)}"


def _of_callback(evaluation: Evaluation) -> str:
    return evaluation.callback_notes or evaluation.notes
