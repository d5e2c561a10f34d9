"""What a transaction says: rows of the outbox, stamped by a hybrid logical clock.

An event's time is later than its cause's and later than anything this process said before, whatever the
machines' clocks show: the outboxes of all services merge into one causal order by (time, event id).
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from contracts import Event

from chassis.clock import Clock
from chassis.tx import Database

_TICK = timedelta(microseconds=1)


class HybridClock:
    """Microseconds that only ever grow (Kulkarni et al., Logical Physical Clocks, 2014; one counter)."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._last = datetime.min.replace(tzinfo=UTC)

    def stamp(self, cause: datetime | None = None) -> datetime:
        """The time of the next event: max(now, last + 1 us, cause + 1 us)."""
        moment = self._clock.now()
        if cause is not None and cause >= moment:
            moment = cause + _TICK
        if moment <= self._last:
            moment = self._last + _TICK
        self._last = moment
        return moment


LARGEST_EVENT = 1_000_000
"""Bytes: with its headers it passes every bus (a server's own default is 1 MiB). More belongs into a blob."""


class EventTooLarge(ValueError):
    """The bus would never take it, and whatever was said later would wait behind it for ever."""

    def __init__(self, kind: str, size: int) -> None:
        super().__init__(f"{kind} has {size} bytes, the bus takes {LARGEST_EVENT}: put the body into a blob")


def written(event: Event) -> str:
    """An event as it is stored and travels; raises ``EventTooLarge``."""
    data = event.model_dump_json()
    check_size(event.type(), data)
    return data


def check_size(kind: str, data: str) -> None:
    if len(data) > LARGEST_EVENT // 4 and (size := len(data.encode())) > LARGEST_EVENT:
        raise EventTooLarge(kind, size)


class OutboxRow(NamedTuple):
    """One event as it is stored; ``due_at`` makes it a timer."""

    event_id: UUID
    type: str
    time: datetime
    candidate_id: int | None
    application_id: int | None
    correlation_id: UUID
    causation_id: UUID | None
    traceparent: str | None
    data: str
    due_at: datetime | None
    key: str | None


MANY_ROWS = 1_000
"""From here on COPY is the cheaper way, by half; below it costs a round trip more."""

_INSERT = """
INSERT INTO outbox (event_id, type, time, candidate_id, application_id, correlation_id, causation_id,
                    traceparent, data, due_at, key)
SELECT event_id, type, time, candidate_id, application_id, correlation_id, causation_id,
       traceparent, data, due_at, key
FROM unnest($1::uuid[], $2::text[], $3::timestamptz[], $4::bigint[], $5::bigint[], $6::uuid[], $7::uuid[],
            $8::text[], $9::text[], $10::timestamptz[], $11::text[])
     WITH ORDINALITY AS row (event_id, type, time, candidate_id, application_id, correlation_id, causation_id,
                             traceparent, data, due_at, key, position)
ORDER BY position
"""

_CANCEL = "DELETE FROM outbox WHERE key = ANY($1::text[]) AND due_at IS NOT NULL"


class Outgoing:
    """Collects what one transaction says and writes it in one statement before the commit."""

    __slots__ = ("_cancelled", "_rows")

    def __init__(self) -> None:
        self._rows: list[OutboxRow] = []
        self._cancelled: set[str] = set()

    def __bool__(self) -> bool:
        return bool(self._rows)

    def add(self, row: OutboxRow) -> None:
        if row.due_at is not None and row.key is not None:
            self.cancel(row.key)
        self._rows.append(row)

    def cancel(self, key: str) -> None:
        self._cancelled.add(key)
        if self._rows:
            self._rows = [row for row in self._rows if row.due_at is None or row.key != key]

    async def write(self, db: Database) -> None:
        if self._cancelled:
            await db.execute(_CANCEL, sorted(self._cancelled))
        if len(self._rows) >= MANY_ROWS:
            await db.copy_records_to_table("outbox", records=self._rows, columns=OutboxRow._fields)
        elif self._rows:
            await db.execute(_INSERT, *(list(column) for column in zip(*self._rows, strict=True)))
