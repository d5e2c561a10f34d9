"""Ports of scoring in memory, and builders that read like prose."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from chassis import Tx
from chassis.testing import NOON
from chassis.testing_rooms import Room
from contracts import Actor
from contracts.calling import CallCompleted, Turn
from contracts.intake import ApplicationOpened, CandidateProfile, FormAnswer, PositionDetails, PositionOpened
from contracts.scoring import EvaluationRequested
from scoring.domain.question import FinishedCall, Question
from scoring.domain.verdict import Verdict
from scoring.handlers import evaluate, follow_intake
from scoring.ports import (
    Answer,
    Evaluation,
    Evaluations,
    NotYetKnown,
    OpenEvaluation,
    Person,
    Pipeline,
    Position,
)

CALL = UUID(int=71)


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


@dataclass
class Row:
    evaluation: Evaluation
    status: str = "pending"
    bad_answers: int = 0
    silences: int = 0


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
            time_zone=person.time_zone or position.time_zone,
            transcript=row.evaluation.transcript,
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
            call,
        )

    async def keep_answer(
        self, tx: Tx, evaluation_id: UUID, answer: Answer, prompt_version: str, problem: str | None
    ) -> None:
        self.answers.append((evaluation_id, answer, problem))

    async def count_bad_answer(self, tx: Tx, evaluation_id: UUID) -> None:
        self.rows[evaluation_id].bad_answers += 1

    async def count_silence(self, tx: Tx, evaluation_id: UUID) -> None:
        self.rows[evaluation_id].silences += 1

    async def complete(
        self, tx: Tx, evaluation_id: UUID, verdict: Verdict, answer: Answer, prompt_version: str
    ) -> bool:
        return self._settle(evaluation_id, "completed")

    async def fail(self, tx: Tx, evaluation_id: UUID, reason: str) -> bool:
        return self._settle(evaluation_id, "failed")

    def _settle(self, evaluation_id: UUID, status: str) -> bool:
        row = self.rows[evaluation_id]
        if row.status != "pending":
            return False
        row.status = status
        return True


class ScriptedModel:
    """Says what it is told to, in turn; the last one for ever. An exception is raised."""

    def __init__(self, *says: Answer | Exception) -> None:
        self.says = list(says)
        self.asked: list[Question] = []

    async def ask(self, question: Question) -> Answer:
        self.asked.append(question)
        says = self.says.pop(0) if len(self.says) > 1 else self.says[0]
        if isinstance(says, Exception):
            raise says
        return says


@dataclass
class ScoringRoom:
    """Scoring with its ports, driven by events."""

    room: Room
    pipeline: Pipeline
    evaluations: Evaluations

    async def knows_the_application(self) -> None:
        async with self.room.begin() as tx:
            await follow_intake.learn_position(a_position(), tx, self.pipeline)
            await follow_intake.learn_application(an_application(), tx, self.pipeline)

    async def hears_of(self, call: CallCompleted) -> None:
        async with self.room.begin() as tx:
            await evaluate.queue_completed_call_for_scoring(call, tx, self.evaluations)

    async def asks(self, model: ScriptedModel, begin: Any = None) -> None:
        """Handle what was requested last, or is due."""
        requested = (await self.room.said(EvaluationRequested))[-1]
        await evaluate.evaluate(requested, begin or self.room.begin, self.evaluations, model, self.room.clock)


def a_call(**changed: Any) -> CallCompleted:
    call = CallCompleted(
        candidate_id=10,
        application_id=1,
        call_id=CALL,
        attempt_number=1,
        conversation_id="conv_1",
        transcript="Agent: Aveți permis?\n\nUser: Da, categoria B.",
        turns=[Turn(role="agent", text="Aveți permis?"), Turn(role="user", text="Da, categoria B.")],
        placed_at=NOON - timedelta(minutes=5),
        ended_at=NOON,
    )
    return call.model_copy(update=changed)


def a_position(**changed: Any) -> PositionOpened:
    details = PositionDetails(title="Șofer", qualification_prompt="Permis categoria B.", **changed)
    return PositionOpened(position_id=5, details=details, actor=Actor.system())


def an_application(**changed: Any) -> ApplicationOpened:
    profile = CandidateProfile(
        full_name="Ana Probă",
        first_name="Ana",
        last_name="Probă",
        form_answers=[FormAnswer(question="permis?", label="Permis?", answer="da, categoria B")],
        **changed,
    )
    return ApplicationOpened(candidate_id=10, application_id=1, position_id=5, profile=profile)


def an_answer(**said: Any) -> Answer:
    """A well-formed answer; ``said`` replaces fields of its JSON."""
    content = {
        "outcome": "qualified",
        "score": 82,
        "reasoning": "Are permis.",
        "callback_requested": False,
        "callback_notes": None,
        "callback_at": None,
        "needs_human": False,
        "needs_human_notes": None,
        **said,
    }
    return Answer(
        content=content,
        repaired=False,
        stop_reason="end_turn",
        model="claude-sonnet-4-6",
        request_id="req_1",
        input_tokens=900,
        output_tokens=120,
        latency_ms=1500,
        raw={"id": "msg_1", "content": [{"type": "text", "text": "{}"}]},
    )


def cut_off() -> Answer:
    return replace(an_answer(), content=None, stop_reason="max_tokens")


def later(hours: float) -> datetime:
    return NOON + timedelta(hours=hours)
