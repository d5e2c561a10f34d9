"""Alembic for the services: migrations stand inside each package, every schema keeps its own version table.

``env.py`` of a service is two lines: import ``run_env``, call it. ``op.execute`` takes whole scripts; they
are cut into statements, because the driver takes one at a time.
"""

from __future__ import annotations

import asyncio
import importlib.util
import threading
from pathlib import Path
from typing import Any

from alembic import command, context
from alembic.config import Config
from sqlalchemy import event, pool, text
from sqlalchemy.engine import Connection
from sqlalchemy.ext.asyncio import create_async_engine

from chassis.database import plain_url
from chassis.schema import create_chassis_tables
from chassis.sql_script import statements

__all__ = ["create_chassis_tables", "migrations_of", "run_env", "upgrade"]

_ONE_AT_A_TIME = threading.Lock()


class NoMigrations(LookupError):
    def __init__(self, package: str) -> None:
        super().__init__(f"{package} has no folder migrations")


def migrations_of(package: str) -> Path:
    """``<package>/migrations``, found without importing the package's modules."""
    spec = importlib.util.find_spec(package)
    for place in (spec.submodule_search_locations or []) if spec else []:
        folder = Path(place) / "migrations"
        if (folder / "env.py").exists():
            return folder
    raise NoMigrations(package)


def upgrade(package: str, database_url: str, schema: str, revision: str = "head") -> None:
    """Bring one service's schema up to date; blocks, so call it in a thread from async code."""
    config = Config()
    config.set_main_option("script_location", str(migrations_of(package)).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["database_url"] = database_url
    config.attributes["schema"] = schema
    with _ONE_AT_A_TIME:  # Alembic's context is one per process
        command.upgrade(config, revision)


def run_env() -> None:
    """The whole of a service's ``env.py``. Url and schema come from ``upgrade``."""
    attributes = context.config.attributes
    database_url, schema = attributes["database_url"], attributes["schema"]
    asyncio.run(_migrate(database_url, schema))


async def _migrate(database_url: str, schema: str) -> None:
    url = plain_url(database_url).replace("postgresql://", "postgresql+asyncpg://", 1)
    engine = create_async_engine(
        url,
        poolclass=pool.NullPool,
        connect_args={"server_settings": {"search_path": schema, "application_name": f"migrate {schema}"}},
    )
    event.listen(engine.sync_engine, "do_execute_no_params", _execute_script)
    event.listen(engine.sync_engine, "do_execute", _execute_script)
    try:
        async with engine.connect() as connection:
            await connection.execute(text("SELECT pg_advisory_lock(hashtext(:name))"), {"name": schema})
            await connection.commit()
            await connection.run_sync(_run, schema)
            await connection.commit()
    finally:
        await engine.dispose()


def _run(connection: Connection, schema: str) -> None:
    exists = connection.execute(
        text("SELECT 1 FROM pg_namespace WHERE nspname = :name"), {"name": schema}
    ).scalar()
    if not exists:
        connection.execute(text(f'CREATE SCHEMA "{schema}"'))
    context.configure(connection=connection, version_table_schema=schema, transaction_per_migration=True)
    with context.begin_transaction():
        context.run_migrations()


def _execute_script(cursor: Any, statement: str, *rest: Any) -> bool | None:
    parameters = rest[0] if len(rest) > 1 else None
    if parameters or ";" not in statement:
        return None
    for one in statements(statement):
        cursor.execute(one)
    return True
