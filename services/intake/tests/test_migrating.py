"""What is under way while a new version is installed goes on as if nothing had happened."""

from __future__ import annotations

import asyncio

import asyncpg
import pytest
from chassis.migrations import upgrade
from chassis.servers import ServiceDatabase
from chassis.testing import NOON


@pytest.mark.parametrize(("status", "rings"), [("call_in_progress", True), ("needs_human", False)])
async def test_whose_phone_rings_is_known_after_the_migration(
    fresh_schema: ServiceDatabase, status: str, rings: bool
) -> None:
    """Else the end of the call would count for nothing once a recruiter has queued them anew."""
    await asyncio.to_thread(upgrade, "intake", fresh_schema.url, fresh_schema.schema, "0001")
    db = await asyncpg.connect(fresh_schema.url, server_settings={"search_path": fresh_schema.schema})
    await db.execute("ALTER TABLE applications DROP CONSTRAINT applications_candidate_id_fkey")  # anybody
    await db.execute(
        "INSERT INTO applications"
        " (candidate_id, position_id, status, sequence, calls, created_at, updated_at) VALUES"
        " (1, 1, $1, 2, ARRAY[gen_random_uuid()], $2, $2)",
        status,
        NOON,
    )
    await asyncio.to_thread(upgrade, "intake", fresh_schema.url, fresh_schema.schema, "0002")
    assert await db.fetchval("SELECT on_the_phone FROM applications") is rings
    await db.close()
