"""What a deployment on somebody's own servers runs once: ``python -m ops.deployment prepare``.

``prepare`` makes roles, schemas, streams and consumers and migrates every schema. It may run again at any
time: it adds what is missing, sets the passwords it is given, and drops nothing. Its environment:
``DATABASE_URL`` (an administrator's), ``NATS_URL`` (the operator's) and every ``POSTGRES_<SERVICE>_PASSWORD``.
"""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Mapping

import nats
from chassis.migrations import upgrade
from chassis.provisioner import provision
from chassis.servers import ServiceDatabase, provide_schema
from chassis.servers.databases import url_as

from ops.declared import declared_consumers
from ops.recruiters import new_user
from ops.say import Trouble
from ops.topology import SERVICES

USAGE = "usage: python -m ops.deployment prepare | add-user EMAIL NAME"


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
    client = await nats.connect(_needed(environment, "NATS_URL"), name="prepare", connect_timeout=5)
    try:
        return [str(drift) for drift in await provision(client.jetstream(timeout=10), declared_consumers())]
    finally:
        await client.close()


async def add_user(environment: Mapping[str, str], email: str, name: str) -> str:
    """Let a recruiter log in; answers their first password."""
    password = _needed(environment, password_variable("recruiter_ui"))
    url = url_as(_needed(environment, "DATABASE_URL"), role_of("recruiter_ui"), password)
    return await new_user(ServiceDatabase(url, "recruiter_ui"), email, name)


def main() -> None:
    try:
        match sys.argv[1:]:
            case ["prepare"]:
                for line in asyncio.run(prepare(os.environ)):
                    print(line)
            case ["add-user", email, name]:
                print("first password:", asyncio.run(add_user(os.environ, email, name)))
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
