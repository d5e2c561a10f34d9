"""Applications: their status, who looks after them, what was noted."""

from __future__ import annotations

from contracts import Envelope
from contracts.intake import (
    ApplicationAssigned,
    ApplicationOpened,
    ApplicationStatusChanged,
    NoteAdded,
    OutcomeConfirmed,
)

from recruiter_ui.domain import tables as read
from recruiter_ui.projection.candidates import candidate_row
from recruiter_ui.projection.writers import Rows, timeline, writes


@writes(ApplicationOpened)
def open_application(event: ApplicationOpened, envelope: Envelope) -> Rows:
    yield read.CANDIDATES, candidate_row(event.candidate_id, event.profile, envelope)
    yield (
        read.APPLICATIONS,
        {
            "application_id": event.application_id,
            "opened_at": envelope.time,
            "opened_event": envelope.id,
            "candidate_id": event.candidate_id,
            "position_id": event.position_id,
            "import_id": event.import_id,
            "opened_via": event.via,
            "sequence": 0,
            "status": "pending_call",
            "status_at": envelope.time,
        },
    )
    yield from timeline(
        event,
        envelope,
        event.actor,
        source=event.profile.source,
        imported=event.import_id is not None,
        via=event.via,
    )


@writes(ApplicationStatusChanged)
def change_status(event: ApplicationStatusChanged, envelope: Envelope) -> Rows:
    closed_because = event.closed_because.value if event.closed_because else None
    yield (
        read.APPLICATIONS,
        {
            "application_id": event.application_id,
            "sequence": event.sequence,
            "status": event.current.value,
            "status_at": envelope.time,
            "previous_status": event.previous.value,
            "status_reason": event.reason,
            "score": event.score,
            "qualified": event.qualified,
            "score_notes": event.score_notes,
            "callback_at": event.callback_at,
            "needs_human_reason": event.needs_human_reason,
            "cv_received_at": event.cv_received_at,
            "proposed": event.proposed,
            "by_hand": event.by_hand,
            "status_actor": event.actor.name,
            "closed_because": closed_because,
            "evaluation_id": event.evaluation_id,
            "needs_review": event.needs_review,
        },
    )
    yield from timeline(
        event,
        envelope,
        event.actor,
        sequence=event.sequence,
        previous=event.previous.value,
        current=event.current.value,
        reason=event.reason,
        proposed=event.proposed,
        by_hand=event.by_hand,
        undoes=event.undoes,
        closed_because=closed_because,
        needs_review=event.needs_review,
    )


@writes(OutcomeConfirmed)
def confirm_outcome(event: OutcomeConfirmed, envelope: Envelope) -> Rows:
    confirmed = {"application_id": event.application_id, "confirmed_sequence": event.sequence}
    yield read.APPLICATIONS, confirmed
    yield from timeline(event, envelope, event.actor, status=event.status.value)


@writes(NoteAdded)
def add_note(event: NoteAdded, envelope: Envelope) -> Rows:
    yield (
        read.NOTES,
        {
            "note_id": event.note_id,
            "application_id": event.application_id,
            "candidate_id": event.candidate_id,
            "at": envelope.time,
            "text": event.text,
            "actor_name": event.actor.name,
        },
    )
    yield from timeline(event, envelope, event.actor, note_id=str(event.note_id), text=event.text[:300])


@writes(ApplicationAssigned)
def assign_application(event: ApplicationAssigned, envelope: Envelope) -> Rows:
    yield (
        read.APPLICATIONS,
        {
            "application_id": event.application_id,
            "assigned_at": envelope.time,
            "assigned_event": envelope.id,
            "assignee_id": event.assignee.id if event.assignee else None,
            "assignee_name": event.assignee.name if event.assignee else None,
        },
    )
    name = event.assignee.name if event.assignee else None
    yield from timeline(event, envelope, event.actor, assignee=name)
