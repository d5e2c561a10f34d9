"""Rooms for the handlers of scoring: the same tests run in memory and on PostgreSQL."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from chassis.database import open_pool
from chassis.testing_rooms import MemoryRoom, PostgresRoom
from chassis.testing_servers import Migrated
from scoring.adapters.postgres_evaluations import PostgresEvaluations
from scoring.adapters.postgres_pipeline import PostgresPipeline

from .fakes import ScoringRoom
from .memory import MemoryEvaluations, MemoryPipeline


@pytest.fixture
async def postgres_room(migrated: Migrated) -> AsyncIterator[PostgresRoom]:
    own = await migrated("scoring")
    pool = await open_pool(own.url, own.schema, "test", 4)
    yield PostgresRoom(pool)
    await pool.close()


@pytest.fixture
def on_postgres(postgres_room: PostgresRoom) -> ScoringRoom:
    return ScoringRoom(postgres_room, PostgresPipeline(), PostgresEvaluations())


@pytest.fixture(params=["memory", "postgres"])
def scoring(request: pytest.FixtureRequest) -> ScoringRoom:
    if request.param == "postgres":
        room: ScoringRoom = request.getfixturevalue("on_postgres")
        return room
    pipeline = MemoryPipeline()
    return ScoringRoom(MemoryRoom(), pipeline, MemoryEvaluations(pipeline))
