"""Trouble made on purpose in the middle of a run: a process killed, the bus stopped."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import asyncpg
from contracts import Event
from contracts.calling import CallBatchPrepared
from contracts.cv_matching import MatchRequested
from contracts.gateway import ElevenLabsWebhookReceived
from contracts.intake import ApplicationStatusChanged
from contracts.messaging import MessageComposed
from contracts.scoring import EvaluationRequested
from rich.console import Console

from ops.demo.outside import Outside
from ops.instance import Instance
from ops.say import Trouble
from ops.topology import SANDBOX

AT_WORK: dict[str, type[Event]] = {
    "gateway": ElevenLabsWebhookReceived,
    "intake": ApplicationStatusChanged,
    "calling": CallBatchPrepared,
    "scoring": EvaluationRequested,
    "messaging": MessageComposed,
    "cv_matching": MatchRequested,
}
"""What each service says when it has begun something that it must not forget."""

_BETWEEN = 0.01
_LOOKS = 12_000


class Disturbance:
    """``under_way`` makes the trouble while its block runs, and waits until it was made and healed."""

    def __init__(
        self,
        instance: Instance,
        kill: str | None = None,
        stop_nats: float = 0.0,
        console: Console | None = None,
    ) -> None:
        if kill is not None and kill not in instance.names:
            raise Trouble(f"There is no {kill} to kill. There are: {', '.join(instance.names)}.")
        self._instance, self._kill, self._stop_nats = instance, kill, stop_nats
        self._console = console

    @asynccontextmanager
    async def under_way(self) -> AsyncIterator[None]:
        trouble = asyncio.create_task(self._make())
        try:
            yield
            await trouble
        finally:
            trouble.cancel()

    async def _make(self) -> None:
        if self._kill is not None:
            await self._at_work(self._kill)
            self._instance.kill(self._kill)
            self._say(f"kill -9 {self._kill}")
            await self._instance.restart(self._kill)
            self._say(f"{self._kill} runs again")
        if self._stop_nats:
            await self._at_work("calling")
            self._instance.ground.nats.stop()
            self._say(f"NATS stopped for {self._stop_nats:g} s")
            await asyncio.sleep(self._stop_nats)
            self._instance.ground.nats.start()
            self._say("NATS runs again")

    async def _at_work(self, name: str) -> None:
        """Returns when the process has just begun to do in this run what it is there for."""
        db = await asyncpg.connect(self._instance.ground.admin_url)
        try:
            before = await self._done(name, db)
            for _ in range(_LOOKS):
                if await self._done(name, db) > before:
                    return
                await asyncio.sleep(_BETWEEN)
        finally:
            await db.close()
        raise Trouble(f"{name} never came to its work, so it was not disturbed in it.")

    async def _done(self, name: str, db: asyncpg.Connection[Any]) -> int:
        if name == SANDBOX:
            return (await Outside(self._instance.sandbox_url).counts()).get("elevenlabs.call", 0)
        if name not in AT_WORK:
            return int(await db.fetchval(f"SELECT count(*) FROM {name}.inbox"))
        said = f"SELECT count(*) FROM {name}.outbox WHERE type = $1 AND due_at IS NULL"
        return int(await db.fetchval(said, AT_WORK[name].type()))

    def _say(self, line: str) -> None:
        if self._console is not None:
            self._console.print(line)
