"""Trigger calls: first what would happen to whom, then, on a second press, the command."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from chassis.ids import new_id
from contracts import Accepted, Refused
from contracts.calling import CallsPreview, PreviewCalls
from contracts.intake import QueueCalls
from pydantic import ValidationError
from starlette.responses import Response

from recruiter_ui.domain.moments import LocalTime, local_time
from recruiter_ui.domain.reading import numbers
from recruiter_ui.domain.verdicts import Gate, Wait, Waiting, judge, to_ask
from recruiter_ui.pages.refusals import trouble
from recruiter_ui.pages.selection import filter_of, selected
from recruiter_ui.queries import applications as query
from recruiter_ui.views import person
from recruiter_ui.web import Visit

NAMES_SHOWN = 5
SCOPES = ("everyone", "ticked", "waiting")
ZONE_FROM = {"number": "by the phone number", "position": "the position's zone", "stated": "as they said"}


async def preview(visit: Visit) -> Response:
    """Dials nobody. Without a selection it is about everybody the view holds who waits for a first call."""
    ids, scope = await _meant(visit)
    async with visit.ui.begin() as tx:
        people = [person(row) for row in await query.rows_by_id(tx.db, ids)]
    gate = await _ask_the_gate(visit, to_ask(people))
    if isinstance(gate, Refused):
        return await _unanswered(visit, gate, ids, scope)
    return await _answer(
        visit,
        verdicts=judge(people, gate),
        scope=scope,
        command_id=str(new_id()),
        names_shown=NAMES_SHOWN,
        narrowed=filter_of(visit).narrowed,
        clock=lambda it: _clock(visit, it),
        zone_from=ZONE_FROM,
    )


async def queue(visit: Visit) -> Response:
    """The command id travels with the form, so that pressing twice or trying again calls nobody twice."""
    ids, command_id = numbers(visit.field("ids").split(",")), visit.command_id
    if visit.field("also_later") == "yes":
        ids += numbers(visit.field("later_ids").split(","))
    if not ids:
        return await visit.page(
            "message.html", status=422, title="Nobody was selected", text="Go back and tick people."
        )
    reply = await visit.ui.commands.send(
        QueueCalls(command_id=command_id, actor=visit.actor, application_ids=ids)
    )
    if isinstance(reply, Refused):
        return await _again(visit, ids, reply, command_id=str(command_id))
    async with visit.ui.begin() as tx:
        rows = await query.rows_by_id(tx.db, ids)
    names = {row["application_id"]: (row["full_name"], row["language"]) for row in rows}
    return await _result(visit, reply, names)


async def _meant(visit: Visit) -> tuple[list[int], str]:
    """``those`` are the ones whom a preview that could not be had was about."""
    if those := numbers(visit.field("those").split(",")):
        scope = visit.field("scope")
        return those[:10_000], scope if scope in SCOPES else "ticked"
    chosen_ids = await selected(visit)
    if visit.field("everyone") == "yes":
        return chosen_ids, "everyone"
    if chosen_ids:
        return chosen_ids, "ticked"
    waiting = replace(filter_of(visit), stage=None, status="pending_call", qualified=None, to_confirm=False)
    async with visit.ui.begin() as tx:
        return await query.matching_ids(tx.db, waiting, visit.ui.zone), "waiting"


async def _ask_the_gate(visit: Visit, ids: list[int]) -> Gate | Refused:
    """Calling's own verdicts; where there are none, none are made up."""
    if not ids:
        return Gate()
    reply = await visit.ui.commands.send(
        PreviewCalls(command_id=new_id(), actor=visit.actor, application_ids=ids)
    )
    if isinstance(reply, Refused):
        return reply
    try:
        said = CallsPreview.model_validate(reply.result)
    except ValidationError:
        return Refused(code="unreadable", message="Calling gave an answer that can't be read.")
    return Gate(
        now=frozenset(said.now),
        later={
            number: Wait(
                it.code, it.message, it.until, it.time_zone, it.zone_from.value if it.zone_from else None
            )
            for it in said.later
            for number in it.application_ids
        },
        refused={number: (it.code, it.message) for it in said.refused for number in it.application_ids},
    )


def _clock(visit: Visit, it: Waiting) -> LocalTime | None:
    return local_time(it.zone_name, visit.now, 0, 24, [])


async def _unanswered(visit: Visit, refused: Refused, ids: list[int], scope: str) -> Response:
    """No verdict could be had: whom it is about stays, and the question can be put again."""
    return await _answer(
        visit,
        "preview_unanswered",
        503,
        refused=refused,
        those=ids,
        scope=scope,
        filter=visit.field("filter"),
    )


async def _again(visit: Visit, ids: list[int], refused: Refused, command_id: str) -> Response:
    """The command did not get through: the same ids under the same command id."""
    problem = trouble(refused)
    if refused.code == "unavailable":
        problem = f"{problem} Nobody is called twice."
    return await _answer(visit, "preview_again", 503, problem=problem, ids=ids, command_id=command_id)


async def _answer(visit: Visit, name: str = "preview", status: int = 200, **context: Any) -> Response:
    part = f"parts/{name}.html"
    if visit.is_partial:
        return visit.part(part, **context)
    return await visit.page("preview.html", status=status, part=part, **context)


async def _result(visit: Visit, reply: Accepted, names: dict[int, tuple[str, str]]) -> Response:
    refusals: dict[str, list[tuple[str, str]]] = {}
    for refusal in reply.result.get("refused", []):
        who = names.get(refusal["application_id"]) or (f"Application {refusal['application_id']}", "en")
        refusals.setdefault(refusal["message"], []).append(who)
    context: dict[str, Any] = {"queued": len(reply.result.get("queued", [])), "refusals": refusals}
    if visit.is_partial:
        return visit.part("parts/queued.html", **context)
    return await visit.page("queued.html", **context)
