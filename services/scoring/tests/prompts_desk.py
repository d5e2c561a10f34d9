"""A recruiter at the prompt templates, and a model that writes what it is told to; on PostgreSQL."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from chassis.ids import new_id
from chassis.testing_rooms import PostgresRoom
from contracts import Accepted, Actor, Command, Refused
from contracts.scoring import (
    ActivatePromptTemplate,
    DeactivatePromptTemplate,
    GenerateSections,
    ListPromptTemplates,
    PromptSection,
    PromptTemplate,
    SavePromptTemplate,
    SectionDue,
    SectionRequested,
    ShowPromptTemplate,
    StopGeneration,
)
from scoring.adapters.postgres_generations import PostgresGenerations
from scoring.adapters.postgres_prompts import PostgresPromptTemplates
from scoring.domain.prices import Price, Prices
from scoring.domain.question import Question
from scoring.handlers import generating, prompt_templates
from scoring.ports import Answer, Written

RECRUITER = Actor(kind="recruiter", id="4", name="Ioana Exemplu")
PRICES = Prices({"claude-sonnet-4-6": Price(3.0, 15.0)})
GENERATION = UUID(int=99)
SYSTEM, FIRST, QUALIFICATION = PromptSection


def a_text(text: str = "Este un moment bun?", **changed: Any) -> Written:
    written = Written(text, "end_turn", "claude-sonnet-4-6", "req_1", 1000, 200, 900, {"id": "msg_1"})
    return replace(written, **changed)


@dataclass
class Writer:
    """Says what it is told to, in turn; the last one for ever. ``meanwhile`` happens before it answers."""

    says: list[Written | BaseException]
    meanwhile: Callable[[], Any] | None = None
    asked: list[tuple[str, str]] = field(default_factory=list)

    async def write(self, system: str, user: str) -> Written:
        self.asked.append((system, user))
        if self.meanwhile is not None:
            await self.meanwhile()
        says = self.says.pop(0) if len(self.says) > 1 else self.says[0]
        if isinstance(says, BaseException):
            raise says
        return says

    async def ask(self, question: Question) -> Answer:
        raise AssertionError("nobody asks for a judgement here")


def writer(*says: Written | BaseException) -> Writer:
    return Writer(list(says) or [a_text()])


@dataclass
class Desk:
    room: PostgresRoom
    templates: PostgresPromptTemplates = field(default_factory=PostgresPromptTemplates)
    generations: PostgresGenerations = field(default_factory=PostgresGenerations)

    async def listed(self) -> list[PromptTemplate]:
        async with self.room.begin() as tx:
            reply = await prompt_templates.list_prompt_templates(ask(ListPromptTemplates), tx, self.templates)
        return [PromptTemplate.model_validate(one) for one in reply.result["templates"]]

    async def active(self) -> dict[PromptSection | None, int]:
        return {one.section: one.template_id for one in await self.listed() if one.is_active}

    async def shown(self, template_id: int) -> PromptTemplate:
        async with self.room.begin() as tx:
            query = ask(ShowPromptTemplate, template_id=template_id)
            reply = await prompt_templates.show_prompt_template(query, tx, self.templates)
        assert isinstance(reply, Accepted)
        return PromptTemplate.model_validate(reply.result["template"])

    async def saves(self, **fields: Any) -> Accepted | Refused:
        whole = {"section": FIRST, "name": "Warm", "meta_prompt": "Write for {title}.", **fields}
        async with self.room.begin() as tx:
            return await prompt_templates.save_prompt_template(
                ask(SavePromptTemplate, **whole), tx, self.templates
            )

    async def saved(self, **fields: Any) -> int:
        reply = await self.saves(**fields)
        assert isinstance(reply, Accepted), reply
        return int(reply.result["template_id"])

    async def activates(self, template_id: int, meanwhile: float = 0) -> Accepted | Refused:
        async with self.room.begin() as tx:
            reply = await prompt_templates.activate_prompt_template(
                ask(ActivatePromptTemplate, template_id=template_id), tx, self.templates
            )
            await asyncio.sleep(meanwhile)
        return reply

    async def deactivates(self, template_id: int) -> Accepted | Refused:
        async with self.room.begin() as tx:
            return await prompt_templates.deactivate_prompt_template(
                ask(DeactivatePromptTemplate, template_id=template_id), tx, self.templates
            )

    async def a_legacy_template(self, template_id: int, active: bool = False) -> int:
        await self.room.pool.execute(
            """INSERT INTO prompt_template_versions (template_id, version, name, meta_prompt, saved_at)
               VALUES ($1, 1, 'All in one', 'Write all for {title}.', now())""",
            template_id,
        )
        await self.room.pool.execute(
            "INSERT INTO prompt_templates (template_id, version, is_active) VALUES ($1, 1, $2)",
            template_id,
            active,
        )
        return template_id

    async def generates(self, *sections: PromptSection, **fields: Any) -> Accepted | Refused:
        whole = {"generation_id": GENERATION, "sections": sections or tuple(PromptSection), "title": "Șofer"}
        whole |= {"position_id": 5, "description": "Livrări.", "campaign_questions": "Permis?", **fields}
        async with self.room.begin() as tx:
            return await generating.generate_sections(
                ask(GenerateSections, **whole), tx, self.templates, self.generations
            )

    async def stops(self, generation_id: UUID = GENERATION) -> Accepted | Refused:
        async with self.room.begin() as tx:
            return await generating.stop_generation(
                ask(StopGeneration, generation_id=generation_id), tx, self.generations
            )

    async def writes(self, model: Writer, event: SectionRequested | SectionDue, begin: Any = None) -> None:
        await generating.write_section(
            event, begin or self.room.begin, self.generations, model, PRICES, self.room.clock
        )

    async def writes_what_is_next(self, model: Writer, begin: Any = None) -> None:
        """Handle what was requested last."""
        await self.writes(model, (await self.room.said(SectionRequested))[-1], begin)

    async def states(self) -> dict[str, str]:
        rows = await self.room.pool.fetch("SELECT section, state FROM generated_sections ORDER BY place")
        return {row["section"]: row["state"] for row in rows}


def ask(kind: type[Command], **fields: Any) -> Any:
    return kind(command_id=new_id(), actor=RECRUITER, **fields)
