"""Everybody of a position judged by older rules, judged anew: asked once, with how many and what for."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from chassis.ids import new_id
from contracts import Refused
from contracts.scoring import ReevaluatePosition
from starlette.responses import Response

from recruiter_ui.pages.evaluation_view import cost
from recruiter_ui.pages.refusals import trouble
from recruiter_ui.queries import positions as query
from recruiter_ui.web import Visit


async def ask(visit: Visit) -> Response:
    return await _sheet(visit)


async def reevaluate(visit: Visit) -> Response:
    position_id = visit.request.path_params["position_id"]
    command = ReevaluatePosition(command_id=visit.command_id, actor=visit.actor, position_id=position_id)
    reply = await visit.ui.commands.send(command)
    if isinstance(reply, Refused):
        return await _sheet(visit, refused=trouble(reply, command), command_id=command.command_id)
    requested = int(reply.result.get("requested", 0))
    if visit.is_partial:  # what is typed in the form behind it stays
        return visit.part("parts/reevaluating_done.html", requested=requested)
    return visit.go(f"/positions/{position_id}?evaluating={requested}")


async def _sheet(visit: Visit, refused: str | None = None, command_id: UUID | None = None) -> Response:
    position_id = visit.request.path_params["position_id"]
    async with visit.ui.begin() as tx:
        position = await query.find(tx.db, position_id)
        older = await query.judged_by_older_rules(tx.db, position_id)
    if position is None:
        text = "There is no such position."
        return await visit.page("message.html", status=404, title="Not found", text=text)
    context: dict[str, Any] = {
        "position": position,
        "number": older["number"],
        "price": cost(older["price"]) if older["price"] is not None else None,
        "refused": refused,
        "command_id": command_id or new_id(),
    }
    status = 422 if refused else 200
    if visit.is_partial:
        return visit.part("parts/reevaluating.html", status=status, **context)
    return await visit.page("reevaluating.html", status=status, **context)
