"""The part of an installation that rings people, with everything real but the candidates.

Intake, gateway and calling run as processes over PostgreSQL and NATS against the sandbox, on a clock that
runs 240 times as fast. Scoring is not there: a completed call is where an application comes to rest.
"""

from __future__ import annotations

import asyncio
import os
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
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
from contracts.intake import (
    AddCandidate,
    CandidateFields,
    OpenPosition,
    PositionDetails,
    QueueCalls,
)
from contracts.intake.positions import RetryRule, RetryRules
from ops.bus import OPERATOR, Operator
from ops.declared import handlers_of

from .nursery import Nursery

FAST = 240.0
"""Clock seconds in a real one: a call is over in a second, and a day, after which a call without news is left
to a person, in six minutes: on a busy machine 200 kills take longer than that."""
ACK_WAIT = 0.4
"""What a killed process had been given comes again after so many seconds."""
START = datetime(2026, 11, 18, 9, 0, tzinfo=UTC)
KILLED = ("calling", "gateway")
SERVICES = (*KILLED, "intake")
SECRET = "wsec_sandbox"

POSITION = PositionDetails(
    title="Sales Representative",
    employer="Exemplu SRL",
    system_prompt="You call {candidate_name} about {position_title}.",
    first_message="Aveți un minut?",
    calling_hour_start=0,
    calling_hour_end=24,
    calling_days=[0, 1, 2, 3, 4, 5, 6],
    call_retry_max=3,
    call_retry_interval_minutes=30,
    retry_rules=RetryRules(busy=RetryRule(), voicemail=RetryRule()),
)
IMPATIENT = {
    "LEASE_RETRY_SECONDS": "0.03",
    "RETRY_DELAY_BASE_SECONDS": "0.05",
    "RETRY_DELAY_MAX_SECONDS": "0.5",
    "WATCH_EVERY_SECONDS": "0.1",
    "CONSUMER_ACK_WAIT_SECONDS": str(ACK_WAIT),
    "EFFECT_GRACE_SECONDS": "2.0",
    "ELEVENLABS_TIMEOUT_SECONDS": "1.0",
    "CALL_BATCH_SIZE": "3",
    # The breaker would rightly stop a position at which everything goes wrong.
    "CALL_BREAKER_FAILURES": "1000000",
}


@dataclass
class Town:
    """What a test does in it, and what it looks at."""

    nursery: Nursery
    operator: Operator
    db: asyncpg.Connection[Any]
    control: httpx2.AsyncClient
    pace: Path
    position_id: int = 0

    async def open(self) -> None:
        command = OpenPosition(command_id=uuid4(), actor=OPERATOR, details=POSITION)
        self.position_id = int((await self.operator.ask(command))["position_id"])

    async def add(self, number: int, persona: str) -> int:
        """Somebody new with a habit on the phone; answers the application."""
        phone = f"+4070000{number:04}"
        (await self.control.post("/people", json=[{"phone": phone, "persona": persona}])).raise_for_status()
        command = AddCandidate(
            command_id=uuid4(),
            actor=OPERATOR,
            fields=CandidateFields(full_name=f"Ana Exemplu{_letters(number)}", phone=phone),
            position_id=self.position_id,
        )
        return int((await self.operator.ask(command))["application_id"])

    async def trigger(self, applications: list[int]) -> None:
        command = QueueCalls(command_id=uuid4(), actor=OPERATOR, application_ids=applications)
        assert (await self.operator.ask(command))["queued"] == applications

    async def fault(self, **fault: Any) -> None:
        answer = await self.control.post("/faults", json={"provider": "elevenlabs", **fault})
        assert answer.status_code == 201, answer.text

    async def ledger(self, kind: str) -> list[dict[str, Any]]:
        entries = (await self.control.get("/ledger", params={"kind": kind, "limit": 100_000})).json()
        found: list[dict[str, Any]] = entries["entries"]
        return found

    async def statuses(self) -> dict[int, str]:
        """Where each application stands, by intake's own table."""
        rows = await self.db.fetch("SELECT application_id, status FROM intake.applications")
        return {row["application_id"]: row["status"] for row in rows}

    def hurry(self, scale: float) -> None:
        write_pace(self.pace, read_pace(self.pace).changed(scale, datetime.now(UTC).timestamp()))


def _letters(number: int) -> str:
    """A family name of its own: nobody is to be taken for somebody else."""
    return "".join(chr(ord("a") + int(digit)) for digit in str(number))


@asynccontextmanager
async def town(database: str, bus: str, folder: Path) -> AsyncIterator[Town]:
    """``database`` is an administrator's URL; everything that was started is ended."""
    pace = folder / "pace.json"
    write_pace(pace, Pace(since=datetime.now(UTC).timestamp(), shown=START, scale=FAST))
    ports = {name: free_port() for name in (*SERVICES, "sandbox")}
    mains = {name: f"{name}.main" for name in (*SERVICES, "sandbox")}
    await _prepare_bus(bus)
    async with Nursery(folder, mains) as nursery, Operator(bus, f"file://{folder}/blobs") as operator:
        for name in SERVICES:
            url = await _schema_of(database, name)
            nursery.environments[name] = _environment(name, url, bus, folder, ports)
        nursery.environments["sandbox"] = {
            "CLOCK_FILE": str(pace),
            "SANDBOX_PORT": str(ports["sandbox"]),
            "SANDBOX_STATE": str(folder / "sandbox"),
            "GATEWAY_URL": f"http://127.0.0.1:{ports['gateway']}",
            "ELEVENLABS_POST_CALL_AUDIO": "true",
        }
        for name in mains:
            await nursery.bear(name)
        db = await asyncpg.connect(database)
        address = f"http://127.0.0.1:{ports['sandbox']}/__control__"
        async with httpx2.AsyncClient(base_url=address, timeout=10) as control:
            await eventually(lambda: control.get("/state"), lambda got: got.status_code == 200, within=20)
            found = Town(nursery, operator, db, control, pace)
            await found.open()
            yield found
        await db.close()


async def _prepare_bus(bus: str) -> None:
    client = await nats.connect(bus)
    consumers = [one for name in SERVICES for one in consumers_of(handlers_of(name), ACK_WAIT)]
    await provision(client.jetstream(), consumers)
    await client.close()


async def _schema_of(database: str, name: str) -> str:
    role = f"test_{name}_{secrets.token_hex(4)}"
    given = await provide_schema(database, name, role=role, password=secrets.token_urlsafe(12))
    await asyncio.to_thread(upgrade, name, given.url, given.schema)
    return given.url


def _environment(name: str, url: str, bus: str, folder: Path, ports: dict[str, int]) -> dict[str, str]:
    return {
        **{key: os.environ[key] for key in ("PATH", "HOME") if key in os.environ},
        **IMPATIENT,
        "DATABASE_URL": url,
        "DATABASE_SCHEMA": name,
        "NATS_URL": bus,
        "BLOBS_URL": f"file://{folder}/blobs",
        "CLOCK_FILE": str(folder / "pace.json"),
        "HTTP_PORT": str(ports[name]),
        "LOG_LEVEL": "WARNING",
        "ELEVENLABS_API_KEY": "sandbox-elevenlabs-key",
        "ELEVENLABS_AGENT_ID": "agent_sandbox",
        "ELEVENLABS_PHONE_NUMBER_ID": "phnum_sandbox",
        "ELEVENLABS_WEBHOOK_SECRET": SECRET,
        "ELEVENLABS_BASE_URL": f"http://127.0.0.1:{ports['sandbox']}/elevenlabs",
    }
