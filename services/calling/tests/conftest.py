"""Calling over a real PostgreSQL, its own events going round, and a provider that writes down every ring."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
from calling.ports import (
    OutgoingCall,
)
from chassis.database import open_pool
from chassis.ids import new_id
from chassis.testing_servers import Migrated
from contracts import Event
from contracts.base import Actor
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

from .engine import MORNING, Engine
from .scripted import a_conversation

SYSTEM = Actor.system()
Status = ApplicationStatus


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


class Office(Engine):
    """What recruiters, candidates and the provider do to it."""

    async def tell(self, *events: Event, rounds: bool = True) -> None:
        """Handle facts of others; with ``rounds`` also what calling says to itself because of them."""
        for event in events:
            await self.handle(event)
        if rounds:
            await self.go_round()

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

    async def hear_failure(self, call: OutgoingCall, reason: str = "no-answer") -> None:
        metadata = {"type": "twilio", "body": {"CallSid": f"CA{call.call_id}", "To": call.to_number}}
        data = {"conversation_id": f"conv_{call.call_id}", "failure_reason": reason, "metadata": metadata}
        await self.hear(data, "call_initiation_failure")


@pytest.fixture
async def office(migrated: Migrated) -> AsyncIterator[Office]:
    own = await migrated("calling")
    pool = await open_pool(own.url, own.schema, "calling", 8)
    yield Office(pool)
    await pool.close()


__all__ = ["MORNING", "Office", "PositionStatus", "Status", "a_conversation", "a_person", "a_position"]
