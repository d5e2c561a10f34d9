"""Moments as a recruiter reads them: ages, days, their own time and the candidate's."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


@cache
def zone(name: str | None) -> ZoneInfo | None:
    """The zone by its IANA name; None where it is not known."""
    if not name:
        return None
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return None


def age(then: datetime | None, now: datetime) -> str:
    """How long ago, as short as it can be said."""
    if then is None:
        return ""
    span = now - then
    if span < MINUTE:
        return "just now"
    if span < HOUR:
        return f"{span // MINUTE} min"
    if span < DAY:
        return f"{span // HOUR} h"
    if span < 60 * DAY:
        return f"{span // DAY} d"
    return f"{then:%-d %b %Y}"


def spoken(moment: datetime, now: datetime, zone: ZoneInfo) -> str:
    """A moment near now in words: ``today 16:30``, ``tomorrow 10:00``, ``Mon 10:00``, ``3 Dec 10:00``."""
    local, today = moment.astimezone(zone), now.astimezone(zone).date()
    days = (local.date() - today).days
    clock = f"{local:%H:%M}"
    if days == 0:
        return f"today {clock}"
    if days == 1:
        return f"tomorrow {clock}"
    if days == -1:
        return f"yesterday {clock}"
    if 1 < days < 7:
        return f"{local:%a} {clock}"
    return f"{local:%-d %b} {clock}"


def stamp(moment: datetime, now: datetime, zone: ZoneInfo) -> str:
    """For a history: the time alone today, else the day with it."""
    local = moment.astimezone(zone)
    today = now.astimezone(zone).date()
    if local.date() == today:
        return f"{local:%H:%M}"
    if local.year == today.year:
        return f"{local:%-d %b %H:%M}"
    return f"{local:%-d %b %Y}"


def duration(seconds: int | None) -> str:
    if seconds is None:
        return ""
    minutes, rest = divmod(seconds, 60)
    return f"{minutes} min {rest:02d} s" if minutes else f"{rest} s"


def clock_position(seconds: int) -> str:
    return f"{seconds // 60:02d}:{seconds % 60:02d}"


@dataclass(frozen=True, slots=True)
class LocalTime:
    """What the clock on a candidate's wall shows, and whether that is within the position's hours.

    Whether somebody may be called is for calling to say: it knows of holidays, stops and other calls.
    """

    clock: str
    place: str
    inside: bool


def local_time(
    zone_name: str | None, now: datetime, start: int, end: int, days: list[int]
) -> LocalTime | None:
    """None where the zone is not known: such a person can't be called."""
    there = zone(zone_name)
    if there is None or zone_name is None:
        return None
    local = now.astimezone(there)
    inside = start <= local.hour < end and local.weekday() in days
    place = zone_name.rpartition("/")[2].replace("_", " ")
    return LocalTime(f"{local:%H:%M}", place, inside)
