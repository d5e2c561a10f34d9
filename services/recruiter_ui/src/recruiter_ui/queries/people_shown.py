"""Applications with which words may be shown before they are sent."""

from __future__ import annotations

from chassis.tx import Database

from recruiter_ui.queries.fetching import Record, many

MOST = 6


async def people_to_show(db: Database, wanted: int | None) -> list[Record]:
    """The one that was asked for first, if there is one, then those in which something happened last."""
    return await many(
        db,
        """SELECT a.application_id, c.full_name, p.title
           FROM applications a JOIN candidates c USING (candidate_id) JOIN positions p USING (position_id)
           WHERE a.opened_at IS NOT NULL AND c.full_name IS NOT NULL AND p.title IS NOT NULL
             AND (a.application_id = $1 OR a.status <> 'closed')
           ORDER BY a.application_id = $1 DESC NULLS LAST, a.last_activity_at DESC NULLS LAST,
                    a.application_id DESC
           LIMIT $2""",
        wanted,
        MOST,
    )
