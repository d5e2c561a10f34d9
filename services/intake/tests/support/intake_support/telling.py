"""What the pipeline may say of one application, as rules for hypothesis: late, doubled and out of order."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from contracts import Event
from contracts.scoring import Outcome
from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule
from intake.domain.applications import Application
from intake.domain.status_machine import Status

from intake_support.facts import NOON
from intake_support.hearing import Story
from intake_support.stores import RECRUITER

VERDICTS = (Outcome.QUALIFIED, Outcome.NOT_QUALIFIED)

calls = st.integers(1, 4).map(lambda number: UUID(int=number))


class Pipeline(Story):
    """Everybody who may say something about the application, but recruiters."""

    @rule(call=calls)
    def a_call_is_placed(self, call: UUID) -> None:
        self.hear(self.facts.placed(call))

    @rule(call=calls, again=st.booleans())
    def nobody_answers(self, call: UUID, again: bool) -> None:
        self.hear(self.facts.not_answered(call, NOON if again else None))

    @rule(behind=st.sampled_from((None, 0, 0, 1, 2)))
    def a_call_is_refused(self, behind: int | None) -> None:
        self.hear(self.facts.refused(None if behind is None else self.one.sequence - behind))

    @rule(call=calls)
    def a_call_is_taken_back(self, call: UUID) -> None:
        self.hear(self.facts.taken_back(call))

    @rule(call=calls, the_lost=st.booleans(), rang=st.booleans())
    def a_recruiter_finds_out_whether_it_rang(self, call: UUID, the_lost: bool, rang: bool) -> None:
        aside = self.one.set_aside
        known = self.one.unknown_call or (aside.unknown_call if aside else None)
        self.hear(self.facts.settled(known if known and the_lost else call, RECRUITER, rang=rang))

    @rule(call=calls)
    def a_call_is_lost(self, call: UUID) -> None:
        self.hear(self.facts.unknown(call))

    @rule(call=calls)
    def a_call_is_held(self, call: UUID) -> None:
        self.hear(self.facts.completed(call))

    @rule(call=calls)
    def it_is_being_evaluated(self, call: UUID) -> None:
        self.hear(self.facts.evaluating(call))

    @rule(
        call=calls,
        outcome=st.sampled_from(Outcome),
        timed=st.booleans(),
        score=st.none() | st.integers(0, 100),
        again=st.booleans(),
    )
    def it_is_evaluated(
        self, call: UUID, outcome: Outcome, timed: bool, score: int | None, again: bool
    ) -> None:
        """Once more, it moves nothing, whatever is found."""
        callback_at = NOON + timedelta(days=1) if timed and outcome is Outcome.CALLBACK_REQUESTED else None
        former = {"former_id": UUID(int=7)} if again else {}
        self.hear(
            self.facts.evaluated(call, outcome, callback_at, score, needs_review=score is None, **former)
        )

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

    @rule(cvs_left=st.sampled_from((0, 0, 1)))
    def a_cv_turns_out_to_be_somebody_elses(self, cvs_left: int) -> None:
        """It goes back only where that CV, and nothing since, had moved it."""
        before = self.one
        self.hear(self.facts.cv_detached(RECRUITER, cvs_left=cvs_left))
        if cvs_left:
            assert self.one == before
        elif before.before_cv is not None:
            self.seen.add("back to where it was before a CV")
            last = self.published[-1]
            assert (self.one.status, last.undoes, last.actor) == (
                before.before_cv,
                before.sequence,
                RECRUITER,
            )
            assert self.one.cv_received_at is None
        else:
            assert self.one.status is before.status

    @rule(choice=st.integers(0, 9))
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
                facts.taken_back(call),
                facts.unknown(call),
            ],
            Status.NEEDS_HUMAN: [
                facts.settled(one.unknown_call, RECRUITER, rang=rang)
                for rang in (False, True)
                if one.unknown_call is not None
            ],
            Status.CALL_COMPLETED: [facts.evaluating(call)],
            Status.SCORING: [
                *(facts.evaluated(call, outcome, later) for outcome in (*Outcome, *VERDICTS)),
                *(facts.evaluated(call, outcome, later, None, needs_review=True) for outcome in Outcome),
            ],
            Status.QUALIFIED: [facts.asked_for_cv(for_later=False)],
            Status.NOT_QUALIFIED: [facts.asked_for_cv(for_later=True), facts.cv_matched()],
            Status.AWAITING_CV: [facts.followed_up(1)],
            Status.CV_FOLLOWUP_1: [facts.followed_up(2)],
            Status.CV_FOLLOWUP_2: [facts.request_expired(), facts.cv_matched()],
        }
        events = fitting.get(one.status)
        return events[choice % len(events)] if events else None

    @precondition(lambda self: self.one.status is Status.CALL_IN_PROGRESS)
    @rule(lost=st.booleans(), rang=st.booleans())
    def the_call_comes_to_nothing(self, lost: bool, rang: bool) -> None:
        """Seldom by chance: it was never dialled; or nobody knows, and a recruiter finds out."""
        call = self.one.calls[-1]
        if not lost:
            self.hear(self.facts.taken_back(call))
            assert self.one.status is Status.CALL_QUEUED
            return
        self.hear(self.facts.unknown(call))
        assert self.one.status is Status.NEEDS_HUMAN
        self.hear(self.facts.settled(call, RECRUITER, rang=rang))
        assert self.one.status is (Status.NEEDS_HUMAN if rang else Status.CALL_QUEUED)

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
