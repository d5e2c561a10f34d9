"""Countries and time zones: where a number without country code is at home, and what time it is there."""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import files
from typing import overload

import phonenumbers
from phonenumbers import REGION_CODE_FOR_NON_GEO_ENTITY, NumberParseException

from people.phones import DEFAULT_REGION

_FORMER_NAMES = {"Europe/Kiev": "UA"}
"""Zones under a name that the table does not list any more."""


@lru_cache(maxsize=1)
def _regions() -> dict[str, str]:
    """The table of the zone database: each zone with the one country that it was named for."""
    table = (files("tzdata") / "zoneinfo" / "zone.tab").read_text(encoding="utf-8")
    rows = [line.split("\t") for line in table.splitlines() if line and not line.startswith("#")]
    return {zone: region for region, _, zone, *_ in rows} | _FORMER_NAMES


@overload
def region_of_time_zone(name: str | None) -> str: ...


@overload
def region_of_time_zone(name: str | None, otherwise: str | None) -> str | None: ...


def region_of_time_zone(name: str | None, otherwise: str | None = DEFAULT_REGION) -> str | None:
    """ISO 3166 alpha-2; ours where the zone is of no country, unless said otherwise."""
    return _regions().get(name or "", otherwise)


def phone_time_zone(e164: str) -> str | None:
    """The IANA time zone in which the number lives, or None when it could be in several."""
    zones = phone_time_zones(e164)
    return zones[0] if len(zones) == 1 else None


def phone_time_zones(e164: str) -> tuple[str, ...]:
    """The IANA time zones in which the number may live; none for one that belongs to no country."""
    return phone_home(e164)[0]


def phone_home(e164: str) -> tuple[tuple[str, ...], str | None]:
    """The time zones in which a number may live, and its country (``phone_region``).

    The library's table goes by the first digits, and gives a British mobile the zones of Jersey and Man, a
    Russian one those of Kazakhstan. Which country it is of is known better: its zones count, where the table
    names any; where it names none, all that the country has.
    """
    if e164.startswith("+40"):
        return ("Europe/Bucharest",), "RO"
    # Only foreign numbers need the table of zones, which takes a moment and memory to load.
    from phonenumbers.timezone import UNKNOWN_TIMEZONE, time_zones_for_number

    try:
        parsed = phonenumbers.parse(e164)
    except NumberParseException:
        return (), None
    zones = [zone for zone in time_zones_for_number(parsed) if zone != UNKNOWN_TIMEZONE]
    country = phonenumbers.region_code_for_number(parsed)
    own = [zone for zone in zones if _regions().get(zone) == country]
    known = country if country != REGION_CODE_FOR_NON_GEO_ENTITY else None
    return tuple(own or zones or _zones_of(country)), known


@lru_cache(maxsize=256)
def _zones_of(country: str | None) -> tuple[str, ...]:
    return tuple(zone for zone, region in _regions().items() if region == country)
