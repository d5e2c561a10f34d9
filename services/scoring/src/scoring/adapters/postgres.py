"""Evaluations and the replica of intake, in scoring's own schema."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from chassis import Tx

from scoring.domain.question import Answered, FinishedCall
from scoring.domain.verdict import Verdict
from scoring.ports import Answer, Evaluation, NotYetKnown, OpenEvaluation, Person, Position


class PostgresPipeline:
    async def position_reads(self, tx: Tx, position: Position) -> None:
        await tx.db.execute(
            """INSERT INTO positions (position_id, revision, title, qualification_prompt, language, time_zone)
               VALUES ($1, $2, $3, $4, $5, $6)
               ON CONFLICT (position_id) DO UPDATE SET
                   revision = excluded.revision, title = excluded.title,
                   qualification_prompt = excluded.qualification_prompt,
                   language = excluded.language, time_zone = excluded.time_zone
               WHERE positions.revision < excluded.revision""",
            position.position_id,
            position.revision,
            position.title,
            position.qualification_prompt,
            position.language,
            position.time_zone,
        )

    async def person_reads(self, tx: Tx, person: Person) -> None:
        answers = [{"question": given.question, "answer": given.answer} for given in person.answers]
        await tx.db.execute(
            """INSERT INTO candidates (candidate_id, language, time_zone, form_answers)
               VALUES ($1, $2, $3, $4)
               ON CONFLICT (candidate_id) DO UPDATE SET
                   language = excluded.language, time_zone = excluded.time_zone,
                   form_answers = excluded.form_answers""",
            person.candidate_id,
            person.language,
            person.time_zone,
            answers,
        )

    async def application_opened(
        self, tx: Tx, application_id: int, candidate_id: int, position_id: int
    ) -> None:
        await tx.db.execute(
            """INSERT INTO applications (application_id, candidate_id, position_id) VALUES ($1, $2, $3)
               ON CONFLICT (application_id) DO NOTHING""",
            application_id,
            candidate_id,
            position_id,
        )


class PostgresEvaluations:
    async def add(self, tx: Tx, evaluation: Evaluation) -> bool:
        added = await tx.db.fetchval(
            """INSERT INTO evaluations (evaluation_id, call_id, application_id, candidate_id, transcript,
                                        call_ended_at, created_at)
               VALUES ($1, $2, $3, $4, $5, $6, $7)
               ON CONFLICT (call_id) DO NOTHING RETURNING true""",
            evaluation.evaluation_id,
            evaluation.call_id,
            evaluation.application_id,
            evaluation.candidate_id,
            evaluation.transcript,
            evaluation.ended_at,
            tx.now,
        )
        return added is True

    async def open(self, tx: Tx, evaluation_id: UUID) -> OpenEvaluation | None:
        row = await tx.db.fetchrow(
            """SELECT e.*, p.position_id, p.title, p.qualification_prompt, p.language,
                      coalesce(c.time_zone, p.time_zone) AS time_zone, c.form_answers
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
            call=_call(row),
        )

    async def keep_answer(
        self, tx: Tx, evaluation_id: UUID, answer: Answer, prompt_version: str, problem: str | None
    ) -> None:
        await tx.db.execute(
            """INSERT INTO model_answers
                   (answer_id, evaluation_id, answered_at, model, prompt_version, request_id, stop_reason,
                    input_tokens, output_tokens, latency_ms, repaired, problem, raw_response)
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)""",
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
        )

    async def count_bad_answer(self, tx: Tx, evaluation_id: UUID) -> None:
        await tx.db.execute(
            "UPDATE evaluations SET bad_answers = bad_answers + 1 WHERE evaluation_id = $1", evaluation_id
        )

    async def count_silence(self, tx: Tx, evaluation_id: UUID) -> None:
        await tx.db.execute(
            "UPDATE evaluations SET silences = silences + 1 WHERE evaluation_id = $1", evaluation_id
        )

    async def complete(
        self, tx: Tx, evaluation_id: UUID, verdict: Verdict, answer: Answer, prompt_version: str
    ) -> bool:
        settled = await tx.db.fetchval(
            """UPDATE evaluations SET status = 'completed', outcome = $2, qualified = $3, score = $4,
                   reasoning = $5, callback_requested = $6, callback_notes = $7, callback_at = $8,
                   needs_human = $9, needs_human_notes = $10, model = $11, prompt_version = $12,
                   evaluated_at = $13
               WHERE evaluation_id = $1 AND status = 'pending' RETURNING true""",
            evaluation_id,
            verdict.outcome.value,
            verdict.qualified,
            verdict.score,
            verdict.reasoning,
            verdict.callback_requested,
            verdict.callback_notes,
            verdict.callback_at,
            verdict.needs_human,
            verdict.needs_human_notes,
            answer.model,
            prompt_version,
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


def _call(row: Any) -> FinishedCall:
    return FinishedCall(
        title=row["title"],
        qualification_prompt=row["qualification_prompt"],
        language=row["language"],
        time_zone=row["time_zone"],
        transcript=row["transcript"],
        answers=[Answered(given["question"], given["answer"]) for given in row["form_answers"]],
        ended_at=row["call_ended_at"],
    )
