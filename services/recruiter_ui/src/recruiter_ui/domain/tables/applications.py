"""Applications with their notes, and the history of everything."""

from __future__ import annotations

from recruiter_ui.domain.folding import Register, Table
from recruiter_ui.domain.tables.kinds import ID, INT, JSON, TEXT, UUID, WHEN, YES

_STATUS = {
    "status": TEXT,
    "status_at": WHEN,
    "previous_status": TEXT,
    "status_reason": TEXT,
    "score": INT,
    "qualified": YES,
    "score_notes": TEXT,
    "callback_at": WHEN,
    "needs_human_reason": TEXT,
    "cv_received_at": WHEN,
    "proposed": YES,
    "by_hand": YES,
    "status_actor": TEXT,
    "closed_because": TEXT,
    "evaluation_id": UUID,
    "needs_review": YES,
}
_CALLBACK = {"callback_asked_for": WHEN, "callback_planned_at": WHEN, "callback_moved_because": TEXT}

APPLICATIONS = Table(
    name="applications",
    key=("application_id",),
    types={
        "application_id": ID,
        "opened_at": WHEN,
        "opened_event": UUID,
        "candidate_id": ID,
        "position_id": ID,
        "import_id": UUID,
        "sequence": INT,
        **_STATUS,
        "confirmed_sequence": INT,
        "opened_via": TEXT,
        "assigned_at": WHEN,
        "assigned_event": UUID,
        "assignee_id": TEXT,
        "assignee_name": TEXT,
        "dial_at": WHEN,
        "dial_event": UUID,
        "dial_kind": TEXT,
        "dial_until": WHEN,
        "dial_note": TEXT,
        "dial_given_up": TEXT,
        "dial_code": TEXT,
        "dial_zone": TEXT,
        "dial_zone_from": TEXT,
        "callback_said_at": WHEN,
        "callback_said_event": UUID,
        **_CALLBACK,
        "attempts": INT,
        "cv_asked_at": WHEN,
        "last_activity_at": WHEN,
    },
    registers=(
        Register(
            stamp=("opened_at", "opened_event"),
            columns=("candidate_id", "position_id", "import_id", "opened_via"),
        ),
        Register(stamp=("sequence",), columns=tuple(_STATUS)),
        Register(stamp=("assigned_at", "assigned_event"), columns=("assignee_id", "assignee_name")),
        Register(
            stamp=("dial_at", "dial_event"),
            columns=(
                "dial_kind",
                "dial_until",
                "dial_note",
                "dial_given_up",
                "dial_code",
                "dial_zone",
                "dial_zone_from",
            ),
        ),
        Register(stamp=("callback_said_at", "callback_said_event"), columns=tuple(_CALLBACK)),
    ),
    latest=("confirmed_sequence", "attempts", "cv_asked_at", "last_activity_at"),
)

NOTES = Table(
    name="notes",
    key=("note_id",),
    types={
        "note_id": UUID,
        "application_id": ID,
        "candidate_id": ID,
        "at": WHEN,
        "text": TEXT,
        "actor_name": TEXT,
    },
    constant=("application_id", "candidate_id", "at", "text", "actor_name"),
)

TIMELINE = Table(
    name="timeline",
    key=("event_id",),
    types={
        "event_id": UUID,
        "application_id": ID,
        "candidate_id": ID,
        "at": WHEN,
        "kind": TEXT,
        "actor_kind": TEXT,
        "actor_name": TEXT,
        "detail": JSON,
    },
    constant=("application_id", "candidate_id", "at", "kind", "actor_kind", "actor_name", "detail"),
)
