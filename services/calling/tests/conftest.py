"""Calling over a real PostgreSQL, its own events going round, and a provider that writes down every ring."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, TypeVar

import pytest
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
from calling.ports import (
    Attempts,
    Callbacks,
    CallingPolicy,
    Gate,
    OutgoingCall,
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
from chassis.database import Pool, open_pool
from chassis.handlers import Consumer, Form, Handler
from chassis.ids import new_id
from chassis.migrations import upgrade
from chassis.servers import ServiceDatabase
from chassis.testing import NOON
from chassis.transaction import PostgresTx, Transactions
from contracts import Accepted, Command, Envelope, Event, Refused
from contracts.base import EVENTS, Actor
from contracts.calling import CallBatchPrepared, DialDue
from contracts.gateway import ElevenLabsWebhookReceived
from contracts.intake import (
    ApplicationOpened,
    ApplicationStatus,
    ApplicationStatusChanged,
    CandidateProfile,
    FormAnswer,
    PositionDetails,
    PositionOpened,
    PositionStatus,
)

from .scripted import ScriptedTelephony, a_conversation

Kind = TypeVar("Kind", bound=Event)
MORNING = datetime(2026, 11, 18, 9, 0, tzinfo=NOON.tzinfo)
"""A Wednesday, 11:00 in Bucharest: inside the calling hours."""
SYSTEM = Actor.system()
Status = ApplicationStatus


@dataclass
class Hands:
    """A clock that stands where it is put."""

    moment: datetime = MORNING

    def now(self) -> datetime:
        return self.moment

    def real_seconds(self, span: timedelta) -> float:
        return span.total_seconds()


def a_position(**changed: Any) -> PositionDetails:
    return PositionDetails(
        **{
            "title": "Sales Representative",
            "system_prompt": "You call {candidate_name} about {position_title}. {form_answers}",
            "first_message": "Aveți două minute, {candidate_first_name}?",
            **changed,
        }
    )


def a_person(number: int, **changed: Any) -> CandidateProfile:
    return CandidateProfile(
        **{
            "full_name": f"Ana Exemplu{number}",
            "first_name": "Ana",
            "last_name": f"Exemplu{number}",
            "phone": f"+4070000{number:04}",
            "email": f"ana{number}@example.com",
            "form_answers": [FormAnswer(question="permis?", label="Permis?", answer="da")],
            **changed,
        }
    )


class _RolledBack(Exception):
    pass


class Office:
    """Calling as it runs, one event at a time: events in, its own events round, timers in their time."""

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

    async def tell(self, *events: Event, rounds: bool = True) -> None:
        """Handle facts of others; with ``rounds`` also what calling says to itself because of them."""
        for event in events:
            await self.handle(event)
        if rounds:
            await self.go_round()

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

    async def said(self, kind: type[Kind]) -> list[Kind]:
        rows = await self._pool.fetch(
            "SELECT data FROM outbox WHERE type = $1 AND due_at IS NULL ORDER BY id", kind.type()
        )
        return [kind.model_validate_json(row["data"]) for row in rows]

    async def rows(self, query: str, *values: Any) -> list[dict[str, Any]]:
        return [dict(row) for row in await self._pool.fetch(query, *values)]

    async def states(self) -> list[str]:
        found = await self.rows("SELECT state FROM attempts ORDER BY application_id, created_at, call_id")
        return [row["state"] for row in found]

    async def open(self, position: PositionDetails | None = None, people: int = 1, **person: Any) -> None:
        """A position with so many applications; candidate n has application n."""
        await self.tell(PositionOpened(position_id=1, details=position or a_position(), actor=SYSTEM))
        for number in range(1, people + 1):
            await self.tell(
                ApplicationOpened(
                    candidate_id=number,
                    application_id=number,
                    position_id=1,
                    profile=a_person(number, **person),
                )
            )

    def moved(
        self,
        application_id: int,
        previous: Status,
        current: Status,
        *,
        candidate_id: int | None = None,
        **fields: Any,
    ) -> ApplicationStatusChanged:
        sequence = self._sequences[application_id] = self._sequences.get(application_id, 0) + 1
        return ApplicationStatusChanged(
            candidate_id=candidate_id or application_id,
            application_id=application_id,
            position_id=1,
            sequence=sequence,
            previous=previous,
            current=current,
            actor=SYSTEM,
            reason="test",
            **fields,
        )

    async def queue(self, *applications: int, rounds: bool = True) -> None:
        """A recruiter triggers calls."""
        events = [self.moved(one, Status.PENDING_CALL, Status.CALL_QUEUED) for one in applications or (1,)]
        await self.handle_batch(events)
        if rounds:
            await self.go_round()

    async def placed(self, people: int = 2, **position: Any) -> list[OutgoingCall]:
        """Calls that ring at the provider, as a batch where there are several."""
        await self.open(a_position(**position), people=people)
        await self.queue(*range(1, people + 1))
        return list(self.telephony.rings)

    async def unbound(self) -> list[str]:
        return [row["reason"] for row in await self.rows("SELECT reason FROM unbound_webhooks")]

    async def hear(self, body: Any, kind: str = "post_call_transcription", **how: bool) -> None:
        """A webhook as the gateway passes it on; ``how``: ``rounds`` as for ``tell``, and ``in_blob``."""
        in_blob = how.pop("in_blob", False)
        await self.tell(await self.delivery(body, kind, in_blob), **how)

    async def tell_now(self, body: Any, kind: str = "post_call_transcription") -> None:
        """A webhook in the middle of something else: only this delivery is handled, nothing after it."""
        await self.handle(await self.delivery(body, kind))

    async def delivery(self, body: Any, kind: str, in_blob: bool = False) -> ElevenLabsWebhookReceived:
        stamp = int(self.clock.moment.timestamp())
        text = json.dumps({"type": kind, "event_timestamp": stamp, "data": body})
        ref = await self.blobs.put("webhooks/1", text.encode(), "application/json") if in_blob else None
        return ElevenLabsWebhookReceived(
            delivery_id=new_id(),
            kind=kind,
            body=None if in_blob else text,
            body_ref=ref,
            received_at=self.clock.moment,
        )

    async def prepared(self, people: int = 2) -> CallBatchPrepared:
        """Attempts are written down; nothing rang yet."""
        await self.open(people=people)
        await self.queue(*range(1, people + 1), rounds=False)
        [due] = await self.said(DialDue)
        await self.handle(due)
        self._handled = await self._pool.fetchval("SELECT max(id) FROM outbox")
        [event] = await self.said(CallBatchPrepared)
        assert not self.telephony.rings
        return event

    def pass_seconds(self, seconds: float) -> None:
        """Turn the clock; nothing happens because of it."""
        self.clock.moment += timedelta(seconds=seconds)

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

    async def hear_failure(self, call: OutgoingCall, reason: str = "no-answer") -> None:
        metadata = {"type": "twilio", "body": {"CallSid": f"CA{call.call_id}", "To": call.to_number}}
        data = {"conversation_id": f"conv_{call.call_id}", "failure_reason": reason, "metadata": metadata}
        await self.hear(data, "call_initiation_failure")

    async def handle(self, event: Event) -> None:
        for consumer in handlers.consumers.values():
            for handler in consumer.handlers:
                if type(event) in handler.events:
                    await self._run(consumer, handler, [enveloped(event, self.clock.moment)])

    async def handle_batch(self, events: Sequence[Event]) -> None:
        consumer = handlers.consumers["calling__follow_intake"]
        await self._run(
            consumer, consumer.handlers[0], [enveloped(event, self.clock.moment) for event in events]
        )

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


@pytest.fixture
async def office(fresh_schema: ServiceDatabase) -> AsyncIterator[Office]:
    await asyncio.to_thread(upgrade, "calling", fresh_schema.url, fresh_schema.schema)
    pool = await open_pool(fresh_schema.url, fresh_schema.schema, "calling", 8)
    yield Office(pool)
    await pool.close()


__all__ = ["MORNING", "Office", "PositionStatus", "Status", "a_conversation", "a_person", "a_position"]
