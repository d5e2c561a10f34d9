"""With NATS_URL and DATABASE_URL it stands on servers that somebody else runs, and leaves them running."""

from __future__ import annotations

from pathlib import Path

import asyncpg
import nats
from ops.ground import Foreign
from ops.instance import Instance, Options
from ops.seeding import open_position
from ops.topology import SERVICES, free_ports


async def test_servers_of_somebody_else_are_used_and_not_stopped(
    tmp_path: Path, fresh_bus: str, fresh_database: str
) -> None:
    foreign = Foreign(nats_url=fresh_bus, database_url=fresh_database)
    instance = Instance(tmp_path, free_ports(), Options(foreign=foreign))
    try:
        await instance.start()
        async with instance.operator() as operator:
            assert await open_position(operator) == 1
    finally:
        instance.stop()
    assert not (tmp_path / "postgres").exists()
    assert not (tmp_path / "nats").exists()
    db = await asyncpg.connect(fresh_database)
    found = await db.fetch("SELECT nspname FROM pg_namespace WHERE nspname = ANY($1)", list(SERVICES))
    await db.close()
    assert len(found) == len(SERVICES)
    connection = await nats.connect(fresh_bus)
    assert (await connection.jetstream().stream_info("EVENTS")).state.messages > 0
    await connection.close()
