"""Ports in memory, and lead files as people make them, for every test of this service."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from chassis.testing_servers import Migrated

sys.path.insert(0, str(Path(__file__).parent / "support"))
from intake_support.desk import Desk
from intake_support.running import Running, a_running_service
from intake_support.stores import MemoryStore, PostgresStore, Store, postgres_store


@pytest.fixture(params=["memory", "postgres"])
def store(request: pytest.FixtureRequest) -> Store:
    """What handlers ask for, once in memory and once on a real PostgreSQL."""
    filled: Store = request.getfixturevalue(request.param)
    return filled


@pytest.fixture
def memory() -> MemoryStore:
    return MemoryStore()


@pytest.fixture
async def postgres(migrated: Migrated) -> AsyncIterator[PostgresStore]:
    async with postgres_store(await migrated("intake")) as filled:
        yield filled


@pytest.fixture
def desk(store: Store) -> Desk:
    """One application, its recruiters and its pipeline: in memory and on a real PostgreSQL."""
    return Desk(store)


@pytest.fixture
async def running(migrated: Migrated, fresh_bus: str, tmp_path: Path) -> AsyncIterator[Running]:
    async with a_running_service(await migrated("intake"), fresh_bus, tmp_path) as one:
        yield one
