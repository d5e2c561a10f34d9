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
from contracts.calling import CallCompleted, CallNotAnswered, CallOutcomeUnknown, CallPlaced
from contracts.intake import (
    ApplicationStatusChanged,
    CallbackDue,
    Confirmation,
    OverdueCvWaitOver,
    PositionDetails,
    RejectedCvWaitOver,
)
from contracts.scoring import EvaluationCompleted, EvaluationFailed, EvaluationRequested, Outcome
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule
from intake.adapters.postgres.set_aside import read, written
from intake.domain.applications import Application
from intake.domain.status_machine import Status
from intake.handlers.pipeline import follow_pipeline
from intake.ports import Applications, Move, Position, Positions

from intake_support.desk import TimedTx, somebody
from intake_support.drawn import DRAWN, ROUTES
from intake_support.facts import NOON, Facts, enveloped
from intake_support.memory import MemoryApplications, MemoryPositions, Shelf

VERDICTS = (Outcome.QUALIFIED, Outcome.NOT_QUALIFIED)
END_OF_A_CALL = (CallNotAnswered, CallOutcomeUnknown, CallCompleted)
EVALUATION = (EvaluationRequested, EvaluationCompleted, EvaluationFailed)
OF_A_TIMER = (CallbackDue, OverdueCvWaitOver, RejectedCvWaitOver)

calls = st.integers(1, 4).map(lambda number: UUID(int=number))


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
        self.ports: dict[Any, Any] = {Applications: self.applications, Positions: self.positions}

    @property
    def application(self) -> Application:
        return self.shelf.applications[1]

    def hear(self, event: Event, tx: TimedTx) -> None:
        done(follow_pipeline(event, tx, self.applications, self.positions))


class Pipeline(RuleBasedStateMachine):
    """One application, and everybody who may say something about it."""

    steps: ClassVar[int] = 0
    seen: ClassVar[set[str]] = set()

    @initialize(start=st.sampled_from(sorted(ROUTES)), confirmation=st.sampled_from(Confirmation))
    def open_application(self, start: Status, confirmation: Confirmation = Confirmation.NOTHING) -> None:
        self.details = PositionDetails(title="Sales", confirmation=confirmation)
        self.room = Room(self.details, Application(1, 1, 1))
        self.facts = Facts(1, 1)
        self.history: list[tuple[Event, UUID | None]] = []
        self.published: list[ApplicationStatusChanged] = []
        self.ended: set[UUID] = set()
        self.ringing: UUID | None = None
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
        Pipeline.steps += 1
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
            self.double = None

    def hear(self, event: Event, event_id: UUID | None = None) -> None:
        before = self.one
        self.room.hear(event, self.transaction(event, event_id))
        self.history.append((event, event_id))
        double = self.double
        self.moved(before, DRAWN[type(event)])
        if double is not None and self.double is not None and not isinstance(event, OF_A_TIMER):
            double.hear(event, TimedTx(now=self.tx.now, cause=self.tx.cause))
        self.old_news_moves_nothing(event, before)
        self.the_end_of_the_call_counts(event, before)

    def the_end_of_the_call_counts(self, event: Event, before: Application) -> None:
        """Where a call is wanted, and one rings, its end is never lost: else nobody would ever call again."""
        if isinstance(event, CallPlaced) and event.call_id not in before.calls:
            self.ringing = event.call_id if event.call_id in self.one.calls else self.ringing
        if not isinstance(event, END_OF_A_CALL) or event.call_id != self.ringing:
            return
        self.ringing = None
        assert not self.one.on_the_phone
        again = isinstance(event, CallNotAnswered) and event.retry_at is not None
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
            assert stayed or event.call_id == before.calls[-1]
        if isinstance(event, END_OF_A_CALL):
            assert stayed or event.call_id not in self.ended
            if event.call_id in self.one.calls:
                self.ended.add(event.call_id)

    @rule(call=calls)
    def a_call_is_placed(self, call: UUID) -> None:
        self.hear(self.facts.placed(call))

    @rule(call=calls, again=st.booleans())
    def nobody_answers(self, call: UUID, again: bool) -> None:
        self.hear(self.facts.not_answered(call, NOON if again else None))

    @rule()
    def a_call_is_refused(self) -> None:
        self.hear(self.facts.refused())

    @rule(call=calls)
    def a_call_is_lost(self, call: UUID) -> None:
        self.hear(self.facts.unknown(call))

    @rule(call=calls)
    def a_call_is_held(self, call: UUID) -> None:
        self.hear(self.facts.completed(call))

    @rule(call=calls)
    def it_is_being_evaluated(self, call: UUID) -> None:
        self.hear(self.facts.evaluating(call))

    @rule(call=calls, outcome=st.sampled_from(Outcome), timed=st.booleans(), score=st.integers(0, 100))
    def it_is_evaluated(self, call: UUID, outcome: Outcome, timed: bool, score: int) -> None:
        callback_at = NOON + timedelta(days=1) if timed and outcome is Outcome.CALLBACK_REQUESTED else None
        self.hear(self.facts.evaluated(call, outcome, callback_at, score))

    @rule(call=calls)
    def it_cannot_be_evaluated(self, call: UUID) -> None:
        self.hear(self.facts.not_evaluated(call))

    @rule(for_later=st.booleans())
    def a_cv_is_asked_for(self, for_later: bool) -> None:
        self.hear(self.facts.asked_for_cv(for_later=for_later))

    @rule(number=st.integers(1, 2))
    def a_reminder_goes_out(self, number: int) -> None:
        self.hear(self.facts.followed_up(number))

    @rule()
    def the_request_expires(self) -> None:
        self.hear(self.facts.request_expired())

    @rule()
    def nobody_can_be_reached(self) -> None:
        self.hear(self.facts.unreachable())

    @rule()
    def a_cv_comes(self) -> None:
        self.hear(self.facts.cv_matched())

    @rule(choice=st.integers(0, 5))
    def the_story_goes_on(self, choice: int) -> None:
        """Random facts alone seldom get far: say one that fits the present status, or what was set aside."""
        if self.one.status is Status.PENDING_CALL and self.one.set_aside is None:
            self.a_recruiter_asks_for_a_call()
            return
        one = self.one.set_aside or self.one
        if event := self.what_fits(one, choice):
            before = self.one
            self.hear(event)
            if one is before and not one.proposed:
                had_cv = (Status.CV_RECEIVED, Status.CV_RECEIVED_REJECTED)
                early = one.status is Status.SCORING and self.one.status in had_cv
                assert self.one.sequence == one.sequence + (2 if early else 1)

    def what_fits(self, one: Application, choice: int) -> Event | None:
        facts, later = self.facts, NOON + timedelta(days=1)
        call = one.calls[-1] if one.calls else UUID(int=1)
        fresh = UUID(int=len(self.one.calls) + 10)
        fitting: dict[Status, list[Event]] = {
            Status.CALL_QUEUED: [facts.placed(fresh), facts.completed(fresh)],
            Status.CALL_IN_PROGRESS: [
                facts.completed(call),
                facts.not_answered(call, later),
                facts.not_answered(call, None),
            ],
            Status.CALL_COMPLETED: [facts.evaluating(call)],
            Status.SCORING: [facts.evaluated(call, outcome, later) for outcome in (*Outcome, *VERDICTS)],
            Status.QUALIFIED: [facts.asked_for_cv(for_later=False)],
            Status.NOT_QUALIFIED: [facts.asked_for_cv(for_later=True), facts.cv_matched()],
            Status.AWAITING_CV: [facts.followed_up(1)],
            Status.CV_FOLLOWUP_1: [facts.followed_up(2)],
            Status.CV_FOLLOWUP_2: [facts.request_expired(), facts.cv_matched()],
        }
        events = fitting.get(one.status)
        return events[choice % len(events)] if events else None

    @rule(data=st.data())
    def a_timer_rings(self, data: st.DataObject) -> None:
        if self.tx.waiting:
            key = data.draw(st.sampled_from(sorted(self.tx.waiting)))
            waiting = self.tx.waiting.pop(key)
            self.hear(waiting.event, waiting.event_id)

    @rule(data=st.data())
    def something_old_is_said_again(self, data: st.DataObject) -> None:
        if self.history:
            self.hear(*data.draw(st.sampled_from(self.history)))

    @rule()
    def the_last_fact_twice_changes_nothing(self) -> None:
        if self.history:
            event, event_id = self.history[-1]
            self.hear(event, event_id)
            before = self.one
            self.hear(event, event_id)
            assert self.one == before

    def a_recruiter_asks_for_a_call(self) -> None:
        """Where every story begins."""
        raise NotImplementedError

    def a_recruiter_confirms_the_outcome(self) -> None:
        """Where it goes on, if the outcome was a proposal."""
        raise NotImplementedError
