"""The real ``Tx``: one PostgreSQL transaction, with what it says written to the outbox before it commits."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import datetime
from uuid import UUID

from contracts import Envelope, Event

from chassis.clock import Clock
from chassis.database import Pool
from chassis.effects import EffectLedger, PostgresLedger
from chassis.ids import new_id
from chassis.outbox import HybridClock, OutboxRow, Outgoing, check_size, written
from chassis.telemetry import current_traceparent
from chassis.tx import Begin, Database, Tx, Written


class Unit:
    """One open transaction; the messages of a batch share it, each through its own ``PostgresTx``."""

    __slots__ = ("db", "now", "outgoing", "stamp")

    def __init__(self, db: Database, now: datetime, stamp: Callable[[datetime | None], datetime]) -> None:
        self.db = db
        self.now = now
        self.stamp = stamp
        self.outgoing = Outgoing()


class PostgresTx:
    """What one handler sees of the transaction."""

    __slots__ = ("_correlation", "_unit", "cause", "db", "now")

    def __init__(self, unit: Unit, cause: Envelope | None = None) -> None:
        self._unit = unit
        self._correlation: UUID | None = cause.correlation_id if cause else None
        self.cause = cause
        self.db = unit.db
        self.now = unit.now

    def publish(self, event: Event, *, at: datetime | None = None, key: str | None = None) -> UUID:
        fact = Written(event.candidate_id, event.application_id, written(event))
        return self._say(event.type(), fact, at, key)

    def publish_written(self, kind: type[Event], facts: Iterable[Written]) -> None:
        name = kind.type()
        for fact in facts:
            check_size(name, fact.data)
            self._say(name, fact)

    def _say(self, kind: str, fact: Written, at: datetime | None = None, key: str | None = None) -> UUID:
        unit, cause = self._unit, self.cause
        event_id = new_id()
        if self._correlation is None:
            self._correlation = event_id
        unit.outgoing.add(
            OutboxRow(
                event_id=event_id,
                type=kind,
                time=unit.stamp(cause.time if cause else None),
                candidate_id=fact.candidate_id,
                application_id=fact.application_id,
                correlation_id=self._correlation,
                causation_id=cause.id if cause else None,
                traceparent=current_traceparent() or (cause.traceparent if cause else None),
                data=fact.data,
                due_at=at,
                key=key,
            )
        )
        return event_id

    def cancel(self, key: str) -> None:
        self._unit.outgoing.cancel(key)

    def new_id(self) -> UUID:
        return new_id()

    @property
    def effects(self) -> EffectLedger:
        return PostgresLedger(self.db)


class Transactions:
    """Opens transactions of one service; ``on_commit`` is told when one has said something."""

    def __init__(self, pool: Pool, clock: Clock, on_commit: Callable[[], None]) -> None:
        self._pool = pool
        self._clock = clock
        self._on_commit = on_commit
        self.hybrid_clock = HybridClock(clock)

    @asynccontextmanager
    async def unit(self) -> AsyncIterator[Unit]:
        async with self._pool.acquire() as db, db.transaction():
            unit = Unit(db, self._clock.now(), self.hybrid_clock.stamp)
            yield unit
            await unit.outgoing.write(db)
        if unit.outgoing:
            self._on_commit()

    @asynccontextmanager
    async def begin(self, cause: Envelope | None = None) -> AsyncIterator[Tx]:
        async with self.unit() as unit:
            yield PostgresTx(unit, cause)

    def caused_by(self, cause: Envelope) -> Begin:
        """``Begin`` for the handler of one event: everything said in it carries that cause."""

        def begin() -> AbstractAsyncContextManager[Tx]:
            return self.begin(cause)

        return begin
