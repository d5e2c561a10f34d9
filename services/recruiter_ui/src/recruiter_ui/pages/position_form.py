"""One position: every field of it, what became of it over time, and two people saving at once."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from chassis.ids import new_id
from contracts import Accepted, Refused
from contracts.intake import OpenPosition, PositionDetails, RevisePosition
from starlette.responses import Response

from recruiter_ui.domain import criteria, retries
from recruiter_ui.domain import position_words as words
from recruiter_ui.domain.reading import number
from recruiter_ui.domain.revisions import differences, fingerprint
from recruiter_ui.pages.position_typed import (
    as_typed,
    blank,
    details_of,
    field_of,
    unfilled,
    what_was_typed,
)
from recruiter_ui.pages.refusals import trouble
from recruiter_ui.pages.settling import settled
from recruiter_ui.pages.writing import Writing, details_now, moved_along, writing_of
from recruiter_ui.queries import positions as query
from recruiter_ui.views import application_view, has_words
from recruiter_ui.web import Visit

TO_DECIDE_SHOWN = 50
STALE = ("revised_meanwhile", "stale")


_NOTHING: dict[str, Any] = {"changes": [], "to_decide": [], "waiting": None, "older": 0}
"""Stands beside the form of a position that is not there yet."""


async def new(visit: Visit) -> Response:
    return await form_page(visit, None, blank())


async def edit(visit: Visit) -> Response:
    return await show_position(visit)


async def open_position(visit: Visit) -> Response:
    values = what_was_typed(visit, blank())
    if visit.field("take") == "questions":
        return await form_page(visit, None, values | _from_questions(values), status=200)
    details = details_of(values)
    if isinstance(details, dict):
        return await form_page(visit, None, values, errors=details)
    command_id = visit.command_id
    reply = await visit.ui.commands.send(
        OpenPosition(command_id=command_id, actor=visit.actor, details=details)
    )
    if isinstance(reply, Refused):
        return await _refused(visit, None, values, reply, command_id)
    position_id = number(str(reply.result.get("position_id", "")))
    known = "SELECT EXISTS (SELECT FROM positions WHERE position_id = $1 AND title IS NOT NULL)"
    if position_id is None or not await settled(visit, known, position_id):
        return visit.go("/positions")
    return visit.go(f"/positions/{position_id}?saved=opened")


async def revise(visit: Visit) -> Response:
    """Saves what was typed; what was only to be shown again (``take=edit``) is not saved."""
    position = await find_position(visit)
    if position is None:
        return await missing(visit)
    values = what_was_typed(visit, as_typed(details_now(position)))
    if visit.field("take") == "questions":
        values |= _from_questions(values)
    if visit.field("take") in ("edit", "questions"):
        return await form_page(visit, position, values, status=200)
    if visit.field("take") == "chosen":
        now = as_typed(details_now(position))
        values |= {name: now[name] for name in now if visit.field(f"pick.{name}") == "theirs"}
    details = details_of(values)
    if isinstance(details, dict):
        return await form_page(visit, position, values, errors=details)
    if details.status == "closed" and position["status"] != "closed" and visit.field("sure") != "yes":
        return await form_page(visit, position, values, closing=True)
    return await _save(visit, position, values, details)


def _from_questions(values: dict[str, Any]) -> dict[str, Any]:
    """The screening questions as criteria, to be weighed."""
    asked = PositionDetails(title="-", campaign_questions=values["campaign_questions"])
    return {"criteria": [it.model_dump(mode="json") for it in asked.criteria_in_force]}


async def _save(
    visit: Visit, position: dict[str, Any], values: dict[str, Any], details: PositionDetails
) -> Response:
    command = RevisePosition(
        command_id=visit.command_id,
        actor=visit.actor,
        position_id=position["position_id"],
        details=details,
        expected_revision=await moved_along(visit, position, details.model_dump(mode="json")),
    )
    reply = await visit.ui.commands.send(command)
    if isinstance(reply, Refused) and reply.code in STALE:
        reply = await _saved_by_itself_meanwhile(visit, position, command) or reply
    if isinstance(reply, Accepted):
        revision = number(str(reply.result.get("revision", ""))) or 0
        saved = "SELECT revision >= $2 FROM positions WHERE position_id = $1"
        await settled(visit, saved, position["position_id"], revision)
        return visit.go(f"/positions/{position['position_id']}?saved=yes")
    if reply.code not in STALE:
        return await _refused(visit, position, values, reply, command.command_id)
    known = "SELECT revision > $2 FROM positions WHERE position_id = $1"
    if not await settled(visit, known, position["position_id"], command.expected_revision or 0):
        return await _refused(visit, position, values, reply, command.command_id)
    return await _conflict(visit, await find_position(visit) or position, values, details)


async def _saved_by_itself_meanwhile(
    visit: Visit, position: dict[str, Any], command: RevisePosition
) -> Accepted | Refused | None:
    """Once more, where all that was saved meanwhile is a text that stands in the form too."""
    known = "SELECT revision > $2 FROM positions WHERE position_id = $1"
    await settled(visit, known, position["position_id"], command.expected_revision or 0)
    now = await find_position(visit) or position
    revision = await moved_along(visit, now, command.details.model_dump(mode="json"))
    if revision is None or revision == command.expected_revision:
        return None
    again = command.model_copy(update={"command_id": new_id(), "expected_revision": revision})
    return await visit.ui.commands.send(again)


async def _conflict(
    visit: Visit,
    position: dict[str, Any],
    values: dict[str, Any],
    details: PositionDetails,
) -> Response:
    """Somebody else saved meanwhile: both versions field by field, and nothing typed is lost."""
    mine, theirs = details.model_dump(mode="json"), details_now(position)
    return await visit.page(
        "conflict.html",
        status=422,
        heading=position["title"],
        back=("Positions", "/positions"),
        address=f"/positions/{position['position_id']}",
        who=position["revised_by"],
        saved_at=position["revised_at"],
        found=differences(mine, theirs, visit.field("shown"), words.LABELS, words.said),
        typed=_hidden(values) | ({"sure": ["yes"]} if visit.field("sure") == "yes" else {}),
        revision=position["revision"],
        shown=fingerprint(theirs),
        command_id=new_id(),
    )


def _hidden(values: dict[str, Any]) -> dict[str, list[Any]]:
    """What was typed as hidden fields, several of a name where there are several."""
    fields = {name: value if isinstance(value, list) else [value] for name, value in values.items()}
    del fields["criteria"], fields["retry_rules"]
    fields |= {name: [value] for name, value in criteria.fields_of(values["criteria"]).items()}
    fields |= {name: [value] for name, value in retries.fields_of(values["retry_rules"]).items()}
    return fields | {"record_calls": ["yes"] if values["record_calls"] else []}


async def _refused(
    visit: Visit,
    position: dict[str, Any] | None,
    values: dict[str, Any],
    reply: Refused,
    command_id: UUID,
) -> Response:
    """At the field it is about, where that is known; else above the form."""
    field = field_of(reply.code, values)
    errors = {field: reply.message} if field else {}
    problem = None if field else trouble(reply)
    return await form_page(visit, position, values, errors=errors, problem=problem, command_id=command_id)


async def show_position(
    visit: Visit, *, deciding: str | None = None, command_id: UUID | None = None
) -> Response:
    """The position as it is; ``deciding`` says what went wrong with closing its applications."""
    position = await find_position(visit)
    if position is None:
        return await missing(visit)
    values = as_typed(details_now(position))
    status = 422 if deciding else 200
    return await form_page(visit, position, values, status=status, deciding=deciding, command_id=command_id)


async def form_page(
    visit: Visit,
    position: dict[str, Any] | None,
    values: dict[str, Any],
    *,
    errors: dict[str, str] | None = None,
    problem: str | None = None,
    deciding: str | None = None,
    closing: bool = False,
    command_id: UUID | None = None,
    status: int = 422,
    now: Writing | None = None,
    taken: list[str] | None = None,
) -> Response:
    """The form with these values; ``now`` says what is being written, where that is known already."""
    given = bool(visit.field("revision"))
    revision = visit.field("revision") if given else str(position["revision"] if position else "")
    shown = visit.field("shown") if given else fingerprint(details_now(position) if position else {})
    if now is None:
        now = await writing_of(visit, position, revision, shown)
    about = await _about(visit, position) if position else _NOTHING
    return await visit.page(
        "position.html",
        status=200 if position is None and not visit.form else status,
        position=position,
        values=values,
        errors=errors or {},
        problem=problem,
        deciding=deciding,
        closing=closing,
        reason=visit.field("reason") if deciding else "",
        command_id=command_id or new_id(),
        writing=now,
        taken=taken or [],
        revision=now.revision,
        seen=await _seen(visit, position),
        saved=visit.query.get("saved"),
        closed=number(visit.query.get("closed")),
        evaluating=number(visit.query.get("evaluating")),
        wordless=bool(position and position["status"] == "open" and not has_words(position["details"])),
        unfilled=unfilled(as_typed(details_now(position))) if position and not errors else {},
        words=words,
        **about,
    )


async def _seen(visit: Visit, position: dict[str, Any] | None) -> int | None:
    """The revision that the reader has before them; a form that is open says which, and what was written."""
    if position is None or "shown" not in visit.query:
        return number(visit.query.get("seen"))
    return await moved_along(visit, position, details_now(position))


async def _about(visit: Visit, position: dict[str, Any]) -> dict[str, Any]:
    """What stands beside the form: its history, and what a closed position leaves to decide."""
    position_id = position["position_id"]
    async with visit.ui.begin() as tx:
        changes = await query.changes(tx.db, position_id)
        older = await query.judged_by_older_rules(tx.db, position_id)
        waiting = (await query.waiting_in(tx.db, [position_id])).get(position_id, {"open": 0, "queued": 0})
        rows = (
            await query.open_applications(tx.db, position_id, TO_DECIDE_SHOWN)
            if position["status"] == "closed" and waiting["open"]
            else []
        )
    to_decide = [application_view(row, visit.now, visit.ui.zone) for row in rows]
    return {"changes": changes, "to_decide": to_decide, "waiting": waiting, "older": older["number"]}


async def find_position(visit: Visit) -> dict[str, Any] | None:
    async with visit.ui.begin() as tx:
        return await query.find(tx.db, visit.request.path_params["position_id"])


async def missing(visit: Visit) -> Response:
    return await visit.page("message.html", status=404, title="Not found", text="There is no such position.")
