"""Many applications at once: given to somebody, or closed. First a look at whom it is about, then a command.

What intake refuses for one is told by name; the others are done.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from chassis.ids import new_id
from contracts import Accepted, Command, Refused
from contracts.intake import AssignApplications, CloseApplications
from starlette.responses import Response

from recruiter_ui.domain.choices import Unclear
from recruiter_ui.domain.reading import numbers
from recruiter_ui.pages.decisions import assignee_of, reason_of
from recruiter_ui.pages.refusals import trouble
from recruiter_ui.pages.selection import selected
from recruiter_ui.queries import applications as query
from recruiter_ui.queries.detail import recruiters
from recruiter_ui.queries.fetching import Record
from recruiter_ui.web import Visit


async def ask_assign(visit: Visit) -> Response:
    return await _ask(visit, "assign", await selected(visit), new_id())


async def ask_close(visit: Visit) -> Response:
    return await _ask(visit, "close", await selected(visit), new_id())


async def assign(visit: Visit) -> Response:
    ids, command_id = numbers(visit.field("ids").split(",")), visit.command_id
    try:
        assignee = await assignee_of(visit)
    except Unclear as unclear:
        return await _ask(visit, "assign", ids, command_id, str(unclear))
    to = assignee.name if assignee else "nobody"
    return await _carry_out(
        visit,
        "assign",
        ids,
        lambda: AssignApplications(
            command_id=command_id, actor=visit.actor, application_ids=ids, assignee=assignee
        ),
        ("assigned", f"given to {to}"),
    )


async def close(visit: Visit) -> Response:
    ids, command_id = numbers(visit.field("ids").split(",")), visit.command_id
    try:
        reason = reason_of(visit)
    except Unclear as unclear:
        return await _ask(visit, "close", ids, command_id, str(unclear))
    return await _carry_out(
        visit,
        "close",
        ids,
        lambda: CloseApplications(
            command_id=command_id, actor=visit.actor, application_ids=ids, reason=reason
        ),
        ("closed", "closed"),
    )


async def _carry_out(visit: Visit, what: str, ids: list[int], make: Any, said: tuple[str, str]) -> Response:
    if not ids:
        return await _nobody(visit)
    command: Command = make()
    reply = await visit.ui.commands.send(command)
    if isinstance(reply, Refused):
        return await _ask(visit, what, ids, command.command_id, trouble(reply))
    return await _told(visit, ids, reply, said)


async def _told(visit: Visit, ids: list[int], reply: Accepted, said: tuple[str, str]) -> Response:
    """How many it was done for, and by name for whom not and why."""
    done = len(reply.result.get(said[0], []))
    refused: list[dict[str, Any]] = reply.result.get("refused", [])
    async with visit.ui.begin() as tx:
        rows = await query.rows_by_id(tx.db, [it["application_id"] for it in refused])
    names = {row["application_id"]: (row["full_name"] or "Name not given", row["language"]) for row in rows}
    refusals: dict[str, list[tuple[str, str]]] = {}
    for it in refused:
        who = names.get(it["application_id"]) or (f"Application {it['application_id']}", "en")
        refusals.setdefault(it["message"], []).append(who)
    heading = f"{done:,} {'application' if done == 1 else 'applications'} {said[1]}"
    return await _answer(visit, "parts/bulk_done.html", heading=heading, refusals=refusals)


async def _ask(
    visit: Visit, what: str, ids: list[int], command_id: UUID, problem: str | None = None
) -> Response:
    async with visit.ui.begin() as tx:
        rows: list[Record] = await query.rows_by_id(tx.db, ids)
        people = await recruiters(tx.db)
    if what == "close":
        rows = [row for row in rows if row["status"] != "closed"]
    if not rows:
        return await _nobody(visit)
    return await _answer(
        visit,
        f"parts/bulk_{what}.html",
        status=422 if problem else 200,
        rows=rows,
        left_out=len(set(ids)) - len(rows),
        recruiters=people,
        command_id=command_id,
        problem=problem,
        reason=visit.field("reason"),
    )


async def _nobody(visit: Visit) -> Response:
    return await _answer(
        visit, "parts/bulk_done.html", status=422, heading="Nobody was selected", refusals={}
    )


async def _answer(visit: Visit, part: str, status: int = 200, **context: Any) -> Response:
    """In the sheet of the list; without script as a page of its own."""
    if visit.is_partial:
        return visit.part(part, **context)
    return await visit.page("bulk.html", status=status, part=part, **context)
