"""The list of applications, the screen of the day."""

from __future__ import annotations

from starlette.responses import Response

from recruiter_ui.domain.reading import number, numbers, place
from recruiter_ui.queries import applications as query
from recruiter_ui.queries.applications import Filter
from recruiter_ui.queries.detail import recruiters
from recruiter_ui.queries.fetching import Record
from recruiter_ui.queries.matters import MATTERS
from recruiter_ui.views import ApplicationView, application_view
from recruiter_ui.web import Visit

OVERVIEW_ROWS = {
    "on_call": 30,
    "needs_you": 30,
    "to_call": 30,
    "collecting_cv": 20,
    "cv_in": 15,
    "not_a_fit": 8,
}
"""How many of a group the view of everything shows; the rest is one click away."""
CLOSED_ROWS = 5
PAGE_ROWS = 60
MOST_CHANGED = 120
MOST_FOUND = 8


async def show(visit: Visit) -> Response:
    chosen = Filter.of(visit.query)
    groups = query.groups_of(chosen)
    limits = [
        PAGE_ROWS if len(groups) == 1 else OVERVIEW_ROWS.get(stage.slug, CLOSED_ROWS) for stage in groups
    ]
    async with visit.ui.begin() as tx:
        chosen = await query.with_people(tx.db, chosen)
        rows = await query.grouped_page(tx.db, chosen, visit.ui.zone, groups, limits)
        counts = await query.counts_of(tx.db, chosen, visit.ui.zone)
        positions = await query.open_positions(tx.db)
        people = await recruiters(tx.db)
    by_stage: dict[int, list[ApplicationView]] = {stage.rank: [] for stage in groups}
    for row in rows:
        by_stage[row["stage"]].append(_view(visit, row))
    return await visit.page(
        "applications.html",
        chosen=chosen,
        groups=[stage for stage in groups if by_stage[stage.rank]],
        by_stage=by_stage,
        counts=counts,
        shown=sum(counts.groups.get(stage.rank, 0) for stage in groups),
        positions=positions,
        recruiters=people,
        vias=query.VIAS,
        matters=MATTERS,
    )


def _view(visit: Visit, row: Record) -> ApplicationView:
    return application_view(row, visit.now, visit.ui.zone, visit.session.recruiter.recruiter_id)


async def next_rows(visit: Visit) -> Response:
    """The next page of one group, to be put where its "more" row stood."""
    chosen = Filter.of(visit.query)
    before = place(visit.query.get("before", ""))
    if chosen.stage is None or before is None:
        return Response("This address is not complete.", 404)
    async with visit.ui.begin() as tx:
        rows = await query.next_page(tx.db, chosen, visit.ui.zone, before, PAGE_ROWS)
        counts = await query.counts_of(tx.db, chosen, visit.ui.zone)
    views = [_view(visit, row) for row in rows]
    shown = (number(visit.query.get("shown")) or 0) + len(views)
    left = max(counts.groups.get(chosen.stage.rank, 0) - shown, 0) if len(views) == PAGE_ROWS else 0
    return visit.part(
        "parts/more_rows.html", rows=views, chosen=chosen, stage=chosen.stage, shown=shown, left=left
    )


async def changed_rows(visit: Visit) -> Response:
    """Rows that changed, to be morphed in place, and the counts of the groups under the page's filter."""
    chosen = Filter.of(visit.query)
    ids = numbers(visit.query.get("ids", "").split(","))
    async with visit.ui.begin() as tx:
        rows = await query.rows_by_id(tx.db, ids[:MOST_CHANGED]) if ids else []
        counts = await query.counts_of(tx.db, chosen, visit.ui.zone)
    views = [_view(visit, row) for row in rows]
    return visit.part("parts/changed_rows.html", rows=views, counts=counts, chosen=chosen)


async def find(visit: Visit) -> Response:
    """Applications by name, number or reference, for assigning something to one of them."""
    search = visit.query.get("q", "").strip()
    return visit.part("parts/found.html", rows=await found(visit, search), search=search)


async def found(visit: Visit, search: str) -> list[ApplicationView]:
    """The open ones that fit; none for less than two letters."""
    search = search.strip()
    if len(search) < 2:
        return []
    async with visit.ui.begin() as tx:
        rows = await query.open_ones(tx.db, Filter(search=search), visit.ui.zone, MOST_FOUND)
    return [_view(visit, row) for row in rows]
