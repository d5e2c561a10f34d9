"""Where the person is who is called: whose clock and whose public holidays count, and how that is known."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from people import phone_home, region_of_time_zone


class ZoneSource(StrEnum):
    """In the order in which they count."""

    STATED = "stated"
    NUMBER = "number"
    POSITION = "position"


@dataclass(frozen=True, slots=True)
class Place:
    """``zones``: those in which the person may be. ``country``: whose holidays count, ISO 3166 alpha-2."""

    zones: tuple[str, ...]
    source: ZoneSource
    country: str | None
    clock: str = ""
    """Of several zones the one that decides when to call."""

    @property
    def zone(self) -> str:
        return self.clock or self.zones[0]


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """What is known of where a person is, apart from the position."""

    stated: str | None = None
    """A zone that somebody wrote down, or that the number said when it was taken down."""
    number_zones: tuple[str, ...] = ()
    number_country: str | None = None

    def place(self, position_zone: str) -> Place:
        """Stated, else by the number, else by the position. A zone that does not exist says nothing; the
        position's own is answered as it is."""
        return _place(self.stated, self.number_zones, self.number_country, position_zone)


NOWHERE = Whereabouts()
"""Nothing is known of the person: the position's clock counts."""


def whereabouts(stated: str | None, e164: str | None) -> Whereabouts:
    if not e164:
        return Whereabouts(stated)
    zones, country = phone_home(e164)
    return Whereabouts(stated, zones, country)


def exists(zone: str) -> bool:
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True


@lru_cache(maxsize=4096)
def _place(
    stated: str | None, by_number: tuple[str, ...], number_country: str | None, position_zone: str
) -> Place:
    if stated and by_number != (stated,) and exists(stated):
        return Place((stated,), ZoneSource.STATED, region_of_time_zone(stated, number_country))
    if zones := tuple(zone for zone in by_number if exists(zone)):
        return Place(zones, ZoneSource.NUMBER, number_country or region_of_time_zone(zones[0], None))
    return Place((position_zone,), ZoneSource.POSITION, region_of_time_zone(position_zone, number_country))
