"""One person: how to reach them, what they forbade, every application, and what became of their record."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from chassis.ids import new_id
from contracts import Refused
from contracts.intake import OpenApplication, UndoMerge
from starlette.responses import RedirectResponse, Response

from recruiter_ui.domain import candidate_words as words
from recruiter_ui.domain.moments import local_time
from recruiter_ui.domain.reading import number
from recruiter_ui.domain.revisions import fingerprint
from recruiter_ui.pages.candidate_form import typed_of
from recruiter_ui.pages.refusals import trouble
from recruiter_ui.pages.settling import settled
from recruiter_ui.queries import candidates as query
from recruiter_ui.views import DEFAULTS, application_view
from recruiter_ui.web import Visit

UNDO_DAYS = 30


async def show(visit: Visit) -> Response:
    return await show_person(visit)


async def open_application(visit: Visit) -> Response:
    """Put the person into a position; on to the application."""
    candidate_id, position_id = visit.request.path_params["candidate_id"], number(visit.field("position"))
    if position_id is None:
        return await show_person(visit, wrong={"position": "Choose a position."})
    command = OpenApplication(
        command_id=visit.command_id, actor=visit.actor, candidate_id=candidate_id, position_id=position_id
    )
    reply = await visit.ui.commands.send(command)
    if isinstance(reply, Refused):
        wrong = {"position": trouble(reply)}
        return await show_person(visit, wrong=wrong, command_id=command.command_id)
    application_id = number(str(reply.result.get("application_id", "")))
    known = "SELECT EXISTS (SELECT FROM applications WHERE application_id = $1 AND stage > 0)"
    if application_id is None or not await settled(visit, known, application_id):
        return visit.go(f"/candidates/{candidate_id}")
    return visit.go(f"/applications/{application_id}")


async def undo_merge(visit: Visit) -> Response:
    merge_id: UUID = visit.request.path_params["merge_id"]
    command = UndoMerge(command_id=visit.command_id, actor=visit.actor, merge_id=merge_id)
    reply = await visit.ui.commands.send(command)
    if isinstance(reply, Refused):
        return await show_person(visit, wrong={"merge": trouble(reply)}, command_id=command.command_id)
    await settled(
        visit, "SELECT EXISTS (SELECT FROM merges WHERE merge_id = $1 AND undone_at IS NOT NULL)", merge_id
    )
    kept = [str(one) for one in reply.result.get("kept", [])]
    if kept:
        return await show_person(visit, kept=kept)
    return visit.go(f"/candidates/{visit.request.path_params['candidate_id']}?done=unmerged")


async def show_person(
    visit: Visit,
    *,
    wrong: dict[str, str] | None = None,
    kept: list[str] | None = None,
    command_id: UUID | None = None,
) -> Response:
    """The page; ``wrong`` says by part what was refused, and what was typed there stands there again."""
    async with visit.ui.begin() as tx:
        row = await query.find(tx.db, visit.request.path_params["candidate_id"])
        person = await query.everything_of(tx.db, row) if row and row["merged_into"] is None else None
        was = await _was(visit, tx.db)
    if row is None:
        return await missing(visit)
    if person is None:
        return RedirectResponse(f"/candidates/{row['merged_into']}?was={row['candidate_id']}", 303)
    since = visit.now - timedelta(days=UNDO_DAYS)
    return await visit.page(
        "candidate.html",
        status=422 if wrong else 200,
        it=person.row,
        person=person,
        applications=[application_view(one, visit.now, visit.ui.zone) for one in person.applications],
        bans={channel: _ban(person.bans.get(channel)) for channel in words.CHANNELS},
        merges=[merge | {"undoable": merge["merged_at"] > since} for merge in person.merges],
        there=_there(row, visit),
        shown=fingerprint(typed_of(row)),
        was=was,
        wrong=wrong or {},
        kept=kept or [],
        done=visit.query.get("done"),
        typed=visit.field,
        command_id=command_id or new_id(),
        words=words,
    )


async def _was(visit: Visit, db: Any) -> dict[str, Any] | None:
    """Whose address led here, when that person was merged into this one."""
    was = number(visit.query.get("was"))
    found = await query.find(db, was) if was is not None else None
    here = visit.request.path_params["candidate_id"]
    return found if found and found["merged_into"] == here else None


def _ban(ban: dict[str, Any] | None) -> dict[str, Any] | None:
    return ban if ban and ban["forbidden"] else None


def _there(row: dict[str, Any], visit: Visit) -> Any:
    """Their clock; whether calling is decent now depends on a position, so the usual hours count."""
    hours = DEFAULTS["calling_hour_start"], DEFAULTS["calling_hour_end"], DEFAULTS["calling_days"]
    return local_time(row["time_zone"], visit.now, *hours)


async def missing(visit: Visit) -> Response:
    return await visit.page("message.html", status=404, title="Not found", text="There is no such candidate.")
