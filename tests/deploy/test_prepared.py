"""A deployment prepared on real servers: the bus with its users, every schema, and seven services at work."""

from __future__ import annotations

import asyncio
import importlib
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any, get_type_hints

import asyncpg
import nats
import pytest
from chassis.provisioner import consumers_of
from chassis.servers import end_with_parent, free_port
from chassis.servers.databases import url_as
from chassis.service import Service
from chassis.settings import ServiceSettings
from chassis.testing import eventually
from ops.declared import handlers_of
from ops.deployment import add_user, password_variable, prepare, rebuild_stream, role_of
from ops.nats_users import password_variable as bus_password
from ops.say import Trouble
from ops.topology import OPERATOR, SERVICES

NATS = Path(__file__).parents[2] / "deploy" / "nats"


@pytest.fixture
def started(environment: dict[str, str], tmp_path: Path) -> Iterator[int]:
    """nats-server with the configuration of the deployment; only place and port are the test's own."""
    port = free_port()
    config = (NATS / "nats.conf").read_text()
    config = config.replace("/data/jetstream", f"{tmp_path}/jetstream").replace('http: "0.0.0.0:8222"\n', "")
    (tmp_path / "nats.conf").write_text(config.replace("0.0.0.0:4222", f"127.0.0.1:{port}"))
    (tmp_path / "users.conf").write_text((NATS / "users.conf").read_text())
    server = subprocess.Popen(
        [Path(sys.executable).parent / "nats-server", "--config", tmp_path / "nats.conf"],
        env={**os.environ, **environment, "NATS_SERVER_NAME": "test"},
        stderr=subprocess.DEVNULL,
        preexec_fn=end_with_parent(),
    )
    yield port
    server.terminate()
    server.wait(10)


@pytest.fixture
async def bus(started: int) -> str:
    """Once it can be reached: a client that comes too early tells its owner of an error."""

    async def reached() -> bool:
        _, line = await asyncio.open_connection("127.0.0.1", started)
        line.close()
        return True

    await eventually(reached, what="the bus is up")
    return f"127.0.0.1:{started}"


@pytest.fixture
async def given(environment: dict[str, str], bus: str, fresh_database: str) -> AsyncIterator[dict[str, str]]:
    """What the job ``prepare`` is given."""
    url = f"nats://{OPERATOR}:{environment[bus_password(OPERATOR)]}@{bus}"
    yield {**environment, "DATABASE_URL": fresh_database, "NATS_URL": url}
    admin = await asyncpg.connect(fresh_database)
    for service in SERVICES:
        await admin.execute(f"DROP OWNED BY {role_of(service)} CASCADE")
    await admin.close()


@asynccontextmanager
async def running(service: str, given: dict[str, str], bus: str, blobs: Path) -> AsyncIterator[Service]:
    """A service with exactly the rights that the deployment gives it."""
    build = importlib.import_module(f"{service}.main").build
    settings: ServiceSettings = get_type_hints(build)["settings"](
        database_url=url_as(given["DATABASE_URL"], role_of(service), given[password_variable(service)]),
        nats_url=f"nats://{bus}",
        nats_user=service,
        nats_password=given[bus_password(service)],
        blobs_url=blobs.as_uri(),
        http_port=0,
        lease_retry_seconds=0.1,
    )
    built: Service = build(settings)
    serving = asyncio.create_task(built.serve())
    yield built
    built.stop()
    await serving


async def test_seven_services_come_up_with_the_rights_they_are_given(
    given: dict[str, str], bus: str, tmp_path: Path
) -> None:
    assert await prepare(given)
    assert await prepare(given) == [], "the second time there is nothing left to do"
    async with AsyncExitStack() as stack:
        services = {
            service: await stack.enter_async_context(running(service, given, bus, tmp_path / "blobs"))
            for service in SERVICES
        }

        async def unready() -> dict[str, list[str]]:
            return {name: problems for name, each in services.items() if (problems := each.problems())}

        await eventually(unready, lambda found: not found, within=30, what="all seven are ready")


async def test_a_lost_stream_is_made_again(given: dict[str, str]) -> None:
    await prepare(given)
    assert await rebuild_stream(given) == 0
    assert await prepare(given) == [], "streams and consumers stand as declared"


async def test_a_recruiter_is_let_in_once(given: dict[str, str]) -> None:
    await prepare(given)
    assert len(await add_user(given, "ana@example.com", "Ana Pop")) > 12
    with pytest.raises(Trouble):
        await add_user(given, "ana@example.com", "Ana Pop")


@pytest.mark.parametrize("service", SERVICES)
async def test_a_service_says_only_what_is_its_own(given: dict[str, str], bus: str, service: str) -> None:
    refused: list[str] = []

    async def note(problem: Exception) -> None:
        refused.append(str(problem).lower())

    own, other = (
        f"evt.{service}.a.b.v1.-.-",
        f"evt.{'calling' if service == 'intake' else 'intake'}.a.b.v1.-.-",
    )
    client = await nats.connect(f"nats://{service}:{given[bus_password(service)]}@{bus}", error_cb=note)
    await client.publish(own, b"{}")
    await client.flush()
    assert refused == []
    for subject in (other, "dlq.someone__else", "$JS.API.STREAM.DELETE.EVENTS"):
        await client.publish(subject, b"{}")
        await client.flush()
        await eventually(_seen(refused, subject), what=f"{service} may not publish on {subject}")
    await client.close()


def _seen(refused: list[str], subject: str) -> Any:
    async def probe() -> bool:
        return any(subject.lower() in problem for problem in refused)

    return probe


async def test_a_missing_password_is_named(given: dict[str, str]) -> None:
    with pytest.raises(Trouble, match="POSTGRES_INTAKE_PASSWORD"):
        await prepare({**given, "POSTGRES_INTAKE_PASSWORD": ""})


def test_every_durable_may_be_pulled_by_its_service() -> None:
    users = (NATS / "users.conf").read_text()
    for service in SERVICES:
        for consumer in consumers_of(handlers_of(service)):
            assert f"$JS.API.CONSUMER.MSG.NEXT.EVENTS.{consumer.name}" in users
