"""Work that is due again and again, on one replica at a time: an outside system that has to be asked."""

from __future__ import annotations

import asyncio
import inspect
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, get_type_hints

import structlog

from chassis.binding import Ports, bind_free
from chassis.clock import Clock
from chassis.leases import Leases, NoMoreLeases
from chassis.telemetry import where_it_failed

_log = structlog.get_logger(__name__)

_FLOOR = 0.2
"""Real seconds between two runs, however fast the clock goes."""


@dataclass(frozen=True, slots=True)
class Periodic:
    """Run ``function`` every so often on the service's clock; its parameters are ports, by annotation."""

    name: str
    every: timedelta
    function: Callable[..., Awaitable[Any]]

    def parameters(self) -> dict[str, Any]:
        hints = get_type_hints(self.function)
        return {name: hints[name] for name in inspect.signature(self.function).parameters}


class PeriodicRunner:
    """Runs when it gets the lease, then at the interval; a failed run is logged and the next one comes."""

    def __init__(self, periodic: Periodic, ports: Ports, leases: Leases, clock: Clock) -> None:
        self.name = periodic.name
        self._every = periodic.every
        self._call = bind_free(periodic.function, periodic.parameters(), ports)
        self._leases, self._clock = leases, clock
        self._stopping = asyncio.Event()

    def stop(self) -> None:
        self._stopping.set()

    async def run(self) -> None:
        try:
            while not self._stopping.is_set():
                async with self._leases.held(f"periodic:{self.name}") as lease:
                    while not self._stopping.is_set() and not lease.lost.is_set():
                        await self._once()
                        await self._pause()
        except NoMoreLeases:
            return

    async def _once(self) -> None:
        try:
            await self._call()
        except Exception as failure:
            _log.warning("periodic_failed", periodic=self.name, **where_it_failed(failure))

    async def _pause(self) -> None:
        """Looks at the clock again and again: its pace may change while we wait."""
        due = self._clock.now() + self._every
        earliest = time.monotonic() + _FLOOR
        while not self._stopping.is_set():
            left = max(self._clock.real_seconds(due - self._clock.now()), earliest - time.monotonic())
            if left <= 0:
                return
            try:
                async with asyncio.timeout(min(left, 0.5)):
                    await self._stopping.wait()
            except TimeoutError:
                continue
