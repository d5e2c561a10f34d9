"""Ports of scoring in memory."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from chassis import Tx
from scoring.domain.call import FinishedCall, first_zone
from scoring.domain.judgement import Judgement
from scoring.ports import (
    Answer,
    Evaluation,
    Judged,
    NotYetKnown,
    OpenEvaluation,
    Person,
    Position,
    Record,
)


class MemoryPipeline:
    def __init__(self) -> None:
        self.positions: dict[int, Position] = {}
        self.people: dict[int, Person] = {}
        self.applications: dict[int, tuple[int, int]] = {}

    async def position_reads(self, tx: Tx, position: Position) -> None:
        known = self.positions.get(position.position_id)
        if known is None or known.revision < position.revision:
            self.positions[position.position_id] = position

    async def person_reads(self, tx: Tx, person: Person) -> None:
        self.people[person.candidate_id] = person

    async def application_opened(
        self, tx: Tx, application_id: int, candidate_id: int, position_id: int
    ) -> None:
        self.applications.setdefault(application_id, (candidate_id, position_id))

    async def has_position(self, tx: Tx, position_id: int) -> bool:
        return position_id in self.positions


@dataclass
class Row:
    evaluation: Evaluation
    status: str = "pending"
    bad_answers: int = 0
    silences: int = 0
    spent: float | None = 0.0
    former_id: UUID | None = None
    rubric: str | None = None


@dataclass
class MemoryEvaluations:
    pipeline: MemoryPipeline
    rows: dict[UUID, Row] = field(default_factory=dict)
    answers: list[tuple[UUID, Answer, str | None]] = field(default_factory=list)

    async def add(self, tx: Tx, evaluation: Evaluation) -> bool:
        if any(row.evaluation.call_id == evaluation.call_id for row in self.rows.values()):
            return False
        self.rows[evaluation.evaluation_id] = Row(evaluation)
        return True

    async def add_again(
        self, tx: Tx, former: Mapping[UUID, UUID], because: str, actor: dict[str, Any]
    ) -> set[UUID]:
        added = set()
        for id, before in former.items():
            evaluation = replace(self.rows[before].evaluation, evaluation_id=id)
            pending = [row for row in self.rows.values() if row.status == "pending"]
            if all(row.evaluation.call_id != evaluation.call_id for row in pending):
                self.rows[id] = Row(evaluation, former_id=before)
                added.add(id)
        return added

    async def last_judged(self, tx: Tx, application_ids: Sequence[int]) -> list[Judged]:
        last: dict[int, tuple[Any, Row]] = {}
        for number, row in enumerate(self.rows.values()):
            about = row.evaluation
            if row.status == "pending" or about.application_id not in application_ids:
                continue
            rank = (about.ended_at, about.call_id, row.status == "completed", number)
            if about.application_id not in last or rank > last[about.application_id][0]:
                last[about.application_id] = (rank, row)
        return [_judged(last[id][1]) for id in sorted(last)]

    async def under_way(self, tx: Tx, application_ids: Sequence[int]) -> set[int]:
        pending = {row.evaluation.application_id for row in self.rows.values() if row.status == "pending"}
        return pending & set(application_ids)

    async def judged_by_other_rules(self, tx: Tx, position_id: int) -> list[Judged]:
        known = self.pipeline.applications.items()
        ids = [id for id, (_, position) in known if position == position_id]
        waiting = await self.under_way(tx, ids)
        rubric = self.pipeline.positions[position_id].rubric
        return [
            judged
            for judged in await self.last_judged(tx, ids)
            if judged.has_words
            and judged.application_id not in waiting
            and self.rows[judged.evaluation_id].status == "completed"
            and self.rows[judged.evaluation_id].rubric != rubric
        ]

    async def open(self, tx: Tx, evaluation_id: UUID) -> OpenEvaluation | None:
        row = self.rows.get(evaluation_id)
        if row is None or row.status != "pending":
            return None
        known = self.pipeline.applications.get(row.evaluation.application_id)
        if known is None or known[1] not in self.pipeline.positions:
            raise NotYetKnown(row.evaluation.application_id)
        person, position = self.pipeline.people[known[0]], self.pipeline.positions[known[1]]
        call = FinishedCall(
            title=position.title,
            qualification_prompt=position.qualification_prompt,
            language=position.language,
            time_zone=first_zone(person.time_zone, position.time_zone),
            turns=row.evaluation.turns,
            criteria=position.criteria,
            answers=person.answers,
            ended_at=row.evaluation.ended_at,
        )
        about = row.evaluation
        return OpenEvaluation(
            about.evaluation_id,
            about.call_id,
            about.application_id,
            about.candidate_id,
            row.bad_answers,
            row.silences,
            row.spent,
            position.rubric,
            row.former_id,
            call,
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
        self.answers.append((evaluation_id, answer, problem))
        row = self.rows[evaluation_id]
        row.spent = None if cost_usd is None or row.spent is None else row.spent + cost_usd

    async def count_bad_answer(self, tx: Tx, evaluation_id: UUID) -> None:
        self.rows[evaluation_id].bad_answers += 1

    async def count_silence(self, tx: Tx, evaluation_id: UUID) -> None:
        self.rows[evaluation_id].silences += 1

    async def complete(self, tx: Tx, evaluation_id: UUID, judgement: Judgement, record: Record) -> bool:
        self.rows[evaluation_id].rubric = record.rubric
        return self._settle(evaluation_id, "completed")

    async def fail(self, tx: Tx, evaluation_id: UUID, reason: str) -> bool:
        return self._settle(evaluation_id, "failed")

    def _settle(self, evaluation_id: UUID, status: str) -> bool:
        row = self.rows[evaluation_id]
        if row.status != "pending":
            return False
        row.status = status
        return True


def _judged(row: Row) -> Judged:
    about = row.evaluation
    has_words = bool(about.transcript)
    return Judged(about.evaluation_id, about.application_id, about.candidate_id, about.call_id, has_words)
