"""When a person may be called: hours and days by the wall clock where they are, public holidays left out
(recruitflow.md 4.1, 4.3).

Somebody who may be in several time zones may be called where it is decent in all of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

_LONGEST_LOOK = timedelta(days=60)
"""Where it opens at all it does within this: one weekday a week, and holidays on several of them in a row."""
_DAYS_AHEAD = 9
"""A step of the search: every weekday once, one more for an hour that daylight saving skips."""
_QUARTER = timedelta(minutes=15)
_QUARTERS_OF_A_WEEK = 7 * 24 * 4


class UnknownTimeZone(ValueError):
    """A time zone that the zone database does not have."""

    def __init__(self, name: str) -> None:
        super().__init__(f"no time zone is called {name!r}")
        self.name = name


@dataclass(frozen=True, slots=True)
class CallingWindow:
    """Open from ``hour_start`` (included) to ``hour_end`` (excluded) by the wall clocks of all ``zones``."""

    hour_start: int
    hour_end: int
    days: frozenset[int]
    zones: tuple[ZoneInfo, ...]
    days_off: Mapping[date, str] = field(default_factory=dict)

    @classmethod
    def of(
        cls,
        hour_start: int,
        hour_end: int,
        days: Iterable[int],
        *zones: str,
        days_off: Mapping[date, str] | None = None,
    ) -> CallingWindow:
        """Days count from Monday = 0. Raises ``UnknownTimeZone``."""
        return cls(hour_start, hour_end, frozenset(days), tuple(map(_zone, zones)), days_off or {})

    @property
    def ever_opens(self) -> bool:
        """In each zone by itself; together they may never."""
        return self.hour_start < self.hour_end and any(0 <= day < 7 for day in self.days)

    def on_holidays_too(self) -> CallingWindow:
        return replace(self, days_off={})

    def is_open(self, moment: datetime) -> bool:
        return all(self._is_open_in(zone, moment) for zone in self.zones)

    def is_calling_day(self, moment: datetime) -> bool:
        return all(moment.astimezone(zone).weekday() in self.days for zone in self.zones)

    def next_opening(self, moment: datetime) -> datetime | None:
        """The first moment from ``moment`` on at which it is open, in UTC; None when it never opens."""
        if not self.ever_opens:
            return None
        at = moment.astimezone(UTC)
        while at - moment < _LONGEST_LOOK:
            # No zone is open before its own next opening: the latest of them is where to look next.
            latest = max(self._opening_in(zone, at) for zone in self.zones)
            if latest == at:
                return at
            at = latest
        return None

    def last_to_open(self, moment: datetime) -> ZoneInfo:
        """Whose clock decides when it opens next."""
        return max(self.zones, key=lambda zone: self._opening_in(zone, moment.astimezone(UTC)))

    def closing(self, moment: datetime) -> datetime | None:
        """The end of the calling hours that ``moment`` lies in, in UTC, where they end first; None outside
        them, and where they never end."""
        if not self.is_open(moment):
            return None
        ends = [self._closing_in(zone, moment) for zone in self.zones]
        return min((end for end in ends if end is not None), default=None)

    def _is_open_in(self, zone: ZoneInfo, moment: datetime) -> bool:
        local = moment.astimezone(zone)
        return self.hour_start <= local.hour < self.hour_end and self._counts(local.date())

    def _counts(self, day: date) -> bool:
        return day.weekday() in self.days and day not in self.days_off

    def _opening_in(self, zone: ZoneInfo, moment: datetime) -> datetime:
        """``moment`` itself while it is open; somewhat later where it does not open for days."""
        if self._is_open_in(zone, moment):
            return moment
        today = moment.astimezone(zone).date()
        for ahead in range(_DAYS_AHEAD):
            found = [one for one in self._openings_on(zone, today + timedelta(days=ahead)) if one > moment]
            if found:
                return min(found)
        return moment + timedelta(days=_DAYS_AHEAD - 2)

    def _openings_on(self, zone: ZoneInfo, day: date) -> Iterator[datetime]:
        """An opening hour that the clock skips (spring) opens at the first hour that exists after it; one
        that comes twice (autumn) opens twice."""
        if not self._counts(day):
            return
        if _begins(zone, day).utcoffset() == _begins(zone, day + timedelta(days=1)).utcoffset():
            yield datetime.combine(day, time(self.hour_start), zone).astimezone(UTC)
            return
        for hour in range(self.hour_start, self.hour_end):
            for fold in (0, 1):
                opening = datetime.combine(day, time(hour, fold=fold), zone).astimezone(UTC)
                if self._is_open_in(zone, opening):
                    yield opening

    def _closing_in(self, zone: ZoneInfo, moment: datetime) -> datetime | None:
        """The clock is put on or back by whole quarters of an hour, so hours begin at one."""
        at = moment.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
        for _ in range(_QUARTERS_OF_A_WEEK):
            at += _QUARTER
            if at > moment and not self._is_open_in(zone, at):
                return at
        return None


def _begins(zone: ZoneInfo, day: date) -> datetime:
    return datetime.combine(day, time(), zone)


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as unknown:
        raise UnknownTimeZone(name) from unknown
