"""Intake as it runs, on PostgreSQL: any command asked, any event told, its clock in the test's hands."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, TypeVar
from uuid import UUID, uuid4

from chassis import Begin
from chassis.binding import bind
from chassis.database import Pool
from chassis.handlers import Form
from chassis.testing import NOON
from chassis.testing_rooms import StillClock
from chassis.transaction import PostgresTx, Transactions
from contracts import Accepted, Command, Event, Refused
from contracts.base import EVENTS
from contracts.intake import PositionDetails
from intake.adapters.postgres import (
    PostgresApplications,
    PostgresCandidates,
    PostgresContacts,
    PostgresDuplicates,
    PostgresEvaluations,
    PostgresMerges,
    PostgresPositions,
)
from intake.domain.profiles import Profile
from intake.handlers import handlers
from intake.ports import Applications, Candidates, Contacts, Duplicates, Evaluations, Merges, Positions

from intake_support.facts import enveloped
from intake_support.stores import PROMPTS, RECRUITER

Kind = TypeVar("Kind", bound=Event)


class _RolledBack(Exception):
    """A refusal changes nothing."""


class House:
    def __init__(self, pool: Pool) -> None:
        self.pool = pool
        self.clock = StillClock(NOON)
        self.transactions = Transactions(pool, self.clock, lambda: None)
        self.candidates = PostgresCandidates()
        self.applications = PostgresApplications()
        self.positions = PostgresPositions()
        self.duplicates = PostgresDuplicates()
        self.ports: dict[Any, Any] = {
            Applications: self.applications,
            Candidates: self.candidates,
            Contacts: PostgresContacts(),
            Duplicates: self.duplicates,
            Evaluations: PostgresEvaluations(),
            Merges: PostgresMerges(),
            Positions: self.positions,
            Begin: self.transactions.begin,
        }

    async def ask(self, kind: type[Command], **fields: Any) -> dict[str, Any]:
        """What an accepted command answers."""
        reply = await self.reply(kind, **fields)
        assert isinstance(reply, Accepted), reply
        return reply.result

    async def refused(self, kind: type[Command], **fields: Any) -> Refused:
        reply = await self.reply(kind, **fields)
        assert isinstance(reply, Refused), reply
        assert reply.message
        return reply

    async def reply(self, kind: type[Command], **fields: Any) -> Accepted | Refused:
        command = kind(**{"command_id": uuid4(), "actor": RECRUITER, **fields})
        call = bind(handlers.commands[kind], self.ports)
        reply: Accepted | Refused | None = None
        try:
            async with self.transactions.begin() as tx:
                reply = await call(command, tx, None)
                if isinstance(reply, Refused):
                    raise _RolledBack
        except _RolledBack:
            pass
        assert reply is not None
        return reply

    async def tell(self, event: Event, event_id: UUID | None = None) -> None:
        """A fact that somebody said, to every handler of intake whose ports are here."""
        envelope = enveloped(event, event_id)
        for consumer in handlers.consumers.values():
            for handler in consumer.handlers:
                if type(event) in handler.events and consumer.form is not Form.EFFECT:
                    call = bind(handler, self.ports)
                    async with self.transactions.unit() as unit:
                        first = [envelope] if consumer.form is Form.BATCH else event
                        await call(first, PostgresTx(unit, envelope), envelope)

    async def go_round(self, after: int = 0) -> None:
        """What intake says is told to itself."""
        for _, event in await self._outbox(after):
            await self.tell(event)

    async def said(self, kind: type[Kind]) -> list[Kind]:
        return [event for _, event in await self._outbox(0) if isinstance(event, kind)]

    async def _outbox(self, after: int) -> list[tuple[int, Event]]:
        rows = await self.pool.fetch(
            "SELECT id, type, data FROM outbox WHERE due_at IS NULL AND id > $1 ORDER BY id", after
        )
        return [(row["id"], EVENTS[row["type"]].model_validate_json(row["data"])) for row in rows]

    def wait(self, span: timedelta) -> datetime:
        self.clock.wait(span)
        return self.clock.now()

    async def position(self, **details: Any) -> int:
        async with self.transactions.begin() as tx:
            return await self.positions.add(tx, PositionDetails(title="Sales", **(PROMPTS | details)))

    async def person(self, profile: Profile, *positions: int) -> int:
        """Somebody new, with applications to these positions."""
        async with self.transactions.begin() as tx:
            [candidate_id] = await self.candidates.new_ids(tx, 1)
            await self.candidates.add(tx, {candidate_id: profile})
            for position_id in positions:
                await self.applications.open(tx, position_id, [candidate_id])
        return candidate_id

    async def application(self, candidate_id: int, position_id: int) -> int:
        found: int = await self.pool.fetchval(
            "SELECT application_id FROM applications WHERE candidate_id = $1 AND position_id = $2",
            candidate_id,
            position_id,
        )
        return found

    async def status(self, application_id: int) -> str:
        found: str = await self.pool.fetchval(
            "SELECT status FROM applications WHERE application_id = $1", application_id
        )
        return found

    async def profiles(self, *candidate_ids: int) -> Sequence[Profile]:
        async with self.transactions.begin() as tx:
            found = [await self.candidates.get(tx, each) for each in candidate_ids]
        return [person.profile for person in found if person is not None]

    async def merged_into(self, candidate_id: int) -> int | None:
        found: int | None = await self.pool.fetchval(
            "SELECT merged_into FROM candidates WHERE candidate_id = $1", candidate_id
        )
        return found
