"""Moves what was said from the outbox to the stream: in order, one replica at a time, as soon as it is there.

A row stays in the outbox when it was sent; only its ``sent_at`` changes. A timer that has come due gets a new
place at the end of the queue and the time at which it fired, in one transaction; from then on it can't be
taken back. A publication that fails stops the run, which begins again at the first row without confirmation.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import asyncpg
import structlog
from contracts.envelope import CONTENT_TYPE, SPEC_VERSION, format_time

from chassis.bus import Bus
from chassis.clock import Clock
from chassis.database import Pool
from chassis.leases import Lease, Leases, NoMoreLeases
from chassis.metrics import Metrics
from chassis.outbox import HybridClock
from chassis.publishing import LARGEST_BYTES, NotStored, Outbound, Publisher
from chassis.pulse import Pulse
from chassis.telemetry import where_it_failed

_log = structlog.get_logger(__name__)

LEASE = "relay"
_RUN = 1_000
_RUN_BYTES = LARGEST_BYTES
"""What is behind waits on disk, not in memory, however large events are."""
_POLL = 0.2
"""Seconds after which other replicas' rows and changes of the clock's pace are noticed."""

_READY = """
SELECT id, event_id, type, time, candidate_id, application_id, correlation_id, causation_id, traceparent,
       data, ready
FROM (
    SELECT *, sum(octet_length(data)) OVER (ORDER BY id) - octet_length(data) AS bytes_before,
           count(*) OVER () AS ready
    FROM (SELECT * FROM outbox WHERE sent_at IS NULL AND due_at IS NULL ORDER BY id LIMIT $1) AS first
) AS measured
WHERE bytes_before = 0 OR bytes_before + octet_length(data) <= $2 ORDER BY id
"""
_DUE = """
SELECT id, time FROM outbox WHERE due_at <= $1 ORDER BY due_at, id LIMIT $2 FOR UPDATE SKIP LOCKED
"""
_FIRE = """
UPDATE outbox SET id = fired.new_id, time = fired.time, due_at = NULL
FROM (
    SELECT old_id, time, nextval(pg_get_serial_sequence('outbox', 'id')) AS new_id
    FROM (SELECT * FROM unnest($1::bigint[], $2::timestamptz[]) WITH ORDINALITY AS row (old_id, time, place)
          ORDER BY place) AS due
) AS fired
WHERE outbox.id = fired.old_id
"""
_SENT = "UPDATE outbox SET sent_at = $1 WHERE id = ANY($2::bigint[])"


class Relay:
    def __init__(
        self,
        source: str,
        pool: Pool,
        bus: Bus,
        leases: Leases,
        clock: Clock,
        hybrid_clock: HybridClock,
        metrics: Metrics,
    ) -> None:
        self._source, self._pool, self._bus, self._leases = source, pool, bus, leases
        self._clock, self._hybrid_clock, self._metrics = clock, hybrid_clock, metrics
        self._said = asyncio.Event()
        self._stopping = False
        self.pulse = Pulse()
        self.trouble: str | None = None

    def wake(self) -> None:
        """Something was committed."""
        self._said.set()

    def stop(self) -> None:
        """What is ready is still sent."""
        self._stopping = True
        self._said.set()

    async def run(self) -> None:
        pause = 0.1
        while not self._stopping:
            self.pulse.beat()
            try:
                async with self._leases.held(LEASE, self.pulse) as lease:
                    await self._relay_under(lease)
            except NoMoreLeases:
                return
            except NotStored as refused:
                self._complain(str(refused))
                pause = min(pause * 2, 2.0) if refused.confirmed == 0 else 0.1
                await asyncio.sleep(pause)
            except Exception as failure:
                self._complain(type(failure).__name__)
                _log.warning("relay_interrupted", **where_it_failed(failure))
                await asyncio.sleep(pause)

    def _complain(self, why: str) -> None:
        if self.trouble is None:
            _log.warning("relay_stopped", why=why)
        self.trouble = why

    async def _relay_under(self, lease: Lease) -> None:
        publisher = Publisher(self._bus)
        await publisher.open()
        try:
            while not lease.lost.is_set():
                self.pulse.beat()
                self._said.clear()
                if not self._bus.connected and not self._stopping:
                    await asyncio.sleep(0.1)
                    continue
                next_due = await self._fire_due()
                more = await self._send_ready(publisher)
                self.trouble = None
                if more:
                    continue
                if self._stopping:
                    return
                await self._wait(next_due)
        finally:
            await publisher.close()

    async def _wait(self, next_due: datetime | None) -> None:
        seconds = _POLL
        if next_due is not None:
            seconds = min(seconds, max(0.001, self._clock.real_seconds(next_due - self._clock.now())))
        try:
            async with asyncio.timeout(seconds):
                await self._said.wait()
        except TimeoutError:
            return

    async def _fire_due(self) -> datetime | None:
        """Timers whose time has come join the queue; answers when the next one will."""
        next_due: datetime | None = await self._pool.fetchval(
            "SELECT min(due_at) FROM outbox WHERE due_at IS NOT NULL"
        )
        now = self._clock.now()
        if next_due is None or next_due > now:
            return next_due
        async with self._pool.acquire() as db, db.transaction():
            due = await db.fetch(_DUE, now, _RUN)
            times = [self._hybrid_clock.stamp(row["time"]) for row in due]
            await db.execute(_FIRE, [row["id"] for row in due], times)
        return now

    async def _send_ready(self, publisher: Publisher) -> bool:
        """Only what was confirmed is marked, whatever breaks. Answers whether there is more."""
        rows = await self._pool.fetch(_READY, _RUN, _RUN_BYTES)
        ready = rows[0]["ready"] if rows else 0
        self._metrics.unsent.set(ready)
        if not rows:
            return False
        try:
            await publisher.publish([outbound(self._source, row) for row in rows])
        except NotStored as refused:
            await self._mark(rows[: refused.confirmed])
            raise
        await self._mark(rows)
        return bool(ready == _RUN or ready > len(rows))

    async def _mark(self, rows: Sequence[asyncpg.Record]) -> None:
        if rows:
            await self._pool.execute(_SENT, datetime.now(UTC), [row["id"] for row in rows])
            self._metrics.relayed.inc(len(rows))


def outbound(source: str, row: Any) -> Outbound:
    """An outbox row as it travels: the envelope of ``contracts.envelope``, made without parsing the data."""
    candidate, application = row["candidate_id"], row["application_id"]
    event_id, causation, trace = str(row["event_id"]), row["causation_id"], row["traceparent"]
    headers = {
        "Nats-Msg-Id": event_id,
        "ce-specversion": SPEC_VERSION,
        "ce-id": event_id,
        "ce-type": row["type"],
        "ce-source": source,
        "ce-time": format_time(row["time"]),
        "ce-correlationid": str(row["correlation_id"]),
        "content-type": CONTENT_TYPE,
    }
    if application is not None:
        headers["ce-subject"] = f"application/{application}"
    elif candidate is not None:
        headers["ce-subject"] = f"candidate/{candidate}"
    if causation is not None:
        headers["ce-causationid"] = str(causation)
    if trace:
        headers["traceparent"] = trace
    ids = f"{'-' if candidate is None else candidate}.{'-' if application is None else application}"
    return Outbound(f"evt.{row['type']}.{ids}", row["data"].encode(), headers)
