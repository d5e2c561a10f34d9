"""Lead files and live leads."""

from __future__ import annotations

from recruiter_ui.domain.folding import Register, Table
from recruiter_ui.domain.tables.kinds import ID, INT, JSON, TEXT, UUID, WHEN

_IMPORT_RESULT = {
    "state": TEXT,
    "counts": JSON,
    "refused": JSON,
    "flagged": JSON,
    "refused_rows": JSON,
    "reason": TEXT,
}

IMPORTS = Table(
    name="imports",
    key=("import_id",),
    types={
        "import_id": UUID,
        "position_id": ID,
        "file_name": TEXT,
        "file": JSON,
        "requested_by": TEXT,
        "preview_requested_at": WHEN,
        "previewed_at": WHEN,
        "previewed_event": UUID,
        "preview": JSON,
        "requested_at": WHEN,
        "rows_done": INT,
        "of_rows": INT,
        "result_at": WHEN,
        "result_event": UUID,
        **_IMPORT_RESULT,
        "undo_requested_at": WHEN,
        "undone_at": WHEN,
        "undone_event": UUID,
        "undone": JSON,
    },
    constant=("position_id", "file_name", "file", "requested_by"),
    earliest=("preview_requested_at", "requested_at", "undo_requested_at"),
    latest=("rows_done", "of_rows"),
    registers=(
        Register(stamp=("previewed_at", "previewed_event"), columns=("preview",)),
        Register(stamp=("result_at", "result_event"), columns=tuple(_IMPORT_RESULT)),
        Register(stamp=("undone_at", "undone_event"), columns=("undone",)),
    ),
)
"""``preview`` and ``undone`` are ``LeadsPreviewed`` and ``LeadsImportUndone`` as they were said."""

_LEAD_STATE = {
    "state": TEXT,
    "code": TEXT,
    "message": TEXT,
    "form_name": TEXT,
    "candidate_id": ID,
    "application_id": ID,
    "position_id": ID,
}

LIVE_LEADS = Table(
    name="live_leads",
    key=("leadgen_id",),
    types={
        "leadgen_id": TEXT,
        "announced_at": WHEN,
        "form_id": TEXT,
        "state_at": WHEN,
        "state_event": UUID,
        **_LEAD_STATE,
    },
    constant=("form_id",),
    earliest=("announced_at",),
    registers=(Register(stamp=("state_at", "state_event"), columns=tuple(_LEAD_STATE)),),
)
"""``state``: None while the lead is being fetched, ``held``, or ``brought_in``."""
