"""The whole service on real NATS and PostgreSQL: commands and facts in, decisions on the stream out."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar
from uuid import UUID, uuid4

import nats
import pytest
from chassis.blobs import ObjectBlobs
from chassis.migrations import upgrade
from chassis.provisioner import consumers_of, provision
from chassis.servers import ServiceDatabase
from chassis.testing import eventually
from contracts import Accepted, Command, Event, Refused, parse_reply
from contracts.intake import (
    ApplicationOpened,
    ApplicationStatus,
    ApplicationStatusChanged,
    ImportLeads,
    LeadsImported,
    OpenPosition,
    PositionDetails,
    QueueCalls,
)
from contracts.scoring import Outcome
from intake.handlers import handlers
from intake.main import build
from intake.settings import Settings
from intake_support.facts import Facts, enveloped
from intake_support.files import a_meta_export, a_row
from intake_support.stores import RECRUITER
from nats.aio.client import Client

Kind = TypeVar("Kind", bound=Event)
CALL = UUID(int=7)


@dataclass
class Running:
    client: Client
    blobs: ObjectBlobs

    async def say(self, event: Event, event_id: UUID | None = None) -> None:
        envelope = enveloped(event, event_id)
        await self.client.jetstream().publish(envelope.subject, envelope.data(), headers=envelope.headers())

    async def ask(self, command: Command) -> Accepted | Refused:
        answer = await self.client.request(
            command.nats_subject(), command.model_dump_json().encode(), timeout=10
        )
        return parse_reply(answer.data)

    async def said(self, kind: type[Kind]) -> list[Kind]:
        """Every event of a kind that is on the stream, in its order."""
        js = self.client.jetstream()
        last = (await js.stream_info("EVENTS")).state.last_seq
        messages = [await js.get_msg("EVENTS", sequence) for sequence in range(1, last + 1)]
        return [
            kind.model_validate_json(message.data or b"")
            for message in messages
            if (message.headers or {}).get("ce-type") == kind.type()
        ]

    async def open_position(self) -> int:
        reply = await self.ask(
            OpenPosition(command_id=uuid4(), actor=RECRUITER, details=PositionDetails(title="Sales"))
        )
        assert isinstance(reply, Accepted)
        position_id: int = reply.result["position_id"]
        return position_id


@pytest.fixture
async def running(fresh_schema: ServiceDatabase, fresh_bus: str, tmp_path: Path) -> AsyncIterator[Running]:
    await asyncio.to_thread(upgrade, "intake", fresh_schema.url, fresh_schema.schema)
    client = await nats.connect(fresh_bus)
    await provision(client.jetstream(), consumers_of(handlers))
    quick: dict[str, Any] = {"http_port": 0, "lease_retry_seconds": 0.05, "retry_delay_base_seconds": 0.05}
    service = build(
        Settings(
            database_url=fresh_schema.url,
            database_schema=fresh_schema.schema,
            nats_url=fresh_bus,
            blobs_url=tmp_path.as_uri(),
            **quick,
        )
    )
    serving = asyncio.create_task(service.serve())
    await eventually(lambda: no_problems(service), what="intake is ready")
    yield Running(client, ObjectBlobs(tmp_path.as_uri()))
    service.stop()
    await serving
    await client.close()


async def no_problems(service: Any) -> bool:
    return not service.problems()


async def test_an_export_becomes_applications_that_are_called_and_judged(running: Running) -> None:
    position_id = await running.open_position()
    file = await running.blobs.put("leads", a_meta_export([a_row(1), a_row(2)]), "text/csv")
    wish = ImportLeads(
        command_id=uuid4(), actor=RECRUITER, position_id=position_id, file=file, file_name="leads.csv"
    )
    assert isinstance(await running.ask(wish), Accepted)
    (done,) = await eventually(lambda: running.said(LeadsImported), what="the leads are imported")
    assert (done.candidates_created, done.applications_created) == (2, 2)
    first, second = (event.application_id for event in await running.said(ApplicationOpened))

    queue = QueueCalls(command_id=uuid4(), actor=RECRUITER, application_ids=[first, second])
    replies = [await running.ask(queue), await running.ask(queue)]
    assert [reply.result["queued"] for reply in replies if isinstance(reply, Accepted)] == [
        [first, second]
    ] * 2

    facts = Facts(1, first)
    story = [
        facts.placed(CALL),
        facts.completed(CALL),
        facts.evaluating(CALL),
        facts.evaluated(CALL, Outcome.NOT_QUALIFIED, score=20),
        facts.asked_for_cv(for_later=True),
    ]
    for event in story:
        await running.say(event)
    for event in story:
        await running.say(event)

    async def statuses() -> list[ApplicationStatus]:
        changes = await running.said(ApplicationStatusChanged)
        return [change.current for change in changes if change.application_id == first]

    await eventually(
        statuses, lambda seen: ApplicationStatus.AWAITING_CV_REJECTED in seen, what="the CV wait begins"
    )
    assert await statuses() == [
        ApplicationStatus.CALL_QUEUED,
        ApplicationStatus.CALL_IN_PROGRESS,
        ApplicationStatus.CALL_COMPLETED,
        ApplicationStatus.SCORING,
        ApplicationStatus.NOT_QUALIFIED,
        ApplicationStatus.AWAITING_CV_REJECTED,
    ]


async def test_a_pdf_named_csv_is_refused_over_the_bus(running: Running) -> None:
    position_id = await running.open_position()
    file = await running.blobs.put("leads", b"%PDF-1.7 ...", "text/csv")
    reply = await running.ask(
        ImportLeads(
            command_id=uuid4(), actor=RECRUITER, position_id=position_id, file=file, file_name="leads.csv"
        )
    )
    assert isinstance(reply, Refused)
    assert (reply.code, "PDF" in reply.message) == ("not_a_csv", True)
