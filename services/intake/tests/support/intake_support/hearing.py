"""The pipeline of one application as hypothesis tells it: facts late, doubled and out of order.

Beside the application stands a double of what a decision set aside, which hears the pipeline alone.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any, ClassVar
from uuid import UUID

from chassis import Tx
from contracts import Event
from contracts.calling import (
    CallCompleted,
    CallNotAnswered,
    CallOutcomeUnknown,
    CallPlaced,
    CallRefused,
    CallSettledByHand,
    CallTakenBack,
)
from contracts.intake import (
    ApplicationStatusChanged,
    CallbackDue,
    Confirmation,
    OverdueCvWaitOver,
    PositionDetails,
    RejectedCvWaitOver,
)
from contracts.scoring import EvaluationCompleted, EvaluationFailed, EvaluationRequested
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize
from intake.adapters.postgres.set_aside import read, written
from intake.domain.applications import Application
from intake.domain.status_machine import Status
from intake.handlers.evaluations import remember_evaluation
from intake.handlers.pipeline import follow_pipeline
from intake.ports import Applications, Evaluations, Move, Position, Positions

from intake_support.desk import TimedTx, somebody
from intake_support.drawn import DRAWN, ROUTES
from intake_support.facts import NOON, Facts, enveloped
from intake_support.memory import MemoryApplications, MemoryCandidates, MemoryPositions, Shelf
from intake_support.memory_contacts import MemoryContacts
from intake_support.memory_evaluations import MemoryEvaluations
from intake_support.stores import PROMPTS

END_OF_A_CALL = (CallNotAnswered, CallOutcomeUnknown, CallTakenBack, CallCompleted)
EVALUATION = (EvaluationRequested, EvaluationCompleted, EvaluationFailed)
OF_A_TIMER = (CallbackDue, OverdueCvWaitOver, RejectedCvWaitOver)


def done(handling: Awaitable[Any]) -> Any:
    """Ports in memory never wait, so a handler comes to its end in one step."""
    try:
        handling.__await__().send(None)
    except StopIteration as end:
        return end.value
    raise AssertionError("a port in memory waited for something")


class KeptAsJson(MemoryApplications):
    """What was set aside comes back as the table gives it back."""

    async def save(self, tx: Tx, moves: Sequence[Move]) -> None:
        await super().save(tx, [replace(move, then=_read_back(move.then)) for move in moves])


def _read_back(one: Application) -> Application:
    if one.set_aside is None:
        return one
    return replace(one, set_aside=read(json.loads(written(one.set_aside)), one))


class Room:
    """The ports over one application."""

    def __init__(self, details: PositionDetails, application: Application) -> None:
        self.shelf = Shelf()
        self.shelf.positions[1] = Position(1, 1, details)
        self.shelf.candidates[1] = somebody()
        self.shelf.applications[1] = application
        self.applications = KeptAsJson(self.shelf)
        self.positions = MemoryPositions(self.shelf)
        self.evaluations = MemoryEvaluations(self.shelf)
        self.ports: dict[Any, Any] = {
            Applications: self.applications,
            Positions: self.positions,
            Evaluations: self.evaluations,
        }

    @property
    def application(self) -> Application:
        return self.shelf.applications[1]

    def hear(self, event: Event, tx: TimedTx) -> None:
        done(follow_pipeline(event, tx, self.applications, self.positions))
        if isinstance(event, EvaluationCompleted):
            people, contacts = MemoryCandidates(self.shelf), MemoryContacts(self.shelf)
            done(remember_evaluation(event, tx, self.evaluations, people, contacts))


class Story(RuleBasedStateMachine):
    """One application, and everybody who may say something about it."""

    steps: ClassVar[int] = 0
    seen: ClassVar[set[str]] = set()

    @initialize(start=st.sampled_from(sorted(ROUTES)), confirmation=st.sampled_from(Confirmation))
    def open_application(self, start: Status, confirmation: Confirmation = Confirmation.NOTHING) -> None:
        self.details = PositionDetails(title="Sales", confirmation=confirmation, **PROMPTS)
        self.room = Room(self.details, Application(1, 1, 1))
        self.facts = Facts(1, 1)
        self.history: list[tuple[Event, UUID | None]] = []
        self.published: list[ApplicationStatusChanged] = []
        self.ended: set[UUID] = set()
        self.ringing: UUID | None = None
        self.lost: UUID | None = None
        self.double: Room | None = None
        self.tx = TimedTx(now=NOON)
        for choice in ROUTES[start]:
            if self.one.proposed:
                self.a_recruiter_confirms_the_outcome()
            self.the_story_goes_on(int(choice))
        assert self.one.status is start

    @property
    def one(self) -> Application:
        return self.room.application

    def transaction(self, event: Event | None = None, event_id: UUID | None = None) -> TimedTx:
        Story.steps += 1
        self.tx.now += timedelta(minutes=1)
        self.tx.cause = enveloped(event, event_id) if event is not None else None
        self.tx.published.clear()
        return self.tx

    def moved(self, before: Application, allowed: set[tuple[Status, Status]]) -> None:
        """What happened was allowed, and what had been decided before is over."""
        rows = self.room.shelf.audit[before.sequence :]
        assert {(row.previous, row.current) for row in rows} <= allowed
        self.seen.update(row.current.value for row in rows)
        self.published.extend(self.tx.said(ApplicationStatusChanged))
        if rows:
            self.double, self.lost = None, None

    def hear(self, event: Event, event_id: UUID | None = None) -> None:
        before, lost = self.one, self.lost
        self.room.hear(event, self.transaction(event, event_id))
        self.history.append((event, event_id))
        double = self.double
        self.moved(before, DRAWN[type(event)])
        if double is not None and self.double is not None and not isinstance(event, OF_A_TIMER):
            double.hear(event, TimedTx(now=self.tx.now, cause=self.tx.cause))
        self.old_news_moves_nothing(event, before)
        self.the_end_of_the_call_counts(event, before)
        self.who_was_lost_is_found_once(event, before, lost)

    def who_was_lost_is_found_once(self, event: Event, before: Application, lost: UUID | None) -> None:
        """Only the call whose unknown outcome brought it to a recruiter brings it back into the queue."""
        moved = self.one.sequence > before.sequence
        if isinstance(event, CallOutcomeUnknown) and moved:
            self.lost = event.call_id
        if isinstance(event, CallSettledByHand):
            assert moved == (lost is not None and event.call_id == lost)
            if moved:
                self.seen.add("an unknown call settled")
                assert (self.one.status is Status.NEEDS_HUMAN) == event.rang
                assert self.published[-1].actor == event.actor

    def the_end_of_the_call_counts(self, event: Event, before: Application) -> None:
        """Where a call is wanted, and one rings, its end is never lost: else nobody would ever call again."""
        if isinstance(event, CallPlaced) and event.call_id not in before.calls:
            self.ringing = event.call_id if event.call_id in self.one.calls else self.ringing
        if not isinstance(event, END_OF_A_CALL) or event.call_id != self.ringing:
            return
        self.ringing = None
        assert not self.one.on_the_phone
        again = isinstance(event, CallTakenBack) or (
            isinstance(event, CallNotAnswered) and event.retry_at is not None
        )
        if (
            before.status in (Status.CALL_QUEUED, Status.CALL_IN_PROGRESS)
            and event.call_id == before.calls[-1]
        ):
            assert self.one.status is not before.status or (again and before.status is Status.CALL_QUEUED)

    def old_news_moves_nothing(self, event: Event, before: Application) -> None:
        stayed = self.one.sequence == before.sequence
        if before.proposed or before.status is Status.CLOSED:
            assert stayed
        if isinstance(event, CallPlaced):
            assert stayed or event.call_id not in before.calls
        if isinstance(event, EVALUATION):
            assert stayed or (event.call_id == before.calls[-1] and event.former_id is None)
        if isinstance(event, CallRefused):
            answers_it = event.queued_by is None or event.queued_by >= before.sequence
            assert stayed == (before.status is not Status.CALL_QUEUED or not answers_it)
        if isinstance(event, END_OF_A_CALL):
            assert stayed or event.call_id not in self.ended
            if event.call_id in self.one.calls:
                self.ended.add(event.call_id)

    def the_story_goes_on(self, choice: int) -> None:
        """A fact that fits."""
        raise NotImplementedError

    def a_recruiter_confirms_the_outcome(self) -> None:
        """Where it goes on, if the outcome was a proposal."""
        raise NotImplementedError
