"""The gate: one test per reason, and which reason wins."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from calling.domain.contactability import (
    Allowed,
    Callee,
    Deferred,
    Refused,
    Stop,
    Terms,
    Verdict,
    verdict,
)
from calling.domain.reasons import MESSAGES, Reason
from calling.domain.zones import Whereabouts, ZoneSource, whereabouts

HOUR = timedelta(hours=1)
NOON = datetime(2026, 11, 18, 10, 0, tzinfo=UTC)
"""A Wednesday, 12:00 in Bucharest."""
EVENING = datetime(2026, 11, 18, 17, 0, tzinfo=UTC)
NEXT_MORNING = datetime(2026, 11, 19, 8, 0, tzinfo=UTC)
BY_HAND = Stop("by_hand", "audit")

ANA = Callee(
    phone="+40700000011",
    still_queued=True,
    attempts_in_round=0,
    on_the_phone=False,
    where=whereabouts("Europe/Bucharest", "+40700000011"),
)
OPEN = Terms(
    status="open",
    has_prompts=True,
    most_attempts=2,
    hour_start=10,
    hour_end=18,
    days=frozenset(range(7)),
    time_zone="Europe/Bucharest",
    days_off={"RO": {date(2026, 12, 1): "National Day"}},
)


def called(ago: timedelta, now: datetime = NOON, **more: Any) -> Callee:
    """For another application."""
    return replace(ANA, last_other_call=now - ago, **more)


def short(answer: Verdict) -> tuple[Any, ...]:
    if isinstance(answer, Deferred):
        return (answer.reason, answer.until)
    return (answer.reason,) if isinstance(answer, Refused) else ()


def test_somebody_with_a_number_is_called_within_the_hours() -> None:
    answer = verdict(ANA, OPEN, NOON)
    assert isinstance(answer, Allowed)
    assert answer.place is not None
    assert (answer.place.zone, answer.place.source) == ("Europe/Bucharest", ZoneSource.NUMBER)


INCURABLE = [
    (replace(ANA, still_queued=False), OPEN, Reason.NO_LONGER_QUEUED),
    (replace(ANA, do_not_contact=True), OPEN, Reason.DO_NOT_CONTACT),
    (ANA, replace(OPEN, status="closed"), Reason.POSITION_CLOSED),
    (replace(ANA, phone=None), OPEN, Reason.NO_VALID_NUMBER),
    (replace(ANA, phone=""), OPEN, Reason.NO_VALID_NUMBER),
    (ANA, replace(OPEN, has_prompts=False), Reason.PROMPTS_MISSING),
    (replace(ANA, attempts_in_round=2), OPEN, Reason.ATTEMPTS_USED_UP),
]


@pytest.mark.parametrize(("callee", "terms", "reason"), INCURABLE)
def test_what_waiting_cannot_cure_is_refused_whatever_the_hour(
    callee: Callee, terms: Terms, reason: Reason
) -> None:
    waits: dict[str, Any] = {"on_the_phone": True, "last_other_call": NOON}
    stopped = replace(terms, stop=BY_HAND, lines_left=0, calls_left_today=0)
    for now in (NOON, EVENING):
        assert short(verdict(callee, terms, now)) == (reason,)
        assert short(verdict(replace(callee, **waits), stopped, now)) == (reason,)


DEFERRED: list[tuple[Callee, Terms, datetime, Reason, datetime | None]] = [
    (ANA, replace(OPEN, status="paused"), NOON, Reason.POSITION_PAUSED, None),
    (ANA, replace(OPEN, stop=BY_HAND), NOON, Reason.STOPPED, None),
    (ANA, replace(OPEN, status="paused", stop=BY_HAND), EVENING, Reason.POSITION_PAUSED, None),
    (ANA, replace(OPEN, days=frozenset()), NOON, Reason.NO_CALLING_HOURS, None),
    (ANA, replace(OPEN, hour_start=18, hour_end=10), NOON, Reason.NO_CALLING_HOURS, None),
    (ANA, OPEN, EVENING, Reason.OUTSIDE_HOURS, NEXT_MORNING),
    (ANA, OPEN, NOON - 3 * HOUR, Reason.OUTSIDE_HOURS, NOON - 2 * HOUR),
    (ANA, replace(OPEN, days=frozenset({3})), NOON, Reason.OUTSIDE_DAYS, NEXT_MORNING),
    (called(HOUR), OPEN, NOON, Reason.COOLDOWN, NOON + 23 * HOUR),
    (called(16 * HOUR), OPEN, NOON, Reason.COOLDOWN, NEXT_MORNING),
    (called(HOUR), OPEN, EVENING, Reason.COOLDOWN, NOON + 23 * HOUR),
    (called(15 * HOUR, EVENING), OPEN, EVENING, Reason.OUTSIDE_HOURS, NEXT_MORNING),
    (called(HOUR), replace(OPEN, cooldown=2 * HOUR), NOON, Reason.COOLDOWN, NOON + HOUR),
    (replace(ANA, not_before=NOON + HOUR), OPEN, NOON, Reason.PLANNED_LATER, NOON + HOUR),
    (replace(ANA, not_before=EVENING), OPEN, NOON, Reason.PLANNED_LATER, NEXT_MORNING),
    (replace(ANA, on_the_phone=True), OPEN, NOON, Reason.PERSON_BEING_CALLED, None),
    (replace(ANA, on_the_phone=True), OPEN, EVENING, Reason.OUTSIDE_HOURS, NEXT_MORNING),
    (ANA, replace(OPEN, calls_left_today=0), NOON, Reason.DAILY_CAP, NEXT_MORNING),
    (ANA, replace(OPEN, calls_left_today=0), EVENING, Reason.OUTSIDE_HOURS, NEXT_MORNING),
    (ANA, replace(OPEN, lines_left=0), NOON, Reason.LINES_BUSY, None),
    (ANA, replace(OPEN, lines_left=0, calls_left_today=0), NOON, Reason.DAILY_CAP, NEXT_MORNING),
]


@pytest.mark.parametrize(("callee", "terms", "now", "reason", "until"), DEFERRED)
def test_what_waiting_cures_is_deferred_with_the_moment(
    callee: Callee, terms: Terms, now: datetime, reason: Reason, until: datetime | None
) -> None:
    assert short(verdict(callee, terms, now)) == (reason, until)


@pytest.mark.parametrize(("callee", "terms", "now", "reason", "until"), DEFERRED)
def test_at_the_moment_that_was_named_the_reason_is_gone(
    callee: Callee, terms: Terms, now: datetime, reason: Reason, until: datetime | None
) -> None:
    if until is None:
        return
    at_last = verdict(callee, terms, until)
    assert short(at_last)[:1] != (reason,) or reason is Reason.DAILY_CAP  # whose count is of another day then
    assert short(verdict(callee, terms, until - timedelta(microseconds=1)))


def test_an_allowance_that_is_left_is_used() -> None:
    assert short(verdict(ANA, replace(OPEN, calls_left_today=1, lines_left=1), NOON)) == ()


def test_the_cooldown_ends_to_the_second() -> None:
    assert short(verdict(called(24 * HOUR), OPEN, NOON)) == ()
    almost = called(24 * HOUR - timedelta(seconds=1))
    assert short(verdict(almost, OPEN, NOON)) == (Reason.COOLDOWN, NOON + timedelta(seconds=1))


def test_an_agreed_callback_knows_no_cooldown() -> None:
    assert short(verdict(called(HOUR, agreed=True), OPEN, NOON)) == ()


def test_an_agreed_callback_waits_all_the_same_while_the_person_is_being_called() -> None:
    busy = called(HOUR, agreed=True, on_the_phone=True)
    assert short(verdict(busy, OPEN, NOON)) == (Reason.PERSON_BEING_CALLED, None)


def test_a_cooldown_that_ends_on_a_holiday_ends_after_it() -> None:
    monday = datetime(2026, 11, 30, 10, tzinfo=UTC)
    after = datetime(2026, 12, 2, 8, tzinfo=UTC)
    assert short(verdict(called(HOUR, monday), OPEN, monday)) == (Reason.COOLDOWN, after)


@pytest.mark.parametrize("hour", [0, 8, 10, 15, 16, 21])
def test_on_the_first_of_december_nobody_is_called_in_romania(hour: int) -> None:
    answer = verdict(ANA, OPEN, datetime(2026, 12, 1, hour, tzinfo=UTC))
    assert isinstance(answer, Deferred)
    assert answer.until == datetime(2026, 12, 2, 8, tzinfo=UTC)
    if hour < 16:  # in the evening it is too late anyway
        assert answer.reason is Reason.PUBLIC_HOLIDAY
        assert answer.message == "Tuesday 1 December is a public holiday where the person is: National Day."


def test_somebody_in_london_works_on_the_first_of_december() -> None:
    ion = replace(ANA, where=whereabouts("Europe/London", ANA.phone))
    answer = verdict(ion, OPEN, datetime(2026, 12, 1, 11, tzinfo=UTC))
    assert isinstance(answer, Allowed)
    assert answer.place is not None
    assert (answer.place.country, answer.place.source) == ("GB", ZoneSource.STATED)


@pytest.mark.parametrize(
    ("where", "zone", "source"),
    [
        (whereabouts("America/Halifax", "+40700000011"), "America/Halifax", ZoneSource.STATED),
        (whereabouts("Europe/Bucharest", "+40700000011"), "Europe/Bucharest", ZoneSource.NUMBER),
        (whereabouts(None, "+4915123456789"), "Europe/Berlin", ZoneSource.NUMBER),
        (whereabouts("Mars/Base", "+4915123456789"), "Europe/Berlin", ZoneSource.NUMBER),
        (whereabouts("", "+447400123456"), "Europe/London", ZoneSource.NUMBER),
        (whereabouts("Australia/Perth", "+61412345678"), "Australia/Perth", ZoneSource.STATED),
        (whereabouts(None, "+881612345678"), "Europe/Bucharest", ZoneSource.POSITION),
        (whereabouts(None, None), "Europe/Bucharest", ZoneSource.POSITION),
        (Whereabouts(), "Europe/Bucharest", ZoneSource.POSITION),
    ],
)
def test_whose_clock_counts_and_how_it_is_known(where: Whereabouts, zone: str, source: ZoneSource) -> None:
    place = where.place("Europe/Bucharest")
    assert (place.zone, place.source) == (zone, source)


def test_a_position_in_a_zone_that_does_not_exist_calls_those_whose_own_is_known() -> None:
    lost = replace(OPEN, time_zone="Nowhere")
    assert short(verdict(ANA, lost, NOON)) == ()
    nobody_knows = replace(ANA, where=Whereabouts())
    assert short(verdict(nobody_knows, lost, NOON)) == (Reason.UNKNOWN_TIME_ZONE, None)
    assert short(verdict(ANA, replace(lost, calls_left_today=0), NOON)) == (Reason.DAILY_CAP, NEXT_MORNING)


@pytest.mark.parametrize(
    ("zone", "until"),
    [
        ("America/Halifax", datetime(2026, 11, 18, 14, 0, tzinfo=UTC)),
        ("Europe/London", None),
        ("Pacific/Kiritimati", datetime(2026, 11, 18, 20, 0, tzinfo=UTC)),  # +14: 0:00 on Thursday there
        ("Pacific/Pago_Pago", datetime(2026, 11, 18, 21, 0, tzinfo=UTC)),  # -11: 23:00 on Tuesday there
        ("Asia/Kathmandu", None),  # +5:45
        ("Pacific/Chatham", datetime(2026, 11, 18, 20, 15, tzinfo=UTC)),  # +13:45
    ],
)
def test_the_hours_are_those_where_the_person_is(zone: str, until: datetime | None) -> None:
    away = replace(ANA, where=Whereabouts(stated=zone))
    assert short(verdict(away, OPEN, NOON)) == ((Reason.OUTSIDE_HOURS, until) if until else ())


def test_the_days_are_those_where_the_person_is() -> None:
    """Sunday evening in Bucharest is Monday morning on Kiritimati, and Sunday noon in Pago Pago."""
    sunday = datetime(2026, 11, 22, 22, 0, tzinfo=UTC)
    weekdays = replace(OPEN, days=frozenset(range(5)))
    east = replace(ANA, where=Whereabouts(stated="Pacific/Kiritimati"))
    west = replace(ANA, where=Whereabouts(stated="Pacific/Pago_Pago"))
    assert short(verdict(east, weekdays, sunday)) == ()
    monday = datetime(2026, 11, 23, 21, 0, tzinfo=UTC)
    assert short(verdict(west, weekdays, sunday)) == (Reason.OUTSIDE_DAYS, monday)


def test_a_number_of_several_zones_is_called_where_it_is_decent_in_all_of_them() -> None:
    """An Australian mobile: 10:00 in Perth is 13:00 in Sydney in their summer."""
    sam = replace(ANA, phone="+61412345678", where=whereabouts(None, "+61412345678"))
    night = datetime(2026, 11, 18, 23, 30, tzinfo=UTC)  # 10:30 in Sydney, 7:30 in Perth
    answer = verdict(sam, OPEN, night)
    opens = datetime(2026, 11, 19, 2, 0, tzinfo=UTC)
    assert short(answer) == (Reason.OUTSIDE_HOURS, opens)
    assert isinstance(answer, Deferred)
    assert answer.place is not None
    assert (answer.place.zone, answer.place.country) == ("Australia/Perth", "AU")
    assert short(verdict(sam, OPEN, opens)) == ()
    assert short(verdict(sam, OPEN, opens + 5 * HOUR - timedelta(seconds=1))) == ()
    assert short(verdict(sam, OPEN, opens + 5 * HOUR)) == (Reason.OUTSIDE_HOURS, opens + 24 * HOUR)


def test_zones_that_are_never_within_the_hours_together_are_said_to_be() -> None:
    """A Russian mobile may be in Moscow, or nine hours further east."""
    ivan = replace(ANA, phone="+79161234567", where=whereabouts(None, "+79161234567"))
    answer = verdict(ivan, OPEN, NOON)
    assert short(answer) == (Reason.NO_COMMON_HOURS, None)
    longer = replace(OPEN, hour_start=9, hour_end=21)
    assert verdict(ivan, longer, NOON) != answer


@pytest.mark.parametrize(
    ("now", "until"),
    [
        (datetime(2026, 11, 18, 15, 59, 59, 999999, tzinfo=UTC), None),
        (datetime(2026, 11, 18, 16, 0, tzinfo=UTC), NEXT_MORNING),
        (datetime(2026, 11, 18, 7, 59, 59, 999999, tzinfo=UTC), datetime(2026, 11, 18, 8, tzinfo=UTC)),
        (datetime(2026, 11, 18, 8, 0, tzinfo=UTC), None),
    ],
)
def test_the_first_minute_counts_and_the_closing_minute_does_not(
    now: datetime, until: datetime | None
) -> None:
    assert short(verdict(ANA, OPEN, now)) == ((Reason.OUTSIDE_HOURS, until) if until else ())


def test_a_stop_says_for_what_and_why() -> None:
    here = verdict(ANA, replace(OPEN, stop=BY_HAND), NOON)
    everywhere = verdict(ANA, replace(OPEN, stop=Stop("by_hand", "", everything=True)), NOON)
    assert isinstance(here, Deferred)
    assert isinstance(everywhere, Deferred)
    assert (here.message, everywhere.message) == (
        "Dialling is stopped here: audit",
        "Dialling is stopped for every position.",
    )


def test_a_daily_limit_counts_the_days_of_the_position_and_calls_in_the_hours_of_the_person() -> None:
    """New York begins the day seven hours after Bucharest; there it is still the day before at ten."""
    full = replace(OPEN, calls_left_today=0)
    away = replace(ANA, where=Whereabouts(stated="America/New_York"))
    afternoon = datetime(2026, 11, 18, 16, 0, tzinfo=UTC)
    assert short(verdict(away, full, afternoon)) == (
        Reason.DAILY_CAP,
        datetime(2026, 11, 18, 22, 0, tzinfo=UTC),
    )


def test_every_reason_has_words_for_a_recruiter() -> None:
    assert set(MESSAGES) == set(Reason)
    assert all(words.endswith(".") for words in MESSAGES.values())
