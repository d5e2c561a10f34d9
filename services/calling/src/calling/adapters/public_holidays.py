"""Public holidays by country, from the ``holidays`` library: rules it computes, so nothing is asked outside.

Whole countries only: a holiday of one region keeps nobody else from being called (docs/decisions/0022).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, datetime, timedelta
from functools import lru_cache

_BEFORE = timedelta(days=1)
"""Where the day is not over yet that has ended in UTC."""
_AHEAD = timedelta(days=70)


class PublicHolidays:
    def of(self, countries: Collection[str], now: datetime) -> dict[str, Mapping[date, str]]:
        years = range((now - _BEFORE).year, (now + _AHEAD).year + 1)
        return {
            country: {day: name for year in years for day, name in _of_year(country, year).items()}
            for country in countries
        }


@lru_cache(maxsize=512)
def _of_year(country: str, year: int) -> Mapping[date, str]:
    # Only a service that judges calls needs the library, which takes a moment to load.
    import holidays

    try:
        found = holidays.country_holidays(country, years=year, language="en_US")
    except NotImplementedError:  # a country that the library does not know
        return {}
    return dict(found)
