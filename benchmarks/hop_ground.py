"""What one hop is measured on: a fresh database, and a bus that holds the events to handle."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime

import asyncpg
import nats
from chassis.ids import new_id
from chassis.provisioner import provision
from chassis.schema import STATEMENTS
from chassis.servers import PostgresServer, ServiceDatabase, make_database, provide_schema
from contracts import Envelope
from contracts.messaging import CandidateUnreachable

APPLICATIONS = 5_000


class Ground:
    """A fresh database and an empty bus with the events to handle."""

    def __init__(self, database: ServiceDatabase, nats_url: str, count: int) -> None:
        self.database, self.nats_url, self.count = database, nats_url, count

    @classmethod
    async def prepare(cls, postgres: PostgresServer, nats_url: str, count: int) -> Ground:
        url = await make_database(postgres.url(), f"hop_{secrets.token_hex(4)}")
        database = await provide_schema(url, "hop", role=f"hop_{secrets.token_hex(4)}", password="hop")
        ground = cls(database, nats_url, count)
        db = await ground.connect()
        for statement in STATEMENTS:
            await db.execute(statement)
        await db.execute("CREATE TABLE state (application_id bigint PRIMARY KEY, seen bigint NOT NULL)")
        await db.execute("INSERT INTO state SELECT n, 0 FROM generate_series(1, $1::int) AS n", APPLICATIONS)
        await db.execute("ANALYZE")
        await db.close()
        await ground._fill_bus()
        return ground

    async def connect(self) -> asyncpg.Connection:
        return await asyncpg.connect(
            self.database.url, server_settings={"search_path": self.database.schema, "jit": "off"}
        )

    async def _fill_bus(self) -> None:
        client = await nats.connect(self.nats_url)
        js = client.jetstream(publish_async_max_pending=1_000)
        for info in await js.streams_info():
            await js.delete_stream(str(info.config.name))
        await provision(js, [])
        now = datetime.now(UTC)
        for number in range(self.count):
            application = number % APPLICATIONS + 1
            event = CandidateUnreachable(
                candidate_id=application, application_id=application, reason="a word or two of text " * 8
            )
            identity = new_id()
            envelope = Envelope(identity, event.type(), "bench", now, event, identity)
            await js.publish_async(envelope.subject, envelope.data(), headers=envelope.headers())
        await js.publish_async_completed()
        await client.close()
