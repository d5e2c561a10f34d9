"""Whether a loop still goes round, for the watchdog."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager


class Pulse:
    """A loop calls ``beat`` on every round, and says when it waits for something that may take for ever."""

    def __init__(self) -> None:
        self._last = time.monotonic()
        self._resting = False

    def beat(self) -> None:
        self._last = time.monotonic()

    def silent_for(self) -> float:
        """Seconds since the last beat; none while it rests."""
        return 0.0 if self._resting else time.monotonic() - self._last

    @contextmanager
    def resting(self) -> Iterator[None]:
        self._resting = True
        try:
            yield
        finally:
            self._resting = False
            self.beat()
