"""A scripted model, a room for scoring, and builders that read like prose."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from chassis.testing import NOON
from chassis.testing_rooms import Room
from contracts import Accepted, Actor, Refused
from contracts.calling import CallCompleted, Turn
from contracts.intake import (
    ApplicationOpened,
    CandidateProfile,
    FormAnswer,
    PositionDetails,
    PositionOpened,
    PositionRevised,
)
from contracts.scoring import EvaluationRequested, Reevaluate, ReevaluatePosition
from scoring.domain.prices import LIST_PRICES, Prices
from scoring.domain.question import Question
from scoring.handlers import evaluate, follow_intake, reevaluate
from scoring.ports import (
    Answer,
    Evaluations,
    Pipeline,
    Written,
)

CALL = UUID(int=71)
RECRUITER = Actor(kind="recruiter", id="7", name="Ioana Probă")


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

    async def write(self, system: str, user: str) -> Written:
        raise AssertionError("a call is judged by asking, not by writing")


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
        opens, clock = begin or self.room.begin, self.room.clock
        await evaluate.evaluate(requested, opens, self.evaluations, model, Prices(LIST_PRICES), clock)

    async def judges(self, call: CallCompleted, answer: Answer | None = None) -> None:
        """A call, and its evaluation."""
        await self.hears_of(call)
        await self.asks(ScriptedModel(answer or an_answer()))

    async def position_reads(self, revision: int, **changed: Any) -> None:
        opened = a_position(**changed)
        revised = PositionRevised(
            position_id=5, revision=revision, details=opened.details, actor=opened.actor
        )
        async with self.room.begin() as tx:
            await follow_intake.learn_revision(revised, tx, self.pipeline)

    async def is_told_to_judge_again(self, *application_ids: int) -> dict[str, Any]:
        command = Reevaluate(command_id=UUID(int=9), actor=RECRUITER, application_ids=list(application_ids))
        async with self.room.begin() as tx:
            return (await reevaluate.reevaluate(command, tx, self.evaluations)).result

    async def is_told_to_judge_all_again(self, position_id: int = 5) -> Accepted | Refused:
        command = ReevaluatePosition(command_id=UUID(int=9), actor=RECRUITER, position_id=position_id)
        async with self.room.begin() as tx:
            return await reevaluate.reevaluate_position(command, tx, self.evaluations, self.pipeline)


def a_call(**changed: Any) -> CallCompleted:
    call = CallCompleted(
        candidate_id=10,
        application_id=1,
        call_id=CALL,
        attempt_number=1,
        conversation_id="conv_1",
        transcript="Agent: Aveți permis?\n\nUser: Da, categoria B.",
        turns=[
            Turn(role="agent", text="Aveți permis?"),
            Turn(role="user", text="Da, categoria B.", at_seconds=7),
        ],
        placed_at=NOON - timedelta(minutes=5),
        ended_at=NOON,
    )
    return call.model_copy(update=changed)


def a_position(**changed: Any) -> PositionOpened:
    facts: dict[str, Any] = {
        "title": "Șofer",
        "qualification_prompt": "Permis categoria B.",
        "campaign_questions": "Aveți permis?",
        **changed,
    }
    details = PositionDetails(**facts)
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
        "criteria": [{"key": "question-1", "finding": "met", "quote": "Da, categoria B.", "turn": 1}],
        "outcome": "qualified",
        "score": 82,
        "reasoning": "Are permis.",
        "callback_requested": False,
        "callback_notes": None,
        "callback_words": None,
        "callback_at": None,
        "needs_human": False,
        "needs_human_notes": None,
        "do_not_call": False,
        "do_not_call_words": None,
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
