"""Messages in, once per provider's id."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from chassis import Tx

from messaging.domain.conversations import sender_key
from messaging.domain.letters import Channel
from messaging.domain.people import Writer
from messaging.domain.whapi_inbox import Media
from messaging.ports import Inbound


class PostgresInbounds:
    async def add(self, tx: Tx, inbound: Inbound, attachments: Sequence[dict[str, Any]] = ()) -> bool:
        writer = inbound.writer
        added = await tx.db.fetchval(
            """INSERT INTO inbound_messages (message_id, channel, external_id, sender, sender_name,
                   candidate_id, application_id, subject, body, received_at, media, attachments, settled,
                   sender_key, thread_id, link_id)
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15,
                   (SELECT link_id FROM sender_links WHERE sender_key = $14 AND ended_at IS NULL))
               ON CONFLICT (channel, external_id) DO NOTHING RETURNING true""",
            inbound.message_id,
            inbound.channel.value,
            inbound.external_id,
            inbound.sender,
            inbound.sender_name,
            writer.candidate_id if writer else None,
            writer.application_id if writer else None,
            inbound.subject,
            inbound.body,
            inbound.received_at,
            inbound.media.as_json() if inbound.media else None,
            list(attachments),
            inbound.media is None,
            sender_key(inbound.sender),
            inbound.thread_id,
        )
        return added is True

    async def knows(self, tx: Tx, channel: Channel, external_id: str) -> bool:
        found = await tx.db.fetchval(
            "SELECT true FROM inbound_messages WHERE channel = $1 AND external_id = $2",
            channel.value,
            external_id,
        )
        return found is True

    async def to_fetch(self, tx: Tx, message_id: UUID) -> Inbound | None:
        row = await tx.db.fetchrow(
            "SELECT * FROM inbound_messages WHERE message_id = $1 AND NOT settled FOR UPDATE", message_id
        )
        return _inbound(row) if row else None

    async def count_try(self, tx: Tx, message_id: UUID) -> None:
        await tx.db.execute("UPDATE inbound_messages SET tries = tries + 1 WHERE message_id = $1", message_id)

    async def fetched(
        self, tx: Tx, message_id: UUID, attachments: list[dict[str, Any]], problem: str | None
    ) -> bool:
        settled = await tx.db.fetchval(
            """UPDATE inbound_messages SET settled = true, attachments = $2, problem = $3,
                   arrived = nextval('inbound_arrivals')
               WHERE message_id = $1 AND NOT settled RETURNING true""",
            message_id,
            attachments,
            problem,
        )
        return settled is True


def _inbound(row: Any) -> Inbound:
    known = row["candidate_id"] is not None
    return Inbound(
        message_id=row["message_id"],
        channel=Channel(row["channel"]),
        external_id=row["external_id"],
        sender=row["sender"],
        sender_name=row["sender_name"],
        writer=Writer(row["candidate_id"], row["application_id"]) if known else None,
        subject=row["subject"],
        body=row["body"],
        received_at=row["received_at"],
        media=Media(**row["media"]) if row["media"] else None,
        tries=row["tries"],
    )
