"""The whole service on real NATS and PostgreSQL, and what is said over the bus."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar
from uuid import UUID, uuid4

import nats
from chassis.blobs import ObjectBlobs
from chassis.provisioner import consumers_of, provision
from chassis.servers import ServiceDatabase
from chassis.testing import eventually
from contracts import Accepted, Command, Event, Refused, parse_reply
from contracts.intake import OpenPosition, PositionDetails
from intake.handlers import handlers
from intake.main import build
from intake.settings import Settings
from nats.aio.client import Client
from nats.js.api import RawStreamMsg

from intake_support.facts import enveloped
from intake_support.stores import PROMPTS, RECRUITER

Kind = TypeVar("Kind", bound=Event)


@dataclass
class Running:
    client: Client
    blobs: ObjectBlobs
    _read: list[RawStreamMsg] = field(default_factory=list)

    async def say(self, event: Event, event_id: UUID | None = None) -> None:
        envelope = enveloped(event, event_id)
        await self.client.jetstream().publish(envelope.subject, envelope.data(), headers=envelope.headers())

    async def ask(self, command: Command) -> Accepted | Refused:
        answer = await self.client.request(
            command.nats_subject(), command.model_dump_json().encode(), timeout=30
        )
        return parse_reply(answer.data)

    async def said(self, kind: type[Kind]) -> list[Kind]:
        """Every event of a kind that is on the stream, in its order."""
        js = self.client.jetstream()
        last = (await js.stream_info("EVENTS")).state.last_seq
        for sequence in range(len(self._read) + 1, last + 1):
            message = await js.get_msg("EVENTS", sequence)
            if sequence == len(self._read) + 1:  # nobody else has read it meanwhile
                self._read.append(message)
        return [
            kind.model_validate_json(message.data or b"")
            for message in self._read
            if (message.headers or {}).get("ce-type") == kind.type()
        ]

    async def open_position(self) -> int:
        reply = await self.ask(
            OpenPosition(
                command_id=uuid4(), actor=RECRUITER, details=PositionDetails(title="Sales", **PROMPTS)
            )
        )
        assert isinstance(reply, Accepted)
        position_id: int = reply.result["position_id"]
        return position_id


async def no_problems(service: Any) -> bool:
    return not service.problems()


@asynccontextmanager
async def a_running_service(own: ServiceDatabase, fresh_bus: str, tmp_path: Path) -> AsyncIterator[Running]:
    client = await nats.connect(fresh_bus)
    await provision(client.jetstream(), consumers_of(handlers))
    quick: dict[str, Any] = {"http_port": 0, "lease_retry_seconds": 0.05, "retry_delay_base_seconds": 0.05}
    service = build(
        Settings(
            database_url=own.url,
            database_schema=own.schema,
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
