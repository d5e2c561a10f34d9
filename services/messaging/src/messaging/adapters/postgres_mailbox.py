"""How far the mailbox is read, what could not be, and which of our emails came back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from chassis import Tx

from messaging.domain.cv_requests import MessageStatus
from messaging.ports.mailbox import Account, Cursor, SentEmail, Troubled


class PostgresMailboxBook:
    async def cursor(self, tx: Tx, address: str) -> Cursor | None:
        row = await tx.db.fetchrow(
            "SELECT history_id, listed_at FROM mailbox_cursors WHERE address = $1", address
        )
        return Cursor(row["history_id"], row["listed_at"]) if row else None

    async def read_up_to(self, tx: Tx, account: Account, listed_at: datetime | None) -> None:
        """Without ``listed_at`` the row is there: history is asked from a cursor only."""
        if listed_at is None:
            await tx.db.execute(
                "UPDATE mailbox_cursors SET history_id = $2 WHERE address = $1 AND history_id < $2",
                account.address,
                account.history_id,
            )
            return
        # After a mailbox was set up anew its numbers may be lower; what was listed counts.
        await tx.db.execute(
            """INSERT INTO mailbox_cursors (address, history_id, listed_at) VALUES ($1, $2, $3)
               ON CONFLICT (address) DO UPDATE SET history_id = $2, listed_at = $3""",
            account.address,
            account.history_id,
            listed_at,
        )

    async def troubled(self, tx: Tx) -> Sequence[Troubled]:
        rows = await tx.db.fetch(
            "SELECT external_id, tries, since FROM troubled_emails ORDER BY tries, since"
        )
        return [Troubled(*row) for row in rows]

    async def note_trouble(self, tx: Tx, external_id: str, problem: str) -> Troubled:
        row = await tx.db.fetchrow(
            """INSERT INTO troubled_emails (external_id, tries, since, problem) VALUES ($1, 1, $2, $3)
               ON CONFLICT (external_id) DO UPDATE SET tries = troubled_emails.tries + 1, problem = $3
               RETURNING external_id, tries, since""",
            external_id,
            tx.now,
            problem,
        )
        assert row is not None
        return Troubled(*row)

    async def no_trouble(self, tx: Tx, external_id: str) -> None:
        await tx.db.execute("DELETE FROM troubled_emails WHERE external_id = $1", external_id)


class PostgresSentMail:
    async def find(
        self, tx: Tx, message_ids: Sequence[UUID], thread_id: str | None, recipient: str | None
    ) -> SentEmail | None:
        row = await tx.db.fetchrow(
            """SELECT message_id, external_id, status FROM messages
               WHERE channel = 'email' AND (message_id = ANY($1::uuid[])
                   OR (lower(recipient) = lower($3) AND (thread_id = $2 OR external_id = $2)))
               ORDER BY message_id = ANY($1::uuid[]) DESC, sent_at DESC NULLS LAST LIMIT 1""",
            list(message_ids),
            thread_id,
            recipient,
        )
        return SentEmail(row["message_id"], row["external_id"], MessageStatus(row["status"])) if row else None
