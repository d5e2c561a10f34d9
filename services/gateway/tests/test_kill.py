"""A 2xx means that it is on disk, even if the gateway is killed the next moment (law 4)."""

from __future__ import annotations

import asyncio
import os
import random
import sys

import asyncpg
import httpx2
from chassis.servers import end_with_parent

from .conftest import House, a_webhook, signed

COMMAND = (sys.executable, "-m", "gateway.main")


async def test_whatever_was_answered_200_before_a_kill_is_in_the_database(house: House) -> None:
    seed = random.SystemRandom().randrange(2**32)
    print(f"seed {seed}", file=sys.stderr)
    dice = random.Random(seed)
    accepted: set[int] = set()
    for start in range(0, 3_000, 1_000):
        accepted |= await _until_killed(house, dice.uniform(0.0, 0.3), start)
    assert len(accepted) > 10
    db = await asyncpg.connect(house.database.url, server_settings={"search_path": house.database.schema})
    bodies = {row["body"] for row in await db.fetch("SELECT body FROM deliveries")}
    events = await db.fetchval("SELECT count(*) FROM outbox")
    await db.close()
    assert {a_webhook(n=number) for number in accepted} <= bodies
    assert events == len(bodies)


async def _until_killed(house: House, after: float, start: int) -> set[int]:
    """Answers the numbers of the deliveries that got 200 from a process that was killed mid-work."""
    settings = house.settings()
    environment = {
        **os.environ,
        "DATABASE_URL": settings.database_url,
        "DATABASE_SCHEMA": settings.database_schema or "",
        "NATS_URL": settings.nats_url,
        "BLOBS_URL": settings.blobs_url,
        "HTTP_PORT": str(settings.http_port),
        "ELEVENLABS_WEBHOOK_SECRET": settings.elevenlabs_webhook_secret.get_secret_value(),
    }
    process = await asyncio.create_subprocess_exec(
        *COMMAND, env=environment, stdout=asyncio.subprocess.DEVNULL, preexec_fn=end_with_parent()
    )
    accepted: set[int] = set()
    numbers = iter(range(start, start + 1_000))

    async def send(http: httpx2.AsyncClient) -> None:
        for number in numbers:
            body = a_webhook(n=number)
            while True:
                try:
                    answer = await http.post("/webhooks/elevenlabs/", content=body, headers=signed(body))
                except httpx2.HTTPError:
                    if dead.is_set():
                        return
                    await asyncio.sleep(0.02)
                    continue
                if answer.status_code == 200:
                    accepted.add(number)
                    started.set()
                    break

    started, dead = asyncio.Event(), asyncio.Event()
    async with httpx2.AsyncClient(base_url=f"http://127.0.0.1:{settings.http_port}") as http:
        senders = [asyncio.create_task(send(http)) for _ in range(16)]
        await asyncio.wait_for(started.wait(), 20)
        await asyncio.sleep(after)
        process.kill()
        await process.wait()
        dead.set()
        await asyncio.gather(*senders)
    return accepted
