"""Handlers that act on the outside world: no transaction around them, one application at a time, in order.

An effect runs again after a crash (``effects.once`` makes that harmless), so the inbox is written when it has
succeeded, in a small transaction of its own.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Mapping
from uuid import UUID

from contracts import Event

from chassis import inbox
from chassis.batches import real_now
from chassis.binding import Call
from chassis.deferrals import Key
from chassis.pulling import Delivery
from chassis.settling import Incoming, Settling
from chassis.telemetry import span


class Lanes:
    """A lane per application; at most ``concurrency`` lanes move at the same time."""

    def __init__(self, settling: Settling, calls: Mapping[type[Event], Call], concurrency: int) -> None:
        self._settling = settling
        self._calls = calls
        self._concurrency = concurrency
        self._lanes: dict[Key | UUID, deque[Incoming]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._moving = asyncio.Semaphore(concurrency)
        self._under_way: set[UUID] = set()
        self._trouble: BaseException | None = None
        self._freed = asyncio.Event()
        self._stopping = False
        metrics, name = settling.metrics, settling.consumer
        self._handled = metrics.handled.labels(name)
        self._repeated = metrics.repeated.labels(name)
        self._seconds = metrics.seconds.labels(name)

    @property
    def room(self) -> int:
        return max(0, 2 * self._concurrency - len(self._under_way))

    async def process(self, deliveries: list[Delivery]) -> None:
        """Puts them into their lanes; returns when there is room for more."""
        for delivery in sorted(deliveries, key=lambda one: one.sequence):
            incoming = self._settling.read(delivery)
            if incoming.event_id in self._under_way:
                self._settling.leave_to_the_first(delivery)
                continue
            if await self._settling.must_wait(incoming):
                continue
            self._under_way.add(incoming.event_id)
            key = incoming.key if incoming.key is not None else incoming.event_id
            lane = self._lanes.get(key)
            if lane is not None:
                lane.append(incoming)
                continue
            self._lanes[key] = deque([incoming])
            task = asyncio.create_task(self._drive(key), name=f"lane of {self._settling.consumer}")
            self._tasks.add(task)
            task.add_done_callback(self._ended)
        if self.room == 0 and self._trouble is None:
            self._freed.clear()
            try:
                async with asyncio.timeout(1.0):
                    await self._freed.wait()
            except TimeoutError:
                pass
        if self._trouble is not None:
            raise self._trouble

    async def finish(self, within: float) -> None:
        """Those that run may end; those that wait for their turn stay on the bus."""
        self._stopping = True
        if self._tasks and within > 0:
            await asyncio.wait(self._tasks, timeout=within)
        for task in tuple(self._tasks):
            task.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=2)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and task.exception() is not None:
            self._trouble = self._trouble or task.exception()
        self._freed.set()

    async def _drive(self, key: Key | UUID) -> None:
        lane = self._lanes[key]
        try:
            while lane:
                incoming = lane[0]
                async with self._moving:
                    if self._stopping or self._trouble is not None:
                        return
                    if not await self._settling.must_wait(incoming):
                        await self._act(incoming)
                lane.popleft()
                self._under_way.discard(incoming.event_id)
                self._freed.set()
        finally:
            del self._lanes[key]

    async def _act(self, incoming: Incoming) -> None:
        settling, envelope = self._settling, incoming.envelope
        if envelope is None:
            await settling.failed(incoming, incoming.unreadable or ValueError("no envelope"))
            return
        async with settling.transactions.unit() as unit:
            known = await inbox.seen(unit.db, settling.lease, envelope.id)
        if known:
            self._repeated.inc()
            await settling.done(incoming)
            return
        began = time.perf_counter()
        try:
            with span(settling.consumer, envelope.traceparent):
                begin = settling.transactions.caused_by(envelope)
                await self._calls[type(envelope.event)](envelope.event, begin, envelope)
        except Exception as error:
            await settling.failed(incoming, error)
            return
        finally:
            self._seconds.observe(time.perf_counter() - began)
        async with settling.transactions.unit() as unit:
            await inbox.claim(unit.db, settling.lease, [envelope.id], real_now())
        self._handled.inc()
        await settling.done(incoming)
