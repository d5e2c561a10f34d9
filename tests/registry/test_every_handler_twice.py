"""Every handler of every service takes every event it listens to twice, on real NATS and PostgreSQL.

The second time nothing may change: no row of any table, nothing said. What acts on the outside world is left
out here: its promise is kept by ``chassis.effects`` and tested with each provider.
"""

from __future__ import annotations

import importlib
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, get_type_hints

import asyncpg
import nats
import pytest
from chassis.handlers import Consumer, Form, Handlers
from chassis.ids import new_id
from chassis.provisioner import consumers_of, provision
from chassis.servers import ServiceDatabase
from chassis.service import Service
from chassis.testing import NOON, eventually, running
from chassis.testing_rooms import StillClock
from chassis.testing_servers import Migrated
from contracts import Envelope
from contracts.calling import DialDue
from nats.aio.client import Client
from ops.declared import handlers_of
from ops.topology import SERVICES

from .plausible import plausible, prepare

BOOKKEEPING = {"inbox", "leases"}
"""Tables in which a repetition may be seen."""


def in_transactions(service: str) -> Handlers:
    """The handlers of the forms MESSAGE and BATCH."""
    chosen = Handlers(service)
    for name, consumer in handlers_of(service).consumers.items():
        if consumer.form is not Form.EFFECT:
            chosen.consumers[name] = consumer
    return chosen


LISTENING = [service for service in SERVICES if in_transactions(service).consumers]


_SAID = """
SELECT count(*) FILTER (WHERE sent_at IS NULL AND due_at IS NULL) AS unsent, max(id) AS latest FROM outbox
"""


@dataclass
class Stage:
    """One service that runs, with a look into its tables."""

    service: Service
    client: Client
    db: asyncpg.Connection[Any]
    schema: str

    @property
    def consumers(self) -> dict[str, Consumer]:
        return self.service.handlers.consumers

    async def throw(self, envelopes: list[Envelope]) -> None:
        """Without ``Nats-Msg-Id``: the stream takes them as often as they come."""
        js = self.client.jetstream()
        for envelope in envelopes:
            headers = {name: value for name, value in envelope.headers().items() if name != "Nats-Msg-Id"}
            await js.publish(envelope.subject, envelope.data(), headers=headers)

    async def at_rest(self) -> bool:
        """Nothing is under way, the service's own events included; the clock stands, so timers wait.

        The outbox is looked at before and behind the consumers: neither says anything while the other works.
        """
        js = self.client.jetstream()
        before = await self.db.fetchrow(_SAID)
        infos = [await js.consumer_info("EVENTS", name) for name in self.consumers]
        busy = any(info.num_pending or info.num_ack_pending for info in infos)
        still = before is not None and before["unsent"] == 0 and await self.db.fetchrow(_SAID) == before
        return still and not busy

    async def tables(self) -> dict[str, Counter[str]]:
        names = await self.db.fetch("SELECT tablename FROM pg_tables WHERE schemaname = $1", self.schema)
        return {
            name: Counter(str(tuple(row)) for row in await self.db.fetch(f'SELECT * FROM "{name}"'))
            for (name,) in names
            if name not in BOOKKEEPING
        }

    async def after(self, envelopes: list[Envelope]) -> dict[str, Counter[str]]:
        """The tables when these events have come and all is at rest."""
        await self.throw(envelopes)
        await eventually(self.at_rest, within=20)
        return await self.tables()

    def counted(self, consumer: str) -> tuple[int, int]:
        """How many messages took effect, and how many were dropped as repeated."""
        metrics = self.service.metrics
        return (
            int(metrics.handled.labels(consumer)._value.get()),
            int(metrics.repeated.labels(consumer)._value.get()),
        )


def difference(one: dict[str, Counter[str]], other: dict[str, Counter[str]]) -> dict[str, list[str]]:
    """Rows that stand on one side only, by table."""
    both = {table: [*(one[table] - other[table]), *(other[table] - one[table])] for table in one}
    return {table: rows for table, rows in both.items() if rows}


def built(name: str, database: ServiceDatabase, bus: str, blobs: str) -> Service:
    main = importlib.import_module(f"{name}.main")
    settings = get_type_hints(main.build)["settings"](
        database_url=database.url,
        database_schema=database.schema,
        nats_url=bus,
        blobs_url=blobs,
        http_port=0,
        lease_retry_seconds=0.05,
        max_deliveries=1,
        gmail_poll_enabled=False,
    )
    service: Service = main.build(settings)
    service.handlers = in_transactions(name)
    service.clock = StillClock(NOON)
    return service


@asynccontextmanager
async def staged(name: str, database: ServiceDatabase, bus: str, folder: Path) -> AsyncIterator[Stage]:
    client = await nats.connect(bus)
    db = await asyncpg.connect(database.url, server_settings={"search_path": database.schema})
    try:
        await provision(client.jetstream(), consumers_of(in_transactions(name)))
        await prepare(name, db)
        async with running(built(name, database, bus, folder.as_uri())) as service:
            yield Stage(service, client, db, database.schema)
    finally:
        await db.close()
        await client.close()


def facts(consumers: dict[str, Consumer]) -> Iterator[Envelope]:
    """One envelope for each kind of event that somebody takes, in the order in which it would happen."""
    kinds = {kind for consumer in consumers.values() for one in consumer.handlers for kind in one.events}
    for place, event in enumerate(plausible(kinds)):
        identity = new_id()
        yield Envelope(
            id=identity,
            type=event.type(),
            source=type(event).context,
            time=NOON + timedelta(microseconds=place),
            event=event,
            correlation_id=identity,
        )


@pytest.mark.parametrize("name", LISTENING)
async def test_what_comes_twice_takes_effect_once(
    name: str, migrated: Migrated, fresh_bus: str, tmp_path: Path
) -> None:
    async with staged(name, await migrated(name), fresh_bus, tmp_path) as stage:
        envelopes = list(facts(stage.consumers))
        empty = await stage.tables()
        once = await stage.after(envelopes)
        assert once != empty, "nothing took effect: the events say nothing to this service"
        assert not once["deferred"], "an event could not be digested"
        first = {consumer: stage.counted(consumer) for consumer in stage.consumers}

        assert difference(await stage.after(envelopes), once) == {}
        for consumer, declared in stage.consumers.items():
            kinds = {kind for handler in declared.handlers for kind in handler.events}
            took, dropped = first[consumer]
            thrown = sum(type(envelope.event) in kinds for envelope in envelopes)
            assert took >= thrown > 0
            assert stage.counted(consumer) == (took, dropped + thrown), consumer
    assert await _dead(fresh_bus) == 0


@pytest.mark.parametrize("name", LISTENING)
async def test_who_forgot_what_was_handled_bothers_nobody_again(
    name: str, migrated: Migrated, fresh_bus: str, tmp_path: Path
) -> None:
    """Handlers see by themselves what is old: with a lost inbox they call and write to nobody."""
    async with staged(name, await migrated(name), fresh_bus, tmp_path) as stage:
        envelopes = list(facts(stage.consumers))
        once = await stage.after(envelopes)
        await stage.db.execute("DELETE FROM inbox")
        changed = difference(await stage.after(envelopes), once)
    assert {table: rows for table, rows in changed.items() if not _only_looks_again(table, rows)} == {}


def _only_looks_again(table: str, rows: list[str]) -> bool:
    """A queue that is looked through once more, a page that is drawn once more."""
    return table == "changes" or all(DialDue.type() in row for row in rows)


async def _dead(bus: str) -> int:
    client = await nats.connect(bus)
    try:
        return int((await client.jetstream().stream_info("DEAD_LETTERS")).state.messages)
    finally:
        await client.close()


def test_every_service_that_listens_is_tried() -> None:
    assert set(LISTENING) == set(SERVICES) - {"gateway"}
