"""Makes the support of these tests importable, and fills the ports in memory and by PostgreSQL."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from chassis.database import open_pool
from chassis.testing_rooms import PostgresRoom
from chassis.testing_servers import Migrated

sys.path.insert(0, str(Path(__file__).parent / "support"))
from cv_matching_support import stores
from cv_matching_support.deciding import Desk


@pytest.fixture(params=["memory", "postgres"])
def store(request: pytest.FixtureRequest) -> stores.Store:
    if request.param == "memory":
        return stores.memory_store()
    filled: stores.Store = request.getfixturevalue("on_postgres")
    return filled


@pytest.fixture
async def on_postgres(migrated: Migrated) -> AsyncIterator[stores.Store]:
    async with stores.postgres_store(await migrated("cv_matching")) as filled:
        yield filled


@pytest.fixture
async def room(migrated: Migrated) -> AsyncIterator[PostgresRoom]:
    own = await migrated("cv_matching")
    pool = await open_pool(own.url, own.schema, "test", 4)
    yield PostgresRoom(pool)
    await pool.close()


@pytest.fixture
async def desk(room: PostgresRoom) -> Desk:
    desk = Desk(room)
    await desk.opens()
    return desk
