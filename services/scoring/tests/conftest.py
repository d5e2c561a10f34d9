"""Rooms for the handlers of scoring: the same tests run in memory and on PostgreSQL."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
from chassis.database import open_pool
from chassis.migrations import upgrade
from chassis.servers import ServiceDatabase
from chassis.testing_rooms import MemoryRoom, PostgresRoom
from scoring.adapters.postgres_evaluations import PostgresEvaluations
from scoring.adapters.postgres_pipeline import PostgresPipeline

from .fakes import ScoringRoom
from .memory import MemoryEvaluations, MemoryPipeline


@pytest.fixture
async def postgres_room(fresh_schema: ServiceDatabase) -> AsyncIterator[PostgresRoom]:
    await asyncio.to_thread(upgrade, "scoring", fresh_schema.url, fresh_schema.schema)
    pool = await open_pool(fresh_schema.url, fresh_schema.schema, "test", 4)
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
