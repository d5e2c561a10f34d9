"""cv_matching as a process of its own, and what is said to it and by it on the stream."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

import nats
from chassis.blobs import ObjectBlobs
from chassis.migrations import upgrade
from chassis.provisioner import consumers_of, provision
from chassis.servers import ServiceDatabase, end_with_parent
from chassis.testing import NOON
from contracts import Actor, Envelope, Event
from contracts.intake import ApplicationOpened, ApplicationStatus, ApplicationStatusChanged, CandidateProfile
from contracts.messaging import Attachment, Channel, MessageReceived
from cv_matching.handlers import handlers
from nats.aio.client import Client


@dataclass
class Process:
    """``pid`` is the service's."""

    client: Client
    blobs: ObjectBlobs
    pid: int
    heard: list[tuple[str, bytes]] = field(default_factory=list)
    """What is on the stream, by type, as far as it was read."""

    async def say(self, event: Event) -> None:
        identity = uuid4()
        envelope = Envelope(identity, event.type(), "test", NOON, event, identity)
        await self.client.jetstream().publish(envelope.subject, envelope.data(), headers=envelope.headers())

    async def receive(self, sender: str, *files: tuple[str, bytes]) -> None:
        attachments = []
        for name, body in files:
            ref = await self.blobs.put(f"inbound/{uuid4()}", body, "application/octet-stream")
            attachments.append(Attachment(file=ref, file_name=name, content_type=ref.content_type))
        message = MessageReceived(
            message_id=uuid4(),
            channel=Channel.EMAIL,
            sender=sender,
            attachments=attachments,
            external_id=str(uuid4()),
            received_at=NOON,
        )
        await self.say(message)

    async def await_cv_of(
        self, number: int, first: str, last: str, email: str, application_id: int | None = None
    ) -> None:
        profile = CandidateProfile(full_name=f"{first} {last}", first_name=first, last_name=last, email=email)
        ids = {"candidate_id": number, "application_id": application_id or 100 + number}
        await self.say(ApplicationOpened(**ids, position_id=1, profile=profile))
        changed = ApplicationStatusChanged(
            **ids,
            position_id=1,
            sequence=1,
            previous=ApplicationStatus.QUALIFIED,
            current=ApplicationStatus.AWAITING_CV,
            actor=Actor.system(),
            reason="",
        )
        await self.say(changed)

    async def said(self, kind: type[Event]) -> list[Any]:
        """Every event of a kind that is on the stream, oldest first."""
        js = self.client.jetstream()
        last = (await js.stream_info("EVENTS")).state.last_seq
        for sequence in range(len(self.heard) + 1, last + 1):
            message = await js.get_msg("EVENTS", sequence)
            self.heard.append(((message.headers or {}).get("ce-type", ""), message.data or b""))
        return [kind.model_validate_json(body) for name, body in self.heard if name == kind.type()]

    def megabytes(self, what: str) -> float:
        """A figure of ``/proc/<pid>/status`` that is given in kB: VmRSS, VmHWM (the most there ever was)."""
        lines = Path(f"/proc/{self.pid}/status").read_text().splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith(f"{what}:")) / 1024

    def children(self) -> list[int]:
        listed = Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text()
        return [int(pid) for pid in listed.split()]


@asynccontextmanager
async def a_process(
    database: ServiceDatabase, bus: str, blobs: Path, log: Path, **settings: str
) -> AsyncIterator[Process]:
    await asyncio.to_thread(upgrade, "cv_matching", database.url, database.schema)
    client = await nats.connect(bus)
    await provision(client.jetstream(), consumers_of(handlers))
    environment = {
        "PATH": os.defpath,
        "DATABASE_URL": database.url,
        "DATABASE_SCHEMA": database.schema,
        "NATS_URL": bus,
        "BLOBS_URL": blobs.as_uri(),
        "HTTP_PORT": "0",
        "PYTHONUNBUFFERED": "1",
        "ANTHROPIC_BASE_URL": "http://127.0.0.1:9",
        "RETRY_DELAY_BASE_SECONDS": "0.05",
        "LEASE_RETRY_SECONDS": "0.05",
        **settings,
    }
    with log.open("wb") as said:
        serving = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "cv_matching.main",
            env=environment,
            stdout=said,
            stderr=said,
            preexec_fn=end_with_parent(),
        )
    try:
        yield Process(client, ObjectBlobs(blobs.as_uri()), serving.pid)
    finally:
        if serving.returncode is None:
            serving.terminate()
        await serving.wait()
        await client.close()
