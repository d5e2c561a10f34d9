"""The whole service on real NATS and PostgreSQL, and somebody on the bus who answers for other contexts."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import asyncpg
import nats
from chassis.blobs import ObjectBlobs
from chassis.provisioner import consumers_of, provision
from chassis.servers import ServiceDatabase, free_port
from chassis.testing import eventually
from chassis.testing import running as service_running
from contracts import Accepted, Command, Envelope, Refused
from nats.aio.client import Client
from nats.aio.msg import Msg
from recruiter_ui.adapters.logins import add_recruiter
from recruiter_ui.handlers import handlers
from recruiter_ui.main import build
from recruiter_ui.passwords import hash_password
from recruiter_ui.settings import Settings

EMAIL, PASSWORD, NAME = "irina@example.com", "correct horse battery", "Irina Dobre"

QUICK: dict[str, Any] = {
    "command_patience_seconds": 15.0,
    "command_absence_seconds": 0.5,
    "lease_retry_seconds": 0.05,
    "retry_delay_base_seconds": 0.05,
    "watch_every_seconds": 0.2,
}

Answer = Callable[[Any], Accepted | Refused]


@dataclass
class Running:
    """A running service and what a test does to it."""

    url: str
    client: Client
    db: asyncpg.Connection[Any]
    blobs: ObjectBlobs
    settings: Settings
    received: list[Command] = field(default_factory=list)

    async def tell(self, envelopes: Iterable[Envelope]) -> None:
        """Publish facts as their owners would."""
        js = self.client.jetstream()
        for envelope in envelopes:
            await js.publish(envelope.subject, envelope.data(), headers=envelope.headers())

    async def told(self, envelopes: list[Envelope]) -> None:
        """Publish facts and wait until the last is projected."""
        before: int = await self.db.fetchval("SELECT count(*) FROM inbox")
        await self.tell(envelopes)

        async def seen() -> int:
            now: int = await self.db.fetchval("SELECT count(*) FROM inbox")
            return now - before

        await eventually(seen, lambda count: count >= len(envelopes), within=30, what="facts projected")

    @asynccontextmanager
    async def answering(self, kind: type[Command], answer: Answer) -> AsyncIterator[None]:
        """Somebody owns this command for as long as the block runs."""

        async def respond(msg: Msg) -> None:
            command = kind.model_validate_json(msg.data)
            self.received.append(command)
            await msg.respond(answer(command).model_dump_json().encode())

        subscription = await self.client.subscribe(kind.nats_subject(), cb=respond)
        await self.client.flush()  # the server knows it: nobody is told that the owner is away
        try:
            yield
        finally:
            await subscription.unsubscribe()
            await self.client.flush()


@asynccontextmanager
async def running(
    database: ServiceDatabase, nats_url: str, folder: Path, **settings: Any
) -> AsyncIterator[Running]:
    """``database`` is migrated."""
    db = await asyncpg.connect(database.url, server_settings={"search_path": database.schema})
    client = await nats.connect(nats_url)
    await _empty_bus(client)
    await provision(client.jetstream(), consumers_of(handlers))
    await add_recruiter(db, EMAIL, NAME, hash_password(PASSWORD))
    port = free_port()
    blobs_url = f"file://{folder / 'blobs'}"
    given = Settings(
        database_url=database.url,
        database_schema=database.schema,
        nats_url=nats_url,
        blobs_url=blobs_url,
        http_port=port,
        **(QUICK | settings),
    )
    try:
        async with service_running(build(given)):
            yield Running(f"http://127.0.0.1:{port}", client, db, ObjectBlobs(blobs_url), given)
    finally:
        await client.close()
        await db.close()


async def _empty_bus(client: Client) -> None:
    """Stories use the same ids every time; a stream that has seen them would drop them."""
    js = client.jetstream()
    for stream in await js.streams_info():
        if stream.config.name is not None:
            await js.delete_stream(stream.config.name)
