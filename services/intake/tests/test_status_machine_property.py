"""Whatever arrives, in whatever order, however often: only drawn transitions happen, all are audited."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from uuid import UUID

import pytest
from chassis.testing import InMemoryTx
from contracts import Accepted, Actor, Event
from contracts.intake import ApplicationStatusChanged, CloseApplication, PositionDetails, QueueCalls
from contracts.scoring import Outcome
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from intake.domain.applications import Application, wait_of
from intake.domain.profiles import Profile
from intake.domain.status_machine import TRANSITIONS, Status
from intake.handlers.applications import queue_calls
from intake.handlers.decisions import close_application
from intake.handlers.pipeline import follow_pipeline
from intake.ports import Position
from intake_support.facts import NOON, Facts, enveloped
from intake_support.memory import MemoryApplications, MemoryPositions, Shelf

DRAWN = {(current, following) for (current, _), following in TRANSITIONS.items()}
VERDICTS = (Outcome.QUALIFIED, Outcome.NOT_QUALIFIED)
RECRUITER = Actor(kind="recruiter", id="1")
ANA = Profile(
    "Ana Pop", "Ana", "Pop", "ana pop", "+40712000001", None, None, None, "ro", None, "manual", None, None,
    None, None, None, (),
)  # fmt: skip

ROUTES = {
    Status.PENDING_CALL: "",
    Status.CALL_QUEUED: "0",
    Status.CALL_IN_PROGRESS: "00",
    Status.CALL_FAILED: "002",
    Status.CALL_COMPLETED: "000",
    Status.SCORING: "0000",
    Status.QUALIFIED: "00000",
    Status.NOT_QUALIFIED: "00001",
    Status.CALLBACK_SCHEDULED: "00002",
    Status.NEEDS_HUMAN: "00003",
    Status.AWAITING_CV: "000000",
    Status.CV_FOLLOWUP_1: "0000000",
    Status.CV_FOLLOWUP_2: "00000000",
    Status.CV_OVERDUE: "000000000",
    Status.CV_RECEIVED: "000000001",
    Status.AWAITING_CV_REJECTED: "000010",
    Status.CV_RECEIVED_REJECTED: "000011",
}
"""How the story gets to every status that can be left: choices for ``the_story_goes_on``."""

calls = st.integers(1, 4).map(lambda number: UUID(int=number))


class AnyOrder(RuleBasedStateMachine):
    """One application, and everybody who may say something about it."""

    @initialize(start=st.sampled_from(sorted(ROUTES)))
    def open_application(self, start: Status) -> None:
        self.shelf = Shelf()
        self.shelf.positions[1] = Position(1, 1, PositionDetails(title="Sales"))
        self.shelf.candidates[1] = ANA
        self.shelf.applications[1] = Application(1, 1, 1)
        self.ports = MemoryApplications(self.shelf), MemoryPositions(self.shelf)
        self.facts = Facts(1, 1)
        self.history: list[tuple[Event, UUID | None]] = []
        self.published: list[ApplicationStatusChanged] = []
        self.waiting: dict[str, tuple[Event, UUID]] = {}
        self.now = NOON
        for choice in ROUTES[start]:
            self.the_story_goes_on(int(choice))
        assert self.application().status is start

    def application(self) -> Application:
        return self.shelf.applications[1]

    def transaction(self, event: Event | None = None, event_id: UUID | None = None) -> InMemoryTx:
        self.now += timedelta(minutes=1)
        return RememberingTx(
            self.waiting, now=self.now, cause=enveloped(event, event_id) if event is not None else None
        )

    def hear(self, event: Event, event_id: UUID | None = None) -> None:
        tx = self.transaction(event, event_id)
        asyncio.run(follow_pipeline(event, tx, *self.ports))
        self.history.append((event, event_id))
        self.published.extend(tx.said(ApplicationStatusChanged))

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
        """Random facts alone seldom get far: say one that fits the present status."""
        one, facts = self.application(), self.facts
        if one.status is Status.PENDING_CALL:
            self.a_recruiter_asks_for_a_call()
        call = one.calls[-1] if one.calls else UUID(int=1)
        fresh = UUID(int=len(one.calls) + 10)
        later = NOON + timedelta(days=1)
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
        if one.status in fitting:
            events = fitting[one.status]
            self.hear(events[choice % len(events)])
            had_cv = (Status.CV_RECEIVED, Status.CV_RECEIVED_REJECTED)
            early = one.status is Status.SCORING and self.application().status in had_cv
            assert self.application().sequence == one.sequence + (2 if early else 1)

    @rule(data=st.data())
    def a_timer_rings(self, data: st.DataObject) -> None:
        if self.waiting:
            key = data.draw(st.sampled_from(sorted(self.waiting)))
            self.hear(*self.waiting.pop(key))

    @rule(data=st.data())
    def something_old_is_said_again(self, data: st.DataObject) -> None:
        if self.history:
            self.hear(*data.draw(st.sampled_from(self.history)))

    @rule()
    def the_last_fact_twice_changes_nothing(self) -> None:
        if self.history:
            event, event_id = self.history[-1]
            self.hear(event, event_id)
            before = self.application()
            self.hear(event, event_id)
            assert self.application() == before

    @rule()
    def a_recruiter_asks_for_a_call(self) -> None:
        tx = self.transaction()
        command = QueueCalls(command_id=UUID(int=1), actor=RECRUITER, application_ids=[1])
        reply = asyncio.run(queue_calls(command, tx, *self.ports))
        moved = tx.said(ApplicationStatusChanged)
        assert (reply.result["queued"] == [1]) == bool(moved)
        self.published.extend(moved)

    @rule(chance=st.integers(0, 20))
    def a_recruiter_closes_it(self, chance: int) -> None:
        if chance:
            return  # seldom, or every story would end early
        tx = self.transaction()
        was_closed = self.application().status is Status.CLOSED
        command = CloseApplication(command_id=UUID(int=1), actor=RECRUITER, application_id=1, reason="done")
        reply = asyncio.run(close_application(command, tx, *self.ports))
        assert isinstance(reply, Accepted) == (not was_closed)
        self.published.extend(tx.said(ApplicationStatusChanged))

    @invariant()
    def only_drawn_transitions_happen(self) -> None:
        assert {(row.previous, row.current) for row in self.shelf.audit} <= DRAWN

    @invariant()
    def the_audit_chain_has_no_gap(self) -> None:
        status = Status.PENDING_CALL
        for number, row in enumerate(self.shelf.audit, start=1):
            assert (row.sequence, row.previous) == (number, status)
            assert row.reason
            status = row.current
        assert (self.application().status, self.application().sequence) == (status, len(self.shelf.audit))

    @invariant()
    def every_transition_is_published_with_its_audit_row(self) -> None:
        said = [(event.sequence, event.previous.value, event.current.value) for event in self.published]
        assert said == [(row.sequence, row.previous.value, row.current.value) for row in self.shelf.audit]

    @invariant()
    def side_fields_agree_with_the_status(self) -> None:
        one = self.application()
        assert (one.callback_at is not None) == (one.status is Status.CALLBACK_SCHEDULED)
        assert (one.needs_human_reason is not None) == (one.status is Status.NEEDS_HUMAN)
        assert (one.score is None) == (one.qualified is None)
        passed = {row.current for row in self.shelf.audit}
        if {Status.CV_RECEIVED, Status.CV_RECEIVED_REJECTED} & passed:
            assert one.cv_received_at is not None
        if one.cv_received_at is not None:
            assert one.status not in (Status.QUALIFIED, Status.NOT_QUALIFIED, Status.AWAITING_CV)
        if one.status in (Status.QUALIFIED, Status.AWAITING_CV, Status.CV_FOLLOWUP_1, Status.CV_OVERDUE):
            assert one.qualified is True
        if one.status in (Status.NOT_QUALIFIED, Status.AWAITING_CV_REJECTED, Status.CV_RECEIVED_REJECTED):
            assert one.qualified is False

    @invariant()
    def exactly_the_timer_of_the_status_waits(self) -> None:
        key = wait_of(self.application())
        rung = self.application().timer_id
        assert set(self.waiting) <= ({key} if key else set())
        assert (rung is not None) == (key is not None)


class RememberingTx(InMemoryTx):
    """Timers outlive their transaction, as they do in the outbox; ids are never used twice."""

    ids = 1_000

    def __init__(self, waiting: dict[str, tuple[Event, UUID]], **fields: object) -> None:
        super().__init__(**fields)  # type: ignore[arg-type]
        self._waiting = waiting

    def publish(self, event: Event, *, at: object = None, key: str | None = None) -> UUID:
        event_id = super().publish(event, at=at, key=key)  # type: ignore[arg-type]
        if at is not None and key is not None:
            self._waiting[key] = (event, event_id)
        return event_id

    def cancel(self, key: str) -> None:
        super().cancel(key)
        self._waiting.pop(key, None)

    def new_id(self) -> UUID:
        RememberingTx.ids += 1
        return UUID(int=RememberingTx.ids)


TestAnyOrder = AnyOrder.TestCase
TestAnyOrder.settings = settings(max_examples=200, stateful_step_count=40, deadline=None, print_blob=True)


@pytest.mark.parametrize("start", Status)
def test_the_stories_can_begin_in_every_status_that_can_be_left(start: Status) -> None:
    """A property that never sees a status says nothing about it."""
    if start is Status.CLOSED:
        assert start not in ROUTES
    else:
        AnyOrder().open_application(start)
