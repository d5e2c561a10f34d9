"""The buttons that have texts written: a part of the form answers; without script it is the whole form."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from starlette.responses import Response

from recruiter_ui.pages import writing
from recruiter_ui.pages.position_form import find_position, form_page, missing
from recruiter_ui.pages.position_typed import as_typed, blank, what_was_typed
from recruiter_ui.pages.writing import Writing
from recruiter_ui.queries.fetching import Record
from recruiter_ui.web import Visit

Step = Callable[[Visit, Record | None], Awaitable[Writing]]


async def start(visit: Visit) -> Response:
    """Also what looks again without script, where nothing new is asked for."""
    return await _answer(visit, writing.watch if visit.field("look") else writing.start)


async def watch(visit: Visit) -> Response:
    return await _answer(visit, writing.watch)


async def stop(visit: Visit) -> Response:
    return await _answer(visit, writing.stop)


async def _answer(visit: Visit, step: Step) -> Response:
    known = "position_id" in visit.request.path_params
    position = await find_position(visit) if known else None
    if known and position is None:
        return await missing(visit)
    now = await step(visit, position)
    if visit.is_partial:
        return visit.part("parts/writing.html", writing=now, values={})
    values = what_was_typed(visit, as_typed(writing.details_now(position)) if position else blank())
    taken = set(visit.form.getlist("taken"))
    arrived = {name: it.text for name, it in now.sections.items() if it.state == "written"}
    values |= {name: text for name, text in arrived.items() if name not in taken}
    return await form_page(visit, position, values, status=200, now=now, taken=sorted(arrived))
