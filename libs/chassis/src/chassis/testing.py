"""For tests: a transaction in memory, and a probe that waits and explains itself."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, TypeVar
from uuid import UUID

from contracts import Envelope, Event

from chassis.effects import MemoryLedger
from chassis.outbox import written
from chassis.tx import Database, Written

if TYPE_CHECKING:
    from chassis.service import Service

Kind = TypeVar("Kind", bound=Event)
Value = TypeVar("Value")

NOON = datetime(2026, 11, 18, 12, 0, tzinfo=UTC)
"""A Wednesday."""


@dataclass(frozen=True, slots=True)
class Timer:
    event: Event
    at: datetime
    key: str | None


@dataclass
class InMemoryTx:
    """Message in, published messages out. Fakes of ports ignore ``db``; touching it is an error."""

    now: datetime = NOON
    cause: Envelope | None = None
    published: list[Event] = field(default_factory=list)
    timers: list[Timer] = field(default_factory=list)
    cancelled: list[str] = field(default_factory=list)
    effects: MemoryLedger = field(default_factory=MemoryLedger)
    """What ``chassis.effects.once`` wrote down."""
    _ids: int = 0

    @property
    def db(self) -> Database:
        raise AssertionError("this test has no database: use a fake port")

    def publish(self, event: Event, *, at: datetime | None = None, key: str | None = None) -> UUID:
        written(event)
        if at is None:
            self.published.append(event)
        else:
            self.timers = [timer for timer in self.timers if key is None or timer.key != key]
            self.timers.append(Timer(event, at, key))
        return self.new_id()

    def publish_written(self, kind: type[Event], facts: Iterable[Written]) -> None:
        """What was written must be what the class writes, to the byte."""
        for fact in facts:
            event = kind.model_validate_json(fact.data)
            assert fact == (event.candidate_id, event.application_id, written(event))
            self.publish(event)

    def cancel(self, key: str) -> None:
        self.cancelled.append(key)
        self.timers = [timer for timer in self.timers if timer.key != key]

    def new_id(self) -> UUID:
        self._ids += 1
        return UUID(int=self._ids)

    def said(self, kind: type[Kind]) -> list[Kind]:
        """What was published of one kind, in order."""
        return [event for event in self.published if isinstance(event, kind)]

    @asynccontextmanager
    async def begin(self) -> AsyncIterator[InMemoryTx]:
        """Stands in for ``Begin``: every transaction of an effect is this one."""
        yield self


async def eventually(
    probe: Callable[[], Awaitable[Value]],
    holds: Callable[[Value], bool] = bool,
    *,
    within: float = 30.0,
    every: float = 0.05,
    what: str = "",
) -> Value:
    """Ask until the answer holds; raises ``AssertionError`` with the last answer after ``within`` seconds."""
    deadline = time.monotonic() + within
    last: Value | Exception | None = None
    while True:
        try:
            last = answer = await probe()
            if holds(answer):
                return answer
        except Exception as failure:
            last = failure
        if time.monotonic() > deadline:
            raise AssertionError(f"not so within {within:g} s: {what or probe.__name__}; last seen: {last!r}")
        await asyncio.sleep(every)


@asynccontextmanager
async def running(service: Service, *, within: float = 60.0) -> AsyncIterator[Service]:
    """Runs a service in this process, from ready to drained."""
    task = asyncio.create_task(service.serve(), name=f"service {service.name}")
    try:
        deadline = time.monotonic() + within
        while service.problems():
            if task.done():
                await task
            if time.monotonic() > deadline:
                raise AssertionError(f"{service.name} is not ready: {service.problems()}")
            await asyncio.sleep(0.01)
        yield service
    finally:
        service.stop()
        await task
