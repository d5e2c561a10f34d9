"""A bus that lost everything is made again from the outboxes: the same history, and nothing done twice."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg
import nats
import pytest
from chassis import Begin, Handlers, Service, ServiceSettings, Tx
from chassis.bus import Bus
from chassis.effects import Absent, once
from chassis.provisioner import consumers_of, provision
from chassis.schema import STATEMENTS
from chassis.servers import provide_schema
from chassis.testing import NOON, eventually, running
from chassis.testing_rooms import StillClock
from chassis.testing_servers import RunningNats
from contracts.calling import CallBatchPrepared, CallPlaced, DialDue
from contracts.samples import golden
from nats.aio.client import Client
from ops.declared import declared_consumers
from ops.rebuild import rebuild
from ops.topology import SERVICES

DAY = timedelta(days=1)


@dataclass
class House:
    """The schemas of all services; of the services only calling runs, with handlers of this test."""

    admin_url: str
    settings: ServiceSettings
    client: Client
    db: asyncpg.Connection[Any]

    async def wipe(self, server: RunningNats, handlers: Handlers) -> int:
        """The bus loses its store, and is made again; answers how many events it holds then."""
        server.wipe()
        server.start()
        js = self.client.jetstream()
        await eventually(lambda: provision(js, []), lambda _: True)
        count = await rebuild(self.admin_url, Bus(self.client))
        await provision(js, consumers_of(handlers))
        return count

    async def history(self) -> list[tuple[str, str | None, bytes | None]]:
        js = self.client.jetstream()
        last = (await js.stream_info("EVENTS")).state.last_seq
        messages = [await js.get_msg("EVENTS", sequence) for sequence in range(1, last + 1)]
        return [(m.subject or "", (m.headers or {}).get("ce-id"), m.data) for m in messages]

    async def at_rest(self, handlers: Handlers) -> bool:
        if await self.db.fetchval("SELECT count(*) FROM outbox WHERE sent_at IS NULL AND due_at IS NULL"):
            return False
        js = self.client.jetstream()
        infos = [await js.consumer_info("EVENTS", name) for name in handlers.consumers]
        return not any(info.num_pending or info.num_ack_pending for info in infos)


@pytest.fixture
async def house(fresh_database: str, fresh_bus: str) -> AsyncIterator[House]:
    for service in SERVICES:
        database = await provide_schema(fresh_database, service, role=f"replay_{service}", password="replay")
        db = await asyncpg.connect(database.url, server_settings={"search_path": database.schema})
        for statement in STATEMENTS:
            await db.execute(statement)
        await db.close()
        if service == "calling":
            own = database
    settings = ServiceSettings(
        database_url=own.url,
        nats_url=fresh_bus,
        http_port=0,
        lease_retry_seconds=0.05,
        watch_every_seconds=0.1,
    )
    client = await nats.connect(fresh_bus, max_reconnect_attempts=-1, reconnect_time_wait=0.1)
    await provision(client.jetstream(), [])
    db = await asyncpg.connect(own.url, server_settings={"search_path": own.schema})
    yield House(fresh_database, settings, client, db)
    await db.close()
    await client.close()


def dialling(dialled: Counter[str]) -> Handlers:
    """A timer prepares a batch; whoever sees the batch dials it, once."""
    handlers = Handlers("calling")

    @handlers.on(DialDue)
    async def prepare(event: DialDue, tx: Tx) -> None:
        tx.publish(CallBatchPrepared(batch_id=tx.new_id(), position_id=event.position_id))

    @handlers.acts_on(CallBatchPrepared)
    async def dial(event: CallBatchPrepared, begin: Begin) -> None:
        async def act() -> dict[str, Any]:
            dialled[f"position {event.position_id}"] += 1
            return {}

        await once(begin, f"batch:{event.batch_id}", act=act, look_up=_absent, grace=60)
        async with begin() as tx:
            tx.publish(golden(CallPlaced))

    return handlers


async def _absent() -> Absent:
    return Absent()


async def test_old_timers_and_effects_are_not_run_again(house: House, nats_server: RunningNats) -> None:
    dialled: Counter[str] = Counter()
    handlers = dialling(dialled)
    await provision(house.client.jetstream(), consumers_of(handlers))
    service = Service("calling", house.settings, handlers)
    clock = service.clock = StillClock(NOON)
    async with running(service):
        async with service.begin() as tx:
            tx.publish(DialDue(position_id=1), at=NOON - DAY, key="fired")
            tx.publish(DialDue(position_id=2), at=NOON + DAY, key="waits")
        await eventually(lambda: _is(dialled, {"position 1": 1}))
        await eventually(lambda: house.at_rest(handlers))
        before = await house.history()
        assert await house.wipe(nats_server, handlers) == len(before) == 3
        assert await house.history() == before

        await eventually(lambda: house.at_rest(handlers), within=20)
        assert dialled == {"position 1": 1}
        assert (await house.history())[:3] == before

        clock.wait(2 * DAY)
        await eventually(lambda: _is(dialled, {"position 1": 1, "position 2": 1}), within=20)
        await eventually(lambda: house.at_rest(handlers))
    assert dialled == {"position 1": 1, "position 2": 1}
    assert len(await house.history()) == 6


async def test_what_happened_while_the_bus_was_away_comes_behind_what_was_there(
    house: House, nats_server: RunningNats
) -> None:
    handlers = Handlers("calling")
    service = Service("calling", house.settings, handlers)
    async with running(service):
        async with service.begin() as tx:
            tx.publish(DialDue(position_id=1))
        await eventually(lambda: house.at_rest(handlers))
        nats_server.stop()
        async with service.begin() as tx:
            tx.publish(DialDue(position_id=2))
        assert await house.wipe(nats_server, handlers) == 1
        await eventually(lambda: house.at_rest(handlers), within=20)
    assert [DialDue.model_validate_json(data or b"").position_id for *_, data in await house.history()] == [
        1,
        2,
    ]


async def test_what_is_older_than_inboxes_surely_remember_is_shown_to_no_consumer(
    house: House, nats_server: RunningNats
) -> None:
    """It is on the stream for whoever reads history, before the place where consumers begin."""
    handlers = Handlers("calling")
    async with running(Service("calling", house.settings, handlers)) as service:
        async with service.begin() as tx:
            for position in range(1, 6):
                tx.publish(DialDue(position_id=position))
        await eventually(lambda: house.at_rest(handlers))
    old = datetime.now(UTC) - timedelta(days=100)
    await house.db.execute("UPDATE outbox SET sent_at = $1 WHERE id <= 3", old)
    assert await house.wipe(nats_server, handlers) == 5
    js = house.client.jetstream()
    durables = [await js.consumer_info("EVENTS", one.name) for one in declared_consumers()]
    assert {durable.config.opt_start_seq for durable in durables} == {4}


async def _is(dialled: Counter[str], wanted: dict[str, int]) -> bool:
    return dialled == wanted
