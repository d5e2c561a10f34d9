"""The list of applications: its groups, its filters, its pages by key, and the people behind a selection."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from chassis.tx import Database
from contracts.references import find_references
from people import fold

from recruiter_ui.domain.reading import day, number, numbers
from recruiter_ui.domain.statuses import NEEDS_YOU, OUTCOMES, STAGE_BY_SLUG, STAGES, STATUSES, Stage
from recruiter_ui.queries.fetching import Record, many
from recruiter_ui.queries.matters import MATTERS, REQUEST_TAKEN_BACK

_OWN = """
    a.application_id, a.candidate_id, a.position_id, a.status, a.stage, a.status_at, a.status_reason, a.score,
    a.qualified, a.callback_at, a.needs_human_reason, COALESCE(a.attempts, 0) AS attempts, a.dial_kind,
        a.dial_until,
    a.dial_note, a.dial_given_up, a.dial_code, a.dial_zone, a.callback_asked_for, a.callback_planned_at,
    a.callback_moved_because, a.cv_asked_at, a.last_activity_at, a.opened_at, a.sequence, a.previous_status,
    COALESCE(a.proposed, false) AS proposed, COALESCE(a.to_confirm, false) AS to_confirm,
    COALESCE(a.by_hand, false) AS by_hand, a.status_actor, a.closed_because, a.opened_via,
    a.assignee_id, a.assignee_name, a.evaluation_id, COALESCE(a.needs_review, false) AS needs_review,
    CASE WHEN a.score IS NOT NULL THEN (
        SELECT CASE WHEN e.criteria @> '[{"quote_found": false}]' THEN 'quote'
            WHEN e.criteria @> '[{"counted": "unknown"}]' THEN 'unknown'
            WHEN e.rubric <> p.rubric THEN 'rules' END
        FROM evaluations e WHERE e.evaluation_id = a.evaluation_id) END AS score_flag,
    c.full_name, c.phone, c.email, c.language, c.source,
    COALESCE(c.time_zone, p.details->>'time_zone') AS time_zone,
    p.title AS position_title, p.status AS position_status, p.details AS position_details,
    (SELECT min(s.scope) FROM dialling_stops s WHERE s.stopped AND s.scope IN (0, a.position_id)) AS stop,
    EXISTS (SELECT FROM contact_bans b WHERE b.candidate_id = a.candidate_id AND b.channel = 'call'
        AND b.forbidden) AS no_calls,
    CASE WHEN a.status = 'cv_received' THEN EXISTS (
        SELECT FROM cvs WHERE cvs.application_id = a.application_id AND cvs.needs_review AND
            cvs.confirmed_at IS NULL AND cvs.detached_because IS NULL
    ) ELSE false END AS to_review
"""
COLUMNS = f"{_OWN}, ({REQUEST_TAKEN_BACK}) AS request_taken_back"
FORMERLY = """
    SELECT k.candidate_id FROM former_searches f JOIN candidates w USING (candidate_id) CROSS JOIN LATERAL (
        SELECT COALESCE(w.merged_into, w.candidate_id) AS candidate_id
        UNION ALL SELECT m.candidate_id FROM candidates m
        WHERE m.merged_into = COALESCE(w.merged_into, w.candidate_id)) k
    WHERE f.search LIKE ? AND (w.merged_into IS NOT NULL
        OR EXISTS (SELECT FROM candidates m WHERE m.merged_into = w.candidate_id))
"""
"""Every id of whoever was found so before a merge that stands."""
_PEOPLE = f"SELECT s.candidate_id FROM candidates s WHERE s.search LIKE ? UNION ALL {FORMERLY}"  # noqa: S608
SOURCE = """applications a JOIN candidates c USING (candidate_id) LEFT JOIN positions p USING (position_id)"""
VIAS = {"import": "an import", "live_lead": "a live lead", "recruiter": "a recruiter"}
"""How an application came in."""


@dataclass(frozen=True, slots=True)
class Filter:
    """What the list is narrowed to; None means any."""

    stage: Stage | None = None
    position_id: int | None = None
    status: str | None = None
    since: date | None = None
    until: date | None = None
    qualified: bool | None = None
    search: str = ""
    to_confirm: bool = False
    assignee: str | None = None
    """A recruiter's id, ``nobody`` or ``anybody``."""
    via: str | None = None
    matter: str | None = None
    """What it needs a person for (see ``matters``)."""
    people: tuple[int, ...] | None = None
    """Whom the search finds, where several statements need to know; None where each looks for itself."""

    @classmethod
    def of(cls, query: dict[str, str]) -> Filter:
        """Read from an address; what makes no sense is left out."""
        status = query.get("status")
        assignee, via = query.get("assignee", ""), query.get("via")
        return cls(
            stage=STAGE_BY_SLUG.get(query.get("stage", "")),
            position_id=number(query.get("position")),
            status=status if status in STATUSES else None,
            since=day(query.get("since")),
            until=day(query.get("until")),
            qualified={"yes": True, "no": False}.get(query.get("qualified", "")),
            search=query.get("q", "").strip()[:100],
            to_confirm=query.get("confirm") == "yes",
            assignee=assignee if assignee in ("nobody", "anybody") or number(assignee) else None,
            via=via if via in VIAS else None,
            matter=query["about"] if query.get("about") in MATTERS else None,
        )

    def address(self, **changes: Any) -> str:
        """The address of the list under this filter, with changes."""
        it = replace(self, **changes)
        parts = {
            "stage": it.stage.slug if it.stage else None,
            "position": it.position_id,
            "status": it.status,
            "since": it.since,
            "until": it.until,
            "qualified": None if it.qualified is None else ("yes" if it.qualified else "no"),
            "q": it.search or None,
            "confirm": "yes" if it.to_confirm else None,
            "assignee": it.assignee,
            "via": it.via,
            "about": it.matter,
        }
        return urlencode({name: value for name, value in parts.items() if value is not None})

    @property
    def narrowed(self) -> bool:
        return bool(replace(self, stage=None).address())

    def where(self, zone: ZoneInfo, *, ignoring_stage: bool = False) -> tuple[str, list[Any]]:
        """The condition on ``applications a`` alone and its arguments, numbered from $1."""
        tests: list[str] = ["a.stage > 0"]
        arguments: list[Any] = []

        def test(condition: str, *values: Any) -> None:
            for value in values:
                arguments.append(value)
                condition = condition.replace("?", f"${len(arguments)}", 1)
            tests.append(condition)

        if self.stage and not ignoring_stage:
            test("a.stage = ?::smallint", self.stage.rank)
        if self.position_id is not None:
            test("a.position_id = ?", self.position_id)
        if self.status:
            test("a.status = ?", self.status)
        if self.qualified is not None:
            test("a.qualified = ?", self.qualified)
        if self.to_confirm:
            test("a.to_confirm")
        if self.assignee in ("nobody", "anybody"):
            test(f"a.assignee_id IS {'NOT ' if self.assignee == 'anybody' else ''}NULL")
        elif self.assignee:
            test("a.assignee_id = ?", self.assignee)
        if self.matter:
            test(MATTERS[self.matter][1])
        if self.via:
            test("a.opened_via = ?", self.via)
        if self.since:
            test("a.last_activity_at >= ?", datetime.combine(self.since, time.min, zone))
        if self.until:
            test("a.last_activity_at < ?", datetime.combine(self.until + timedelta(days=1), time.min, zone))
        if self.search:
            named = find_references(self.search) or numbers([self.search])
            people, given = "?::bigint[]", list[Any]([self.people])
            if self.people is None:
                people, given = f"ARRAY({_PEOPLE})", [search_pattern(self.search)] * 2  # once a statement
            test(f"(a.candidate_id = ANY({people}) OR a.application_id = ANY(?::bigint[]))", *given, named)
        return " AND ".join(tests), arguments


async def with_people(db: Database, chosen: Filter) -> Filter:
    """The same filter, its people looked for once: a page counts and lists under it in several statements."""
    if not chosen.search:
        return chosen
    pattern = search_pattern(chosen.search)
    rows = await db.fetch(_PEOPLE.replace("?", "$1"), pattern)
    return replace(chosen, people=tuple(row["candidate_id"] for row in rows))


async def stage_counts(db: Database, chosen: Filter, zone: ZoneInfo) -> dict[int, int]:
    """How many each group holds under the filter, whatever view is open."""
    where, arguments = chosen.where(zone, ignoring_stage=True)
    rows = await db.fetch(
        f"SELECT a.stage, count(*) FROM applications a WHERE {where} GROUP BY a.stage",  # noqa: S608
        *arguments,
    )
    return {row["stage"]: row["count"] for row in rows}


@dataclass(frozen=True, slots=True)
class Counts:
    """How many there are: in the groups that a view shows, behind its tabs, and proposals among them."""

    groups: dict[int, int]
    tabs: dict[int, int]
    to_confirm: int

    @property
    def total(self) -> int:
        return sum(self.tabs.get(stage.rank, 0) for stage in STAGES)


async def counts_of(db: Database, chosen: Filter, zone: ZoneInfo) -> Counts:
    """Tabs count what is behind them, whichever of them is open."""
    whole = replace(chosen, to_confirm=False)
    tabs = await stage_counts(db, whole, zone)
    where, arguments = replace(whole, to_confirm=True).where(zone, ignoring_stage=True)
    statement = f"SELECT count(*) FROM applications a WHERE {where}"  # noqa: S608
    proposals: int = await db.fetchval(statement, *arguments)
    return Counts({NEEDS_YOU.rank: proposals} if chosen.to_confirm else tabs, tabs, proposals)


async def grouped_page(
    db: Database, chosen: Filter, zone: ZoneInfo, stages: Sequence[Stage], limits: Sequence[int]
) -> list[Record]:
    """The newest of each group, in one statement that walks the index once per group."""
    where, arguments = chosen.where(zone, ignoring_stage=True)
    place = len(arguments)
    return await many(
        db,
        f"SELECT page.* FROM unnest(${place + 1}::smallint[], ${place + 2}::int[]) "  # noqa: S608
        f"WITH ORDINALITY AS wanted (stage, room, place) CROSS JOIN LATERAL ("
        f"SELECT {COLUMNS} FROM {SOURCE} WHERE a.stage = wanted.stage AND {where} "
        f"ORDER BY a.last_activity_at DESC, a.application_id DESC LIMIT wanted.room) page "
        f"ORDER BY wanted.place, page.last_activity_at DESC, page.application_id DESC",
        *arguments,
        [stage.rank for stage in stages],
        list(limits),
    )


async def next_page(
    db: Database, chosen: Filter, zone: ZoneInfo, before: tuple[datetime, int], limit: int
) -> list[Record]:
    """What comes after a row of one group: by key, so that page 400 costs what page 1 costs."""
    where, arguments = chosen.where(zone)
    place = len(arguments)
    return await many(
        db,
        f"SELECT {COLUMNS} FROM {SOURCE} WHERE {where} "  # noqa: S608
        f"AND (a.last_activity_at, a.application_id) < (${place + 1}, ${place + 2}) "
        f"ORDER BY a.last_activity_at DESC, a.application_id DESC LIMIT ${place + 3}",
        *arguments,
        *before,
        limit,
    )


async def open_ones(db: Database, chosen: Filter, zone: ZoneInfo, limit: int) -> list[Record]:
    """The newest that are not closed, however many closed ones the filter finds."""
    where, arguments = chosen.where(zone)
    return await many(
        db,
        f"SELECT {COLUMNS} FROM {SOURCE} WHERE {where} AND a.status <> 'closed' "  # noqa: S608
        f"ORDER BY a.last_activity_at DESC, a.application_id DESC LIMIT {int(limit)}",
        *arguments,
    )


async def rows_by_id(db: Database, ids: Sequence[int]) -> list[Record]:
    return await many(
        db,
        f"SELECT {COLUMNS} FROM {SOURCE} "  # noqa: S608
        "WHERE a.stage > 0 AND a.application_id = ANY($1::bigint[]) "
        "ORDER BY a.last_activity_at DESC, a.application_id DESC",
        list(ids),
    )


async def matching_ids(db: Database, chosen: Filter, zone: ZoneInfo, limit: int = 10_000) -> list[int]:
    """Everybody a filter finds, newest first, up to what one command may carry."""
    where, arguments = chosen.where(zone)
    rows = await db.fetch(
        f"SELECT a.application_id FROM applications a WHERE {where} "  # noqa: S608
        f"ORDER BY a.last_activity_at DESC, a.application_id DESC LIMIT {int(limit)}",
        *arguments,
    )
    return [row["application_id"] for row in rows]


async def open_positions(db: Database) -> list[Record]:
    return await many(
        db, "SELECT position_id, title, status FROM positions ORDER BY status = 'closed', title"
    )


def search_pattern(search: str) -> str:
    """For LIKE on the folded text; a number is looked for by its digits."""
    digits = "".join(filter(str.isdigit, search))
    looked_for = (
        digits.lstrip("0") if len(digits) >= 4 and not any(map(str.isalpha, search)) else fold(search)
    )
    escaped = looked_for.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"%{escaped}%"


def groups_of(chosen: Filter) -> Sequence[Stage]:
    """The groups a view shows: one, a status's (its proposals wait for a person), or all."""
    if chosen.to_confirm or chosen.matter:
        return [NEEDS_YOU]
    if chosen.status:
        stage = STATUSES[chosen.status].stage
        return [NEEDS_YOU, stage] if chosen.status in OUTCOMES else [stage]
    return [chosen.stage] if chosen.stage else STAGES
