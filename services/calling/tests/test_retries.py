"""What follows a call that reached nobody: each outcome by its own rule, in the person's own hours."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from calling.domain.attempts import Again, AttemptState, GivenUp, RetryRule, what_follows
from calling.domain.contactability import Terms
from calling.domain.zones import Place, ZoneSource
from contracts.calling import CallNotAnswered, CallPlaced
from contracts.intake import CandidateProfileRevised, PositionRevised, RetryRules
from contracts.intake import RetryRule as SaidRule

from .conftest import MORNING, SYSTEM, Office, a_person, a_position
from .test_contactability import NEXT_MORNING, NOON, OPEN

HOUR = timedelta(hours=1)
HOURLY = RetryRule(HOUR)
HERE = Place(("Europe/Bucharest",), ZoneSource.NUMBER, "RO")
ROOMY = replace(OPEN, most_attempts=9)


def follows(
    outcome: str = "no_answer",
    rule: RetryRule = HOURLY,
    times: int = 1,
    others: int = 0,
    terms: Terms = ROOMY,
    place: Place = HERE,
    now: datetime = NOON,
) -> Again | GivenUp:
    state = AttemptState(outcome)
    ended = {state: times, AttemptState.COMPLETED: others}
    return what_follows(state, rule, ended, terms, place, now)


def test_it_is_tried_again_after_the_interval() -> None:
    assert follows() == Again(NOON + HOUR)


def test_a_retry_that_would_be_too_late_comes_the_next_morning() -> None:
    assert follows(now=datetime(2026, 11, 18, 15, 30, tzinfo=UTC)) == Again(NEXT_MORNING)


def test_a_retry_waits_until_it_is_decent_where_the_person_is() -> None:
    """Asked at noon in Bucharest: six in the morning in Halifax, where it opens at ten."""
    halifax = Place(("America/Halifax",), ZoneSource.STATED, "CA")
    assert follows(place=halifax) == Again(datetime(2026, 11, 18, 14, tzinfo=UTC))


def test_a_retry_leaves_public_holidays_out() -> None:
    off = replace(ROOMY, days_off={"RO": {date(2026, 11, 19): "A holiday"}})
    late = datetime(2026, 11, 18, 15, 30, tzinfo=UTC)
    assert follows(terms=off, now=late) == Again(NEXT_MORNING + 24 * HOUR)


@pytest.mark.parametrize(
    ("terms", "place"),
    [
        (replace(ROOMY, days=frozenset()), HERE),
        (ROOMY, Place(("Nowhere",), ZoneSource.POSITION, None)),
    ],
)
def test_without_usable_hours_the_interval_counts_and_the_gate_asks_again(terms: Terms, place: Place) -> None:
    assert follows(terms=terms, place=place) == Again(NOON + HOUR)


def test_no_retry_follows_the_last_attempt_of_the_round() -> None:
    assert follows(terms=OPEN, times=2) == GivenUp()
    assert follows(terms=OPEN, times=1, others=1) == GivenUp()
    assert follows(terms=OPEN, times=1) == Again(NOON + HOUR)


@pytest.mark.parametrize(
    ("outcome", "times", "because"),
    [
        ("voicemail", 1, "Voicemail was reached once."),
        ("voicemail", 2, "Voicemail was reached twice."),
        ("no_answer", 3, "Nobody answered 3 times."),
        ("busy", 2, "The line was busy twice."),
    ],
)
def test_a_rule_that_ended_it_is_named(outcome: str, times: int, because: str) -> None:
    limited = RetryRule(HOUR, at_most=times)
    assert follows(outcome, limited, times) == GivenUp(because)
    assert follows(outcome, RetryRule(HOUR, at_most=times + 1), times) == Again(NOON + HOUR)


def test_an_outcome_after_which_nobody_is_called_again_is_named() -> None:
    because = "The line was busy, and the position does not call again after that."
    assert follows("busy", RetryRule(HOUR, again=False)) == GivenUp(because)


async def fail(office: Office, reason: str) -> CallNotAnswered:
    await office.hear_failure(office.telephony.rings[-1], reason)
    return (await office.said(CallNotAnswered))[-1]


@pytest.mark.parametrize(
    ("rules", "reason", "minutes"),
    [
        ({}, "no-answer", 60),
        ({}, "busy", 15),
        ({}, "unknown", 60),
        ({"no_answer": SaidRule(after_minutes=5)}, "no-answer", 5),
        ({"busy": SaidRule()}, "busy", 60),
    ],
)
async def test_each_outcome_has_a_policy_of_its_own(
    office: Office, rules: dict[str, Any], reason: str, minutes: int
) -> None:
    await office.open(a_position(retry_rules=RetryRules(**rules)))
    await office.queue()
    missed = await fail(office, reason)
    assert (missed.retry_at, missed.given_up_because) == (MORNING + timedelta(minutes=minutes), None)


async def test_a_limit_per_outcome_counts_the_round_only(office: Office) -> None:
    rules = RetryRules(busy=SaidRule(after_minutes=5, at_most=2))
    await office.open(a_position(retry_rules=rules, call_retry_max=5))
    await office.queue()
    assert (await fail(office, "busy")).given_up_because is None
    await office.wait(timedelta(minutes=5))
    missed = await fail(office, "busy")
    assert (missed.retry_at, missed.given_up_because) == (None, "The line was busy twice.")
    await office.wait(timedelta(days=3))
    assert len(office.telephony.rings) == 2


async def test_attempts_that_are_used_up_need_no_further_reason(office: Office) -> None:
    await office.open(a_position(call_retry_max=1))
    await office.queue()
    missed = await fail(office, "no-answer")
    assert (missed.retry_at, missed.given_up_because) == (None, None)


async def test_a_retry_goes_by_where_the_person_is(office: Office) -> None:
    """Eleven in Bucharest is six in the evening in Tokyo: closed since a minute ago."""
    await office.open(time_zone="Asia/Tokyo")
    office.clock.moment = datetime(2026, 11, 18, 8, 59, tzinfo=UTC)
    await office.queue()
    missed = await fail(office, "no-answer")
    ten_in_tokyo = datetime(2026, 11, 19, 1, tzinfo=UTC)
    assert missed.retry_at == ten_in_tokyo
    await office.wait(ten_in_tokyo - office.clock.moment - timedelta(seconds=1))
    assert len(office.telephony.rings) == 1
    await office.wait(timedelta(seconds=1))
    assert len(await office.said(CallPlaced)) == 2


async def test_a_retry_before_a_holiday_comes_after_it(office: Office) -> None:
    office.clock.moment = datetime(2026, 12, 24, 15, 30, tzinfo=UTC)
    await office.open()
    await office.queue()
    missed = await fail(office, "no-answer")
    assert missed.retry_at == datetime(2026, 12, 27, 8, tzinfo=UTC)


async def test_hours_and_places_that_change_before_the_retry_are_followed(office: Office) -> None:
    await office.open()
    await office.queue()
    await fail(office, "no-answer")
    details = a_position(calling_hour_start=14)
    await office.tell(PositionRevised(position_id=1, revision=2, details=details, actor=SYSTEM))
    moved = a_person(1, time_zone="Europe/London")
    await office.tell(CandidateProfileRevised(candidate_id=1, profile=moved))
    await office.wait(timedelta(hours=5) - timedelta(seconds=1))
    assert len(office.telephony.rings) == 1
    await office.wait(timedelta(seconds=1))  # two in London
    assert len(office.telephony.rings) == 2
