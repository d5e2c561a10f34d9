"""Events of other contexts, as one application's story needs them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

from contracts import Actor, BlobRef, Envelope, Event
from contracts.calling import (
    CallCompleted,
    CallNotAnswered,
    CallOutcomeUnknown,
    CallPlaced,
    CallPurpose,
    CallRefused,
    CallSettledByHand,
    CallTakenBack,
    NotAnswered,
)
from contracts.cv_matching import CvDetached, CvMatched, CvSource, MatchMethod
from contracts.messaging import CandidateUnreachable, Channel, CvFollowedUp, CvRequested, CvRequestExpired
from contracts.scoring import EvaluationCompleted, EvaluationFailed, EvaluationRequested, Outcome

NOON = datetime(2026, 11, 18, 12, 0, tzinfo=UTC)


class Facts:
    """Says what happened to one application."""

    def __init__(self, candidate_id: int, application_id: int) -> None:
        self._ids = {"candidate_id": candidate_id, "application_id": application_id}

    def placed(self, call_id: UUID, *, after_all: bool = False) -> CallPlaced:
        return CallPlaced(
            **self._ids,
            call_id=call_id,
            attempt_number=1,
            purpose=CallPurpose.SCREENING,
            placed_at=NOON,
            after_all=after_all,
        )

    def not_answered(self, call_id: UUID, retry_at: datetime | None) -> CallNotAnswered:
        return CallNotAnswered(
            **self._ids, call_id=call_id, attempt_number=1, outcome=NotAnswered.BUSY, retry_at=retry_at
        )

    def refused(self, queued_by: int | None = None) -> CallRefused:
        return CallRefused(
            **self._ids, code="no_phone", message="There is no phone number.", queued_by=queued_by
        )

    def taken_back(self, call_id: UUID) -> CallTakenBack:
        return CallTakenBack(
            **self._ids, call_id=call_id, attempt_number=1, code="stopped", reason="dialling was stopped"
        )

    def settled(self, call_id: UUID, actor: Actor, *, rang: bool) -> CallSettledByHand:
        return CallSettledByHand(**self._ids, call_id=call_id, attempt_number=1, rang=rang, actor=actor)

    def unknown(self, call_id: UUID) -> CallOutcomeUnknown:
        return CallOutcomeUnknown(**self._ids, call_id=call_id, attempt_number=1, reason="no answer came")

    def completed(self, call_id: UUID) -> CallCompleted:
        return CallCompleted(
            **self._ids,
            call_id=call_id,
            attempt_number=1,
            conversation_id="conv_1",
            transcript="User: da",
            turns=[],
            placed_at=NOON,
        )

    def evaluating(self, call_id: UUID) -> EvaluationRequested:
        return EvaluationRequested(**self._ids, evaluation_id=uuid4(), call_id=call_id)

    def evaluated(
        self,
        call_id: UUID,
        outcome: Outcome,
        callback_at: datetime | None = None,
        score: int | None = 70,
        **fields: Any,
    ) -> EvaluationCompleted:
        return EvaluationCompleted(
            **{
                **self._ids,
                "evaluation_id": uuid4(),
                "call_id": call_id,
                "outcome": outcome,
                "qualified": outcome is Outcome.QUALIFIED,
                "score": score,
                "reasoning": "as said",
                "callback_at": callback_at,
                "model": "a-model",
                "evaluated_at": NOON,
                **fields,
            }
        )

    def not_evaluated(self, call_id: UUID) -> EvaluationFailed:
        return EvaluationFailed(**self._ids, evaluation_id=uuid4(), call_id=call_id, reason="no clear answer")

    def asked_for_cv(self, *, for_later: bool) -> CvRequested:
        return CvRequested(**self._ids, channels=[Channel.WHATSAPP], for_later=for_later)

    def followed_up(self, number: int) -> CvFollowedUp:
        return CvFollowedUp(**self._ids, number=number, channels=[Channel.EMAIL])

    def request_expired(self) -> CvRequestExpired:
        return CvRequestExpired(**self._ids)

    def unreachable(self) -> CandidateUnreachable:
        return CandidateUnreachable(**self._ids, reason="no channel")

    def cv_matched(self) -> CvMatched:
        return CvMatched(
            **self._ids,
            cv_id=uuid4(),
            item_id=uuid4(),
            method=MatchMethod.EXACT_EMAIL,
            confidence="high",
            needs_review=False,
            explanation="same address",
            file=BlobRef(key="cv/1", size=10),
            file_name="cv.pdf",
            source=CvSource.EMAIL_ATTACHMENT,
            received_at=NOON,
        )

    def cv_detached(self, actor: Actor, *, cvs_left: int = 0) -> CvDetached:
        return CvDetached(
            **self._ids,
            cv_id=uuid4(),
            item_id=uuid4(),
            because="reassigned",
            cvs_left=cvs_left,
            actor=actor,
        )


def enveloped(event: Event, event_id: UUID | None = None) -> Envelope:
    return Envelope(event_id or uuid4(), event.type(), "test", NOON, event, uuid4())
