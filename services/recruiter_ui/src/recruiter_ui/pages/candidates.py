"""Candidates: who they are, where they came from, and every application of theirs."""

from __future__ import annotations

from urllib.parse import urlencode

from starlette.responses import Response

from recruiter_ui.domain.reading import place
from recruiter_ui.queries import detail as query
from recruiter_ui.queries.applications import search_pattern
from recruiter_ui.views import application_view
from recruiter_ui.web import Visit

PAGE_ROWS = 50


async def show(visit: Visit) -> Response:
    search = visit.query.get("q", "").strip()[:100]
    before = place(visit.query.get("before", ""))
    async with visit.ui.begin() as tx:
        rows = await query.candidates_page(
            tx.db, search_pattern(search) if search else "", before, PAGE_ROWS + 1
        )
    older = None
    if len(rows) > PAGE_ROWS:
        rows.pop()
        key = f"{rows[-1]['first_seen_at'].isoformat()}_{rows[-1]['candidate_id']}"
        older = urlencode({"q": search, "before": key} if search else {"before": key})
    return await visit.page("candidates.html", rows=rows, search=search, older=older)


async def show_one(visit: Visit) -> Response:
    candidate_id = visit.request.path_params["candidate_id"]
    async with visit.ui.begin() as tx:
        person = await query.find_candidate(tx.db, candidate_id)
        applications = await query.applications_of(tx.db, candidate_id)
        duplicates = await query.duplicates_of(tx.db, candidate_id)
    if person is None:
        return await visit.page(
            "message.html", status=404, title="Not found", text="There is no such candidate."
        )
    return await visit.page(
        "candidate.html",
        person=person,
        applications=[application_view(row, visit.now, visit.ui.zone) for row in applications],
        duplicates=duplicates,
    )
