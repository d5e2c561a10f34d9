"""To whom a recruiter writes, and what of it was taken back."""

from __future__ import annotations

from uuid import UUID

from chassis.tx import Database

from recruiter_ui.queries.detail import FORBIDDEN, IDS_OF
from recruiter_ui.queries.fetching import Record, maybe


async def find_addressee(db: Database, candidate_id: int) -> Record | None:
    """The person who has this id now, all their ``ids``, and on what they are not to be written to."""
    return await maybe(
        db,
        f"""
        SELECT c.candidate_id, c.full_name, c.email, c.phone, c.whatsapp_number, c.language, c.time_zone,
            those.ids,
            {FORBIDDEN.format("those.ids")} AS forbidden
        FROM (SELECT {IDS_OF.format("$1::bigint")} AS ids) those
        JOIN candidates c ON c.candidate_id = those.ids[1]
        WHERE c.full_name IS NOT NULL
        """,  # noqa: S608
        candidate_id,
    )


async def find_sender(db: Database, sender: str) -> Record | None:
    """The last that came from there, as long as nobody knows whose it is."""
    return await maybe(
        db,
        "SELECT message_id, channel, sender_name FROM messages WHERE inbound AND sender = $1 "
        "AND candidate_id IS NULL AND linked_to IS NULL ORDER BY written_at DESC, message_id DESC LIMIT 1",
        sender,
    )


async def find_draft(db: Database, message_id: UUID) -> Record | None:
    """A recruiter's own words that were taken back."""
    return await maybe(
        db,
        "SELECT candidate_id, recipient, channel, subject, body FROM messages WHERE message_id = $1 "
        "AND delivery = 'taken_back' AND message_type = 'other'",
        message_id,
    )
