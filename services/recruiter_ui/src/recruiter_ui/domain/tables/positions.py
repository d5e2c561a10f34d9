"""Positions as they read now, and who changed what of them."""

from __future__ import annotations

from recruiter_ui.domain.folding import Register, Table
from recruiter_ui.domain.tables.kinds import ID, INT, JSON, NUMBER, TEXT, UUID, WHEN

POSITIONS = Table(
    name="positions",
    key=("position_id",),
    types={
        "position_id": ID,
        "opened_at": WHEN,
        "revision": INT,
        "title": TEXT,
        "status": TEXT,
        "details": JSON,
        "rubric": TEXT,
        "revised_at": WHEN,
        "revised_by": TEXT,
    },
    earliest=("opened_at",),
    registers=(
        Register(
            stamp=("revision",), columns=("title", "status", "details", "rubric", "revised_at", "revised_by")
        ),
    ),
)

POSITION_CHANGES = Table(
    name="position_changes",
    key=("position_id", "revision"),
    types={
        "position_id": ID,
        "revision": INT,
        "at": WHEN,
        "actor_name": TEXT,
        "reason": TEXT,
        "changes": JSON,
    },
    constant=("at", "actor_name", "reason", "changes"),
)
"""Who changed what of a position: ``changes`` lists ``{field, before, after}``, long texts by name only."""

_SECTION = {
    "state": TEXT,
    "text": TEXT,
    "reason": TEXT,
    "template_id": ID,
    "template_version": INT,
    "model": TEXT,
    "cost_usd": NUMBER,
}

GENERATIONS = Table(
    name="generations",
    key=("generation_id", "section"),
    types={
        "generation_id": UUID,
        "section": TEXT,
        "position_id": ID,
        "requested_at": WHEN,
        "result_rank": INT,
        "result_at": WHEN,
        "result_event": UUID,
        **_SECTION,
    },
    constant=("position_id",),
    earliest=("requested_at",),
    registers=(Register(stamp=("result_rank", "result_at", "result_event"), columns=tuple(_SECTION)),),
)
"""Texts written for a position, section by section: ``writing``, ``written``, ``failed`` or ``stopped``."""
