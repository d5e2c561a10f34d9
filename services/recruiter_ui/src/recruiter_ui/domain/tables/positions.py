"""Positions as they read now, and who changed what of them."""

from __future__ import annotations

from recruiter_ui.domain.folding import Register, Table
from recruiter_ui.domain.tables.kinds import ID, INT, JSON, TEXT, WHEN

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
        "revised_at": WHEN,
        "revised_by": TEXT,
    },
    earliest=("opened_at",),
    registers=(
        Register(stamp=("revision",), columns=("title", "status", "details", "revised_at", "revised_by")),
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
