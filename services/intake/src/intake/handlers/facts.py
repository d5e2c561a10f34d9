"""What the facts of other contexts mean to the status machine (recruitflow.md 4.3, 7); None: nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from contracts import Event
from contracts.calling import (
    CallCompleted,
    CallNotAnswered,
    CallOutcomeUnknown,
    CallPlaced,
    CallRefused,
    CallSettledByHand,
    CallTakenBack,
)
from contracts.cv_matching import CvDetached, CvMatched
from contracts.intake import CallbackDue, OverdueCvWaitOver, RejectedCvWaitOver
from contracts.messaging import CandidateUnreachable, Channel, CvFollowedUp, CvRequested, CvRequestExpired
from contracts.scoring import EvaluationCompleted, EvaluationFailed, EvaluationRequested

from intake.domain.applications import Happening
from intake.domain.decisions import NUL
from intake.domain.evaluations import Evaluation, Outcome, what_follows
from intake.domain.status_machine import Fact


class Meaning(Protocol):
    def __call__(self, event: Any, /) -> Happening | None: ...


def _call_placed(event: CallPlaced) -> Happening:
    if event.after_all:
        reason = f"call {event.attempt_number} rang after all"
        return Happening(Fact.CALL_RANG_AFTER_ALL, reason, call_id=event.call_id)
    return Happening(Fact.CALL_PLACED, f"call {event.attempt_number} was placed", call_id=event.call_id)


def _call_not_answered(event: CallNotAnswered) -> Happening:
    outcome = event.outcome.value.replace("_", " ")
    if event.retry_at is not None:
        return Happening(Fact.CALL_TO_BE_RETRIED, f"{outcome}: it will be tried again", call_id=event.call_id)
    why = event.given_up_because or "the attempts are used up"
    return Happening(Fact.CALL_GIVEN_UP, f"{outcome}: {why}", call_id=event.call_id)


def _call_refused(event: CallRefused) -> Happening:
    return Happening(Fact.CALL_REFUSED, event.message, queued_by=event.queued_by)


def _call_outcome_unknown(event: CallOutcomeUnknown) -> Happening:
    reason = f"Nobody can say how the call ended: {event.reason}"
    return Happening(
        Fact.CALL_OUTCOME_UNKNOWN, event.reason, call_id=event.call_id, needs_human_reason=reason
    )


def _call_taken_back(event: CallTakenBack) -> Happening:
    return Happening(Fact.CALL_TAKEN_BACK, f"not dialled: {event.reason}", call_id=event.call_id)


def _call_settled_by_hand(event: CallSettledByHand) -> Happening:
    if not event.rang:
        return Happening(Fact.CALL_DID_NOT_RING, "the call never rang: it is queued again", event.call_id)
    return Happening(
        Fact.CALL_DID_RING,
        "the call rang; what was said is not known",
        call_id=event.call_id,
        needs_human_reason="The call rang, and nobody knows what was said: ask the candidate, or decide.",
    )


def _call_completed(event: CallCompleted) -> Happening:
    return Happening(Fact.CALL_COMPLETED, "the call was held", call_id=event.call_id)


def _evaluation_requested(event: EvaluationRequested) -> Happening | None:
    if event.former_id is not None:
        return None
    return Happening(Fact.EVALUATION_REQUESTED, "the call is being evaluated", call_id=event.call_id)


def _evaluation_completed(event: EvaluationCompleted) -> Happening | None:
    """What a second look at a call says moves nothing: a recruiter may let it count."""
    return what_follows(evaluation_of(event)) if event.former_id is None else None


def evaluation_of(event: EvaluationCompleted) -> Evaluation:
    return Evaluation(
        evaluation_id=event.evaluation_id,
        application_id=event.application_id,
        call_id=event.call_id,
        outcome=Outcome(event.outcome),
        score=event.score,
        notes=_storable(event.reasoning) or "",
        callback_at=event.callback_at,
        callback_notes=_storable(event.callback_notes),
        needs_human_notes=_storable(event.needs_human_notes),
        do_not_call=event.do_not_call,
        do_not_call_words=_storable(event.do_not_call_words),
        needs_review=event.needs_review,
        former_id=event.former_id,
        evaluated_at=event.evaluated_at,
    )


def _storable(text: str | None) -> str | None:
    """A model may write NUL, which no table takes."""
    return text and text.replace(NUL, "")


def _evaluation_failed(event: EvaluationFailed) -> Happening | None:
    if event.former_id is not None:
        return None
    reason = f"The call could not be evaluated: {event.reason}"
    return Happening(Fact.HUMAN_NEEDED, event.reason, call_id=event.call_id, needs_human_reason=reason)


def _spoken(channels: Sequence[Channel]) -> str:
    names = {Channel.EMAIL: "email", Channel.WHATSAPP: "WhatsApp"}
    return " and ".join(names[channel] for channel in channels)


def _cv_requested(event: CvRequested) -> Happening:
    fact = Fact.CV_REQUESTED_FOR_LATER if event.for_later else Fact.CV_REQUESTED
    return Happening(fact, f"asked for a CV by {_spoken(event.channels)}")


def _cv_followed_up(event: CvFollowedUp) -> Happening:
    fact = Fact.FOLLOWED_UP_ONCE if event.number == 1 else Fact.FOLLOWED_UP_TWICE
    return Happening(fact, f"reminder {event.number} by {_spoken(event.channels)}")


def _cv_request_expired(event: CvRequestExpired) -> Happening:
    return Happening(Fact.CV_REQUEST_EXPIRED, "no CV came after two reminders")


def _unreachable(event: CandidateUnreachable) -> Happening:
    reason = f"The candidate can't be asked for a CV: {event.reason}"
    return Happening(Fact.UNREACHABLE, event.reason, needs_human_reason=reason)


def _cv_matched(event: CvMatched) -> Happening:
    method = event.method.value.replace("_", " ")
    return Happening(Fact.CV_MATCHED, f"a CV was matched by {method}", cv_received_at=event.received_at)


_WHY_DETACHED = {
    "reassigned": "the CV was somebody else's",
    "discarded": "the file was not a CV",
    "undone": "the decision about the CV was taken back",
}


def _cv_detached(event: CvDetached) -> Happening | None:
    """Another CV of theirs is as good a reason to be where it is."""
    return None if event.cvs_left else Happening(Fact.CV_TAKEN_AWAY, _WHY_DETACHED[event.because])


def _callback_due(event: CallbackDue) -> Happening:
    return Happening(Fact.CALLBACK_DUE, "the time the candidate asked for has come")


def _rejected_cv_wait_over(event: RejectedCvWaitOver) -> Happening:
    return Happening(Fact.REJECTED_CV_WAIT_OVER, "the wait for a CV for later positions is over")


def _overdue_cv_wait_over(event: OverdueCvWaitOver) -> Happening:
    return Happening(Fact.OVERDUE_CV_WAIT_OVER, "nobody acted on an overdue CV")


MEANINGS: Mapping[type[Event], Meaning] = {
    CallPlaced: _call_placed,
    CallNotAnswered: _call_not_answered,
    CallRefused: _call_refused,
    CallOutcomeUnknown: _call_outcome_unknown,
    CallTakenBack: _call_taken_back,
    CallSettledByHand: _call_settled_by_hand,
    CallCompleted: _call_completed,
    EvaluationRequested: _evaluation_requested,
    EvaluationCompleted: _evaluation_completed,
    EvaluationFailed: _evaluation_failed,
    CvRequested: _cv_requested,
    CvFollowedUp: _cv_followed_up,
    CvRequestExpired: _cv_request_expired,
    CandidateUnreachable: _unreachable,
    CvMatched: _cv_matched,
    CvDetached: _cv_detached,
    CallbackDue: _callback_due,
    RejectedCvWaitOver: _rejected_cv_wait_over,
    OverdueCvWaitOver: _overdue_cv_wait_over,
}
"""Every fact that may move an application."""
