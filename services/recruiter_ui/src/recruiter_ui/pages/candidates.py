"""Candidates: everybody, searched and narrowed, page by page."""

from __future__ import annotations

from starlette.responses import Response

from recruiter_ui.domain import candidate_words as words
from recruiter_ui.domain.reading import place
from recruiter_ui.queries import candidates as query
from recruiter_ui.queries.candidates import Filter
from recruiter_ui.web import Visit

PAGE_ROWS = 50


async def show(visit: Visit) -> Response:
    chosen = Filter.of(visit.query)
    before = place(visit.query.get("before", ""))
    async with visit.ui.begin() as tx:
        rows = await query.page(tx.db, chosen, before, PAGE_ROWS + 1)
        total = await query.count(tx.db, chosen)
        positions = await query.positions(tx.db)
    older = None
    if len(rows) > PAGE_ROWS:
        rows.pop()
        older = chosen.address(before=f"{rows[-1]['first_seen_at'].isoformat()}_{rows[-1]['candidate_id']}")
    return await visit.page(
        "candidates.html",
        rows=rows,
        chosen=chosen,
        total=total,
        first=before is None,
        older=older,
        positions=positions,
        words=words,
    )
