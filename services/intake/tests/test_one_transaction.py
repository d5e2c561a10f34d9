"""A move of the status machine is one transaction (recruitflow.md 13.1): all of it is written, or nothing."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from chassis import Tx
from chassis.testing import NOON
from chassis.testing_rooms import Killed
from chassis.testing_servers import Migrated
from contracts.intake import CloseApplication, ConfirmOutcome, ScheduleCallback, UndoOverride
from contracts.scoring import Outcome
from intake.adapters.postgres import PostgresApplications
from intake.domain.status_machine import Status
from intake.ports import Move
from intake_support.desk import Desk
from intake_support.stores import PostgresStore, postgres_store

CALL = UUID(int=7)
TOMORROW = NOON + timedelta(days=1)


class DyingApplications(PostgresApplications):
    """Writes the application, its side fields and its audit rows; then the process dies."""

    dies = False

    async def save(self, tx: Tx, moves: Sequence[Move]) -> None:
        await super().save(tx, moves)
        if self.dies:
            raise Killed


@pytest.fixture
async def doomed(migrated: Migrated) -> AsyncIterator[Desk]:
    async with postgres_store(await migrated("intake")) as store:
        store.applications = DyingApplications()
        yield Desk(store)


async def everything(desk: Desk) -> list[list[tuple[Any, ...]]]:
    assert isinstance(desk.store, PostgresStore)
    tables = ("applications", "status_changes", "outbox", "application_notes")
    return [
        [tuple(row.values()) for row in await desk.store.pool.fetch(f"SELECT * FROM {table} ORDER BY 1, 2")]
        for table in tables
    ]


async def killed(desk: Desk, doing: Any) -> None:
    """Nothing of it is there afterwards."""
    assert isinstance(desk.store.applications, DyingApplications)
    before = await everything(desk)
    desk.store.applications.dies = True
    with pytest.raises(Killed):
        await doing
    desk.store.applications.dies = False
    assert await everything(desk) == before


async def test_what_dies_between_its_writes_has_written_nothing_and_is_done_whole_the_next_time(
    doomed: Desk,
) -> None:
    """A fact with a timer, a decision that cancels it, one that moves it, and the way back."""
    desk = await doomed.has(Status.SCORING, calls=(CALL,))
    verdict = desk.facts.evaluated(CALL, Outcome.CALLBACK_REQUESTED, TOMORROW)
    await killed(desk, desk.hears(verdict))
    await desk.hears(verdict)
    one = await desk.now()
    assert (one.status, one.callback_at, one.sequence) == (Status.CALLBACK_SCHEDULED, TOMORROW, 2)
    assert [waiting.event_id for waiting in (await desk.timers()).values()] == [one.timer_id]

    await killed(desk, desk.asks(CloseApplication))
    await desk.asks(CloseApplication)
    assert (await desk.timers(), (await desk.now()).callback_at) == ({}, None)

    await killed(desk, desk.asks(UndoOverride, sequence=3))
    await desk.asks(UndoOverride, sequence=3)
    assert len(await desk.timers()) == 1

    later = TOMORROW + timedelta(days=1)
    await killed(desk, desk.asks(ScheduleCallback, at=later))
    await desk.asks(ScheduleCallback, at=later)
    assert [waiting.at for waiting in (await desk.timers()).values()] == [later]
    assert [row.sequence for row in await desk.audit()] == [1, 2, 3, 4, 5]
    assert [change.sequence for change in await desk.changes()] == [2, 3, 4, 5]


async def test_a_confirmation_is_whole_or_not_at_all(doomed: Desk) -> None:
    desk = await doomed.has(Status.SCORING, calls=(CALL,), position={"confirmation": "every_outcome"})
    await desk.hears(desk.facts.cv_matched(), desk.facts.evaluated(CALL, Outcome.QUALIFIED))
    await killed(desk, desk.asks(ConfirmOutcome, expected_sequence=2))
    assert (await desk.now()).proposed
    await desk.asks(ConfirmOutcome, expected_sequence=2)
    assert await desk.status() is Status.CV_RECEIVED
