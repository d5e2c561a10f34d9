"""What recruiters ask of prompt templates (recruitflow.md 4.10, 12.7 and 13.10).

Templates change one at a time: of two activations that meet, the later one puts the earlier one out.
"""

from __future__ import annotations

from chassis import Handlers, Tx
from contracts import Accepted, Actor, Refused
from contracts.placeholders import CALL_PLACEHOLDERS, TEMPLATE_PLACEHOLDERS, unknown_placeholders
from contracts.scoring import (
    ActivatePromptTemplate,
    DeactivatePromptTemplate,
    ListPromptTemplates,
    PromptSection,
    PromptTemplate,
    PromptTemplateActivated,
    PromptTemplateDeactivated,
    PromptTemplateSaved,
    PromptVersion,
    SavePromptTemplate,
    ShowPromptTemplate,
)

from scoring.domain.prompt_templates import Section, put_out_by, stays_active
from scoring.domain.written_text import is_damaged
from scoring.ports import PromptTemplates, Template, TemplateVersion

handlers = Handlers("scoring")


@handlers.answers(ListPromptTemplates)
async def list_prompt_templates(query: ListPromptTemplates, tx: Tx, templates: PromptTemplates) -> Accepted:
    shown = [_shown(template).model_dump(mode="json") for template in await templates.all(tx)]
    return Accepted(result={"templates": shown})


@handlers.answers(ShowPromptTemplate)
async def show_prompt_template(
    query: ShowPromptTemplate, tx: Tx, templates: PromptTemplates
) -> Accepted | Refused:
    template = await templates.find(tx, query.template_id)
    if template is None:
        return _missing(query.template_id)
    versions = await templates.versions(tx, query.template_id)
    return Accepted(result={"template": _shown(template, versions).model_dump(mode="json")})


@handlers.answers(SavePromptTemplate)
async def save_prompt_template(
    command: SavePromptTemplate, tx: Tx, templates: PromptTemplates
) -> Accepted | Refused:
    """Saving what reads the same already is accepted and makes no version."""
    section, name, text = Section(command.section.value), command.name.strip(), command.meta_prompt.strip()
    if refused := _unusable(section, name, text):
        return refused
    by = _who(command.actor)
    await templates.one_at_a_time(tx)
    if command.template_id is None:
        template_id = await templates.add(tx, section, name, text, by)
        return _saved(tx, command, template_id, 1)
    template = await templates.find(tx, command.template_id)
    if template is None:
        return _missing(command.template_id)
    if command.expected_version not in (None, template.version):
        return Refused(
            code="saved_meanwhile",
            message="Somebody else has saved this template meanwhile: look at it again, then save.",
        )
    if (template.section, template.name, template.meta_prompt) == (section, name, text):
        return Accepted(result={"template_id": template.template_id, "version": template.version})
    if template.is_active and not stays_active(template.section, section):
        await _put_out(tx, templates, template, command.actor)
    version = await templates.add_version(tx, template.template_id, section, name, text, by)
    return _saved(tx, command, template.template_id, version)


@handlers.answers(ActivatePromptTemplate)
async def activate_prompt_template(
    command: ActivatePromptTemplate, tx: Tx, templates: PromptTemplates
) -> Accepted | Refused:
    await templates.one_at_a_time(tx)
    template = await templates.find(tx, command.template_id)
    if template is None:
        return _missing(command.template_id)
    others = [
        (other.template_id, other.section)
        for other in await templates.all(tx)
        if other.is_active and other.template_id != template.template_id
    ]
    replaced = put_out_by(template.section, others)
    if template.is_active and not replaced:
        return Accepted(result={"replaced": []})
    await templates.set_active(tx, replaced, False)
    await templates.set_active(tx, [template.template_id], True)
    tx.publish(
        PromptTemplateActivated(
            template_id=template.template_id,
            section=_named(template.section),
            replaced=replaced,
            actor=command.actor,
        )
    )
    return Accepted(result={"replaced": replaced})


@handlers.answers(DeactivatePromptTemplate)
async def deactivate_prompt_template(
    command: DeactivatePromptTemplate, tx: Tx, templates: PromptTemplates
) -> Accepted | Refused:
    """One that is not active is left as it is."""
    await templates.one_at_a_time(tx)
    template = await templates.find(tx, command.template_id)
    if template is None:
        return _missing(command.template_id)
    if template.is_active:
        await _put_out(tx, templates, template, command.actor)
    return Accepted()


async def _put_out(tx: Tx, templates: PromptTemplates, template: Template, actor: Actor) -> None:
    await templates.set_active(tx, [template.template_id], False)
    tx.publish(
        PromptTemplateDeactivated(
            template_id=template.template_id, section=_named(template.section), actor=actor
        )
    )


def _saved(tx: Tx, command: SavePromptTemplate, template_id: int, version: int) -> Accepted:
    tx.publish(
        PromptTemplateSaved(
            template_id=template_id,
            template_version=version,
            section=command.section,
            name=command.name.strip(),
            actor=command.actor,
        )
    )
    return Accepted(result={"template_id": template_id, "version": version})


def _unusable(section: Section, name: str, text: str) -> Refused | None:
    if not name:
        return Refused(code="no_name", message="Give the template a name.")
    if not text:
        return Refused(code="no_text", message="Write what the model is to be told.")
    if is_damaged(name, text):
        return Refused(code="text_damaged", message="It holds control characters, which no text does.")
    known = TEMPLATE_PLACEHOLDERS + (CALL_PLACEHOLDERS if section.is_filled_per_call else ())
    unknown = unknown_placeholders(text, known)
    if not unknown:
        return None
    listed = ", ".join(f"{{{name}}}" for name in known)
    return Refused(
        code="unknown_placeholder",
        message=f"Nothing fills {', '.join(unknown)}. A template for the {section.words} may name {listed}.",
    )


def _missing(template_id: int) -> Refused:
    return Refused(code="not_found", message=f"There is no prompt template {template_id}.")


def _who(actor: Actor) -> str | None:
    return actor.name or actor.id


def _named(section: Section | None) -> PromptSection | None:
    return None if section is None else PromptSection(section.value)


def _shown(template: Template, versions: list[TemplateVersion] | None = None) -> PromptTemplate:
    return PromptTemplate(
        template_id=template.template_id,
        section=_named(template.section),
        name=template.name,
        meta_prompt=template.meta_prompt,
        version=template.version,
        is_active=template.is_active,
        updated_at=template.updated_at,
        updated_by=template.updated_by,
        versions=[
            PromptVersion(
                version=one.version,
                name=one.name,
                meta_prompt=one.meta_prompt,
                saved_at=one.saved_at,
                saved_by=one.saved_by,
            )
            for one in versions or ()
        ],
    )
