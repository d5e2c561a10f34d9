"""Call attempts, and what was made of them."""

from __future__ import annotations

from recruiter_ui.domain.folding import Register, Table
from recruiter_ui.domain.tables.kinds import ID, INT, JSON, NUMBER, TEXT, UUID, WHEN, YES

_CALL_OUTCOME = {
    "status": TEXT,
    "detail": TEXT,
    "retry_at": WHEN,
    "given_up_because": TEXT,
    "ended_at": WHEN,
    "duration_seconds": INT,
    "summary": TEXT,
    "summary_title": TEXT,
    "turns": JSON,
}
_RECORDING = {"recording": JSON, "recording_problem": TEXT}

CALLS = Table(
    name="calls",
    key=("call_id",),
    types={
        "call_id": UUID,
        "application_id": ID,
        "candidate_id": ID,
        "attempt_number": INT,
        "purpose": TEXT,
        "time_zone": TEXT,
        "zone_from": TEXT,
        "recorded": YES,
        "placed_at": WHEN,
        "outcome_rank": INT,
        "outcome_at": WHEN,
        "outcome_event": UUID,
        **_CALL_OUTCOME,
        "settled_by": TEXT,
        "recording_rank": INT,
        "recording_at": WHEN,
        "recording_event": UUID,
        **_RECORDING,
    },
    constant=(
        "application_id",
        "candidate_id",
        "attempt_number",
        "purpose",
        "time_zone",
        "zone_from",
        "recorded",
        "settled_by",
    ),
    earliest=("placed_at",),
    registers=(
        Register(stamp=("outcome_rank", "outcome_at", "outcome_event"), columns=tuple(_CALL_OUTCOME)),
        Register(stamp=("recording_rank", "recording_at", "recording_event"), columns=tuple(_RECORDING)),
    ),
)
"""``status`` also ``rang`` and ``did_not_ring`` (a person said so) and ``taken_back`` (never dialled)."""

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
    "criteria": JSON,
    "needs_review": YES,
    "review_reasons": JSON,
    "model_score": INT,
    "callback_words": TEXT,
    "do_not_call": YES,
    "do_not_call_words": TEXT,
    "callback_marks": JSON,
    "do_not_call_marks": JSON,
    "rubric": TEXT,
    "prompt_version": TEXT,
    "input_tokens": INT,
    "output_tokens": INT,
    "latency_ms": INT,
    "cost_usd": NUMBER,
    "repaired": YES,
}

EVALUATIONS = Table(
    name="evaluations",
    key=("evaluation_id",),
    types={
        "evaluation_id": UUID,
        "application_id": ID,
        "candidate_id": ID,
        "call_id": UUID,
        "former_id": UUID,
        "because": TEXT,
        "requested_by": TEXT,
        "requested_at": WHEN,
        "result_rank": INT,
        "result_at": WHEN,
        "result_event": UUID,
        **_EVALUATION_RESULT,
    },
    constant=("application_id", "candidate_id", "call_id", "former_id", "because", "requested_by"),
    earliest=("requested_at",),
    registers=(
        Register(stamp=("result_rank", "result_at", "result_event"), columns=tuple(_EVALUATION_RESULT)),
    ),
)

_STOP = {"stopped": YES, "code": TEXT, "reason": TEXT, "actor_name": TEXT, "since": WHEN}

DIALLING_STOPS = Table(
    name="dialling_stops",
    key=("scope",),
    types={"scope": ID, "said_at": WHEN, "said_event": UUID, **_STOP},
    registers=(Register(stamp=("said_at", "said_event"), columns=tuple(_STOP)),),
)
"""Where dialling was stopped or resumed. ``scope`` is a position, 0 is everything."""
