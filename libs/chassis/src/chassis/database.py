"""The service's connections to PostgreSQL: own schema, jsonb as Python objects, no resets between uses."""

from __future__ import annotations

import asyncio
import json
from typing import Any, TypeAlias

import asyncpg
import structlog
from pydantic_core import to_json

Pool: TypeAlias = "asyncpg.Pool[Any]"
Connection: TypeAlias = "asyncpg.Connection[Any]"

_log = structlog.get_logger(__name__)

LOST = (OSError, asyncpg.PostgresConnectionError, asyncpg.InterfaceError, asyncpg.CannotConnectNowError)
"""What a lost or refused connection looks like; a shut-down server among them."""


def plain_url(url: str) -> str:
    """asyncpg does not know SQLAlchemy's driver suffix."""
    return url.replace("postgresql+asyncpg://", "postgresql://", 1)


_JSONB_VERSION = b"\x01"


async def _speak_json(connection: Connection) -> None:
    await connection.set_type_codec("json", encoder=json.dumps, decoder=json.loads, schema="pg_catalog")
    # Binary, because COPY takes nothing else.
    await connection.set_type_codec(
        "jsonb",
        encoder=lambda value: _JSONB_VERSION + to_json(value),
        decoder=lambda raw: json.loads(raw[len(_JSONB_VERSION) :]),
        schema="pg_catalog",
        format="binary",
    )


async def _keep(_: Connection) -> None:
    """Sessions are used for transactions only and carry no state: no round trip to reset them."""


def _session(schema: str, name: str) -> dict[str, str]:
    return {"search_path": schema, "application_name": name, "timezone": "UTC", "jit": "off"}


async def open_pool(url: str, schema: str, name: str, size: int) -> Pool:
    """Connects, however long it takes: the start order of services and servers does not matter."""
    pause = 0.1
    while True:
        try:
            return await asyncpg.create_pool(
                plain_url(url),
                min_size=1,
                max_size=size,
                init=_speak_json,
                reset=_keep,
                server_settings=_session(schema, name),
                timeout=5,
            )
        except (*LOST, asyncpg.PostgresError, TimeoutError) as failure:
            _log.warning("database_not_reached", failure=type(failure).__name__)
            await asyncio.sleep(pause)
            pause = min(pause * 2, 2.0)


async def connect(url: str, schema: str, name: str) -> Connection:
    """One connection outside the pool; the server notices within seconds when this side is gone."""
    patience = {
        "tcp_keepalives_idle": "5",
        "tcp_keepalives_interval": "2",
        "tcp_keepalives_count": "3",
        "lock_timeout": "2s",
    }
    connection: Connection = await asyncpg.connect(
        plain_url(url), server_settings={**_session(schema, name), **patience}, timeout=5
    )
    await _speak_json(connection)
    return connection
