"""A part of an installation in which services are killed, with everything real but the candidates.

The services run as processes over PostgreSQL and NATS against the sandbox, on a clock that runs fast. Which
ones, and what they are told, says a ``Plan``: ``ringing`` and ``writing`` are the two there are.
"""

from __future__ import annotations

import asyncio
import os
import secrets
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import asyncpg
import httpx2
import nats
from chassis.clock import Pace, read_pace, write_pace
from chassis.migrations import upgrade
from chassis.provisioner import consumers_of, provision
from chassis.servers import free_port, provide_schema
from chassis.testing import eventually
from contracts.intake import AddCandidate, CandidateFields, OpenPosition, PositionDetails
from ops.bus import OPERATOR, Operator
from ops.declared import handlers_of

from .nursery import Nursery

ACK_WAIT = 0.4
"""What a killed process had been given comes again after so many seconds."""
START = datetime(2026, 11, 18, 9, 0, tzinfo=UTC)
IMPATIENT = {
    "LEASE_RETRY_SECONDS": "0.03",
    "RETRY_DELAY_BASE_SECONDS": "0.05",
    "RETRY_DELAY_MAX_SECONDS": "0.5",
    "WATCH_EVERY_SECONDS": "0.1",
    "CONSUMER_ACK_WAIT_SECONDS": str(ACK_WAIT),
    "EFFECT_GRACE_SECONDS": "2.0",
}


@dataclass(frozen=True)
class Plan:
    """What stands in a town."""

    services: tuple[str, ...]
    pace: float
    """Clock seconds in a real one."""
    position: PositionDetails
    environment: Callable[[str], dict[str, str]]
    """What services are told beside what all are; given the sandbox's address."""
    sandbox: dict[str, str] = field(default_factory=dict)


@dataclass
class Town:
    """What a test does in it, and what it looks at."""

    nursery: Nursery
    operator: Operator
    db: asyncpg.Connection[Any]
    control: httpx2.AsyncClient
    pace: Path
    plan: Plan
    paces: list[Pace]
    """What its clock went by, the newest last."""
    position_id: int = 0

    async def open(self) -> None:
        command = OpenPosition(command_id=uuid4(), actor=OPERATOR, details=self.plan.position)
        self.position_id = int((await self.operator.ask(command))["position_id"])

    async def add(self, number: int, persona: str, email: str | None = None) -> int:
        """Somebody new with habits of their own; answers the application."""
        ways = {"phone": phone_of(number), **({"email": email} if email else {})}
        person = {**ways, "name": name_of(number), "persona": persona}
        (await self.control.post("/people", json=[person])).raise_for_status()
        command = AddCandidate(
            command_id=uuid4(),
            actor=OPERATOR,
            fields=CandidateFields(full_name=name_of(number), **ways),
            position_id=self.position_id,
        )
        return int((await self.operator.ask(command))["application_id"])

    async def fault(self, **fault: Any) -> None:
        answer = await self.control.post("/faults", json=fault)
        assert answer.status_code == 201, answer.text

    async def struck(self) -> dict[str, int]:
        """How often each kind of fault struck."""
        struck: Counter[str] = Counter()
        for one in (await self.control.get("/faults")).json()["faults"]:
            struck[one["kind"]] += one["struck"]
        return dict(struck)

    async def dead(self) -> list[str]:
        """Which events ended as dead letters, and why."""
        state = (await self.operator.js.stream_info("DEAD_LETTERS")).state
        letters = [
            await self.operator.js.get_msg("DEAD_LETTERS", sequence)
            for sequence in range(max(state.first_seq, 1), state.last_seq + 1)
        ]
        return [f"{letter.subject}: {(letter.headers or {}).get('dlq-reason')}" for letter in letters]

    async def ledger(self, kind: str) -> list[dict[str, Any]]:
        entries = (await self.control.get("/ledger", params={"kind": kind, "limit": 100_000})).json()
        found: list[dict[str, Any]] = entries["entries"]
        return found

    async def statuses(self) -> dict[int, str]:
        """Where each application stands, by intake's own table."""
        rows = await self.db.fetch("SELECT application_id, status FROM intake.applications")
        return {row["application_id"]: row["status"] for row in rows}

    def hurry(self, scale: float) -> None:
        self.paces.append(read_pace(self.pace).changed(scale, datetime.now(UTC).timestamp()))
        write_pace(self.pace, self.paces[-1])

    def shown_at(self, real: datetime) -> datetime:
        """What the town's clock showed at a moment of the machine's."""
        moment = real.timestamp()
        pace = next((one for one in reversed(self.paces) if one.since <= moment), self.paces[0])
        return pace.at(moment)


def phone_of(number: int) -> str:
    return f"+4070000{number:04}"


def name_of(number: int) -> str:
    """A family name of its own: nobody is to be taken for somebody else."""
    return "Ana Exemplu" + "".join(chr(ord("a") + int(digit)) for digit in str(number))


@asynccontextmanager
async def town(plan: Plan, database: str, bus: str, folder: Path) -> AsyncIterator[Town]:
    """``database`` is an administrator's URL; everything that was started is ended."""
    pace = folder / "pace.json"
    begun = Pace(since=datetime.now(UTC).timestamp(), shown=START, scale=plan.pace)
    write_pace(pace, begun)
    names = (*plan.services, "sandbox")
    ports = {name: free_port() for name in names}
    mains = {name: f"{name}.main" for name in names}
    await _prepare_bus(plan, bus)
    async with Nursery(folder, mains) as nursery, Operator(bus, f"file://{folder}/blobs") as operator:
        told = _environment(plan, bus, folder, ports)
        for name in plan.services:
            own = {"DATABASE_URL": await _schema_of(database, name), "DATABASE_SCHEMA": name}
            nursery.environments[name] = {**told, **own, "HTTP_PORT": str(ports[name])}
        nursery.environments["sandbox"] = {
            **told,
            "SANDBOX_PORT": str(ports["sandbox"]),
            "SANDBOX_STATE": str(folder / "sandbox"),
            "GATEWAY_URL": f"http://127.0.0.1:{ports['gateway']}",
            **plan.sandbox,
        }
        for name in mains:
            await nursery.bear(name)
        db = await asyncpg.connect(database)
        address = f"http://127.0.0.1:{ports['sandbox']}/__control__"
        async with httpx2.AsyncClient(base_url=address, timeout=10) as control:
            await eventually(lambda: control.get("/state"), lambda got: got.status_code == 200, within=60)
            found = Town(nursery, operator, db, control, pace, plan, [begun])
            await found.open()
            yield found
        await db.close()


async def _prepare_bus(plan: Plan, bus: str) -> None:
    client = await nats.connect(bus)
    consumers = [one for name in plan.services for one in consumers_of(handlers_of(name), ACK_WAIT)]
    await provision(client.jetstream(), consumers)
    await client.close()


async def _schema_of(database: str, name: str) -> str:
    role = f"test_{name}_{secrets.token_hex(4)}"
    given = await provide_schema(database, name, role=role, password=secrets.token_urlsafe(12))
    await asyncio.to_thread(upgrade, name, given.url, given.schema)
    return given.url


def _environment(plan: Plan, bus: str, folder: Path, ports: dict[str, int]) -> dict[str, str]:
    return {
        **{key: os.environ[key] for key in ("PATH", "HOME", "PYTHONPYCACHEPREFIX") if key in os.environ},
        **IMPATIENT,
        "NATS_URL": bus,
        "BLOBS_URL": f"file://{folder}/blobs",
        "CLOCK_FILE": str(folder / "pace.json"),
        "LOG_LEVEL": "WARNING",
        **plan.environment(f"http://127.0.0.1:{ports['sandbox']}"),
    }
