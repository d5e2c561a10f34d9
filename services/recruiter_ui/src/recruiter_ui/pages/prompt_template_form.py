"""One prompt template: its text, a try of it that saves nothing, and every version it had."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from chassis.ids import new_id
from contracts import Refused
from contracts.scoring import (
    GenerateSections,
    PromptSection,
    PromptTemplate,
    PromptVersion,
    SavePromptTemplate,
    ShowPromptTemplate,
)
from starlette.responses import Response

from recruiter_ui.domain import position_words
from recruiter_ui.domain.prompt_words import FILLED_NOW, SECTIONS, SPOKEN_FROM, WHAT_FOR
from recruiter_ui.domain.reading import identity, number, typed
from recruiter_ui.domain.text_changes import Stretch, changes
from recruiter_ui.pages.prompt_templates import DONE, PATIENCE_SECONDS, named
from recruiter_ui.pages.refusals import trouble
from recruiter_ui.queries.generations import sections_of
from recruiter_ui.web import Visit

LONGEST_NAME, LONGEST_TEXT = 200, 20_000
SAMPLE = {"title": 200, "description": 20_000, "campaign_questions": 10_000}
"""With the most characters each may have."""
FIELD_OF = {"unknown_placeholder": "meta_prompt", "no_text": "meta_prompt", "no_name": "name"}


@dataclass(frozen=True, slots=True)
class Past:
    """A version, and what it changed of the one before."""

    version: PromptVersion
    changed: tuple[Stretch, ...]
    renamed_from: str | None


async def new(visit: Visit) -> Response:
    section = visit.query.get("section", "")
    values = {"section": section if section in SECTIONS else "", "name": "", "meta_prompt": ""}
    return await _form(visit, None, values)


async def create(visit: Visit) -> Response:
    return await _save(visit, None)


async def edit(visit: Visit) -> Response:
    found = await _find(visit)
    if isinstance(found, Response):
        return found
    values = _values(found)
    older = next((it for it in found.versions if it.version == number(visit.query.get("version"))), None)
    if older is not None and older.version != found.version:
        values |= {"name": older.name, "meta_prompt": older.meta_prompt}
        return await _form(visit, found, values, from_version=older.version)
    return await _form(visit, found, values)


async def save(visit: Visit) -> Response:
    found = await _find(visit)
    return found if isinstance(found, Response) else await _save(visit, found)


async def try_it(visit: Visit) -> Response:
    """One question to the model by the saved text; nothing of the answer is saved to any position."""
    found = await _find(visit)
    if isinstance(found, Response):
        return found
    sample = {name: typed(visit.field(name))[:most] for name, most in SAMPLE.items()}
    generation_id = new_id()
    problem = None
    if found.section is None:
        problem = "Give the template a section first, and save it."
    elif not sample["title"]:
        problem = "Give the sample a title."
    else:
        command = GenerateSections(
            command_id=new_id(),
            actor=visit.actor,
            generation_id=generation_id,
            sections=[found.section],
            template_id=found.template_id,
            **sample,
        )
        reply = await visit.ui.commands.send(command)
        problem = trouble(reply, command) if isinstance(reply, Refused) else None
    if visit.is_partial:
        context = await _trial(visit, found, None if problem else generation_id, problem)
        return visit.part("parts/prompt_trial.html", found=found, sample=sample, **context)
    if problem:
        return await _form(visit, found, _values(found), sample=sample, trial_problem=problem)
    return visit.go(f"/templates/{found.template_id}?trial={generation_id}#trial")


async def trial(visit: Visit) -> Response:
    """The part of the page that shows what the model wrote, once it has."""
    found = await _find(visit)
    if isinstance(found, Response):
        return found
    context = await _trial(visit, found, visit.request.path_params["generation_id"], None)
    return visit.part("parts/prompt_trial.html", found=found, **context)


async def _trial(
    visit: Visit, found: PromptTemplate, generation_id: UUID | None, problem: str | None
) -> dict[str, Any]:
    row = None
    if generation_id is not None and found.section is not None:
        async with visit.ui.begin() as tx:
            row = (await sections_of(tx.db, generation_id)).get(found.section.value)
    return {"generation_id": generation_id, "written": row, "trial_problem": problem, "new_id": new_id}


async def _save(visit: Visit, found: PromptTemplate | None) -> Response:
    values = {name: typed(visit.field(name)) for name in ("section", "name", "meta_prompt")}
    errors = _wrong(values)
    if errors:
        return await _form(visit, found, values, errors=errors)
    command = SavePromptTemplate(
        command_id=visit.command_id,
        actor=visit.actor,
        template_id=found.template_id if found else None,
        section=PromptSection(values["section"]),
        name=values["name"],
        meta_prompt=values["meta_prompt"],
        expected_version=number(visit.field("version")) if found else None,
    )
    reply = await visit.ui.commands.send(command)
    if isinstance(reply, Refused):
        field = FIELD_OF.get(reply.code)
        if field:
            return await _form(visit, found, values, errors={field: reply.message})
        return await _form(
            visit, found, values, problem=trouble(reply, command), command_id=command.command_id
        )
    done = "made"
    if found:
        done = "same" if reply.result.get("version") == found.version else "saved"
    return visit.go(f"/templates/{reply.result.get('template_id')}?done={done}")


def _wrong(values: dict[str, str]) -> dict[str, str]:
    errors = {}
    if values["section"] not in SECTIONS:
        errors["section"] = "Choose what it writes."
    for name, most in (("name", LONGEST_NAME), ("meta_prompt", LONGEST_TEXT)):
        if not values[name]:
            errors[name] = "Write something here."
        elif len(values[name]) > most:
            errors[name] = f"At most {most:,} characters."
    return errors


def _values(found: PromptTemplate) -> dict[str, str]:
    section = found.section.value if found.section else ""
    return {"section": section, "name": found.name, "meta_prompt": found.meta_prompt}


async def _find(visit: Visit) -> PromptTemplate | Response:
    query = ShowPromptTemplate(command_id=new_id(), actor=visit.actor, template_id=named(visit))
    reply = await visit.ui.commands.send(query, timeout=PATIENCE_SECONDS)
    if not isinstance(reply, Refused):
        return PromptTemplate.model_validate(reply.result["template"])
    if reply.code == "unavailable":
        text = "Scoring keeps the templates, and it is not answering. Nothing is lost; try again in a moment."
        return await visit.page("message.html", status=503, title="Not reachable now", text=text)
    return await visit.page("message.html", status=404, title="Not found", text=reply.message)


async def _form(
    visit: Visit,
    found: PromptTemplate | None,
    values: dict[str, str],
    *,
    errors: dict[str, str] | None = None,
    problem: str | None = None,
    command_id: UUID | None = None,
    from_version: int | None = None,
    sample: dict[str, str] | None = None,
    trial_problem: str | None = None,
) -> Response:
    asked = visit.query.get("trial", "")
    generation_id = identity(asked) if asked else None
    context = await _trial(visit, found, generation_id, trial_problem) if found else {"new_id": new_id}
    given = visit.field("version")
    return await visit.page(
        "prompt_template.html",
        status=422 if errors or problem or trial_problem else 200,
        found=found,
        values=values,
        errors=errors or {},
        problem=problem,
        command_id=command_id or new_id(),
        version=given or (found.version if found else ""),
        from_version=from_version,
        past=_past(found) if found else [],
        sample=sample or (await _sample(visit) if found else {}),
        done=DONE.get(visit.query.get("done", "")),
        sections=SECTIONS,
        what_for=WHAT_FOR,
        filled_now=FILLED_NOW,
        filled_later=position_words.PLACEHOLDERS,
        spoken_from=SPOKEN_FROM,
        **context,
    )


async def _sample(visit: Visit) -> dict[str, str]:
    """The newest position that says what it is, so that a try is about something real."""
    async with visit.ui.begin() as tx:
        details = await tx.db.fetchval(
            "SELECT details FROM positions WHERE details->>'campaign_questions' <> '' "
            "ORDER BY status = 'closed', opened_at DESC LIMIT 1"
        )
    return {name: (details or {}).get(name) or "" for name in SAMPLE}


def _past(found: PromptTemplate) -> list[Past]:
    """The newest first, each against the one before it."""
    versions = sorted(found.versions, key=lambda it: it.version, reverse=True)
    pairs = zip(versions, [*versions[1:], None], strict=False)
    return [
        Past(
            version=it,
            changed=tuple(changes(before.meta_prompt, it.meta_prompt)) if before else (),
            renamed_from=before.name if before and before.name != it.name else None,
        )
        for it, before in pairs
    ]
