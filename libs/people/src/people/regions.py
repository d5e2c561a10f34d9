"""Where a number without country code is at home, by the time zone of whoever took it down."""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import files

from people.phones import DEFAULT_REGION

_FORMER_NAMES = {"Europe/Kiev": "UA"}
"""Zones under a name that the table does not list any more."""


@lru_cache(maxsize=1)
def _regions() -> dict[str, str]:
    """The table of the zone database: each zone with the one country that it was named for."""
    table = (files("tzdata") / "zoneinfo" / "zone.tab").read_text(encoding="utf-8")
    rows = [line.split("\t") for line in table.splitlines() if line and not line.startswith("#")]
    return {zone: region for region, _, zone, *_ in rows} | _FORMER_NAMES


def region_of_time_zone(name: str | None) -> str:
    """ISO 3166 alpha-2; ours where the zone is of no country."""
    return _regions().get(name or "", DEFAULT_REGION)
