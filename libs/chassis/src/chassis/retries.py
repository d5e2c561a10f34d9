"""When a message that could not be handled is tried again: growing delays, and a bound."""

from __future__ import annotations

from dataclasses import dataclass


class TryLater(Exception):
    """The handler can't do it now, by no fault of the message: a provider is down, a grace has not passed.

    ``seconds`` (real time) is when to come back; None leaves it to the growing delays. It does not count as a
    failed delivery, and has a large bound of its own.
    """

    def __init__(self, reason: str = "", seconds: float | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.seconds = seconds


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """Delays are ``base * 2**n`` seconds of real time, at most ``ceiling``."""

    base: float = 1.0
    ceiling: float = 60.0
    max_deliveries: int = 8
    max_waits: int = 5_000

    def delay(self, count: int) -> float:
        """How long to wait after the ``count``-th failure, counted from 1."""
        return min(self.ceiling, self.base * 2.0 ** min(count - 1, 30))

    def exhausted(self, attempts: int, waits: int) -> bool:
        return attempts >= self.max_deliveries or waits >= self.max_waits
