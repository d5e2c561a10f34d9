"""What evaluations said of applications."""

from __future__ import annotations

from uuid import UUID

from chassis import Tx

from intake.domain.evaluations import Evaluation, Outcome

_COLUMNS = """
evaluation_id, application_id, call_id, outcome, score, notes, callback_at, callback_notes,
needs_human_notes, do_not_call, do_not_call_words, needs_review, former_id, evaluated_at
"""
_REMEMBER = f"""
INSERT INTO evaluations ({_COLUMNS})
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
ON CONFLICT (evaluation_id) DO NOTHING
"""  # noqa: S608 constants
_GET = f"SELECT {_COLUMNS} FROM evaluations WHERE evaluation_id = $1"  # noqa: S608 constants
_HEARD = "SELECT EXISTS (SELECT FROM evaluations WHERE call_id = $1 AND do_not_call)"


class PostgresEvaluations:
    async def remember(self, tx: Tx, evaluation: Evaluation) -> None:
        await tx.db.execute(
            _REMEMBER,
            evaluation.evaluation_id,
            evaluation.application_id,
            evaluation.call_id,
            evaluation.outcome.value,
            evaluation.score,
            evaluation.notes,
            evaluation.callback_at,
            evaluation.callback_notes,
            evaluation.needs_human_notes,
            evaluation.do_not_call,
            evaluation.do_not_call_words,
            evaluation.needs_review,
            evaluation.former_id,
            evaluation.evaluated_at,
        )

    async def get(self, tx: Tx, evaluation_id: UUID) -> Evaluation | None:
        row = await tx.db.fetchrow(_GET, evaluation_id)
        return Evaluation(**{**row, "outcome": Outcome(row["outcome"])}) if row else None

    async def heard_not_to_call(self, tx: Tx, call_id: UUID) -> bool:
        heard: bool = await tx.db.fetchval(_HEARD, call_id)
        return heard
