"""What a deployment on somebody's own servers runs once: ``python -m ops.deployment prepare``.

``prepare`` makes roles, schemas, streams and consumers and migrates every schema. It may run again at any
time: it adds what is missing, sets the passwords it is given, and drops nothing. It is told ``DATABASE_URL``
(an administrator's), ``NATS_URL`` (the operator's) and every ``POSTGRES_<SERVICE>_PASSWORD``.
"""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

import nats
from chassis.bus import Bus
from chassis.migrations import upgrade
from chassis.provisioner import provision
from chassis.servers import ServiceDatabase, provide_schema
from chassis.servers.databases import url_as
from nats.aio.client import Client

from ops.declared import declared_consumers
from ops.rebuild import rebuild
from ops.recruiters import new_user
from ops.say import Trouble
from ops.topology import SERVICES

USAGE = "usage: python -m ops.deployment prepare | add-user EMAIL NAME | rebuild-stream"


def password_variable(service: str) -> str:
    """The variable that carries the password of a service's database role."""
    return f"POSTGRES_{service.upper()}_PASSWORD"


def role_of(service: str) -> str:
    return f"rf_{service}"


async def prepare(environment: Mapping[str, str]) -> list[str]:
    """Answers what was done on the bus, in words."""
    admin_url = _needed(environment, "DATABASE_URL")
    databases = {
        service: await provide_schema(
            admin_url,
            service,
            role=role_of(service),
            password=_needed(environment, password_variable(service)),
        )
        for service in SERVICES
    }
    for service, database in databases.items():
        await asyncio.to_thread(upgrade, service, database.url, database.schema)
    async with _operator(environment) as client:
        return [str(drift) for drift in await provision(client.jetstream(timeout=10), declared_consumers())]


async def add_user(environment: Mapping[str, str], email: str, name: str) -> str:
    """Let a recruiter log in; answers their first password."""
    password = _needed(environment, password_variable("recruiter_ui"))
    url = url_as(_needed(environment, "DATABASE_URL"), role_of("recruiter_ui"), password)
    return await new_user(ServiceDatabase(url, "recruiter_ui"), email, name)


async def rebuild_stream(environment: Mapping[str, str]) -> int:
    """Make the event stream anew from the outboxes, after its store was lost; answers how many it holds."""
    async with _operator(environment) as client:
        return await rebuild(_needed(environment, "DATABASE_URL"), Bus(client))


@asynccontextmanager
async def _operator(environment: Mapping[str, str]) -> AsyncIterator[Client]:
    client = await nats.connect(_needed(environment, "NATS_URL"), name="deployment", connect_timeout=5)
    try:
        yield client
    finally:
        await client.close()


def main() -> None:
    try:
        match sys.argv[1:]:
            case ["prepare"]:
                for line in asyncio.run(prepare(os.environ)):
                    print(line)
            case ["add-user", email, name]:
                print("first password:", asyncio.run(add_user(os.environ, email, name)))
            case ["rebuild-stream"]:
                print("events:", asyncio.run(rebuild_stream(os.environ)))
            case _:
                sys.exit(USAGE)
    except Trouble as trouble:
        sys.exit(f"recruitflow: {trouble}")


def _needed(environment: Mapping[str, str], name: str) -> str:
    value = environment.get(name, "")
    if not value:
        raise Trouble(f"{name} is not set.")
    return value


if __name__ == "__main__":
    main()
