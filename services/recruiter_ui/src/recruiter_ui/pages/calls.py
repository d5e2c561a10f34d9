"""Trigger calls: first what would happen to whom, then, on a second press, the command."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from chassis.ids import new_id
from contracts import Accepted, Refused
from contracts.intake import QueueCalls
from starlette.responses import Response

from recruiter_ui.domain.reading import numbers
from recruiter_ui.domain.verdicts import Verdicts, judge
from recruiter_ui.pages.selection import filter_of, selected
from recruiter_ui.queries import applications as query
from recruiter_ui.views import person
from recruiter_ui.web import Visit

NAMES_SHOWN = 5


async def preview(visit: Visit) -> Response:
    """Dials nobody. Without a selection it is about everybody the view holds who waits for a first call."""
    ids, scope = await _meant(visit)
    async with visit.ui.begin() as tx:
        rows = await query.rows_by_id(tx.db, ids)
    verdicts = judge(map(person, rows), visit.now)
    return await _answer(visit, verdicts, scope, str(new_id()), None)


async def queue(visit: Visit) -> Response:
    """The command id travels with the form, so that pressing twice or trying again calls nobody twice."""
    ids, command_id = numbers(visit.field("ids").split(",")), visit.command_id
    if not ids:
        return await visit.page(
            "message.html", status=422, title="Nobody was selected", text="Go back and tick people."
        )
    reply = await visit.ui.commands.send(
        QueueCalls(command_id=command_id, actor=visit.actor, application_ids=ids)
    )
    async with visit.ui.begin() as tx:
        rows = await query.rows_by_id(tx.db, ids)
    if isinstance(reply, Refused):
        return await _answer(visit, judge(map(person, rows), visit.now), "", str(command_id), reply)
    names = {row["application_id"]: (row["full_name"], row["language"]) for row in rows}
    return await _result(visit, reply, names)


async def _meant(visit: Visit) -> tuple[list[int], str]:
    chosen_ids = await selected(visit)
    if visit.field("everyone") == "yes":
        return chosen_ids, "everyone"
    if chosen_ids:
        return chosen_ids, "ticked"
    waiting = replace(filter_of(visit), stage=None, status="pending_call", qualified=None, to_confirm=False)
    async with visit.ui.begin() as tx:
        return await query.matching_ids(tx.db, waiting, visit.ui.zone), "waiting"


async def _answer(
    visit: Visit, verdicts: Verdicts, scope: str, command_id: str, refused: Refused | None
) -> Response:
    context: dict[str, Any] = {
        "verdicts": verdicts,
        "scope": scope,
        "command_id": command_id,
        "refused": refused,
        "names_shown": NAMES_SHOWN,
        "narrowed": filter_of(visit).narrowed,
    }
    if visit.is_partial:
        return visit.part("parts/preview.html", **context)
    return await visit.page("preview.html", status=503 if refused else 200, **context)


async def _result(visit: Visit, reply: Accepted, names: dict[int, tuple[str, str]]) -> Response:
    refusals: dict[str, list[tuple[str, str]]] = {}
    for refusal in reply.result.get("refused", []):
        who = names.get(refusal["application_id"]) or (f"Application {refusal['application_id']}", "en")
        refusals.setdefault(refusal["message"], []).append(who)
    context: dict[str, Any] = {"queued": len(reply.result.get("queued", [])), "refusals": refusals}
    if visit.is_partial:
        return visit.part("parts/queued.html", **context)
    return await visit.page("queued.html", **context)
