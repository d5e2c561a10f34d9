"""The whole service over real NATS and PostgreSQL, with the sandbox's model."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

import asyncpg
import httpx2
import nats
import pytest
from chassis.ids import new_id
from chassis.provisioner import consumers_of, provision
from chassis.testing import eventually, running
from chassis.testing_servers import Migrated
from contracts import Envelope, Event
from contracts.scoring import EvaluationCompleted, EvaluationFailed
from pydantic import SecretStr
from sandbox.settings import SandboxSettings
from sandbox.testing import HandClock
from sandbox.testing import running as sandbox_running
from scoring.handlers import handlers
from scoring.main import build
from scoring.settings import ScoringSettings

from .fakes import a_call, a_position, an_application

Kind = TypeVar("Kind", bound=Event)
QUALIFIED = """Agent: Bună ziua, sunt un asistent automat. Aveți permis categoria B?

User: Da, am permis categoria B de opt ani.

Agent: Puteți începe luna viitoare?

User: Da, pot începe luna viitoare, îmi convine programul."""
QUESTIONS = "Aveți permis categoria B?\nPuteți începe luna viitoare?"
CALLBACK = """Agent: Bună ziua, este un moment bun?

User: Nu pot vorbi acum, sunați-mă mâine după ora 14."""


class Scene:
    def __init__(self, settings: ScoringSettings, js: Any, db: Any, sandbox: str) -> None:
        self.settings, self.js, self.db, self.sandbox = settings, js, db, sandbox

    async def spoils(self, kind: str, count: int = 1) -> None:
        """The model's next answers are spoilt."""
        fault = {"provider": "anthropic", "kind": kind, "count": count}
        async with httpx2.AsyncClient(trust_env=False) as http:
            answer = await http.post(f"{self.sandbox}/__control__/faults", json=fault)
        assert answer.is_success, answer.text

    async def throw(self, *events: Event) -> None:
        for event in events:
            identity = new_id()
            envelope = Envelope(
                identity, event.type(), "test", datetime.now(UTC), event, correlation_id=identity
            )
            await self.js.publish(envelope.subject, envelope.data(), headers=envelope.headers())

    async def said(self, kind: type[Kind]) -> list[Kind]:
        rows = await self.db.fetch("SELECT data FROM outbox WHERE type = $1 ORDER BY id", kind.type())
        return [kind.model_validate_json(row["data"]) for row in rows]


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
        yield Scene(settings, bus.jetstream(), db, url)
    await db.close()
    await bus.close()


async def test_calls_become_verdicts(scene: Scene) -> None:
    async with running(build(scene.settings)):
        await scene.throw(
            a_position(campaign_questions=QUESTIONS), an_application(), a_call(transcript=QUALIFIED, turns=[])
        )
        [verdict] = await eventually(lambda: scene.said(EvaluationCompleted))
        assert verdict.outcome.value == "qualified"
        assert verdict.input_tokens > 0
        assert [(one.counted, one.quote_found) for one in verdict.criteria] == [("met", True)] * 2
        assert (verdict.score, verdict.review_reasons) == (100, [])
        assert verdict.cost_usd
        await scene.throw(a_call(call_id=new_id(), transcript=CALLBACK, turns=[]))
        verdicts = await eventually(lambda: scene.said(EvaluationCompleted), lambda said: len(said) == 2)
        assert verdicts[1].outcome.value == "callback_requested"
        assert verdicts[1].callback_at == datetime(2026, 11, 19, 12, 0, tzinfo=UTC)
        assert verdicts[1].callback_words == "Nu pot vorbi acum, sunați-mă mâine după ora 14."
        assert verdicts[1].review_reasons == []
        await scene.throw(a_call(call_id=new_id(), transcript=None, turns=[]))
        [failed] = await eventually(lambda: scene.said(EvaluationFailed))
        assert failed.reason == "the call has no transcript"


async def test_a_call_that_comes_before_its_application_is_judged_once_it_is_there(scene: Scene) -> None:
    async with running(build(scene.settings)):
        await scene.throw(a_call(transcript=QUALIFIED, turns=[]))
        await eventually(lambda: scene.db.fetchval("SELECT count(*) FROM deferred"))
        await scene.throw(a_position(), an_application())
        assert len(await eventually(lambda: scene.said(EvaluationCompleted))) == 1


async def test_bad_answers_are_asked_for_again_looked_at_or_said_to_have_failed(scene: Scene) -> None:
    position = a_position(campaign_questions=QUESTIONS)
    async with running(build(scene.settings)):
        await scene.spoils("doubled_criterion")
        await scene.spoils("context_exceeded")
        await scene.throw(position, an_application(), a_call(transcript=QUALIFIED, turns=[]))
        [verdict] = await eventually(lambda: scene.said(EvaluationCompleted), within=30)
        assert (verdict.score, verdict.needs_review) == (100, False)
        assert await scene.db.fetchval("SELECT bad_answers FROM evaluations") == 2
        await scene.spoils("invented_quote")
        await scene.throw(a_call(call_id=new_id(), transcript=QUALIFIED, turns=[]))
        verdicts = await eventually(lambda: scene.said(EvaluationCompleted), lambda said: len(said) == 2)
        assert (verdicts[1].score, verdicts[1].needs_review) == (None, True)
        assert [one.quote_found for one in verdicts[1].criteria] == [False, False]
        await scene.spoils("unknown_field", count=3)
        await scene.throw(a_call(call_id=new_id(), transcript=QUALIFIED, turns=[]))
        [failed] = await eventually(lambda: scene.said(EvaluationFailed), within=30)
        assert "not asked for" in failed.reason
