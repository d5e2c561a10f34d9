"""Applications and the audit trail of their status."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from chassis import Tx

from intake.adapters.postgres.set_aside import read, written
from intake.domain.applications import Application, Assignee, has_moved
from intake.domain.status_machine import ClosedBecause, Status
from intake.ports import Callable, LastChange, Move, Note

_COLUMNS = """
a.application_id, a.candidate_id, a.position_id, a.status, a.sequence, a.score, a.qualified, a.score_notes,
a.callback_at, a.needs_human_reason, a.cv_received_at, a.timer_id, a.calls, a.on_the_phone, a.closed_because,
a.proposed, a.confirmed, a.set_aside, a.assignee_id, a.assignee_name, a.evaluation_id, a.needs_review,
a.unknown_call, a.before_cv
"""
_LOCK = f"SELECT {_COLUMNS} FROM applications a WHERE a.application_id = $1 FOR UPDATE"  # noqa: S608 constants
# A position's texts are long: they are looked at once for all who are to be called for it.
_LOCK_FOR_CALLING = f"""
WITH wanted AS MATERIALIZED (
    SELECT position_id, status,
           coalesce(details->>'system_prompt', '') ~ '\\S' AND coalesce(details->>'first_message', '') ~ '\\S'
               AS prompted
    FROM positions
    WHERE position_id IN (SELECT position_id FROM applications WHERE application_id = ANY($1::bigint[]))
)
SELECT {_COLUMNS}, p.status AS position_status, p.prompted, c.phone,
       EXISTS (SELECT 1 FROM do_not_contact d
               WHERE d.candidate_id = a.candidate_id AND d.channel = 'call' AND d.lifted_at IS NULL)
           AS forbidden
FROM applications a JOIN wanted p USING (position_id) JOIN candidates c USING (candidate_id)
WHERE a.application_id = ANY($1::bigint[])
ORDER BY a.application_id
FOR UPDATE OF a
"""  # noqa: S608 constants
_LOCK_MANY = f"""
SELECT {_COLUMNS} FROM applications a WHERE a.application_id = ANY($1::bigint[])
ORDER BY a.application_id FOR UPDATE
"""  # noqa: S608 constants
_LAST_CHANGE = """
SELECT sequence, current, reason, actor_name FROM status_changes
WHERE application_id = $1 ORDER BY sequence DESC LIMIT 1
"""
_ADD_NOTE = """
INSERT INTO application_notes (note_id, application_id, text, actor, at) VALUES ($1, $2, $3, $4, $5)
"""
_OPEN = """
INSERT INTO applications (candidate_id, position_id, status, import_id, created_at, updated_at)
SELECT wanted.candidate_id, $2, 'pending_call', $4, $3, $3
FROM unnest($1::bigint[]) WITH ORDINALITY AS wanted (candidate_id, place)
WHERE NOT EXISTS (
    SELECT FROM candidates alias JOIN applications other USING (candidate_id)
    WHERE alias.merged_into = wanted.candidate_id AND other.position_id = $2
)
ORDER BY wanted.place
ON CONFLICT (candidate_id, position_id) DO NOTHING
RETURNING candidate_id, application_id
"""
_SAVE = """
UPDATE applications a
SET status = n.status, sequence = n.sequence, score = n.score, qualified = n.qualified,
    score_notes = n.score_notes, callback_at = n.callback_at, needs_human_reason = n.needs_human_reason,
    cv_received_at = n.cv_received_at, timer_id = n.timer_id,
    calls = string_to_array(n.calls, ',')::uuid[], on_the_phone = n.on_the_phone,
    closed_because = n.closed_because, proposed = n.proposed, confirmed = n.confirmed,
    set_aside = n.set_aside::jsonb, assignee_id = n.assignee_id, assignee_name = n.assignee_name,
    evaluation_id = n.evaluation_id, needs_review = n.needs_review, unknown_call = n.unknown_call,
    before_cv = n.before_cv, updated_at = $23
FROM unnest($1::bigint[], $2::text[], $3::int[], $4::int[], $5::bool[], $6::text[], $7::timestamptz[],
            $8::text[], $9::timestamptz[], $10::uuid[], $11::text[], $12::bool[], $13::text[], $14::bool[],
            $15::bool[], $16::text[], $17::text[], $18::text[], $19::uuid[], $20::bool[], $21::uuid[],
            $22::text[])
     AS n (application_id, status, sequence, score, qualified, score_notes, callback_at, needs_human_reason,
           cv_received_at, timer_id, calls, on_the_phone, closed_because, proposed, confirmed, set_aside,
           assignee_id, assignee_name, evaluation_id, needs_review, unknown_call, before_cv)
WHERE a.application_id = n.application_id
"""
_AUDIT = """
INSERT INTO status_changes (application_id, sequence, previous, current, actor_kind, actor_id, actor_name,
                            reason, cause_event_id, by_hand, undoes, at)
SELECT n.*, $12
FROM unnest($1::bigint[], $2::int[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[],
            $9::uuid[], $10::bool[], $11::int[]) AS n
"""


_IDS = "SELECT nextval('applications_application_id_seq') FROM generate_series(1, $1)"
_COPIED = ["candidate_id", "application_id", "position_id", "status", "import_id", "created_at", "updated_at"]


class PostgresApplications:
    async def new_ids(self, tx: Tx, count: int) -> list[int]:
        return [row[0] for row in await tx.db.fetch(_IDS, count)]

    async def add(
        self, tx: Tx, position_id: int, application_ids: Mapping[int, int], *, import_id: UUID | None = None
    ) -> None:
        if application_ids:
            same = (position_id, Status.PENDING_CALL.value, import_id, tx.now, tx.now)
            rows = ((*pair, *same) for pair in application_ids.items())
            await tx.db.copy_records_to_table("applications", records=rows, columns=_COPIED)

    async def open(
        self, tx: Tx, position_id: int, candidate_ids: Sequence[int], *, import_id: UUID | None = None
    ) -> dict[int, int]:
        if not candidate_ids:
            return {}
        rows = await tx.db.fetch(_OPEN, candidate_ids, position_id, tx.now, import_id)
        return {row["candidate_id"]: row["application_id"] for row in rows}

    async def lock(self, tx: Tx, application_id: int) -> Application | None:
        row = await tx.db.fetchrow(_LOCK, application_id)
        return _application(row) if row else None

    async def lock_many(self, tx: Tx, application_ids: Sequence[int]) -> list[Application]:
        return [_application(row) for row in await tx.db.fetch(_LOCK_MANY, application_ids)]

    async def last_change(self, tx: Tx, application_id: int) -> LastChange | None:
        row = await tx.db.fetchrow(_LAST_CHANGE, application_id)
        if row is None:
            return None
        return LastChange(row["sequence"], Status(row["current"]), row["reason"], row["actor_name"])

    async def add_note(self, tx: Tx, note: Note) -> None:
        actor = note.actor.model_dump(mode="json")
        await tx.db.execute(_ADD_NOTE, note.note_id, note.application_id, note.text, actor, note.at)

    async def lock_for_calling(self, tx: Tx, application_ids: Sequence[int]) -> list[Callable]:
        rows = await tx.db.fetch(_LOCK_FOR_CALLING, application_ids)
        return [
            Callable(
                _application(row), row["position_status"], row["phone"], row["forbidden"], row["prompted"]
            )
            for row in rows
        ]

    async def save(self, tx: Tx, moves: Sequence[Move]) -> None:
        last = {move.then.application_id: move.then for move in moves}
        if last:
            await tx.db.execute(_SAVE, *zip(*map(_row, last.values()), strict=True), tx.now)
        audited = [
            (
                move.then.application_id,
                move.then.sequence,
                move.before.status.value,
                move.then.status.value,
                move.actor.kind,
                move.actor.id,
                move.actor.name,
                move.reason,
                move.cause_event_id,
                move.by_hand,
                move.undoes,
            )
            for move in moves
            if has_moved(move.before, move.then)
        ]
        if audited:
            await tx.db.execute(_AUDIT, *zip(*audited, strict=True), tx.now)


def _row(then: Application) -> tuple[Any, ...]:
    return (
        then.application_id,
        then.status.value,
        then.sequence,
        then.score,
        then.qualified,
        then.score_notes,
        then.callback_at,
        then.needs_human_reason,
        then.cv_received_at,
        then.timer_id,
        ",".join(map(str, then.calls)),
        then.on_the_phone,
        then.closed_because.value if then.closed_because else None,
        then.proposed,
        then.confirmed,
        written(then.set_aside) if then.set_aside else None,
        then.assignee.recruiter_id if then.assignee else None,
        then.assignee.name if then.assignee else None,
        then.evaluation_id,
        then.needs_review,
        then.unknown_call,
        then.before_cv.value if then.before_cv else None,
    )


def _application(row: Any) -> Application:
    closed_because = row["closed_because"]
    application = Application(
        application_id=row["application_id"],
        candidate_id=row["candidate_id"],
        position_id=row["position_id"],
        status=Status(row["status"]),
        sequence=row["sequence"],
        score=row["score"],
        qualified=row["qualified"],
        score_notes=row["score_notes"],
        callback_at=row["callback_at"],
        needs_human_reason=row["needs_human_reason"],
        cv_received_at=row["cv_received_at"],
        timer_id=row["timer_id"],
        calls=tuple(row["calls"]),
        on_the_phone=row["on_the_phone"],
        closed_because=ClosedBecause(closed_because) if closed_because else None,
        proposed=row["proposed"],
        confirmed=row["confirmed"],
        assignee=Assignee(row["assignee_id"], row["assignee_name"]) if row["assignee_id"] else None,
        evaluation_id=row["evaluation_id"],
        needs_review=row["needs_review"],
        unknown_call=row["unknown_call"],
        before_cv=Status(row["before_cv"]) if row["before_cv"] else None,
    )
    if row["set_aside"] is None:
        return application
    return replace(application, set_aside=read(row["set_aside"], application))
