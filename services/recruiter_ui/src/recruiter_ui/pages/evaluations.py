"""All evaluations of an application side by side: what each found, where they differ, which one counts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from chassis.ids import new_id
from starlette.responses import Response

from recruiter_ui.domain.choices import ON_THE_LINE, ON_THE_WAY_OF
from recruiter_ui.domain.moments import spoken
from recruiter_ui.domain.statuses import STATUSES, Status
from recruiter_ui.domain.waiting import lowered
from recruiter_ui.pages.detail import outlook_of
from recruiter_ui.pages.evaluation_view import CriterionLine, EvaluationView, cost
from recruiter_ui.pages.judging import view_of
from recruiter_ui.pages.telling import OUTCOMES
from recruiter_ui.queries.detail import Application, find_application
from recruiter_ui.views import application_view
from recruiter_ui.web import Visit

STATUS_OF = {
    "qualified": "qualified",
    "not_qualified": "not_qualified",
    "callback_requested": "callback_scheduled",
    "needs_human": "needs_human",
}
"""Where an outcome leads (recruitflow.md 7)."""
_BECAUSE = {
    "call_completed": "The call ended",
    "on_demand": "Asked for",
    "rules_changed": "The rules had changed",
}


@dataclass(frozen=True, slots=True)
class Column:
    view: EvaluationView
    counts: bool
    badge: Status | None
    follows: str
    """What happens when its outcome is used; empty where it can't be."""
    whence: str
    """Which call it judges, and why it was made."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """One criterion through all evaluations; ``differs`` by column: not as in the one that counts."""

    text: str
    required: bool
    cells: tuple[CriterionLine | None, ...]
    differs: tuple[bool, ...]


async def show(visit: Visit) -> Response:
    async with visit.ui.begin() as tx:
        found = await find_application(tx.db, visit.request.path_params["application_id"])
    if found is None:
        text = "There is no such application, or its news has not arrived yet."
        return await visit.page("message.html", status=404, title="Not found", text=text)
    columns = [_column(visit, found, view_of(found, it)) for it in found.evaluations]
    return await visit.page(
        "evaluations.html",
        found=found,
        it=application_view(found.row, visit.now, visit.ui.zone, visit.session.recruiter.recruiter_id),
        columns=columns,
        criteria=compared([it.view for it in columns], _place_of_counting(columns)),
        counting=_place_of_counting(columns),
        outcomes=OUTCOMES,
        cost=cost,
        new_id=new_id,
    )


def _place_of_counting(columns: list[Column]) -> int | None:
    return next((place for place, it in enumerate(columns) if it.counts), None)


def _column(visit: Visit, found: Application, view: EvaluationView) -> Column:
    row = view.row
    counts = found.evaluation is not None and row["evaluation_id"] == found.evaluation["evaluation_id"]
    movable = found.row["status"] not in ON_THE_LINE and found.row["status"] != "closed"
    usable = view.state == "completed" and not counts and movable
    call = next((it for it in found.calls if it["call_id"] == row["call_id"]), None)
    why = _BECAUSE.get(row["because"] or "", "")
    if why == "Asked for" and row["requested_by"]:
        why += f" by {row['requested_by']}"
    return Column(
        view=view,
        counts=counts,
        badge=STATUSES.get(STATUS_OF.get(row["outcome"] or "", "")),
        follows=_follows(visit, row, found) if usable else "",
        whence=f"Call {call['attempt_number']}, {lowered(why)}" if call and why else why,
    )


def _follows(visit: Visit, row: dict[str, Any], found: Application) -> str:
    status = STATUS_OF[row["outcome"]]
    if found.row["status"] in ON_THE_WAY_OF.get(status, ()) and not found.row["to_confirm"]:
        return "Score and reasons change. The status stays, and nothing is sent again."
    if row["outcome"] == "callback_requested":
        at = row["callback_at"]
        if at is None or at <= visit.now:
            return "Stands under “Needs you”: no moment for the callback is known that is still to come."
        return f"They are called again {spoken(at, visit.now, visit.ui.zone)}."
    return outlook_of(found).of(status)


def compared(views: list[EvaluationView], counting: int | None) -> list[Comparison]:
    """Criteria in the order of the newest; those it does not know (any more) after them.

    From one that was judged as a whole, as all were once, nothing differs criterion by criterion.
    """
    measured = counting is not None and bool(views[counting].lines)
    keys: dict[str, CriterionLine] = {}
    for view in views:
        for line in view.lines:
            keys.setdefault(line.key, line)
    rows = []
    for key, newest in keys.items():
        cells = tuple(view.line(key) for view in views)
        base = cells[counting] if counting is not None else None
        differs = tuple(
            measured and place != counting and bool(view.lines) and _differ(cell, base)
            for place, (view, cell) in enumerate(zip(views, cells, strict=True))
        )
        rows.append(Comparison(newest.text, newest.required, cells, differs))
    return rows


def _differ(one: CriterionLine | None, other: CriterionLine | None) -> bool:
    if one is None or other is None:
        return one is not other
    return (one.counted, one.points, one.weight, one.text) != (
        other.counted,
        other.points,
        other.weight,
        other.text,
    )
