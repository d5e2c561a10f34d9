"""For tests: the same handler test on ports in memory and on PostgreSQL, looking at what was said in both.

``Room`` is where a handler runs; ``said`` and ``timers`` answer what it published. ``crashing`` gives a
``Begin`` that dies at a chosen moment, so that a test can go through every place at which a process may die.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol, TypeVar

from contracts import Event
from contracts.registry import EVENTS

from chassis.database import Pool
from chassis.testing import NOON, InMemoryTx, Timer
from chassis.transaction import Transactions
from chassis.tx import Begin, Tx

Kind = TypeVar("Kind", bound=Event)


@dataclass
class StillClock:
    """Shows what it is told to."""

    shown: datetime = NOON

    def now(self) -> datetime:
        return self.shown

    def real_seconds(self, span: timedelta) -> float:
        return span.total_seconds()

    def wait(self, span: timedelta) -> None:
        self.shown += span


class Room(Protocol):
    """Where handlers run in a test."""

    clock: StillClock

    def begin(self) -> AbstractAsyncContextManager[Tx]:
        """Stands in for ``Begin``."""

    async def said(self, kind: type[Kind]) -> list[Kind]:
        """What was published of one kind, timers left out, in order."""

    async def timers(self) -> list[Timer]:
        """What waits for its time."""


@dataclass
class MemoryRoom:
    """Nothing is rolled back here: use it with handlers that come to their end."""

    clock: StillClock = field(default_factory=StillClock)
    tx: InMemoryTx = field(default_factory=InMemoryTx)

    @asynccontextmanager
    async def begin(self) -> AsyncIterator[Tx]:
        self.tx.now = self.clock.now()
        yield self.tx

    async def said(self, kind: type[Kind]) -> list[Kind]:
        return self.tx.said(kind)

    async def timers(self) -> list[Timer]:
        return list(self.tx.timers)


class PostgresRoom:
    """Real transactions on a migrated schema; nothing leaves its outbox."""

    def __init__(self, pool: Pool) -> None:
        self.pool = pool
        self.clock = StillClock()
        self._transactions = Transactions(pool, self.clock, lambda: None)

    def begin(self) -> AbstractAsyncContextManager[Tx]:
        return self._transactions.begin()

    async def said(self, kind: type[Kind]) -> list[Kind]:
        rows = await self.pool.fetch(
            "SELECT data FROM outbox WHERE type = $1 AND due_at IS NULL ORDER BY id", kind.type()
        )
        return [kind.model_validate_json(row["data"]) for row in rows]

    async def timers(self) -> list[Timer]:
        rows = await self.pool.fetch(
            "SELECT type, data, due_at, key FROM outbox WHERE due_at IS NOT NULL ORDER BY id"
        )
        return [
            Timer(EVENTS[row["type"]].model_validate_json(row["data"]), row["due_at"], row["key"])
            for row in rows
        ]


class Killed(BaseException):
    """What a test kills a handler with: no ``except Exception`` survives it."""


def crashing(begin: Begin, moment: int) -> Begin:
    """Dies at a moment counted from 0: before a transaction, before its commit, right after it, and so on."""
    passed = 0

    def reach() -> None:
        nonlocal passed
        passed += 1
        if passed == moment + 1:
            raise Killed

    @asynccontextmanager
    async def dying() -> AsyncIterator[Tx]:
        reach()
        async with begin() as tx:
            yield tx
            reach()
        reach()

    return dying
