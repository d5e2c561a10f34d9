"""What recruiters, merges and imports may do to one application, as rules for hypothesis."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

from contracts import Accepted, Command, Refused
from contracts.intake import (
    AdoptEvaluation,
    ApplicationStatusChanged,
    AssignApplications,
    CloseApplication,
    ConfirmOutcome,
    OutcomeConfirmed,
    OverrideStatus,
    QueueCalls,
    ReopenApplication,
    ResolveNeedsHuman,
    ReverseOutcome,
    ScheduleCallback,
    UndoOverride,
    WithdrawApplication,
)
from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule
from intake.domain.applications import Application, Happening
from intake.domain.status_machine import ClosedBecause, Fact, Status
from intake.handlers import handlers
from intake.handlers.moves import moves_of, record

from intake_support.desk import TimedTx
from intake_support.drawn import (
    CV_COUNTS,
    DECIDED,
    OF_THE_PIPELINE,
    QUEUED,
)
from intake_support.hearing import Room, done
from intake_support.stores import RECRUITER
from intake_support.telling import Pipeline


class Decided(Pipeline):
    """Recruiters, merges and imports decide; the pipeline goes on meanwhile."""

    def ask(self, kind: type[Command], fact: Fact, **fields: Any) -> Accepted | Refused:
        """A refusal leaves no trace; what was done stands in the table, and can be taken back."""
        before, tx = self.one, self.transaction()
        answer = self.answer(kind, tx, **fields)
        if isinstance(answer, Refused):
            assert (self.one, tx.published) == (before, [])
            return answer
        self.moved(before, DECIDED[fact] | CV_COUNTS)
        assert self.one.sequence > before.sequence
        assert answer.result["sequence"] == self.one.sequence
        assert all(change.by_hand for change in tx.said(ApplicationStatusChanged))
        self.keep_double(before)
        return answer

    def answer(self, kind: type[Command], tx: TimedTx, **fields: Any) -> Accepted | Refused:
        about = {} if "application_ids" in fields else {"application_id": 1}
        reason = {"reason": "seen by a recruiter"} if "reason" in kind.model_fields else {}
        command = kind(command_id=UUID(int=1), actor=RECRUITER, **(about | reason | fields))
        handler = handlers.commands[kind]
        given = {name: self.room.ports.get(port, tx) for name, port in handler.parameters.items()}
        answer: Accepted | Refused = done(handler.function(command, **given))
        return answer

    def keep_double(self, before: Application) -> None:
        self.double = Room(self.details, replace(before, set_aside=None, timer_id=None))

    @rule(status=st.sampled_from(Status))
    def a_recruiter_sets_a_status(self, status: Status) -> None:
        self.ask(OverrideStatus, Fact.OVERRIDDEN, status=status.value)

    @precondition(lambda self: self.ringing is not None)
    @rule(end=st.sampled_from(("held", "lost", "given up")))
    def a_call_is_asked_for_while_one_rings(self, end: str) -> None:
        """Seldom by chance: then that one is the call that was asked for, and its end counts."""
        call = self.ringing
        assert call is not None
        self.a_recruiter_sets_a_status(Status.NEEDS_HUMAN)
        self.a_recruiter_asks_for_a_call()
        if self.one.status is Status.CALL_QUEUED:
            ends = {"held": self.facts.completed, "lost": self.facts.unknown}
            self.hear(ends[end](call) if end in ends else self.facts.not_answered(call, None))
            self.seen.add("the end of a call that was asked for anew")

    @rule(kind=st.sampled_from((OverrideStatus, ScheduleCallback, ConfirmOutcome)), behind=st.integers(1, 3))
    def a_recruiter_decides_on_an_old_page(self, kind: type[Command], behind: int) -> None:
        before, tx = self.one, self.transaction()
        fields: dict[type[Command], dict[str, Any]] = {
            OverrideStatus: {"status": "closed"},
            ScheduleCallback: {"at": self.tx.now + timedelta(hours=1)},
        }
        answer = self.answer(kind, tx, expected_sequence=before.sequence - behind, **fields.get(kind, {}))
        assert isinstance(answer, Refused)
        assert (self.one, tx.published) == (before, [])

    @rule(hours=st.integers(-2, 48))
    def a_recruiter_schedules_a_callback(self, hours: int) -> None:
        self.ask(ScheduleCallback, Fact.CALLBACK_ARRANGED, at=self.tx.now + timedelta(hours=hours))

    @rule(resolution=st.sampled_from(("qualified", "not_qualified", "call_again", "callback", "close")))
    def a_recruiter_settles_what_needs_a_person(self, resolution: str) -> None:
        at = self.tx.now + timedelta(days=2)
        self.ask(ResolveNeedsHuman, Fact.RESOLVED, resolution=resolution, callback_at=at)

    @rule(which=st.integers(0, 9))
    def a_recruiter_lets_an_evaluation_count(self, which: int) -> None:
        """Any that was made, of whatever call; what it says is what stands then."""
        known = list(self.room.shelf.evaluations.values())
        chosen = known[which % len(known)] if known else None
        before = self.one
        id_ = chosen.evaluation_id if chosen else UUID(int=99)
        answer = self.ask(AdoptEvaluation, Fact.ADOPTED, evaluation_id=id_)
        calling = (Status.CALL_IN_PROGRESS, Status.CALL_COMPLETED, Status.SCORING)
        wrong = before.status in (*calling, Status.CLOSED) or before.on_the_phone
        assert isinstance(answer, Refused) == (chosen is None or wrong or before.evaluation_id == id_)
        if isinstance(answer, Accepted) and chosen is not None:
            assert (self.one.evaluation_id, self.one.score_notes) == (id_, chosen.notes)
            assert not self.one.proposed
            if chosen.outcome.value in ("qualified", "not_qualified"):
                found = (self.one.qualified, self.one.score)
                assert found == (chosen.outcome.value == "qualified", chosen.score)
            self.seen.add(f"adopted {self.one.status.value}")

    @precondition(lambda self: self.one.proposed)
    @rule(outcome=st.sampled_from(("qualified", "not_qualified", "needs_human", "callback")))
    def a_recruiter_reverses_the_outcome(self, outcome: str) -> None:
        at, sequence = self.tx.now + timedelta(days=2), self.one.sequence
        self.ask(ReverseOutcome, Fact.REVERSED, outcome=outcome, callback_at=at, expected_sequence=sequence)

    @rule(kind=st.sampled_from((CloseApplication, WithdrawApplication)), chance=st.integers(0, 5))
    def a_recruiter_closes_it(self, kind: type[Command], chance: int) -> None:
        if chance == 0:  # seldom, or every story would end early
            self.ask(kind, Fact.WITHDRAWN if kind is WithdrawApplication else Fact.CLOSED_BY_RECRUITER)

    @rule()
    def a_recruiter_opens_it_again(self) -> None:
        self.ask(ReopenApplication, Fact.REOPENED)

    @rule(
        kind=st.sampled_from((CloseApplication, WithdrawApplication)),
        cv=st.booleans(),
        choices=st.lists(st.integers(0, 9)),
    )
    def a_decision_stands_for_a_while(self, kind: type[Command], cv: bool, choices: list[int]) -> None:
        """Seldom by chance: the pipeline gets far beneath a decision that is taken back then."""
        fact = Fact.WITHDRAWN if kind is WithdrawApplication else Fact.CLOSED_BY_RECRUITER
        if isinstance(self.ask(kind, fact), Accepted):
            if cv:
                self.a_cv_comes()
            for choice in choices:
                self.the_story_goes_on(choice)
            self.a_recruiter_takes_it_back(0)

    @rule(back=st.sampled_from((0, 0, 0, 1, 2)))
    def a_recruiter_takes_it_back(self, back: int) -> None:
        """Possible exactly while nothing has happened since; it leads to where the double is."""
        before, double, tx = self.one, self.double, self.transaction()
        merged = before.closed_because is ClosedBecause.MERGED
        answer = self.answer(UndoOverride, tx, sequence=before.sequence - back)
        possible = double is not None and back == 0 and not merged
        assert isinstance(answer, Accepted) == possible
        self.taken_back(before, double if possible else None)

    def taken_back(self, before: Application, double: Room | None) -> None:
        if double is None:
            assert (self.one, self.tx.published) == (before, [])
            return
        (change,) = self.tx.said(ApplicationStatusChanged)
        assert (change.undoes, change.by_hand) == (before.sequence, False)
        self.moved(before, {(one, then) for one in Status for then in Status})
        expected = {name: getattr(double.application, name) for name in OF_THE_PIPELINE}
        assert {name: getattr(self.one, name) for name in OF_THE_PIPELINE} == expected
        assert set(self.one.calls) == {*before.calls, *double.application.calls}
        self.lost = double.application.unknown_call
        self.seen.add(f"taken back to {self.one.status.value}")

    @precondition(lambda self: self.one.proposed)
    @rule()
    def a_recruiter_confirms_the_outcome(self) -> None:
        """Nothing moves but a CV that was waiting for it."""
        before, tx = self.one, self.transaction()
        answer = self.answer(ConfirmOutcome, tx, expected_sequence=before.sequence)
        assert isinstance(answer, Accepted)
        (confirmed,) = tx.said(OutcomeConfirmed)
        assert (confirmed.sequence, confirmed.status.value) == (before.sequence, before.status.value)
        assert (self.one.sequence == before.sequence) == (
            before.cv_received_at is None or before.status is Status.CALLBACK_SCHEDULED
        )
        self.moved(before, CV_COUNTS)
        self.seen.add(f"confirmed {before.status.value}")

    @rule()
    def a_recruiter_asks_for_a_call(self) -> None:
        before, tx = self.one, self.transaction()
        reply = self.answer(QueueCalls, tx, application_ids=[1])
        assert isinstance(reply, Accepted)
        assert (reply.result["queued"] == [1]) == (self.one.sequence > before.sequence)
        self.moved(before, QUEUED)

    @rule(somebody_else=st.booleans())
    def a_recruiter_looks_after_it(self, somebody_else: bool) -> None:
        before, tx = self.one, self.transaction()
        assignee = RECRUITER.model_copy(update={"id": "8"}) if somebody_else else RECRUITER
        self.answer(AssignApplications, tx, application_ids=[1], assignee=assignee)
        assert all(getattr(self.one, name) == getattr(before, name) for name in (*OF_THE_PIPELINE, "calls"))

    def apply(self, fact: Fact) -> Application:
        before = self.one
        tx = self.transaction()
        moves = moves_of(before, Happening(fact, fact.value), RECRUITER)
        done(record(tx, moves, self.room.applications, self.room.positions))
        return before

    @rule(chance=st.integers(0, 3))
    def it_is_closed_as_merged(self, chance: int) -> None:
        if chance == 0:
            before = self.apply(Fact.CLOSED_AS_MERGED)
            self.moved(before, {(one, Status.CLOSED) for one in Status if one is not Status.CLOSED})
            if self.one.sequence > before.sequence:
                self.keep_double(before)

    @rule()
    def the_merge_is_undone(self) -> None:
        double = self.double if self.one.closed_because is ClosedBecause.MERGED else None
        before = self.apply(Fact.MERGE_UNDONE)
        self.taken_back(before, double)

    @precondition(lambda self: self.one.status is Status.PENDING_CALL)
    @rule()
    def its_import_is_undone(self) -> None:
        self.moved(self.apply(Fact.IMPORT_UNDONE), {(Status.PENDING_CALL, Status.CLOSED)})

    @rule()
    def it_is_imported_again(self) -> None:
        before = self.apply(Fact.BROUGHT_BACK)
        self.moved(before, {(Status.CLOSED, Status.PENDING_CALL)})
        gone = before.closed_because is ClosedBecause.IMPORT_UNDONE
        assert (self.one.sequence > before.sequence) == gone
