"""Channels to which our access is lost: nothing leaves or arrives there until a person mends it."""

from __future__ import annotations

from chassis.tx import Database

from recruiter_ui.queries.fetching import Record, many


async def lost_channels(db: Database) -> list[Record]:
    return await many(
        db,
        "SELECT channel, problem, what_to_do, said_at FROM connections WHERE state = 'lost' ORDER BY channel",
    )
