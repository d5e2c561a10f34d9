"""Imports: how far each is, and the lines of the file that need a look."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import asdict
from typing import Any, Literal
from uuid import UUID

from chassis import Tx
from contracts import Actor, BlobRef
from pydantic import TypeAdapter
from pydantic_core import from_json, to_json

from intake.ports import LeadsImport, Notice, Tally, Undo

_INSERT = """
INSERT INTO imports (import_id, position_id, file, file_name, actor, tally, requested_at, confirmed_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
"""
_LOCK = """
SELECT import_id, position_id, file, file_name, actor, tally, finished_at, refused_because, previewed_at,
       confirmed_at, of_rows, failures, undo
FROM imports WHERE import_id = $1 FOR UPDATE
"""
_SAVE = """
UPDATE imports
SET tally = $2, finished_at = $3, refused_because = $4, previewed_at = $5, confirmed_at = $6, of_rows = $7,
    failures = $8, actor = $9, undo = $10
WHERE import_id = $1
"""
_NOTE = """
INSERT INTO import_refusals (import_id, line, refused, reason, cells)
SELECT $1, n.line, n.refused, n.reason, n.cells
FROM unnest($2::int[], $3::bool[], $4::text[], $5::text[]) AS n (line, refused, reason, cells)
"""
_NOTICES = """
SELECT line, reason, refused, cells FROM import_refusals
WHERE import_id = $1 AND refused = $2 ORDER BY line LIMIT $3
"""
_REFUSALS = """
SELECT line, reason, refused, cells FROM import_refusals WHERE import_id = $1 AND refused ORDER BY line
"""
_BEFORE = """
SELECT import_id FROM imports
WHERE position_id = $1 AND file ->> 'sha256' = $2 AND import_id <> $3
      AND finished_at IS NOT NULL AND refused_because IS NULL AND undo IS NULL
ORDER BY finished_at DESC LIMIT 1
"""


_UNDER_WAY = """
SELECT CASE WHEN undo IS NULL THEN 'import' ELSE 'undo' END FROM imports
WHERE position_id = $1
  AND (confirmed_at IS NOT NULL AND finished_at IS NULL OR undo IS NOT NULL AND undo ->> 'done_at' IS NULL)
LIMIT 1
"""
_UNDO: TypeAdapter[Undo | None] = TypeAdapter(Undo | None)


class PostgresImports:
    async def add(self, tx: Tx, leads_import: LeadsImport) -> None:
        await tx.db.execute(
            _INSERT,
            leads_import.import_id,
            leads_import.position_id,
            leads_import.file.model_dump(mode="json"),
            leads_import.file_name,
            leads_import.actor.model_dump(mode="json"),
            asdict(leads_import.tally),
            tx.now,
            leads_import.confirmed_at,
        )

    async def lock(self, tx: Tx, import_id: UUID) -> LeadsImport | None:
        row = await tx.db.fetchrow(_LOCK, import_id)
        return _import(row) if row else None

    async def save(self, tx: Tx, leads_import: LeadsImport, notices: Sequence[Notice] = ()) -> None:
        await tx.db.execute(
            _SAVE,
            leads_import.import_id,
            asdict(leads_import.tally),
            leads_import.finished_at,
            leads_import.refused_because,
            leads_import.previewed_at,
            leads_import.confirmed_at,
            leads_import.of_rows,
            leads_import.failures,
            leads_import.actor.model_dump(mode="json"),
            _UNDO.dump_python(leads_import.undo, mode="json"),
        )
        if notices:
            await tx.db.execute(
                _NOTE,
                leads_import.import_id,
                [notice.line for notice in notices],
                [notice.refused for notice in notices],
                [notice.reason for notice in notices],
                [to_json(notice.cells).decode() for notice in notices],
            )

    async def notices(self, tx: Tx, import_id: UUID, *, refused: bool, limit: int) -> list[Notice]:
        rows = await tx.db.fetch(_NOTICES, import_id, refused, limit)
        return [_notice(row) for row in rows]

    async def every_refusal(self, tx: Tx, import_id: UUID) -> AsyncIterator[Notice]:
        async for row in tx.db.cursor(_REFUSALS, import_id, prefetch=200):
            yield _notice(row)

    async def under_way(self, tx: Tx, position_id: int) -> Literal["import", "undo"] | None:
        found: Literal["import", "undo"] | None = await tx.db.fetchval(_UNDER_WAY, position_id)
        return found

    async def finished_before(self, tx: Tx, leads_import: LeadsImport) -> UUID | None:
        if leads_import.file.sha256 is None:
            return None
        found: UUID | None = await tx.db.fetchval(
            _BEFORE, leads_import.position_id, leads_import.file.sha256, leads_import.import_id
        )
        return found


def _notice(row: Any) -> Notice:
    return Notice(row["line"], row["reason"], row["refused"], tuple(from_json(row["cells"])))


def _import(row: Any) -> LeadsImport:
    return LeadsImport(
        import_id=row["import_id"],
        position_id=row["position_id"],
        file=BlobRef.model_validate(row["file"]),
        file_name=row["file_name"],
        actor=Actor.model_validate(row["actor"]),
        tally=Tally(**row["tally"]),
        finished_at=row["finished_at"],
        refused_because=row["refused_because"],
        previewed_at=row["previewed_at"],
        confirmed_at=row["confirmed_at"],
        of_rows=row["of_rows"],
        failures=row["failures"],
        undo=_UNDO.validate_python(row["undo"]),
    )
