"""What the gate has to know of people, in one statement for any number of applications."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from chassis import Tx
from contracts.calling import CallPurpose

from calling.adapters.postgres_queue import IN_CALLING
from calling.domain.attempts import AttemptState
from calling.domain.contactability import Callee
from calling.domain.zones import whereabouts
from calling.ports import Case

_CALL = """t.call_id, t.application_id, t.round, t.attempt_number, t.state, t.created_at, t.placed_at,
           t.ended_at, t.rang_says_person"""

ASKED = f"""
WITH asked AS MATERIALIZED (
    SELECT row.place, row.application_id, row.call_id, a.candidate_id, a.position_id,
           a.status IN {IN_CALLING} AND NOT EXISTS (
               -- A call that was taken back rang after all, and another had been made meanwhile.
               SELECT 1 FROM attempts r JOIN queue e USING (application_id)
               WHERE r.application_id = a.application_id AND r.round = e.round
                 AND r.taken_back_at IS NOT NULL AND r.state <> 'withdrawn') AS in_calling,
           a.status = 'callback_scheduled' AS callback_agreed,
           c.phone, c.time_zone, coalesce(m.person_id, a.candidate_id) AS person,
           coalesce(q.state <> 'done', false) AS queued, coalesce(own.round, q.round, 1) AS round,
           coalesce(own.purpose, q.purpose) AS purpose, q.not_before, q.queued_by, q.told_reason, q.told_until
    FROM unnest($1::bigint[], $2::uuid[]) WITH ORDINALITY AS row (application_id, call_id, place)
    JOIN applications a USING (application_id)
    LEFT JOIN candidates c USING (candidate_id)
    LEFT JOIN members m USING (candidate_id)
    LEFT JOIN queue q USING (application_id)
    LEFT JOIN attempts own ON own.call_id = row.call_id
), ids AS (
    SELECT application_id, candidate_id FROM asked
    UNION SELECT k.application_id, o.candidate_id FROM asked k JOIN members o ON o.person_id = k.person
), calls AS (
    SELECT k.application_id AS asked_for, {_CALL} FROM ids k JOIN attempts t USING (candidate_id)
    UNION SELECT k.application_id, {_CALL} FROM asked k JOIN attempts t ON t.to_number = k.phone
    UNION SELECT k.application_id, {_CALL} FROM asked k JOIN attempts t USING (application_id)
          WHERE t.state <> 'withdrawn'  -- as the index by application has it
), made AS (
    SELECT k.application_id,
           count(*) FILTER (WHERE own AND t.round = k.round) AS attempts_in_round,
           max(t.attempt_number) FILTER (WHERE own) AS last_attempt_number,
           bool_or(live) AS on_the_phone,
           max(coalesce(t.ended_at, t.placed_at, t.created_at)) FILTER (WHERE NOT own AND NOT live AND rang)
               AS last_other_call
    FROM calls t
    JOIN asked k ON k.application_id = t.asked_for
    CROSS JOIN LATERAL (
        SELECT t.application_id = k.application_id AS own,
               t.state IN ('intended', 'submitted', 'in_progress') AS live,
               NOT (t.state = 'failed' AND t.placed_at IS NULL) AND t.rang_says_person IS NOT FALSE AS rang
    ) AS seen
    WHERE t.state <> 'withdrawn' AND t.call_id IS DISTINCT FROM k.call_id
    GROUP BY k.application_id
)
SELECT asked.*, coalesce(made.attempts_in_round, 0) AS attempts_in_round,
       coalesce(made.last_attempt_number, 0) AS last_attempt_number,
       coalesce(made.on_the_phone, false) AS on_the_phone, made.last_other_call,
       EXISTS (SELECT 1 FROM do_not_call d WHERE d.candidate_id = asked.candidate_id) AS do_not_contact
FROM asked LEFT JOIN made USING (application_id)
ORDER BY asked.place
"""  # noqa: S608 - only a constant is put in


class PostgresCallees:
    async def queued(self, tx: Tx, application_ids: Sequence[int]) -> list[Case]:
        rows = await tx.db.fetch(ASKED, list(application_ids), [None] * len(application_ids))
        return [_asked(row) for row in rows]

    async def about_to_ring(self, tx: Tx, call_ids: Sequence[UUID]) -> dict[UUID, Case]:
        found = await tx.db.fetch(
            "SELECT application_id, call_id FROM attempts WHERE call_id = ANY($1::uuid[])", list(call_ids)
        )
        rows = await tx.db.fetch(
            ASKED, [row["application_id"] for row in found], [row["call_id"] for row in found]
        )
        return {row["call_id"]: _asked(row) for row in rows}

    async def as_if_queued(self, tx: Tx, application_ids: Sequence[int]) -> list[Case]:
        rows = await tx.db.fetch(ASKED, list(application_ids), [None] * len(application_ids))
        return [_as_if_queued(row) for row in rows]

    async def ended_in_round(self, tx: Tx, application_id: int, round: int) -> Mapping[AttemptState, int]:
        rows = await tx.db.fetch(
            "SELECT state, count(*) AS times FROM attempts"
            " WHERE application_id = $1 AND round = $2 AND state <> 'withdrawn' GROUP BY state",
            application_id,
            round,
        )
        return {AttemptState(row["state"]): row["times"] for row in rows}


def _asked(row: Any, **otherwise: Any) -> Case:
    purpose = CallPurpose(otherwise.get("purpose") or row["purpose"] or CallPurpose.SCREENING)
    return Case(
        application_id=row["application_id"],
        candidate_id=row["candidate_id"],
        position_id=row["position_id"],
        purpose=purpose,
        callee=Callee(
            phone=row["phone"],
            still_queued=otherwise.get("still_queued", row["in_calling"]),
            attempts_in_round=otherwise.get("attempts_in_round", row["attempts_in_round"]),
            on_the_phone=row["on_the_phone"],
            where=whereabouts(row["time_zone"], row["phone"]),
            do_not_contact=row["do_not_contact"],
            agreed=purpose is CallPurpose.CALLBACK,
            last_other_call=row["last_other_call"],
            not_before=otherwise.get("not_before"),
            person=row["person"],
        ),
        round=row["round"],
        last_attempt_number=row["last_attempt_number"],
        queued_by=row["queued_by"],
        told_reason=row["told_reason"],
        told_until=row["told_until"],
    )


def _as_if_queued(row: Any) -> Case:
    """A call that is asked for starts a round; one that is queued already stays in its own."""
    if row["queued"]:
        return _asked(row, still_queued=True, not_before=row["not_before"])
    purpose = CallPurpose.CALLBACK if row["callback_agreed"] else CallPurpose.SCREENING
    return _asked(row, still_queued=True, attempts_in_round=0, purpose=purpose)
