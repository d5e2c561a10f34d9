"""Positions: the list, and opening, pausing or closing one; what a closed one leaves to decide."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from chassis.ids import new_id
from contracts import Refused
from contracts.intake import CloseApplications, PositionStatus, SetPositionStatus
from starlette.responses import Response

from recruiter_ui.domain.reading import number, numbers, typed
from recruiter_ui.pages.position_form import show_position
from recruiter_ui.pages.refusals import trouble
from recruiter_ui.pages.settling import settled
from recruiter_ui.queries import positions as query
from recruiter_ui.web import Visit

PAGE_ROWS = 100
NOBODY = {"open": 0, "queued": 0}
_STATUSES = tuple(status.value for status in PositionStatus)


async def show(visit: Visit) -> Response:
    status = visit.query.get("status")
    chosen = status if status in _STATUSES else None
    stopped = visit.query.get("calls") == "stopped"
    async with visit.ui.begin() as tx:
        rows = await query.page(tx.db, chosen, _place(visit), PAGE_ROWS + 1, stopped=stopped)
        counts = await query.counts_by_status(tx.db)
        waiting = await query.waiting_in(tx.db, [row["position_id"] for row in rows])
    further = None
    if len(rows) > PAGE_ROWS:
        rows.pop()
        last = rows[-1]
        key = {"closed": int(last["status"] == "closed"), "title": last["title"], "id": last["position_id"]}
        kept = ({"status": chosen} if chosen else {}) | ({"calls": "stopped"} if stopped else {})
        further = urlencode(kept | key)
    return await visit.page(
        "positions.html",
        rows=[row | waiting.get(row["position_id"], NOBODY) for row in rows],
        chosen=chosen,
        stopped=stopped,
        counts=counts,
        further=further,
    )


def _place(visit: Visit) -> tuple[bool, str, int] | None:
    """Where the page before ended, as the link to the next one says it."""
    position_id = number(visit.query.get("id"))
    if position_id is None or "title" not in visit.query:
        return None
    return visit.query.get("closed") == "1", visit.query["title"].replace("\0", ""), position_id


async def ask_status(visit: Visit) -> Response:
    """What would follow from another status, before anything is done."""
    return await _status_sheet(visit, visit.query.get("to", ""), back=visit.query.get("back", ""))


async def set_status(visit: Visit) -> Response:
    position_id, wanted = visit.request.path_params["position_id"], visit.field("to")
    if wanted not in _STATUSES:
        return await _status_sheet(visit, wanted)
    command = SetPositionStatus(
        command_id=visit.command_id,
        actor=visit.actor,
        position_id=position_id,
        status=PositionStatus(wanted),
        reason=typed(visit.field("reason"))[:500] or None,
    )
    reply = await visit.ui.commands.send(command)
    back = visit.field("back")
    if isinstance(reply, Refused):
        return await _status_sheet(
            visit, wanted, back=back, refused=trouble(reply), command_id=command.command_id
        )
    await settled(visit, "SELECT status = $2 FROM positions WHERE position_id = $1", position_id, wanted)
    to_decide = wanted == "closed" and reply.result.get("open_applications")
    return visit.go("/positions" if back == "list" and not to_decide else f"/positions/{position_id}")


async def _status_sheet(
    visit: Visit, wanted: str, *, back: str = "", refused: str | None = None, command_id: UUID | None = None
) -> Response:
    position_id = visit.request.path_params["position_id"]
    async with visit.ui.begin() as tx:
        position = await query.find(tx.db, position_id)
        waiting = await query.waiting_in(tx.db, [position_id])
    if position is None or wanted not in _STATUSES:
        return await visit.page(
            "message.html",
            status=404,
            title="Not found",
            text="There is no such position, or no such status.",
        )
    context: dict[str, Any] = {
        "position": position,
        "wanted": wanted,
        "waiting": waiting.get(position_id, NOBODY),
        "refused": refused,
        "reason": typed(visit.field("reason")),
        "command_id": command_id or new_id(),
        "back": "list" if back == "list" else "",
    }
    status = 422 if refused else 200
    if visit.is_partial:
        return visit.part("parts/position_status.html", status=status, **context)
    return await visit.page("position_status.html", status=status, **context)


async def decide(visit: Visit) -> Response:
    """Close what a position still holds, the ticked ones or all, with one reason."""
    position_id = visit.request.path_params["position_id"]
    reason, command_id = typed(visit.field("reason"))[:500], visit.command_id
    ids = numbers(visit.form.getlist("application"))[:10_000]
    if visit.field("everyone") == "yes":
        async with visit.ui.begin() as tx:
            ids = await query.open_application_ids(tx.db, position_id)
    problem = None if reason else "Say in a few words why: it goes on every one of them."
    if not ids:
        problem = "Tick the applications to close, or close all of them."
    if problem:
        return await show_position(visit, deciding=problem, command_id=command_id)
    reply = await visit.ui.commands.send(
        CloseApplications(command_id=command_id, actor=visit.actor, application_ids=ids, reason=reason)
    )
    if isinstance(reply, Refused):
        return await show_position(visit, deciding=trouble(reply), command_id=command_id)
    closed = numbers(str(found) for found in reply.result.get("closed", []))
    await settled(
        visit,
        "SELECT NOT EXISTS (SELECT FROM applications WHERE application_id = ANY($1::bigint[]) "
        "AND status <> 'closed')",
        closed,
    )
    refused = reply.result.get("refused", [])
    if refused:
        messages = " ".join(dict.fromkeys(str(one.get("message", "")) for one in refused))
        return await show_position(visit, deciding=f"{len(closed)} closed, {len(refused)} not: {messages}")
    return visit.go(f"/positions/{position_id}?closed={len(closed)}")
