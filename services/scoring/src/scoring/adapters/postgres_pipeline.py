"""The replica of intake, in scoring's own schema."""

from __future__ import annotations

from dataclasses import asdict

from chassis import Tx

from scoring.ports import Person, Position


class PostgresPipeline:
    async def position_reads(self, tx: Tx, position: Position) -> None:
        await tx.db.execute(
            """INSERT INTO positions (position_id, revision, title, qualification_prompt, language, time_zone,
                                      criteria, rubric)
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
               ON CONFLICT (position_id) DO UPDATE SET
                   revision = excluded.revision, title = excluded.title,
                   qualification_prompt = excluded.qualification_prompt,
                   language = excluded.language, time_zone = excluded.time_zone,
                   criteria = excluded.criteria, rubric = excluded.rubric
               WHERE positions.revision < excluded.revision
                  OR (positions.revision = excluded.revision AND positions.rubric IS NULL)""",
            position.position_id,
            position.revision,
            position.title,
            position.qualification_prompt,
            position.language,
            position.time_zone,
            [asdict(criterion) for criterion in position.criteria],
            position.rubric,
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

    async def has_position(self, tx: Tx, position_id: int) -> bool:
        found = await tx.db.fetchval("SELECT true FROM positions WHERE position_id = $1", position_id)
        return found is True
