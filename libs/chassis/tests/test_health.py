"""A service that can't do its work says so (law 7), and lives on when only a server is away."""

from __future__ import annotations

import asyncio
import json
import random
import urllib.request
from typing import Any
from urllib.error import HTTPError

import pytest
from chassis import Begin, CommandClient, Handlers, Service
from chassis.handlers import HandlerMisdeclared
from chassis.http_server import CantListen
from chassis.servers import free_port
from chassis.testing import eventually, running
from chassis.testing_servers import RunningNats
from contracts.messaging import CandidateUnreachable
from fastapi import APIRouter, Request

from .conftest import Line, World, a_note
from .replica import flaky_note_taker
from .test_consumers import count, settled


class Entered:
    state = "new"

    async def __aenter__(self) -> Entered:
        self.state = "open"
        return self

    async def __aexit__(self, *_: object) -> None:
        self.state = "closed"


def note_taker() -> Handlers:
    return flaky_note_taker(random.Random(0), failing=0)


async def get(service: Service, path: str) -> tuple[int, str]:
    def ask() -> tuple[int, str]:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{service.http_port}{path}", timeout=5) as answer:
                return answer.status, answer.read().decode()
        except HTTPError as refused:
            return refused.code, refused.read().decode()

    return await asyncio.to_thread(ask)


async def test_a_healthy_service_is_alive_and_ready_and_counts(world: World) -> None:
    handlers = note_taker()
    await world.provision(handlers)
    async with running(world.service(handlers)) as service:
        assert await get(service, "/livez") == (200, '{"status":"ok","problems":[]}')
        assert (await get(service, "/readyz"))[0] == 200
        await world.throw(a_note(1), a_note(2))
        await eventually(lambda: count(world), lambda found: found == 2)
        await eventually(lambda: world.on_stream(), lambda found: found == 4)
        status, text = await get(service, "/metrics")
    assert status == 200
    assert 'messages_handled_total{consumer="intake__take_note"} 2.0' in text
    assert "outbox_relayed_total 2.0" in text


async def test_a_consumer_deleted_while_running_fails_liveness_until_it_is_back(world: World) -> None:
    handlers = note_taker()
    await world.provision(handlers)
    async with running(world.service(handlers)) as service:
        await world.js.delete_consumer("EVENTS", "intake__take_note")
        _, body = await eventually(lambda: get(service, "/livez"), lambda answer: answer[0] == 503)
        assert json.loads(body)["problems"] == ["consumer intake__take_note is gone"]
        await world.provision(handlers)
        await eventually(lambda: get(service, "/livez"), lambda answer: answer[0] == 200)
        await world.throw(a_note(1))
        await eventually(lambda: count(world), lambda found: found == 1)


async def test_a_loop_that_is_stuck_fails_liveness(world: World) -> None:
    release = asyncio.Event()
    handlers = Handlers("intake")

    @handlers.on(CandidateUnreachable)
    async def hang(event: CandidateUnreachable) -> None:
        await release.wait()

    await world.provision(handlers)
    async with running(world.service(handlers, changed={"stuck_after_seconds": 2.0})) as service:
        await eventually(lambda: get(service, "/livez"), lambda answer: answer[0] == 200)
        await world.throw(a_note(1))
        _, body = await eventually(lambda: get(service, "/livez"), lambda answer: answer[0] == 503)
        assert json.loads(body)["problems"] == ["intake__hang does not go round"]
        release.set()
        await eventually(lambda: get(service, "/livez"), lambda answer: answer[0] == 200)


async def test_without_the_bus_it_lives_on_says_so_and_catches_up(
    world: World, nats_server: RunningNats
) -> None:
    handlers = note_taker()
    await world.provision(handlers)
    async with running(world.service(handlers, changed={"stuck_after_seconds": 3.0})) as service:
        await world.throw(a_note(1))
        await eventually(lambda: count(world), lambda found: found == 1)
        nats_server.stop()
        try:
            _, body = await eventually(lambda: get(service, "/readyz"), lambda answer: answer[0] == 503)
            assert json.loads(body)["problems"] == ["nats is not reached"]
            await asyncio.sleep(10)  # the outage itself; issue 2 names its length
            assert (await get(service, "/livez"))[0] == 200
        finally:
            nats_server.start()
        await world.throw(*(a_note(n) for n in range(2, 12)))
        await eventually(lambda: count(world), lambda found: found == 11, within=20)
        await eventually(lambda: world.on_stream(), lambda found: found == 22, within=20)
        await eventually(lambda: get(service, "/readyz"), lambda answer: answer[0] == 200)
        await eventually(lambda: settled(world, "intake__take_note"))


async def test_servers_that_come_up_after_the_service_are_waited_for(world: World) -> None:
    handlers = note_taker()
    await world.provision(handlers)
    database, bus = Line(world.database.url, free_port()), Line(world.bus_url, free_port())
    late = {"database_url": database.url, "nats_url": bus.url}
    service = world.service(handlers, changed=late)
    task = asyncio.create_task(service.serve())
    await eventually(lambda: _started(service))
    assert (await get(service, "/livez"))[0] == 200
    status, body = await get(service, "/readyz")
    assert status == 503
    assert "waiting for database and bus" in body
    async with database, bus:
        await eventually(lambda: get(service, "/readyz"), lambda answer: answer[0] == 200)
        await world.throw(a_note(1))
        await eventually(lambda: count(world), lambda found: found == 1)
        service.stop()
        await asyncio.wait_for(task, 10)


async def test_a_service_that_never_reached_anything_ends_at_once(world: World) -> None:
    service = world.service(note_taker(), changed={"nats_url": f"nats://127.0.0.1:{free_port()}"})
    task = asyncio.create_task(service.serve())
    await eventually(lambda: _started(service))
    service.stop()
    await asyncio.wait_for(task, 4)


async def test_a_taken_port_is_said_in_one_line(world: World) -> None:
    async with running(world.service(Handlers("intake"))) as service:
        second = world.service(Handlers("intake"), changed={"http_port": service.http_port})
        with pytest.raises(CantListen, match="is it taken"):
            await second.serve()


async def test_routes_of_a_service_reach_its_ports(world: World) -> None:
    routes = APIRouter()

    @routes.post("/notes")
    async def add_note(request: Request) -> dict[str, Any]:
        service: Service = request.app.state.service
        async with service.begin() as tx:
            found = await tx.db.fetchval("INSERT INTO notes (text) VALUES ('by http') RETURNING place")
        return {"place": found, "commands": service.port(CommandClient) is not None}

    async with running(world.service(Handlers("intake"), http=routes)) as service:

        def post() -> Any:
            url = f"http://127.0.0.1:{service.http_port}/notes"
            with urllib.request.urlopen(urllib.request.Request(url, method="POST"), timeout=5) as answer:
                return json.loads(answer.read())

        assert await asyncio.to_thread(post) == {"place": 1, "commands": True}


async def test_a_request_that_comes_before_the_database_gets_a_503(world: World) -> None:
    routes = APIRouter()

    @routes.get("/notes")
    async def notes(request: Request) -> int:
        async with request.app.state.service.begin() as tx:
            return int(await tx.db.fetchval("SELECT count(*) FROM notes"))

    nowhere = {"database_url": f"postgresql://nobody@127.0.0.1:{free_port()}/none"}
    service = world.service(Handlers("intake"), http=routes, changed=nowhere)
    task = asyncio.create_task(service.serve())
    await eventually(lambda: _started(service))
    assert await get(service, "/notes") == (503, '{"detail":"intake is still starting"}')
    service.stop()
    await asyncio.wait_for(task, 4)


async def test_a_parameter_that_nothing_fills_shows_without_any_server(world: World) -> None:
    handlers = Handlers("intake")

    @handlers.on(CandidateUnreachable)
    async def take(event: CandidateUnreachable, missing: Entered) -> None: ...

    with pytest.raises(HandlerMisdeclared, match="nothing fills missing"):
        world.service(handlers)


async def test_a_port_with_a_lifetime_is_entered_and_closed(world: World) -> None:
    line = Entered()
    handlers = Handlers("intake")

    @handlers.acts_on(CandidateUnreachable)
    async def use_line(event: CandidateUnreachable, begin: Begin, port: Entered) -> None:
        async with begin() as tx:
            await tx.db.execute("INSERT INTO notes (text) VALUES ($1)", port.state)

    await world.provision(handlers)
    async with running(world.service(handlers, ports={Entered: line})):
        await world.throw(a_note(1))
        await eventually(lambda: count(world), lambda found: found == 1)
    assert await world.value("SELECT text FROM notes") == "open"
    assert line.state == "closed"


async def _started(service: Service) -> bool:
    return service.http_port > 0
