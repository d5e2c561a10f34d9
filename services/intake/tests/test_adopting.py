"""Evaluations whose evidence is thin, and those that a recruiter lets count later."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from chassis.testing import NOON
from contracts import Accepted
from contracts.intake import (
    AdoptEvaluation,
    CloseApplication,
    ConfirmOutcome,
    OverrideStatus,
    QueueCalls,
    UndoOverride,
)
from contracts.scoring import Outcome
from intake.domain.status_machine import Status
from intake_support.desk import Desk, code_of, sequence_of

CALL = UUID(int=7)
FIRST, SECOND, THIRD = UUID(int=101), UUID(int=102), UUID(int=103)
TOMORROW = NOON + timedelta(days=1)


async def judged(desk: Desk, outcome: Outcome = Outcome.NOT_QUALIFIED, **fields: Any) -> Desk:
    """By the first look at the call."""
    await desk.has(Status.SCORING, calls=(CALL,))
    at = TOMORROW if outcome is Outcome.CALLBACK_REQUESTED else None
    first = {"evaluation_id": FIRST, "reasoning": "first look"} | fields
    return await desk.hears(desk.facts.evaluated(CALL, outcome, at, 20, **first))


async def judged_again(desk: Desk, outcome: Outcome = Outcome.QUALIFIED, **fields: Any) -> Desk:
    later = {"evaluation_id": SECOND, "former_id": FIRST, "reasoning": "second look", "score": 85} | fields
    return await desk.hears(desk.facts.evaluated(CALL, outcome, **later))


# Evidence that does not hold


@pytest.mark.parametrize("confirmation", ["nothing", "rejections", "every_outcome"])
@pytest.mark.parametrize("outcome", [Outcome.QUALIFIED, Outcome.NOT_QUALIFIED, Outcome.CALLBACK_REQUESTED])
async def test_an_outcome_without_evidence_is_a_proposal_whatever_the_position_says(
    desk: Desk, outcome: Outcome, confirmation: str
) -> None:
    await desk.has(Status.SCORING, position={"confirmation": confirmation}, calls=(CALL,))
    at = TOMORROW if outcome is Outcome.CALLBACK_REQUESTED else None
    thin = desk.facts.evaluated(CALL, outcome, at, None, needs_review=True, evaluation_id=FIRST)
    await desk.hears(thin)
    (change,) = await desk.changes()
    assert (change.proposed, change.needs_review, change.evaluation_id) == (True, True, FIRST)
    assert change.score is None
    assert await desk.timers() == {}
    assert isinstance(await desk.asks(ConfirmOutcome, expected_sequence=2), Accepted)
    then = await desk.now()
    assert (then.proposed, then.needs_review, then.evaluation_id) == (False, False, FIRST)


@pytest.mark.parametrize("outcome", [Outcome.NEEDS_HUMAN, Outcome.CALLBACK_REQUESTED])
async def test_that_a_person_is_needed_is_never_a_proposal(desk: Desk, outcome: Outcome) -> None:
    await desk.has(Status.SCORING, position={"confirmation": "every_outcome"}, calls=(CALL,))
    await desk.hears(desk.facts.evaluated(CALL, outcome, None, None, needs_review=True))
    (change,) = await desk.changes()
    assert (change.current.value, change.proposed, change.needs_review) == ("needs_human", False, False)


async def test_a_verdict_with_evidence_and_no_score_says_so(desk: Desk) -> None:
    await desk.has(Status.SCORING, calls=(CALL,))
    await desk.hears(desk.facts.evaluated(CALL, Outcome.QUALIFIED, None, None))
    (change,) = await desk.changes()
    assert (change.score, change.qualified, change.proposed) == (None, True, False)
    assert change.reason == "no score: no criterion has valid evidence"


# Further evaluations of the same call


@pytest.mark.parametrize("outcome", Outcome)
@pytest.mark.parametrize("status", [Status.SCORING, Status.CALL_COMPLETED, Status.NOT_QUALIFIED])
async def test_a_second_look_moves_nothing(desk: Desk, status: Status, outcome: Outcome) -> None:
    await desk.has(status, calls=(CALL,))
    again = {"former_id": FIRST}
    requested = desk.facts.evaluating(CALL).model_copy(update=again)
    failed = desk.facts.not_evaluated(CALL).model_copy(update=again)
    await desk.hears(requested, desk.facts.evaluated(CALL, outcome, TOMORROW, **again), failed)
    assert (await desk.now()).sequence == 1


async def test_an_adopted_evaluation_counts_with_its_score_and_can_be_taken_back(desk: Desk) -> None:
    await judged(desk)
    await judged_again(desk)
    assert sequence_of(await desk.asks(AdoptEvaluation, evaluation_id=SECOND, expected_sequence=2)) == 3
    last = (await desk.changes())[-1]
    assert (last.current.value, last.by_hand, last.proposed) == ("qualified", True, False)
    assert (last.score, last.qualified, last.score_notes) == (85, True, "second look")
    assert (last.evaluation_id, last.reason) == (SECOND, "another evaluation counts now: scored 85")
    await desk.asks(UndoOverride, sequence=3)
    then = await desk.now()
    assert (then.status, then.score, then.qualified) == (Status.NOT_QUALIFIED, 20, False)
    assert (then.score_notes, then.evaluation_id) == ("first look", FIRST)


async def test_a_proposal_is_replaced_by_the_evaluation_that_was_looked_at(desk: Desk) -> None:
    await judged(desk, needs_review=True)
    assert (await desk.now()).proposed
    await judged_again(desk, needs_review=True)
    await desk.asks(AdoptEvaluation, evaluation_id=SECOND)
    then = await desk.now()
    assert (then.status, then.proposed, then.needs_review) == (Status.QUALIFIED, False, False)
    await desk.asks(UndoOverride, sequence=then.sequence)
    back = await desk.now()
    assert (back.status, back.proposed, back.needs_review) == (Status.NOT_QUALIFIED, True, True)


async def test_the_first_one_can_count_again(desk: Desk) -> None:
    await judged(desk)
    await judged_again(desk)
    await desk.asks(AdoptEvaluation, evaluation_id=SECOND)
    assert sequence_of(await desk.asks(AdoptEvaluation, evaluation_id=FIRST)) == 4
    then = await desk.now()
    assert (then.status, then.score, then.evaluation_id) == (Status.NOT_QUALIFIED, 20, FIRST)


async def test_what_was_set_by_hand_since_goes_back_to_no_evaluation(desk: Desk) -> None:
    await judged(desk)
    await desk.asks(OverrideStatus, status="qualified")
    assert (await desk.now()).evaluation_id is None
    assert sequence_of(await desk.asks(AdoptEvaluation, evaluation_id=FIRST)) == 4
    assert await desk.status() is Status.NOT_QUALIFIED


async def test_a_call_that_is_asked_for_follows_from_no_evaluation(desk: Desk) -> None:
    await judged(desk, Outcome.CALLBACK_REQUESTED)
    assert (await desk.changes())[-1].evaluation_id == FIRST
    await desk.asks(QueueCalls, application_ids=[desk.application_id])
    last = (await desk.changes())[-1]
    assert (last.current.value, last.evaluation_id) == ("call_queued", None)


@pytest.mark.parametrize(
    "status", [Status.AWAITING_CV, Status.CV_FOLLOWUP_1, Status.CV_FOLLOWUP_2, Status.CV_OVERDUE]
)
async def test_who_is_on_the_way_already_stays_there_with_the_new_score(desk: Desk, status: Status) -> None:
    await desk.has(status, calls=(CALL,), score=60, qualified=True, evaluation_id=FIRST)
    await judged_again(desk)
    await desk.asks(AdoptEvaluation, evaluation_id=SECOND)
    then = await desk.now()
    assert (then.status, then.sequence, then.score, then.evaluation_id) == (status, 2, 85, SECOND)
    assert len(await desk.timers()) == (status is Status.CV_OVERDUE)


@pytest.mark.parametrize(
    ("outcome", "received"),
    [(Outcome.QUALIFIED, Status.CV_RECEIVED), (Outcome.NOT_QUALIFIED, Status.CV_RECEIVED_REJECTED)],
)
async def test_who_has_sent_a_cv_is_not_asked_again(desk: Desk, outcome: Outcome, received: Status) -> None:
    await desk.has(Status.CV_RECEIVED, calls=(CALL,), score=60, qualified=True, cv_received_at=NOON)
    await judged_again(desk, outcome)
    await desk.asks(AdoptEvaluation, evaluation_id=SECOND)
    then = await desk.now()
    assert (then.status, then.score, then.evaluation_id) == (received, 85, SECOND)
    await desk.asks(UndoOverride, sequence=then.sequence)
    assert (await desk.now()).status is Status.CV_RECEIVED


async def test_a_callback_that_lies_ahead_is_arranged(desk: Desk) -> None:
    await judged(desk)
    await judged_again(desk, Outcome.CALLBACK_REQUESTED, callback_at=TOMORROW)
    await desk.asks(AdoptEvaluation, evaluation_id=SECOND)
    then = await desk.now()
    assert (then.status, then.callback_at) == (Status.CALLBACK_SCHEDULED, TOMORROW)
    (timer,) = (await desk.timers()).values()
    assert timer.at == TOMORROW


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"callback_at": NOON - timedelta(hours=1)}, "at a time that has passed: after lunch"),
        ({"callback_at": NOON}, "at a time that has passed: after lunch"),
        ({"callback_at": None}, "at no clear time: after lunch"),
        ({"callback_at": TOMORROW, "do_not_call": True}, "asked not to be called again: after lunch"),
    ],
)
async def test_a_callback_that_can_not_be_kept_needs_a_person(
    desk: Desk, fields: dict[str, Any], said: str
) -> None:
    await judged(desk)
    await judged_again(desk, Outcome.CALLBACK_REQUESTED, callback_notes="after lunch", **fields)
    await desk.asks(AdoptEvaluation, evaluation_id=SECOND)
    then = await desk.now()
    assert then.status is Status.NEEDS_HUMAN
    assert said in (then.needs_human_reason or "")
    assert await desk.timers() == {}


async def test_a_person_who_is_needed_is_told_why(desk: Desk) -> None:
    await judged(desk)
    await judged_again(desk, Outcome.NEEDS_HUMAN, needs_human_notes="Asks for the manager.")
    await desk.asks(AdoptEvaluation, evaluation_id=SECOND)
    then = await desk.now()
    assert (then.status, then.needs_human_reason) == (Status.NEEDS_HUMAN, "Asks for the manager.")


# What is refused


@pytest.mark.parametrize("status", [Status.CALL_IN_PROGRESS, Status.CALL_COMPLETED, Status.SCORING])
async def test_nothing_is_adopted_while_a_call_is_under_way(desk: Desk, status: Status) -> None:
    await desk.has(status, calls=(CALL,))
    await judged_again(desk)
    assert code_of(await desk.asks(AdoptEvaluation, evaluation_id=SECOND)) == "call_under_way"


async def test_nothing_is_adopted_while_the_phone_rings_beneath_a_decision(desk: Desk) -> None:
    await desk.has(Status.CALL_IN_PROGRESS, calls=(CALL,), on_the_phone=True)
    await judged_again(desk)
    await desk.asks(OverrideStatus, status="needs_human")
    assert code_of(await desk.asks(AdoptEvaluation, evaluation_id=SECOND)) == "call_under_way"


async def test_what_can_not_be_adopted_changes_nothing_and_says_why(desk: Desk) -> None:
    await judged(desk)
    other = uuid4()
    await desk.hears(
        desk.facts.evaluated(CALL, Outcome.QUALIFIED, evaluation_id=other, former_id=FIRST, application_id=9)
    )
    assert code_of(await desk.asks(AdoptEvaluation, evaluation_id=FIRST)) == "counts_already"
    assert code_of(await desk.asks(AdoptEvaluation, evaluation_id=THIRD)) == "unknown_evaluation"
    assert code_of(await desk.asks(AdoptEvaluation, evaluation_id=other)) == "of_another_application"
    assert code_of(await desk.asks(AdoptEvaluation, evaluation_id=FIRST, application_id=99)) == "not_found"
    await judged_again(desk)
    await desk.asks(CloseApplication)
    stale = await desk.asks(AdoptEvaluation, evaluation_id=SECOND, expected_sequence=2)
    assert code_of(stale) == "moved_meanwhile"
    assert code_of(await desk.asks(AdoptEvaluation, evaluation_id=SECOND)) == "closed"
    assert (await desk.now()).sequence == 3


async def test_a_text_with_nul_is_kept_without(desk: Desk) -> None:
    await judged(desk, reasoning="a\x00b", needs_human_notes="\x00", callback_notes="c\x00")
    assert (await desk.now()).score_notes == "ab"
