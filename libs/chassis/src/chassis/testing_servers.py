"""pytest fixtures over real servers: one NATS and one PostgreSQL per test process, fresh parts per test.

``TEST_NATS_URL`` and ``TEST_DATABASE_URL`` name servers to use instead. They are not called ``NATS_URL`` and
``DATABASE_URL`` because tests delete streams and databases: nobody's own servers are meant by accident.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import AsyncIterator, Iterator
from typing import Protocol

import nats
import pytest

from chassis.servers import (
    NatsServer,
    PostgresServer,
    ServiceDatabase,
    drop_database,
    make_database,
    provide_schema,
)


class RunningNats(Protocol):
    """What tests may do to the bus."""

    @property
    def url(self) -> str: ...
    def start(self) -> None: ...
    def stop(self) -> None: ...
    def wipe(self) -> None: ...


class ForeignNats:
    """A server that somebody else runs: it can be used, not stopped."""

    def __init__(self, url: str) -> None:
        self.url = url

    def start(self) -> None:
        return

    def stop(self) -> None:
        raise RuntimeError("this test stops NATS: run it without TEST_NATS_URL")

    def wipe(self) -> None:
        raise RuntimeError("this test wipes NATS: run it without TEST_NATS_URL")


@pytest.fixture(scope="session")
def nats_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningNats]:
    """The bus. A test that stops it starts it again."""
    foreign = os.environ.get("TEST_NATS_URL")
    if foreign:
        yield ForeignNats(foreign)
        return
    server = NatsServer(tmp_path_factory.mktemp("nats"))
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def nats_url(nats_server: RunningNats) -> str:
    return nats_server.url


@pytest.fixture(scope="session")
def postgres_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The administrator's URL. fsync is off: tests of durability start a server of their own."""
    foreign = os.environ.get("TEST_DATABASE_URL")
    if foreign:
        yield foreign
        return
    server = PostgresServer(tmp_path_factory.mktemp("postgres"), durable=False)
    server.start()
    yield server.url()
    server.stop()


@pytest.fixture
async def fresh_database(postgres_url: str) -> AsyncIterator[str]:
    """The administrator's URL of an empty database, dropped after the test."""
    name = f"test_{secrets.token_hex(6)}"
    url = await make_database(postgres_url, name)
    yield url
    await drop_database(postgres_url, name)


@pytest.fixture
async def fresh_schema(fresh_database: str) -> ServiceDatabase:
    """A schema ``service`` in a fresh database, with a role that owns it and nothing else."""
    role = f"test_{secrets.token_hex(6)}"
    return await provide_schema(fresh_database, "service", role=role, password=secrets.token_urlsafe(12))


@pytest.fixture
async def fresh_bus(nats_url: str) -> AsyncIterator[str]:
    """The bus's URL; every stream on it is gone before and after the test."""
    await _delete_streams(nats_url)
    yield nats_url
    await _delete_streams(nats_url)


async def _delete_streams(url: str) -> None:
    connection = await nats.connect(url)
    try:
        js = connection.jetstream()
        for stream in await js.streams_info():
            if stream.config.name is not None:
                await js.delete_stream(stream.config.name)
    finally:
        await connection.close()
