"""Rooms for the handlers of messaging: the same tests run in memory and on PostgreSQL."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from chassis.database import open_pool
from chassis.testing_rooms import MemoryRoom, PostgresRoom
from chassis.testing_servers import Migrated
from messaging.adapters.postgres_inbounds import PostgresInbounds
from messaging.adapters.postgres_messages import PostgresMessages
from messaging.adapters.postgres_pipeline import PostgresPipeline
from messaging.adapters.postgres_templates import PostgresTemplates

from .fakes import MemoryInbounds, MemoryMessages, MemoryPipeline, MemoryTemplates
from .office import Office


@pytest.fixture
async def postgres_room(migrated: Migrated) -> AsyncIterator[PostgresRoom]:
    own = await migrated("messaging")
    pool = await open_pool(own.url, own.schema, "test", 4)
    yield PostgresRoom(pool)
    await pool.close()


@pytest.fixture
def on_postgres(postgres_room: PostgresRoom) -> Office:
    return Office(
        postgres_room, PostgresPipeline(), PostgresTemplates(), PostgresMessages(), PostgresInbounds()
    )


@pytest.fixture(params=["memory", "postgres"])
def office(request: pytest.FixtureRequest) -> Office:
    if request.param == "postgres":
        real: Office = request.getfixturevalue("on_postgres")
        return real
    return Office(MemoryRoom(), MemoryPipeline(), MemoryTemplates(), MemoryMessages(), MemoryInbounds())
