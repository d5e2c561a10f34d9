"""Gateway and one service behind it, in this process, over real PostgreSQL and NATS."""

from __future__ import annotations

import asyncio
import importlib
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, get_type_hints

import asyncpg
import nats
from chassis.blobs import ObjectBlobs
from chassis.handlers import Handlers
from chassis.migrations import upgrade
from chassis.provisioner import consumers_of, provision
from chassis.servers import free_port, provide_schema
from chassis.service import Service
from chassis.testing import running
from contracts.gateway import WebhookDelivery
from fastapi import FastAPI
from gateway.adapters.postgres import PostgresDeliveries
from gateway.log import DeliveryLog
from gateway.main import build
from gateway.routes import Door, webhook_routes
from gateway.settings import Settings
from nats.js import JetStreamContext

from .samples import CALLS, number_of

SECRET = "wsec_test"
_ATTEMPT = """
INSERT INTO attempts (call_id, batch_id, application_id, candidate_id, position_id, attempt_number, round,
                      purpose, state, to_number, created_at, conversation_id, recorded)
VALUES ($1, $2, $3, $3, 1, 1, 1, 'screening', 'submitted', $4, $5, $6, true)
"""


@dataclass
class House:
    """``door`` takes requests; ``db`` looks at the gateway's tables, ``reader`` is who hears of them."""

    door: FastAPI
    db: asyncpg.Connection[Any]
    js: JetStreamContext
    reader: Service
    reader_db: asyncpg.Connection[Any]
    blobs: Path

    async def heard(self) -> int:
        """How many of the gateway's events each consumer of the reader has dealt with; the slowest counts."""
        counted = self.reader.metrics.handled
        return int(min(counted.labels(name)._value.get() for name in self.reader.handlers.consumers))

    async def dead(self) -> int:
        return int((await self.js.stream_info("DEAD_LETTERS")).state.messages)


def listening_to(name: str, kind: type[WebhookDelivery]) -> Handlers:
    """The consumers of a service that hear of this provider's deliveries, and no others."""
    declared: Handlers = importlib.import_module(f"{name}.handlers").handlers
    chosen = Handlers(name)
    for consumer in declared.consumers.values():
        if any(kind in handler.events for handler in consumer.handlers):
            chosen.consumers[consumer.name] = consumer
    assert chosen.consumers
    return chosen


@asynccontextmanager
async def house(
    database: str, bus: str, folder: Path, reader: str, kind: type[WebhookDelivery]
) -> AsyncIterator[House]:
    handlers = listening_to(reader, kind)
    client = await nats.connect(bus)
    await provision(client.jetstream(), consumers_of(handlers))
    common = {"nats_url": bus, "blobs_url": folder.as_uri(), "lease_retry_seconds": 0.05, "max_deliveries": 1}
    gateway = Settings(
        **common,
        **await _schema(database, "gateway"),
        http_port=free_port(),
        elevenlabs_webhook_secret=SECRET,
        whapi_webhook_secret=SECRET,
        meta_app_secret=SECRET,
        webhook_store_seconds=30.0,
    )
    main = importlib.import_module(f"{reader}.main")
    settings = get_type_hints(main.build)["settings"](
        **common, **await _schema(database, reader), http_port=0, gmail_poll_enabled=False
    )
    service: Service = main.build(settings)
    service.handlers = handlers
    reader_db = await _connected(settings)
    if reader == "calling":
        await _ring(reader_db)
    db = await _connected(gateway)
    async with (
        running(build(gateway)) as doorkeeper,
        running(service),
        DeliveryLog(lambda: doorkeeper.begin(), PostgresDeliveries()) as log,
    ):
        app = FastAPI()
        door = Door(gateway, doorkeeper.clock, ObjectBlobs(folder.as_uri()), log)
        app.include_router(webhook_routes(door))
        yield House(app, db, client.jetstream(), service, reader_db, folder)
    for connection in (db, reader_db):
        await connection.close()
    await client.close()


async def _schema(database: str, name: str) -> dict[str, str]:
    role = f"test_{name}_{secrets.token_hex(4)}"
    given = await provide_schema(database, name, role=role, password=secrets.token_urlsafe(12))
    await asyncio.to_thread(upgrade, name, given.url, given.schema)
    return {"database_url": given.url, "database_schema": given.schema}


async def _connected(settings: Any) -> asyncpg.Connection[Any]:
    return await asyncpg.connect(
        settings.database_url, server_settings={"search_path": settings.database_schema}
    )


async def _ring(db: asyncpg.Connection[Any]) -> None:
    """Calls that are under way; every third has its conversation already."""
    now = datetime.now(UTC)
    await db.execute(
        "INSERT INTO batches (batch_id, position_id, form, state, created_at)"
        " VALUES ($1, 1, 'batch', 'submitted', $2)",
        CALLS[0],
        now,
    )
    rows = [
        (call, CALLS[0], index, number_of(index), now, f"conv_{index}" if index % 3 == 0 else None)
        for index, call in enumerate(CALLS)
    ]
    await db.executemany(_ATTEMPT, rows)
