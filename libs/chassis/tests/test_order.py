"""Order per application, whatever fails and whoever takes over. RANDOM_SEED repeats a printed seed."""

from __future__ import annotations

import asyncio
import os
import random
import sys
from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest
from chassis import Begin, Handlers, ServiceSettings, Tx
from chassis.servers import end_with_parent
from chassis.testing import eventually, running
from contracts.messaging import CandidateUnreachable

from .conftest import World, a_note
from .replica import flaky_note_taker
from .test_consumers import settled

APPLICATIONS = 12
PER_APPLICATION = 25
TOTAL = APPLICATIONS * PER_APPLICATION


@pytest.fixture
def chance() -> random.Random:
    seed = int(os.environ.get("RANDOM_SEED") or random.randrange(1_000_000))
    print(f"RANDOM_SEED={seed}")
    return random.Random(seed)


async def throw_shuffled(world: World, chance: random.Random, each: int = PER_APPLICATION) -> None:
    """Every application counts on from where it was; who comes next is left to chance."""
    whose = [n for n in range(1, APPLICATIONS + 1) for _ in range(each)]
    chance.shuffle(whose)
    for application in whose:
        await world.throw(a_note(application, str(world.thrown[application])))
        world.thrown[application] += 1


async def expect_everything_once_and_in_order(world: World) -> None:
    rows = await world.rows("SELECT application_id, text FROM notes ORDER BY place")
    seen: dict[int, list[int]] = defaultdict(list)
    for row in rows:
        seen[row["application_id"]].append(int(row["text"]))
    assert dict(seen) == {n: list(range(PER_APPLICATION)) for n in range(1, APPLICATIONS + 1)}


QUICK_RETRIES: dict[str, Any] = {
    "retry_delay_base_seconds": 0.02,
    "retry_delay_max_seconds": 0.1,
    "max_deliveries": 1_000,
    "batch_size": 20,
}


async def test_order_per_application_with_two_replicas_and_random_failures(
    world: World, chance: random.Random
) -> None:
    handlers = flaky_note_taker(chance, failing=0.1)
    await world.provision(handlers)
    async with (
        running(world.service(handlers, changed=QUICK_RETRIES)),
        running(world.service(handlers, changed=QUICK_RETRIES)),
    ):
        await throw_shuffled(world, chance)
        await eventually(lambda: settled(world, "intake__take_note"), within=60)
    await expect_everything_once_and_in_order(world)


class Replicas:
    """Processes of the same service, to be killed and replaced."""

    def __init__(self, settings: ServiceSettings, chance: random.Random, failing: float) -> None:
        self._chance, self._failing = chance, failing
        environment = settings.model_dump_json(exclude={"nats_password"})
        self._environment = {**os.environ, "REPLICA": environment}
        self.processes: list[asyncio.subprocess.Process] = []

    async def start(self) -> None:
        self.processes.append(
            await asyncio.create_subprocess_exec(
                sys.executable,
                str(Path(__file__).with_name("replica.py")),
                str(self._failing),
                str(self._chance.randrange(1_000_000)),
                env=self._environment,
                stdout=asyncio.subprocess.DEVNULL,
                preexec_fn=end_with_parent(),
            )
        )

    async def kill(self, place: int) -> None:
        process = self.processes.pop(place)
        process.kill()
        await process.wait()

    async def kill_all(self) -> None:
        while self.processes:
            await self.kill(0)


async def test_order_per_application_across_kills_and_takeovers(world: World, chance: random.Random) -> None:
    """kill -9 of the holder or the other one, at any moment: between commit and ack too."""
    await world.provision(flaky_note_taker(chance, 0))
    replicas = Replicas(world.settings(**QUICK_RETRIES), chance, failing=0.02)
    await replicas.start()
    await replicas.start()
    try:
        for _ in range(5):
            before = await world.value("SELECT count(*) FROM notes")
            throwing = asyncio.create_task(throw_shuffled(world, chance, PER_APPLICATION // 5))
            await eventually(lambda: world.value("SELECT count(*) FROM notes"), lambda n, b=before: n > b)
            await asyncio.sleep(chance.uniform(0, 0.1))  # the moment is the random part
            await replicas.kill(chance.randrange(len(replicas.processes)))
            await replicas.start()
            await throwing
        await eventually(lambda: settled(world, "intake__take_note"), within=60)
        await eventually(lambda: world.on_stream(), lambda count: count >= 2 * TOTAL, within=20)
    finally:
        await replicas.kill_all()
    await expect_everything_once_and_in_order(world)
    said = [headers["ce-id"] for subject, headers, _ in await world.messages() if "deferred" in subject]
    assert len(said) == len(set(said)) == TOTAL


async def cut_off(world: World, name: str) -> None:
    """End database sessions of the services by their name."""
    await world.db.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = $1", name
    )


async def test_order_per_application_when_leases_are_lost_without_notice(
    world: World, chance: random.Random
) -> None:
    """The lease's connection is cut again and again; the other one takes over while the first still works."""
    handlers = flaky_note_taker(chance, failing=0.02)
    await world.provision(handlers)
    async with (
        running(world.service(handlers, changed=QUICK_RETRIES)),
        running(world.service(handlers, changed=QUICK_RETRIES)),
    ):
        throwing = asyncio.create_task(throw_shuffled(world, chance))
        for _ in range(8):
            await asyncio.sleep(chance.uniform(0.05, 0.3))  # the moment is the random part
            await cut_off(world, "intake leases")
        await throwing
        await eventually(lambda: settled(world, "intake__take_note"), within=60)
    await expect_everything_once_and_in_order(world)


async def test_order_per_application_when_database_sessions_break(
    world: World, chance: random.Random
) -> None:
    handlers = flaky_note_taker(chance, failing=0.0)
    await world.provision(handlers)
    async with running(world.service(handlers, changed=QUICK_RETRIES)):
        throwing = asyncio.create_task(throw_shuffled(world, chance))
        for _ in range(8):
            await asyncio.sleep(chance.uniform(0.05, 0.2))  # the moment is the random part
            await cut_off(world, "intake")
        await throwing
        await eventually(lambda: settled(world, "intake__take_note"), within=60)
    await expect_everything_once_and_in_order(world)


async def test_a_replaced_holder_cannot_commit(world: World) -> None:
    """Fencing: whoever held the consumer when its epoch moved on gets nothing into the database."""
    entered, leave = asyncio.Event(), asyncio.Event()
    handlers = Handlers("intake")

    @handlers.on(CandidateUnreachable)
    async def take_note(event: CandidateUnreachable, tx: Tx) -> None:
        await tx.db.execute("INSERT INTO notes (application_id) VALUES ($1)", event.application_id)

    @handlers.acts_on(CandidateUnreachable)
    async def act_slowly(event: CandidateUnreachable, begin: Begin) -> None:
        entered.set()
        await leave.wait()

    await world.provision(handlers)
    async with running(world.service(handlers)):
        await eventually(lambda: world.value("SELECT count(*) FROM leases"), lambda count: count >= 3)
        await world.db.execute("UPDATE leases SET epoch = epoch + 1 WHERE name = 'intake__take_note'")
        await world.throw(a_note(1))
        await entered.wait()
        await world.db.execute("UPDATE leases SET epoch = epoch + 1 WHERE name = 'intake__act_slowly'")
        leave.set()
        # Nobody else is there: the same process takes the lease anew, and only then the effect is committed.
        await eventually(lambda: world.value("SELECT count(*) FROM inbox"), lambda count: count == 2)
        await eventually(lambda: world.value("SELECT count(*) FROM notes"), lambda count: count == 1)
    epochs = await world.rows("SELECT name, epoch FROM leases WHERE name LIKE 'intake__%'")
    assert all(row["epoch"] >= 3 for row in epochs)


async def test_a_service_without_its_lease_does_nothing(world: World) -> None:
    handlers = flaky_note_taker(random.Random(0), failing=0)
    await world.provision(handlers)
    async with running(world.service(handlers)):
        standby = world.service(handlers)
        async with running(standby):
            await world.throw(*(a_note(n) for n in range(1, 20)))
            await eventually(lambda: settled(world, "intake__take_note"))
            assert standby.metrics.handled.labels("intake__take_note")._value.get() == 0
            assert standby.metrics.holding.labels("intake__take_note")._value.get() == 0
    assert await world.value("SELECT count(*) FROM notes") == 19


@pytest.mark.parametrize("concurrency", [1, 5])
async def test_effects_keep_the_order_of_an_application_and_run_others_beside(
    world: World, chance: random.Random, concurrency: int
) -> None:
    running_now: set[int] = set()
    most = 0
    done: dict[int, list[int]] = defaultdict(list)
    handlers = Handlers("intake")

    @handlers.acts_on(CandidateUnreachable, concurrency=concurrency)
    async def act(event: CandidateUnreachable, begin: Begin) -> None:
        nonlocal most
        assert event.application_id not in running_now, "the same application twice at the same time"
        running_now.add(event.application_id)
        most = max(most, len(running_now))
        await asyncio.sleep(0.002)
        running_now.discard(event.application_id)
        if chance.random() < 0.05:
            raise RuntimeError("not this time")
        done[event.application_id].append(int(event.reason))

    await world.provision(handlers)
    async with running(world.service(handlers, changed=QUICK_RETRIES)):
        await throw_shuffled(world, chance)
        await eventually(lambda: settled(world, "intake__act"), within=60)
    assert dict(done) == {n: list(range(PER_APPLICATION)) for n in range(1, APPLICATIONS + 1)}
    assert 1 <= most <= concurrency
    assert most > 1 or concurrency == 1
