"""Deliveries in PostgreSQL: one statement for a whole batch, so that many requests share one commit."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from chassis import Tx

from gateway.ports import Delivery

_ADD = """
INSERT INTO deliveries (delivery_id, provider, kind, sha256, body, body_ref, received_at)
SELECT * FROM unnest($1::uuid[], $2::text[], $3::text[], $4::bytea[], $5::bytea[], $6::text[],
                     $7::timestamptz[])
ON CONFLICT (provider, sha256) DO NOTHING
RETURNING delivery_id
"""


class PostgresDeliveries:
    async def add(self, tx: Tx, deliveries: Sequence[Delivery]) -> set[UUID]:
        # One order of keys in every replica, so that two batches with common rows can't deadlock.
        rows = sorted(deliveries, key=lambda delivery: (delivery.provider, delivery.sha256))
        added = await tx.db.fetch(
            _ADD,
            [row.delivery_id for row in rows],
            [row.provider.value for row in rows],
            [row.kind for row in rows],
            [row.sha256 for row in rows],
            [row.body for row in rows],
            [row.body_ref.key if row.body_ref else None for row in rows],
            [row.received_at for row in rows],
        )
        return {row["delivery_id"] for row in added}

    async def forget_bodies(self, tx: Tx, before: datetime) -> int:
        done = await tx.db.execute(
            "UPDATE deliveries SET body = NULL WHERE received_at < $1 AND body IS NOT NULL", before
        )
        return int(done.rpartition(" ")[2])
