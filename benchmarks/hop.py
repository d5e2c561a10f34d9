"""One hop through the real chassis: consume, inbox, state change, outbox, relay to the stream, ack.

    python -m benchmarks.hop [--events 20000]

Starts its own NATS and PostgreSQL (fsync on) from their wheels in a throw-away folder. In one process:
a handler per message (one SQL statement per event), a handler per batch (one statement per batch), and beside
them raw nats-py and asyncpg doing the same by hand; then all three with the bus on ``sync_interval: always``.
Time runs from the first batch committed to the last event confirmed by the stream and marked sent; CPU is
that of this process, the servers not counted. Ends with one JSON line.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import nats
import uvloop
from chassis import Handlers, Service, ServiceSettings, Tx
from chassis.ids import new_id
from chassis.provisioner import ConsumerDeclaration, consumers_of, provision
from chassis.servers import NatsServer, PostgresServer
from chassis.telemetry import set_up_logging
from contracts import Envelope
from contracts.calling import CallDeferred
from contracts.envelope import parse_envelope
from contracts.messaging import CandidateUnreachable

from benchmarks.hop_ground import Ground

ONE = "UPDATE state SET seen = seen + 1 WHERE application_id = $1"
MANY = """
UPDATE state SET seen = seen + given.count
FROM (SELECT id, count(*) FROM unnest($1::bigint[]) AS u (id) GROUP BY id) AS given
WHERE application_id = given.id
"""
TARGETS = {"message": 2_500.0, "batch": 6_000.0}


@dataclass(frozen=True)
class Figure:
    """Events per second of wall time, and microseconds of this process's CPU per event."""

    rate: float
    cpu_us: float


def answer_to(event: CandidateUnreachable) -> CallDeferred:
    return CallDeferred(
        candidate_id=event.candidate_id,
        application_id=event.application_id,
        until=None,
        reason=event.reason,
    )


def per_message() -> Handlers:
    handlers = Handlers("intake")

    @handlers.on(CandidateUnreachable)
    async def count_one(event: CandidateUnreachable, tx: Tx) -> None:
        await tx.db.execute(ONE, event.application_id)
        tx.publish(answer_to(event))

    return handlers


def per_batch() -> Handlers:
    handlers = Handlers("intake")

    @handlers.on_batch(CandidateUnreachable)
    async def count_many(envelopes: Sequence[Envelope], tx: Tx) -> None:
        events = [e.event for e in envelopes if isinstance(e.event, CandidateUnreachable)]
        await tx.db.execute(MANY, [event.application_id for event in events])
        for event in events:
            tx.publish(answer_to(event))

    return handlers


def cpu() -> float:
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


async def until(done: Callable[[], object], every: float = 0.02) -> None:
    while not done():  # noqa: ASYNC110 - counters of the service have no event to wait for
        await asyncio.sleep(every)


async def through_chassis(ground: Ground, handlers: Handlers) -> Figure:
    client = await nats.connect(ground.nats_url)
    await provision(client.jetstream(), consumers_of(handlers))
    settings = ServiceSettings(
        database_url=ground.database.url,
        database_schema=ground.database.schema,
        nats_url=ground.nats_url,
        http_port=0,
        log_level="WARNING",
    )
    service = Service("intake", settings, handlers)
    [durable] = handlers.consumers
    handled = service.metrics.handled.labels(durable)._value
    relayed = service.metrics.relayed._value
    task = asyncio.create_task(service.serve())
    await until(lambda: handled.get() > 0, every=0.0005)
    start, cpu_start, first = time.perf_counter(), cpu(), handled.get()
    await until(lambda: relayed.get() >= ground.count)
    took, used = time.perf_counter() - start, cpu() - cpu_start
    service.stop()
    await task
    await client.close()
    await check(ground)
    return figure(ground.count - first, took, used)


async def by_hand(ground: Ground, batch: int = 200) -> Figure:
    """The same work with nothing but the two libraries, the way one would write it for speed."""
    client = await nats.connect(ground.nats_url, skip_subject_validation=True)
    js = client.jetstream(publish_async_max_pending=1_000)
    await provision(js, [ConsumerDeclaration("raw", (CandidateUnreachable.nats_filter(),))])
    subscription = await js.pull_subscribe_bind("raw", "EVENTS")
    db = await ground.connect()
    left = ground.count
    start, cpu_start = time.perf_counter(), cpu()
    while left:
        messages = await subscription.fetch(batch, timeout=5)
        envelopes = [parse_envelope(message.headers, message.data) for message in messages]
        said = [answer_to(e.event) for e in envelopes if isinstance(e.event, CandidateUnreachable)]
        ids = [new_id() for _ in said]
        now = datetime.now(UTC)
        async with db.transaction():
            await db.execute(
                "INSERT INTO inbox SELECT id, 'raw', $2 FROM unnest($1::uuid[]) AS u (id)"
                " ON CONFLICT DO NOTHING",
                [envelope.id for envelope in envelopes],
                now,
            )
            await db.execute(MANY, [event.application_id for event in said])
            await db.execute(
                "INSERT INTO outbox"
                " (event_id, type, time, candidate_id, application_id, correlation_id, data)"
                " SELECT id, $2, $3, c, a, id, d"
                " FROM unnest($1::uuid[], $4::bigint[], $5::bigint[], $6::text[]) AS u (id, c, a, d)",
                ids,
                CallDeferred.type(),
                now,
                [event.candidate_id for event in said],
                [event.application_id for event in said],
                [event.model_dump_json() for event in said],
            )
        for message in messages:
            await message.ack()
        rows = await db.fetch("SELECT id, event_id, data FROM outbox WHERE sent_at IS NULL ORDER BY id")
        waiting = []
        for row, event in zip(rows, said, strict=True):
            envelope = Envelope(row["event_id"], event.type(), "raw", now, event, row["event_id"])
            waiting.append(
                await js.publish_async(envelope.subject, row["data"].encode(), headers=envelope.headers())
            )
        await asyncio.gather(*waiting)
        await db.execute(
            "UPDATE outbox SET sent_at = $1 WHERE id = ANY($2::bigint[])", now, [row["id"] for row in rows]
        )
        left -= len(messages)
    took, used = time.perf_counter() - start, cpu() - cpu_start
    await db.close()
    await client.close()
    await check(ground)
    return figure(ground.count, took, used)


async def check(ground: Ground) -> None:
    """What was measured must also have been done."""
    db = await ground.connect()
    seen = await db.fetchval("SELECT sum(seen)::bigint FROM state")
    sent = await db.fetchval("SELECT count(*) FROM outbox WHERE sent_at IS NOT NULL")
    durable = await db.fetchval("SELECT current_setting('fsync')")
    await db.close()
    client = await nats.connect(ground.nats_url)
    stored = (await client.jetstream().stream_info("EVENTS")).state.messages
    await client.close()
    found = (seen, sent, stored, durable)
    assert found == (ground.count, ground.count, 2 * ground.count, "on"), found


def figure(count: float, seconds: float, used: float) -> Figure:
    return Figure(count / seconds, used / count * 1e6)


async def measure(events: int, folder: Path) -> dict[str, Figure]:
    postgres = PostgresServer(folder / "postgres")
    postgres.start()
    figures: dict[str, Figure] = {}
    try:
        for sync_always in (False, True):
            bus = NatsServer(folder / f"nats-{sync_always}", sync_always=sync_always)
            bus.start()
            try:
                for name, work in (
                    ("by hand", by_hand),
                    ("message", lambda ground: through_chassis(ground, per_message())),
                    ("batch", lambda ground: through_chassis(ground, per_batch())),
                ):
                    label = f"{name}, bus synced always" if sync_always else name
                    ground = await Ground.prepare(postgres, bus.url, events)
                    figures[label] = found = await work(ground)
                    cost = f"{found.cpu_us:6.0f} us CPU/event"
                    print(f"{label:32s} {found.rate:8,.0f} events/s  {cost}", flush=True)
            finally:
                bus.stop()
    finally:
        postgres.stop()
    return figures


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--events", type=int, default=20_000)
    arguments = parser.parse_args()
    set_up_logging("bench", "ERROR")
    with tempfile.TemporaryDirectory(prefix="recruitflow-hop-") as folder, suppress(KeyboardInterrupt):
        figures = uvloop.run(measure(arguments.events, Path(folder)))
        batch, message, peer = figures["batch"], figures["message"], figures["by hand"]
        line = {
            "name": "hop",
            "figure": round(batch.rate),
            "unit": "events/s, batch form",
            "peer": round(peer.rate),
            "ratio": round(batch.rate / peer.rate, 2),
            "per_message": round(message.rate),
            "cpu_us_per_event": {name: round(one.cpu_us) for name, one in figures.items()},
            "bus_synced_always": {
                name: round(figures[f"{name}, bus synced always"].rate)
                for name in ("by hand", "message", "batch")
            },
            "targets": TARGETS,
        }
        print(json.dumps(line))
        return 0
    return 130


if __name__ == "__main__":
    sys.exit(main())
