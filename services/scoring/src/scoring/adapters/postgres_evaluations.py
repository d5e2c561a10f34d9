"""Evaluations and every answer they came from, in scoring's own schema."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any
from uuid import UUID

from chassis import Tx

from scoring.adapters.json_answer import storable
from scoring.domain.call import Answered, Criterion, FinishedCall, Turn, first_zone, turns_of
from scoring.domain.judgement import Judgement
from scoring.domain.score import Result
from scoring.ports import Answer, Evaluation, Judged, NotYetKnown, OpenEvaluation, Record


class PostgresEvaluations:
    async def add(self, tx: Tx, evaluation: Evaluation) -> bool:
        added = await tx.db.fetchval(
            """INSERT INTO evaluations (evaluation_id, call_id, application_id, candidate_id, transcript,
                                        turns, call_ended_at, created_at)
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
               ON CONFLICT (call_id) WHERE former_id IS NULL DO NOTHING RETURNING true""",
            evaluation.evaluation_id,
            evaluation.call_id,
            evaluation.application_id,
            evaluation.candidate_id,
            storable(evaluation.transcript),
            storable([asdict(turn) for turn in evaluation.turns]),
            evaluation.ended_at,
            tx.now,
        )
        return added is True

    async def add_again(
        self, tx: Tx, former: Mapping[UUID, UUID], because: str, actor: dict[str, Any]
    ) -> set[UUID]:
        rows = await tx.db.fetch(
            """INSERT INTO evaluations (evaluation_id, call_id, application_id, candidate_id, transcript,
                                        turns, call_ended_at, created_at, because, former_id, actor)
               SELECT new.evaluation_id, e.call_id, e.application_id, e.candidate_id, e.transcript,
                      e.turns, e.call_ended_at, $3, $4, e.evaluation_id, $5
               FROM unnest($1::uuid[], $2::uuid[]) AS new (evaluation_id, former_id)
               JOIN evaluations e ON e.evaluation_id = new.former_id
               ON CONFLICT DO NOTHING RETURNING evaluation_id""",
            list(former),
            list(former.values()),
            tx.now,
            because,
            actor,
        )
        return {row["evaluation_id"] for row in rows}

    async def last_judged(self, tx: Tx, application_ids: Sequence[int]) -> list[Judged]:
        rows = await tx.db.fetch(
            "SELECT * FROM last_judged WHERE application_id = ANY($1) ORDER BY application_id",
            list(application_ids),
        )
        return [_judged(row) for row in rows]

    async def under_way(self, tx: Tx, application_ids: Sequence[int]) -> set[int]:
        rows = await tx.db.fetch(
            "SELECT application_id FROM evaluations WHERE status = 'pending' AND application_id = ANY($1)",
            list(application_ids),
        )
        return {row["application_id"] for row in rows}

    async def judged_by_other_rules(self, tx: Tx, position_id: int) -> list[Judged]:
        rows = await tx.db.fetch(
            """SELECT l.* FROM last_judged l
               JOIN applications a USING (application_id) JOIN positions p USING (position_id)
               WHERE p.position_id = $1 AND l.status = 'completed' AND l.has_words
                 AND l.rubric IS DISTINCT FROM p.rubric
                 AND NOT EXISTS (SELECT 1 FROM evaluations w
                                 WHERE w.application_id = l.application_id AND w.status = 'pending')
               ORDER BY l.application_id""",
            position_id,
        )
        return [_judged(row) for row in rows]

    async def open(self, tx: Tx, evaluation_id: UUID) -> OpenEvaluation | None:
        row = await tx.db.fetchrow(
            """SELECT e.*, p.position_id, p.title, p.qualification_prompt, p.language, p.criteria,
                      p.rubric AS rules, p.time_zone AS position_zone, c.time_zone AS own_zone,
                      c.form_answers,
                      (SELECT CASE WHEN bool_or(a.cost_usd IS NULL) THEN NULL
                                   ELSE coalesce(sum(a.cost_usd), 0) END
                       FROM model_answers a WHERE a.evaluation_id = e.evaluation_id) AS spent
               FROM evaluations e
               LEFT JOIN applications a USING (application_id)
               LEFT JOIN positions p ON p.position_id = a.position_id
               LEFT JOIN candidates c ON c.candidate_id = a.candidate_id
               WHERE e.evaluation_id = $1 AND e.status = 'pending'""",
            evaluation_id,
        )
        if row is None:
            return None
        if row["position_id"] is None or row["form_answers"] is None:
            raise NotYetKnown(row["application_id"])
        return OpenEvaluation(
            evaluation_id=row["evaluation_id"],
            call_id=row["call_id"],
            application_id=row["application_id"],
            candidate_id=row["candidate_id"],
            bad_answers=row["bad_answers"],
            silences=row["silences"],
            spent_usd=row["spent"],
            rubric=row["rules"],
            former_id=row["former_id"],
            call=_call(row),
        )

    async def keep_answer(
        self,
        tx: Tx,
        evaluation_id: UUID,
        answer: Answer,
        prompt_version: str,
        problem: str | None,
        cost_usd: float | None,
    ) -> None:
        await tx.db.execute(
            """INSERT INTO model_answers
                   (answer_id, evaluation_id, answered_at, model, prompt_version, request_id, stop_reason,
                    input_tokens, output_tokens, latency_ms, repaired, problem, raw_response, cost_usd)
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)""",
            tx.new_id(),
            evaluation_id,
            tx.now,
            answer.model,
            prompt_version,
            answer.request_id,
            answer.stop_reason,
            answer.input_tokens,
            answer.output_tokens,
            answer.latency_ms,
            answer.repaired,
            problem,
            answer.raw,
            cost_usd,
        )

    async def count_bad_answer(self, tx: Tx, evaluation_id: UUID) -> None:
        await tx.db.execute(
            "UPDATE evaluations SET bad_answers = bad_answers + 1 WHERE evaluation_id = $1", evaluation_id
        )

    async def count_silence(self, tx: Tx, evaluation_id: UUID) -> None:
        await tx.db.execute(
            "UPDATE evaluations SET silences = silences + 1 WHERE evaluation_id = $1", evaluation_id
        )

    async def complete(self, tx: Tx, evaluation_id: UUID, judgement: Judgement, record: Record) -> bool:
        settled = await tx.db.fetchval(
            """UPDATE evaluations SET status = 'completed', outcome = $2, qualified = $3, score = $4,
                   model_score = $5, reasoning = $6, callback_requested = $7, callback_notes = $8,
                   callback_words = $9, callback_at = $10, needs_human = $11, needs_human_notes = $12,
                   do_not_call = $13, do_not_call_words = $14, results = $15, needs_review = $16,
                   review_reasons = $17, model = $18, prompt_version = $19, rubric = $20, cost_usd = $21,
                   repaired = $22, evaluated_at = $23
               WHERE evaluation_id = $1 AND status = 'pending' RETURNING true""",
            evaluation_id,
            judgement.outcome.value,
            judgement.qualified,
            judgement.score,
            judgement.model_score,
            judgement.reasoning,
            judgement.callback_requested,
            judgement.callback_notes,
            judgement.callback_words,
            judgement.callback_at,
            judgement.needs_human,
            judgement.needs_human_notes,
            judgement.do_not_call,
            judgement.do_not_call_words,
            [_kept(result) for result in judgement.results],
            judgement.needs_review,
            list(judgement.review_reasons),
            record.answer.model,
            record.prompt_version,
            record.rubric,
            record.cost_usd,
            record.answer.repaired,
            tx.now,
        )
        return settled is True

    async def fail(self, tx: Tx, evaluation_id: UUID, reason: str) -> bool:
        settled = await tx.db.fetchval(
            """UPDATE evaluations SET status = 'failed', failure_reason = $2, evaluated_at = $3
               WHERE evaluation_id = $1 AND status = 'pending' RETURNING true""",
            evaluation_id,
            reason,
            tx.now,
        )
        return settled is True


def _judged(row: Any) -> Judged:
    return Judged(
        evaluation_id=row["evaluation_id"],
        application_id=row["application_id"],
        candidate_id=row["candidate_id"],
        call_id=row["call_id"],
        has_words=row["has_words"],
    )


def _kept(result: Result) -> dict[str, Any]:
    return {
        **asdict(result.criterion),
        "finding": result.finding.value,
        "quote": result.quote,
        "turn": result.turn,
        "at_seconds": result.at_seconds,
        "quote_found": result.quote_found,
        "counted": result.counted.value,
        "points": result.points,
    }


def _call(row: Any) -> FinishedCall:
    kept = row["turns"]
    turns = turns_of(row["transcript"]) if kept is None else [Turn(**turn) for turn in kept]
    return FinishedCall(
        title=row["title"],
        qualification_prompt=row["qualification_prompt"],
        language=row["language"],
        time_zone=first_zone(row["own_zone"], row["position_zone"]),
        turns=turns,
        criteria=[Criterion(**criterion) for criterion in row["criteria"]],
        answers=[Answered(given["question"], given["answer"]) for given in row["form_answers"]],
        ended_at=row["call_ended_at"],
    )
