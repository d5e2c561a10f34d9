"""Calling over a real PostgreSQL, its own events going round, and a provider that writes down every ring."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, TypeVar
from uuid import UUID

import pytest
from calling.adapters.postgres_attempts import PostgresAttempts
from calling.adapters.postgres_queue import PostgresQueue
from calling.adapters.postgres_replica import PostgresReplica, PostgresUnboundWebhooks
from calling.domain.news import CallNews, read_conversation, read_recipient
from calling.handlers import handlers
from calling.ports import (
    Attempts,
    CallingPolicy,
    OutgoingCall,
    Queue,
    Replica,
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
from contracts import Envelope, Event
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


@dataclass
class ScriptedTelephony:
    """A provider in memory. ``rings`` lists every call that it was asked for and took.

    ``failures`` are raised, one per request, before it takes anything; ``losses`` after it took everything.
    """

    rings: list[OutgoingCall] = field(default_factory=list)
    batches: dict[str, tuple[UUID, list[UUID]]] = field(default_factory=dict)
    conversations: dict[str, dict[str, Any]] = field(default_factory=dict)
    recipients: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    failures: list[Exception] = field(default_factory=list)
    losses: list[BaseException] = field(default_factory=list)
    blind: list[Exception] = field(default_factory=list)
    """Raised by questions, one per question."""
    before_answer: Any = None
    """Awaited when the call was taken and the answer is not out yet."""

    async def place(self, call: OutgoingCall) -> dict[str, Any]:
        await self._take([call])
        conversation_id = f"conv_{call.call_id}"
        self.conversations[conversation_id] = a_conversation(call.call_id, call.user_id, status="in-progress")
        if self.before_answer:
            await self.before_answer(call)
        self._maybe(self.losses)
        return {"conversation_id": conversation_id, "call_sid": f"CA{call.call_id}"}

    async def submit(self, batch_id: UUID, calls: Sequence[OutgoingCall]) -> dict[str, Any]:
        await self._take(calls)
        key = f"btcal_{len(self.batches) + 1}"
        self.batches[key] = (batch_id, [call.call_id for call in calls])
        self.recipients[key] = [
            {"id": str(call.call_id), "status": "pending", "phone_number": call.to_number} for call in calls
        ]
        if self.before_answer:
            await self.before_answer(calls[0])
        self._maybe(self.losses)
        return {"provider_batch_id": key}

    async def find_batch(self, batch_id: UUID, since: datetime) -> str | None:
        self._maybe(self.blind)
        return next((key for key, (ours, _) in self.batches.items() if ours == batch_id), None)

    async def batch_news(self, provider_batch_id: str) -> list[CallNews]:
        self._maybe(self.blind)
        return [read_recipient(line) for line in self.recipients.get(provider_batch_id, [])]

    async def find_call(self, call_id: UUID, user_id: str, since: datetime) -> CallNews | None:
        self._maybe(self.blind)
        found = [read_conversation(body) for body in self.conversations.values()]
        return next((news for news in found if news.call_id == call_id), None)

    async def conversation(self, conversation_id: str) -> CallNews | None:
        self._maybe(self.blind)
        body = self.conversations.get(conversation_id)
        return None if body is None else read_conversation(body)

    async def _take(self, calls: Sequence[OutgoingCall]) -> None:
        self._maybe(self.failures)
        self.rings.extend(calls)

    def _maybe(self, troubles: list[Any]) -> None:
        if troubles:
            raise troubles.pop(0)


def a_conversation(call_id: UUID | None, user_id: str = "1", **changed: Any) -> dict[str, Any]:
    return {
        "conversation_id": f"conv_{call_id}",
        "status": "done",
        "user_id": user_id,
        "transcript": [
            {"role": "agent", "message": "Bună ziua", "time_in_call_secs": 0},
            {"role": "user", "message": "Da, vă ascult", "time_in_call_secs": 3},
        ],
        "metadata": {"call_duration_secs": 82, "phone_call": {"call_result": "answered"}},
        "conversation_initiation_client_data": {
            "user_id": user_id,
            "dynamic_variables": {"call_id": str(call_id)} if call_id else {},
        },
        **changed,
    }


def a_position(**changed: Any) -> PositionDetails:
    return PositionDetails(
        **{
            "title": "Sales Representative",
            "system_prompt": "You call {candidate_name} about {position_title}. {form_answers}",
            "first_message": "Bună ziua, {candidate_first_name}!",
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


class Office:
    """Calling as it runs, one event at a time: events in, its own events round, timers in their time."""

    def __init__(self, pool: Pool) -> None:
        self.clock = Hands()
        self.telephony = ScriptedTelephony()
        self.blobs = MemoryBlobs()
        self.transactions = Transactions(pool, self.clock, lambda: None)
        self._pool = pool
        self._handled = 0
        self._sequences: dict[int, int] = {}
        self._ports = {
            Replica: PostgresReplica(),
            Queue: PostgresQueue(),
            Attempts: PostgresAttempts(),
            UnboundWebhooks: PostgresUnboundWebhooks(),
            Telephony: self.telephony,
            CallingPolicy: CallingPolicy(effect_grace_seconds=0.0),
            Blobs: self.blobs,
            Begin: self.transactions.begin,
        }

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
        self, application_id: int, previous: Status, current: Status, *, candidate_id: int | None = None
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
        )

    async def queue(self, *applications: int, rounds: bool = True) -> None:
        """A recruiter triggers calls."""
        events = [self.moved(one, Status.PENDING_CALL, Status.CALL_QUEUED) for one in applications or (1,)]
        await self.handle_batch(events)
        if rounds:
            await self.go_round()

    async def hear(self, body: Any, kind: str = "post_call_transcription") -> None:
        """A webhook as the gateway passes it on."""
        text = json.dumps({"type": kind, "event_timestamp": 1, "data": body})
        await self.tell(
            ElevenLabsWebhookReceived(
                delivery_id=new_id(), kind=kind, body=text, received_at=self.clock.moment
            )
        )

    async def tell_now(self, body: Any, kind: str = "post_call_transcription") -> None:
        """A webhook in the middle of something else: only this delivery is handled, nothing after it."""
        text = json.dumps({"type": kind, "data": body})
        await self.handle(
            ElevenLabsWebhookReceived(
                delivery_id=new_id(),
                kind=kind,
                body=text,
                received_at=self.clock.moment,
            )
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
