"""Messages by conversation, and positions."""

from __future__ import annotations

from chassis.tx import Database

from recruiter_ui.queries.detail import IDS_OF
from recruiter_ui.queries.fetching import Record, many


async def conversations(db: Database, limit: int) -> list[Record]:
    """One row for everybody who wrote, the newest first. Unknown senders stand under their address.

    Whoever was merged into somebody is that person, whichever id they had as they wrote.
    """
    return await many(
        db,
        """
        SELECT last.message_id, COALESCE(w.merged_into, last.candidate_id) AS candidate_id,
            last.application_id, last.sender, last.sender_name, last.channel, last.subject, last.body,
            last.attachments, last.written_at, c.full_name, c.language, counted.total
        FROM (
            SELECT count(*) AS total, max(written_at) AS newest,
                (array_agg(message_id ORDER BY written_at DESC, message_id DESC))[1] AS message_id
            FROM messages m LEFT JOIN candidates w USING (candidate_id)
            WHERE inbound AND written_at IS NOT NULL
            GROUP BY COALESCE('c' || COALESCE(w.merged_into, m.candidate_id), 's' || sender)
            ORDER BY newest DESC LIMIT $1
        ) counted JOIN messages last USING (message_id) LEFT JOIN candidates w USING (candidate_id)
        LEFT JOIN candidates c ON c.candidate_id = COALESCE(w.merged_into, last.candidate_id)
        ORDER BY last.written_at DESC, last.message_id DESC
        """,
        limit,
    )


async def thread_of_candidate(db: Database, candidate_id: int, limit: int) -> list[Record]:
    """What was said both ways, under every id of the person, the oldest first."""
    rows = await many(
        db,
        "SELECT *, COALESCE(sent_at, written_at, delivery_at) AS at FROM messages "  # noqa: S608
        f"WHERE candidate_id = ANY({IDS_OF.format('$1')}) ORDER BY at DESC, message_id DESC LIMIT $2",
        candidate_id,
        limit,
    )
    return rows[::-1]


async def thread_of_sender(db: Database, sender: str, limit: int) -> list[Record]:
    rows = await many(
        db,
        "SELECT *, written_at AS at FROM messages WHERE inbound AND sender = $1 AND candidate_id IS NULL "
        "ORDER BY written_at DESC, message_id DESC LIMIT $2",
        sender,
        limit,
    )
    return rows[::-1]


async def positions(db: Database) -> list[Record]:
    return await many(
        db, "SELECT * FROM positions WHERE title IS NOT NULL ORDER BY status = 'closed', title, position_id"
    )
