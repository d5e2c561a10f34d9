"""What the services declare: their handlers, and with them the durables that have to stand on the bus."""

from __future__ import annotations

import importlib
import importlib.util

from chassis.handlers import Handlers
from chassis.provisioner import ConsumerDeclaration, consumers_of

from ops.topology import SERVICES


def declared_consumers() -> list[ConsumerDeclaration]:
    return [consumer for service in SERVICES for consumer in consumers_of(handlers_of(service))]


def handlers_of(service: str) -> Handlers:
    """A service that listens to nothing has no such module."""
    if importlib.util.find_spec(f"{service}.handlers") is None:
        return Handlers(service)
    handlers = importlib.import_module(f"{service}.handlers").handlers
    if not isinstance(handlers, Handlers):
        raise TypeError(f"{service}.handlers.handlers is no Handlers")
    return handlers
