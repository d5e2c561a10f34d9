"""Looks whether the work is really being done; what it finds decides liveness and readiness (law 7).

Alive but not ready: a server is away, or the bus is not provisioned yet. Not alive: a consumer that existed
is gone, or a loop does not go round any more. Time does not heal those, a restart may.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import structlog
from nats.errors import Error as NatsError
from nats.js.errors import NotFoundError

from chassis.bus import Bus
from chassis.consumers import ConsumerRunner
from chassis.database import Pool
from chassis.metrics import Metrics
from chassis.pulse import Pulse
from chassis.telemetry import where_it_failed

_log = structlog.get_logger(__name__)


class Watchdog:
    def __init__(
        self,
        bus: Bus,
        pool: Pool,
        consumers: Sequence[ConsumerRunner],
        loops: dict[str, Pulse],
        metrics: Metrics,
        every: float,
        stuck_after: float,
    ) -> None:
        self._bus, self._pool, self._consumers = bus, pool, consumers
        self._loops, self._metrics = loops, metrics
        self._every, self._stuck_after = every, stuck_after
        self._met: set[str] = set()
        self._gone: set[str] = set()
        self._missing: set[str] = set()
        self._database_trouble: str | None = None
        self.looked = False

    async def run(self) -> None:
        while True:
            try:
                await self._look()
            except Exception as failure:
                _log.warning("watchdog_failed", **where_it_failed(failure))
            await asyncio.sleep(self._every)

    def fatal(self) -> list[str]:
        """Why the process should be replaced; empty when it should not."""
        stuck = [
            f"{name} does not go round"
            for name, pulse in self._loops.items()
            if pulse.silent_for() > self._stuck_after
        ]
        return [f"consumer {name} is gone" for name in sorted(self._gone)] + stuck

    def unready(self) -> list[str]:
        """What is missing for the work to be done; empty when it is done."""
        problems = list(self.fatal())
        if not self._bus.connected:
            problems.append("nats is not reached")
        if self._database_trouble:
            problems.append(f"database is not reached ({self._database_trouble})")
        problems += [f"consumer {name} is not provisioned" for name in sorted(self._missing)]
        problems += [f"consumer {one.name} is starting" for one in self._consumers if not one.started]
        if not self.looked:
            problems.append("starting")
        return problems

    async def _look(self) -> None:
        await self._look_at_database()
        if self._bus.connected:
            for runner in self._consumers:
                await self._look_at_consumer(runner.name)
        self.looked = True

    async def _look_at_database(self) -> None:
        try:
            async with asyncio.timeout(5):
                await self._pool.fetchval("SELECT 1")
        except Exception as failure:
            self._database_trouble = type(failure).__name__
        else:
            self._database_trouble = None

    async def _look_at_consumer(self, name: str) -> None:
        try:
            info = await self._bus.js.consumer_info(self._bus.stream, name)
        except NotFoundError:
            (self._gone if name in self._met else self._missing).add(name)
        except (NatsError, TimeoutError):
            return  # the bus is away: that is seen elsewhere, and is no proof against the consumer
        else:
            self._met.add(name)
            self._gone.discard(name)
            self._missing.discard(name)
            self._metrics.lag.labels(name).set((info.num_pending or 0) + (info.num_ack_pending or 0))
