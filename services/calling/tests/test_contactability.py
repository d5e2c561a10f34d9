"""The gate: one test per reason, and which reason wins."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from calling.domain.attempts import next_attempt_at
from calling.domain.contactability import (
    MESSAGES,
    WAIT_FOR_OTHER_CALL,
    Allowed,
    Callee,
    Deferred,
    Reason,
    Refused,
    Terms,
    verdict,
)

NOON = datetime(2026, 11, 18, 10, 0, tzinfo=UTC)
"""A Wednesday, 12:00 in Bucharest."""
EVENING = datetime(2026, 11, 18, 17, 0, tzinfo=UTC)
NEXT_MORNING = datetime(2026, 11, 19, 8, 0, tzinfo=UTC)

ANA = Callee(phone="+40700000011", still_queued=True, attempts_in_round=0, on_the_phone=False)
OPEN = Terms(
    status="open",
    has_prompts=True,
    most_attempts=2,
    hour_start=10,
    hour_end=18,
    days=frozenset(range(7)),
    time_zone="Europe/Bucharest",
)


def test_somebody_with_a_number_is_called_within_the_hours() -> None:
    assert verdict(ANA, OPEN, NOON) == Allowed()


@pytest.mark.parametrize(
    ("callee", "terms", "reason"),
    [
        (replace(ANA, phone=None), OPEN, Reason.NO_VALID_NUMBER),
        (replace(ANA, phone=""), OPEN, Reason.NO_VALID_NUMBER),
        (replace(ANA, still_queued=False), OPEN, Reason.NO_LONGER_QUEUED),
        (replace(ANA, attempts_in_round=2), OPEN, Reason.ATTEMPTS_USED_UP),
        (ANA, replace(OPEN, has_prompts=False), Reason.PROMPTS_MISSING),
        (ANA, replace(OPEN, status="closed"), Reason.POSITION_CLOSED),
    ],
)
def test_what_waiting_cannot_cure_is_refused_whatever_the_hour(
    callee: Callee, terms: Terms, reason: Reason
) -> None:
    assert verdict(callee, terms, NOON) == Refused(reason)
    assert verdict(callee, terms, EVENING) == Refused(reason)


@pytest.mark.parametrize(
    ("callee", "terms", "now", "expected"),
    [
        (ANA, OPEN, EVENING, Deferred(NEXT_MORNING, Reason.OUTSIDE_HOURS)),
        (ANA, replace(OPEN, status="paused"), NOON, Deferred(None, Reason.POSITION_PAUSED)),
        (ANA, replace(OPEN, days=frozenset()), NOON, Deferred(None, Reason.NO_CALLING_HOURS)),
        (ANA, replace(OPEN, time_zone="Nowhere"), NOON, Deferred(None, Reason.UNKNOWN_TIME_ZONE)),
        (
            replace(ANA, on_the_phone=True),
            OPEN,
            NOON,
            Deferred(NOON + WAIT_FOR_OTHER_CALL, Reason.PERSON_BEING_CALLED),
        ),
        (replace(ANA, on_the_phone=True), OPEN, EVENING, Deferred(NEXT_MORNING, Reason.OUTSIDE_HOURS)),
    ],
)
def test_what_waiting_cures_is_deferred_with_the_moment(
    callee: Callee, terms: Terms, now: datetime, expected: Deferred
) -> None:
    assert verdict(callee, terms, now) == expected


def test_every_reason_has_words_for_a_recruiter() -> None:
    assert set(MESSAGES) == set(Reason)


def test_a_retry_comes_after_the_interval() -> None:
    assert next_attempt_at(OPEN, 1, timedelta(minutes=60), NOON) == NOON + timedelta(hours=1)


def test_a_retry_that_would_be_too_late_comes_the_next_morning() -> None:
    late = datetime(2026, 11, 18, 15, 30, tzinfo=UTC)
    assert next_attempt_at(OPEN, 1, timedelta(minutes=60), late) == NEXT_MORNING


def test_no_retry_follows_the_last_attempt() -> None:
    assert next_attempt_at(OPEN, 2, timedelta(minutes=60), NOON) is None


def test_a_retry_of_a_position_without_usable_hours_counts_the_interval_only() -> None:
    lost = replace(OPEN, time_zone="Nowhere")
    assert next_attempt_at(lost, 1, timedelta(minutes=60), NOON) == NOON + timedelta(hours=1)


@pytest.mark.parametrize(
    ("where", "answer"),
    [
        ("America/Halifax", Deferred(datetime(2026, 11, 18, 14, 0, tzinfo=UTC), Reason.OUTSIDE_HOURS)),
        ("Europe/London", Allowed()),
        ("Mars/Base", Allowed()),
        (None, Allowed()),
    ],
)
def test_the_hours_are_those_where_the_person_is(where: str | None, answer: Allowed | Deferred) -> None:
    assert verdict(replace(ANA, time_zone=where), OPEN, NOON) == answer
