"""Messages, CVs, and files nobody could be named for."""

from __future__ import annotations

from recruiter_ui.domain.folding import Register, Table
from recruiter_ui.domain.tables.kinds import ID, INT, JSON, TEXT, UUID, WHEN, YES

MESSAGES = Table(
    name="messages",
    key=("message_id",),
    types={
        "message_id": UUID,
        "inbound": YES,
        "application_id": ID,
        "candidate_id": ID,
        "channel": TEXT,
        "message_type": TEXT,
        "written_at": WHEN,
        "written_event": UUID,
        "subject": TEXT,
        "body": TEXT,
        "sender": TEXT,
        "sender_name": TEXT,
        "attachments": JSON,
        "delivery_rank": INT,
        "delivery_at": WHEN,
        "delivery_event": UUID,
        "delivery": TEXT,
        "delivery_note": TEXT,
        "sent_at": WHEN,
        "delivered_at": WHEN,
        "read_at": WHEN,
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
    "item_id": UUID,
    "method": TEXT,
    "confidence": TEXT,
    "needs_review": YES,
    "explanation": TEXT,
    "file": JSON,
    "file_name": TEXT,
    "source": TEXT,
    "received_at": WHEN,
}

CVS = Table(
    name="cvs",
    key=("cv_id", "application_id"),
    types={
        "cv_id": UUID,
        "application_id": ID,
        "candidate_id": ID,
        "matched_at": WHEN,
        "matched_event": UUID,
        **_CV,
        "confirmed_at": WHEN,
    },
    constant=("candidate_id",),
    earliest=("confirmed_at",),
    registers=(Register(stamp=("matched_at", "matched_event"), columns=tuple(_CV)),),
)

_UNMATCHED_ITEM = {
    "channel": TEXT,
    "sender": TEXT,
    "sender_name": TEXT,
    "subject": TEXT,
    "body_snippet": TEXT,
    "attachment_name": TEXT,
    "file": JSON,
    "explanation": TEXT,
    "received_at": WHEN,
}

UNMATCHED = Table(
    name="unmatched",
    key=("item_id",),
    types={
        "item_id": UUID,
        "seen_at": WHEN,
        "seen_event": UUID,
        **_UNMATCHED_ITEM,
        "assigned_at": WHEN,
        "assigned_event": UUID,
        "application_id": ID,
    },
    registers=(
        Register(stamp=("seen_at", "seen_event"), columns=tuple(_UNMATCHED_ITEM)),
        Register(stamp=("assigned_at", "assigned_event"), columns=("application_id",)),
    ),
)
