"""People: the list by key under its filters, and everything of one person under all the ids they have had."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from chassis.tx import Database
from contracts.references import find_references

from recruiter_ui.domain.candidate_words import SOURCES
from recruiter_ui.domain.reading import number
from recruiter_ui.domain.statuses import STATUSES
from recruiter_ui.queries.applications import COLUMNS, FORMERLY, SOURCE, search_pattern
from recruiter_ui.queries.fetching import Record, many, maybe

HISTORY_SHOWN = 60
_HERE = "c.first_seen_at IS NOT NULL AND c.merged_into IS NULL AND NOT COALESCE(c.withdrawn, false)"
_NOW = (
    "SELECT COALESCE(k.merged_into, k.candidate_id) FROM applications a "
    "JOIN candidates k USING (candidate_id)"
)
"""Who an application's candidate is by now."""


@dataclass(frozen=True, slots=True)
class Filter:
    """What the list is narrowed to; None means any."""

    search: str = ""
    position_id: int | None = None
    status: str | None = None
    source: str | None = None
    forbidden: bool = False
    """Only who asked not to be contacted on some channel."""

    @classmethod
    def of(cls, query: dict[str, str]) -> Filter:
        """Read from an address; what makes no sense is left out."""
        status, source = query.get("status"), query.get("source")
        return cls(
            search=query.get("q", "").replace("\0", "").strip()[:100],
            position_id=number(query.get("position")),
            status=status if status in STATUSES else None,
            source=source if source in SOURCES else None,
            forbidden=query.get("contact") == "no",
        )

    def address(self, **more: Any) -> str:
        parts = {
            "q": self.search or None,
            "position": self.position_id,
            "status": self.status,
            "source": self.source,
            "contact": "no" if self.forbidden else None,
        }
        return urlencode({name: value for name, value in (parts | more).items() if value is not None})

    @property
    def narrowed(self) -> bool:
        return bool(self.address())

    def where(self) -> tuple[str, list[Any]]:
        """The condition on ``candidates c`` and its arguments, numbered from $1."""
        tests, arguments = [_HERE], list[Any]()

        def test(condition: str, *values: Any) -> None:
            for value in values:
                arguments.append(value)
                condition = condition.replace("?", f"${len(arguments)}", 1)
            tests.append(condition)

        if self.search:
            looked_for = f"(c.search LIKE ? OR c.candidate_id = ANY(ARRAY({FORMERLY})))"
            named = find_references(self.search)
            if named:
                looked_for = f"({looked_for} OR c.candidate_id IN ({_NOW} WHERE a.application_id = ANY(?)))"
            pattern = search_pattern(self.search)
            test(looked_for, pattern, pattern, *([named] if named else []))
        if self.position_id is not None or self.status:
            inner, values = ["a.stage > 0"], list[Any]()
            for column, value in (("a.position_id", self.position_id), ("a.status", self.status)):
                if value is not None:
                    inner.append(f"{column} = ?")
                    values.append(value)
            test(f"c.candidate_id IN ({_NOW} WHERE {' AND '.join(inner)})", *values)
        if self.source:
            test("c.source = ?", self.source)
        if self.forbidden:
            test("c.candidate_id IN (SELECT b.candidate_id FROM contact_bans b WHERE b.forbidden)")
        return " AND ".join(tests), arguments


async def page(db: Database, chosen: Filter, before: tuple[datetime, int] | None, limit: int) -> list[Record]:
    """The newest first, by key; with how many applications each has and what they forbade."""
    where, arguments = chosen.where()
    place = len(arguments)
    if before:
        where += f" AND (c.first_seen_at, c.candidate_id) < (${place + 1}, ${place + 2})"
        arguments += before
    return await many(
        db,
        f"""
        SELECT c.*,
            (SELECT count(*) FROM applications a WHERE a.stage > 0 AND a.candidate_id = ANY(ARRAY(
                SELECT m.candidate_id FROM candidates m WHERE m.merged_into = c.candidate_id)
                || c.candidate_id)) AS applications,
            ARRAY(SELECT b.channel FROM contact_bans b WHERE b.candidate_id = c.candidate_id AND b.forbidden
                ORDER BY b.channel) AS forbidden
        FROM (SELECT c.candidate_id, c.full_name, c.language, c.phone, c.phone_as_given, c.email, c.source,
                c.first_seen_at FROM candidates c WHERE {where}
            ORDER BY c.first_seen_at DESC, c.candidate_id DESC LIMIT {int(limit)}) c
        ORDER BY c.first_seen_at DESC, c.candidate_id DESC
        """,  # noqa: S608
        *arguments,
    )


async def count(db: Database, chosen: Filter) -> int:
    where, arguments = chosen.where()
    counted: int = await db.fetchval(f"SELECT count(*) FROM candidates c WHERE {where}", *arguments)  # noqa: S608
    return counted


async def find(db: Database, candidate_id: int) -> Record | None:
    """Whoever has this id, also when they are somebody else by now."""
    return await maybe(
        db, "SELECT * FROM candidates WHERE candidate_id = $1 AND full_name IS NOT NULL", candidate_id
    )


async def reached_by(
    db: Database, phone: str | None, email: str | None, ids: Sequence[int], limit: int = 5
) -> list[Record]:
    """Who has this number or address, or one of these ids."""
    return await many(
        db,
        "SELECT c.candidate_id, c.full_name, c.language, c.phone, c.email, c.first_seen_at "  # noqa: S608
        f"FROM candidates c WHERE {_HERE} "
        "AND (c.phone = $1 OR c.email = $2 OR c.candidate_id = ANY($3::bigint[])) "
        "ORDER BY c.first_seen_at LIMIT $4",
        phone,
        email,
        list(ids),
        limit,
    )


@dataclass(frozen=True, slots=True)
class Person:
    """One person, with what is known under the ids of everybody who was merged into them."""

    row: Record
    applications: list[Record]
    bans: dict[str, Record]
    """By channel; also what was allowed again."""
    merges: list[Record]
    """What can be undone, the newest first."""
    duplicates: list[Record]
    history: list[Record]
    positions: list[Record]
    """Not closed, and without an application of this person."""


async def everything_of(db: Database, row: Record) -> Person:
    me = row["candidate_id"]
    merged = await db.fetch("SELECT candidate_id FROM candidates WHERE merged_into = $1", me)
    ids = [me, *(one["candidate_id"] for one in merged)]
    bans = await many(
        db,
        "SELECT b.*, o.full_name AS same_as_name FROM contact_bans b "
        "LEFT JOIN candidates o ON o.candidate_id = b.same_as WHERE b.candidate_id = $1",
        me,
    )
    return Person(
        row=row,
        applications=await many(
            db,
            f"SELECT {COLUMNS} FROM {SOURCE} WHERE a.stage > 0 AND a.candidate_id = ANY($1::bigint[]) "  # noqa: S608
            "ORDER BY a.last_activity_at DESC, a.application_id DESC LIMIT 200",
            ids,
        ),
        bans={ban["channel"]: ban for ban in bans},
        merges=await _merges(db, me),
        duplicates=await _duplicates(db, ids),
        history=await many(
            db,
            "SELECT event_id, at, kind, actor_kind, actor_name, detail FROM timeline "
            "WHERE candidate_id = ANY($1::bigint[]) AND application_id IS NULL AND kind LIKE 'candidate.%' "
            "ORDER BY at DESC, event_id DESC LIMIT $2",
            ids,
            HISTORY_SHOWN,
        ),
        positions=await many(
            db,
            "SELECT position_id, title, status FROM positions p WHERE title IS NOT NULL "
            "AND status <> 'closed' AND NOT EXISTS (SELECT FROM applications a WHERE a.stage > 0 "
            "AND a.position_id = p.position_id AND a.candidate_id = ANY($1::bigint[])) "
            "ORDER BY title, position_id LIMIT 500",
            ids,
        ),
    )


async def _merges(db: Database, candidate_id: int) -> list[Record]:
    return await many(
        db,
        "SELECT m.merge_id, m.merged_candidate_id, m.merged_at, m.merged_by, c.full_name, c.language "
        "FROM merges m LEFT JOIN candidates c ON c.candidate_id = m.merged_candidate_id "
        "WHERE m.candidate_id = $1 AND m.merged_at IS NOT NULL AND m.undone_at IS NULL "
        "ORDER BY m.merged_at DESC",
        candidate_id,
    )


async def _duplicates(db: Database, ids: list[int]) -> list[Record]:
    """Pairs that nobody has decided on, of people who are still two. The first of ``ids`` counts now."""
    return await many(
        db,
        "SELECT d.candidate_id, d.other_candidate_id, d.shared, c.full_name, c.language FROM duplicates d "  # noqa: S608
        "JOIN candidates c ON c.candidate_id = CASE WHEN d.candidate_id = ANY($1::bigint[]) "
        "THEN d.other_candidate_id ELSE d.candidate_id END "
        "WHERE (d.candidate_id = ANY($1::bigint[]) OR d.other_candidate_id = ANY($1::bigint[])) "
        "AND NOT c.candidate_id = ANY($1::bigint[]) AND d.found_at IS NOT NULL "
        "AND NOT EXISTS (SELECT FROM duplicates k WHERE k.decision = 'apart' "
        "AND k.candidate_id = greatest($2, c.candidate_id) "
        "AND k.other_candidate_id = least($2, c.candidate_id)) "
        f"AND (d.decision IS NULL OR d.decision = 'open') AND {_HERE} ORDER BY d.found_at DESC LIMIT 20",
        ids,
        ids[0],
    )


async def positions(db: Database) -> list[Record]:
    return await many(
        db,
        "SELECT position_id, title, status FROM positions WHERE title IS NOT NULL "
        "ORDER BY status = 'closed', title, position_id LIMIT 500",
    )
