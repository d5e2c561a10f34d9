"""Trouble made on purpose in the middle of a run: a service killed, the bus stopped."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from rich.console import Console

from ops.instance import Instance
from ops.say import Trouble


class Disturbance:
    """``under_way`` makes the trouble while its block runs, and waits until it was made and healed."""

    def __init__(
        self, instance: Instance, kill: str | None, stop_nats: float, console: Console, after: float = 2.0
    ) -> None:
        if kill is not None and kill not in instance.names:
            raise Trouble(f"There is no {kill} to kill. There are: {', '.join(instance.names)}.")
        self._instance, self._kill, self._stop_nats = instance, kill, stop_nats
        self._console, self._after = console, after

    @asynccontextmanager
    async def under_way(self) -> AsyncIterator[None]:
        trouble = asyncio.create_task(self._make())
        try:
            yield
            await trouble
        finally:
            trouble.cancel()

    async def _make(self) -> None:
        if self._kill is None and not self._stop_nats:
            return
        await asyncio.sleep(self._after)
        if self._kill is not None:
            self._instance.kill(self._kill)
            self._console.print(f"kill -9 {self._kill}")
            await self._instance.restart(self._kill)
            self._console.print(f"{self._kill} runs again")
        if self._stop_nats:
            self._instance.ground.nats.stop()
            self._console.print(f"NATS stopped for {self._stop_nats:g} s")
            await asyncio.sleep(self._stop_nats)
            self._instance.ground.nats.start()
            self._console.print("NATS runs again")
