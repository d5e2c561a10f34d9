"""Imports: how far each is, and the lines of the file that need a look."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any
from uuid import UUID

from chassis import Tx
from contracts import Actor, BlobRef

from intake.ports import LeadsImport, Notice, Tally

_INSERT = """
INSERT INTO imports (import_id, position_id, file, file_name, actor, tally, requested_at)
VALUES ($1, $2, $3, $4, $5, $6, $7)
"""
_LOCK = """
SELECT import_id, position_id, file, file_name, actor, tally, finished_at, refused_because
FROM imports WHERE import_id = $1 FOR UPDATE
"""
_SAVE = "UPDATE imports SET tally = $2, finished_at = $3, refused_because = $4 WHERE import_id = $1"
_NOTE = """
INSERT INTO import_refusals (import_id, line, refused, reason)
SELECT $1, n.line, n.refused, n.reason
FROM unnest($2::int[], $3::bool[], $4::text[]) AS n (line, refused, reason)
"""
_NOTICES = """
SELECT line, reason, refused FROM import_refusals
WHERE import_id = $1 AND refused = $2 ORDER BY line LIMIT $3
"""


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
        )

    async def lock(self, tx: Tx, import_id: UUID) -> LeadsImport | None:
        row = await tx.db.fetchrow(_LOCK, import_id)
        return _import(row) if row else None

    async def save(self, tx: Tx, leads_import: LeadsImport, notices: Sequence[Notice]) -> None:
        await tx.db.execute(
            _SAVE,
            leads_import.import_id,
            asdict(leads_import.tally),
            leads_import.finished_at,
            leads_import.refused_because,
        )
        if notices:
            await tx.db.execute(
                _NOTE,
                leads_import.import_id,
                [notice.line for notice in notices],
                [notice.refused for notice in notices],
                [notice.reason for notice in notices],
            )

    async def notices(self, tx: Tx, import_id: UUID, *, refused: bool, limit: int) -> list[Notice]:
        rows = await tx.db.fetch(_NOTICES, import_id, refused, limit)
        return [Notice(row["line"], row["reason"], row["refused"]) for row in rows]


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
    )
