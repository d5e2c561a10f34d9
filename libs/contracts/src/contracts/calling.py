"""What calling says: attempts to reach a candidate by phone and how each ended."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Literal
from uuid import UUID

from contracts.base import BlobRef, Event, Value


class CallPurpose(StrEnum):
    SCREENING = "screening"
    RETRY = "retry"
    CALLBACK = "callback"


class NotAnswered(StrEnum):
    NO_ANSWER = "no_answer"
    BUSY = "busy"
    VOICEMAIL = "voicemail"
    FAILED = "failed"


class Turn(Value):
    """One spoken turn; ``at_seconds`` counts from the start of the call."""

    role: Literal["agent", "user"]
    text: str
    at_seconds: int = 0


class CallDeferred(Event, name="calling.call.deferred"):
    """A queued call waits: ``until`` is the next moment at which it may be placed."""

    candidate_id: int
    application_id: int
    until: datetime | None
    reason: str


class CallRefused(Event, name="calling.call.refused"):
    """A queued call can't be placed at all; ``message`` says what a recruiter can do."""

    candidate_id: int
    application_id: int
    code: str
    message: str


class CallBatchPrepared(Event, name="calling.batch.prepared"):
    """Attempts are written down and may now be dialled, once."""

    batch_id: UUID
    position_id: int


class DialDue(Event, name="calling.queue.dial_due"):
    """A timer: queued calls of this position may be placed now."""

    position_id: int


class CallOverdue(Event, name="calling.call.overdue"):
    """A timer: no news of a placed call for too long; the provider is asked."""

    candidate_id: int
    application_id: int
    call_id: UUID


class CallPlaced(Event, name="calling.call.placed"):
    candidate_id: int
    application_id: int
    call_id: UUID
    attempt_number: int
    purpose: CallPurpose
    conversation_id: str | None = None
    placed_at: datetime


class CallCompleted(Event, name="calling.call.completed"):
    """Somebody spoke with the agent. ``transcript`` is ``Agent: ...`` and ``User: ...`` paragraphs."""

    candidate_id: int
    application_id: int
    call_id: UUID
    attempt_number: int
    conversation_id: str | None
    transcript: str | None
    turns: list[Turn]
    summary: str | None = None
    summary_title: str | None = None
    duration_seconds: int | None = None
    placed_at: datetime
    ended_at: datetime | None = None
    recording: BlobRef | None = None


class CallNotAnswered(Event, name="calling.call.not_answered"):
    """Nobody was reached. ``retry_at`` is None when the position's attempts are used up, unless
    ``given_up_because`` names another reason.
    """

    candidate_id: int
    application_id: int
    call_id: UUID
    attempt_number: int
    outcome: NotAnswered
    detail: str | None = None
    retry_at: datetime | None = None
    given_up_because: str | None = None


class CallOutcomeUnknown(Event, name="calling.call.outcome_unknown"):
    """Neither webhook nor provider can say what became of the call: never redialled, a person decides."""

    candidate_id: int
    application_id: int
    call_id: UUID
    attempt_number: int
    reason: str
