"""A gateway over real PostgreSQL and NATS, and a provider that knows the secret."""

from __future__ import annotations

import hashlib
import hmac
import json
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import asyncpg
import httpx2
import nats
import pytest
from chassis.provisioner import provision
from chassis.servers import ServiceDatabase, free_port
from chassis.testing import running
from chassis.testing_servers import Migrated
from gateway.main import build
from gateway.settings import Settings

SECRET = "wsec_test"
WHAPI_SECRET = "whapi-test"
META_SECRET = "appsecret"
META_TOKEN = "verify-me"


def signed(body: bytes, *, secret: str = SECRET, age: float = 0.0) -> dict[str, str]:
    stamp = int(time.time() - age)
    digest = hmac.new(secret.encode(), f"{stamp}.".encode() + body, hashlib.sha256).hexdigest()
    return {"ElevenLabs-Signature": f"t={stamp},v0={digest}", "Content-Type": "application/json"}


def signed_by_meta(body: bytes, *, secret: str = META_SECRET) -> dict[str, str]:
    return {"X-Hub-Signature-256": f"sha256={hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()}"}


def a_webhook(**changed: Any) -> bytes:
    body = {"type": "post_call_transcription", "event_timestamp": 1795000000, "data": {}, **changed}
    return json.dumps(body).encode()


@dataclass
class Gateway:
    """``post`` is the provider's side, ``rows`` and ``said`` look behind the door."""

    http: httpx2.AsyncClient
    db: asyncpg.Connection[Any]

    async def post(
        self, body: bytes, *, path: str = "/webhooks/elevenlabs/", **headers: str
    ) -> httpx2.Response:
        return await self.http.post(path, content=body, headers=headers or signed(body))

    async def rows(self) -> Sequence[asyncpg.Record]:
        return await self.db.fetch("SELECT * FROM deliveries ORDER BY delivery_id")

    async def said(self) -> list[dict[str, Any]]:
        found = await self.db.fetch("SELECT type, data FROM outbox ORDER BY id")
        return [{"type": row["type"], **json.loads(row["data"])} for row in found]


class House:
    """Where a gateway can be started, with its bus provisioned; its schema is migrated."""

    def __init__(self, database: ServiceDatabase, bus_url: str, folder: Path) -> None:
        self.database, self.bus_url, self.folder = database, bus_url, folder

    async def prepare(self) -> None:
        client = await nats.connect(self.bus_url)
        await provision(client.jetstream(), [])
        await client.close()

    def settings(self, **changed: Any) -> Settings:
        return Settings(
            **{
                "database_url": self.database.url,
                "database_schema": self.database.schema,
                "nats_url": self.bus_url,
                "blobs_url": self.folder.as_uri(),
                "http_port": free_port(),
                "lease_retry_seconds": 0.05,
                "watch_every_seconds": 0.1,
                "elevenlabs_webhook_secret": SECRET,
                "whapi_webhook_secret": WHAPI_SECRET,
                "meta_app_secret": META_SECRET,
                "meta_verify_token": META_TOKEN,
                **changed,
            }
        )

    @asynccontextmanager
    async def gateway(self, **changed: Any) -> AsyncIterator[Gateway]:
        settings = self.settings(**changed)
        db = await asyncpg.connect(self.database.url, server_settings={"search_path": self.database.schema})
        address = f"http://127.0.0.1:{settings.http_port}"
        async with running(build(settings)), httpx2.AsyncClient(base_url=address, timeout=30) as http:
            yield Gateway(http, db)
        await db.close()


@pytest.fixture
async def house(migrated: Migrated, fresh_bus: str, tmp_path: Path) -> House:
    house = House(await migrated("gateway"), fresh_bus, tmp_path)
    await house.prepare()
    return house


@pytest.fixture
async def gateway(house: House) -> AsyncIterator[Gateway]:
    async with house.gateway() as gateway:
        yield gateway
