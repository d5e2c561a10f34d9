"""Conversations on PostgreSQL: rows of ``inbound_messages``, what hides them, and whose senders are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from chassis import Tx

from messaging.domain.conversations import Whose, sender_key
from messaging.domain.letters import Channel
from messaging.domain.people import Writer
from messaging.ports.conversations import Deletion, Link, Partner

_KNOWN = "settled AND deletion_id IS NULL"
"""Made known to everybody, and not hidden."""
_THEIRS = "(candidate_id = ANY($1::bigint[]) OR (candidate_id IS NULL AND sender_key = $2))"
_UNTIL = """($3::uuid IS NULL OR arrived <=
    (SELECT given.arrived FROM inbound_messages given WHERE given.message_id = $3))"""
"""In the order in which they were made known: an email that was written earlier may come later, unseen."""

_PARTNER = """
SELECT array_agg(DISTINCT each.candidate_id) FROM (
    SELECT coalesce((SELECT person_id FROM members WHERE candidate_id = $1), $1) AS person_id
) AS kept, LATERAL (
    SELECT kept.person_id AS candidate_id
    UNION SELECT m.candidate_id FROM members m WHERE m.person_id = kept.person_id
) AS each
WHERE EXISTS (SELECT FROM candidates WHERE candidate_id = $1)
"""

_LINKED = """
SELECT l.link_id, l.channel, l.sender, l.candidate_id, kept.person_id,
    (SELECT a.application_id FROM applications a
     WHERE a.status NOT IN ('closed', 'set_aside') AND a.candidate_id IN (
         SELECT kept.person_id UNION SELECT m.candidate_id FROM members m WHERE m.person_id = kept.person_id)
     ORDER BY a.application_id DESC LIMIT 1) AS application_id
FROM sender_links l, LATERAL (
    SELECT coalesce((SELECT person_id FROM members m WHERE m.candidate_id = l.candidate_id), l.candidate_id)
        AS person_id
) AS kept
WHERE l.ended_at IS NULL AND {which}
"""

_LOCK = "SELECT pg_advisory_xact_lock{shared}(hashtextextended(current_schema() || ' sender ' || $1, 0))"
"""Shared by those who take a message in, alone for who says whose it is: neither overlooks the other."""


async def linked_writer(tx: Tx, sender: str) -> Writer | None:
    """Whose this sender is by a recruiter's word; nobody changes that while the transaction runs."""
    key = sender_key(sender)
    await tx.db.execute(_LOCK.format(shared="_shared"), key)
    row = await tx.db.fetchrow(_LINKED.format(which="l.sender_key = $1"), key)
    return _link(row).writer if row else None


class PostgresConversations:
    async def partner(self, tx: Tx, candidate_id: int) -> Partner | None:
        ids = await tx.db.fetchval(_PARTNER, candidate_id)
        return Partner(ids=ids) if ids else None

    async def mark(self, tx: Tx, message_ids: Sequence[UUID], *, read: bool) -> list[Whose]:
        change = "is_read = $2"
        return await _change(
            tx, f"{_KNOWN} AND message_id = ANY($1) AND is_read <> $2", change, list(message_ids), read
        )

    async def read_up_to(self, tx: Tx, partner: Partner, up_to: UUID | None) -> list[Whose]:
        which = f"{_KNOWN} AND {_THEIRS} AND NOT is_read AND {_UNTIL}"
        return await _change(tx, which, "is_read = true", list(partner.ids), partner.sender_key, up_to)

    async def delete(self, tx: Tx, partner: Partner, deletion_id: UUID, up_to: UUID | None) -> list[Whose]:
        ids, key = list(partner.ids), partner.sender_key
        which = f"{_KNOWN} AND {_THEIRS} AND {_UNTIL}"
        deleted = await _change(tx, which, "deletion_id = $4", ids, key, up_to, deletion_id)
        if deleted:
            await tx.db.execute(
                "INSERT INTO deletions (deletion_id, candidate_ids, sender_key, deleted_at) "
                "VALUES ($1, $2, $3, $4)",
                deletion_id,
                ids,
                key,
                tx.now,
            )
        return deleted

    async def find_deletion(self, tx: Tx, deletion_id: UUID) -> Deletion | None:
        row = await tx.db.fetchrow("SELECT * FROM deletions WHERE deletion_id = $1 FOR UPDATE", deletion_id)
        if row is None:
            return None
        partner = Partner(row["candidate_ids"], row["sender_key"])
        return Deletion(deletion_id, partner, row["deleted_at"], row["restored_at"] is not None)

    async def restore(self, tx: Tx, deletion_id: UUID) -> list[Whose]:
        await tx.db.execute(
            "UPDATE deletions SET restored_at = $2 WHERE deletion_id = $1", deletion_id, tx.now
        )
        return await _change(tx, "deletion_id = $1", "deletion_id = NULL", deletion_id)

    async def claim_sender(self, tx: Tx, sender_key: str) -> None:
        await tx.db.execute(_LOCK.format(shared=""), sender_key)

    async def wrote(self, tx: Tx, channel: Channel, sender_key: str) -> str | None:
        found: str | None = await tx.db.fetchval(
            "SELECT sender FROM inbound_messages WHERE sender_key = $1 AND channel = $2 "
            "ORDER BY received_at DESC LIMIT 1",
            sender_key,
            channel.value,
        )
        return found

    async def link(self, tx: Tx, link: Link) -> list[UUID]:
        key = sender_key(link.sender)
        await tx.db.execute(
            "INSERT INTO sender_links (link_id, channel, sender, sender_key, candidate_id, linked_at) "
            "VALUES ($1, $2, $3, $4, $5, $6)",
            link.link_id,
            link.channel.value,
            link.sender,
            key,
            link.candidate_id,
            tx.now,
        )
        known = await self.linked(tx, key)
        writer = known.writer if known else link.writer
        rows = await tx.db.fetch(
            """WITH theirs AS (
                   UPDATE inbound_messages SET link_id = $2, candidate_id = $3, application_id = $4
                   WHERE sender_key = $1 AND candidate_id IS NULL RETURNING message_id, received_at)
               SELECT message_id FROM theirs ORDER BY received_at, message_id""",
            key,
            link.link_id,
            writer.candidate_id,
            writer.application_id,
        )
        return [row["message_id"] for row in rows]

    async def find_link(self, tx: Tx, link_id: UUID) -> Link | None:
        row = await tx.db.fetchrow(_LINKED.format(which="l.link_id = $1") + " FOR UPDATE OF l", link_id)
        return _link(row) if row else None

    async def linked(self, tx: Tx, sender_key: str) -> Link | None:
        row = await tx.db.fetchrow(_LINKED.format(which="l.sender_key = $1"), sender_key)
        return _link(row) if row else None

    async def unlink(self, tx: Tx, link_id: UUID) -> list[UUID]:
        await tx.db.execute("UPDATE sender_links SET ended_at = $2 WHERE link_id = $1", link_id, tx.now)
        rows = await tx.db.fetch(
            """WITH nobodys AS (
                   UPDATE inbound_messages SET link_id = NULL, candidate_id = NULL, application_id = NULL
                   WHERE link_id = $1 RETURNING message_id, received_at)
               SELECT message_id FROM nobodys ORDER BY received_at, message_id""",
            link_id,
        )
        return [row["message_id"] for row in rows]


async def _change(tx: Tx, which: str, change: str, *arguments: Any) -> list[Whose]:
    """Rows are locked in one order, so that two recruiters at once wait for each other and no more."""
    rows = await tx.db.fetch(
        f"""WITH chosen AS (
                SELECT message_id FROM inbound_messages WHERE {which} ORDER BY message_id FOR UPDATE)
            UPDATE inbound_messages SET {change} WHERE message_id IN (SELECT message_id FROM chosen)
            RETURNING message_id, candidate_id""",  # noqa: S608  our own conditions
        *arguments,
    )
    return [Whose(row["message_id"], row["candidate_id"]) for row in rows]


def _link(row: Any) -> Link:
    writer = Writer(row["person_id"], row["application_id"])
    return Link(row["link_id"], Channel(row["channel"]), row["sender"], row["candidate_id"], writer)
