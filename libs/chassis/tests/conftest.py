"""A world for one test: a schema with the chassis's tables, a provisioned bus, and events thrown at it."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import asyncpg
import nats
import pytest
from chassis import Handlers, Service, ServiceSettings
from chassis.ids import new_id
from chassis.provisioner import consumers_of, provision
from chassis.schema import STATEMENTS
from chassis.servers import ServiceDatabase
from chassis.testing_servers import Migrated
from contracts import Envelope, Event
from contracts.messaging import CandidateUnreachable
from nats.aio.client import Client

QUICK: dict[str, Any] = {
    "http_port": 0,
    "lease_retry_seconds": 0.05,
    "retry_delay_base_seconds": 0.05,
    "retry_delay_max_seconds": 1.0,
    "watch_every_seconds": 0.1,
    "consumer_ack_wait_seconds": 2.0,
}


def a_note(application: int, text: str = "1") -> CandidateUnreachable:
    """An event with both ids and a word of text; its meaning is of no concern here."""
    return CandidateUnreachable(candidate_id=application * 10, application_id=application, reason=text)


def enveloped(event: Event, event_id: UUID | None = None) -> Envelope:
    identity = event_id or new_id()
    return Envelope(
        id=identity,
        type=event.type(),
        source="test",
        time=datetime.now(UTC),
        event=event,
        correlation_id=identity,
    )


class Line:
    """A line to a server that can come up late, be cut, and swallow what is said to the server."""

    def __init__(self, target: str, port: int = 0) -> None:
        self._to = urlsplit(target)
        self._port = port
        self._target = target
        self._writers: set[asyncio.StreamWriter] = set()
        self.swallow = False

    @property
    def url(self) -> str:
        return self._target.replace(f":{self._to.port}", f":{self._port}")

    async def __aenter__(self) -> Line:
        self._server = await asyncio.start_server(self._connected, "127.0.0.1", self._port)
        self._port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        self.cut()

    def cut(self) -> None:
        for writer in tuple(self._writers):
            writer.close()

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there_reader, there_writer = await asyncio.open_connection(self._to.hostname, self._to.port)
        both = {writer, there_writer}
        self._writers |= both
        try:
            await asyncio.gather(
                self._pass_on(reader, there_writer, to_server=True),
                self._pass_on(there_reader, writer, to_server=False),
            )
        except OSError:
            return
        finally:
            self._writers -= both

    async def _pass_on(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, to_server: bool
    ) -> None:
        while piece := await reader.read(65_536):
            if not (to_server and self.swallow):
                writer.write(piece)
                await writer.drain()
        writer.close()


class World:
    def __init__(
        self, database: ServiceDatabase, bus_url: str, client: Client, db: asyncpg.Connection
    ) -> None:
        self.database, self.bus_url, self.client, self.db = database, bus_url, client, db
        self.js = client.jetstream()
        self.thrown: Counter[int] = Counter()
        """How many notes of each application a test has thrown, where it counts."""

    def settings(self, **changed: Any) -> ServiceSettings:
        return ServiceSettings(
            **{
                **QUICK,
                "database_url": self.database.url,
                "database_schema": self.database.schema,
                "nats_url": self.bus_url,
                **changed,
            }
        )

    def service(self, handlers: Handlers, *, changed: dict[str, Any] | None = None, **parts: Any) -> Service:
        return Service(handlers.context, self.settings(**(changed or {})), handlers, **parts)

    @property
    def role(self) -> str:
        return str(urlsplit(self.database.url).username)

    async def provision(self, handlers: Handlers, ack_wait: float = 2.0) -> None:
        await provision(self.js, consumers_of(handlers, ack_wait))

    async def throw(self, *events: Event | Envelope) -> list[Envelope]:
        """Put events on the stream, in order."""
        sent = [event if isinstance(event, Envelope) else enveloped(event) for event in events]
        for envelope in sent:
            await self.js.publish(envelope.subject, envelope.data(), headers=envelope.headers())
        return sent

    async def throw_bytes(self, subject: str, data: bytes, headers: dict[str, str]) -> None:
        await self.js.publish(subject, data, headers=headers)

    async def rows(self, query: str, *arguments: Any) -> Sequence[asyncpg.Record]:
        return await self.db.fetch(query, *arguments)

    async def value(self, query: str, *arguments: Any) -> Any:
        return await self.db.fetchval(query, *arguments)

    async def on_stream(self, stream: str = "EVENTS") -> int:
        return (await self.js.stream_info(stream)).state.messages

    async def messages(self, stream: str = "EVENTS") -> list[tuple[str, dict[str, str], Any]]:
        """Subject, headers (those of the batch it travelled in left out) and body of all on a stream."""
        state = (await self.js.stream_info(stream)).state
        found = []
        for sequence in range(state.first_seq, state.last_seq + 1):
            message = await self.js.get_msg(stream, sequence)
            headers = {
                name: value
                for name, value in (message.headers or {}).items()
                if not name.startswith("Nats-Batch-")
            }
            found.append((message.subject or "", headers, json.loads(message.data or b"")))
        return found


async def _prepare(database: ServiceDatabase) -> None:
    db = await asyncpg.connect(database.url, server_settings={"search_path": database.schema})
    for statement in STATEMENTS:
        await db.execute(statement)
    await db.execute(
        "CREATE TABLE notes (place bigserial PRIMARY KEY, application_id bigint, text text, event_id uuid)"
    )
    await db.close()


@pytest.fixture
async def world(migrated: Migrated, fresh_bus: str) -> AsyncIterator[World]:
    own = await migrated.prepared("the tables of chassis", _prepare)
    db = await asyncpg.connect(own.url, server_settings={"search_path": own.schema}, timeout=10)
    client = await nats.connect(fresh_bus, max_reconnect_attempts=-1, reconnect_time_wait=0.1)
    await provision(client.jetstream(), [])
    yield World(own, fresh_bus, client, db)
    await client.close()
    await db.close()
