"""One application: the decision, the calls with what was said, messages, CV, answers, the whole history."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from chassis.ids import new_id
from contracts import Refused
from contracts.intake import CloseApplication
from starlette.responses import Response

from recruiter_ui.domain.statuses import CALLABLE
from recruiter_ui.pages.telling import MATCH_METHODS, MESSAGE_TYPES, OUTCOMES, told
from recruiter_ui.queries.detail import Application, find_application
from recruiter_ui.views import application_view
from recruiter_ui.web import Visit


async def show(visit: Visit) -> Response:
    return await _page(visit, visit.request.path_params["application_id"])


async def close(visit: Visit) -> Response:
    """Ends the application with a reason; the form keeps its command id when intake does not answer."""
    application_id = visit.request.path_params["application_id"]
    reason, command_id = visit.field("reason"), visit.command_id
    if not reason:
        return await _page(visit, application_id, problem="Say in a few words why.", command_id=command_id)
    reply = await visit.ui.commands.send(
        CloseApplication(
            command_id=command_id, actor=visit.actor, application_id=application_id, reason=reason[:500]
        )
    )
    if isinstance(reply, Refused):
        problem = trouble(reply)
        return await _page(visit, application_id, problem=problem, command_id=command_id, reason=reason)
    return visit.go(f"/applications/{application_id}")


def trouble(reply: Refused) -> str:
    """A refusal in words; an owner that does not answer is no reason to fear something happened twice."""
    if reply.code == "unavailable":
        return "Intake is not answering; nothing was changed. Try again in a moment."
    return reply.message


async def _page(
    visit: Visit,
    application_id: int,
    *,
    problem: str | None = None,
    command_id: UUID | None = None,
    reason: str = "",
) -> Response:
    async with visit.ui.begin() as tx:
        found = await find_application(tx.db, application_id)
    if found is None:
        text = "There is no such application, or its news has not arrived yet."
        return await visit.page("message.html", status=404, title="Not found", text=text)
    return await visit.page(
        "application.html",
        status=422 if problem else 200,
        found=found,
        it=application_view(found.row, visit.now, visit.ui.zone),
        lines=[line | {"said": told(line, visit.now, visit.ui.zone)} for line in found.timeline],
        gate=_gate(found),
        can_call=found.row["status"] in CALLABLE and found.row["phone"] is not None,
        problem=problem,
        command_id=command_id or new_id(),
        reason=reason,
        message_types=MESSAGE_TYPES,
        methods=MATCH_METHODS,
        outcomes=OUTCOMES,
    )


def _gate(found: Application) -> dict[str, Any]:
    """The bar above everything: what was decided, by whom, and what follows."""
    status, evaluation = found.row["status"], found.evaluation
    if status in ("needs_human", "call_failed", "cv_overdue"):
        title = {
            "needs_human": "This one needs you",
            "call_failed": "Nobody was reached",
            "cv_overdue": "The CV did not come",
        }
        return {"css": "n", "title": title[status]}
    if evaluation is None or evaluation["state"] == "requested":
        return {"css": "x", "title": "No evaluation yet"}
    if evaluation["state"] == "failed":
        return {"css": "n", "title": "The evaluation failed"}
    words = OUTCOMES.get(evaluation["outcome"], evaluation["outcome"])
    return {"css": "" if evaluation["qualified"] else "x", "title": f"The AI found: {words}"}
