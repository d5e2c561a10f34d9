"""Call attempts, their recordings, and where dialling is stopped: the facts of calling."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from contracts import Actor, Envelope
from contracts.calling import (
    CallbackPlanned,
    CallCompleted,
    CallDeferred,
    CallNotAnswered,
    CallOutcomeUnknown,
    CallPlaced,
    CallRefused,
    CallSettledByHand,
    CallTakenBack,
    DiallingResumed,
    DiallingStopped,
    RecordingKept,
    RecordingMissing,
)

from recruiter_ui.domain import tables as read
from recruiter_ui.domain.folding import Row
from recruiter_ui.projection.writers import Rows, activity, plain, timeline, writes

PLACED, UNKNOWN, BY_HAND, NOT_REACHED, COMPLETED = range(1, 6)
"""What is known of a call; a later certainty replaces an earlier doubt, never the other way round."""

EVERYTHING = 0
"""The scope of a stop that is for all positions."""

CallFact = (
    CallPlaced | CallCompleted | CallNotAnswered | CallOutcomeUnknown | CallTakenBack | CallSettledByHand
)


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
    code: str | None = None,
) -> Row:
    """What the dialler last said of an application."""
    row: Row = {
        "application_id": event.application_id,
        "dial_at": envelope.time,
        "dial_event": envelope.id,
        "dial_kind": kind,
        "dial_until": until,
        "dial_note": note,
        "dial_code": code,
    }
    if not isinstance(event, CallDeferred | CallRefused):
        row["attempts"] = event.attempt_number
    return row


@writes(CallDeferred)
def defer_call(event: CallDeferred, envelope: Envelope) -> Rows:
    zone = {"dial_zone": event.time_zone, "dial_zone_from": event.zone_from and event.zone_from.value}
    yield (
        read.APPLICATIONS,
        _dial(event, envelope, "deferred", event.until, event.reason, event.code) | zone,
    )


@writes(CallRefused)
def refuse_call(event: CallRefused, envelope: Envelope) -> Rows:
    yield read.APPLICATIONS, _dial(event, envelope, "refused", None, event.message, event.code)
    yield from timeline(event, envelope, message=event.message)


@writes(CallPlaced)
def place_call(event: CallPlaced, envelope: Envelope) -> Rows:
    call = _call(event, envelope, PLACED, "placed")
    how = {
        "purpose": event.purpose.value,
        "placed_at": event.placed_at,
        "time_zone": event.time_zone,
        "zone_from": event.zone_from and event.zone_from.value,
        "recorded": event.recorded,
    }
    yield read.CALLS, call | how
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
    }
    yield (
        read.CALLS,
        _call(event, envelope, COMPLETED, "completed", **outcome) | {"placed_at": event.placed_at},
    )
    yield read.APPLICATIONS, _dial(event, envelope, "completed")
    yield from timeline(event, envelope, attempt=event.attempt_number, seconds=event.duration_seconds)


@writes(CallNotAnswered)
def miss_call(event: CallNotAnswered, envelope: Envelope) -> Rows:
    outcome = {
        "detail": event.detail,
        "retry_at": event.retry_at,
        "given_up_because": event.given_up_because,
    }
    yield read.CALLS, _call(event, envelope, NOT_REACHED, event.outcome.value, **outcome)
    missed = _dial(event, envelope, "retry", event.retry_at, event.outcome.value)
    yield read.APPLICATIONS, missed | {"dial_given_up": event.given_up_because}
    yield from timeline(event, envelope, attempt=event.attempt_number, outcome=event.outcome.value)


@writes(CallOutcomeUnknown)
def lose_call(event: CallOutcomeUnknown, envelope: Envelope) -> Rows:
    yield read.CALLS, _call(event, envelope, UNKNOWN, "unknown", detail=event.reason)
    yield read.APPLICATIONS, _dial(event, envelope, "unknown", None, event.reason)
    yield from timeline(event, envelope, attempt=event.attempt_number, reason=event.reason)


@writes(CallTakenBack)
def take_call_back(event: CallTakenBack, envelope: Envelope) -> Rows:
    yield read.CALLS, _call(event, envelope, NOT_REACHED, "taken_back", detail=event.reason)
    yield read.APPLICATIONS, _dial(event, envelope, "taken_back", None, event.reason, event.code)
    yield from timeline(event, envelope, attempt=event.attempt_number, reason=event.reason)


@writes(CallSettledByHand)
def settle_call(event: CallSettledByHand, envelope: Envelope) -> Rows:
    status = "rang" if event.rang else "did_not_ring"
    yield read.CALLS, _call(event, envelope, BY_HAND, status) | {"settled_by": event.actor.name}
    yield read.APPLICATIONS, _dial(event, envelope, status)
    yield from timeline(event, envelope, event.actor, attempt=event.attempt_number, rang=event.rang)


@writes(CallbackPlanned)
def plan_callback(event: CallbackPlanned, envelope: Envelope) -> Rows:
    yield (
        read.APPLICATIONS,
        {
            "application_id": event.application_id,
            "callback_said_at": envelope.time,
            "callback_said_event": envelope.id,
            "callback_asked_for": event.asked_for,
            "callback_planned_at": event.planned_at,
            "callback_moved_because": event.moved_because,
        },
    )
    yield from activity(event, envelope.time)


def _recording(event: RecordingKept | RecordingMissing, envelope: Envelope, rank: int) -> Row:
    return {
        "call_id": event.call_id,
        "application_id": event.application_id,
        "candidate_id": event.candidate_id,
        "recording_rank": rank,
        "recording_at": envelope.time,
        "recording_event": envelope.id,
    }


@writes(RecordingKept)
def keep_recording(event: RecordingKept, envelope: Envelope) -> Rows:
    yield read.CALLS, _recording(event, envelope, 2) | {"recording": plain(event.recording)}
    yield from activity(event, envelope.time)


@writes(RecordingMissing)
def miss_recording(event: RecordingMissing, envelope: Envelope) -> Rows:
    yield read.CALLS, _recording(event, envelope, 1) | {"recording_problem": event.reason}
    yield from activity(event, envelope.time)


def _stop(position_id: int | None, envelope: Envelope, actor: Actor) -> Row:
    return {
        "scope": EVERYTHING if position_id is None else position_id,
        "said_at": envelope.time,
        "said_event": envelope.id,
        "actor_name": actor.name,
        "since": envelope.time,
    }


@writes(DiallingStopped)
def stop_dialling(event: DiallingStopped, envelope: Envelope) -> Rows:
    why = {"stopped": True, "code": event.code, "reason": event.reason}
    yield read.DIALLING_STOPS, _stop(event.position_id, envelope, event.actor) | why


@writes(DiallingResumed)
def resume_dialling(event: DiallingResumed, envelope: Envelope) -> Rows:
    yield read.DIALLING_STOPS, _stop(event.position_id, envelope, event.actor) | {"stopped": False}
