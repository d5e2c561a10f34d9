"""The templates hub, tab AI prompts: which sections can be written, by what, and what was changed (12.7).

Nothing of it is kept here: scoring is asked each time. Where it does not answer the page says so.
"""

from __future__ import annotations

from dataclasses import dataclass

from chassis.ids import new_id
from contracts import Command, Refused
from contracts.scoring import (
    ActivatePromptTemplate,
    DeactivatePromptTemplate,
    ListPromptTemplates,
    PromptTemplate,
)
from starlette.responses import Response

from recruiter_ui.domain.prompt_words import SECTIONS, WHAT_FOR
from recruiter_ui.domain.reading import Malformed, number
from recruiter_ui.pages.refusals import trouble
from recruiter_ui.web import Visit

PATIENCE_SECONDS = 3.0
"""A page that only shows does not wait longer for an answer."""
DONE = {
    "saved": "Saved as a new version",
    "same": "Nothing had changed: no new version",
    "made": "The template is there. It is used once it is activated",
    "on": "Active: this section is written by it from now on",
    "off": "Not active any more: this section can't be written until another is",
}


@dataclass(frozen=True, slots=True)
class Card:
    """One section of the dashboard at the top."""

    section: str
    label: str
    what_for: str
    active: PromptTemplate | None


def named(visit: Visit) -> int:
    """Which template the address is about; raises ``Malformed`` for a number that none can have."""
    found = number(str(visit.request.path_params["template_id"]))
    if found is None:
        raise Malformed("this is no template")
    return found


async def templates_now(visit: Visit, patience: float = PATIENCE_SECONDS) -> list[PromptTemplate] | None:
    """None: scoring does not answer."""
    query = ListPromptTemplates(command_id=new_id(), actor=visit.actor)
    reply = await visit.ui.commands.send(query, timeout=patience)
    if isinstance(reply, Refused):
        return None
    return [PromptTemplate.model_validate(it) for it in reply.result.get("templates", [])]


async def show(visit: Visit) -> Response:
    return await hub(visit)


async def hub(visit: Visit, problem: str | None = None) -> Response:
    templates = await templates_now(visit)
    active = {it.section.value: it for it in templates or [] if it.section and it.is_active}
    cards = [Card(name, label, WHAT_FOR[name], active.get(name)) for name, label in SECTIONS.items()]
    return await visit.page(
        "prompt_templates.html",
        status=422 if problem else (200 if templates is not None else 503),
        templates=templates,
        cards=cards,
        sections=SECTIONS,
        problem=problem,
        done=DONE.get(visit.query.get("done", "")),
        new_id=new_id,
    )


async def activate(visit: Visit) -> Response:
    template_id = named(visit)
    return await _switch(
        visit,
        ActivatePromptTemplate(command_id=visit.command_id, actor=visit.actor, template_id=template_id),
        "on",
    )


async def deactivate(visit: Visit) -> Response:
    template_id = named(visit)
    return await _switch(
        visit,
        DeactivatePromptTemplate(command_id=visit.command_id, actor=visit.actor, template_id=template_id),
        "off",
    )


async def _switch(visit: Visit, command: Command, done: str) -> Response:
    """Back to where the button stood."""
    reply = await visit.ui.commands.send(command)
    if isinstance(reply, Refused):
        return await hub(visit, problem=trouble(reply, command))
    template_id = named(visit)
    back = f"/templates/{template_id}" if visit.field("back") == "template" else "/templates"
    return visit.go(f"{back}?done={done}")
