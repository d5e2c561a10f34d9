"""How many calls may be under way at once, and how many a day may have."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True)
class Caps:
    """What the installation allows; None is no limit."""

    most_at_once: int | None = 100
    """Calls that were handed over, or are about to be, and have not ended."""
    most_per_day: int | None = None


def day_began(now: datetime, time_zone: str) -> datetime:
    """Midnight of the day that it is there; of the day in UTC, where nobody knows the zone."""
    try:
        zone = ZoneInfo(time_zone)
    except (ValueError, OSError, KeyError):
        zone = ZoneInfo("UTC")
    return datetime.combine(now.astimezone(zone).date(), time(), zone).astimezone(UTC)


def left(*limits: tuple[int | None, int]) -> int | None:
    """What the narrowest of (most, so many already) leaves; None where none limits."""
    rooms = [max(0, most - used) for most, used in limits if most is not None]
    return min(rooms) if rooms else None


def own_share(lines_left: int | None, ahead: int) -> int | None:
    """Of the free lines, what is left for a position when calls of others, that wait longer, get theirs."""
    return None if lines_left is None else max(0, lines_left - ahead)
