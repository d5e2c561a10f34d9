"""Import of leads: a file goes to the store, intake reads it, and the page shows what became of each row."""

from __future__ import annotations

from pathlib import PurePath
from typing import Any

from chassis.ids import new_id
from contracts import Refused
from contracts.intake import ImportLeads
from starlette.datastructures import UploadFile
from starlette.responses import Response

from recruiter_ui.domain.reading import number
from recruiter_ui.pages.detail import trouble
from recruiter_ui.queries import inboxes
from recruiter_ui.web import Visit

MOST_BYTES = 200 * 1024 * 1024
SHOWN = 15


async def show(visit: Visit) -> Response:
    return await _page(visit)


async def show_one(visit: Visit) -> Response:
    import_id = visit.request.path_params["import_id"]
    async with visit.ui.begin() as tx:
        found = await inboxes.find_import(tx.db, import_id)
    return await visit.page("import_result.html", import_id=import_id, found=found)


async def upload(visit: Visit) -> Response:
    """The file is kept before anything is asked; the same command id asks again for the same import."""
    file, position = visit.form.get("file"), visit.field("position")
    if not isinstance(file, UploadFile) or not file.filename:
        return await _page(visit, problem="Choose the file that Meta exported.", position=position)
    position_id = number(position)
    if position_id is None:
        return await _page(visit, problem="Choose the position these leads are for.", position=position)
    body = await file.read(MOST_BYTES + 1)
    if len(body) > MOST_BYTES:
        return await _page(
            visit, problem="The file is larger than 200 MB. Split it and try again.", position=position
        )
    command_id = visit.command_id
    ref = await visit.ui.blobs.put(f"imports/{command_id}", body, "text/csv")
    command = ImportLeads(
        command_id=command_id,
        actor=visit.actor,
        position_id=position_id,
        file=ref,
        file_name=PurePath(file.filename).name[:200],
    )
    reply = await visit.ui.commands.send(command)
    if isinstance(reply, Refused):
        return await _page(visit, problem=trouble(reply), position=position, command_id=str(command_id))
    return visit.go(f"/import/{reply.result['import_id']}")


async def _page(
    visit: Visit, *, problem: str | None = None, position: str = "", command_id: str | None = None
) -> Response:
    async with visit.ui.begin() as tx:
        positions: list[dict[str, Any]] = await inboxes.positions(tx.db)
        past = await inboxes.imports(tx.db, SHOWN)
    return await visit.page(
        "import.html",
        status=422 if problem else 200,
        positions=[one for one in positions if one["status"] != "closed"],
        past=past,
        problem=problem,
        chosen=position or visit.query.get("position", ""),
        command_id=command_id or str(new_id()),
    )
