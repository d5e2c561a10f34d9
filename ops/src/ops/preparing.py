"""Schemas and streams are made here, before any service starts; services never create anything (law 6)."""

from __future__ import annotations

import asyncio

from chassis.provisioner import Drift
from chassis.provisioner import provision as provide

from ops.bus import Operator
from ops.declared import declared_consumers
from ops.ground import Ground
from ops.topology import SERVICES


async def migrate(ground: Ground) -> None:
    """Bring every service's schema to its newest version, as the service's own role."""
    from chassis.migrations import upgrade  # a second of loading that the other commands don't need

    for service in SERVICES:
        database = ground.database(service)
        await asyncio.to_thread(upgrade, service, database.url, database.schema)


async def provision(operator: Operator) -> list[Drift]:
    return await provide(operator.js, declared_consumers())
