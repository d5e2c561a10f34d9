"""Public holidays as the gate gets them, for every country that a number or a zone can be of."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import available_timezones

import pytest
from calling.adapters.public_holidays import PublicHolidays
from people import region_of_time_zone

NOW = datetime(2026, 11, 18, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    ("country", "day", "name"),
    [
        ("RO", date(2026, 11, 30), "Saint Andrew's Day"),
        ("RO", date(2026, 12, 1), "National Day"),
        ("RO", date(2027, 1, 24), "Unification of the Romanian Principalities Day"),
        ("MD", date(2027, 1, 7), "Christmas"),
        ("GB", date(2026, 12, 28), "Boxing Day"),
        ("US", date(2026, 11, 26), "Thanksgiving Day"),
    ],
)
def test_a_country_has_its_holidays_named_in_english(country: str, day: date, name: str) -> None:
    assert name in PublicHolidays().of([country], NOW)[country][day]


def test_a_holiday_of_one_region_is_none() -> None:
    """Saint Andrew's day is one in Scotland, Reformation Day in some German states."""
    days = PublicHolidays().of(["GB", "DE"], NOW)
    assert date(2026, 11, 30) not in days["GB"]
    assert date(2026, 10, 31) not in days["DE"]


def test_around_new_year_the_days_of_both_years_are_there() -> None:
    new_year = datetime(2027, 1, 1, 0, 30, tzinfo=UTC)
    days = PublicHolidays().of(["RO"], new_year)["RO"]
    assert {date(2026, 12, 25), date(2027, 1, 1)} <= days.keys()


def test_a_country_that_nobody_knows_has_none() -> None:
    assert PublicHolidays().of(["XX", "001"], NOW) == {"XX": {}, "001": {}}


def test_no_country_that_has_a_time_zone_makes_it_fail() -> None:
    countries = {region_of_time_zone(zone, None) for zone in available_timezones()} - {None}
    found = PublicHolidays().of([country for country in countries if country], NOW)
    assert len(found) > 200
    assert sum(bool(days) for days in found.values()) > 200
