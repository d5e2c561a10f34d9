"""A judgement as models give it that don't do quite what they were told."""

from __future__ import annotations

from typing import Any

from sandbox.faults import Faults, Kind

INVENTED = "Am carnet de tractorist din anul o mie nouă sute."
"""Nobody in the sandbox ever says this."""


def spoil(faults: Faults, answer: Any) -> Any:
    """The answer, spoilt when told; one without criteria stays as it is."""
    if not isinstance(answer, dict) or not isinstance(answer.get("criteria"), list):
        return answer
    criteria: list[dict[str, Any]] = answer["criteria"]
    if faults.strikes("anthropic", "messages", Kind.INVENTED_QUOTE):
        criteria = [{**one, "finding": "met", "quote": INVENTED} for one in criteria]
    if faults.strikes("anthropic", "messages", Kind.MISSING_CRITERIA):
        criteria = []
    if faults.strikes("anthropic", "messages", Kind.DOUBLED_CRITERION):
        criteria = criteria + criteria[:1]
    if faults.strikes("anthropic", "messages", Kind.UNKNOWN_CRITERION):
        criteria = [*criteria, {"key": "shoe-size", "finding": "met", "quote": INVENTED, "turn": 0}]
    spoilt = {**answer, "criteria": criteria}
    if faults.strikes("anthropic", "messages", Kind.UNKNOWN_FIELD):
        spoilt["hired"] = True
    return spoilt
