"""pytest fixtures over real servers: one NATS and one PostgreSQL per test process, fresh parts per test.

Both keep their files in memory where there is room: nothing of them is to outlast the tests. A schema is
migrated once per process; each test is given a copy of it.

``TEST_NATS_URL`` and ``TEST_DATABASE_URL`` name servers to use instead. They are not called ``NATS_URL`` and
``DATABASE_URL`` because tests delete streams and databases: nobody's own servers are meant by accident.
"""

from __future__ import annotations

import asyncio
import os
import secrets
import shutil
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol, TypeAlias

import nats
import pytest

from chassis.migrations import upgrade
from chassis.servers import (
    NatsServer,
    PostgresServer,
    ServiceDatabase,
    copy_database,
    drop_database,
    make_database,
    provide_schema,
)

MEMORY = Path("/dev/shm")  # noqa: S108 - each folder in it is made by mkdtemp
ROOM_WANTED = 4 * 2**30
"""Bytes that must be free there. A run takes a few hundred MB per test process."""


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
def servers_folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Where the servers keep what they have; gone in the end."""
    if not _room_in_memory():
        yield tmp_path_factory.mktemp("servers")
        return
    for left in MEMORY.glob("recruitflow-tests.*"):
        if not Path(f"/proc/{left.name.split('.')[1]}").exists():  # its process was killed
            shutil.rmtree(left, ignore_errors=True)
    folder = Path(tempfile.mkdtemp(prefix=f"recruitflow-tests.{os.getpid()}.", dir=MEMORY))
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


def _room_in_memory() -> bool:
    if not os.access(MEMORY, os.W_OK):
        return False
    room = os.statvfs(MEMORY)
    return room.f_bavail * room.f_frsize >= ROOM_WANTED


@pytest.fixture(scope="session")
def nats_server(servers_folder: Path) -> Iterator[RunningNats]:
    """The bus. A test that stops it starts it again."""
    foreign = os.environ.get("TEST_NATS_URL")
    if foreign:
        yield ForeignNats(foreign)
        return
    server = NatsServer(servers_folder / "nats")
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def nats_url(nats_server: RunningNats) -> str:
    return nats_server.url


@pytest.fixture(scope="session")
def postgres_url(servers_folder: Path) -> Iterator[str]:
    """The administrator's URL. fsync is off: tests of durability start a server of their own."""
    foreign = os.environ.get("TEST_DATABASE_URL")
    if foreign:
        yield foreign
        return
    server = PostgresServer(servers_folder / "postgres", durable=False)
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


Templates: TypeAlias = dict[str, ServiceDatabase]
"""Databases that are copied, by what was prepared in them."""


@dataclass
class Migrated:
    """``await migrated("intake")``: a database of its own, as that service's migrations leave it."""

    admin_url: str
    templates: Templates
    made: list[str] = field(default_factory=list)

    async def __call__(self, package: str) -> ServiceDatabase:
        async def migrate(database: ServiceDatabase) -> None:
            await asyncio.to_thread(upgrade, package, database.url, database.schema)

        return await self.prepared(package, migrate)

    async def prepared(
        self, what: str, prepare: Callable[[ServiceDatabase], Awaitable[None]]
    ) -> ServiceDatabase:
        """A schema ``service`` and its role, as ``prepare`` left them when it was first asked for."""
        if what not in self.templates:
            self.templates[what] = await _template(self.admin_url, prepare)
        self.made.append(f"test_{secrets.token_hex(6)}")
        return await copy_database(self.admin_url, self.made[-1], self.templates[what])

    async def drop(self) -> None:
        for name in self.made:
            await drop_database(self.admin_url, name)


async def _template(admin_url: str, prepare: Callable[[ServiceDatabase], Awaitable[None]]) -> ServiceDatabase:
    name = f"template_{secrets.token_hex(6)}"
    url = await make_database(admin_url, name)
    made = await provide_schema(url, "service", role=f"of_{name}", password=secrets.token_urlsafe(12))
    await prepare(made)
    return made


@pytest.fixture(scope="session")
async def templates(postgres_url: str) -> AsyncIterator[Templates]:
    templates: Templates = {}
    yield templates
    for template in templates.values():
        await drop_database(postgres_url, template.url.rpartition("/")[2])


@pytest.fixture
async def migrated(postgres_url: str, templates: Templates) -> AsyncIterator[Migrated]:
    migrated = Migrated(postgres_url, templates)
    yield migrated
    await migrated.drop()


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
