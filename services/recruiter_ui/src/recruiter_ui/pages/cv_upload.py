"""A CV that reached a recruiter elsewhere: uploaded to an application that is searched for, or known."""

from __future__ import annotations

from uuid import UUID

from chassis.ids import new_id
from contracts import Refused
from contracts.cv_matching import UploadCv
from starlette.responses import Response

from recruiter_ui.domain.reading import number
from recruiter_ui.pages import detail as application
from recruiter_ui.pages.applications import found
from recruiter_ui.pages.refusals import trouble
from recruiter_ui.pages.uploading import take_file
from recruiter_ui.queries import detail
from recruiter_ui.web import Visit


async def show(visit: Visit) -> Response:
    return await _page(visit, number(visit.query.get("application_id", "")))


async def upload(visit: Visit) -> Response:
    """What the file is gets told by cv_matching, from its content.

    From an application's page one goes back there, and what is refused stands beside the form there.
    """
    chosen = number(visit.field("application_id"))
    if chosen is None:
        return await _page(visit, None, problem="Choose whose CV it is.")
    taken = await take_file(visit, "file", f"uploads/{visit.command_id}/{new_id()}")
    if isinstance(taken, str):
        return await _refused(visit, chosen, taken)
    command = UploadCv(
        command_id=visit.command_id,
        actor=visit.actor,
        application_id=chosen,
        file=taken.file,
        file_name=taken.name,
    )
    reply = await visit.ui.commands.send(command)
    if isinstance(reply, Refused):
        again = command.command_id if reply.code == "unavailable" else None
        return await _refused(visit, chosen, trouble(reply, command), again)
    if visit.field("from") == "application":
        return application.done(visit, visit.go(f"/applications/{chosen}"), "cv")
    decision = reply.result.get("decision_id", "")
    return visit.go(f"/cvs/resolved?did=uploaded&decision={decision}&to={chosen}")


async def _refused(visit: Visit, chosen: int, problem: str, again: UUID | None = None) -> Response:
    if visit.field("from") == "application":
        asked = application.Asked("cv", problem, again or new_id(), {})
        return await application.page(visit, chosen, asked)
    return await _page(visit, chosen, problem=problem, command_id=str(again) if again else None)


async def _page(
    visit: Visit, chosen: int | None, *, problem: str | None = None, command_id: str | None = None
) -> Response:
    search = visit.query.get("q", "")
    async with visit.ui.begin() as tx:
        person = await detail.find_name(tx.db, chosen) if chosen is not None else None
    return await visit.page(
        "cv_upload.html",
        status=422 if problem else 200,
        person=person,
        problem=problem,
        q=search,
        found=await found(visit, search) if search.strip() else [],
        command_id=command_id or str(new_id()),
    )
