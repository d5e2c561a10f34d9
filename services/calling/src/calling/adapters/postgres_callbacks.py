"""Agreed callbacks in PostgreSQL: one row per application that waits for one."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from chassis import Tx

from calling.ports.callbacks import Agreed

_AGREE = """
INSERT INTO callbacks (application_id, candidate_id, position_id, asked_for, confirmed)
SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::timestamptz[], $5::boolean[])
ON CONFLICT (application_id) DO UPDATE
SET candidate_id = EXCLUDED.candidate_id, position_id = EXCLUDED.position_id,
    asked_for = EXCLUDED.asked_for, confirmed = EXCLUDED.confirmed, said = NULL
"""
_AHEAD = """
SELECT * FROM callbacks
WHERE confirmed AND asked_for >= $1
  AND (application_id = ANY($2::bigint[]) OR position_id = ANY($3::bigint[])
       OR candidate_id = ANY($4::bigint[]))
ORDER BY application_id
FOR UPDATE
"""


class PostgresCallbacks:
    async def agree(self, tx: Tx, agreed: Sequence[Agreed]) -> None:
        rows = sorted(agreed, key=lambda one: one.application_id)
        await tx.db.execute(
            _AGREE,
            [one.application_id for one in rows],
            [one.candidate_id for one in rows],
            [one.position_id for one in rows],
            [one.asked_for for one in rows],
            [one.confirmed for one in rows],
        )

    async def confirm(self, tx: Tx, application_ids: Collection[int]) -> None:
        await tx.db.execute(
            "UPDATE callbacks SET confirmed = true WHERE application_id = ANY($1::bigint[])",
            sorted(application_ids),
        )

    async def forget(self, tx: Tx, application_ids: Collection[int]) -> None:
        await tx.db.execute(
            "DELETE FROM callbacks WHERE application_id = ANY($1::bigint[])", sorted(application_ids)
        )

    async def ahead(
        self,
        tx: Tx,
        *,
        application_ids: Collection[int] = (),
        position_ids: Collection[int] = (),
        candidate_ids: Collection[int] = (),
    ) -> list[Agreed]:
        rows = await tx.db.fetch(
            _AHEAD, tx.now, list(application_ids), list(position_ids), list(candidate_ids)
        )
        return [Agreed(**row) for row in rows]

    async def said(self, tx: Tx, said: Mapping[int, Mapping[str, Any]]) -> None:
        await tx.db.execute(
            "UPDATE callbacks SET said = row.said"
            " FROM jsonb_to_recordset($1) AS row (application_id bigint, said jsonb)"
            " WHERE callbacks.application_id = row.application_id",
            [{"application_id": one, "said": dict(what)} for one, what in said.items()],
        )
