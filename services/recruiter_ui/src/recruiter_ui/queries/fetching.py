"""Rows as plain dictionaries: what the templates and views take."""

from __future__ import annotations

from typing import Any, TypeAlias

from chassis.tx import Database

Record: TypeAlias = dict[str, Any]


async def many(db: Database, statement: str, *arguments: Any) -> list[Record]:
    return [dict(row) for row in await db.fetch(statement, *arguments)]


async def maybe(db: Database, statement: str, *arguments: Any) -> Record | None:
    row = await db.fetchrow(statement, *arguments)
    return dict(row) if row is not None else None


async def one(db: Database, statement: str, *arguments: Any) -> Record:
    """For statements that always answer a row: counts."""
    row = await maybe(db, statement, *arguments)
    assert row is not None  # an aggregate without GROUP BY
    return row
