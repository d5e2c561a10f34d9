"""A rebuild equals the live tables, finds what was tampered with, and can take their place."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from uuid import uuid4

from chassis.database import connect
from chassis.testing import eventually
from recruiter_ui.rebuild import Rebuild, compare
from recruiter_ui_support.running import Running
from recruiter_ui_support.stories import Storyteller
from recruiter_ui_support.town import a_town


@asynccontextmanager
async def rebuilding(ui: Running) -> AsyncIterator[Rebuild]:
    assert ui.settings.database_schema is not None
    db = await connect(ui.settings.database_url, ui.settings.database_schema, "test_rebuild")
    try:
        rebuild = Rebuild(db, ui.settings.database_schema)
        await rebuild.prepare()
        yield rebuild
    finally:
        await db.close()


async def test_a_rebuild_equals_the_live_tables_and_repairs_them(ui: Running) -> None:
    js = ui.client.jetstream()
    town = a_town(datetime.now(UTC)).envelopes
    await ui.told(town)
    async with rebuilding(ui) as rebuild:
        assert await compare(rebuild, js) == []
        assert rebuild.facts == len(town)

    await ui.db.execute("UPDATE applications SET score = 99 WHERE application_id = 14")
    await ui.db.execute("DELETE FROM timeline WHERE application_id = 14")
    async with rebuilding(ui) as rebuild:
        found = {it.table: (it.only_live, it.only_rebuilt) for it in await compare(rebuild, js, patience=0)}
        assert found["applications"] == (1, 1)
        assert found["timeline"][0] == 0
        assert found["timeline"][1] > 5
        await rebuild.swap(js)
    async with rebuilding(ui) as rebuild:
        assert await compare(rebuild, js, patience=0) == []
    assert await ui.db.fetchval("SELECT score FROM applications WHERE application_id = 14") == 82


async def test_facts_that_arrive_while_comparing_are_waited_for(ui: Running) -> None:
    js = ui.client.jetstream()
    more = Storyteller(datetime.now(UTC), first_id=20_000)
    more.person(901, "Late Comer", 1)
    async with rebuilding(ui) as rebuild:
        await rebuild.catch_up(js)
        await ui.tell(more.envelopes)
        assert await compare(rebuild, js) == []


async def test_a_fact_that_nobody_can_read_stops_no_rebuild(ui: Running) -> None:
    js = ui.client.jetstream()
    told = Storyteller(datetime.now(UTC), first_id=30_000)
    told.person(902, "Somebody", 1)
    first = told.envelopes[-1]
    headers = {**first.headers(), "ce-id": str(uuid4()), "Nats-Msg-Id": str(uuid4())}
    await js.publish(first.subject, b'{"this is": "no person"}', headers=headers)
    await ui.tell(told.envelopes)

    async def projected() -> bool:
        return bool(await ui.db.fetchval("SELECT 1 FROM applications WHERE application_id = 902"))

    await eventually(projected, within=20)
    async with rebuilding(ui) as rebuild:
        assert await compare(rebuild, js) == []
        assert rebuild.unreadable == 1
