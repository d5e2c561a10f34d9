"""Calling as it runs, one event at a time: events in, its own events round, timers in their time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, TypeVar

from calling.adapters.postgres_attempts import PostgresAttempts
from calling.adapters.postgres_callbacks import PostgresCallbacks
from calling.adapters.postgres_callees import PostgresCallees
from calling.adapters.postgres_lines import PostgresLines
from calling.adapters.postgres_queue import PostgresQueue
from calling.adapters.postgres_recalls import PostgresRecalls
from calling.adapters.postgres_recordings import PostgresRecordings
from calling.adapters.postgres_replica import PostgresReplica, PostgresUnboundWebhooks
from calling.adapters.postgres_stops import PostgresStops
from calling.adapters.postgres_verdicts import PostgresVerdicts
from calling.adapters.public_holidays import PublicHolidays
from calling.domain.caps import Caps
from calling.domain.contactability import COOLDOWN
from calling.handlers import handlers
from calling.handlers.recording import forget_unclaimed_recordings
from calling.ports import (
    Attempts,
    Callbacks,
    CallingPolicy,
    Gate,
    Queue,
    Recordings,
    Replica,
    Switchboard,
    Telephony,
    UnboundWebhooks,
)
from chassis import Begin
from chassis.binding import bind
from chassis.blobs import Blobs, MemoryBlobs
from chassis.database import Pool
from chassis.handlers import Consumer, Form, Handler
from chassis.ids import new_id
from chassis.testing import NOON
from chassis.transaction import PostgresTx, Transactions
from contracts import Accepted, Command, Envelope, Event, Refused
from contracts.base import EVENTS
from contracts.calling import CallBatchPrepared, DialDue

from .scripted import ScriptedTelephony

Kind = TypeVar("Kind", bound=Event)
MORNING = datetime(2026, 11, 18, 9, 0, tzinfo=NOON.tzinfo)
"""A Wednesday, 11:00 in Bucharest: inside the calling hours."""


@dataclass
class Hands:
    """A clock that stands where it is put."""

    moment: datetime = MORNING

    def now(self) -> datetime:
        return self.moment

    def real_seconds(self, span: timedelta) -> float:
        return span.total_seconds()


class _RolledBack(Exception):
    pass


class Engine:
    """Every port filled as in production, but for the telephone and the clock."""

    def __init__(self, pool: Pool) -> None:
        self.clock = Hands()
        self.telephony = ScriptedTelephony()
        self.blobs = MemoryBlobs()
        self.transactions = Transactions(pool, self.clock, lambda: None)
        self._pool = pool
        self._handled = 0
        self._looked = 0
        self._sequences: dict[int, int] = {}
        self._ports: dict[Any, Any] = {
            Replica: PostgresReplica(),
            Queue: PostgresQueue(),
            Attempts: PostgresAttempts(),
            Recordings: PostgresRecordings(),
            UnboundWebhooks: PostgresUnboundWebhooks(),
            Callbacks: PostgresCallbacks(),
            Switchboard: Switchboard(PostgresStops(), PostgresLines(), PostgresRecalls()),
            Gate: Gate(PostgresCallees(), PostgresVerdicts(), PublicHolidays(), COOLDOWN),
            Telephony: self.telephony,
            CallingPolicy: CallingPolicy(effect_grace_seconds=0.0),
            Blobs: self.blobs,
            Begin: self.transactions.begin,
        }

    def use(self, port: Any, filled_with: Any) -> None:
        self._ports[port] = filled_with

    def limit(self, **caps: int | None) -> None:
        """What the installation allows (``Caps``)."""
        self.set_switchboard(caps=Caps(**caps))

    def set_switchboard(self, **changed: Any) -> None:
        self._ports[Switchboard] = replace(self._ports[Switchboard], **changed)

    async def ask(self, command: Command, *, rounds: bool = True) -> Accepted | Refused:
        """A command as it is carried out: a refusal changes nothing."""
        answer = bind(handlers.commands[type(command)], self._ports)
        reply: Accepted | Refused
        try:
            async with self.transactions.unit() as unit:
                reply = await answer(command, PostgresTx(unit), None)
                if isinstance(reply, Refused):
                    raise _RolledBack
        except _RolledBack:
            return reply
        if rounds:
            await self.go_round()
        return reply

    async def go_round(self) -> None:
        """Until calling has nothing more to do at this moment."""
        while True:
            await self._fire_timers()
            rows = await self._pool.fetch(
                "SELECT id, type, data FROM outbox WHERE due_at IS NULL AND id > $1 ORDER BY id",
                self._handled,
            )
            if not rows:
                return
            for row in rows:
                self._handled = max(self._handled, row["id"])
                await self.handle(EVENTS[row["type"]].model_validate_json(row["data"]))

    async def wait(self, span: timedelta) -> None:
        """Let time pass, stopping wherever a timer is due."""
        end = self.clock.moment + span
        while True:
            due = await self._pool.fetchval("SELECT min(due_at) FROM outbox WHERE due_at IS NOT NULL")
            if due is None or due > end:
                break
            self.clock.moment = max(self.clock.moment, due)
            await self.go_round()
        self.clock.moment = end
        await self.go_round()

    def pass_seconds(self, seconds: float) -> None:
        """Turn the clock; nothing happens because of it."""
        self.clock.moment += timedelta(seconds=seconds)

    async def said(self, kind: type[Kind]) -> list[Kind]:
        rows = await self._pool.fetch(
            "SELECT data FROM outbox WHERE type = $1 AND due_at IS NULL ORDER BY id", kind.type()
        )
        return [kind.model_validate_json(row["data"]) for row in rows]

    async def rows(self, query: str, *values: Any) -> list[dict[str, Any]]:
        return [dict(row) for row in await self._pool.fetch(query, *values)]

    async def handle(self, event: Event) -> None:
        for consumer in handlers.consumers.values():
            for handler in consumer.handlers:
                if type(event) in handler.events:
                    await self._run(consumer, handler, [enveloped(event, self.clock.moment)])

    async def forget_unclaimed(self) -> None:
        """As it is done every hour."""
        recordings, policy = self._ports[Recordings], self._ports[CallingPolicy]
        await forget_unclaimed_recordings(self.transactions.begin, self.blobs, recordings, policy)

    async def place(self, event: CallBatchPrepared, begin: Begin) -> None:
        """As ``handle``, with transactions that somebody else opens."""
        consumer = handlers.consumers["calling__place_prepared_calls"]
        await bind(consumer.handlers[0], self._ports, takes_begin=True)(
            event, begin, enveloped(event, self.clock.moment)
        )

    async def handle_batch(self, events: Sequence[Event]) -> None:
        consumer = handlers.consumers["calling__follow_intake"]
        await self._run(
            consumer, consumer.handlers[0], [enveloped(event, self.clock.moment) for event in events]
        )

    async def handle_all_due(self) -> None:
        """Queues are looked at; what is prepared is not placed yet."""
        for event in await self._since(DialDue):
            await self.handle(event)
        self._looked = await self._pool.fetchval("SELECT max(id) FROM outbox")

    async def unhandled_batches(self) -> list[CallBatchPrepared]:
        """What was prepared and not placed; go_round will not place it either."""
        found = await self.said(CallBatchPrepared)
        self._handled = await self._pool.fetchval("SELECT max(id) FROM outbox")
        return found

    async def _since(self, kind: type[Kind]) -> list[Kind]:
        rows = await self._pool.fetch(
            "SELECT data FROM outbox WHERE type = $1 AND due_at IS NULL AND id > $2 ORDER BY id",
            kind.type(),
            self._looked,
        )
        return [kind.model_validate_json(row["data"]) for row in rows]

    async def _run(self, consumer: Consumer, handler: Handler, envelopes: list[Envelope]) -> None:
        call = bind(handler, self._ports, takes_begin=consumer.form is Form.EFFECT)
        first = envelopes if consumer.form is Form.BATCH else envelopes[0].event
        if consumer.form is Form.EFFECT:
            await call(first, self.transactions.caused_by(envelopes[0]), envelopes[0])
            return
        async with self.transactions.unit() as unit:
            await call(first, PostgresTx(unit, envelopes[0]), envelopes[0])

    async def _fire_timers(self) -> None:
        await self._pool.execute(
            "UPDATE outbox SET due_at = NULL, key = NULL, id = nextval('outbox_id_seq') WHERE due_at <= $1",
            self.clock.moment,
        )


def enveloped(event: Event, at: datetime) -> Envelope:
    identity = new_id()
    return Envelope(identity, event.type(), "test", at, event, identity)
