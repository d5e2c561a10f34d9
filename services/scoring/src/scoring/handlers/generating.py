"""Texts for a position, written one after the other: a section is asked for when the former one is settled.

The model is asked outside any transaction, and asking twice hurts nobody: a crash in between asks again. An
answer counts only while its section is still wanted, so what comes after a stop is dropped.
"""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import structlog
from chassis import Begin, Clock, Handlers, Tx
from contracts import Accepted, Actor, Refused
from contracts.placeholders import CALL_PLACEHOLDERS, unknown_placeholders
from contracts.scoring import (
    GenerateSections,
    GenerationStopped,
    PromptSection,
    SectionDue,
    SectionFailed,
    SectionGenerated,
    SectionRequested,
    StopGeneration,
)

from scoring.domain.patience import pause_before_writing_again
from scoring.domain.prices import Prices
from scoring.domain.prompt_templates import Section
from scoring.domain.writing import Material, ask_for
from scoring.domain.written_text import UnusableText, is_damaged, read_text
from scoring.ports import (
    Generation,
    Generations,
    Model,
    ModelObjects,
    ModelSilent,
    PromptTemplates,
    SectionTask,
    Template,
    Written,
)

handlers = Handlers("scoring")
log = structlog.get_logger(__name__)


@handlers.answers(GenerateSections)
async def generate_sections(
    command: GenerateSections, tx: Tx, templates: PromptTemplates, generations: Generations
) -> Accepted | Refused:
    """Write down what is wanted and by which version of which template; the first section is next."""
    if not command.title.strip():
        return Refused(code="no_title", message="Give the position a title first.")
    if is_damaged(command.title, command.description, command.campaign_questions):
        return Refused(
            code="text_damaged",
            message="The title, description or questions hold control characters, which no text does:"
            " type them again.",
        )
    sections = list(dict.fromkeys(Section(section.value) for section in command.sections))
    chosen = (
        await _active(tx, templates, sections)
        if command.template_id is None
        else await _tried(tx, templates, command, sections)
    )
    if isinstance(chosen, Refused):
        return chosen
    generation = Generation(
        generation_id=command.generation_id,
        position_id=command.position_id,
        is_test=command.template_id is not None,
        material=Material(command.title, command.description, command.campaign_questions),
        actor=command.actor,
        templates=chosen,
    )
    if await generations.add(tx, generation):
        await _go_on(tx, generations, command.generation_id, command.position_id, command.actor)
    return Accepted(result={"generation_id": str(command.generation_id)})


@handlers.answers(StopGeneration)
async def stop_generation(command: StopGeneration, tx: Tx, generations: Generations) -> Accepted | Refused:
    """Stopped again, or after everything was written, it changes nothing."""
    stopped = await generations.stop(tx, command.generation_id)
    if stopped is None:
        return Refused(code="not_found", message="Nothing is being written under this number.")
    for section in stopped:
        tx.cancel(_key(command.generation_id, section))
    names = [PromptSection(section.value) for section in stopped]
    if names:
        tx.publish(
            GenerationStopped(generation_id=command.generation_id, sections=names, actor=command.actor)
        )
    return Accepted(result={"stopped": [name.value for name in names]})


@handlers.acts_on(SectionRequested, SectionDue, consumer="write_section")
async def write_section(
    event: SectionRequested | SectionDue,
    begin: Begin,
    generations: Generations,
    model: Model,
    prices: Prices,
    clock: Clock,
) -> None:
    """Ask the model for one text and settle the section, or set the time at which it is asked again."""
    async with begin() as tx:
        task = await generations.open(tx, event.generation_id, Section(event.section.value))
    if task is None:
        return
    request = ask_for(task.section, task.meta_prompt, task.material, _known(task.section))
    try:
        written = await model.write(request.system, request.user)
    except ModelSilent as silence:
        async with begin() as tx:
            await _wait_for_model(tx, clock, generations, task, silence)
        return
    except ModelObjects as objection:
        async with begin() as tx:
            await _fail(
                tx,
                generations,
                task,
                f"The model's provider refused the question ({objection}): look at its settings, and at the"
                " length of the description and the questions.",
            )
        return
    async with begin() as tx:
        await _settle(tx, generations, task, written, prices)


async def _settle(
    tx: Tx, generations: Generations, task: SectionTask, written: Written, prices: Prices
) -> None:
    cost = prices.cost(written.model, written.input_tokens, written.output_tokens)
    await generations.keep_answer(tx, task.generation_id, task.section, written, cost)
    try:
        text = read_text(
            written.text,
            stop_reason=written.stop_reason,
            section=task.section,
            known=_known(task.section),
            unknown_in=unknown_placeholders,
        )
    except UnusableText as unusable:
        await _fail(tx, generations, task, unusable.reason)
        return
    if not await generations.write(tx, task.generation_id, task.section, text):
        return
    tx.publish(_generated(task, written, text, cost))
    await _go_on(tx, generations, task.generation_id, task.position_id, task.actor)


async def _wait_for_model(
    tx: Tx, clock: Clock, generations: Generations, task: SectionTask, silence: ModelSilent
) -> None:
    waited = clock.real_seconds(tx.now - (task.silent_since or tx.now))
    pause = pause_before_writing_again(task.silences + 1, waited, silence.advised)
    log.warning("model_silent", generation_id=str(task.generation_id), problem=silence.problem, pause=pause)
    if pause is None:
        reason = f"The model could not be reached ({silence.problem}): try again in a few minutes."
        await _fail(tx, generations, task, reason)
    elif await generations.count_silence(tx, task.generation_id, task.section):
        due = SectionDue(generation_id=task.generation_id, section=PromptSection(task.section.value))
        # The provider lives in real time, whatever the pace of our clock.
        second = clock.real_seconds(timedelta(seconds=1))
        at = tx.now + timedelta(seconds=pause / second)
        tx.publish(due, at=at, key=_key(task.generation_id, task.section))


async def _fail(tx: Tx, generations: Generations, task: SectionTask, reason: str) -> None:
    """One text that can't be had does not keep the others back."""
    if not await generations.fail(tx, task.generation_id, task.section, reason):
        return
    tx.publish(
        SectionFailed(
            generation_id=task.generation_id,
            section=PromptSection(task.section.value),
            position_id=task.position_id,
            reason=reason,
            actor=task.actor,
        )
    )
    await _go_on(tx, generations, task.generation_id, task.position_id, task.actor)


async def _go_on(
    tx: Tx, generations: Generations, generation_id: UUID, position_id: int | None, actor: Actor
) -> None:
    section = await generations.next_section(tx, generation_id)
    if section is not None:
        tx.publish(
            SectionRequested(
                generation_id=generation_id,
                section=PromptSection(section.value),
                position_id=position_id,
                actor=actor,
            )
        )


async def _active(
    tx: Tx, templates: PromptTemplates, sections: list[Section]
) -> list[tuple[Section, Template]] | Refused:
    active = {template.section: template for template in await templates.all(tx) if template.is_active}
    missing = [section for section in sections if section not in active]
    if missing:
        named = " and the ".join(section.words for section in missing)
        return Refused(
            code="no_active_template",
            message=f"The {named} can't be written: no template is active for it. Activate one under"
            " Templates, AI prompts.",
        )
    return [(section, active[section]) for section in sections]


async def _tried(
    tx: Tx, templates: PromptTemplates, command: GenerateSections, sections: list[Section]
) -> list[tuple[Section, Template]] | Refused:
    """A template is tried as it was saved last, active or not, and for no position."""
    if command.position_id is not None:
        return Refused(
            code="test_saves_nothing", message="A test of a template is saved to no position: leave it out."
        )
    template = await templates.find(tx, command.template_id or 0)
    if template is None:
        return Refused(code="not_found", message=f"There is no prompt template {command.template_id}.")
    if template.section is None:
        return Refused(code="no_section", message="Give the template a section first, then try it.")
    if sections != [template.section]:
        return Refused(
            code="other_section", message=f"This template writes the {template.section.words}, nothing else."
        )
    return [(template.section, template)]


def _generated(task: SectionTask, written: Written, text: str, cost_usd: float | None) -> SectionGenerated:
    return SectionGenerated(
        generation_id=task.generation_id,
        section=PromptSection(task.section.value),
        position_id=task.position_id,
        text=text,
        template_id=task.template_id,
        template_version=task.template_version,
        model=written.model,
        input_tokens=written.input_tokens,
        output_tokens=written.output_tokens,
        latency_ms=written.latency_ms,
        cost_usd=cost_usd,
        actor=task.actor,
    )


def _known(section: Section) -> tuple[str, ...]:
    return CALL_PLACEHOLDERS if section.is_filled_per_call else ()


def _key(generation_id: UUID, section: Section) -> str:
    return f"section:{generation_id}:{section.value}"
