"""Ports in memory, and lead files as people make them, for every test of this service."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent / "support"))
from chassis.servers import ServiceDatabase
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
async def postgres(fresh_schema: ServiceDatabase) -> AsyncIterator[PostgresStore]:
    async with postgres_store(fresh_schema) as filled:
        yield filled


@pytest.fixture
def desk(store: Store) -> Desk:
    """One application, its recruiters and its pipeline: in memory and on a real PostgreSQL."""
    return Desk(store)


@pytest.fixture
async def running(fresh_schema: ServiceDatabase, fresh_bus: str, tmp_path: Path) -> AsyncIterator[Running]:
    async with a_running_service(fresh_schema, fresh_bus, tmp_path) as one:
        yield one
