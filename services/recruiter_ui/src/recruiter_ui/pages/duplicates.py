"""Duplicates: pairs that may be one person, side by side, one press each, and what was merged lately."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from chassis.ids import new_id
from contracts import Refused
from contracts.intake import KeepApart, MergeCandidates, UndoMerge
from starlette.responses import Response

from recruiter_ui.domain.pairs import FIELDS, fields_of, kept_by_default, overlaps, taken
from recruiter_ui.domain.reading import Malformed, identity, number, place
from recruiter_ui.pages.refusals import trouble
from recruiter_ui.pages.settling import settled
from recruiter_ui.queries import duplicates as query
from recruiter_ui.queries.fetching import Record
from recruiter_ui.views import application_view
from recruiter_ui.web import Visit

PAGE_ROWS = 50
MERGES_SHOWN = 12
UNDO_FOR = timedelta(days=30)
_STRENGTHS = {"contact": query.CONTACT, "name": query.NAME}
_PATIENCE = 1.0
"""Seconds that a decision's page waits for its news; the next pair does not depend on it."""
_DECIDED = (
    "SELECT COALESCE((SELECT decision IS NOT DISTINCT FROM $3 FROM duplicates "
    "WHERE candidate_id = $1 AND other_candidate_id = $2), true)"
)


async def show(visit: Visit) -> Response:
    return await _list(visit)


async def compare(visit: Visit) -> Response:
    return await _compare(visit)


async def merge(visit: Visit) -> Response:
    """One of the two is kept, the other becomes a second name for it; then comes the next pair."""
    pair, command_id = _pair(visit), visit.command_id
    kept = number(visit.field("keep"))
    if kept not in pair:
        return await _compare(visit, problem="Choose which record is kept.")
    merged = pair[0] if kept == pair[1] else pair[1]
    reply = await visit.ui.commands.send(
        MergeCandidates(
            command_id=command_id,
            actor=visit.actor,
            kept_candidate_id=kept,
            merged_candidate_id=merged,
            take=taken({name: visit.field(f"take-{name}") for name in FIELDS}, merged),
        )
    )
    if isinstance(reply, Refused):
        return await _compare(visit, problem=trouble(reply), command_id=command_id)
    return await _next(visit, pair, "merged", str(reply.result.get("merge_id", "")))


async def keep_apart(visit: Visit) -> Response:
    pair, command_id = _pair(visit), visit.command_id
    reply = await visit.ui.commands.send(
        KeepApart(
            command_id=command_id,
            actor=visit.actor,
            candidate_id=max(pair),
            other_candidate_id=min(pair),
        )
    )
    if isinstance(reply, Refused):
        return await _compare(visit, problem=trouble(reply), command_id=command_id)
    return await _next(visit, pair, "apart")


async def undo_merge(visit: Visit) -> Response:
    """What can't be put back is said; otherwise the two stand in the list again."""
    merge_id, command_id = identity(visit.field("merge_id")), visit.command_id
    reply = await visit.ui.commands.send(
        UndoMerge(command_id=command_id, actor=visit.actor, merge_id=merge_id)
    )
    if isinstance(reply, Refused):
        return await _list(visit, problem=trouble(reply))
    undone = "SELECT COALESCE((SELECT undone_at IS NOT NULL FROM merges WHERE merge_id = $1), true)"
    await settled(visit, undone, merge_id, within=_PATIENCE)
    kept = [str(words) for words in reply.result.get("kept", ())]
    return await _list(visit, kept=kept) if kept else visit.go("/duplicates?did=undone")


def _pair(visit: Visit) -> tuple[int, int]:
    one, other = visit.request.path_params["one"], visit.request.path_params["other"]
    if one == other:
        raise Malformed("nobody is a duplicate of themselves")
    return one, other


async def _next(visit: Visit, pair: tuple[int, int], did: str, merge_id: str = "") -> Response:
    async with visit.ui.begin() as tx:
        following = await query.next_pair(tx.db, pair)
    await settled(visit, _DECIDED, max(pair), min(pair), did, within=_PATIENCE)
    address = f"/duplicates/{following[0]}/{following[1]}" if following else "/duplicates"
    said = {"did": did} | ({"merge": merge_id} if merge_id else {})
    return visit.go(f"{address}?{urlencode(said)}")


async def _said(visit: Visit, merges: list[Record]) -> Record | None:
    """What was decided on the page before, and the merge to undo, whether its news has come or not."""
    did = visit.query.get("did", "")
    if did not in ("merged", "apart", "undone"):
        return None
    merge_id = identity(visit.query["merge"]) if did == "merged" and visit.query.get("merge") else None
    merge = next((it for it in merges if it["merge_id"] == merge_id), None)
    return {"did": did, "merge": merge, "merge_id": merge_id, "command_id": str(new_id())}


async def _list(visit: Visit, *, problem: str | None = None, kept: list[str] | None = None) -> Response:
    shared = visit.query.get("shared", "")
    wanted = _after(visit.query.get("after", "")), PAGE_ROWS + 1, _STRENGTHS.get(shared)
    async with visit.ui.begin() as tx:
        pairs = await query.open_pairs(tx.db, *wanted)
        counts = await query.count_open(tx.db)
        merges = await query.recent_merges(tx.db, MERGES_SHOWN)
    older = None
    if len(pairs) > PAGE_ROWS:
        pairs.pop()
        last = pairs[-1]
        ids = f"{last['candidate_id']}_{last['other_candidate_id']}"
        after = f"{last['strength']}_{last['found_at'].isoformat()}_{ids}"
        older = urlencode(({"shared": shared} if shared in _STRENGTHS else {}) | {"after": after})
    return await visit.page(
        "duplicates.html",
        status=422 if problem else 200,
        pairs=pairs,
        shared=shared if shared in _STRENGTHS else "",
        counts={name: counts[strength] for name, strength in _STRENGTHS.items()},
        total=_total(counts),
        most=query.MOST_COUNTED,
        merges=[it for it in merges if visit.now < it["merged_at"] + UNDO_FOR],
        older=older,
        problem=problem,
        kept=kept or [],
        said=await _said(visit, merges),
        command_ids=[str(new_id()) for _ in range(MERGES_SHOWN + 1)],
        address=f"/duplicates?{visit.request.url.query}".rstrip("?"),
    )


def _after(text: str) -> query.Place | None:
    first, _, rest = text.partition("_")
    head, _, last = rest.rpartition("_")
    at, other = place(head), number(last)
    if first not in ("0", "1") or at is None or other is None:
        return None
    return (int(first), *at, other)


def _total(counts: dict[int, int]) -> int:
    return min(sum(counts.values()), query.MOST_COUNTED)


async def _compare(visit: Visit, *, problem: str | None = None, command_id: UUID | None = None) -> Response:
    one, other = _pair(visit)
    async with visit.ui.begin() as tx:
        pair = await query.find_pair(tx.db, (one, other))
        following = await query.next_pair(tx.db, (one, other))
        counts = await query.count_open(tx.db)
        merges = await query.recent_merges(tx.db, MERGES_SHOWN)
    if pair is None:
        return await visit.page(
            "message.html", status=404, title="Not found", text="There are no such two candidates."
        )
    now = [side.person["merged_into"] or side.person["candidate_id"] for side in pair.sides]
    if now[0] == now[1]:
        return visit.go("/duplicates")
    if sorted(now) != sorted((one, other)):
        return visit.go(f"/duplicates/{max(now)}/{min(now)}")
    applied = [
        [application_view(row, visit.now, visit.ui.zone) for row in it.applications] for it in pair.sides
    ]
    ids = [side.person["candidate_id"] for side in pair.sides]
    return await visit.page(
        "duplicate.html",
        status=422 if problem else 200,
        ids=ids,
        sides=pair.sides,
        found=pair.found,
        fields=fields_of(pair.sides[0].person, pair.sides[1].person),
        applied=applied,
        overlaps=overlaps(*applied),
        chosen=_chosen(visit, ids, kept_by_default(*applied)),
        following=following,
        total=_total(counts),
        most=query.MOST_COUNTED,
        problem=problem,
        said=await _said(visit, merges),
        command_id=str(command_id or new_id()),
    )


def _chosen(visit: Visit, ids: list[int], default: int) -> dict[str, Any]:
    """Which side each choice stands on: as it was sent, so that a refusal loses nothing."""

    def side(field: str, otherwise: int) -> int:
        given = number(visit.field(field))
        return ids.index(given) if given in ids else otherwise

    keep = side("keep", default)
    return {"keep": keep} | {name: side(f"take-{name}", keep) for name in FIELDS}
