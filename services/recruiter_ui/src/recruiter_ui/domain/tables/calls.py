"""Call attempts, and what was made of them."""

from __future__ import annotations

from recruiter_ui.domain.folding import Register, Table
from recruiter_ui.domain.tables.kinds import ID, INT, JSON, TEXT, UUID, WHEN, YES

_CALL_OUTCOME = {
    "status": TEXT,
    "detail": TEXT,
    "retry_at": WHEN,
    "ended_at": WHEN,
    "duration_seconds": INT,
    "summary": TEXT,
    "summary_title": TEXT,
    "turns": JSON,
    "recording": JSON,
}

CALLS = Table(
    name="calls",
    key=("call_id",),
    types={
        "call_id": UUID,
        "application_id": ID,
        "candidate_id": ID,
        "attempt_number": INT,
        "purpose": TEXT,
        "placed_at": WHEN,
        "outcome_rank": INT,
        "outcome_at": WHEN,
        "outcome_event": UUID,
        **_CALL_OUTCOME,
    },
    constant=("application_id", "candidate_id", "attempt_number", "purpose"),
    earliest=("placed_at",),
    registers=(
        Register(stamp=("outcome_rank", "outcome_at", "outcome_event"), columns=tuple(_CALL_OUTCOME)),
    ),
)

_EVALUATION_RESULT = {
    "state": TEXT,
    "outcome": TEXT,
    "qualified": YES,
    "score": INT,
    "reasoning": TEXT,
    "callback_at": WHEN,
    "callback_notes": TEXT,
    "needs_human_notes": TEXT,
    "failure": TEXT,
    "model": TEXT,
    "evaluated_at": WHEN,
}

EVALUATIONS = Table(
    name="evaluations",
    key=("evaluation_id",),
    types={
        "evaluation_id": UUID,
        "application_id": ID,
        "candidate_id": ID,
        "call_id": UUID,
        "requested_at": WHEN,
        "result_rank": INT,
        "result_at": WHEN,
        "result_event": UUID,
        **_EVALUATION_RESULT,
    },
    constant=("application_id", "candidate_id", "call_id"),
    earliest=("requested_at",),
    registers=(
        Register(stamp=("result_rank", "result_at", "result_event"), columns=tuple(_EVALUATION_RESULT)),
    ),
)
