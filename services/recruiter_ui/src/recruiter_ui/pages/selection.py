"""Whom a form of the list means: those who are ticked, or, as a second step, everybody its filter finds."""

from __future__ import annotations

from urllib.parse import parse_qsl

from recruiter_ui.domain.reading import numbers
from recruiter_ui.queries import applications as query
from recruiter_ui.queries.applications import Filter
from recruiter_ui.web import Visit


def filter_of(visit: Visit) -> Filter:
    """The list's filter, which travels with the form."""
    return Filter.of(dict(parse_qsl(visit.field("filter"))))


async def selected(visit: Visit) -> list[int]:
    """Empty where nobody is ticked."""
    if visit.field("everyone") == "yes":
        async with visit.ui.begin() as tx:
            return await query.matching_ids(tx.db, filter_of(visit), visit.ui.zone)
    return numbers(visit.form.getlist("application"))
