"""What two do at once with the same people: the second sees what the first has left."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from uuid import UUID, uuid4

from chassis import Begin, Tx
from chassis.testing import eventually
from contracts import Accepted
from contracts.intake import (
    ApplicationOpened,
    CandidateWithdrawn,
    LeadsImported,
    LeadsImportUndone,
    LeadsImportUndoRequested,
    OpenApplication,
    UndoImport,
)
from intake.handlers.candidates import open_application
from intake.handlers.undo_import import undo_import, undo_leads_import
from intake_support.files import a_meta_export, a_row
from intake_support.stores import RECRUITER, PostgresStore


@dataclass
class Slow:
    """Transactions that have written, and commit when they are told to."""

    begin: Begin
    has_written: asyncio.Event = field(default_factory=asyncio.Event)
    may_commit: asyncio.Event = field(default_factory=asyncio.Event)

    @asynccontextmanager
    async def __call__(self) -> AsyncIterator[Tx]:
        async with self.begin() as tx:
            yield tx
            self.has_written.set()
            await self.may_commit.wait()


async def somebody_waits(postgres: PostgresStore) -> bool:
    return bool(await postgres.pool.fetchval("SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted)"))


async def undo(postgres: PostgresStore, begin: Begin) -> None:
    (requested,) = [
        event for event in await postgres.published() if isinstance(event, LeadsImportUndoRequested)
    ]
    await undo_leads_import(
        requested,
        begin,
        postgres.imports,
        postgres.positions,
        postgres.applications,
        postgres.candidates,
        postgres.contacts,
        postgres.traces,
    )


async def an_import_to_be_undone(postgres: PostgresStore) -> ApplicationOpened:
    done = await postgres.bring_in(a_meta_export([a_row(1)]), await postgres.a_position())
    assert isinstance(done, LeadsImported)
    command = UndoImport(command_id=uuid4(), actor=RECRUITER, import_id=UUID(str(done.import_id)))
    async with postgres.begin() as tx:
        assert isinstance(await undo_import(command, tx, postgres.imports, postgres.positions), Accepted)
    (opened,) = [event for event in await postgres.published() if isinstance(event, ApplicationOpened)]
    return opened


async def test_who_is_just_put_into_another_position_is_not_withdrawn(postgres: PostgresStore) -> None:
    opened = await an_import_to_be_undone(postgres)
    other = await postgres.a_position()
    slow = Slow(postgres.begin)

    async def put_into_another_position() -> None:
        command = OpenApplication(
            command_id=uuid4(), actor=RECRUITER, candidate_id=opened.candidate_id, position_id=other
        )
        async with slow() as tx:
            reply = await open_application(
                command, tx, postgres.candidates, postgres.positions, postgres.applications
            )
            assert isinstance(reply, Accepted)

    putting = asyncio.create_task(put_into_another_position())
    await slow.has_written.wait()
    undoing = asyncio.create_task(undo(postgres, postgres.begin))
    await eventually(lambda: somebody_waits(postgres), what="the undo waits for the person")
    slow.may_commit.set()
    await asyncio.gather(putting, undoing)

    said = await postgres.published()
    assert not [event for event in said if isinstance(event, CandidateWithdrawn)]
    (done,) = [event for event in said if isinstance(event, LeadsImportUndone)]
    assert (done.applications_withdrawn, done.candidates_withdrawn) == (1, 0)
    assert [kept.reason for kept in done.kept] == ["applies to another position too"]


async def test_a_lead_that_comes_while_its_import_is_undone_finds_it_undone(postgres: PostgresStore) -> None:
    opened = await an_import_to_be_undone(postgres)
    key = opened.profile.meta_lead_id or ""
    slow = Slow(postgres.begin)
    undoing = asyncio.create_task(undo(postgres, slow))
    await slow.has_written.wait()

    async def look() -> tuple[bool, int | None]:
        async with postgres.begin() as tx:
            known = await postgres.people.with_lead_keys(
                tx, opened.position_id, [key.removeprefix("l:")], lock=True
            )
        (one,) = known.values()
        return one.withdrawn, one.undone_application

    looking = asyncio.create_task(look())
    await eventually(lambda: somebody_waits(postgres), what="the lead waits for the person")
    slow.may_commit.set()
    assert await looking == (True, opened.application_id)
    await undoing
