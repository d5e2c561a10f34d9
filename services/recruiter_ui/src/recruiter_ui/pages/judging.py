"""What an application's page says of its evaluations: the one that counts, and what was found since."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from recruiter_ui.domain.marks import Piece
from recruiter_ui.pages.evaluation_view import EvaluationView, evaluation_view
from recruiter_ui.queries.detail import Application
from recruiter_ui.queries.fetching import Record


def judging(found: Application) -> dict[str, Any]:
    counted = view_of(found, found.evaluation) if found.evaluation else None
    under_way = any(it["state"] == "requested" for it in found.evaluations[:1])
    rubric = found.extra["position_rubric"]
    return {
        "judged": counted if counted and counted.state != "requested" else None,
        "repeated": [view_of(found, it) for it in _since(found)[:1]],
        "under_way": under_way,
        "stale": bool(counted and rubric and counted.row["rubric"] and counted.row["rubric"] != rubric),
        "made": len([it for it in found.evaluations if it["state"] == "completed"]),
        "passages": _passages(counted),
    }


def view_of(found: Application, evaluation: Record) -> EvaluationView:
    turns = next((it["turns"] for it in found.calls if it["call_id"] == evaluation["call_id"]), None)
    return evaluation_view(evaluation, turns or [])


def _since(found: Application) -> list[Record]:
    """Evaluations of the same call that came after the one that counts, the newest first."""
    if found.evaluation is None:
        return []
    place = found.evaluations.index(found.evaluation)
    return [
        it
        for it in found.evaluations[:place]
        if it["state"] != "requested" and it["call_id"] == found.evaluation["call_id"]
    ]


def _passages(counted: EvaluationView | None) -> dict[tuple[UUID, int], list[Piece]]:
    """By call and turn."""
    if counted is None:
        return {}
    return {(counted.call_id, turn): pieces for turn, pieces in counted.passages.items()}
