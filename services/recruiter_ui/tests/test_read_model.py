"""The read tables on PostgreSQL: the same rows from any order, and rules that agree with the pure ones."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from typing import Any, TypeAlias
from uuid import UUID

import asyncpg
import pytest_asyncio
from chassis.testing import NOON
from chassis.testing_servers import Migrated
from contracts import Envelope
from contracts.intake import ApplicationStatus
from contracts.messaging import MessageFailed, MessageSent
from recruiter_ui.adapters.read_model import write_rows
from recruiter_ui.domain.statuses import STATUSES
from recruiter_ui.domain.tables import READ_TABLES
from recruiter_ui.projection import fold_batch
from recruiter_ui.queries.overview import attention, funnel, today
from recruiter_ui_support.cv_stories import Files
from recruiter_ui_support.stories import Storyteller
from recruiter_ui_support.town import a_town

Connection: TypeAlias = "asyncpg.Connection[Any]"


@pytest_asyncio.fixture(loop_scope="session")
async def db(migrated: Migrated) -> AsyncIterator[Connection]:
    own = await migrated("recruiter_ui")
    connection = await asyncpg.connect(own.url)
    yield connection
    await connection.close()


async def tables(db: Connection) -> dict[str, list[str]]:
    return {
        table.name: [
            str(row) for row in await db.fetch(f"SELECT * FROM {table.name} ORDER BY {', '.join(table.key)}")
        ]
        for table in READ_TABLES
    }


async def fold_in_batches(db: Connection, envelopes: list[Envelope], chance: random.Random) -> None:
    left = list(envelopes)
    while left:
        size = chance.randint(1, 60)
        await write_rows(db, fold_batch(left[:size]))
        left = left[size:]


async def test_any_order_and_any_batches_make_the_same_rows(db: Connection) -> None:
    envelopes = a_town(NOON).envelopes
    await write_rows(db, fold_batch(envelopes))
    expected = await tables(db)
    for _ in range(5):
        seed = random.randrange(2**32)
        print(f"seed {seed}")
        chance = random.Random(seed)
        for table in READ_TABLES:
            await db.execute(f"TRUNCATE {table.name}")
        shuffled = list(envelopes)
        chance.shuffle(shuffled)
        await fold_in_batches(db, shuffled, chance)
        assert await tables(db) == expected


async def test_facts_told_again_change_nothing(db: Connection) -> None:
    envelopes = a_town(NOON).envelopes
    await write_rows(db, fold_batch(envelopes))
    before = await tables(db)
    await write_rows(db, fold_batch(envelopes[::-2]))
    assert await tables(db) == before


async def test_leads_of_an_undone_import_are_not_counted(db: Connection) -> None:
    await write_rows(db, fold_batch(a_town(NOON).envelopes))
    long_ago = NOON - timedelta(days=30)
    before = (await today(db, long_ago))["leads"]
    await db.execute("UPDATE applications SET status = 'closed', closed_because = 'import_undone' "
                     "WHERE application_id = 9")  # fmt: skip
    assert await db.fetchval("SELECT stage FROM applications WHERE application_id = 9") == 0
    assert (await today(db, long_ago))["leads"] == before - 1
    assert (await funnel(db, long_ago))["leads"] == before - 1


async def test_a_cv_counts_while_it_is_somebodys_whatever_the_status_says(db: Connection) -> None:
    """It comes before the verdict and goes from what a recruiter has moved on: no status change says so."""
    told = Storyteller(NOON)
    files = Files(told)
    for number in (1, 2, 3, 4):
        told.person(number, "Ana Pop", 1)
    early = files.may_be(1, 2)
    told.becomes(3, ApplicationStatus.CV_RECEIVED, cv_received_at=NOON)
    told.becomes(3, ApplicationStatus.CLOSED, cv_received_at=NOON)
    theirs = files.may_be(4)
    told.becomes(4, ApplicationStatus.CV_RECEIVED, cv_received_at=NOON)
    told.becomes(4, ApplicationStatus.NEEDS_HUMAN, cv_received_at=NOON)
    await write_rows(db, fold_batch(told.envelopes))
    long_ago = NOON - timedelta(days=30)
    assert ((await funnel(db, long_ago))["cv_in"], (await today(db, long_ago))["cvs"]) == (4, 2)
    told.later(minutes=1)
    files.detached(early, 1, "reassigned")
    files.detached(theirs, 4, "discarded")
    await write_rows(db, fold_batch(told.envelopes))
    assert ((await funnel(db, long_ago))["cv_in"], (await today(db, long_ago))["cvs"]) == (2, 1)


async def test_a_message_that_fails_after_it_was_sent_waits_for_a_person(db: Connection) -> None:
    envelopes = a_town(NOON).envelopes
    await write_rows(db, fold_batch(envelopes))
    await db.execute("UPDATE applications SET status = 'awaiting_cv'")
    assert "messages" not in await attention(db, NOON)
    sent = next(one for one in envelopes if isinstance(one.event, MessageSent))
    failed = MessageFailed(**sent.event.model_dump(), reason="the number is not on WhatsApp")
    late = replace(sent.with_event(failed), id=UUID(int=1), time=sent.time + timedelta(minutes=1))
    await write_rows(db, fold_batch([late]))
    waits = (await attention(db, NOON))["messages"]
    assert (waits["total"], waits["application_id"]) == (1, failed.application_id)
    await db.execute("UPDATE applications SET status = 'cv_received'")
    assert "messages" not in await attention(db, NOON)


async def test_the_migration_and_the_declared_columns_agree(db: Connection) -> None:
    rows = await db.fetch(
        "SELECT table_name, column_name, udt_name FROM information_schema.columns "
        "WHERE table_schema = current_schema() AND is_generated = 'NEVER'"
    )
    stands: dict[str, dict[str, str]] = {}
    for row in rows:
        stands.setdefault(row["table_name"], {})[row["column_name"]] = row["udt_name"]
    for table in READ_TABLES:
        assert stands[table.name] == table.types


async def test_the_database_puts_every_status_into_the_stage_the_pages_say(db: Connection) -> None:
    for number, name in enumerate(STATUSES, start=1):
        await db.execute(
            "INSERT INTO applications (application_id, opened_at, status) VALUES ($1, now(), $2)",
            number,
            name,
        )
    rows = await db.fetch("SELECT status, stage FROM applications")
    assert {row["status"]: row["stage"] for row in rows} == {
        name: status.stage.rank for name, status in STATUSES.items()
    }


async def test_an_application_heard_of_before_it_was_opened_is_not_listed(db: Connection) -> None:
    later = [it for it in a_town(NOON).envelopes if it.event.application_id == 1][1:]
    await write_rows(db, fold_batch(later))
    assert await db.fetchval("SELECT stage FROM applications WHERE application_id = 1") == 0
