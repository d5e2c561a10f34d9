"""One import from the look at its file to its undoing: a page by state, and what can be pressed there."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import quote, urlencode

from chassis.blobs import BlobMissing, Blobs
from chassis.ids import new_id
from contracts import BlobRef, Refused
from contracts.intake import ConfirmImport, PreviewLeads, UndoImport
from starlette.responses import Response, StreamingResponse

from recruiter_ui.domain.file_names import safe_name
from recruiter_ui.domain.import_states import ImportState, state_of, undo_until
from recruiter_ui.domain.reading import number
from recruiter_ui.pages import previews
from recruiter_ui.pages.refusals import trouble
from recruiter_ui.queries import imports as query
from recruiter_ui.queries import inboxes
from recruiter_ui.queries.fetching import Record
from recruiter_ui.web import Visit

KEPT_SHOWN = 50
_AT_ONCE = 1 << 20
"""Bytes of a download that are in memory at a time."""


async def show(visit: Visit) -> Response:
    return await _page(visit)


async def confirm(visit: Visit) -> Response:
    """Import what was previewed. A page that is ahead of the news says so by its address."""
    import_id = visit.request.path_params["import_id"]
    command_id = visit.command_id
    reply = await visit.ui.commands.send(
        ConfirmImport(command_id=command_id, actor=visit.actor, import_id=import_id)
    )
    if isinstance(reply, Refused):
        return await _page(visit, problem=trouble(reply), command_id=str(command_id))
    return visit.go(f"/import/{import_id}?asked=import")


async def look_again(visit: Visit) -> Response:
    """The same file for another position: a preview of its own."""
    import_id = visit.request.path_params["import_id"]
    position_id, command_id = number(visit.field("position")), visit.command_id
    async with visit.ui.begin() as tx:
        found = await query.find_import(tx.db, import_id)
    if found is None or found["file"] is None or position_id is None:
        return await _page(visit, problem="Choose a position, or upload the file again.")
    if position_id == found["position_id"]:
        return visit.go(f"/import/{import_id}")
    reply = await visit.ui.commands.send(
        PreviewLeads(
            command_id=command_id,
            actor=visit.actor,
            position_id=position_id,
            file=BlobRef.model_validate(found["file"]),
            file_name=found["file_name"],
        )
    )
    if isinstance(reply, Refused):
        return await _page(visit, problem=trouble(reply))
    return visit.go(f"/import/{reply.result['import_id']}")


async def ask_undo(visit: Visit) -> Response:
    """What would be taken back and what not, before anything is."""
    return await _undo_question(visit)


async def undo(visit: Visit) -> Response:
    import_id, command_id = visit.request.path_params["import_id"], visit.command_id
    reply = await visit.ui.commands.send(
        UndoImport(command_id=command_id, actor=visit.actor, import_id=import_id)
    )
    if isinstance(reply, Refused):
        return await _undo_question(visit, problem=trouble(reply), command_id=str(command_id))
    return visit.go(f"/import/{import_id}?asked=undo")


async def refused_rows(visit: Visit) -> Response:
    """The refused rows as a file, in pieces: they may be as many as the file had."""
    async with visit.ui.begin() as tx:
        found = await query.find_import(tx.db, visit.request.path_params["import_id"])
    file = found and (found["refused_rows"] or (found["preview"] or {}).get("refused_rows"))
    missing = {"title": "No such file", "text": "There are no refused rows to be downloaded here."}
    if not found or not file:
        return await visit.page("message.html", status=404, **missing)
    ref = BlobRef.model_validate(file)
    try:
        first = await visit.ui.blobs.get_part(ref, 0, _AT_ONCE)
    except BlobMissing:
        return await visit.page("message.html", status=404, **missing)
    stem = safe_name(found["file_name"]).rpartition(".")[0] or safe_name(found["file_name"])
    name = f"{stem}_refused.csv"
    plain, encoded = name.encode("ascii", "replace").decode().replace("?", "_"), quote(name, safe="")
    return StreamingResponse(
        _in_pieces(visit.ui.blobs, ref, first),
        media_type="text/csv; charset=utf-8",
        headers={
            "Content-Disposition": f"attachment; filename=\"{plain}\"; filename*=UTF-8''{encoded}",
            "Content-Length": str(ref.size),
            "Content-Security-Policy": "default-src 'none'; sandbox",
            "Cache-Control": "private, no-store",
        },
    )


async def _in_pieces(blobs: Blobs, ref: BlobRef, first: bytes) -> AsyncIterator[bytes]:
    yield first
    for start in range(len(first), ref.size, _AT_ONCE):
        yield await blobs.get_part(ref, start, _AT_ONCE)


async def _page(visit: Visit, *, problem: str | None = None, command_id: str | None = None) -> Response:
    import_id, asked = visit.request.path_params["import_id"], visit.query.get("asked", "")
    async with visit.ui.begin() as tx:
        found = await query.find_import(tx.db, import_id)
        people = await query.people_named(tx.db, _kept_people(found))
        positions = await inboxes.positions(tx.db)
    state = _ahead(state_of(found), asked)
    context: dict[str, Any] = {}
    if found is not None and state is ImportState.DRY_RUN:
        context = await previews.read(visit, found)
    query_string = urlencode({k: v for k, v in visit.query.items() if k in ("tab", "page", "row", "asked")})
    return await visit.page(
        "import_one.html",
        status=422 if problem else 200,
        import_id=import_id,
        found=found,
        state=state,
        people=people,
        positions=[it for it in positions if it["status"] != "closed"],
        until=undo_until(found["result_at"], visit.now) if found and found["result_at"] else None,
        problem=problem,
        command_id=command_id or str(new_id()),
        address=f"/import/{import_id}" + (f"?{query_string}" if query_string else ""),
        **context,
    )


def _ahead(state: ImportState, asked: str) -> ImportState:
    """What was just asked for is under way, even where its news has not come yet."""
    if asked == "import" and state is ImportState.DRY_RUN:
        return ImportState.RUNNING
    return ImportState.UNDOING if asked == "undo" and state is ImportState.DONE else state


def _kept_people(found: Record | None) -> list[int]:
    undone = (found or {}).get("undone") or {}
    return [it["candidate_id"] for it in undone.get("kept", ())]


async def _undo_question(
    visit: Visit, *, problem: str | None = None, command_id: str | None = None
) -> Response:
    import_id = visit.request.path_params["import_id"]
    async with visit.ui.begin() as tx:
        found = await query.find_import(tx.db, import_id)
        takeback = await query.takeback(tx.db, import_id, KEPT_SHOWN)
    if found is None or state_of(found) is not ImportState.DONE:
        return visit.go(f"/import/{import_id}")
    context: dict[str, Any] = {
        "found": found,
        "takeback": takeback,
        "problem": problem,
        "command_id": command_id or str(new_id()),
    }
    if visit.is_partial:
        return visit.part("parts/import_undo.html", **context)
    return await visit.page("import_undo.html", status=422 if problem else 200, **context)
