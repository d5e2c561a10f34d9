"""Templates and generated texts through the whole service: real NATS and PostgreSQL, the sandbox's model."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar
from uuid import UUID

import asyncpg
import httpx2
import nats
import pytest
from chassis.ids import new_id
from chassis.provisioner import consumers_of, provision
from chassis.testing import eventually, running
from chassis.testing_servers import Migrated
from contracts import Accepted, Command, Event, Refused
from contracts.base import parse_reply
from contracts.placeholders import CALL_PLACEHOLDERS, unknown_placeholders
from contracts.scoring import (
    ActivatePromptTemplate,
    GenerateSections,
    ListPromptTemplates,
    PromptSection,
    SavePromptTemplate,
    SectionFailed,
    SectionGenerated,
    StopGeneration,
)
from pydantic import SecretStr
from sandbox.settings import SandboxSettings
from sandbox.testing import HandClock
from sandbox.testing import running as sandbox_running
from scoring.handlers import handlers
from scoring.main import build
from scoring.settings import ScoringSettings

from .prompts_desk import RECRUITER

Kind = TypeVar("Kind", bound=Event)
SECTIONS = list(PromptSection)
SYSTEM, FIRST, QUALIFICATION = SECTIONS
POSITION = {
    "title": "Șofer de livrări",
    "description": "Livrări în oraș, program de zi, mașina firmei.",
    "campaign_questions": "Aveți permis categoria B?\nPuteți lucra și sâmbăta?",
}


@dataclass
class Scene:
    settings: ScoringSettings
    bus: Any
    db: Any
    sandbox: str

    async def asks(self, kind: type[Command], **fields: Any) -> Accepted | Refused:
        command = kind(command_id=new_id(), actor=RECRUITER, **fields)
        answer = await self.bus.request(
            command.nats_subject(), command.model_dump_json().encode(), timeout=10
        )
        return parse_reply(answer.data)

    async def generates(self, *sections: PromptSection, **fields: Any) -> UUID:
        generation = new_id()
        reply = await self.asks(
            GenerateSections,
            **{"generation_id": generation, "sections": sections, "position_id": 5, **POSITION, **fields},
        )
        assert isinstance(reply, Accepted), reply
        return generation

    async def said(self, kind: type[Kind]) -> list[Kind]:
        rows = await self.db.fetch("SELECT data FROM outbox WHERE type = $1 ORDER BY id", kind.type())
        return [kind.model_validate_json(row["data"]) for row in rows]

    async def fault(self, kind: str, **more: Any) -> None:
        body = {"provider": "anthropic", "operation": "messages", "kind": kind, **more}
        async with httpx2.AsyncClient() as http:
            answer = await http.post(f"{self.sandbox}/__control__/faults", json=body)
        assert answer.status_code < 300, answer.text

    async def struck(self) -> int:
        """How often faults have struck."""
        async with httpx2.AsyncClient() as http:
            answer = await http.get(f"{self.sandbox}/__control__/faults")
        return sum(fault["struck"] for fault in answer.json()["faults"])


@pytest.fixture
async def scene(migrated: Migrated, fresh_bus: str, tmp_path: Path) -> AsyncIterator[Scene]:
    own = await migrated("scoring")
    bus = await nats.connect(fresh_bus)
    await provision(bus.jetstream(), consumers_of(handlers, 2.0))
    db = await asyncpg.connect(own.url, server_settings={"search_path": own.schema})
    sandbox = SandboxSettings(SANDBOX_STATE=tmp_path)
    with sandbox_running(sandbox, HandClock()) as url:
        settings = ScoringSettings(
            database_url=own.url,
            database_schema=own.schema,
            nats_url=fresh_bus,
            http_port=0,
            lease_retry_seconds=0.05,
            watch_every_seconds=0.1,
            blobs_url=f"file://{tmp_path}/blobs",
            anthropic_api_key=SecretStr(sandbox.anthropic_api_key),
            anthropic_base_url=f"{url}/anthropic",
        )
        yield Scene(settings, bus, db, url)
    await db.close()
    await bus.close()


async def test_the_three_texts_of_a_position_come_one_after_the_other(scene: Scene) -> None:
    async with running(build(scene.settings)):
        generation = await scene.generates(*SECTIONS)
        texts = await eventually(lambda: scene.said(SectionGenerated), lambda said: len(said) == 3)
    assert [(event.generation_id, event.section, event.position_id) for event in texts] == [
        (generation, section, 5) for section in SECTIONS
    ]
    system, first, qualification = (event.text for event in texts)
    assert unknown_placeholders(system + first, CALL_PLACEHOLDERS) == []
    assert unknown_placeholders(qualification, ()) == []
    assert "{candidate_name}" in system
    assert "{position_title}" in first
    assert "Aveți permis categoria B?" in system
    assert "Aveți permis categoria B?" in qualification
    assert "Bună ziua" not in first
    assert all(event.input_tokens > 0 and event.cost_usd is not None for event in texts)


async def test_a_stop_in_the_middle_leaves_what_is_written_and_drops_what_comes(scene: Scene) -> None:
    async with running(build(scene.settings)):
        await scene.generates(SYSTEM)
        await eventually(lambda: scene.said(SectionGenerated), lambda said: len(said) == 1)
        await scene.fault("slow", seconds=1.0, count=1)
        generation = await scene.generates(FIRST, QUALIFICATION)
        await eventually(scene.struck, what="the model to be asked")
        reply = await scene.asks(StopGeneration, generation_id=generation)
        assert reply == Accepted(result={"stopped": ["first_message", "qualification_prompt"]})
        kept = "SELECT model FROM generated_sections WHERE generation_id = $1 AND section = 'first_message'"
        await eventually(lambda: scene.db.fetchval(kept, generation))
        assert len(await scene.said(SectionGenerated)) == 1
    states = await scene.db.fetch("SELECT state FROM generated_sections WHERE generation_id = $1", generation)
    assert [row["state"] for row in states] == ["stopped", "stopped"]


@pytest.mark.parametrize(
    ("fault", "why"),
    [
        ("cut_short", "ANTHROPIC_MAX_TOKENS"),
        ("refusal", "refused"),
        ("as_json", "JSON"),
        ("unknown_placeholder", "{salary_offer}"),
    ],
)
async def test_a_spoilt_text_is_a_failure_that_is_said_and_the_next_one_comes(
    scene: Scene, fault: str, why: str
) -> None:
    await scene.fault(fault, count=1)
    async with running(build(scene.settings)):
        await scene.generates(FIRST, QUALIFICATION)
        [text] = await eventually(lambda: scene.said(SectionGenerated))
        [failed] = await scene.said(SectionFailed)
    assert (failed.section, text.section) == (FIRST, QUALIFICATION)
    assert why in failed.reason


async def test_a_fence_is_taken_off_and_a_silent_model_asked_again(scene: Scene) -> None:
    await scene.fault("status", status=529, count=1)
    await scene.fault("fenced", count=1)
    async with running(build(scene.settings)):
        await scene.generates(FIRST)
        [text] = await eventually(lambda: scene.said(SectionGenerated), within=20)
    assert "```" not in text.text
    assert text.text.startswith("Este vorba")


async def test_templates_are_listed_saved_activated_and_used(scene: Scene) -> None:
    async with running(build(scene.settings)):
        saved = await scene.asks(
            SavePromptTemplate,
            section=FIRST,
            name="Own",
            meta_prompt="In English, for {title}: greet nobody.",
        )
        assert isinstance(saved, Accepted)
        template_id = saved.result["template_id"]
        assert isinstance(await scene.asks(ActivatePromptTemplate, template_id=template_id), Accepted)
        listed = await scene.asks(ListPromptTemplates)
        assert isinstance(listed, Accepted)
        active = [one["name"] for one in listed.result["templates"] if one["is_active"]]
        assert active == ["System prompt", "Own", "Qualification prompt"]
        await scene.generates(FIRST)
        [text] = await eventually(lambda: scene.said(SectionGenerated))
        assert (text.template_id, text.template_version) == (template_id, 1)
        assert await scene.db.fetchval("SELECT count(*) FROM commands") == 3, "a query was remembered"
