"""People who may be one: the pairs to decide on, both sides of a pair, and what was merged."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from chassis.tx import Database

from recruiter_ui.queries.applications import COLUMNS, SOURCE
from recruiter_ui.queries.detail import IDS_OF
from recruiter_ui.queries.fetching import Record, many, maybe, one

CONTACT, NAME = 0, 1
"""How strong a pair is: they share a number or an address, or no more than the name."""

Place = tuple[int, datetime, int, int]
"""A pair's place in the list: how strong it is, when it was found, and both ids."""

_OPEN = "d.found_at IS NOT NULL AND (d.decision IS NULL OR d.decision = 'open')"
_PAIRS = f"""
    duplicates d
    JOIN candidates x ON x.candidate_id = d.candidate_id
    JOIN candidates y ON y.candidate_id = d.other_candidate_id
    WHERE {_OPEN} AND NOT COALESCE(x.withdrawn, false) AND NOT COALESCE(y.withdrawn, false)
    AND COALESCE(x.merged_into, x.candidate_id) <> COALESCE(y.merged_into, y.candidate_id)
    AND (x.merged_into IS NULL AND y.merged_into IS NULL OR NOT EXISTS (
        SELECT FROM duplicates k
        WHERE k.candidate_id = greatest(
                COALESCE(x.merged_into, x.candidate_id), COALESCE(y.merged_into, y.candidate_id))
            AND k.other_candidate_id = least(
                COALESCE(x.merged_into, x.candidate_id), COALESCE(y.merged_into, y.candidate_id))
            AND (k.found_at IS NOT NULL OR k.decision = 'apart')))
"""
"""Pairs that still are two people. One of them may have become a third since: where those two are a pair
themselves, it is that pair that is decided on."""
_STRENGTH = f"(CASE WHEN d.shared ?| ARRAY['phone', 'email'] THEN {CONTACT} ELSE {NAME} END)"
_ORDER = f"ORDER BY {_STRENGTH}, d.found_at DESC, d.candidate_id, d.other_candidate_id"


def _behind(strength: str, found_at: str, ids: str) -> str:
    """What comes after a place in the list."""
    return (
        f"AND {_STRENGTH} >= {strength} AND ({_STRENGTH} > {strength} OR d.found_at < {found_at} "
        f"OR d.found_at = {found_at} AND (d.candidate_id, d.other_candidate_id) > ({ids}))"
    )


MOST_COUNTED = 1_000
_COUNT = (
    f"SELECT count(*) FROM (SELECT FROM {_PAIRS} AND {_STRENGTH} = {{}} "  # noqa: S608
    f"LIMIT {MOST_COUNTED}) AS waiting"
)
OPEN_COUNT = _COUNT.format(CONTACT)
"""Of those that share a number or an address: what somebody should look at."""


async def open_pairs(db: Database, after: Place | None, limit: int, strength: int | None) -> list[Record]:
    """The strongest first and of these the newest, by key; both people of each."""
    wanted = "" if strength is None else f"AND {_STRENGTH} = {strength:d}"
    behind = _behind("$2::int", "$3", "$4::bigint, $5::bigint") if after else ""
    return await many(
        db,
        "SELECT d.candidate_id, d.other_candidate_id, d.found_at, d.shared, "  # noqa: S608
        f"{_STRENGTH} AS strength, "
        "x.full_name, x.phone, x.email, x.language, x.first_seen_at, x.platform, "
        "y.full_name AS other_full_name, y.phone AS other_phone, y.email AS other_email, "
        "y.language AS other_language, y.first_seen_at AS other_first_seen_at, "
        f"y.platform AS other_platform FROM {_PAIRS} {wanted} {behind} {_ORDER} LIMIT $1",
        limit,
        *(after or ()),
    )


async def count_open(db: Database) -> dict[int, int]:
    """By their strength, each up to ``MOST_COUNTED``."""
    row = await one(db, f"SELECT ({_COUNT.format(CONTACT)}) AS contact, ({_COUNT.format(NAME)}) AS name")
    return {CONTACT: row["contact"], NAME: row["name"]}


async def next_pair(db: Database, pair: tuple[int, int]) -> tuple[int, int] | None:
    """The pair that comes after this one in the list, or the first where there is none; never this one."""
    row = await maybe(
        db,
        f"WITH this AS (SELECT {_STRENGTH} AS strength, found_at, candidate_id, other_candidate_id "  # noqa: S608
        "FROM duplicates d WHERE candidate_id = $1 AND other_candidate_id = $2) "
        "(SELECT d.candidate_id, d.other_candidate_id, 1 AS rank FROM this CROSS JOIN LATERAL ("
        f"SELECT d.candidate_id, d.other_candidate_id FROM {_PAIRS} "
        f"{_behind('this.strength', 'this.found_at', 'this.candidate_id, this.other_candidate_id')} "
        f"{_ORDER} LIMIT 1) d) UNION ALL "
        f"(SELECT d.candidate_id, d.other_candidate_id, 2 FROM {_PAIRS} "
        f"AND (d.candidate_id, d.other_candidate_id) <> ($1::bigint, $2::bigint) {_ORDER} LIMIT 1) "
        "ORDER BY rank LIMIT 1",
        max(pair),
        min(pair),
    )
    return None if row is None else (row["candidate_id"], row["other_candidate_id"])


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two, with everything that would be theirs together."""

    person: Record
    applications: list[Record]
    messages: int
    cvs: int
    bans: list[Record]


@dataclass(frozen=True, slots=True)
class Pair:
    """Both sides, the one with the smaller id first; ``found`` is None where nobody suspected them."""

    found: Record | None
    sides: tuple[Side, Side]


async def find_pair(db: Database, pair: tuple[int, int]) -> Pair | None:
    """Five statements, whatever the two have. What was merged into one of them counts as theirs."""
    ids = sorted(pair)
    people = await many(db, "SELECT * FROM candidates WHERE candidate_id = ANY($1::bigint[])", ids)
    known = {row["candidate_id"]: row for row in people if row["full_name"] is not None}
    if set(known) != set(ids):
        return None
    applications = await many(
        db,
        f"SELECT {COLUMNS}, COALESCE(c.merged_into, c.candidate_id) AS owner FROM {SOURCE} "  # noqa: S608
        "WHERE a.stage > 0 AND a.candidate_id IN (SELECT candidate_id FROM candidates "
        "WHERE candidate_id = ANY($1::bigint[]) OR merged_into = ANY($1::bigint[])) "
        "ORDER BY a.last_activity_at DESC, a.application_id DESC LIMIT 200",
        ids,
    )
    counts = await many(
        db,
        "SELECT w.candidate_id, "  # noqa: S608
        "(SELECT count(*) FROM messages m WHERE m.candidate_id = ANY(w.ids)) AS messages, "
        "(SELECT count(DISTINCT v.cv_id) FROM applications a JOIN cvs v USING (application_id) "
        "WHERE a.candidate_id = ANY(w.ids) AND v.file IS NOT NULL) AS cvs "
        f"FROM (SELECT u.id AS candidate_id, {IDS_OF.format('u.id')} AS ids "
        "FROM unnest($1::bigint[]) AS u (id)) w",
        ids,
    )
    bans = await many(
        db,
        "SELECT candidate_id, channel, since, reason FROM contact_bans "
        "WHERE candidate_id = ANY($1::bigint[]) AND forbidden ORDER BY channel",
        ids,
    )
    found = await maybe(
        db,
        "SELECT * FROM duplicates WHERE candidate_id = $1 AND other_candidate_id = $2",
        max(ids),
        min(ids),
    )
    counted = {row["candidate_id"]: row for row in counts}

    def side(candidate_id: int) -> Side:
        return Side(
            known[candidate_id],
            [row for row in applications if row["owner"] == candidate_id],
            counted[candidate_id]["messages"],
            counted[candidate_id]["cvs"],
            [row for row in bans if row["candidate_id"] == candidate_id],
        )

    return Pair(found, (side(ids[0]), side(ids[1])))


async def recent_merges(db: Database, limit: int) -> list[Record]:
    """What was merged and not taken back, the newest first."""
    return await many(
        db,
        "SELECT m.*, c.full_name, c.language FROM merges m LEFT JOIN candidates c USING (candidate_id) "
        "WHERE m.undone_at IS NULL AND m.merged_at IS NOT NULL "
        "ORDER BY m.merged_at DESC, m.merge_id DESC LIMIT $1",
        limit,
    )
