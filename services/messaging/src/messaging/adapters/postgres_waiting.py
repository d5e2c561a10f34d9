"""Messages that wait before they leave: who takes one back and who sends it lock the same row."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from chassis import Tx

from messaging.domain.cv_requests import MessageStatus
from messaging.domain.holding import Held
from messaging.domain.letters import Channel, MessageType
from messaging.domain.threads import Thread
from messaging.ports import Answered, Kept, Letter

_LAST_THREAD = """
    SELECT thread_id, subject FROM (
        SELECT thread_id, subject, sent_at AS at, application_id, candidate_id FROM messages
        WHERE channel = 'email' AND recipient = $1 AND thread_id IS NOT NULL AND sent_at IS NOT NULL
        UNION ALL
        SELECT thread_id, subject, received_at, application_id, candidate_id FROM inbound_messages
        WHERE channel = 'email' AND sender_key = $1 AND thread_id IS NOT NULL
    ) AS mails
    WHERE CASE WHEN $2::bigint IS NOT NULL THEN application_id = $2
               WHEN cardinality($3::bigint[]) > 0 THEN candidate_id = ANY($3)
               ELSE candidate_id IS NULL END
    ORDER BY at DESC LIMIT 1
"""


class WaitingMessages:
    async def claim(self, tx: Tx, letter: Letter) -> int | None:
        claim: int | None = await tx.db.fetchval(
            """UPDATE messages SET leaving_at = $2, claims = claims + 1, recipient = $3
               WHERE message_id = $1 AND status = 'pending' AND claims = $4 RETURNING claims""",
            letter.message_id,
            tx.now,
            letter.recipient,
            letter.claims,
        )
        return claim

    async def release(self, tx: Tx, message_id: UUID, claim: int) -> None:
        await tx.db.execute(
            "UPDATE messages SET leaving_at = NULL WHERE message_id = $1 AND claims = $2", message_id, claim
        )

    async def hold(self, tx: Tx, message_id: UUID, leaves_at: datetime, because: Held) -> None:
        await tx.db.execute(
            """UPDATE messages SET leaves_at = $2, held_because = $3, leaving_at = NULL
               WHERE message_id = $1 AND status = 'pending'""",
            message_id,
            leaves_at,
            because,
        )

    async def find(self, tx: Tx, message_id: UUID) -> Kept | None:
        row = await tx.db.fetchrow("SELECT * FROM messages WHERE message_id = $1 FOR UPDATE", message_id)
        if row is None:
            return None
        return Kept(letter_of(row), MessageStatus(row["status"]), row["leaving_at"], row["sent_at"])

    async def take_back(self, tx: Tx, message_id: UUID) -> None:
        await tx.db.execute(
            "UPDATE messages SET status = 'taken_back', error_detail = 'taken back' WHERE message_id = $1",
            message_id,
        )

    async def settle_unknown(self, tx: Tx, message_id: UUID, sent_at: datetime | None, note: str) -> None:
        await tx.db.execute(
            """UPDATE messages SET status = CASE WHEN $2::timestamptz IS NULL THEN 'failed' ELSE 'sent' END,
                   sent_at = $2, error_detail = $3 WHERE message_id = $1""",
            message_id,
            sent_at,
            note,
        )

    async def mail_thread(
        self, tx: Tx, address: str, application_id: int | None, candidate_ids: Sequence[int]
    ) -> Thread | None:
        row = await tx.db.fetchrow(_LAST_THREAD, address, application_id, list(candidate_ids))
        return Thread(row["thread_id"], row["subject"] or "") if row else None

    async def answered(self, tx: Tx, message_id: UUID) -> Answered | None:
        row = await tx.db.fetchrow(
            "SELECT channel, sender, thread_id, subject FROM inbound_messages WHERE message_id = $1",
            message_id,
        )
        if row is None:
            return None
        thread = Thread(row["thread_id"], row["subject"] or "") if row["thread_id"] else None
        return Answered(Channel(row["channel"]), row["sender"], thread)

    async def wrote_from(self, tx: Tx, channel: Channel, sender_key: str) -> str | None:
        sender: str | None = await tx.db.fetchval(
            """SELECT sender FROM inbound_messages WHERE channel = $1 AND sender_key = $2
               ORDER BY received_at DESC, message_id DESC LIMIT 1""",
            channel.value,
            sender_key,
        )
        return sender


def letter_of(row: Any) -> Letter:
    return Letter(
        message_id=row["message_id"],
        application_id=row["application_id"],
        candidate_id=row["candidate_id"],
        channel=Channel(row["channel"]),
        message_type=MessageType(row["message_type"]),
        recipient=row["recipient"],
        subject=row["subject"],
        body=row["body"],
        composed_at=row["composed_at"],
        round=row["round"],
        tries=row["tries"],
        by_recruiter=row["by_recruiter"],
        language=row["language"],
        reply_to=row["reply_to"],
        thread_id=row["thread_id"],
        leaves_at=row["leaves_at"],
        held_because=row["held_because"],
        claims=row["claims"],
    )
