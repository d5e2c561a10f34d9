"""What the services stand on: the bus and the database, our own or somebody else's.

``NATS_URL`` and ``DATABASE_URL`` name servers that run already; what is not named is started from the wheels.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import asyncpg
from chassis.database import plain_url
from chassis.servers import (
    NatsServer,
    NatsUser,
    PostgresServer,
    ServiceDatabase,
    make_database,
    provide_schema,
)
from chassis.servers.databases import url_as

from ops.declared import handlers_of
from ops.keys import Keys
from ops.say import Trouble
from ops.topology import OPERATOR, SERVICES, Ports, bus_user

DATABASE = "recruitflow"


@dataclass(frozen=True, slots=True)
class Foreign:
    """Servers that somebody else runs; None is one of our own."""

    nats_url: str | None = None
    database_url: str | None = None

    @classmethod
    def from_environment(cls) -> Foreign:
        database = os.environ.get("DATABASE_URL")
        return cls(os.environ.get("NATS_URL") or None, plain_url(database) if database else None)


class Ground:
    """The servers of one installation, and every service's way in."""

    def __init__(
        self, folder: Path, ports: Ports, keys: Keys, foreign: Foreign | None = None, *, durable: bool = True
    ) -> None:
        self._keys = keys
        self.foreign = foreign or Foreign()
        self._bus_folder, self._bus_port = folder / "nats", ports.nats
        self.postgres = PostgresServer(folder / "postgres", port=ports.postgres, durable=durable)

    @cached_property
    def nats(self) -> NatsServer:
        users = [bus_user(name, self._bus_password(name), handlers_of(name).consumers) for name in SERVICES]
        operator = NatsUser(OPERATOR, self._bus_password(OPERATOR))
        return NatsServer(self._bus_folder, port=self._bus_port, users=[*users, operator])

    def nats_url(self, name: str = OPERATOR) -> str:
        return self.foreign.nats_url or f"nats://{name}:{self._bus_password(name)}@127.0.0.1:{self._bus_port}"

    @property
    def admin_url(self) -> str:
        """The administrator's way into the database in which every service has its schema."""
        return self.foreign.database_url or self.postgres.url(DATABASE)

    def database(self, service: str) -> ServiceDatabase:
        """The service's own role and schema."""
        return ServiceDatabase(url_as(self.admin_url, f"rf_{service}", self._password(service)), service)

    def start_postgres(self) -> None:
        if not self.foreign.database_url:
            self.postgres.start()

    def start_nats(self) -> None:
        if not self.foreign.nats_url:
            self.nats.start()

    def stop(self) -> None:
        self.nats.stop()
        self.postgres.stop()

    def dead(self) -> Iterable[NatsServer | PostgresServer]:
        """Servers of ours that ended by themselves."""
        return [server for server in (self.nats, self.postgres) if server.exit_code is not None]

    async def make_schemas(self) -> None:
        if not self.foreign.database_url:
            await make_database(self.postgres.url(), DATABASE)
        for service in SERVICES:
            try:
                await provide_schema(
                    self.admin_url, service, role=f"rf_{service}", password=self._password(service)
                )
            except asyncpg.InsufficientPrivilegeError as refusal:
                raise Trouble(
                    f"DATABASE_URL may not make roles and schemas ({refusal}). "
                    "Give it a role with CREATEROLE that owns the database."
                ) from refusal
            except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as failure:
                raise Trouble(f"The database can't be used: {failure}. Check DATABASE_URL.") from failure

    def _bus_password(self, name: str) -> str:
        return self._keys.get(f"nats.{name}")

    def _password(self, service: str) -> str:
        return self._keys.get(f"postgres.{service}")


def service_environment(ground: Ground, service: str) -> Mapping[str, str]:
    """How a service reaches its servers."""
    database = ground.database(service)
    return {
        "DATABASE_URL": database.url,
        "DATABASE_SCHEMA": database.schema,
        "NATS_URL": ground.nats_url(service),
    }
