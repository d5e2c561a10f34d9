"""One service: handlers, the ports they need, and everything that keeps them running.

``run(build(Settings()))`` is all a service's ``main`` does. Health is served from the first moment; database
and bus are waited for; SIGTERM lets what was begun come to its end.
"""

from __future__ import annotations

import asyncio
import signal
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import structlog
import uvloop
from fastapi import APIRouter, FastAPI, Request, Response
from fastapi.responses import JSONResponse

from chassis import bus as buses
from chassis.binding import bind, bind_free
from chassis.blobs import Blobs, ObjectBlobs
from chassis.clock import Clock, clock_from
from chassis.commands import CommandClient, CommandServer, NatsCommandClient, entry_of
from chassis.consumers import ConsumerRunner, Surroundings
from chassis.database import Pool, open_pool
from chassis.handlers import Form, Handlers
from chassis.health import health_routes
from chassis.housekeeping import housekeeping
from chassis.http_server import HttpServer
from chassis.leases import Leases
from chassis.metrics import Metrics
from chassis.periodic import Periodic, PeriodicRunner
from chassis.relay import Relay
from chassis.settings import ServiceSettings
from chassis.telemetry import note_loose_end, set_up_logging, set_up_tracing, where_it_failed
from chassis.transaction import Transactions
from chassis.tx import Begin
from chassis.watchdog import Watchdog

_log = structlog.get_logger(__name__)

Http = APIRouter | FastAPI | Callable[["Service"], APIRouter | FastAPI]
"""Routes, or what makes them once the service is there. ``request.app.state.service`` is the service."""


class Service:
    """Put together in ``main.py``; ``serve`` runs it until it is told to stop."""

    def __init__(
        self,
        name: str,
        settings: ServiceSettings,
        handlers: Handlers,
        *,
        ports: Mapping[Any, Any] | None = None,
        every: Sequence[Periodic] = (),
        http: Http | None = None,
    ) -> None:
        if handlers.context != name:
            raise ValueError(f"the handlers are those of {handlers.context}, the service is {name}")
        self.name = name
        self.settings = settings
        self.handlers = handlers
        self.metrics = Metrics()
        self.http_port = 0
        """Where it serves, once it does; a free one where the settings say 0."""
        self.clock: Clock = clock_from(settings.clock_file)
        self._given = dict(ports or {})
        self._every = tuple(every)
        self._http = http
        self._transactions: Transactions | None = None
        self._ports: dict[Any, Any] = {}
        self._watchdog: Watchdog | None = None
        self._check_ports()
        self._stop = asyncio.Event()

    def _check_ports(self) -> None:
        """A parameter that nothing fills is a mistake that shows at once, without any server."""
        known = {Clock: None, Blobs: None, Begin: None, CommandClient: None, **self._given}
        for consumer in self.handlers.consumers.values():
            for handler in consumer.handlers:
                bind(handler, known, takes_begin=consumer.form is Form.EFFECT)
        for command in self.handlers.commands.values():
            entry_of(command, known)
        for periodic in self._every:
            bind_free(periodic.function, periodic.parameters(), known)

    @property
    def schema(self) -> str:
        return self.settings.database_schema or self.name

    @property
    def begin(self) -> Begin:
        """Opens a transaction, for HTTP handlers; raises ``NotReady`` while the database is not reached."""
        if self._transactions is None:
            raise NotReady(self.name)
        return self._transactions.begin

    def port(self, annotation: Any) -> Any:
        """What fills a port, for HTTP handlers: ``service.port(CommandClient)``."""
        if not self._ports:
            raise NotReady(self.name)
        return self._ports[annotation]

    def stop(self) -> None:
        """Ask it to come to its end."""
        self._stop.set()

    def problems(self) -> list[str]:
        """Why it is not ready; empty when it is."""
        return self._watchdog.unready() if self._watchdog else ["starting: waiting for database and bus"]

    def _fatal(self) -> list[str]:
        return self._watchdog.fatal() if self._watchdog else []

    async def serve(self) -> None:
        """Everything, from the first health answer to the drained end."""
        async with AsyncExitStack() as stack:
            app = self._app()
            server = HttpServer(app, self.settings.http_host, self.settings.http_port)
            await stack.enter_async_context(server.running())
            self.http_port = server.port
            starting = asyncio.ensure_future(stack.enter_async_context(self._working()))
            stopping = asyncio.ensure_future(self._stop.wait())
            await asyncio.wait((starting, stopping), return_when=asyncio.FIRST_COMPLETED)
            if not starting.done():
                starting.cancel()
                await asyncio.wait((starting,))
                return
            await starting
            _log.info("service_started", http_port=server.port)
            await stopping
            _log.info("service_draining")

    def _app(self) -> FastAPI:
        routes = self._http
        if routes is not None and not isinstance(routes, APIRouter | FastAPI):
            routes = routes(self)
        app = (
            routes if isinstance(routes, FastAPI) else FastAPI(title=self.name, docs_url=None, redoc_url=None)
        )
        if isinstance(routes, APIRouter):
            app.include_router(routes)
        app.include_router(health_routes(self._fatal, self.problems, self.metrics.registry))
        app.state.service = self
        app.add_exception_handler(NotReady, _say_unavailable)
        return app

    @asynccontextmanager
    async def _working(self) -> AsyncIterator[None]:
        settings = self.settings
        async with AsyncExitStack() as stack:
            pool = await open_pool(settings.database_url, self.schema, self.name, settings.database_pool_size)
            stack.push_async_callback(_close_pool, pool)
            bus = await buses.connect(settings, self.name)
            stack.push_async_callback(buses.close, bus)
            leases = Leases(settings.database_url, self.schema, self.name, settings.lease_retry_seconds)
            stack.push_async_callback(leases.close)
            relay_holder: list[Relay] = []
            transactions = Transactions(pool, self.clock, lambda: relay_holder[0].wake())
            relay = Relay(self.name, pool, bus, leases, self.clock, transactions.hybrid_clock, self.metrics)
            relay_holder.append(relay)
            self._ports = await self._open_ports(stack, transactions, bus)
            self._transactions = transactions
            await self._go(stack, pool, bus, leases, relay, transactions)
            yield

    async def _open_ports(
        self, stack: AsyncExitStack, transactions: Transactions, bus: buses.Bus
    ) -> dict[Any, Any]:
        ports: dict[Any, Any] = {
            Clock: self.clock,
            Blobs: ObjectBlobs(self.settings.blobs_url),
            Begin: transactions.begin,
            CommandClient: NatsCommandClient(
                bus, self.settings.command_patience_seconds, self.settings.command_absence_seconds
            ),
        }
        for annotation, filling in self._given.items():
            if hasattr(filling, "__aenter__"):
                filling = await stack.enter_async_context(filling)
            ports[annotation] = filling
        return ports

    async def _go(
        self,
        stack: AsyncExitStack,
        pool: Pool,
        bus: buses.Bus,
        leases: Leases,
        relay: Relay,
        transactions: Transactions,
    ) -> None:
        settings, ports = self.settings, self._ports
        around = Surroundings(bus, leases, transactions, settings, self.metrics)
        consumers = [ConsumerRunner(consumer, ports, around) for consumer in self.handlers.consumers.values()]
        every = (*self._every, housekeeping(pool, self.clock, settings))
        periodic = [PeriodicRunner(one, ports, leases, self.clock) for one in every]
        commands = CommandServer(self.handlers, ports, bus, transactions, self.metrics)
        pulses = {runner.name: runner.pulse for runner in consumers} | {"relay": relay.pulse}
        self._watchdog = Watchdog(
            bus,
            pool,
            consumers,
            pulses,
            self.metrics,
            settings.watch_every_seconds,
            settings.stuck_after_seconds,
        )
        crew = Crew()
        stack.push_async_callback(crew.dismiss)
        crew.add("leases", leases.watch())
        crew.add("watchdog", self._watchdog.run())
        relaying = crew.add("relay", relay.run())
        runners: list[ConsumerRunner | PeriodicRunner] = [*consumers, *periodic]
        working = [crew.add(runner.name, runner.run()) for runner in runners]
        await commands.start()

        async def drain() -> None:
            leases.end()
            for runner in runners:
                runner.stop()
            answered = asyncio.create_task(commands.stop(settings.drain_seconds))
            await asyncio.wait([answered, *working], timeout=settings.drain_seconds + 0.5)
            relay.stop()
            await asyncio.wait([relaying], timeout=1.0)

        stack.push_async_callback(drain)


class NotReady(RuntimeError):
    """The service has not reached its database yet; an HTTP handler answers 503."""

    def __init__(self, name: str) -> None:
        super().__init__(f"{name} is still starting")


async def _say_unavailable(_: Request, reason: Exception) -> Response:
    return JSONResponse({"detail": str(reason)}, status_code=503, headers={"Retry-After": "1"})


class Crew:
    """Tasks of a service. One that ends by a mistake of ours is logged; the watchdog sees its silence."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[None]] = set()

    def add(self, name: str, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.create_task(work, name=name)
        self._tasks.add(task)
        task.add_done_callback(self._ended)
        return task

    async def dismiss(self) -> None:
        for task in tuple(self._tasks):
            task.cancel()
        if self._tasks:
            await asyncio.wait(tuple(self._tasks), timeout=1)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (failure := task.exception()) is not None:
            _log.error("task_ended", task=task.get_name(), **where_it_failed(failure))


async def _close_pool(pool: Pool) -> None:
    try:
        async with asyncio.timeout(3):
            await pool.close()
    except TimeoutError:
        pool.terminate()


def run(service: Service) -> None:
    """The process of a service: until SIGTERM or SIGINT."""
    set_up_logging(service.name, service.settings.log_level)
    set_up_tracing(service.name)

    async def main() -> None:
        loop = asyncio.get_running_loop()
        loop.set_exception_handler(note_loose_end)
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, service.stop)
        await service.serve()

    uvloop.run(main())
