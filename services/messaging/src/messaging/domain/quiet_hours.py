"""When it is night where somebody lives: nothing is written to them then that can wait.

Somebody who may be in several time zones sleeps as long as it is night in any of them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from people import phone_time_zones

_FORM = re.compile(r"\s*(\d{1,2})\s*-\s*(\d{1,2})\s*")
_LONGEST_LOOK = timedelta(days=3)
_QUARTER = timedelta(minutes=15)


class NoQuietHours(ValueError):
    """A setting that names no hours of the day."""

    def __init__(self, text: str) -> None:
        super().__init__(f"quiet hours are written like 21-8, or left empty; this is {text!r}")


@dataclass(frozen=True, slots=True)
class QuietHours:
    """From ``start`` (included) to ``end`` (excluded) by the wall clock, over midnight where it comes first;
    the same hour twice: never."""

    start: int
    end: int

    @classmethod
    def of(cls, text: str) -> QuietHours:
        """``21-8``; empty: never. Raises ``NoQuietHours``."""
        if not text.strip():
            return cls(0, 0)
        found = _FORM.fullmatch(text)
        given = [int(hour) for hour in found.groups()] if found else [25]
        if max(given) > 24 or len({hour % 24 for hour in given}) == 1:
            raise NoQuietHours(text)
        return cls(given[0] % 24, given[1] % 24)

    def is_night(self, moment: datetime, zones: Sequence[str]) -> bool:
        return any(self._is_quiet(moment.astimezone(ZoneInfo(zone))) for zone in zones)

    def morning(self, moment: datetime, zones: Sequence[str]) -> datetime:
        """The first moment from ``moment`` on at which it is night in none of the zones, in UTC.

        Of zones that are never awake together the first decides.
        """
        at = moment.astimezone(UTC)
        while at - moment < _LONGEST_LOOK:
            ends = [self._end(at, ZoneInfo(zone)) for zone in zones]
            latest = max((end for end in ends if end is not None), default=None)
            if latest is None:
                return at
            at = latest
        return self.morning(moment, zones[:1])

    def _is_quiet(self, local: datetime) -> bool:
        if self.start <= self.end:
            return self.start <= local.hour < self.end
        return local.hour >= self.start or local.hour < self.end

    def _end(self, moment: datetime, zone: ZoneInfo) -> datetime | None:
        """When the night that ``moment`` lies in is over; None by day. An hour that the clock skips ends it
        at the first moment after it."""
        local = moment.astimezone(zone)
        if not self._is_quiet(local):
            return None
        day = local.date() + timedelta(days=local.hour >= self.end)
        end = datetime.combine(day, time(self.end), zone).astimezone(UTC)
        while end <= moment or self._is_quiet(end.astimezone(zone)):
            end += _QUARTER
        return end


def zones_of(stated: str | None, number: str | None, position: str | None) -> tuple[str, ...]:
    """Where somebody may be: where they said, else where their number (E.164) lives, else where the position
    is. Zones that do not exist say nothing; none at all: nobody knows what time it is there."""
    if stated and _exists(stated):
        return (stated,)
    by_number = tuple(zone for zone in phone_time_zones(number) if _exists(zone)) if number else ()
    return by_number or ((position,) if position and _exists(position) else ())


@lru_cache(maxsize=1024)
def _exists(zone: str) -> bool:
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True


def zone_or_utc(name: str) -> tzinfo:
    """For showing a moment to a person: a wrong zone is no reason to show none."""
    return ZoneInfo(name) if _exists(name) else UTC
