"""Outcomes that a recruiter confirms or reverses before they count; in memory and on PostgreSQL."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from chassis.testing import NOON
from contracts import Accepted, Refused
from contracts.intake import (
    CallbackDue,
    CloseApplication,
    ConfirmOutcome,
    OutcomeConfirmed,
    QueueCalls,
    ReverseOutcome,
    UndoOverride,
)
from contracts.scoring import Outcome
from intake.domain.status_machine import Status
from intake_support.desk import Desk
from intake_support.stores import RECRUITER

CALL = UUID(int=7)
TOMORROW = NOON + timedelta(days=1)
CODES = {"qualified": Status.QUALIFIED, "not_qualified": Status.NOT_QUALIFIED}


async def judged(
    desk: Desk, outcome: Outcome, confirmation: str, *, cv_before: bool = False, **fields: Any
) -> Desk:
    await desk.has(Status.SCORING, position={"confirmation": confirmation}, calls=(CALL,), **fields)
    if cv_before:
        await desk.hears(desk.facts.cv_matched())
    at = TOMORROW if outcome is Outcome.CALLBACK_REQUESTED else None
    return await desk.hears(desk.facts.evaluated(CALL, outcome, at))


@pytest.mark.parametrize(
    ("confirmation", "outcome", "proposed"),
    [
        ("nothing", Outcome.QUALIFIED, False),
        ("nothing", Outcome.NOT_QUALIFIED, False),
        ("nothing", Outcome.CALLBACK_REQUESTED, False),
        ("rejections", Outcome.QUALIFIED, False),
        ("rejections", Outcome.NOT_QUALIFIED, True),
        ("rejections", Outcome.CALLBACK_REQUESTED, False),
        ("every_outcome", Outcome.QUALIFIED, True),
        ("every_outcome", Outcome.NOT_QUALIFIED, True),
        ("every_outcome", Outcome.CALLBACK_REQUESTED, True),
        ("every_outcome", Outcome.NEEDS_HUMAN, False),
    ],
)
async def test_the_position_says_what_is_a_proposal(
    desk: Desk, confirmation: str, outcome: Outcome, proposed: bool
) -> None:
    await judged(desk, outcome, confirmation)
    (change,) = await desk.changes()
    assert (change.proposed, (await desk.now()).proposed) == (proposed, proposed)
    assert change.current.value != "scoring"


@pytest.mark.parametrize("outcome", [Outcome.QUALIFIED, Outcome.NOT_QUALIFIED])
async def test_a_confirmed_outcome_stays_where_it_is_and_counts(desk: Desk, outcome: Outcome) -> None:
    await judged(desk, outcome, "every_outcome")
    before = await desk.now()
    answer = await desk.asks(ConfirmOutcome, expected_sequence=2)
    assert isinstance(answer, Accepted)
    then = await desk.now()
    assert (then.status, then.sequence, then.proposed, then.confirmed) == (before.status, 2, False, True)
    (confirmed,) = await desk.said(OutcomeConfirmed)
    assert (confirmed.sequence, confirmed.status.value, confirmed.actor) == (2, outcome.value, RECRUITER)
    again = await desk.asks(ConfirmOutcome, expected_sequence=2)
    assert isinstance(again, Refused)
    assert again.code == "already_confirmed"


async def test_a_proposed_callback_calls_nobody_and_a_confirmed_one_at_its_time(desk: Desk) -> None:
    await judged(desk, Outcome.CALLBACK_REQUESTED, "every_outcome")
    assert await desk.timers() == {}
    early = CallbackDue(candidate_id=1, application_id=desk.application_id)
    await desk.hears(early)
    assert await desk.status() is Status.CALLBACK_SCHEDULED
    assert isinstance(await desk.asks(ConfirmOutcome, expected_sequence=2), Accepted)
    (key,) = await desk.timers()
    assert (await desk.timers())[key].at == TOMORROW
    await desk.rings(key)
    assert await desk.status() is Status.CALL_QUEUED


async def test_a_callback_confirmed_too_late_is_due_at_once(desk: Desk) -> None:
    await judged(desk, Outcome.CALLBACK_REQUESTED, "every_outcome")
    desk.clock.wait(timedelta(days=3))
    await desk.asks(ConfirmOutcome, expected_sequence=2)
    (waiting,) = (await desk.timers()).values()
    assert waiting.at == desk.clock.now()


@pytest.mark.parametrize("before", [True, False])
@pytest.mark.parametrize(
    ("outcome", "received"),
    [(Outcome.QUALIFIED, Status.CV_RECEIVED), (Outcome.NOT_QUALIFIED, Status.CV_RECEIVED_REJECTED)],
)
async def test_a_cv_waits_for_the_confirmation(
    desk: Desk, outcome: Outcome, received: Status, before: bool
) -> None:
    await judged(desk, outcome, "every_outcome", cv_before=before)
    if not before:
        await desk.hears(desk.facts.cv_matched())
    assert (await desk.now()).proposed
    answer = await desk.asks(ConfirmOutcome, expected_sequence=2)
    assert isinstance(answer, Accepted)
    assert (await desk.status(), answer.result["sequence"]) == (received, 3)
    (confirmed,) = await desk.said(OutcomeConfirmed)
    assert confirmed.cv_received_at == (await desk.now()).cv_received_at


async def test_no_fact_moves_a_proposal(desk: Desk) -> None:
    await judged(desk, Outcome.QUALIFIED, "every_outcome")
    facts = desk.facts
    await desk.hears(
        facts.asked_for_cv(for_later=False), facts.unreachable(), facts.completed(CALL), facts.refused()
    )
    assert (await desk.now()).sequence == 2


async def test_a_proposed_callback_is_not_queued_before_it_is_decided(desk: Desk) -> None:
    await judged(desk, Outcome.CALLBACK_REQUESTED, "every_outcome")
    answer = await desk.asks(QueueCalls, application_ids=[desk.application_id])
    assert isinstance(answer, Accepted)
    assert [refused["code"] for refused in answer.result["refused"]] == ["to_be_confirmed"]


@pytest.mark.parametrize("proposed", ["qualified", "not_qualified", "callback"])
@pytest.mark.parametrize("instead", ["qualified", "not_qualified", "callback", "needs_human"])
async def test_a_reversed_proposal_becomes_what_the_recruiter_says(
    desk: Desk, proposed: str, instead: str
) -> None:
    outcome = Outcome.CALLBACK_REQUESTED if proposed == "callback" else Outcome(proposed)
    await judged(desk, outcome, "every_outcome")
    at = {"callback_at": TOMORROW} if instead == "callback" else {}
    answer = await desk.asks(ReverseOutcome, expected_sequence=2, outcome=instead, **at)
    if proposed == instead:
        assert isinstance(answer, Refused)
        assert answer.code == "same_outcome"
        return
    assert isinstance(answer, Accepted)
    then = await desk.now()
    assert then.status.value.startswith(instead)
    assert not then.proposed
    last = (await desk.changes())[-1]
    assert (last.by_hand, last.proposed, last.sequence) == (True, False, 3)
    assert last.qualified == {"qualified": True, "not_qualified": False}.get(instead, then.qualified)
    assert len(await desk.timers()) == (instead == "callback")


async def test_a_reversal_can_be_taken_back_to_the_proposal(desk: Desk) -> None:
    await judged(desk, Outcome.NOT_QUALIFIED, "rejections")
    await desk.asks(ReverseOutcome, expected_sequence=2, outcome="qualified")
    assert isinstance(await desk.asks(UndoOverride, sequence=3), Accepted)
    then = await desk.now()
    assert (then.status, then.proposed, then.qualified) == (Status.NOT_QUALIFIED, True, False)
    last = (await desk.changes())[-1]
    assert (last.proposed, last.undoes, last.by_hand) == (True, 3, False)


async def test_a_proposal_may_be_closed_and_come_back_as_a_proposal(desk: Desk) -> None:
    await judged(desk, Outcome.QUALIFIED, "every_outcome")
    await desk.asks(CloseApplication)
    await desk.asks(UndoOverride, sequence=3)
    assert (await desk.now()).proposed


@pytest.mark.parametrize(
    ("command", "fields", "code"),
    [
        (ConfirmOutcome, {}, "nothing_to_confirm"),
        (ReverseOutcome, {"outcome": "not_qualified"}, "nothing_to_reverse"),
    ],
)
async def test_what_is_no_proposal_can_be_neither_confirmed_nor_reversed(
    desk: Desk, command: Any, fields: dict[str, Any], code: str
) -> None:
    await judged(desk, Outcome.QUALIFIED, "rejections")
    answer = await desk.asks(command, expected_sequence=2, **fields)
    assert isinstance(answer, Refused)
    assert answer.code == code


@pytest.mark.parametrize(
    ("command", "fields"), [(ConfirmOutcome, {}), (ReverseOutcome, {"outcome": "qualified"})]
)
async def test_what_moved_meanwhile_is_said_and_nothing_is_decided(
    desk: Desk, command: Any, fields: dict[str, Any]
) -> None:
    await judged(desk, Outcome.NOT_QUALIFIED, "rejections")
    await desk.asks(CloseApplication, reason="found a job")
    answer = await desk.asks(command, expected_sequence=2, **fields)
    assert isinstance(answer, Refused)
    assert answer.code == "moved_meanwhile"
    assert answer.message == (
        "Meanwhile Ioana Recruiter set it to closed: found a job. Look at it again, then decide."
    )
