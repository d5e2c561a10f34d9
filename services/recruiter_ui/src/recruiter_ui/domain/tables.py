"""The read tables: what the pages show, as columns and the rule that folds each (see ``folding``)."""

from __future__ import annotations

from recruiter_ui.domain.folding import Register, Table

_ID, _UUID, _TEXT, _WHEN, _INT, _YES, _JSON = "int8", "uuid", "text", "timestamptz", "int4", "bool", "jsonb"

POSITIONS = Table(
    name="positions",
    key=("position_id",),
    types={
        "position_id": _ID,
        "opened_at": _WHEN,
        "revision": _INT,
        "title": _TEXT,
        "status": _TEXT,
        "details": _JSON,
    },
    earliest=("opened_at",),
    registers=(Register(stamp=("revision",), columns=("title", "status", "details")),),
)

_PROFILE = {
    "full_name": _TEXT,
    "first_name": _TEXT,
    "last_name": _TEXT,
    "phone": _TEXT,
    "phone_as_given": _TEXT,
    "email": _TEXT,
    "whatsapp_number": _TEXT,
    "language": _TEXT,
    "time_zone": _TEXT,
    "source": _TEXT,
    "meta_lead_id": _TEXT,
    "meta_created_time": _WHEN,
    "campaign_name": _TEXT,
    "platform": _TEXT,
    "form_answers": _JSON,
    "search": _TEXT,
}

CANDIDATES = Table(
    name="candidates",
    key=("candidate_id",),
    types={
        "candidate_id": _ID,
        "first_seen_at": _WHEN,
        "profile_at": _WHEN,
        "profile_event": _UUID,
        **_PROFILE,
    },
    earliest=("first_seen_at",),
    registers=(Register(stamp=("profile_at", "profile_event"), columns=tuple(_PROFILE)),),
)

_STATUS = {
    "status": _TEXT,
    "status_at": _WHEN,
    "previous_status": _TEXT,
    "status_reason": _TEXT,
    "score": _INT,
    "qualified": _YES,
    "score_notes": _TEXT,
    "callback_at": _WHEN,
    "needs_human_reason": _TEXT,
    "cv_received_at": _WHEN,
}

APPLICATIONS = Table(
    name="applications",
    key=("application_id",),
    types={
        "application_id": _ID,
        "opened_at": _WHEN,
        "opened_event": _UUID,
        "candidate_id": _ID,
        "position_id": _ID,
        "import_id": _UUID,
        "sequence": _INT,
        **_STATUS,
        "dial_at": _WHEN,
        "dial_event": _UUID,
        "dial_kind": _TEXT,
        "dial_until": _WHEN,
        "dial_note": _TEXT,
        "attempts": _INT,
        "cv_asked_at": _WHEN,
        "last_activity_at": _WHEN,
    },
    registers=(
        Register(stamp=("opened_at", "opened_event"), columns=("candidate_id", "position_id", "import_id")),
        Register(stamp=("sequence",), columns=tuple(_STATUS)),
        Register(stamp=("dial_at", "dial_event"), columns=("dial_kind", "dial_until", "dial_note")),
    ),
    latest=("attempts", "cv_asked_at", "last_activity_at"),
)

_CALL_OUTCOME = {
    "status": _TEXT,
    "detail": _TEXT,
    "retry_at": _WHEN,
    "ended_at": _WHEN,
    "duration_seconds": _INT,
    "summary": _TEXT,
    "summary_title": _TEXT,
    "turns": _JSON,
    "recording": _JSON,
}

CALLS = Table(
    name="calls",
    key=("call_id",),
    types={
        "call_id": _UUID,
        "application_id": _ID,
        "candidate_id": _ID,
        "attempt_number": _INT,
        "purpose": _TEXT,
        "placed_at": _WHEN,
        "outcome_rank": _INT,
        "outcome_at": _WHEN,
        "outcome_event": _UUID,
        **_CALL_OUTCOME,
    },
    constant=("application_id", "candidate_id", "attempt_number", "purpose"),
    earliest=("placed_at",),
    registers=(
        Register(stamp=("outcome_rank", "outcome_at", "outcome_event"), columns=tuple(_CALL_OUTCOME)),
    ),
)

_EVALUATION_RESULT = {
    "state": _TEXT,
    "outcome": _TEXT,
    "qualified": _YES,
    "score": _INT,
    "reasoning": _TEXT,
    "callback_at": _WHEN,
    "callback_notes": _TEXT,
    "needs_human_notes": _TEXT,
    "failure": _TEXT,
    "model": _TEXT,
    "evaluated_at": _WHEN,
}

EVALUATIONS = Table(
    name="evaluations",
    key=("evaluation_id",),
    types={
        "evaluation_id": _UUID,
        "application_id": _ID,
        "candidate_id": _ID,
        "call_id": _UUID,
        "requested_at": _WHEN,
        "result_rank": _INT,
        "result_at": _WHEN,
        "result_event": _UUID,
        **_EVALUATION_RESULT,
    },
    constant=("application_id", "candidate_id", "call_id"),
    earliest=("requested_at",),
    registers=(
        Register(stamp=("result_rank", "result_at", "result_event"), columns=tuple(_EVALUATION_RESULT)),
    ),
)

MESSAGES = Table(
    name="messages",
    key=("message_id",),
    types={
        "message_id": _UUID,
        "inbound": _YES,
        "application_id": _ID,
        "candidate_id": _ID,
        "channel": _TEXT,
        "message_type": _TEXT,
        "written_at": _WHEN,
        "written_event": _UUID,
        "subject": _TEXT,
        "body": _TEXT,
        "sender": _TEXT,
        "sender_name": _TEXT,
        "attachments": _JSON,
        "delivery_rank": _INT,
        "delivery_at": _WHEN,
        "delivery_event": _UUID,
        "delivery": _TEXT,
        "delivery_note": _TEXT,
        "sent_at": _WHEN,
        "delivered_at": _WHEN,
        "read_at": _WHEN,
    },
    constant=("inbound", "application_id", "candidate_id", "channel", "message_type"),
    earliest=("delivered_at", "read_at"),
    registers=(
        Register(
            stamp=("written_at", "written_event"),
            columns=("subject", "body", "sender", "sender_name", "attachments"),
        ),
        Register(
            stamp=("delivery_rank", "delivery_at", "delivery_event"),
            columns=("delivery", "delivery_note", "sent_at"),
        ),
    ),
)

_CV = {
    "item_id": _UUID,
    "method": _TEXT,
    "confidence": _TEXT,
    "needs_review": _YES,
    "explanation": _TEXT,
    "file": _JSON,
    "file_name": _TEXT,
    "source": _TEXT,
    "received_at": _WHEN,
}

CVS = Table(
    name="cvs",
    key=("cv_id", "application_id"),
    types={
        "cv_id": _UUID,
        "application_id": _ID,
        "candidate_id": _ID,
        "matched_at": _WHEN,
        "matched_event": _UUID,
        **_CV,
        "confirmed_at": _WHEN,
    },
    constant=("candidate_id",),
    earliest=("confirmed_at",),
    registers=(Register(stamp=("matched_at", "matched_event"), columns=tuple(_CV)),),
)

_UNMATCHED_ITEM = {
    "channel": _TEXT,
    "sender": _TEXT,
    "sender_name": _TEXT,
    "subject": _TEXT,
    "body_snippet": _TEXT,
    "attachment_name": _TEXT,
    "file": _JSON,
    "explanation": _TEXT,
    "received_at": _WHEN,
}

UNMATCHED = Table(
    name="unmatched",
    key=("item_id",),
    types={
        "item_id": _UUID,
        "seen_at": _WHEN,
        "seen_event": _UUID,
        **_UNMATCHED_ITEM,
        "assigned_at": _WHEN,
        "assigned_event": _UUID,
        "application_id": _ID,
    },
    registers=(
        Register(stamp=("seen_at", "seen_event"), columns=tuple(_UNMATCHED_ITEM)),
        Register(stamp=("assigned_at", "assigned_event"), columns=("application_id",)),
    ),
)

_IMPORT_RESULT = {"state": _TEXT, "counts": _JSON, "refused": _JSON, "flagged": _JSON, "reason": _TEXT}

IMPORTS = Table(
    name="imports",
    key=("import_id",),
    types={
        "import_id": _UUID,
        "position_id": _ID,
        "file_name": _TEXT,
        "requested_by": _TEXT,
        "requested_at": _WHEN,
        "result_at": _WHEN,
        "result_event": _UUID,
        **_IMPORT_RESULT,
    },
    constant=("position_id", "file_name", "requested_by"),
    earliest=("requested_at",),
    registers=(Register(stamp=("result_at", "result_event"), columns=tuple(_IMPORT_RESULT)),),
)

DUPLICATES = Table(
    name="duplicates",
    key=("candidate_id", "other_candidate_id"),
    types={
        "candidate_id": _ID,
        "other_candidate_id": _ID,
        "found_at": _WHEN,
        "found_event": _UUID,
        "shared": _JSON,
    },
    registers=(Register(stamp=("found_at", "found_event"), columns=("shared",)),),
)

TIMELINE = Table(
    name="timeline",
    key=("event_id",),
    types={
        "event_id": _UUID,
        "application_id": _ID,
        "candidate_id": _ID,
        "at": _WHEN,
        "kind": _TEXT,
        "actor_kind": _TEXT,
        "actor_name": _TEXT,
        "detail": _JSON,
    },
    constant=("application_id", "candidate_id", "at", "kind", "actor_kind", "actor_name", "detail"),
)

READ_TABLES = (
    POSITIONS,
    CANDIDATES,
    APPLICATIONS,
    CALLS,
    EVALUATIONS,
    MESSAGES,
    CVS,
    UNMATCHED,
    IMPORTS,
    DUPLICATES,
    TIMELINE,
)
"""What a rebuild makes anew. Logins, sessions and the feed of changes are not among them."""
