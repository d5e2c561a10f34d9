"""cv_matching is killed again and again while it works: each file still ends once, where somebody sees it.

By kill -9, on real NATS and PostgreSQL. KILL_SEED repeats a run.
"""

from __future__ import annotations

import asyncio
import os
import random
import signal
from collections import Counter
from pathlib import Path

import asyncpg
from chassis.servers import ServiceDatabase
from chassis.testing import eventually
from contracts.cv_matching import CvMatched, InboundUnmatched
from cv_matching_support import files
from cv_matching_support.running import Process, a_process

FILES = 40
KILLS = 4
UNSETTLED = "SELECT count(*) FROM items WHERE state = 'waiting'"


async def test_a_file_is_attached_once_however_often_the_service_is_killed(
    fresh_schema: ServiceDatabase, fresh_bus: str, tmp_path: Path
) -> None:
    seed = int(os.environ.get("KILL_SEED") or random.randrange(1 << 32))
    print(f"seed {seed}: KILL_SEED={seed} repeats it")
    chance = random.Random(seed)
    db = await asyncpg.connect(fresh_schema.url, server_settings={"search_path": fresh_schema.schema})
    left = FILES
    for kill in range(KILLS):
        async with a_process(fresh_schema, fresh_bus, tmp_path / "blobs", tmp_path / "log") as service:
            if kill == 0:
                await _send(service)
            await eventually(
                lambda before=left: _progress(db, before), what="it goes on", within=60, every=0.02
            )
            await asyncio.sleep(chance.uniform(0, 0.3))
            left = await db.fetchval(UNSETTLED)
            os.kill(service.pid, signal.SIGKILL)
        assert left, "all was done before the last kill: there was nothing to interrupt"
    async with a_process(fresh_schema, fresh_bus, tmp_path / "blobs", tmp_path / "log") as service:
        await eventually(lambda: db.fetchval(UNSETTLED), lambda count: count == 0, within=120, every=0.2)
        matched = await eventually(
            lambda: service.said(CvMatched), lambda said: len(said) >= FILES, within=30, every=0.2
        )
        unmatched = await eventually(
            lambda: service.said(InboundUnmatched), lambda said: len(said) >= FILES // 2, within=30, every=0.2
        )
    await db.close()
    assert Counter((one.item_id, one.application_id) for one in matched).most_common(1)[0][1] == 1
    assert (len(matched), len({one.item_id for one in matched})) == (FILES // 2 * 2, FILES // 2)
    assert sorted(one.number for one in matched) == sorted(2 * list(range(1, FILES // 2 + 1)))
    assert len({one.item_id for one in unmatched}) == len(unmatched) == FILES // 2


async def _send(service: Process) -> None:
    """Half of them are Ana's, who has two applications; of the others nobody knows who sent them."""
    await service.await_cv_of(1, "Ana", "Pop", "ana@example.com")
    await service.await_cv_of(1, "Ana", "Pop", "ana@example.com", application_id=201)
    for number in range(FILES):
        sender = "stranger@example.com" if number % 2 else "ana@example.com"
        body = files.a_picture(300) if number % 2 else files.a_pdf(f"Ana Pop\nVersion {number}")
        await service.receive(sender, ("cv", body))


async def _progress(db: asyncpg.Connection, before: int) -> bool:
    """Whether all files are written down, and one more has ended since."""
    written = await db.fetchval("SELECT count(*) FROM items")
    return bool(written == FILES and await db.fetchval(UNSETTLED) < before)
