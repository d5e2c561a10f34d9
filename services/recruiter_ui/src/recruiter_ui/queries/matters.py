"""What a person has to look at and no status says by itself: conditions on ``applications a``."""

from __future__ import annotations

_UNKNOWN = (
    "a.status = 'needs_human' AND EXISTS (SELECT FROM calls k "
    "WHERE k.application_id = a.application_id AND k.status = 'unknown')"
)
_FAILED = (
    "a.status = 'needs_human' AND (SELECT e.state FROM evaluations e "
    "WHERE e.application_id = a.application_id AND e.former_id IS NULL "
    "ORDER BY COALESCE(e.requested_at, e.result_at) DESC LIMIT 1) = 'failed'"
)

MATTERS = {
    "unknown_call": ("a call with unknown outcome", _UNKNOWN),
    "evaluation_failed": ("a failed evaluation", f"{_FAILED} AND NOT ({_UNKNOWN})"),
    "person": (
        "asked for a person",
        f"a.status = 'needs_human' AND NOT ({_UNKNOWN}) AND ({_FAILED}) IS NOT TRUE",
    ),
    "needs_review": ("evidence to look at", "a.to_confirm AND a.needs_review"),
    "proposal": ("an outcome to confirm", "a.to_confirm AND a.needs_review IS NOT TRUE"),
}
"""By their name in addresses: the words of the filter, and who is meant."""


REQUEST_TAKEN_BACK = """
    a.status = 'not_qualified' AND EXISTS (
        SELECT FROM messages t WHERE t.application_id = a.application_id
        AND t.message_type = 'cv_request_rejected' AND t.delivery = 'taken_back')
    AND NOT EXISTS (
        SELECT FROM messages t WHERE t.application_id = a.application_id
        AND t.message_type = 'cv_request_rejected' AND t.delivery NOT IN ('taken_back', 'failed'))
"""
"""Nothing moves it by itself: whoever took the request back has to go on."""


def matter_or(otherwise: str) -> str:
    """An expression that names the matter of an application, else what ``otherwise`` says."""
    cases = " ".join(f"WHEN {condition} THEN '{name}'" for name, (_, condition) in MATTERS.items())
    return f"CASE {cases} ELSE {otherwise} END"
