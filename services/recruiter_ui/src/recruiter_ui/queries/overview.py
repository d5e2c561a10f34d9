"""What the dashboard and the sidebar count; each number is one grouped statement over an index."""

from __future__ import annotations

from datetime import datetime, timedelta

from chassis.tx import Database

from recruiter_ui.queries import conversations, dialling, duplicates, imports
from recruiter_ui.queries.connections import lost_channels
from recruiter_ui.queries.cv_inbox import TO_REVIEW, UNMATCHED
from recruiter_ui.queries.fetching import Record, many, one
from recruiter_ui.queries.matters import MATTERS, REQUEST_TAKEN_BACK, matter_or


async def position_stages(db: Database) -> dict[int, dict[int, int]]:
    """How many applications each position has in each stage."""
    rows = await db.fetch(
        "SELECT position_id, stage, count(*) FROM applications WHERE stage > 0 GROUP BY 1, 2"
    )
    counts: dict[int, dict[int, int]] = {}
    for row in rows:
        counts.setdefault(row["position_id"], {})[row["stage"]] = row["count"]
    return counts


async def sidebar(db: Database, now: datetime) -> Record:
    """What the frame of every page shows: counts, the dialler, and what is stopped."""
    counts = await _counts(db)
    waiting = await dialling.queue(db, now)
    callback = await dialling.next_callback(db) if not waiting["queued"] else None
    stopped = {"stops": await dialling.stops(db), "lost": await lost_channels(db)}
    return counts | waiting | stopped | {"next_callback": callback}


async def _counts(db: Database) -> Record:
    return await one(
        db,
        "SELECT (SELECT count(*) FROM applications WHERE stage BETWEEN 1 AND 6) AS open_applications, "  # noqa: S608
        "(SELECT count(*) FROM applications WHERE status = 'call_in_progress' AND stage > 0) AS on_call, "
        f"(SELECT count(*) FROM unmatched WHERE {UNMATCHED}) "
        f" + (SELECT count(DISTINCT item_id) FROM cvs WHERE {TO_REVIEW}) AS cv_inbox, "
        f"({conversations.UNREAD_COUNT}) AS unread, "
        f"({duplicates.OPEN_COUNT}) AS duplicates, ({imports.HELD_COUNT}) AS held_leads, "
        "(SELECT COALESCE(max(change_id), 0) FROM changes) AS change_id",
    )


_COUNTS = "k.status NOT IN ('taken_back', 'did_not_ring')"
"""Of the others it is known that no phone rang."""


async def today(db: Database, since: datetime) -> Record:
    """What happened since the day began."""
    return await one(
        db,
        f"""
        SELECT
            (SELECT count(*) FROM calls k WHERE placed_at >= $1 AND {_COUNTS}) AS calls,
            (SELECT count(*) FROM calls WHERE placed_at >= $1 AND status = 'completed') AS reached,
            (SELECT count(*) FROM calls k WHERE placed_at >= $1 AND status <> 'placed'
                AND {_COUNTS}) AS ended,
            (SELECT count(*) FROM evaluations WHERE evaluated_at >= $1) AS evaluated,
            (SELECT count(*) FROM evaluations WHERE evaluated_at >= $1 AND qualified) AS qualified,
            (SELECT count(DISTINCT item_id) FROM cvs WHERE received_at >= $1
                AND detached_because IS NULL) AS cvs,
            (SELECT count(DISTINCT item_id) FROM cvs WHERE received_at >= $1 AND {TO_REVIEW}) AS cvs_to_check,
            (SELECT count(*) FROM messages WHERE sent_at >= $1 AND NOT inbound
                AND message_type IN ('cv_followup_1', 'cv_followup_2')) AS follow_ups,
            (SELECT count(*) FROM messages WHERE sent_at >= $1 AND NOT inbound) AS messages,
            (SELECT count(*) FROM applications WHERE opened_at >= $1 AND stage > 0) AS leads
        """,  # noqa: S608  our own condition
        since,
    )


async def attention(db: Database, day_end: datetime) -> dict[str, Record]:
    """What waits for a person: how many, since when, and the first two by name; by kind."""
    rows = await db.fetch(
        f"""
        WITH waiting AS (
            SELECT kind, candidate_id, status_at AS since, due,
                count(*) OVER (PARTITION BY kind) AS total,
                row_number() OVER (PARTITION BY kind
                    ORDER BY CASE WHEN kind = 'callback_scheduled' THEN due ELSE status_at END,
                    application_id) AS place
            FROM (
                SELECT application_id, candidate_id, status_at, due, {matter_or("status")} AS kind
                FROM (SELECT *, CASE WHEN callback_asked_for = callback_at THEN callback_planned_at
                    ELSE callback_at END AS due FROM applications) a
                WHERE stage = 2 OR (stage = 3 AND status = 'callback_scheduled' AND due < $1)
            ) a
        )
        SELECT kind, max(total) AS total, min(since) AS since, min(due) AS due,
            array_agg(c.full_name ORDER BY place) AS names
        FROM waiting JOIN candidates c USING (candidate_id) WHERE place <= 2 GROUP BY kind
        """,  # noqa: S608  our own conditions
        day_end,
    )
    found = {row["kind"]: dict(row) for row in rows}
    for kind, statement in _INBOX.items():
        found[kind] = await one(db, statement)
    found["messages"] = await one(db, _NOT_OUT, day_end - _SHOWN_NOT_OUT)
    return {kind: row for kind, row in found.items() if row["total"]}


_INBOX = {
    "live_leads": imports.HELD_SINCE,
    "review": "SELECT count(DISTINCT item_id) AS total, min(received_at) AS since FROM cvs "  # noqa: S608
    f"WHERE {TO_REVIEW}",
    "unmatched": f"SELECT count(*) AS total, min(received_at) AS since FROM unmatched WHERE {UNMATCHED}",  # noqa: S608
}
"""What waits outside the statuses."""

_SHOWN_NOT_OUT = timedelta(days=7)
_NOT_OUT = f"""
SELECT count(*) AS total, min(at) AS since, (array_agg(application_id ORDER BY at))[1] AS application_id,
    (array_agg(person_id ORDER BY at))[1] AS person_id, (array_agg(recipient ORDER BY at))[1] AS recipient
FROM (
    SELECT m.delivery_at AS at, m.application_id, m.person_id, m.recipient
    FROM messages m JOIN applications a USING (application_id)
    WHERE m.delivery IN ('failed', 'unknown') AND m.message_type NOT IN ('other', 'rejection')
    AND a.status IN ('qualified', 'awaiting_cv', 'cv_followup_1', 'cv_followup_2', 'not_qualified',
        'awaiting_cv_rejected')
    UNION ALL
    SELECT m.delivery_at, m.application_id, m.person_id, m.recipient FROM messages m
    WHERE m.delivery IN ('failed', 'unknown') AND m.message_type IN ('other', 'rejection')
    AND m.delivery_at >= $1 AND NOT EXISTS (
        SELECT FROM messages n WHERE n.conversation = m.conversation AND NOT n.inbound
        AND n.written_at > m.written_at AND n.delivery NOT IN ('failed', 'unknown', 'taken_back'))
    UNION ALL
    SELECT a.status_at, a.application_id, a.candidate_id, NULL FROM applications a
    WHERE a.stage > 0 AND {REQUEST_TAKEN_BACK}
) not_out
"""  # noqa: S608  our own condition
"""Of the pipeline's while the application still waits for an answer; of a recruiter's for a week, or until
something else was written to that person."""


async def why_calls_failed(db: Database) -> list[Record]:
    """Of those of whom nobody was reached: how the last attempt ended, the most frequent first."""
    return await many(
        db,
        "SELECT dial_kind, dial_note, count(*) AS total FROM applications "
        "WHERE status = 'call_failed' AND stage > 0 GROUP BY 1, 2 ORDER BY 3 DESC, 2 LIMIT 4",
    )


async def unknown_calls(db: Database, limit: int) -> list[Record]:
    """The oldest calls of which a person has to find out whether they rang."""
    return await many(
        db,
        "SELECT k.call_id, k.attempt_number, COALESCE(k.placed_at, k.outcome_at) AS at, k.detail, "  # noqa: S608
        "a.application_id, c.full_name, c.language, c.phone, p.title AS position_title "
        "FROM calls k JOIN applications a USING (application_id) "
        "JOIN candidates c ON c.candidate_id = a.candidate_id LEFT JOIN positions p USING (position_id) "
        f"WHERE k.status = 'unknown' AND {MATTERS['unknown_call'][1]} ORDER BY k.outcome_at LIMIT $1",
        limit,
    )


async def on_the_phone(db: Database, limit: int) -> list[Record]:
    return await many(
        db,
        "SELECT a.application_id, a.status_at, c.full_name, c.language, p.title AS position_title "
        "FROM applications a JOIN candidates c USING (candidate_id) LEFT JOIN positions p USING "
        "(position_id) "
        "WHERE a.status = 'call_in_progress' AND a.stage > 0 ORDER BY a.status_at DESC LIMIT $1",
        limit,
    )


async def latest(db: Database, limit: int) -> list[Record]:
    """The newest lines worth telling, with whom they are about."""
    return await many(
        db,
        "SELECT t.event_id, t.at, t.kind, t.actor_kind, t.actor_name, t.detail, t.application_id, "
        "c.full_name, c.language "
        "FROM timeline t LEFT JOIN candidates c USING (candidate_id) "
        "WHERE t.kind = ANY($2) AND (t.kind <> 'application.status_changed' OR t.detail->>'current' = "
        "ANY($3)) "
        "ORDER BY t.at DESC, t.event_id DESC LIMIT $1",
        limit,
        ["application.status_changed", "cv.matched", "message.received", "message.failed"],
        [
            "qualified",
            "not_qualified",
            "needs_human",
            "call_failed",
            "callback_scheduled",
            "cv_overdue",
            "closed",
        ],
    )


_CV_IN = """
(a.status IN ('cv_received', 'cv_received_rejected')
    OR EXISTS (SELECT FROM cvs v WHERE v.application_id = a.application_id AND v.detached_because IS NULL)
    OR a.cv_received_at IS NOT NULL AND NOT EXISTS (
        SELECT FROM cvs v WHERE v.application_id = a.application_id))
"""
"""By the CVs themselves, since one comes and goes without a status change too; or a recruiter said so."""


async def funnel(db: Database, since: datetime) -> Record:
    """What became of the leads that came in since then."""
    return await one(
        db,
        f"""
        SELECT count(*) AS leads,
            count(*) FILTER (WHERE EXISTS (SELECT FROM calls k WHERE k.application_id = a.application_id
                AND {_COUNTS})) AS called,
            count(*) FILTER (WHERE EXISTS (SELECT FROM calls k WHERE k.application_id = a.application_id
                AND k.status = 'completed')) AS reached,
            count(*) FILTER (WHERE a.qualified) AS qualified,
            count(*) FILTER (WHERE {_CV_IN}) AS cv_in
        FROM applications a WHERE a.opened_at >= $1 AND a.stage > 0
        """,  # noqa: S608  our own conditions
        since,
    )
