"""Reading what happened, and putting it back: for the command line, not for services.

The outboxes of all services, merged by (time, event id), are the history; the stream is made from it and can
be made again. ``Nats-Msg-Id`` keeps a second publication of the same event out.
"""

from __future__ import annotations

import heapq
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Any

import asyncpg
from contracts import Envelope
from contracts.envelope import parse_envelope
from contracts.streams import DEAD_LETTERS, EVENTS
from nats.js import JetStreamContext
from nats.js.api import AckPolicy, ConsumerConfig, DeliverPolicy

from chassis import dead_letters
from chassis.bus import Bus
from chassis.database import plain_url
from chassis.publishing import Outbound, Publisher
from chassis.relay import outbound

_READ = """
SELECT id, event_id, type, time, candidate_id, application_id, correlation_id, causation_id, traceparent, data
FROM outbox WHERE sent_at IS NOT NULL ORDER BY time, event_id
"""
_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Outbox:
    """Where one service keeps what it said; ``service`` is the source of its events."""

    service: str
    database_url: str
    schema: str


async def merged(outboxes: Sequence[Outbox]) -> AsyncIterator[Outbound]:
    """Every sent event of all services in causal order, without holding them in memory."""
    async with AsyncExitStack() as stack:
        readers = []
        for outbox in outboxes:
            connection = await asyncpg.connect(
                plain_url(outbox.database_url), server_settings={"search_path": outbox.schema}
            )
            stack.push_async_callback(connection.close)
            await stack.enter_async_context(
                connection.transaction(isolation="repeatable_read", readonly=True)
            )
            readers.append((outbox.service, aiter(connection.cursor(_READ, prefetch=_AT_ONCE))))
        heads: list[tuple[Any, Any, int, Outbound]] = []

        async def advance(place: int) -> None:
            service, rows = readers[place]
            row = await anext(rows, None)
            if row is not None:
                heapq.heappush(heads, (row["time"], row["event_id"], place, outbound(service, row)))

        for place in range(len(readers)):
            await advance(place)
        while heads:
            *_, place, message = heapq.heappop(heads)
            yield message
            await advance(place)


async def rebuild(bus: Bus, outboxes: Sequence[Outbox]) -> int:
    """Put the whole history on the stream in order; answers how many events it holds.

    Meant for a stream that was lost: one that still holds its events would get those again that are older
    than its duplicate window.
    """
    publisher = Publisher(bus, timeout=30)
    await publisher.open()
    count = 0
    try:
        batch: list[Outbound] = []
        async for message in merged(outboxes):
            batch.append(message)
            if len(batch) == _AT_ONCE:
                await publisher.publish(batch)
                count, batch = count + len(batch), []
        if batch:
            await publisher.publish(batch)
        return count + len(batch)
    finally:
        await publisher.close()


async def timeline(
    js: JetStreamContext, *, application_id: int | None = None, candidate_id: int | None = None
) -> AsyncIterator[Envelope]:
    """Everything about one application or one person, in stream order."""
    candidate = "*" if candidate_id is None else str(candidate_id)
    application = "*" if application_id is None else str(application_id)
    async for message in stored(js, EVENTS.name, f"evt.*.*.*.*.{candidate}.{application}"):
        yield parse_envelope(message.headers, message.data)


@dataclass(frozen=True, slots=True)
class Stored:
    sequence: int
    subject: str
    headers: dict[str, str]
    data: bytes


async def stored(js: JetStreamContext, stream: str, subject: str, start: int = 1) -> AsyncIterator[Stored]:
    """The messages of a stream from a sequence on that match a subject, as they are at this moment."""
    config = ConsumerConfig(
        ack_policy=AckPolicy.NONE,
        deliver_policy=DeliverPolicy.BY_START_SEQUENCE,
        opt_start_seq=start,
        filter_subjects=[subject],
        inactive_threshold=30,
        mem_storage=True,
    )
    info = await js.add_consumer(stream, config)
    subscription = await js.pull_subscribe_bind(info.name, stream)
    left = info.num_pending or 0
    try:
        while left > 0:
            for message in await subscription.fetch(min(left, _AT_ONCE), timeout=5):
                left -= 1
                place = message.metadata.sequence.stream
                yield Stored(place, message.subject, dict(message.headers or {}), message.data)
    finally:
        await subscription.unsubscribe()
        await js.delete_consumer(stream, info.name)


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A message that was given up; ``sequence`` is its place among the dead letters."""

    sequence: int
    consumer: str
    reason: str
    attempts: int
    subject: str
    stream_sequence: int
    failed_at: str
    event_id: str | None
    data: bytes


async def dead_letters_of(js: JetStreamContext, consumer: str = "*") -> AsyncIterator[DeadLetter]:
    async for message in stored(js, DEAD_LETTERS.name, f"dlq.{consumer}"):
        headers = message.headers
        yield DeadLetter(
            sequence=message.sequence,
            consumer=headers.get(dead_letters.CONSUMER, message.subject.removeprefix("dlq.")),
            reason=headers.get(dead_letters.REASON, ""),
            attempts=int(headers.get(dead_letters.ATTEMPTS, "0")),
            subject=headers.get(dead_letters.SUBJECT, ""),
            stream_sequence=int(headers.get(dead_letters.SEQUENCE, "0")),
            failed_at=headers.get(dead_letters.FAILED_AT, ""),
            event_id=headers.get("ce-id"),
            data=message.data,
        )
