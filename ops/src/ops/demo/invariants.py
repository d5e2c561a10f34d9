"""What must hold at the end of every run, whatever was killed or stopped in it."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass
from typing import Any

import asyncpg
from chassis.history import dead_letters_of, stored
from contracts.streams import EVENTS
from nats.js import JetStreamContext

from ops.demo.outside import Outside
from ops.demo.stories import Story
from ops.topology import SERVICES


@dataclass(frozen=True, slots=True)
class Finding:
    """One invariant, whether it holds, and what was seen."""

    name: str
    holds: bool
    detail: str

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


async def examine(
    db: asyncpg.Connection[Any], js: JetStreamContext, outside: Outside, stories: dict[int, Story]
) -> list[Finding]:
    return [
        await _nobody_was_bothered_twice(outside),
        await _ledger_agrees(outside, stories),
        await _everything_was_sent(db),
        await _the_stream_holds_what_was_said(db, js),
        await _nothing_was_given_up(js),
    ]


async def _nobody_was_bothered_twice(outside: Outside) -> Finding:
    repeated = await outside.repeated()
    calls = await outside.ledger("call")
    messages = await outside.ledger("message")
    detail = f"{len(calls)} calls and {len(messages)} messages, {len(repeated)} of them repeated"
    return Finding("no attempt dialled twice, no message sent twice", not repeated, detail)


async def _ledger_agrees(outside: Outside, stories: dict[int, Story]) -> Finding:
    """Every call and message the outside world saw is one that we know of, and the other way round."""
    seen = (len(await outside.ledger("call")), len(await outside.ledger("message")))
    known = (
        sum(story.attempts for story in stories.values()),
        sum(sum(story.messages.values()) for story in stories.values()),
    )
    detail = f"outside {seen[0]} calls, {seen[1]} messages; by our own account {known[0]} and {known[1]}"
    return Finding("the outside world and we count the same", seen == known, detail)


async def _everything_was_sent(db: asyncpg.Connection[Any]) -> Finding:
    unsent = {
        service: count
        for service in SERVICES
        if (
            count := await db.fetchval(
                f"SELECT count(*) FROM {service}.outbox WHERE sent_at IS NULL AND due_at IS NULL"
            )
        )
    }
    return Finding("every outbox is sent", not unsent, f"unsent: {unsent or 'none'}")


async def _the_stream_holds_what_was_said(db: asyncpg.Connection[Any], js: JetStreamContext) -> Finding:
    said = {
        str(row["event_id"])
        for service in SERVICES
        for row in await db.fetch(f"SELECT event_id FROM {service}.outbox WHERE sent_at IS NOT NULL")
    }
    held = Counter([message.headers["ce-id"] async for message in stored(js, EVENTS.name, "evt.>")])
    missing, extra = said - held.keys(), held.keys() - said
    detail = (
        f"{len(said)} events said, {held.total()} on the stream, {len(missing)} missing, {len(extra)} unknown"
    )
    return Finding("the stream holds every event once", held.total() == len(said) and not missing, detail)


async def _nothing_was_given_up(js: JetStreamContext) -> Finding:
    letters = Counter([letter.consumer async for letter in dead_letters_of(js)])
    return Finding("no message was given up", not letters, f"dead letters: {dict(letters) or 'none'}")
