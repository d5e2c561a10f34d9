"""The opening line anew, while a recruiter changes what it is made of."""

from __future__ import annotations

from starlette.responses import Response

from recruiter_ui.domain.reading import typed
from recruiter_ui.web import Visit


async def show(visit: Visit) -> Response:
    values = {
        "language": visit.query.get("language", ""),
        "employer": typed(visit.query.get("employer", ""))[:200],
        "record_calls": visit.query.get("record_calls") == "yes",
    }
    return visit.part("parts/position_opening.html", values=values)
