"""The whole service over real NATS and PostgreSQL against the sandbox, whose ledger says what really rang."""

from __future__ import annotations

import asyncio
import os
import random
import sys
from collections import Counter
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

import asyncpg
import httpx2
import nats
import pytest
from calling.handlers import handlers
from calling.main import build
from calling.settings import Settings
from chassis.clock import Pace, ScaledClock, write_pace
from chassis.ids import new_id
from chassis.provisioner import consumers_of, provision
from chassis.servers import end_with_parent
from chassis.testing import eventually, running
from chassis.testing_servers import Migrated
from contracts import Envelope, Event
from contracts.calling import CallCompleted, CallNotAnswered, CallPlaced, CallRefused
from contracts.gateway import ElevenLabsWebhookReceived
from contracts.intake import ApplicationOpened, ApplicationStatusChanged, PositionOpened
from pydantic import SecretStr
from sandbox.settings import SandboxSettings
from sandbox.testing import Receiver, receiver
from sandbox.testing import running as sandbox_running

from .conftest import MORNING, SYSTEM, Status, a_person, a_position

Kind = TypeVar("Kind", bound=Event)
COMMAND = (sys.executable, "-m", "calling.main")
FAST = 600.0
"""Clock seconds in a real one: an hour of waiting takes six seconds."""


class Scene:
    """Intake and gateway are played here: facts go onto the bus, webhooks are passed on as they come.

    The fixture ``stage`` has no calling service in it, ``scene`` has one.
    """

    def __init__(
        self, settings: Settings, js: Any, db: Any, control: httpx2.AsyncClient, post: Receiver
    ) -> None:
        self.settings, self.js, self.db, self.control, self.post = settings, js, db, control, post
        self.clock = ScaledClock(settings.clock_file or Path())

    async def throw(self, *events: Event) -> None:
        for event in events:
            identity = new_id()
            envelope = Envelope(identity, event.type(), "test", datetime.now(UTC), event, identity)
            await self.js.publish(envelope.subject, envelope.data(), headers=envelope.headers())

    async def pass_webhooks_on(self) -> None:
        passed = 0
        while True:
            for delivery in self.post.deliveries[passed:]:
                passed += 1
                await self.throw(
                    ElevenLabsWebhookReceived(
                        delivery_id=new_id(),
                        kind=delivery.body["type"],
                        body=delivery.raw.decode(),
                        received_at=self.clock.now(),
                    )
                )
            await asyncio.sleep(0.02)

    async def trigger(self, personas: list[str]) -> None:
        """A position with one applicant per persona, all of them queued."""
        people = [
            {"phone": f"+4070000{number:04}", "persona": persona}
            for number, persona in enumerate(personas, 1)
        ]
        answer = await self.control.post("/people", json=people)
        assert answer.status_code == 200, answer.text
        numbers = range(1, len(personas) + 1)
        details = a_position(calling_hour_start=0, calling_hour_end=24, call_retry_interval_minutes=30)
        await self.throw(PositionOpened(position_id=1, details=details, actor=SYSTEM))
        for number in numbers:
            await self.throw(
                ApplicationOpened(
                    candidate_id=number, application_id=number, position_id=1, profile=a_person(number)
                )
            )
        for number in numbers:
            await self.throw(
                ApplicationStatusChanged(
                    candidate_id=number,
                    application_id=number,
                    position_id=1,
                    sequence=1,
                    previous=Status.PENDING_CALL,
                    current=Status.CALL_QUEUED,
                    actor=SYSTEM,
                    reason="triggered",
                )
            )

    async def said(self, kind: type[Kind]) -> list[Kind]:
        rows = await self.db.fetch(
            "SELECT data FROM outbox WHERE type = $1 AND due_at IS NULL ORDER BY id", kind.type()
        )
        return [kind.model_validate_json(row["data"]) for row in rows]

    async def ended(self) -> dict[int, str]:
        """How each application's calling ended, as far as it has."""
        completed = {one.application_id: "completed" for one in await self.said(CallCompleted)}
        given_up = {
            one.application_id: one.outcome.value
            for one in await self.said(CallNotAnswered)
            if one.retry_at is None
        }
        return completed | given_up

    async def rung(self) -> Counter[str]:
        """How often each number really rang, by the provider's own ledger."""
        answer = (await self.control.get("/ledger", params={"kind": "call"})).json()
        assert not (await self.control.get("/ledger/duplicates")).json()["entries"]
        return Counter(entry["to"] for entry in answer["entries"])

    async def fault(self, **fault: Any) -> None:
        answer = await self.control.post("/faults", json={"provider": "elevenlabs", **fault})
        assert answer.status_code == 201, answer.text


@pytest.fixture
async def stage(migrated: Migrated, fresh_bus: str, tmp_path: Path) -> AsyncIterator[Scene]:
    own = await migrated("calling")
    bus = await nats.connect(fresh_bus)
    await provision(bus.jetstream(), consumers_of(handlers, 2.0))
    db = await asyncpg.connect(own.url, server_settings={"search_path": own.schema})
    pace = tmp_path / "pace.json"
    write_pace(pace, Pace(since=datetime.now(UTC).timestamp(), shown=MORNING, scale=FAST))
    clock = ScaledClock(pace)
    with receiver() as post:
        sandbox = SandboxSettings(SANDBOX_STATE=tmp_path, GATEWAY_URL=post.url)
        with sandbox_running(sandbox, clock) as url:  # type: ignore[arg-type]  # any clock will do
            settings = Settings(
                database_url=own.url,
                database_schema=own.schema,
                nats_url=fresh_bus,
                http_port=0,
                clock_file=pace,
                lease_retry_seconds=0.05,
                retry_delay_base_seconds=0.05,
                retry_delay_max_seconds=0.5,
                watch_every_seconds=0.1,
                effect_grace_seconds=0.3,
                blobs_url=f"file://{tmp_path}/blobs",
                elevenlabs_api_key=sandbox.elevenlabs_api_key,
                elevenlabs_agent_id=sandbox.elevenlabs_agent_id,
                elevenlabs_phone_number_id=sandbox.elevenlabs_phone_number_id,
                elevenlabs_base_url=f"{url}/elevenlabs",
                elevenlabs_timeout_seconds=1.0,
            )
            async with httpx2.AsyncClient(base_url=f"{url}/__control__") as control:
                scene = Scene(settings, bus.jetstream(), db, control, post)
                passing = asyncio.create_task(scene.pass_webhooks_on())
                yield scene
                passing.cancel()
    await bus.close()
    await db.close()


@pytest.fixture
async def scene(stage: Scene) -> AsyncIterator[Scene]:
    async with running(build(stage.settings)):
        yield stage


CAST = [
    "qualifies",
    "never-answers",
    "answers-at-second-try",
    "voicemail",
    "wants-a-human",
    "call-back-tomorrow",
]


async def test_every_kind_of_candidate_is_called_as_often_as_it_takes(scene: Scene) -> None:
    await scene.trigger(CAST)
    ended = await eventually(scene.ended, lambda found: len(found) == len(CAST), within=40)
    assert ended == {
        1: "completed",
        2: "no_answer",
        3: "completed",
        4: "voicemail",
        5: "completed",
        6: "completed",
    }
    assert list((await scene.rung()).values()) == [1, 2, 2, 2, 1, 1]


@pytest.mark.parametrize("people", [1, 4])
@pytest.mark.parametrize(
    "fault",
    [
        {"operation": "*", "kind": "accept_then_close"},
        {"operation": "*", "kind": "accept_then_hang"},
        {"operation": "*", "kind": "close"},
        {"operation": "*", "kind": "status", "status": 500},
        {"operation": "*", "kind": "status", "status": 429},
        {"operation": "*", "kind": "status", "status": 401},
        {"operation": "*", "kind": "webhook_first"},
        {"operation": "*", "kind": "no_conversation_id"},
        {"operation": "post_call_transcription", "kind": "lost", "count": None},
        {"operation": "post_call_transcription", "kind": "duplicated", "count": None},
        {"operation": "post_call_transcription", "kind": "exclude_transcript", "count": None},
        {"operation": "*", "kind": "override_fails_call", "count": None},
    ],
    ids=lambda given: given["kind"] if isinstance(given, dict) else str(given),
)
async def test_whatever_goes_wrong_at_the_provider_each_person_is_rung_once(
    scene: Scene, fault: dict[str, Any], people: int
) -> None:
    await scene.fault(**fault)
    await scene.trigger(["qualifies"] * people)
    ended = await eventually(scene.ended, lambda found: len(found) == people, within=40)
    fails = fault["kind"] == "override_fails_call"
    assert set(ended.values()) == {"failed" if fails else "completed"}
    assert set((await scene.rung()).values()) == {2 if fails else 1}
    transcripts = {one.transcript is not None for one in await scene.said(CallCompleted)}
    assert fails or transcripts == {True}


async def test_overrides_that_the_agent_does_not_allow_are_shown(scene: Scene) -> None:
    await scene.fault(operation="*", kind="override_refused", count=None)
    await scene.trigger(["qualifies"] * 3)
    refused = await eventually(lambda: scene.said(CallRefused), lambda found: len(found) == 3)
    assert "not allowed by config" in refused[0].message
    assert not await scene.rung()


async def test_under_every_fault_at_once_nobody_is_rung_more_often_than_attempted(scene: Scene) -> None:
    seed = random.SystemRandom().randrange(2**32)
    print(f"seed {seed}", file=sys.stderr)
    dice = random.Random(seed)
    for kind in ("accept_then_close", "close", "webhook_first", "no_conversation_id"):
        await scene.fault(operation="*", kind=kind, count=None, probability=0.15)
    await scene.fault(operation="*", kind="status", status=429, count=None, probability=0.1)
    for kind in ("lost", "duplicated", "late", "reordered", "exclude_transcript"):
        await scene.fault(operation="*", kind=kind, count=None, probability=0.15)
    personas = [dice.choice(CAST) for _ in range(30)]
    await scene.trigger(personas)
    await eventually(scene.ended, lambda found: len(found) == len(personas), within=90)
    attempts = Counter(one.application_id for one in await scene.said(CallPlaced))
    rung = await scene.rung()
    assert {f"+4070000{number:04}": times for number, times in attempts.items()} == rung


def environment_of(settings: Settings) -> dict[str, str]:
    plain = {
        name.upper(): str(value.get_secret_value() if isinstance(value, SecretStr) else value)
        for name, value in settings
        if value is not None
    }
    return {**os.environ, **plain}


async def test_killed_while_it_dials_it_loses_nobody_and_rings_nobody_twice(stage: Scene) -> None:
    """Each time the provider has just taken a request, and its answer hangs."""
    seed = random.SystemRandom().randrange(2**32)
    print(f"seed {seed}", file=sys.stderr)
    dice = random.Random(seed)
    environment = {**environment_of(stage.settings), "CALL_BATCH_SIZE": "2"}
    personas = [dice.choice(CAST) for _ in range(24)]
    await stage.trigger(personas)
    killed = 0
    while killed < 4 and len(await stage.ended()) < len(personas):
        await stage.fault(operation="*", kind="accept_then_hang", count=4, probability=0.5)
        before = (await stage.rung()).total()
        process = await asyncio.create_subprocess_exec(
            *COMMAND, env=environment, stdout=asyncio.subprocess.DEVNULL, preexec_fn=end_with_parent()
        )

        async def rang_or_over(seen: int = before) -> bool:
            return (await stage.rung()).total() > seen or len(await stage.ended()) == len(personas)

        await eventually(rang_or_over, within=30, every=0.01)
        await asyncio.sleep(dice.uniform(0, 0.1))
        process.kill()
        await process.wait()
        killed += 1
    assert killed >= 2
    async with running(build(stage.settings)):
        await eventually(stage.ended, lambda found: len(found) == len(personas), within=60)
    attempts = Counter(one.application_id for one in await stage.said(CallPlaced))
    assert {f"+4070000{number:04}": times for number, times in attempts.items()} == await stage.rung()
