"""Drives the clock: slow while something is being done, from timer to timer while all are waiting."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from pathlib import Path

from chassis.clock import Pace, read_pace, write_pace

from ops.demo.pulse import Look, Pulse

WORKING = 60.0
"""Clock seconds per real second while something is being done."""
TOGETHER = timedelta(seconds=40)
"""What happens within so short a time happens in one go."""


class Pacemaker:
    """``run`` until ``done`` says so; ``look`` is what was seen last."""

    def __init__(self, clock_file: Path, start: datetime | None = None) -> None:
        """Without ``start`` it takes over a clock that runs already."""
        self._file = clock_file
        if start is not None:
            write_pace(clock_file, Pace(since=time.time(), shown=start, scale=1.0))
        self.look = Look(("starting",), None, ())

    def now(self) -> datetime:
        return read_pace(self._file).at(time.time())

    def begin(self) -> None:
        """Everything is started: from now on the clock is the demonstration's."""
        write_pace(self._file, read_pace(self._file).changed(WORKING, time.time()))

    async def until_settled(
        self, pulse: Pulse, seen: Callable[[Look], Awaitable[None]], *, within: float
    ) -> bool:
        """Let time pass until nothing is left that could happen; False when that took too long."""
        deadline = time.monotonic() + within
        while time.monotonic() < deadline:
            self.look = await pulse.settled(self.now())
            await seen(self.look)
            if self.look.idle and self.look.next_due is None:
                return True
            if self.look.idle and self.look.next_due is not None:
                self._leap(self.look.next_due)
            await asyncio.sleep(0.03)
        return False

    def _leap(self, moment: datetime) -> None:
        shown = max(moment, self.now()) + TOGETHER
        write_pace(self._file, Pace(since=time.time(), shown=shown, scale=WORKING))
