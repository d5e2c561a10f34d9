"""Received files that wait for a person, and those somebody decided about today. One line a file.

A file that may be somebody's went to all their open applications; it is one question all the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from chassis.tx import Database

from recruiter_ui.queries.detail import IDS_OF
from recruiter_ui.queries.fetching import Record, many, maybe, one

Key = tuple[datetime, UUID]
_NEWEST: Key = (datetime.fromisoformat("9999-12-31T00:00:00+00:00"), UUID(int=2**128 - 1))

TO_REVIEW = "needs_review AND confirmed_at IS NULL AND detached_because IS NULL"
UNMATCHED = "settled IS NULL AND seen_at IS NOT NULL"

_PERSON = """
    JOIN applications a USING (application_id) JOIN candidates c ON c.candidate_id = a.candidate_id
    LEFT JOIN positions p USING (position_id)
"""
_RESOLVED = """
    SELECT item_id, confirmed_at AS at, 'confirmed' AS kind, confirmed_by AS by, application_id, file_name,
        source
    FROM cvs WHERE confirmed_at >= $1 AND detached_because IS NULL
    UNION ALL
    SELECT v.item_id, v.attached_at, CASE WHEN v.source = 'manual_upload' THEN 'uploaded'
            WHEN u.seen_at IS NOT NULL THEN 'assigned' ELSE 'reassigned' END, v.matched_by,
        v.application_id, v.file_name, v.source
    FROM cvs v LEFT JOIN unmatched u USING (item_id)
    WHERE v.matched_by IS NOT NULL AND v.detached_because IS NULL AND v.attached_at >= $1
    UNION ALL
    SELECT item_id, attached_at, 'discarded', detached_by, application_id, file_name, source
    FROM cvs WHERE detached_because = 'discarded' AND attached_at >= $1
    UNION ALL
    SELECT item_id, settled_at, 'discarded', settled_by, NULL, attachment_name, channel
    FROM unmatched u WHERE settled = 'discarded' AND settled_at >= $1 AND seen_at IS NOT NULL
        AND NOT EXISTS (SELECT FROM cvs v WHERE v.item_id = u.item_id AND v.detached_because IS NULL)
"""
_LATEST = f"SELECT DISTINCT ON (item_id) * FROM ({_RESOLVED}) all_of ORDER BY item_id, at DESC"  # noqa: S608


async def counts(db: Database, day: datetime) -> Record:
    return await one(
        db,
        f"SELECT (SELECT count(DISTINCT item_id) FROM cvs WHERE {TO_REVIEW}) AS review, "  # noqa: S608
        f"(SELECT count(*) FROM unmatched WHERE {UNMATCHED}) AS unmatched, "
        f"(SELECT count(*) FROM ({_LATEST}) today) AS resolved",
        day,
    )


async def to_review(db: Database, before: Key | None, limit: int) -> list[Record]:
    """The newest first, each with the first of the applications it went to."""
    return await many(
        db,
        f"""
        WITH waiting AS (
            SELECT item_id, min(received_at) AS at, count(*) AS applications,
                (array_agg(cv_id ORDER BY application_id))[1] AS cv_id
            FROM cvs WHERE {TO_REVIEW} GROUP BY item_id)
        SELECT v.*, w.at, w.applications, c.full_name, c.language
        FROM waiting w JOIN cvs v USING (cv_id) {_PERSON}
        WHERE (w.at, w.item_id) < ($1, $2) ORDER BY w.at DESC, w.item_id DESC LIMIT $3
        """,  # noqa: S608
        *(before or _NEWEST),
        limit,
    )


async def unmatched(db: Database, before: Key | None, limit: int) -> list[Record]:
    return await many(
        db,
        f"SELECT *, received_at AS at FROM unmatched WHERE {UNMATCHED} "  # noqa: S608
        "AND (received_at, item_id) < ($1, $2) ORDER BY received_at DESC, item_id DESC LIMIT $3",
        *(before or _NEWEST),
        limit,
    )


async def unmatched_of(db: Database, message_ids: Sequence[UUID]) -> dict[str, Record]:
    """The files of these messages nobody could be named for, by the key of their content."""
    rows = await many(
        db,
        "SELECT item_id, quarantined, file ->> 'key' AS key FROM unmatched "  # noqa: S608
        f"WHERE {UNMATCHED} AND message_id = ANY($1) AND file IS NOT NULL",
        list(message_ids),
    )
    return {row["key"]: row for row in rows}


async def unmatched_from(db: Database, candidate_id: int) -> list[Record]:
    """The newest of a person's own files that nobody could be named for: others' CVs, and doubtful ones.

    Logos of signatures are left out: every email brings one.
    """
    return await many(
        db,
        f"""
        SELECT item_id, attachment_name, unmatched.explanation, unmatched.received_at, quarantined
        FROM unmatched JOIN messages m USING (message_id)
        WHERE {UNMATCHED} AND reading->>'kind' IS DISTINCT FROM 'signature_image' AND m.inbound
            AND m.conversation = ANY(
                SELECT 'c' || id FROM unnest({IDS_OF.format("$1::bigint")}) AS theirs (id))
        ORDER BY unmatched.received_at DESC, item_id LIMIT 5
        """,  # noqa: S608
        candidate_id,
    )


async def resolved(db: Database, day: datetime, before: Key | None, limit: int) -> list[Record]:
    return await many(
        db,
        f"""
        SELECT t.*, c.full_name, c.language FROM ({_LATEST}) t
        LEFT JOIN applications a USING (application_id)
        LEFT JOIN candidates c ON c.candidate_id = a.candidate_id
        WHERE (t.at, t.item_id) < ($2, $3) ORDER BY t.at DESC, t.item_id DESC LIMIT $4
        """,  # noqa: S608
        day,
        *(before or _NEWEST),
        limit,
    )


async def cvs_of(db: Database, item_id: UUID) -> list[Record]:
    """Every application the file is or was the CV of, those it is first, with whose it is."""
    return await many(
        db,
        f"SELECT v.*, a.status, a.candidate_id AS theirs, c.full_name, c.language, c.phone, "  # noqa: S608
        f"c.whatsapp_number, c.email, p.title AS position_title FROM cvs v {_PERSON} "
        "WHERE v.item_id = $1 AND v.file IS NOT NULL "
        "ORDER BY v.detached_because IS NOT NULL, v.application_id",
        item_id,
    )


async def find_unmatched(db: Database, item_id: UUID) -> Record | None:
    return await maybe(db, "SELECT * FROM unmatched WHERE item_id = $1 AND seen_at IS NOT NULL", item_id)


async def people(db: Database, candidate_ids: Sequence[int]) -> dict[int, Record]:
    """By the id asked for: their name and what is on file, with the application they moved in last.

    Whoever was merged into somebody is that person; one without an open application has none here.
    """
    rows = await many(
        db,
        f"""
        SELECT asked.id AS asked, c.candidate_id, c.full_name, c.language, c.phone, c.whatsapp_number,
            c.email, open.application_id, open.status, open.position_title
        FROM unnest($1::bigint[]) AS asked (id)
        JOIN candidates k ON k.candidate_id = asked.id
        JOIN candidates c ON c.candidate_id = COALESCE(k.merged_into, k.candidate_id)
        LEFT JOIN LATERAL (
            SELECT a.application_id, a.status, p.title AS position_title
            FROM applications a LEFT JOIN positions p USING (position_id)
            WHERE a.stage > 0 AND a.status <> 'closed'
                AND a.candidate_id = ANY({IDS_OF.format("c.candidate_id")})
            ORDER BY a.last_activity_at DESC, a.application_id DESC LIMIT 1) open ON true
        WHERE c.full_name IS NOT NULL
        """,  # noqa: S608
        list(candidate_ids),
    )
    return {row["asked"]: row for row in rows}


async def message_with(db: Database, file: Record, received_at: datetime) -> Record | None:
    """The message that brought a file; none brought one that was uploaded."""
    return await maybe(
        db,
        "SELECT person_id AS candidate_id, sender, sender_name, subject, body FROM messages "
        "WHERE inbound AND deleted IS NOT TRUE AND written_at = $1 AND EXISTS ("
        "SELECT FROM jsonb_array_elements(attachments) sent WHERE sent -> 'file' ->> 'key' = $2) LIMIT 1",
        received_at,
        file["key"],
    )


async def message_of(db: Database, message_id: UUID | None) -> Record | None:
    """What was written with the file, and by whom."""
    if message_id is None:
        return None
    return await maybe(
        db,
        "SELECT person_id AS candidate_id, sender, sender_name, subject, body FROM messages "
        "WHERE message_id = $1",
        message_id,
    )
