"""Everything known of one application, or of one candidate: a fixed number of statements each."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from chassis.tx import Database

from recruiter_ui.queries.applications import COLUMNS, SOURCE
from recruiter_ui.queries.fetching import Record, many, maybe, one

_SAID_BY_THE_STATUS = ["call.placed", "evaluation.requested"]
"""Facts whose change of status stands beside them in the timeline and says the same."""

IDS_OF = """ARRAY(
    WITH kept AS (SELECT COALESCE((SELECT merged_into FROM candidates WHERE candidate_id = {0}), {0}) AS id)
    SELECT id FROM kept
    UNION ALL SELECT k.candidate_id FROM candidates k JOIN kept ON k.merged_into = kept.id)"""
"""Every id of the person who has this one, as merges made them one."""

FORBIDDEN = """ARRAY(
    SELECT DISTINCT channel FROM contact_bans WHERE candidate_id = ANY({0}) AND forbidden ORDER BY 1)"""
"""On what a person, under all these ids, is not to be contacted."""

_ABOUT = """((m.application_id = $1 AND m.linked_at IS NULL) OR m.linked_application_id = $1)
    AND m.deleted IS NOT TRUE"""
"""What a recruiter linked is about the application they linked it to; what they hid stays hidden."""
_MESSAGES = "SELECT m.*, COALESCE(m.sent_at, m.written_at, m.delivery_at) AS at FROM messages m"


@dataclass(frozen=True, slots=True)
class Application:
    row: Record
    """As in the list."""
    extra: Record
    """Profile and notes that only the detail shows."""
    evaluation: Record | None
    """The one that counts, or whose failure a person has to deal with."""
    evaluations: list[Record]
    """All of them, the newest first."""
    calls: list[Record]
    messages: list[Record]
    cvs: list[Record]
    timeline: list[Record]
    others: list[Record]
    """Other applications of the same person."""
    notes: list[Record]
    bans: list[Record]
    """What the person does not want to be contacted on."""
    recruiters: list[Record]
    """Who an application can be given to."""


async def find_name(db: Database, application_id: int) -> Record | None:
    """Whose application it is."""
    return await maybe(
        db,
        "SELECT a.application_id, c.full_name, c.language FROM applications a "
        "JOIN candidates c USING (candidate_id) WHERE a.stage > 0 AND a.application_id = $1",
        application_id,
    )


async def find_application(db: Database, application_id: int) -> Application | None:
    row = await maybe(
        db,
        f"SELECT {COLUMNS} FROM {SOURCE} WHERE a.stage > 0 AND a.application_id = $1",  # noqa: S608
        application_id,
    )
    if row is None:
        return None
    extra = await one(
        db,
        "SELECT a.score_notes, a.sequence, a.previous_status, c.whatsapp_number, "
        "c.phone_as_given, c.form_answers, c.campaign_name, c.platform, c.meta_created_time, "
        "c.first_seen_at, p.rubric AS position_rubric FROM applications a "
        "JOIN candidates c USING (candidate_id) LEFT JOIN positions p USING (position_id) "
        "WHERE a.application_id = $1",
        application_id,
    )
    evaluations = await many(
        db,
        "SELECT * FROM evaluations WHERE application_id = $1 "
        "ORDER BY COALESCE(requested_at, result_at) DESC, evaluation_id DESC LIMIT 50",
        application_id,
    )
    return Application(
        row=row,
        extra=extra,
        evaluation=counting(evaluations, row["evaluation_id"]),
        evaluations=evaluations,
        calls=await many(
            db,
            "SELECT * FROM calls WHERE application_id = $1 ORDER BY attempt_number DESC, call_id DESC",
            application_id,
        ),
        messages=await many(
            db, f"{_MESSAGES} WHERE {_ABOUT} ORDER BY at DESC, m.message_id DESC", application_id
        ),
        cvs=await many(
            db,
            "SELECT * FROM cvs WHERE application_id = $1 AND file IS NOT NULL "
            "ORDER BY number DESC NULLS LAST, received_at DESC, cv_id",
            application_id,
        ),
        timeline=await many(
            db,
            "SELECT * FROM timeline WHERE application_id = $1 AND (kind <> ALL($2) "
            "OR detail->>'because' IN ('on_demand', 'rules_changed')) "
            "ORDER BY at DESC, event_id DESC LIMIT 200",
            application_id,
            _SAID_BY_THE_STATUS,
        ),
        others=await many(
            db,
            "SELECT a.application_id, a.status, a.score, a.last_activity_at, p.title AS position_title "  # noqa: S608
            "FROM applications a LEFT JOIN positions p USING (position_id) WHERE a.stage > 0 AND "
            f"a.candidate_id = ANY({IDS_OF.format('$1')}) "
            "AND a.application_id <> $2 ORDER BY a.last_activity_at DESC LIMIT 20",
            row["candidate_id"],
            application_id,
        ),
        notes=await many(
            db,
            "SELECT * FROM notes WHERE application_id = $1 ORDER BY at DESC, note_id LIMIT 100",
            application_id,
        ),
        bans=await many(
            db,
            "SELECT channel, since, reason FROM contact_bans WHERE candidate_id = $1 AND forbidden "
            "ORDER BY channel",
            row["candidate_id"],
        ),
        recruiters=await recruiters(db),
    )


def counting(evaluations: list[Record], adopted: UUID | None) -> Record | None:
    """Of evaluations, newest first: the one its status goes back to, unless a later call was looked at since.

    A repeated evaluation of the same call counts only once a recruiter has adopted it.
    """
    chosen = next((it for it in evaluations if it["evaluation_id"] == adopted), None)
    first = next((it for it in evaluations if it["former_id"] is None), None)
    if chosen is None or first is None:
        return chosen or first
    later = (first["requested_at"] or first["result_at"]) > (chosen["requested_at"] or chosen["result_at"])
    return first if later else chosen


async def recruiters(db: Database) -> list[Record]:
    """Everybody who can log in, by name."""
    return await many(
        db,
        "SELECT recruiter_id, name FROM recruiters WHERE disabled_at IS NULL ORDER BY name, recruiter_id",
    )


async def find_file(db: Database, cv_id: UUID) -> Record | None:
    """The stored CV by its id."""
    return await maybe(
        db,
        "SELECT file, file_name, reading->>'kind' AS kind FROM cvs "
        "WHERE cv_id = $1 AND file IS NOT NULL LIMIT 1",
        cv_id,
    )


async def find_recording(db: Database, call_id: UUID) -> Record | None:
    """Where the sound of a call is kept."""
    row = await maybe(db, "SELECT recording FROM calls WHERE call_id = $1", call_id)
    return row["recording"] if row else None


async def find_unmatched_file(db: Database, item_id: UUID) -> Record | None:
    return await maybe(
        db,
        "SELECT file, attachment_name AS file_name, reading->>'kind' AS kind FROM unmatched "
        "WHERE item_id = $1 AND file IS NOT NULL",
        item_id,
    )


async def find_candidate(db: Database, candidate_id: int) -> Record | None:
    return await maybe(
        db, "SELECT * FROM candidates WHERE candidate_id = $1 AND full_name IS NOT NULL", candidate_id
    )


async def applications_of(db: Database, candidate_id: int) -> list[Record]:
    return await many(
        db,
        f"SELECT {COLUMNS} FROM {SOURCE} WHERE a.stage > 0 "  # noqa: S608
        f"AND a.candidate_id = ANY({IDS_OF.format('$1')}) ORDER BY a.last_activity_at DESC",
        candidate_id,
    )
