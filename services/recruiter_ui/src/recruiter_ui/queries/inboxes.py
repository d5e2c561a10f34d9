"""Every position, for choosing one."""

from __future__ import annotations

from chassis.tx import Database

from recruiter_ui.queries.fetching import Record, many


async def positions(db: Database) -> list[Record]:
    return await many(
        db, "SELECT * FROM positions WHERE title IS NOT NULL ORDER BY status = 'closed', title, position_id"
    )
