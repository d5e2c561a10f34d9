"""One application on a recruiter's desk: commands and facts in; status, audit, timers and events out."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID, uuid4

from chassis import Tx
from chassis.testing import InMemoryTx
from chassis.testing_rooms import StillClock
from chassis.transaction import Transactions
from contracts import Accepted, Command, Envelope, Event, Refused
from contracts.base import EVENTS
from contracts.intake import ApplicationStatusChanged, PositionDetails
from contracts.scoring import EvaluationCompleted
from intake.domain.applications import Application
from intake.domain.profiles import Profile
from intake.domain.status_machine import Status
from intake.handlers import handlers
from intake.handlers.evaluations import remember_evaluation
from intake.handlers.pipeline import follow_pipeline
from intake.ports import Applications, Candidates, Contacts, Evaluations, Move, Positions

from intake_support.facts import Facts, enveloped
from intake_support.stores import PROMPTS, RECRUITER, MemoryStore, PostgresStore, Store

Kind = TypeVar("Kind", bound=Event)
SIDE_FIELDS: dict[Status, dict[str, Any]] = {
    Status.QUALIFIED: {"score": 80, "qualified": True},
    Status.NOT_QUALIFIED: {"score": 20, "qualified": False},
    Status.NEEDS_HUMAN: {"needs_human_reason": "Wants to talk to a person."},
}


@dataclass(frozen=True)
class Waiting:
    """A timer that has not rung."""

    event: Event
    at: datetime
    event_id: UUID


@dataclass(frozen=True)
class Audited:
    sequence: int
    previous: Status
    current: Status
    by_hand: bool
    undoes: int | None


def sequence_of(answer: Accepted | Refused) -> int:
    assert isinstance(answer, Accepted), answer
    sequence: int = answer.result["sequence"]
    return sequence


def code_of(answer: Accepted | Refused) -> str:
    assert isinstance(answer, Refused), answer
    return answer.code


def somebody(phone: str | None = "+40712000001") -> Profile:
    return Profile(
        "Ana Pop", "Ana", "Pop", "ana pop", phone, None, None, None, "ro", None, "manual", None, None, None,
        None, None, (),
    )  # fmt: skip


@dataclass
class TimedTx(InMemoryTx):
    """Remembers the ids of timers, and gives none twice."""

    waiting: dict[str, Waiting] = field(default_factory=dict)

    def publish(self, event: Event, *, at: datetime | None = None, key: str | None = None) -> UUID:
        event_id = super().publish(event, at=at, key=key)
        if at is not None and key is not None:
            self.waiting[key] = Waiting(event, at, event_id)
        return event_id

    def cancel(self, key: str) -> None:
        super().cancel(key)
        self.waiting.pop(key, None)


class Desk:
    """``application_id`` is the one that ``has`` opened last."""

    application_id: int = 0
    facts: Facts

    def __init__(self, store: Store) -> None:
        self.store = store
        self.clock = StillClock()
        if isinstance(store, PostgresStore):
            self._transactions = Transactions(store.pool, self.clock, lambda: None)
        else:
            self._tx = TimedTx()

    def begin(self, cause: Envelope | None = None) -> AbstractAsyncContextManager[Tx]:
        return self._real(cause) if isinstance(self.store, PostgresStore) else self._in_memory(cause)

    @asynccontextmanager
    async def _real(self, cause: Envelope | None) -> AsyncIterator[Tx]:
        async with self._transactions.begin(cause) as tx:
            yield tx

    @asynccontextmanager
    async def _in_memory(self, cause: Envelope | None) -> AsyncIterator[Tx]:
        self._tx.now, self._tx.cause = self.clock.now(), cause
        yield self._tx

    async def has(
        self, status: Status, *, position: dict[str, Any] | None = None, phone: str | None = "+40712000001",
        **fields: Any,
    ) -> Desk:  # fmt: skip
        """An application that came to its status in one step, in a position of its own."""
        async with self.begin() as tx:
            details = PositionDetails(title="Sales", **(PROMPTS | (position or {})))
            position_id = await self.store.positions.add(tx, details)
            (candidate_id,) = await self.store.add(tx, somebody(phone))
            opened = await self.store.applications.open(tx, position_id, [candidate_id])
            self.application_id = opened[candidate_id]
            fresh = Application(self.application_id, candidate_id, position_id)
            then = replace(fresh, status=status, sequence=1, **(SIDE_FIELDS.get(status, {}) | fields))
            await self.store.applications.save(tx, [Move(fresh, then, RECRUITER, "test", None)])
        self.facts = Facts(candidate_id, self.application_id)
        return self

    async def asks(self, kind: type[Command], **fields: Any) -> Accepted | Refused:
        """A recruiter's command; ``application_id`` is the one on the desk."""
        if "application_ids" not in kind.model_fields:
            fields.setdefault("application_id", self.application_id)
        if "reason" in kind.model_fields:
            fields = {"reason": "seen by a recruiter"} | fields
        command = kind(command_id=uuid4(), actor=RECRUITER, **fields)
        handler = handlers.commands[kind]
        ports = {
            Applications: self.store.applications,
            Positions: self.store.positions,
            Evaluations: self.store.evaluations,
            Candidates: self.store.candidates,
            Contacts: self.store.contacts,
        }
        async with self.begin() as tx:
            given = {name: tx if port is Tx else ports[port] for name, port in handler.parameters.items()}
            answer: Accepted | Refused = await handler.function(command, **given)
            return answer

    async def hears(self, *events: Event, event_id: UUID | None = None) -> Desk:
        for event in events:
            cause = enveloped(event, event_id)
            async with self.begin(cause) as tx:
                await follow_pipeline(event, tx, self.store.applications, self.store.positions)
            if isinstance(event, EvaluationCompleted):
                store = self.store
                async with self.begin(cause) as tx:
                    await remember_evaluation(event, tx, store.evaluations, store.candidates, store.contacts)
        return self

    async def rings(self, key: str) -> None:
        """The timer's time has come."""
        waiting = (await self.timers())[key]
        self.clock.shown = max(self.clock.shown, waiting.at)
        if isinstance(self.store, PostgresStore):
            await self.store.pool.execute("DELETE FROM outbox WHERE key = $1", key)
        else:
            del self._tx.waiting[key]
        await self.hears(waiting.event, event_id=waiting.event_id)

    async def timers(self) -> dict[str, Waiting]:
        if not isinstance(self.store, PostgresStore):
            return dict(self._tx.waiting)
        rows = await self.store.pool.fetch(
            "SELECT event_id, type, data, due_at, key FROM outbox WHERE due_at IS NOT NULL"
        )
        return {
            row["key"]: Waiting(
                EVENTS[row["type"]].model_validate_json(row["data"]), row["due_at"], row["event_id"]
            )
            for row in rows
        }

    async def said(self, kind: type[Kind]) -> list[Kind]:
        if isinstance(self.store, PostgresStore):
            return [event for event in await self.store.published() if isinstance(event, kind)]
        return self._tx.said(kind)

    async def changes(self) -> list[ApplicationStatusChanged]:
        return await self.said(ApplicationStatusChanged)

    async def now(self) -> Application:
        async with self.begin() as tx:
            found = await self.store.applications.lock(tx, self.application_id)
        assert found is not None
        return found

    async def status(self) -> Status:
        return (await self.now()).status

    async def audit(self) -> list[Audited]:
        if isinstance(self.store, MemoryStore):
            return [
                Audited(row.sequence, row.previous, row.current, row.by_hand, row.undoes)
                for row in self.store.shelf.audit
                if row.application_id == self.application_id
            ]
        assert isinstance(self.store, PostgresStore)
        rows = await self.store.pool.fetch(
            "SELECT sequence, previous, current, by_hand, undoes FROM status_changes"
            " WHERE application_id = $1 ORDER BY sequence",
            self.application_id,
        )
        return [
            Audited(row[0], Status(row["previous"]), Status(row["current"]), row["by_hand"], row["undoes"])
            for row in rows
        ]
