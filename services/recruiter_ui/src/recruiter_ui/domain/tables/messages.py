"""Messages, CVs, files nobody could be named for, and our access to the channels."""

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
        "body_ref": JSON,
        "recipient": TEXT,
        "reply_to": UUID,
        "written_by": TEXT,
        "held_at": WHEN,
        "held_event": UUID,
        "leaves_at": WHEN,
        "held_because": TEXT,
        "marked_at": WHEN,
        "marked_event": UUID,
        "is_read": YES,
        "deletion_at": WHEN,
        "deletion_event": UUID,
        "deletion_id": UUID,
        "deleted": YES,
        "linked_at": WHEN,
        "linked_event": UUID,
        "link_id": UUID,
        "linked_to": ID,
        "linked_application_id": ID,
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
            columns=(
                "subject",
                "body",
                "sender",
                "sender_name",
                "attachments",
                "body_ref",
                "recipient",
                "reply_to",
                "written_by",
            ),
        ),
        Register(stamp=("held_at", "held_event"), columns=("leaves_at", "held_because")),
        Register(stamp=("marked_at", "marked_event"), columns=("is_read",)),
        Register(stamp=("deletion_at", "deletion_event"), columns=("deletion_id", "deleted")),
        Register(
            stamp=("linked_at", "linked_event"),
            columns=("link_id", "linked_to", "linked_application_id"),
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
    "number": INT,
    "score": INT,
    "review_reasons": JSON,
    "runners_up": JSON,
    "reading": JSON,
    "matched_by": TEXT,
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
        "reviewed_at": WHEN,
        "reviewed_event": UUID,
        "confirmed_at": WHEN,
        "confirmed_by": TEXT,
        "attached_at": WHEN,
        "attached_event": UUID,
        "detached_because": TEXT,
        "detached_by": TEXT,
    },
    constant=("candidate_id",),
    registers=(
        Register(stamp=("matched_at", "matched_event"), columns=tuple(_CV)),
        Register(stamp=("reviewed_at", "reviewed_event"), columns=("confirmed_at", "confirmed_by")),
        Register(stamp=("attached_at", "attached_event"), columns=("detached_because", "detached_by")),
    ),
)
"""``detached_because`` is None while the CV is the application's."""

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
    "message_id": UUID,
    "quarantined": YES,
    "runners_up": JSON,
    "reading": JSON,
}

UNMATCHED = Table(
    name="unmatched",
    key=("item_id",),
    types={
        "item_id": UUID,
        "seen_at": WHEN,
        "seen_event": UUID,
        **_UNMATCHED_ITEM,
        "settled_at": WHEN,
        "settled_event": UUID,
        "settled": TEXT,
        "application_id": ID,
        "settled_by": TEXT,
        "settled_reason": TEXT,
    },
    registers=(
        Register(stamp=("seen_at", "seen_event"), columns=tuple(_UNMATCHED_ITEM)),
        Register(
            stamp=("settled_at", "settled_event"),
            columns=("settled", "application_id", "settled_by", "settled_reason"),
        ),
    ),
)
"""``settled`` is ``assigned`` or ``discarded``; None while the file waits for a person."""

CONNECTIONS = Table(
    name="connections",
    key=("channel",),
    types={
        "channel": TEXT,
        "said_at": WHEN,
        "said_event": UUID,
        "state": TEXT,
        "account": TEXT,
        "problem": TEXT,
        "what_to_do": TEXT,
        "said_by": TEXT,
    },
    registers=(
        Register(
            stamp=("said_at", "said_event"),
            columns=("state", "account", "problem", "what_to_do", "said_by"),
        ),
    ),
)
"""``state`` is ``connected``, ``lost`` or ``ended``."""
