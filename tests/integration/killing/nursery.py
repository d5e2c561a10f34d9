"""Processes of services that are killed and stand again at once: the other end of ``zygote``."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType

from chassis.servers import end_with_parent
from chassis.testing import eventually

ZYGOTE = Path(__file__).with_name("zygote.py")


@dataclass
class Nursery:
    """``bear`` starts a service; ``kill`` ends it with SIGKILL and returns when it is gone."""

    folder: Path
    mains: dict[str, str]
    """Service to the module whose ``main`` it is."""
    environments: dict[str, dict[str, str]] = field(default_factory=dict)
    pids: dict[str, int] = field(default_factory=dict)
    _zygote: asyncio.subprocess.Process | None = None

    async def __aenter__(self) -> Nursery:
        self._zygote = await asyncio.create_subprocess_exec(
            sys.executable,
            str(ZYGOTE),
            *self.mains.values(),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            preexec_fn=end_with_parent(),
        )
        assert await self._said() == "ready"
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for name in list(self.pids):
            await self.kill(name)
        assert self._zygote is not None
        self._zygote.kill()
        await self._zygote.wait()

    async def bear(self, name: str) -> None:
        """Start the service; it needs a moment until it works."""
        assert self._zygote is not None
        assert self._zygote.stdin is not None
        order = {
            "main": self.mains[name],
            "environment": self.environments[name],
            "log": str(self.log_of(name)),
        }
        self._zygote.stdin.write(json.dumps(order).encode() + b"\n")
        self.pids[name] = int(await self._said())

    async def kill(self, name: str) -> None:
        """kill -9; who had ended before is a failure of the test."""
        pid = self.pids.pop(name)
        os.kill(pid, signal.SIGKILL)

        async def gone() -> bool:
            try:
                os.kill(pid, 0)
            except ProcessLookupError:
                return True
            return False

        await eventually(gone, every=0.002, what=f"{name} is gone")

    def log_of(self, name: str) -> Path:
        return self.folder / f"{name}.log"

    async def _said(self) -> str:
        assert self._zygote is not None
        assert self._zygote.stdout is not None
        line = (await asyncio.wait_for(self._zygote.stdout.readline(), 60)).decode().strip()
        assert line, "the zygote ended"
        return line
