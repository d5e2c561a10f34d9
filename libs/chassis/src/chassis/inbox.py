"""What a consumer has handled already, and whether it may still handle anything (fencing)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from chassis.leases import Lease, LeaseLost
from chassis.tx import Database

_CLAIM = """
WITH lease AS (SELECT 1 FROM leases WHERE name = $1 AND epoch = $2 FOR SHARE),
     fresh AS (
         INSERT INTO inbox (event_id, consumer, handled_at)
         SELECT event_id, $1, $4 FROM unnest($3::uuid[]) AS given (event_id) WHERE EXISTS (SELECT FROM lease)
         ON CONFLICT DO NOTHING
         RETURNING event_id
     )
SELECT EXISTS (SELECT FROM lease) AS held, ARRAY(SELECT event_id FROM fresh) AS fresh
"""

_SEEN = """
WITH lease AS (SELECT 1 FROM leases WHERE name = $1 AND epoch = $2 FOR SHARE)
SELECT EXISTS (SELECT FROM lease) AS held,
       EXISTS (SELECT FROM inbox WHERE event_id = $3 AND consumer = $1) AS seen
"""


async def claim(db: Database, lease: Lease, ids: Sequence[UUID], now: datetime) -> set[UUID]:
    """Write the ids down and answer those that are new; raises ``LeaseLost``."""
    [(held, fresh)] = await db.fetch(_CLAIM, lease.name, lease.epoch, ids, now)
    if not held:
        raise LeaseLost(lease.name)
    return set(fresh)


async def seen(db: Database, lease: Lease, event_id: UUID) -> bool:
    """Whether the event was handled before; raises ``LeaseLost``."""
    [(held, known)] = await db.fetch(_SEEN, lease.name, lease.epoch, event_id)
    if not held:
        raise LeaseLost(lease.name)
    return bool(known)
