"""Received files and what they became, in Postgres."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from chassis import Tx
from contracts import BlobRef
from contracts.cv_matching import CvMatched, FileReading
from contracts.messaging import Channel

from cv_matching.ports import Cv, Item, ItemState


class PostgresItems:
    async def add(self, tx: Tx, item: Item) -> bool:
        added = await tx.db.fetchval(
            """
            insert into items (item_id, message_id, position, channel, sender, sender_name, subject, body,
                               file, file_name, received_at, state)
            values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
            on conflict (message_id, position) do nothing
            returning item_id
            """,
            item.item_id,
            item.message_id,
            item.position,
            item.channel,
            item.sender,
            item.sender_name,
            item.subject,
            item.body,
            item.file.model_dump(),
            item.file_name,
            item.received_at,
            item.state,
        )
        return added is not None

    async def get(self, tx: Tx, item_id: UUID) -> Item | None:
        row = await tx.db.fetchrow("select * from items where item_id = $1 for update", item_id)
        return _item(row) if row else None

    async def settle(self, tx: Tx, item_id: UUID, state: ItemState, explanation: str) -> None:
        await settle_item(tx, item_id, state, explanation)

    async def tell(self, tx: Tx, item_id: UUID, explanation: str) -> None:
        await tx.db.execute("update items set explanation = $2 where item_id = $1", item_id, explanation)

    async def wait_again(self, tx: Tx, message_ids: Sequence[UUID]) -> list[UUID]:
        await tx.db.execute(
            "select from items where message_id = any($1) order by item_id for update", list(message_ids)
        )
        rows = await tx.db.fetch(
            "update items set state = 'waiting', settled_at = null, tries = 0"
            " where message_id = any($1) and state = 'unmatched' returning item_id",
            list(message_ids),
        )
        return sorted(row["item_id"] for row in rows)

    async def count_try(self, tx: Tx, item_id: UUID) -> None:
        await tx.db.execute("update items set tries = tries + 1 where item_id = $1", item_id)

    async def keep_reading(self, tx: Tx, item_id: UUID, reading: FileReading) -> None:
        await tx.db.execute(
            "update items set reading = $2 where item_id = $1", item_id, reading.model_dump(mode="json")
        )


class PostgresCvs:
    async def add(self, tx: Tx, cv: Cv) -> tuple[UUID, int] | None:
        await lock_cvs_of(tx, cv.application_id)
        row = await tx.db.fetchrow(
            """
            insert into cvs as old (cv_id, item_id, candidate_id, application_id, method, source, file,
                                    file_name, needs_review, received_at, number)
            values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10,
                    (select coalesce(max(number), 0) + 1 from cvs where application_id = $4))
            on conflict (item_id, application_id) do update
            set method = excluded.method, needs_review = excluded.needs_review, detached_at = null
            where old.detached_at is not null
            returning old.cv_id, old.number
            """,
            cv.cv_id,
            cv.item_id,
            cv.candidate_id,
            cv.application_id,
            cv.method,
            cv.source,
            cv.file.model_dump(),
            cv.file_name,
            cv.needs_review,
            cv.received_at,
        )
        return row and (row["cv_id"], row["number"])

    async def keep_said(self, tx: Tx, said: CvMatched) -> None:
        await tx.db.execute(
            "update cvs set said = $2 where cv_id = $1", said.cv_id, said.model_dump(mode="json")
        )


async def settle_item(tx: Tx, item_id: UUID, state: ItemState, explanation: str) -> None:
    await tx.db.execute(
        "update items set state = $2, explanation = $3, settled_at = $4 where item_id = $1",
        item_id,
        state,
        explanation,
        tx.now,
    )


async def lock_cvs_of(tx: Tx, application_id: int) -> None:
    """Which CVs an application has changes in one transaction at a time: they are counted."""
    await tx.db.execute(
        "select pg_advisory_xact_lock(hashtextextended(current_schema() || '.cvs.' || $1::text, 0))",
        str(application_id),
    )


def _item(row: Any) -> Item:
    return Item(
        item_id=row["item_id"],
        message_id=row["message_id"],
        position=row["position"],
        channel=Channel(row["channel"]),
        sender=row["sender"],
        sender_name=row["sender_name"],
        subject=row["subject"],
        body=row["body"],
        file=BlobRef.model_validate(row["file"]),
        file_name=row["file_name"],
        received_at=row["received_at"],
        state=ItemState(row["state"]),
        tries=row["tries"],
        reading=FileReading.model_validate(row["reading"]) if row["reading"] else None,
        settled_before=row["explanation"] is not None,
    )
