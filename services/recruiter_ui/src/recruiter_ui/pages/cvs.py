"""The CV inbox: files that nobody could be named for, matches that a person should look at, and downloads."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from chassis.blobs import BlobMissing
from chassis.ids import new_id
from contracts import BlobRef, Refused
from contracts.cv_matching import AssignUnmatched, ConfirmCv
from starlette.responses import Response

from recruiter_ui.domain.file_names import safe_name
from recruiter_ui.domain.reading import number
from recruiter_ui.domain.statuses import STATUSES
from recruiter_ui.pages.telling import MATCH_METHODS
from recruiter_ui.queries import detail, inboxes
from recruiter_ui.web import Visit

SHOWN = 100


async def review(visit: Visit) -> Response:
    return await _page(visit, "review")


async def unmatched(visit: Visit) -> Response:
    return await _page(visit, "unmatched")


async def confirm(visit: Visit) -> Response:
    reply = await visit.ui.commands.send(
        ConfirmCv(
            command_id=visit.command_id,
            actor=visit.actor,
            cv_id=visit.request.path_params["cv_id"],
        )
    )
    if isinstance(reply, Refused):
        return await _page(visit, "review", problem=_trouble(reply))
    return visit.go("/cvs")


async def assign(visit: Visit) -> Response:
    chosen = number(visit.field("application_id"))
    if chosen is None:
        return await _page(visit, "unmatched", problem="Choose whose file it is.")
    command = AssignUnmatched(
        command_id=visit.command_id,
        actor=visit.actor,
        item_id=visit.request.path_params["item_id"],
        application_id=chosen,
    )
    reply = await visit.ui.commands.send(command)
    if isinstance(reply, Refused):
        return await _page(visit, "unmatched", problem=_trouble(reply))
    return visit.go(f"/applications/{chosen}")


async def download(visit: Visit) -> Response:
    async with visit.ui.begin() as tx:
        found = await detail.find_file(tx.db, visit.request.path_params["cv_id"])
    return await _attachment(visit, found)


async def download_unmatched(visit: Visit) -> Response:
    async with visit.ui.begin() as tx:
        found = await detail.find_unmatched_file(tx.db, visit.request.path_params["item_id"])
    return await _attachment(visit, found)


async def _attachment(visit: Visit, found: dict[str, Any] | None) -> Response:
    """Always as a download, never shown in our origin: what strangers send may be a page with script."""
    text = "This file is not here any more."
    if found is None:
        return await visit.page("message.html", status=404, title="No such file", text=text)
    try:
        body = await visit.ui.blobs.get(BlobRef.model_validate(found["file"]))
    except BlobMissing:
        return await visit.page("message.html", status=404, title="No such file", text=text)
    name = safe_name(found["file_name"])
    encoded = quote(name, safe="")
    plain = name.encode("ascii", "replace").decode().replace("?", "_")
    return Response(
        body,
        media_type="application/octet-stream",
        headers={
            "Content-Disposition": f"attachment; filename=\"{plain}\"; filename*=UTF-8''{encoded}",
            "Content-Security-Policy": "default-src 'none'; sandbox",
            "Cache-Control": "private, no-store",
        },
    )


def _trouble(reply: Refused) -> str:
    if reply.code == "unavailable":
        return "CV matching is not answering; nothing was changed. Try again in a moment."
    return reply.message


async def _page(visit: Visit, tab: str, *, problem: str | None = None) -> Response:
    async with visit.ui.begin() as tx:
        to_review = await inboxes.cvs_to_review(tx.db, SHOWN)
        items = await inboxes.unmatched_items(tx.db, SHOWN)
    given = visit.field("command_id")
    ids = [given if problem and given else str(new_id())]
    ids += [str(new_id()) for _ in range(max(len(to_review), len(items)))]
    return await visit.page(
        "cvs.html",
        status=422 if problem else 200,
        tab=tab,
        to_review=to_review,
        items=items,
        problem=problem,
        command_ids=ids,
        methods=MATCH_METHODS,
        statuses=STATUSES,
    )
