"""Messages handled inside a transaction: a batch in one, and one by one when something in it fails."""

from __future__ import annotations

import time
from collections.abc import Mapping
from datetime import UTC, datetime
from itertools import groupby

from contracts import Envelope, Event

from chassis import inbox
from chassis.binding import Call
from chassis.handlers import Form
from chassis.pulling import Delivery
from chassis.settling import Incoming, Settling
from chassis.telemetry import span
from chassis.transaction import PostgresTx, Unit


class Batches:
    """The forms MESSAGE (handlers one after another) and BATCH (one call with all of them)."""

    def __init__(self, settling: Settling, calls: Mapping[type[Event], Call], form: Form, size: int) -> None:
        self._settling = settling
        self._calls = calls
        self._whole = form is Form.BATCH
        self._size = size
        metrics, name = settling.metrics, settling.consumer
        self._handled = metrics.handled.labels(name)
        self._repeated = metrics.repeated.labels(name)
        self._seconds = metrics.seconds.labels(name)

    @property
    def room(self) -> int:
        return self._size

    async def finish(self, within: float) -> None:
        """Nothing is left behind between two calls of ``process``."""

    async def process(self, deliveries: list[Delivery]) -> None:
        began = time.perf_counter()
        ready = [
            incoming
            for incoming in map(self._settling.read, sorted(deliveries, key=_place))
            if not await self._settling.must_wait(incoming)
        ]
        if not ready:
            return
        if any(incoming.unreadable for incoming in ready) or not await self._succeeds(ready):
            await self._one_by_one(ready)
        self._seconds.observe(time.perf_counter() - began)

    async def _succeeds(self, ready: list[Incoming]) -> bool:
        """All of them in one transaction, or none."""
        try:
            await self._together(ready)
        except Exception as error:
            if len(ready) > 1:
                return False
            await self._settling.failed(ready[0], error)
            return True
        for incoming in ready:
            await self._settling.done(incoming)
        return True

    async def _one_by_one(self, ready: list[Incoming]) -> None:
        for incoming in ready:
            if await self._settling.must_wait(incoming):
                continue
            if incoming.unreadable is not None:
                await self._settling.failed(incoming, incoming.unreadable)
            else:
                await self._succeeds([incoming])

    async def _together(self, ready: list[Incoming]) -> None:
        envelopes = [incoming.envelope for incoming in ready if incoming.envelope is not None]
        async with self._settling.transactions.unit() as unit:
            ids = [envelope.id for envelope in envelopes]
            fresh = await inbox.claim(unit.db, self._settling.lease, ids, real_now())
            count = len(fresh)
            once: list[Envelope] = []
            for envelope in envelopes:
                if envelope.id in fresh:
                    fresh.discard(envelope.id)
                    once.append(envelope)
            if self._whole:
                await self._as_a_whole(unit, once)
            else:
                await self._one_after_another(unit, once)
        self._handled.inc(count)
        if count < len(ready):
            self._repeated.inc(len(ready) - count)

    async def _one_after_another(self, unit: Unit, envelopes: list[Envelope]) -> None:
        for envelope in envelopes:
            event = envelope.event
            with span(self._settling.consumer, envelope.traceparent):
                await self._calls[type(event)](event, PostgresTx(unit, envelope), envelope)

    async def _as_a_whole(self, unit: Unit, envelopes: list[Envelope]) -> None:
        """Several batch handlers of one consumer are called by runs of their kinds: order is kept."""
        for call, run in groupby(envelopes, key=lambda envelope: self._calls[type(envelope.event)]):
            mine = list(run)
            latest = max(mine, key=lambda envelope: envelope.time)
            with span(self._settling.consumer, latest.traceparent):
                await call(mine, PostgresTx(unit, latest), latest)


def _place(delivery: Delivery) -> int:
    return delivery.sequence


def real_now() -> datetime:
    return datetime.now(UTC)
