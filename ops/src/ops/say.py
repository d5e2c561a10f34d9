"""What the person at the terminal reads: one line per step, at once, in a pipe as well."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager


class Trouble(Exception):
    """Something a person can do something about; the message is the one line they see."""


class Say:
    """Progress on standard output. ``quiet`` keeps the steps to itself and only ``line`` speaks."""

    def __init__(self, *, quiet: bool = False) -> None:
        self._quiet = quiet
        self._open = False

    @contextmanager
    def step(self, what: str) -> Iterator[None]:
        """``Starting NATS ... ok 0.2 s``; says ``failed`` when the block raises."""
        if self._quiet:
            yield
            return
        began = time.monotonic()
        self._write(f"{what} ... ", closed=False)
        try:
            yield
        except BaseException:
            self._write("failed\n" if self._open else f"{what} failed\n")
            raise
        took = f"{time.monotonic() - began:.1f} s"
        self._write(f"ok {took}\n" if self._open else f"{what}: ok {took}\n")

    def line(self, text: str = "") -> None:
        self._write(("\n" if self._open else "") + text + "\n")

    def _write(self, text: str, *, closed: bool = True) -> None:
        self._open = not closed
        sys.stdout.write(text)
        sys.stdout.flush()
