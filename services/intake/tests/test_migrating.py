"""What is under way while a new version is installed goes on as if nothing had happened."""

from __future__ import annotations

import asyncio
import json
from uuid import uuid4

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


@pytest.mark.parametrize(
    ("reason", "known"),
    [("Nobody can say how the call ended: no answer came", True), ("Wants to talk to a person.", False)],
)
async def test_whose_call_ended_nobody_knows_how_is_known_after_the_migration(
    fresh_schema: ServiceDatabase, reason: str, known: bool
) -> None:
    """Else nothing would follow when a recruiter finds out that it never rang."""
    await asyncio.to_thread(upgrade, "intake", fresh_schema.url, fresh_schema.schema, "0006")
    db = await asyncpg.connect(fresh_schema.url, server_settings={"search_path": fresh_schema.schema})
    await db.execute("ALTER TABLE applications DROP CONSTRAINT applications_candidate_id_fkey")  # anybody
    first, last = uuid4(), uuid4()
    aside = {"status": "needs_human", "needs_human_reason": reason, "calls": [str(first), str(last)]}
    for position_id, status, set_aside in ((1, "needs_human", None), (2, "closed", json.dumps(aside))):
        await db.execute(
            "INSERT INTO applications (candidate_id, position_id, status, sequence, calls, created_at,"
            " updated_at, needs_human_reason, set_aside) VALUES (1, $1, $2, 2, $3, $4, $4, $5, $6)",
            position_id,
            status,
            [first, last],
            NOON,
            None if set_aside else reason,
            set_aside,
        )
    await asyncio.to_thread(upgrade, "intake", fresh_schema.url, fresh_schema.schema, "0007")
    rows = await db.fetch(
        "SELECT unknown_call, set_aside->>'unknown_call' AS beneath FROM applications ORDER BY position_id"
    )
    await db.close()
    assert [row["unknown_call"] for row in rows] == [last if known else None, None]
    assert [row["beneath"] for row in rows] == [None, str(last) if known else None]
