"""Live leads that wait for somebody: their form gets a position, or they are tried again."""

from __future__ import annotations

from contracts import Accepted, Refused
from contracts.intake import BindLeadForm, RetryLiveLeads
from starlette.responses import Response

from recruiter_ui.domain.reading import Malformed, number
from recruiter_ui.pages.imports import start_page
from recruiter_ui.pages.refusals import trouble
from recruiter_ui.web import Visit

LONGEST_FORM_ID = 32


async def bind(visit: Visit) -> Response:
    """Leads of the form belong to the position from now on, those that waited first."""
    form_id, position_id = visit.field("form_id"), number(visit.field("position"))
    if not 1 <= len(form_id) <= LONGEST_FORM_ID:
        raise Malformed("no form of ours sends this")
    if position_id is None:
        return await start_page(visit, live_problem=(form_id, "Choose the position of this form."))
    command = BindLeadForm(
        command_id=visit.command_id, actor=visit.actor, form_id=form_id, position_id=position_id
    )
    return await _answer(visit, form_id, await visit.ui.commands.send(command))


async def retry(visit: Visit) -> Response:
    form_id = visit.field("form_id")[:LONGEST_FORM_ID]
    command = RetryLiveLeads(command_id=visit.command_id, actor=visit.actor, form_id=form_id or None)
    return await _answer(visit, form_id, await visit.ui.commands.send(command))


async def _answer(visit: Visit, form_id: str, reply: Accepted | Refused) -> Response:
    if isinstance(reply, Refused):
        return await start_page(visit, live_problem=(form_id, trouble(reply)))
    return visit.go("/import#live-leads")
