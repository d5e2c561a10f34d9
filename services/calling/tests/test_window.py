"""Calling hours by the wall clock of the position, daylight saving included."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from calling.domain.window import CallingWindow, UnknownTimeZone
from hypothesis import given
from hypothesis import strategies as st

BUCHAREST = ZoneInfo("Europe/Bucharest")
EVERY_DAY = range(7)
WORKDAYS = range(5)


def window(
    start: int = 10, end: int = 18, days: Iterable[int] = EVERY_DAY, zone: str = "Europe/Bucharest"
) -> CallingWindow:
    return CallingWindow.of(start, end, days, zone)


def local(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=BUCHAREST)  # type: ignore[arg-type,misc]


@pytest.mark.parametrize(
    ("moment", "opening"),
    [
        (local(2026, 11, 18, 9, 59, 59), local(2026, 11, 18, 10)),
        (local(2026, 11, 18, 10), local(2026, 11, 18, 10)),
        (local(2026, 11, 18, 17, 59, 59), local(2026, 11, 18, 17, 59, 59)),
        (local(2026, 11, 18, 18), local(2026, 11, 19, 10)),
        (local(2026, 12, 31, 23, 30), local(2027, 1, 1, 10)),
    ],
)
def test_the_next_opening_is_now_or_the_next_first_hour(moment: datetime, opening: datetime) -> None:
    assert window().next_opening(moment) == opening


def test_friday_evening_waits_for_monday() -> None:
    assert window(days=WORKDAYS).next_opening(local(2026, 11, 20, 18)) == local(2026, 11, 23, 10)


def test_hours_follow_the_wall_clock_across_the_end_of_summer_time() -> None:
    saturday, sunday = local(2026, 10, 24, 19), local(2026, 10, 25, 10)
    assert window().next_opening(saturday) == sunday
    assert sunday.astimezone(UTC).hour == 8
    assert local(2026, 10, 24, 10).astimezone(UTC).hour == 7


def test_an_hour_that_the_clock_skips_opens_at_the_next_one_that_exists() -> None:
    night = window(3, 6)
    assert night.next_opening(local(2026, 3, 29, 2, 30)) == local(2026, 3, 29, 4)


def test_a_window_of_only_the_skipped_hour_waits_for_the_next_day() -> None:
    assert window(3, 4).next_opening(local(2026, 3, 29, 2, 30)) == local(2026, 3, 30, 3)


def test_an_hour_that_comes_twice_is_open_both_times() -> None:
    night = window(3, 4)
    first = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert night.is_open(first)
    assert night.is_open(first + timedelta(hours=1))
    assert not night.is_open(first + timedelta(hours=2))


def test_the_last_hour_of_the_day_can_be_open() -> None:
    late = window(22, 24)
    assert late.is_open(local(2026, 11, 18, 23, 59))
    assert not late.is_open(local(2026, 11, 19, 0, 0))


@pytest.mark.parametrize("never", [window(days=[]), window(10, 10), window(18, 10)])
def test_a_window_without_hours_or_days_never_opens(never: CallingWindow) -> None:
    assert never.next_opening(local(2026, 11, 18, 12)) is None


@pytest.mark.parametrize("name", ["Europe/Bukarest", "", "../etc/passwd", "Mars/Olympus\x00"])
def test_an_unknown_time_zone_is_named(name: str) -> None:
    with pytest.raises(UnknownTimeZone) as raised:
        window(zone=name)
    assert raised.value.name == name


@given(
    st.datetimes(datetime(2025, 1, 1), datetime(2028, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
    st.integers(0, 23),
    st.integers(1, 24),
    st.sets(st.integers(0, 6), min_size=1),
    st.sampled_from(["Europe/Bucharest", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata", "UTC"]),
)
def test_the_next_opening_is_open_and_nothing_before_it_is(
    moment: datetime, start: int, length: int, days: set[int], zone: str
) -> None:
    hours = CallingWindow.of(start, min(24, start + length), days, zone)
    opening = hours.next_opening(moment)
    assert opening is not None
    assert opening >= moment
    assert hours.is_open(opening)
    if opening > moment:
        earlier = moment
        while earlier < opening:
            assert not hours.is_open(earlier)
            earlier += timedelta(minutes=29)
        assert not hours.is_open(opening - timedelta(seconds=1))
