"""People: their profile, what they forbade, who may be whom."""

from __future__ import annotations

from recruiter_ui.domain.folding import Register, Table
from recruiter_ui.domain.tables.kinds import ID, INT, JSON, TEXT, UUID, WHEN, YES

_PROFILE = {
    "full_name": TEXT,
    "first_name": TEXT,
    "last_name": TEXT,
    "phone": TEXT,
    "phone_as_given": TEXT,
    "email": TEXT,
    "whatsapp_number": TEXT,
    "language": TEXT,
    "time_zone": TEXT,
    "source": TEXT,
    "meta_lead_id": TEXT,
    "meta_created_time": WHEN,
    "campaign_name": TEXT,
    "platform": TEXT,
    "form_answers": JSON,
    "notes": TEXT,
    "search": TEXT,
}

CANDIDATES = Table(
    name="candidates",
    key=("candidate_id",),
    types={
        "candidate_id": ID,
        "first_seen_at": WHEN,
        "profile_at": WHEN,
        "profile_event": UUID,
        **_PROFILE,
        "profile_revision": INT,
        "merge_at": WHEN,
        "merge_event": UUID,
        "merged_into": ID,
        "presence_at": WHEN,
        "presence_event": UUID,
        "withdrawn": YES,
    },
    earliest=("first_seen_at",),
    latest=("profile_revision",),
    registers=(
        Register(stamp=("profile_at", "profile_event"), columns=tuple(_PROFILE)),
        Register(stamp=("merge_at", "merge_event"), columns=("merged_into",)),
        Register(stamp=("presence_at", "presence_event"), columns=("withdrawn",)),
    ),
)
"""``merged_into`` is who this person is now, ``withdrawn`` says that an undone import had brought them."""

FORMER_SEARCHES = Table(
    name="former_searches",
    key=("candidate_id", "said_event"),
    types={"candidate_id": ID, "said_event": UUID, "search": TEXT},
    constant=("search",),
)
"""By what somebody was found before a merge gave them another name, number or address."""

_BAN = {
    "forbidden": YES,
    "since": WHEN,
    "source": TEXT,
    "reason": TEXT,
    "actor_name": TEXT,
    "same_as": ID,
}

CONTACT_BANS = Table(
    name="contact_bans",
    key=("candidate_id", "channel"),
    types={
        "candidate_id": ID,
        "channel": TEXT,
        "said_at": WHEN,
        "said_event": UUID,
        **_BAN,
    },
    registers=(Register(stamp=("said_at", "said_event"), columns=tuple(_BAN)),),
)
"""On what a person is not to be contacted; a row with ``forbidden`` false was allowed again."""

DUPLICATES = Table(
    name="duplicates",
    key=("candidate_id", "other_candidate_id"),
    types={
        "candidate_id": ID,
        "other_candidate_id": ID,
        "found_at": WHEN,
        "found_event": UUID,
        "shared": JSON,
        "decided_at": WHEN,
        "decided_event": UUID,
        "decision": TEXT,
        "decided_by": TEXT,
    },
    registers=(
        Register(stamp=("found_at", "found_event"), columns=("shared",)),
        Register(stamp=("decided_at", "decided_event"), columns=("decision", "decided_by")),
    ),
)
"""Pairs, the later candidate first. ``decision``: ``apart``, ``merged``, or ``open`` once undone."""

MERGES = Table(
    name="merges",
    key=("merge_id",),
    types={
        "merge_id": UUID,
        "candidate_id": ID,
        "merged_candidate_id": ID,
        "merged_at": WHEN,
        "merged_by": TEXT,
        "undone_at": WHEN,
    },
    constant=("candidate_id", "merged_candidate_id", "merged_by"),
    earliest=("merged_at", "undone_at"),
)
