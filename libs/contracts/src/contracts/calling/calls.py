"""What calling says: attempts to reach a candidate by phone and how each ended."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Literal
from uuid import UUID

from pydantic import Field

from contracts.base import Actor, BlobRef, Command, Event, Value


class CallPurpose(StrEnum):
    SCREENING = "screening"
    RETRY = "retry"
    CALLBACK = "callback"


class NotAnswered(StrEnum):
    NO_ANSWER = "no_answer"
    BUSY = "busy"
    VOICEMAIL = "voicemail"
    FAILED = "failed"


class ZoneFrom(StrEnum):
    """How the time zone that calling hours went by was found, in the order in which they count."""

    STATED = "stated"
    NUMBER = "number"
    POSITION = "position"


class Turn(Value):
    """One spoken turn; ``at_seconds`` counts from the start of the call."""

    role: Literal["agent", "user"]
    text: str
    at_seconds: int = 0


class CallDeferred(Event, name="calling.call.deferred"):
    """A queued call waits: ``until`` is the next moment at which it may be placed, None until something
    changes. ``code`` names the gate's reason; ``time_zone`` is whose clock it went by.
    """

    candidate_id: int
    application_id: int
    until: datetime | None
    reason: str
    code: str | None = None
    time_zone: str | None = None
    zone_from: ZoneFrom | None = None


class CallRefused(Event, name="calling.call.refused"):
    """A queued call can't be placed at all; ``message`` says what a recruiter can do.

    ``queued_by`` is the sequence of the transition to ``call_queued`` that it answers: a refusal of an
    earlier wish says nothing about a later one.
    """

    candidate_id: int
    application_id: int
    code: str
    message: str
    queued_by: int | None = None


class CallBatchPrepared(Event, name="calling.batch.prepared"):
    """Attempts are written down and may now be dialled, once."""

    batch_id: UUID
    position_id: int


class BatchRecallDue(Event, name="calling.batch.recall_due"):
    """Also a timer (calling hours end): what of a batch does not ring yet is called off at the provider.

    ``code`` names the gate's reason for which its calls may not be made now.
    """

    batch_id: UUID
    position_id: int
    code: str
    because: str


class BatchRecallDelayed(Event, name="calling.batch.recall_delayed"):
    """The provider could not be asked to call a batch off: up to ``calls`` of it may still ring. It is tried
    again ``at`` that moment."""

    batch_id: UUID
    position_id: int
    calls: int
    reason: str
    at: datetime


class CallTakenBack(Event, name="calling.call.taken_back"):
    """The provider never dialled it, for certain: it does not count, and the call is queued again."""

    candidate_id: int
    application_id: int
    call_id: UUID
    attempt_number: int
    code: str
    reason: str


class DialDue(Event, name="calling.queue.dial_due"):
    """A timer: queued calls of this position may be placed now."""

    position_id: int


class CallOverdue(Event, name="calling.call.overdue"):
    """A timer: no news of a placed call for too long; the provider is asked."""

    candidate_id: int
    application_id: int
    call_id: UUID


class CallPlaced(Event, name="calling.call.placed"):
    """``after_all``: it was taken back, or said not to have rung, and is heard of now: it counts again,
    unless another call has been placed instead.
    """

    candidate_id: int
    application_id: int
    call_id: UUID
    attempt_number: int
    purpose: CallPurpose
    conversation_id: str | None = None
    placed_at: datetime
    time_zone: str | None = None
    zone_from: ZoneFrom | None = None
    recorded: bool | None = None
    after_all: bool = False


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


class CallSettledByHand(Event, name="calling.call.settled_by_hand"):
    """A recruiter found out what nobody could say. ``rang`` False: it does not count, and is queued again;
    True: it counts as an attempt, and what was said is not known.
    """

    candidate_id: int
    application_id: int
    call_id: UUID
    attempt_number: int
    rang: bool
    actor: Actor
    note: str = ""


class CallbackPlanned(Event, name="calling.callback.planned"):
    """When a callback will be dialled: as asked, or in the next allowed window, ``moved_because`` of that."""

    candidate_id: int
    application_id: int
    asked_for: datetime
    planned_at: datetime | None
    moved_because: str | None = None
    time_zone: str
    zone_from: ZoneFrom


class RecordingDue(Event, name="calling.recording.due"):
    """Also a timer: the recording of a finished call is to be fetched, once."""

    candidate_id: int
    application_id: int
    call_id: UUID


class RecordingKept(Event, name="calling.recording.kept"):
    candidate_id: int
    application_id: int
    call_id: UUID
    recording: BlobRef


class RecordingMissing(Event, name="calling.recording.missing"):
    """The call was to be recorded, and no recording could be had."""

    candidate_id: int
    application_id: int
    call_id: UUID
    reason: str


class SettleUnknownCall(Command, name="calling.settle_unknown_call"):
    """A person says whether a call of unknown outcome rang. Answers ``{"queued_again": bool}``.

    Refused when the call's outcome is known (by now).
    """

    call_id: UUID
    rang: bool
    note: str = Field(default="", max_length=500)
