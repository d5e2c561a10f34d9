"""Roles, schemas and databases: one role per service, which owns its schema and nothing else."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import quote, urlsplit, urlunsplit

import asyncpg

_NAME = re.compile(r"^[a-z][a-z0-9_]{0,50}$")


@dataclass(frozen=True, slots=True)
class ServiceDatabase:
    """What a service is given: its own role in ``url``, its own ``schema``."""

    url: str
    schema: str


async def provide_schema(admin_url: str, schema: str, *, role: str, password: str) -> ServiceDatabase:
    """Make role and schema where they are missing, and set the password; nothing is ever dropped."""
    _check(schema, role)
    connection = await asyncpg.connect(admin_url)
    try:
        exists = await connection.fetchval("SELECT 1 FROM pg_roles WHERE rolname = $1", role)
        verb = "ALTER" if exists else "CREATE"
        await connection.execute(f"{verb} ROLE {role} LOGIN PASSWORD {_literal(password)}")
        database = await connection.fetchval("SELECT current_database()")
        await connection.execute("REVOKE ALL ON SCHEMA public FROM PUBLIC")
        await connection.execute(f'REVOKE ALL ON DATABASE "{database}" FROM PUBLIC')
        await connection.execute(f'GRANT CONNECT, TEMPORARY ON DATABASE "{database}" TO {role}')
        # An administrator who is no superuser may only give away what they are a member of.
        await connection.execute(f"GRANT {role} TO CURRENT_USER")
        await connection.execute(f"CREATE SCHEMA IF NOT EXISTS {schema} AUTHORIZATION {role}")
        await connection.execute(f"ALTER ROLE {role} SET search_path = {schema}")
    finally:
        await connection.close()
    return ServiceDatabase(url_as(admin_url, role, password), schema)


async def make_database(admin_url: str, name: str) -> str:
    """A new empty database; answers the administrator's URL of it."""
    _check(name)
    connection = await asyncpg.connect(admin_url)
    try:
        if not await connection.fetchval("SELECT 1 FROM pg_database WHERE datname = $1", name):
            await connection.execute(f"CREATE DATABASE {name}")
    finally:
        await connection.close()
    return urlunsplit(urlsplit(admin_url)._replace(path=f"/{name}"))


async def copy_database(admin_url: str, name: str, template: ServiceDatabase) -> ServiceDatabase:
    """A new database with all that the other holds; nobody may be connected to that one."""
    origin = urlsplit(template.url)
    _check(name, source := origin.path.removeprefix("/"), role := str(origin.username))
    connection = await asyncpg.connect(admin_url)
    try:
        # Copying files is what is quick where nothing is waited for until it is on disk.
        await connection.execute(f"CREATE DATABASE {name} TEMPLATE {source} STRATEGY FILE_COPY")
        await connection.execute(f"REVOKE ALL ON DATABASE {name} FROM PUBLIC")
        await connection.execute(f"GRANT CONNECT, TEMPORARY ON DATABASE {name} TO {role}")
    finally:
        await connection.close()
    return ServiceDatabase(urlunsplit(origin._replace(path=f"/{name}")), template.schema)


async def drop_database(admin_url: str, name: str) -> None:
    """Whoever is still connected is cut off."""
    _check(name)
    connection = await asyncpg.connect(admin_url)
    try:
        await connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
    finally:
        await connection.close()


def url_as(url: str, role: str, password: str) -> str:
    """The same database under another role."""
    parts = urlsplit(url)
    where = parts.netloc.rpartition("@")[2]
    return urlunsplit(parts._replace(netloc=f"{quote(role, safe='')}:{quote(password, safe='')}@{where}"))


def _check(*names: str) -> None:
    for name in names:
        if not _NAME.match(name):
            raise ValueError(f"{name!r} is no name for a role, schema or database")


def _literal(text: str) -> str:
    """Passwords can't be bound in utility statements; ours are URL-safe, anything else is refused."""
    if not re.fullmatch(r"[A-Za-z0-9_-]+", text):
        raise ValueError("a role's password is made of letters, digits, - and _")
    return f"'{text}'"
