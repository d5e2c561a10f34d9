"""Schemas and streams are made here, before any service starts; services never create anything (law 6)."""

from __future__ import annotations

import asyncio
import importlib
import importlib.util

from chassis.handlers import Handlers
from chassis.migrations import upgrade
from chassis.provisioner import ConsumerDeclaration, Drift, consumers_of
from chassis.provisioner import provision as provide

from ops.bus import Operator
from ops.ground import Ground
from ops.topology import SERVICES


async def migrate(ground: Ground) -> None:
    """Bring every service's schema to its newest version, as the service's own role."""
    for service in SERVICES:
        database = ground.database(service)
        await asyncio.to_thread(upgrade, service, database.url, database.schema)


def declared_consumers() -> list[ConsumerDeclaration]:
    """The durables of all services, as their handlers declare them."""
    return [consumer for service in SERVICES for consumer in consumers_of(handlers_of(service))]


def handlers_of(service: str) -> Handlers:
    """A service that listens to nothing has no such module."""
    if importlib.util.find_spec(f"{service}.handlers") is None:
        return Handlers(service)
    handlers = importlib.import_module(f"{service}.handlers").handlers
    if not isinstance(handlers, Handlers):
        raise TypeError(f"{service}.handlers.handlers is no Handlers")
    return handlers


async def provision(operator: Operator) -> list[Drift]:
    return await provide(operator.js, declared_consumers())
