"""The list a recruiter came from, walked from one application to the next."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from chassis.tx import Database

from recruiter_ui.domain.statuses import Stage
from recruiter_ui.queries.applications import Filter
from recruiter_ui.queries.fetching import one


@dataclass(frozen=True, slots=True)
class Walk:
    """Where one stands in a group: ``number`` of ``total``, and the neighbours."""

    stage: Stage
    address: str
    """The filter, as the list's address has it."""
    place: str
    """The key one had when the walk came by; it stays, also when the row has moved on meanwhile."""
    number: int
    total: int
    previous: int | None
    following: int | None


async def walk_of(
    db: Database, chosen: Filter, zone: ZoneInfo, stage: Stage, place: tuple[datetime, int]
) -> Walk:
    """Four looks at one index, in one statement."""
    chosen = replace(chosen, stage=stage)
    where, arguments = chosen.where(zone)
    at, last = len(arguments) + 1, len(arguments) + 2
    rows = f"FROM applications a WHERE {where}"
    key = "(a.last_activity_at, a.application_id)"
    found = await one(
        db,
        f"SELECT (SELECT count(*) {rows}) AS total, "
        f"(SELECT count(*) {rows} AND {key} > (${at}, ${last})) AS before, "
        f"(SELECT a.application_id {rows} AND {key} > (${at}, ${last}) "
        "ORDER BY a.last_activity_at, a.application_id LIMIT 1) AS previous, "
        f"(SELECT a.application_id {rows} AND {key} < (${at}, ${last}) "
        "ORDER BY a.last_activity_at DESC, a.application_id DESC LIMIT 1) AS following",
        *arguments,
        *place,
    )
    return Walk(
        stage=stage,
        address=chosen.address(),
        place=f"{place[0].isoformat()}_{place[1]}",
        number=min(found["before"] + 1, found["total"]),
        total=found["total"],
        previous=found["previous"],
        following=found["following"],
    )
