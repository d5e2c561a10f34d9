"""The read model made anew from the stream, beside the live one: compared row for row, or put in its place.

The new tables are temporary ones of this session, so that the service's own role needs no further right and
a rebuild that is broken off leaves nothing behind. Folding the same fact twice changes nothing; that is why a
swap needs no care about what the live projection has seen meanwhile.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Sequence
from dataclasses import dataclass

from chassis import bus as buses
from chassis.database import Connection, connect
from chassis.history import stored
from contracts import Envelope, streams
from contracts.envelope import parse_envelope
from nats.js import JetStreamContext

from recruiter_ui.adapters.read_model import CHANNEL, LOCK, write_rows
from recruiter_ui.domain.tables import READ_TABLES
from recruiter_ui.projection import PROJECTED, fold_batch
from recruiter_ui.settings import Settings

AT_ONCE = 500
_TYPES = {event.type() for event in PROJECTED}


@dataclass(frozen=True, slots=True)
class Difference:
    """Rows of one table that only one side has."""

    table: str
    only_live: int
    only_rebuilt: int

    def __str__(self) -> str:
        return f"{self.table}: {self.only_live} only live, {self.only_rebuilt} only rebuilt"


class Rebuild:
    """One rebuild on one connection whose ``search_path`` is the service's schema."""

    def __init__(self, db: Connection, schema: str) -> None:
        self._db = db
        self._schema = schema
        self.facts = 0
        self.unreadable = 0
        """What can't be read is among the live projection's dead letters, and in no table of either side."""
        self.seen = 0
        """The last place of the stream that was folded."""

    async def prepare(self) -> None:
        """Empty tables like the live ones; temporary tables are found first under an unqualified name."""
        for table in READ_TABLES:
            live = f"{self._schema}.{table.name}"
            await self._db.execute(f"CREATE TEMP TABLE {table.name} (LIKE {live} INCLUDING ALL)")

    async def fold(self, envelopes: Sequence[Envelope]) -> None:
        await write_rows(self._db, fold_batch(envelopes))
        self.facts += len(envelopes)

    async def catch_up(self, js: JetStreamContext) -> None:
        """Fold what the stream holds beyond the last place, up to its present end."""
        batch: list[Envelope] = []
        async for message in stored(js, streams.EVENTS.name, "evt.>", self.seen + 1):
            self.seen = message.sequence
            if message.headers.get("ce-type") in _TYPES:
                try:
                    batch.append(parse_envelope(message.headers, message.data))
                except Exception:  # whatever is wrong with it, it is this message's own failure
                    self.unreadable += 1
            if len(batch) == AT_ONCE:
                await self.fold(batch)
                batch = []
        if batch:
            await self.fold(batch)

    async def differences(self) -> list[Difference]:
        """Row for row in one snapshot; empty when both are the same."""
        found = []
        async with self._db.transaction(isolation="repeatable_read", readonly=True):
            for table in READ_TABLES:
                live, rebuilt = f"TABLE {self._schema}.{table.name}", f"TABLE pg_temp.{table.name}"
                only_live = await self._db.fetchval(_count(live, rebuilt))
                only_rebuilt = await self._db.fetchval(_count(rebuilt, live))
                if only_live or only_rebuilt:
                    found.append(Difference(table.name, only_live, only_rebuilt))
        return found

    async def swap(self, js: JetStreamContext) -> None:
        """Put the rebuilt rows in place of the live ones, in one transaction: readers see either, no mix."""
        async with self._db.transaction():
            await self._db.execute(LOCK)
            await self.catch_up(js)
            for table in READ_TABLES:
                live, columns = f"{self._schema}.{table.name}", ", ".join(table.columns)
                await self._db.execute(f"DELETE FROM {live}")  # noqa: S608
                await self._db.execute(
                    f"INSERT INTO {live} ({columns}) SELECT {columns} FROM pg_temp.{table.name}"  # noqa: S608
                )
            await self._db.execute("INSERT INTO changes (subject, subject_id) VALUES ('everything', '')")
            await self._db.execute("SELECT pg_notify($1, '')", CHANNEL)


def _count(these: str, those: str) -> str:
    return f"SELECT count(*) FROM ({these} EXCEPT ALL {those}) AS difference"  # noqa: S608


async def compare(rebuild: Rebuild, js: JetStreamContext, *, patience: float = 15.0) -> list[Difference]:
    """What differs once both sides have seen everything; waits for a live projection that lags a little."""
    deadline = asyncio.get_running_loop().time() + patience
    while True:
        await rebuild.catch_up(js)
        found = await rebuild.differences()
        if not found or asyncio.get_running_loop().time() > deadline:
            return found
        await asyncio.sleep(0.5)


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="recruiter_ui.rebuild", description=__doc__.splitlines()[0])
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument(
        "--compare", action="store_true", help="say where the live tables differ; exit 1 if they do"
    )
    what.add_argument("--swap", action="store_true", help="replace the live rows by the rebuilt ones")
    given = parser.parse_args(arguments)
    return asyncio.run(_run(swap=given.swap))


async def _run(*, swap: bool) -> int:
    settings = Settings()
    schema = settings.database_schema or "recruiter_ui"
    db = await connect(settings.database_url, schema, "recruiter_ui_rebuild")
    bus = await buses.connect(settings, "recruiter_ui_rebuild")
    try:
        rebuild = Rebuild(db, schema)
        await rebuild.prepare()
        if swap:
            await rebuild.catch_up(bus.js)
            await rebuild.swap(bus.js)
            print(
                f"{rebuild.facts} facts folded, {rebuild.unreadable} unreadable; the rebuilt rows are live."
            )
            return 0
        found = await compare(rebuild, bus.js)
        print(
            f"{rebuild.facts} facts folded into {len(READ_TABLES)} tables, {rebuild.unreadable} unreadable; ",
            end="",
        )
        print("different: " + "; ".join(map(str, found)) if found else "no difference, row for row.")
        return 1 if found else 0
    finally:
        await buses.close(bus)
        await db.close()


if __name__ == "__main__":
    sys.exit(main())
