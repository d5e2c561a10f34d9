"""Commands: asked of their owner, done once per command id, answered with accepted or refused.

Request and reply over core NATS, one queue group per context. An accepted reply is stored in the transaction
that did the work, so the same id sent again gets the same reply; a refusal rolled everything back and is
decided anew. Of a query nothing is stored.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Protocol

import asyncpg
import structlog
from contracts import Accepted, Command, Query, Refused, parse_reply
from nats.aio.msg import Msg
from nats.aio.subscription import Subscription
from nats.errors import ConnectionClosedError, NoRespondersError, OutboundBufferLimitError
from nats.errors import Error as NatsError
from pydantic import ValidationError

from chassis.binding import Call, Ports, bind
from chassis.bus import Bus
from chassis.handlers import CommandHandler, HandlerMisdeclared, Handlers
from chassis.metrics import Metrics
from chassis.telemetry import reason_of, span, where_it_failed
from chassis.transaction import PostgresTx, Transactions
from chassis.tx import Tx

_log = structlog.get_logger(__name__)

TIMES_AGAIN = 2


class CommandClient(Protocol):
    """Port: sends a command to its owner."""

    async def send(
        self,
        command: Command,
        timeout: float | None = None,  # noqa: ASYNC109 - running out of it is an answer here
    ) -> Accepted | Refused:
        """The owner's answer, within ``timeout`` seconds (``COMMAND_PATIENCE_SECONDS`` when not given, and
        ``COMMAND_ABSENCE_SECONDS`` for an owner who is not there).

        ``Refused("unavailable")``: nobody answered; nothing is lost, and the same command (with the same
        ``command_id``) may be sent again.
        """


class NatsCommandClient:
    def __init__(self, bus: Bus, patience: float, absence: float) -> None:
        """Both are in seconds."""
        self._bus, self._patience, self._absence = bus, patience, absence

    async def send(
        self,
        command: Command,
        timeout: float | None = None,  # noqa: ASYNC109 - running out of it is an answer here
    ) -> Accepted | Refused:
        subject, body = command.nats_subject(), command.model_dump_json().encode()
        began = asyncio.get_running_loop().time()
        deadline = began + (self._patience if timeout is None else timeout)
        back_by = deadline if timeout is not None else min(deadline, began + self._absence)
        while True:
            left = deadline - asyncio.get_running_loop().time()
            if left <= 0:
                return _unavailable(command, "did not answer in time")
            try:
                answer = await self._bus.client.request(subject, body, timeout=left)
            except NoRespondersError:  # it may just be starting
                if back_by - asyncio.get_running_loop().time() < 0.2:
                    return _unavailable(command, "is not running at the moment")
                await asyncio.sleep(0.1)
            except (TimeoutError, OutboundBufferLimitError, ConnectionClosedError):
                return _unavailable(command, "did not answer in time")
            except NatsError as failure:
                return _unavailable(command, f"can't be reached ({type(failure).__name__})")
            else:
                return parse_reply(answer.data)


def _unavailable(command: Command, why: str) -> Refused:
    message = f"{command.context} {why}. Nothing was lost: try again in a moment."
    return Refused(code="unavailable", message=message)


class _RolledBack(Exception):
    def __init__(self, refused: Refused) -> None:
        super().__init__(refused.code)
        self.refused = refused


@dataclass(frozen=True, slots=True)
class Entry:
    """A command's handler with its ports filled in."""

    command: type[Command]
    handler: CommandHandler
    ports: Ports
    call: Call

    async def ready(self, command: Command) -> Call:
        """The handler, with what had to be looked at before its transaction."""
        if self.handler.first is None:
            return self.call
        found = await bind(self.handler.first, self.ports)(command, None, None)
        return bind(self.handler, {**self.ports, self.handler.finds: found})


def entry_of(handler: CommandHandler, ports: Ports) -> Entry:
    """Raises ``HandlerMisdeclared`` for one that can't work as written."""
    if handler.first is None:
        return Entry(handler.command, handler, ports, bind(handler, ports))
    if Tx in handler.first.parameters.values():
        raise HandlerMisdeclared(f"{handler.first.function.__name__} runs before the transaction")
    bind(handler.first, ports)
    return Entry(handler.command, handler, ports, bind(handler, {**ports, handler.finds: None}))


class CommandServer:
    """Answers the commands of one context."""

    def __init__(
        self,
        handlers: Handlers,
        ports: Ports,
        bus: Bus,
        transactions: Transactions,
        metrics: Metrics,
        concurrency: int = 8,
    ) -> None:
        self._context, self._bus = handlers.context, bus
        self._transactions, self._metrics = transactions, metrics
        self._entries = {
            command.nats_subject(): entry_of(handler, ports) for command, handler in handlers.commands.items()
        }
        self._turns = asyncio.Semaphore(concurrency)
        self._subscriptions: list[Subscription] = []
        self._tasks: set[asyncio.Task[None]] = set()

    async def start(self) -> None:
        for subject in self._entries:
            self._subscriptions.append(
                await self._bus.client.subscribe(subject, queue=self._context, cb=self._on_request)
            )

    async def stop(self, within: float) -> None:
        """Take no more; answer what was taken."""
        for subscription in self._subscriptions:
            try:
                await subscription.unsubscribe()
            except NatsError:
                continue
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=within)

    async def _on_request(self, msg: Msg) -> None:
        task = asyncio.create_task(self._respond(msg), name=f"command {msg.subject}")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _respond(self, msg: Msg) -> None:
        async with self._turns:
            reply = await self.answer(msg.subject, msg.data, (msg.headers or {}).get("traceparent"))
        self._metrics.commands.labels(msg.subject, getattr(reply, "code", reply.status)).inc()
        if not msg.reply:
            return
        try:
            await self._bus.client.publish(msg.reply, reply.model_dump_json().encode())
        except NatsError as lost:
            _log.warning("reply_not_sent", command=msg.subject, failure=type(lost).__name__)

    async def answer(self, subject: str, body: bytes, traceparent: str | None = None) -> Accepted | Refused:
        """Carry the command out, or find the reply it got before."""
        entry = self._entries[subject]
        try:
            command = entry.command.model_validate_json(body)
        except ValidationError as problem:
            return Refused(code="malformed", message=reason_of(problem))
        try:
            with span(subject, traceparent):
                return await self._in_turn(entry, command)
        except _RolledBack as refusal:
            return refusal.refused
        except Exception as failure:
            _log.error(
                "command_failed",
                command=subject,
                command_id=str(command.command_id),
                **where_it_failed(failure),
            )
            message = "Something went wrong on our side; nothing was changed. Please try again."
            return Refused(code="internal_error", message=message)

    async def _in_turn(self, entry: Entry, command: Command) -> Accepted | Refused:
        """Of two that wait for each other the database stops one, whose work is undone: it is done again."""
        call = await entry.ready(command)
        for _ in range(TIMES_AGAIN):
            try:
                return await self._carry_out(call, command)
            except asyncpg.DeadlockDetectedError:
                _log.info("command_again", command=command.nats_subject(), command_id=str(command.command_id))
        return await self._carry_out(call, command)

    async def _carry_out(self, call: Call, command: Command) -> Accepted | Refused:
        async with self._transactions.unit() as unit:
            if isinstance(command, Query):
                answer: Accepted | Refused = await call(command, PostgresTx(unit), None)
                return answer
            name = f"{command.context}.{command.verb}"
            fresh = await unit.db.fetchval(
                "INSERT INTO commands (command_id, name, received_at) VALUES ($1, $2, $3)"
                " ON CONFLICT DO NOTHING RETURNING true",
                command.command_id,
                name,
                unit.now,
            )
            if not fresh:
                [(known_as, stored)] = await unit.db.fetch(
                    "SELECT name, reply FROM commands WHERE command_id = $1", command.command_id
                )
                if known_as != name:
                    message = "This command id was used for another command."
                    return Refused(code="command_id_reused", message=message)
                return parse_reply(stored.encode())
            reply: Accepted | Refused = await call(command, PostgresTx(unit), None)
            if isinstance(reply, Refused):
                raise _RolledBack(reply)
            await unit.db.execute(
                "UPDATE commands SET reply = $2 WHERE command_id = $1",
                command.command_id,
                reply.model_dump_json(),
            )
            return reply
