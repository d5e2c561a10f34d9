"""Calling hours by the wall clock where the person is, daylight saving and public holidays included."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
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


CLOCKS_CHANGE = date(2026, 3, 29), date(2026, 10, 25)


@pytest.mark.parametrize("day", CLOCKS_CHANGE)
def test_a_holiday_on_the_day_the_clocks_change_is_left_out(day: date) -> None:
    off = CallingWindow.of(2, 6, EVERY_DAY, "Europe/Bucharest", days_off={day: "A holiday"})
    before = local(day.year, day.month, day.day, 0, 30)
    assert off.next_opening(before) == local(day.year, day.month, day.day + 1, 2)
    assert off.on_holidays_too().next_opening(before) == local(day.year, day.month, day.day, 2)


@pytest.mark.parametrize(
    ("opens", "hours"),
    [
        (datetime(2026, 3, 28, 22, 0, tzinfo=UTC), 3),  # a day of 23 hours
        (datetime(2026, 10, 24, 21, 0, tzinfo=UTC), 5),  # one of 25
        (datetime(2026, 11, 17, 22, 0, tzinfo=UTC), 4),
    ],
)
def test_hours_across_a_change_of_the_clocks_are_longer_or_shorter_by_one(
    opens: datetime, hours: int
) -> None:
    night = window(0, 4)
    assert night.next_opening(opens - timedelta(minutes=5)) == opens
    closes = opens + timedelta(hours=hours)
    assert night.is_open(closes - timedelta(microseconds=1))
    assert not night.is_open(closes)
    assert night.closing(opens) == night.closing(closes - timedelta(seconds=1)) == closes


def test_an_hour_that_comes_twice_with_a_closed_one_between_opens_twice() -> None:
    """At Troll the clock goes back by two hours, from three to one."""
    troll = window(1, 2, zone="Antarctica/Troll")
    first = datetime(2026, 10, 24, 23, 0, tzinfo=UTC)
    assert troll.is_open(first)
    assert troll.next_opening(first + timedelta(hours=1)) == first + timedelta(hours=2)


def test_half_an_hour_that_the_clock_skips_opens_with_the_rest_of_it() -> None:
    """On Lord Howe Island two o'clock is half past two when summer time begins."""
    howe = window(2, 3, zone="Australia/Lord_Howe")
    opening = howe.next_opening(datetime(2026, 10, 3, 14, 0, tzinfo=UTC))
    assert opening == datetime(2026, 10, 3, 15, 30, tzinfo=UTC)
    assert howe.closing(opening) == datetime(2026, 10, 3, 16, 0, tzinfo=UTC)


@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "Pacific/Pago_Pago", "Pacific/Apia", "Etc/GMT+12"])
def test_at_the_ends_of_the_world_it_opens_at_ten_there(zone: str) -> None:
    opening = window(zone=zone).next_opening(datetime(2026, 12, 31, 23, 0, tzinfo=UTC))
    assert opening is not None
    assert opening.astimezone(ZoneInfo(zone)).hour in range(10, 18)


def test_a_day_that_a_zone_left_out_altogether_never_opens() -> None:
    """Samoa went from Thursday to Saturday in 2011."""
    fridays = window(days=[4], zone="Pacific/Apia")
    there = ZoneInfo("Pacific/Apia")
    thursday = datetime(2011, 12, 29, 12, tzinfo=there)
    assert fridays.next_opening(thursday) == datetime(2012, 1, 6, 10, tzinfo=there)


def test_one_day_a_week_with_holidays_on_it_twice_in_a_row_opens_all_the_same() -> None:
    fridays = {date(2026, 12, 25): "Christmas Day", date(2027, 1, 1): "New Year's Day"}
    hours = CallingWindow.of(10, 18, [4], "Europe/Bucharest", days_off=fridays)
    assert hours.next_opening(local(2026, 12, 24, 12)) == local(2027, 1, 8, 10)


def test_hours_that_never_end_have_no_end() -> None:
    assert window(0, 24).closing(local(2026, 11, 18, 12)) is None
    assert window(0, 24, WORKDAYS).closing(local(2026, 11, 18, 12)) == local(2026, 11, 21, 0)
    assert window().closing(local(2026, 11, 18, 9)) is None


def test_the_first_of_several_zones_to_close_ends_it() -> None:
    both = CallingWindow.of(10, 18, EVERY_DAY, "Europe/Madrid", "Atlantic/Canary")
    opens = datetime(2026, 11, 18, 10, tzinfo=UTC)  # ten in the Canaries
    assert both.next_opening(datetime(2026, 11, 18, 9, tzinfo=UTC)) == opens
    assert both.is_open(opens)
    assert not both.is_open(opens - timedelta(seconds=1))
    assert both.closing(opens) == datetime(2026, 11, 18, 17, tzinfo=UTC)
    assert both.closing(opens - timedelta(seconds=1)) is None
    assert both.last_to_open(datetime(2026, 11, 18, 3, tzinfo=UTC)).key == "Atlantic/Canary"


@given(
    st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 1), timezones=st.just(UTC)),  # noqa: DTZ001
    st.integers(0, 20),
    st.integers(2, 12),
    st.sets(st.integers(0, 6), min_size=1),
    st.lists(
        st.sampled_from(
            ["Europe/Bucharest", "Asia/Kolkata", "Australia/Lord_Howe", "America/New_York", "Asia/Tokyo"]
        ),
        min_size=2,
        max_size=3,
        unique=True,
    ),
    st.sets(st.integers(0, 20), max_size=5),
)
def test_several_zones_are_open_when_each_of_them_is_and_never_before(
    moment: datetime, start: int, length: int, days: set[int], zones: list[str], off: set[int]
) -> None:
    days_off = {moment.date() + timedelta(days=ahead): "A holiday" for ahead in off}
    end = min(24, start + length)
    together = CallingWindow.of(start, end, days, *zones, days_off=days_off)
    alone = [CallingWindow.of(start, end, days, zone, days_off=days_off) for zone in zones]
    opening = together.next_opening(moment)
    until = opening or moment + timedelta(days=30)
    assert opening is None or (opening >= moment and all(one.is_open(opening) for one in alone))
    probe = moment
    while probe < until:
        assert not all(one.is_open(probe) for one in alone)
        probe += timedelta(minutes=30)
