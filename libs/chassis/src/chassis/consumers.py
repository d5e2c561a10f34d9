"""One consumer of one service: hold its lease, pull, hand over, and begin anew after anything that broke.

A message is acked after the commit that carries its effect. Whatever is lost between is delivered again and
dropped by the inbox. Failures of the message's own are counted and deferred (``settling``); failures of ours
(database, bus, lease) end the session, count against nobody and begin it anew.
"""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from typing import Protocol

import structlog
from nats.errors import Error as NatsError

from chassis import deferrals
from chassis.batches import Batches
from chassis.binding import Ports, bind
from chassis.bus import Bus
from chassis.handlers import Consumer, Form
from chassis.lanes import Lanes
from chassis.leases import Lease, LeaseLost, Leases, NoMoreLeases
from chassis.metrics import Metrics
from chassis.pulling import Delivery, PullSession, SessionOver
from chassis.pulse import Pulse
from chassis.settings import ServiceSettings
from chassis.settling import Settling
from chassis.telemetry import where_it_failed
from chassis.transaction import Transactions

_log = structlog.get_logger(__name__)

_TAKE_TIMEOUT = 1.0


class Work(Protocol):
    """How the messages of one form are handled."""

    @property
    def room(self) -> int:
        """How many more messages it can take now."""

    async def process(self, deliveries: list[Delivery]) -> None:
        """Raises only for failures of ours."""

    async def finish(self, within: float) -> None:
        """Let what was begun come to its end."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What every consumer of a service shares."""

    bus: Bus
    leases: Leases
    transactions: Transactions
    settings: ServiceSettings
    metrics: Metrics


class ConsumerRunner:
    def __init__(self, consumer: Consumer, ports: Ports, around: Surroundings) -> None:
        self.name = consumer.name
        self._consumer = consumer
        self._around = around
        self._calls = {
            event: bind(handler, ports, takes_begin=consumer.form is Form.EFFECT)
            for handler in consumer.handlers
            for event in handler.events
        }
        self._session: PullSession | None = None
        self._stopping = False
        self.holding = False
        self.started = False
        """Whether it has consumed, or stood by for who does, since the process began."""
        self.pulse = Pulse()
        self.trouble: str | None = None
        """Why it does not consume at the moment; None when it does."""

    async def run(self) -> None:
        """Until ``stop``; never raises for anything that time can heal."""
        pause = 0.1
        while not self._stopping:
            self.pulse.beat()
            try:
                async with self._around.leases.held(self.name, self.pulse, self._stand_by) as lease:
                    pause = 0.1
                    await self._hold(lease)
            except NoMoreLeases:
                return
            except LeaseLost:
                _log.warning("lease_lost", consumer=self.name)
            except Exception as failure:
                self.trouble = type(failure).__name__
                _log.warning("consumer_interrupted", consumer=self.name, **where_it_failed(failure))
            await self._rest(pause)
            pause = min(pause * 2, 2.0)

    def stop(self) -> None:
        """Take nothing more; ``run`` ends when what was taken is settled."""
        self._stopping = True
        if self._session is not None:
            self._session.wake()

    def _stand_by(self) -> None:
        self.started = True

    async def _rest(self, seconds: float) -> None:
        if not self._stopping:
            await asyncio.sleep(seconds)

    async def _hold(self, lease: Lease) -> None:
        pause = 0.05
        while not self._stopping and not lease.lost.is_set():
            began = time.monotonic()
            self.pulse.beat()
            if not self._around.bus.connected:
                self.trouble = "nats is not reached"
                await self._rest(0.1)
                continue
            try:
                await self._session_under(lease)
            except (SessionOver, NatsError, TimeoutError) as over:
                self.trouble = str(over) or type(over).__name__
                _log.info("session_over", consumer=self.name, why=self.trouble)
                pause = 0.05 if time.monotonic() - began > 10 else min(pause * 2, 2.0)
                await self._rest(pause)

    async def _session_under(self, lease: Lease) -> None:
        around, effect = self._around, self._consumer.form is Form.EFFECT
        settings = around.settings
        async with around.transactions.unit() as unit:
            line_up = deferrals.LineUp(await deferrals.load(unit.db, self.name))
        batch = min(settings.batch_size, 2 * self._consumer.concurrency) if effect else settings.batch_size
        session = PullSession(around.bus, self.name, batch, settings.consumer_ack_wait_seconds)
        settling = Settling(self.name, around, session, lease, line_up)
        work: Work = (
            Lanes(settling, self._calls, self._consumer.concurrency)
            if effect
            else Batches(settling, self._calls, self._consumer.form, settings.batch_size)
        )
        try:
            await session.open()
            self._session, self.holding, self.started, self.trouble = session, True, True, None
            around.metrics.holding.labels(self.name).set(1)
            await self._consume(session, work, lease, line_up)
            await work.finish(settings.drain_seconds)
        finally:
            self._session, self.holding = None, False
            around.metrics.holding.labels(self.name).set(0)
            await work.finish(0)
            await session.close()

    async def _consume(
        self, session: PullSession, work: Work, lease: Lease, line_up: deferrals.LineUp
    ) -> None:
        patience = 3 * self._around.settings.consumer_ack_wait_seconds
        deferred = self._around.metrics.deferred.labels(self.name)
        while not self._stopping:
            self.pulse.beat()
            if lease.lost.is_set():
                raise LeaseLost(self.name)
            deliveries = await session.take(work.room, _TAKE_TIMEOUT)
            await work.process(deliveries)
            deferred.set(len(line_up))
            if line_up.overdue(patience):  # whoever stands behind them comes all the time, and goes back
                raise SessionOver("somebody in line never came")
