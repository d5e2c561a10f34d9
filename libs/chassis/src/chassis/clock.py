"""What time it is. Product code asks a clock, so that hours and days can pass fast where nobody is real."""

from __future__ import annotations

import json
import os
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Protocol


class Clock(Protocol):
    def now(self) -> datetime:
        """The present moment, in UTC; it never runs backwards within a process."""

    def real_seconds(self, span: timedelta) -> float:
        """How long, in real seconds, a span of this clock takes at its present speed."""


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    def real_seconds(self, span: timedelta) -> float:
        return span.total_seconds()


@dataclass(frozen=True, slots=True)
class Pace:
    """From the real moment ``since`` (unix seconds) on, ``scale`` clock seconds pass in one real second."""

    since: float
    shown: datetime
    scale: float

    def at(self, real: float) -> datetime:
        return self.shown + timedelta(seconds=(real - self.since) * self.scale)

    def changed(self, scale: float, real: float) -> Pace:
        """The same clock from now on at another speed."""
        return Pace(since=real, shown=self.at(real), scale=scale)


class ScaledClock:
    """A clock whose pace stands in a file that all processes of an installation share.

    Whoever drives the demonstration rewrites the file (``write_pace``); readers look at it at most every
    20 ms and never step back.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._looked_at = 0.0
        self._stamp: tuple[int, int] | None = None
        self._last = datetime.min.replace(tzinfo=UTC)
        self._pace = read_pace(path)

    def now(self) -> datetime:
        self._refresh()
        self._last = max(self._last, self._pace.at(time.time()))
        return self._last

    def real_seconds(self, span: timedelta) -> float:
        self._refresh()
        return span.total_seconds() / self._pace.scale

    def _refresh(self) -> None:
        moment = time.monotonic()
        if moment - self._looked_at < 0.02:
            return
        self._looked_at = moment
        status = self._path.stat()
        stamp = (status.st_mtime_ns, status.st_ino)
        if stamp != self._stamp:
            self._stamp = stamp
            self._pace = read_pace(self._path)


def read_pace(path: Path) -> Pace:
    raw = json.loads(path.read_text())
    return Pace(since=raw["since"], shown=datetime.fromisoformat(raw["shown"]), scale=raw["scale"])


def write_pace(path: Path, pace: Pace) -> None:
    """Replace the file in one step, so that no reader sees half of it."""
    raw = json.dumps({"since": pace.since, "shown": pace.shown.isoformat(), "scale": pace.scale})
    fresh = path.with_suffix(f".{os.getpid()}.new")
    fresh.write_text(raw)
    fresh.replace(path)


def clock_from(path: Path | None) -> Clock:
    """The scaled clock where a pace file is configured, else the machine's."""
    return ScaledClock(path) if path else SystemClock()
