"""Who objected, by address, and against whom it was held."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from chassis import Tx

from messaging.domain.letters import Channel
from messaging.ports import Objection

_THEIRS = """
    SELECT DISTINCT m.candidate_id FROM (
        SELECT coalesce(m.person_id, c.candidate_id) AS person_id FROM (
            SELECT candidate_id FROM candidates WHERE email = $1 OR phone = $1 OR whatsapp_number = $1
            UNION SELECT candidate_id FROM former_contacts WHERE value = $1
        ) AS c LEFT JOIN members m USING (candidate_id)
    ) AS found
    CROSS JOIN LATERAL (
        SELECT found.person_id AS candidate_id
        UNION SELECT candidate_id FROM members WHERE person_id = found.person_id
    ) AS m ORDER BY 1
"""


_LOCK = """
    SELECT pg_advisory_xact_lock(hashtextextended(current_schema() || ' objection ' || address, 0))
    FROM (SELECT DISTINCT address FROM unnest($1::text[]) AS given (address) ORDER BY address) AS those
"""
"""Who objects and who is only just heard of would else each come before the other is there."""


class PostgresObjections:
    async def remember(self, tx: Tx, objection: Objection) -> None:
        await tx.db.execute(_LOCK, [objection.address])
        await tx.db.execute(
            """INSERT INTO objections (message_id, channel, address, words, said_at)
               VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING""",
            objection.message_id,
            objection.channel.value,
            objection.address,
            objection.words,
            objection.said_at,
        )

    async def everybody_at(self, tx: Tx, address: str) -> list[int]:
        return [row["candidate_id"] for row in await tx.db.fetch(_THEIRS, address)]

    async def stands_against(self, tx: Tx, address: str) -> bool:
        found = await tx.db.fetchval("SELECT true FROM objections WHERE address = $1 LIMIT 1", address)
        return found is True

    async def held_against(self, tx: Tx, candidate_ids: Sequence[int], address: str) -> bool:
        found = await tx.db.fetchval(
            """SELECT true FROM objections o JOIN objections_told t USING (message_id)
               JOIN do_not_contact d USING (candidate_id)
               WHERE o.address = $1 AND t.candidate_id = ANY($2::bigint[]) LIMIT 1""",
            address,
            list(candidate_ids),
        )
        return found is True

    async def not_told_of(self, tx: Tx, candidate_id: int, addresses: Sequence[str]) -> list[Objection]:
        await tx.db.execute(_LOCK, list(addresses))
        rows = await tx.db.fetch(
            """SELECT o.* FROM objections o WHERE o.address = ANY($2::text[]) AND NOT EXISTS (
                   SELECT FROM objections_told t
                   WHERE t.candidate_id = $1 AND t.message_id = o.message_id)
               ORDER BY o.said_at, o.message_id""",
            candidate_id,
            list(addresses),
        )
        return [
            Objection(
                row["message_id"], Channel(row["channel"]), row["address"], row["words"], row["said_at"]
            )
            for row in rows
        ]

    async def told_of(self, tx: Tx, candidate_id: int, message_id: UUID) -> bool:
        new = await tx.db.fetchval(
            """INSERT INTO objections_told (candidate_id, message_id) VALUES ($1, $2)
               ON CONFLICT DO NOTHING RETURNING true""",
            candidate_id,
            message_id,
        )
        return new is True
