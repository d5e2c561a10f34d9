"""Positions: what is filtered on as columns, the rest as it was written."""

from __future__ import annotations

from typing import Any

from chassis import Tx
from contracts.intake import PositionDetails

from intake.ports import Position

_GET = "SELECT position_id, revision, details FROM positions WHERE position_id = $1"
_INSERT = """
INSERT INTO positions (title, status, revision, details, created_at, updated_at)
VALUES ($1, $2, 1, $3, $4, $4)
RETURNING position_id
"""
_REVISE = """
UPDATE positions SET title = $2, status = $3, revision = $4, details = $5, updated_at = $6
WHERE position_id = $1
"""
_OPEN_APPLICATIONS = "SELECT count(*) FROM applications WHERE position_id = $1 AND status <> 'closed'"


class PostgresPositions:
    async def add(self, tx: Tx, details: PositionDetails) -> int:
        position_id: int = await tx.db.fetchval(
            _INSERT, details.title, details.status.value, details.model_dump(mode="json"), tx.now
        )
        return position_id

    async def get(self, tx: Tx, position_id: int) -> Position | None:
        return _position(await tx.db.fetchrow(_GET, position_id))

    async def lock(self, tx: Tx, position_id: int) -> Position | None:
        return _position(await tx.db.fetchrow(f"{_GET} FOR UPDATE", position_id))

    async def revise(self, tx: Tx, position: Position) -> None:
        await tx.db.execute(
            _REVISE,
            position.position_id,
            position.details.title,
            position.details.status.value,
            position.revision,
            position.details.model_dump(mode="json"),
            tx.now,
        )

    async def open_applications(self, tx: Tx, position_id: int) -> int:
        waiting: int = await tx.db.fetchval(_OPEN_APPLICATIONS, position_id)
        return waiting


def _position(row: Any) -> Position | None:
    if row is None:
        return None
    return Position(row["position_id"], row["revision"], PositionDetails.model_validate(row["details"]))
