"""Messages that failed: how often, when they are tried again, and who has to wait behind them.

The table ``deferred`` counts the tries (the bus's own counter also counts deliveries that never reached a
handler). The line-up in memory keeps the order: while a message of an application waits, the later ones of
that application wait behind it. A new session starts with an empty line-up: the bus then delivers everything
unsettled again in stream order, so the waiting ones come first and take their places again.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TypeAlias
from uuid import UUID

from chassis.retries import RetryPolicy, TryLater
from chassis.telemetry import reason_of
from chassis.tx import Database

Key: TypeAlias = str
"""Whose order it is: an application, else a candidate; see ``order_key``."""

_NUDGE = 0.02
"""Seconds by which those behind come later than the one they wait for."""


@dataclass(slots=True)
class Deferral:
    attempts: int
    waits: int
    retry_at: float
    """Unix seconds, real time."""


def order_key(subject: str) -> Key | None:
    """``evt.<context>.<noun>.<fact>.v1.<candidate>.<application>``: the ids stand at the end."""
    parts = subject.rsplit(".", 2)
    if len(parts) < 3:
        return None
    _, candidate, application = parts
    if application != "-":
        return application
    return None if candidate == "-" else f"c{candidate}"


class LineUp:
    """Who may go now. Messages without candidate and application wait for nobody."""

    def __init__(self, deferrals: dict[UUID, Deferral]) -> None:
        self.deferrals = deferrals
        self._waiting: dict[Key, dict[UUID, tuple[int, float]]] = {}

    def __len__(self) -> int:
        return len(self.deferrals)

    def delay(self, key: Key | None, event_id: UUID, sequence: int) -> float | None:
        """None: go ahead. Else it was put in line and comes again in so many seconds."""
        if not self._waiting and not self.deferrals:
            return None
        now = time.time()
        wait = 0.0
        deferral = self.deferrals.get(event_id)
        if deferral is not None:
            wait = deferral.retry_at - now
        line = self._waiting.get(key) if key is not None else None
        if line:
            ahead = [due for other, (place, due) in line.items() if place < sequence and other != event_id]
            if ahead:
                wait = max(wait, max(ahead) - now, 0.0) + _NUDGE
        if wait <= 0:
            self._leave(key, event_id)
            return None
        self.put(key, event_id, sequence, now + wait)
        return wait

    def seconds_until(self, event_id: UUID) -> float:
        return max(0.001, self.deferrals[event_id].retry_at - time.time())

    def put(self, key: Key | None, event_id: UUID, sequence: int, due: float) -> None:
        if key is not None:
            self._waiting.setdefault(key, {})[event_id] = (sequence, due)

    def settle(self, key: Key | None, event_id: UUID) -> None:
        self.deferrals.pop(event_id, None)
        self._leave(key, event_id)

    def _leave(self, key: Key | None, event_id: UUID) -> None:
        if key is None or key not in self._waiting:
            return
        line = self._waiting[key]
        line.pop(event_id, None)
        if not line:
            del self._waiting[key]

    def overdue(self, seconds: float) -> bool:
        """Whether somebody in line should have come long ago: it may be gone from the stream."""
        if not self._waiting:
            return False
        limit = time.time() - seconds
        return any(due < limit for line in self._waiting.values() for _, due in line.values())


_COUNT = """
INSERT INTO deferred (consumer, event_id, application_id, stream_seq, attempts, waits, retry_at, error)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
ON CONFLICT (consumer, event_id) DO UPDATE
SET attempts = deferred.attempts + $5, waits = deferred.waits + $6, stream_seq = $4, error = $8
RETURNING attempts, waits
"""


async def load(db: Database, consumer: str) -> dict[UUID, Deferral]:
    rows = await db.fetch(
        "SELECT event_id, attempts, waits, retry_at FROM deferred WHERE consumer = $1", consumer
    )
    return {
        row["event_id"]: Deferral(row["attempts"], row["waits"], row["retry_at"].timestamp()) for row in rows
    }


@dataclass(frozen=True, slots=True)
class Failure:
    """One failed try of one message."""

    consumer: str
    event_id: UUID
    application_id: int | None
    sequence: int
    error: Exception


async def count(db: Database, failure: Failure, policy: RetryPolicy) -> Deferral:
    """Write the failure down and answer when to try again."""
    later = failure.error if isinstance(failure.error, TryLater) else None
    now = datetime.now(UTC)
    [(attempts, waits)] = await db.fetch(
        _COUNT,
        failure.consumer,
        failure.event_id,
        failure.application_id,
        failure.sequence,
        0 if later else 1,
        1 if later else 0,
        now,
        reason_of(failure.error),
    )
    if later is None:
        seconds = policy.delay(attempts)
    else:
        seconds = policy.delay(waits) if later.seconds is None else max(later.seconds, 0.01)
    retry_at = now + timedelta(seconds=seconds)
    await db.execute(
        "UPDATE deferred SET retry_at = $3 WHERE consumer = $1 AND event_id = $2",
        failure.consumer,
        failure.event_id,
        retry_at,
    )
    return Deferral(attempts, waits, retry_at.timestamp())


async def clear(db: Database, consumer: str, event_id: UUID) -> None:
    await db.execute("DELETE FROM deferred WHERE consumer = $1 AND event_id = $2", consumer, event_id)
