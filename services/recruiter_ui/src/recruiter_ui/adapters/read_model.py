"""The read tables in PostgreSQL: the rules of ``domain.folding`` as one upsert per table.

A batch takes the projection's lock first: replicas fold one after the other, so ids of the feed of changes
come up in the order in which they become visible, and a page that has seen id N has missed nothing before it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from functools import cache

from chassis import Begin, Tx
from chassis.database import Connection
from chassis.tx import Database

from recruiter_ui.domain import tables as read
from recruiter_ui.domain.folding import Fold, Register, Row, Table

CHANNEL = "recruiter_ui_changes"
LOCK = "SELECT pg_advisory_xact_lock(hashtextextended(current_schema() || '.projection', 0))"

_SUBJECTS = {
    read.POSITIONS.name: ("position", "position_id"),
    read.DIALLING_STOPS.name: ("stop", "scope"),
    read.CONTACT_BANS.name: ("candidate", "candidate_id"),
    read.DUPLICATES.name: ("duplicates", "candidate_id"),
    read.LIVE_LEADS.name: ("live_lead", "leadgen_id"),
    read.NOTES.name: ("application", "application_id"),
    read.APPLICATIONS.name: ("application", "application_id"),
    read.IMPORTS.name: ("import", "import_id"),
    read.UNMATCHED.name: ("unmatched", "item_id"),
    read.CVS.name: ("cv", "cv_id"),
    read.GENERATIONS.name: ("generation", "generation_id"),
    read.CONNECTIONS.name: ("connection", "channel"),
}
"""What pages look out for: a table's rows as subject and the column of its id."""

_TOLD = {"profile_revision", "merged_into", "withdrawn"}
"""Of people, whom every lead of an import brings in anew, only what changes somebody already there."""


class PostgresReadModel:
    async def fold(self, tx: Tx, batch: Fold) -> None:
        await tx.db.execute(LOCK)
        await write_rows(tx.db, batch)
        await _tell(tx.db, batch)


async def write_rows(db: Database | Connection, batch: Fold) -> None:
    """Merge every table's rows; the tables are those that ``search_path`` finds."""
    for table in read.READ_TABLES:
        rows = list(batch.of(table))
        if rows:
            await db.execute(upsert(table), *_columns(table, rows))


def _columns(table: Table, rows: list[Row]) -> list[list[object]]:
    """One array per column; jsonb travels as text, because a list of lists would be taken for a matrix."""
    return [
        [_as_text(row.get(column)) for row in rows] if kind == "jsonb" else [row.get(column) for row in rows]
        for column, kind in table.types.items()
    ]


def _as_text(value: object) -> str | None:
    return None if value is None else json.dumps(value)


@cache
def upsert(table: Table) -> str:
    """``INSERT ... SELECT FROM unnest ... ON CONFLICT``: one parameter per column, rows merged by rule."""
    names = ", ".join(table.columns)
    kinds = ["text" if kind == "jsonb" else kind for kind in table.types.values()]
    arrays = ", ".join(f"${place}::{kind}[]" for place, kind in enumerate(kinds, start=1))
    values = ", ".join(f"{column}::{kind}" for column, kind in table.types.items())
    sets = list(_assignments(table))
    return (
        f"INSERT INTO {table.name} AS old ({names}) SELECT {values} FROM unnest({arrays}) AS given "  # noqa: S608  our own names
        f"({names}) "
        f"ON CONFLICT ({', '.join(table.key)}) DO UPDATE SET {', '.join(sets)}"
    )


def _assignments(table: Table) -> Iterable[str]:
    for register in table.registers:
        newer = _newer(register)
        for column in (*register.columns, *register.stamp):
            yield f"{column} = CASE WHEN {newer} THEN excluded.{column} ELSE old.{column} END"
    for column in table.constant:
        yield f"{column} = COALESCE(old.{column}, excluded.{column})"
    for column in table.earliest:
        yield f"{column} = LEAST(old.{column}, excluded.{column})"
    for column in table.latest:
        yield f"{column} = GREATEST(old.{column}, excluded.{column})"


def _newer(register: Register) -> str:
    first = register.stamp[0]
    mine = ", ".join(f"old.{column}" for column in register.stamp)
    theirs = ", ".join(f"excluded.{column}" for column in register.stamp)
    return f"excluded.{first} IS NOT NULL AND (old.{first} IS NULL OR ({theirs}) > ({mine}))"


async def _tell(db: Database, batch: Fold) -> None:
    """Note what changed for the open pages; the notification leaves with the commit."""
    changed: set[tuple[str, str]] = set()
    for name, (subject, column) in _SUBJECTS.items():
        changed.update((subject, str(row[column])) for row in batch.rows.get(name, {}).values())
    people = batch.rows.get(read.CANDIDATES.name, {}).values()
    changed.update(("candidate", str(row["candidate_id"])) for row in people if _TOLD & row.keys())
    if batch.rows.get(read.MESSAGES.name):
        changed.add(("messages", ""))
    if not changed:
        return
    subjects, ids = zip(*sorted(changed), strict=True)
    await db.execute(
        "INSERT INTO changes (subject, subject_id) SELECT * FROM unnest($1::text[], $2::text[])",
        list(subjects),
        list(ids),
    )
    await db.execute("SELECT pg_notify($1, '')", CHANNEL)


KEPT_CHANGES = 20_000


async def forget_old_changes(begin: Begin) -> None:
    """The feed is for tabs that were away for a moment; who was away longer loads the page anew."""
    async with begin() as tx:
        await tx.db.execute(
            "DELETE FROM changes WHERE change_id <= (SELECT max(change_id) FROM changes) - $1", KEPT_CHANGES
        )
