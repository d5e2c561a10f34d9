"""When a position's candidates may be called: hours and days in one time zone (recruitflow.md 4.1, 4.3)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

_LONGEST_LOOK = 15
"""Days looked ahead: two weeks meet every weekday twice, one more for an hour that daylight saving skips."""


class UnknownTimeZone(ValueError):
    """A time zone that the zone database does not have."""

    def __init__(self, name: str) -> None:
        super().__init__(f"no time zone is called {name!r}")
        self.name = name


@dataclass(frozen=True, slots=True)
class CallingWindow:
    """Open from ``hour_start`` (included) to ``hour_end`` (excluded) by the wall clock of ``zone``."""

    hour_start: int
    hour_end: int
    days: frozenset[int]
    zone: ZoneInfo

    @classmethod
    def of(cls, hour_start: int, hour_end: int, days: Iterable[int], time_zone: str) -> CallingWindow:
        """Days count from Monday = 0. Raises ``UnknownTimeZone``."""
        try:
            zone = ZoneInfo(time_zone)
        except (ZoneInfoNotFoundError, ValueError, OSError) as unknown:
            raise UnknownTimeZone(time_zone) from unknown
        return cls(hour_start, hour_end, frozenset(days), zone)

    def is_open(self, moment: datetime) -> bool:
        local = moment.astimezone(self.zone)
        return local.weekday() in self.days and self.hour_start <= local.hour < self.hour_end

    def next_opening(self, moment: datetime) -> datetime | None:
        """The first moment from ``moment`` on at which it is open, in UTC; None when it never opens."""
        if self.is_open(moment):
            return moment.astimezone(UTC)
        today = moment.astimezone(self.zone).date()
        for ahead in range(_LONGEST_LOOK):
            opening = self._opening_on(today + timedelta(days=ahead))
            if opening is not None and opening > moment:
                return opening
        return None

    def _opening_on(self, day: date) -> datetime | None:
        """An opening hour that the clock skips (spring) opens at the first hour that exists after it."""
        if day.weekday() not in self.days:
            return None
        for hour in range(self.hour_start, self.hour_end):
            opening = datetime.combine(day, time(hour), self.zone).astimezone(UTC)
            if self.is_open(opening):
                return opening
        return None
