"""Schemas and streams are made here, before any service starts; services never create anything (law 6)."""

from __future__ import annotations

import asyncio

import asyncpg
from chassis.provisioner import Drift
from chassis.provisioner import provision as provide
from chassis.servers import ServiceDatabase

from ops.bus import Operator
from ops.declared import declared_consumers
from ops.ground import Ground
from ops.topology import SERVICES


async def migrate(ground: Ground) -> set[str]:
    """Bring every service's schema to its newest version, as the service's own role.

    Answers the services whose tables were there already and are of a newer version now.
    """
    from chassis.migrations import upgrade  # a second of loading that the other commands don't need

    newer = set()
    for service in SERVICES:
        database = ground.database(service)
        before = await _version(database)
        await asyncio.to_thread(upgrade, service, database.url, database.schema)
        if before is not None and before != await _version(database):
            newer.add(service)
    return newer


async def _version(database: ServiceDatabase) -> str | None:
    """None where nothing was ever migrated."""
    db = await asyncpg.connect(database.url)
    try:
        return str(await db.fetchval(f"SELECT version_num FROM {database.schema}.alembic_version"))
    except asyncpg.UndefinedTableError:
        return None
    finally:
        await db.close()


async def provision(operator: Operator) -> list[Drift]:
    return await provide(operator.js, declared_consumers())
