"""An import and its undoing while the process is killed, again and again: nobody is lost, none doubled."""

from __future__ import annotations

import asyncio
import json
import os
import random
import sys
import time
from asyncio.subprocess import Process
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import nats
import pytest
from chassis.blobs import ObjectBlobs
from chassis.provisioner import consumers_of, provision
from chassis.servers import end_with_parent
from chassis.testing import eventually
from chassis.testing_servers import Migrated
from contracts import Accepted, Command, Event, parse_reply
from contracts.intake import (
    ApplicationOpened,
    CandidateReturned,
    CandidateWithdrawn,
    ImportLeads,
    LeadsImported,
    LeadsImportUndone,
    OpenPosition,
    PositionDetails,
    QueueCalls,
    UndoImport,
)
from intake.handlers import handlers
from intake_support.files import a_meta_export, a_row
from intake_support.stores import PROMPTS, RECRUITER
from nats.aio.client import Client
from nats.errors import NoRespondersError

COMMAND = (sys.executable, "-m", "intake.main")
LEADS = 6_000
HERE_ALREADY = 300
REFUSED = 40
SKIPPED = 30
CALLED = 10
KILLS = 2
"""Of the import, of its undoing, and of the second import: as many each."""
CHUNKS, PARTS = 1, 6
"""How many commits may come before a kill: two kills never reach the last of an import, or of its undoing."""


GATE = """
CREATE FUNCTION pass_the_gate() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock_shared(1);
    RETURN NEW;
END $$;
CREATE TRIGGER gate BEFORE UPDATE ON imports
FOR EACH ROW WHEN (OLD.undo IS NOT NULL OR NEW.undo IS NULL) EXECUTE FUNCTION pass_the_gate();
"""
WAITS = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"


@dataclass
class Gate:
    """Before it, every transaction of an import or of its undoing waits with its work done and uncommitted.

    However busy the machine is, what is to be killed can't have come to its end before the blow.
    """

    hand: asyncpg.Connection[Any]

    async def close(self) -> None:
        await self.hand.execute("SELECT pg_advisory_lock(1)")

    async def open(self) -> None:
        await self.hand.execute("SELECT pg_advisory_unlock(1)")

    async def let_one_pass(self) -> None:
        """Returns when it has committed: whoever comes after it stands behind our wish to close again."""
        await eventually(lambda: self.hand.fetchval(WAITS), what="it goes on", within=60)
        await self.hand.execute("SELECT pg_advisory_unlock(1)")
        await self.close()


@dataclass
class Mortal:
    """Intake as a process of its own that is killed at random."""

    environment: dict[str, str]
    db: asyncpg.Connection[Any]
    client: Client
    dice: random.Random
    process: Process | None = None
    kills: int = 0

    async def start(self) -> None:
        self.process = await asyncio.create_subprocess_exec(
            *COMMAND, env=self.environment, stdout=asyncio.subprocess.DEVNULL, preexec_fn=end_with_parent()
        )

    async def kill(self) -> None:
        assert self.process is not None
        self.process.kill()
        await self.process.wait()
        self.kills += 1

    async def ask(self, kind: type[Command], **fields: Any) -> Any:
        command = kind(command_id=uuid4(), actor=RECRUITER, **fields)
        body = command.model_dump_json().encode()

        async def answered() -> Any:
            try:
                return await self.client.request(command.nats_subject(), body, timeout=10)
            except (NoRespondersError, TimeoutError):
                return None

        reply = parse_reply((await eventually(answered, what=f"{kind.__name__} is answered", within=60)).data)
        assert isinstance(reply, Accepted), reply
        return reply.result

    async def through(self, gate: Gate, passing: int, ends: type[Event], said: int) -> None:
        """Kills as often as is due, each time somewhere behind a commit; then lets it come to its end.

        ``passing``: how many commits may come before each kill, at most; ``said``: how often the end was said
        before.
        """
        for _ in range(KILLS):
            for _ in range(self.dice.randint(0, passing)):
                await gate.let_one_pass()
            await asyncio.sleep(self.dice.uniform(0, 0.15))
            await self.kill()
            assert await self.count(ends) == said, "it was under way"
            await self.start()
        await gate.open()

        async def ended() -> bool:
            return await self.count(ends) > said

        await eventually(ended, what=f"{ends.type()} is said", within=90)

    async def count(self, kind: type[Event]) -> int:
        return int(await self.db.fetchval("SELECT count(*) FROM outbox WHERE type = $1", kind.type()))


@pytest.fixture
async def gate(mortal: Mortal) -> AsyncIterator[Gate]:
    await mortal.db.execute(GATE)
    hand = await asyncpg.connect(mortal.environment["DATABASE_URL"])
    yield Gate(hand)
    await hand.close()


@pytest.fixture
async def mortal(migrated: Migrated, fresh_bus: str, tmp_path: Path) -> AsyncIterator[Mortal]:
    own = await migrated("intake")
    client = await nats.connect(fresh_bus)
    await provision(client.jetstream(), consumers_of(handlers, 1.0))
    db = await asyncpg.connect(own.url, server_settings={"search_path": own.schema})
    environment = {
        **os.environ,
        "DATABASE_URL": own.url,
        "DATABASE_SCHEMA": own.schema,
        "NATS_URL": fresh_bus,
        "BLOBS_URL": tmp_path.as_uri(),
        "HTTP_PORT": "0",
        "CONSUMER_ACK_WAIT_SECONDS": "1",
        "RETRY_DELAY_BASE_SECONDS": "0.05",
        "LEASE_RETRY_SECONDS": "0.05",
        "TMPDIR": str(tmp_path),
    }
    seed = time.time_ns()
    print(f"seed {seed}")
    one = Mortal(environment, db, client, random.Random(seed))
    await one.start()
    yield one
    await one.kill()
    await db.close()
    await client.close()


def leads(numbers: range, **changes: str) -> list[dict[str, str]]:
    return [a_row(number, **changes) for number in numbers]


FILE = [
    *leads(range(1, HERE_ALREADY + 1), full_name="Ana Ionescu"),
    *leads(range(HERE_ALREADY + 1, LEADS + 1)),
    *leads(range(LEADS + 1, LEADS + REFUSED + 1), email="", phone_number=""),
    *([a_row(1, email="test@meta.com")] * SKIPPED),
]

STANDING = """
SELECT count(*) FROM applications WHERE position_id = $1 AND closed_because IS DISTINCT FROM 'import_undone'
"""
HERE = "SELECT count(*) FROM candidates WHERE withdrawn_at IS NULL"
RENAMED = "SELECT count(*) FROM candidates WHERE full_name = 'Ana Ionescu'"
GAPS = "SELECT application_id FROM status_changes GROUP BY 1 HAVING max(sequence) <> count(*)"
LAST = "SELECT data::jsonb FROM outbox WHERE type = $1 ORDER BY id DESC LIMIT 1"


async def a_position(mortal: Mortal) -> int:
    opened = await mortal.ask(OpenPosition, details=PositionDetails(title="Sales", **PROMPTS))
    return int(opened["position_id"])


async def bring_in(mortal: Mortal, blobs: ObjectBlobs, position_id: int, rows: list[dict[str, str]]) -> UUID:
    file = await blobs.put(f"uploads/{uuid4()}", a_meta_export(rows), "text/csv")
    asked = await mortal.ask(ImportLeads, position_id=position_id, file=file, file_name="leads.csv")
    return UUID(asked["import_id"])


async def last(mortal: Mortal, kind: type[Event]) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(await mortal.db.fetchval(LAST, kind.type()))
    return found


async def test_whoever_kills_it_nobody_is_lost_and_nobody_doubled(
    mortal: Mortal, gate: Gate, tmp_path: Path
) -> None:
    blobs, db = ObjectBlobs(tmp_path.as_uri()), mortal.db
    mortal.dice.shuffle(FILE)
    first, position_id = await a_position(mortal), await a_position(mortal)
    await bring_in(mortal, blobs, first, leads(range(1, HERE_ALREADY + 1)))
    await eventually(lambda: mortal.count(LeadsImported), what="the first few are imported", within=60)

    await gate.close()
    import_id = await bring_in(mortal, blobs, position_id, FILE)
    await mortal.through(gate, CHUNKS, LeadsImported, 1)
    done = await last(mortal, LeadsImported)
    assert (done["rows"], done["candidates_created"]) == (len(FILE), LEADS - HERE_ALREADY)
    assert (done["candidates_updated"], done["candidates_unchanged"]) == (HERE_ALREADY, 0)
    assert (done["applications_created"], done["refused_count"], done["skipped"]) == (LEADS, REFUSED, SKIPPED)
    assert await db.fetchval(STANDING, position_id) == await db.fetchval(HERE) == LEADS
    assert await mortal.count(ApplicationOpened) == LEADS + HERE_ALREADY

    ids = await db.fetch("SELECT application_id FROM applications WHERE position_id = $1", position_id)
    called = mortal.dice.sample([row[0] for row in ids], CALLED)
    assert (await mortal.ask(QueueCalls, application_ids=called))["queued"] == called
    await gate.close()
    await mortal.ask(UndoImport, import_id=import_id)
    await mortal.through(gate, PARTS, LeadsImportUndone, 0)
    undone = await last(mortal, LeadsImportUndone)
    assert undone["applications_withdrawn"] == LEADS - CALLED
    stays = await db.fetch("SELECT application_id FROM applications WHERE status = 'call_queued'")
    assert {row[0] for row in stays} == set(called)
    assert {one["application_id"] for one in undone["kept"]} >= set(called)
    assert await db.fetchval(STANDING, position_id) == CALLED
    assert await db.fetchval(RENAMED) == 0
    assert undone["profiles_restored"] == HERE_ALREADY
    assert undone["candidates_withdrawn"] == await mortal.count(CandidateWithdrawn)
    assert await db.fetchval(HERE) == LEADS - undone["candidates_withdrawn"]

    await gate.close()
    await bring_in(mortal, blobs, position_id, FILE)
    await mortal.through(gate, CHUNKS, LeadsImported, 2)
    assert await db.fetchval(STANDING, position_id) == await db.fetchval(HERE) == LEADS
    assert (await last(mortal, LeadsImported))["candidates_created"] == undone["candidates_withdrawn"]
    assert await mortal.count(ApplicationOpened) == LEADS + HERE_ALREADY
    assert await mortal.count(CandidateReturned) == undone["candidates_withdrawn"]
    assert (await mortal.count(LeadsImported), await mortal.count(LeadsImportUndone)) == (3, 1)
    assert not await db.fetch(GAPS)
    assert mortal.kills == 3 * KILLS
