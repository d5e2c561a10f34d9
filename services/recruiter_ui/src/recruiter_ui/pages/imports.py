"""Import of leads: a file goes to the store, intake looks through it, and only a second press writes.

The first page also shows what came without a file: live leads, and those that wait for somebody.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import PurePath
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from chassis.ids import new_id
from contracts import Refused
from contracts.intake import PreviewLeads
from starlette.datastructures import UploadFile
from starlette.responses import Response

from recruiter_ui.domain.import_states import state_of
from recruiter_ui.domain.reading import number
from recruiter_ui.pages.refusals import trouble
from recruiter_ui.pages.uploading import store
from recruiter_ui.queries import imports as query
from recruiter_ui.queries import inboxes
from recruiter_ui.web import Visit

MOST_BYTES = 200 * 1024 * 1024
SHOWN = 15
LIVE_SHOWN = 8


async def show(visit: Visit) -> Response:
    return await start_page(visit)


async def upload(visit: Visit) -> Response:
    """The file is kept before anything is asked; the same command id asks again for the same preview."""
    file, position = visit.form.get("file"), visit.field("position")
    if not isinstance(file, UploadFile) or not file.filename:
        return await start_page(visit, problem="Choose the file that Meta exported.", position=position)
    position_id = number(position)
    if position_id is None:
        return await start_page(visit, problem="Choose the position these leads are for.", position=position)
    if not file.size:
        problem = "The file is empty. Export the leads again."
        return await start_page(visit, problem=problem, position=position)
    if file.size > MOST_BYTES:
        problem = "The file is larger than 200 MB. Split it and try again."
        return await start_page(visit, problem=problem, position=position)
    command = PreviewLeads(
        command_id=visit.command_id,
        actor=visit.actor,
        position_id=position_id,
        file=await store(visit, file, f"imports/{visit.command_id}/{new_id()}", "text/csv"),
        file_name=PurePath(file.filename.replace("\\", "/")).name[:200],
    )
    reply = await visit.ui.commands.send(command)
    if isinstance(reply, Refused):
        again = str(command.command_id)
        return await start_page(visit, problem=trouble(reply), position=position, command_id=again)
    return visit.go(f"/import/{reply.result['import_id']}")


async def start_page(
    visit: Visit,
    *,
    problem: str | None = None,
    live_problem: tuple[str, str] | None = None,
    position: str = "",
    command_id: str | None = None,
) -> Response:
    """``live_problem`` is a form's id and what intake said when its leads were to be brought in."""
    async with visit.ui.begin() as tx:
        positions: list[dict[str, Any]] = await inboxes.positions(tx.db)
        past = await query.past_imports(tx.db, _before(visit.query.get("before", "")), SHOWN + 1)
        held = await query.held_leads(tx.db)
        arrived = await query.latest_live_leads(tx.db, LIVE_SHOWN)
    older = None
    if len(past) > SHOWN:
        past.pop()
        older = urlencode(query.keyed(past[-1]))
    return await visit.page(
        "import.html",
        status=422 if problem or live_problem else 200,
        positions=[one for one in positions if one["status"] != "closed"],
        past=[row | {"is": state_of(row)} for row in past],
        older=older,
        held=held,
        arrived=arrived,
        problem=problem,
        live_problem=live_problem,
        chosen=position or visit.query.get("position", ""),
        command_id=command_id or str(new_id()),
        live_command_ids=[str(new_id()) for _ in range(len(held) + 1)],
        address=f"/import?{visit.request.url.query}".rstrip("?"),
    )


def _before(text: str) -> tuple[datetime, UUID] | None:
    """A line's place in the list of imports, ``<moment>_<id>``; None for anything else."""
    moment, _, last = text.partition("_")
    try:
        at, identifier = datetime.fromisoformat(moment), UUID(last)
    except ValueError:
        return None
    return (at, identifier) if at.tzinfo and 1970 <= at.year < 2200 else None
