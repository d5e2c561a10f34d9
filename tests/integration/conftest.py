"""One installation for all flows: real servers and processes, a scaled clock, the sandbox as the outside.

It is started once, and ends with the last test of this folder; each test brings a position and leads of its
own, and leaves nothing under way.
"""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path

import asyncpg
import pytest
from ops.bus import Operator
from ops.demo.pace import Pacemaker
from ops.demo.performing import Performance
from ops.demo.show import QUICK, START
from ops.instance import Instance, Options
from ops.sample.write import encoded, lead
from ops.topology import free_ports

FIRST = (
    "Ilinca",
    "Matei",
    "Sânziana",
    "Dragoș",
    "Ruxandra",
    "Bogdan",
    "Luminița",
    "Călin",
    "Eftimia",
    "Zamfir",
)
LAST = (
    "Avădanei",
    "Bălănescu",
    "Cernătescu",
    "Dragnea",
    "Enăchescu",
    "Filipoiu",
    "Gherghel",
    "Hăisan",
    "Irimescu",
)

IMPATIENT = {**QUICK, "RETRY_DELAY_BASE_SECONDS": "0.05", "RETRY_DELAY_MAX_SECONDS": "0.4"}

Cast = Callable[..., Awaitable[list[int]]]
"""Imports leads of the personas named, each a new person, and answers their applications."""


@pytest.fixture(scope="package")
async def instance(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Instance]:
    folder = tmp_path_factory.mktemp("an instance")
    pacemaker = Pacemaker(folder / "pace.json", START)
    options = Options(clock_file=folder / "pace.json", environment=IMPATIENT)
    running = Instance(folder, free_ports(), options)
    try:
        await running.start()
        pacemaker.begin()
        yield running
    finally:
        running.stop()


@pytest.fixture(scope="package")
async def db(instance: Instance) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(instance.ground.admin_url)
    yield connection
    await connection.close()


@pytest.fixture
async def operator(instance: Instance) -> AsyncIterator[Operator]:
    async with instance.operator() as connected:
        yield connected


@pytest.fixture
async def performance(instance: Instance, db: asyncpg.Connection, operator: Operator) -> Performance:
    return Performance(instance, Pacemaker(instance.folder / "pace.json"), db, operator)


@pytest.fixture(scope="session")
def numbers() -> Iterator[int]:
    """No two people of a session share an id, a phone or a name; those below 100 are the sample's."""
    return itertools.count(101)


@pytest.fixture
def cast(performance: Performance, numbers: Iterator[int], tmp_path: Path) -> Cast:
    async def choose(*personas: str) -> list[int]:
        people = []
        for persona, number in zip(personas, numbers, strict=False):
            first, last = FIRST[number % len(FIRST)], LAST[number // len(FIRST) % len(LAST)]
            people.append(lead(number, f"{first} {last}", persona))
        await performance.outside.register(people)
        file = tmp_path / "leads.csv"
        file.write_bytes(encoded(people))
        _, applications = await performance.import_leads(file, await performance.open_position())
        return applications

    return choose
