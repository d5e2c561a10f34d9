"""How a service says what it listens to.

``@handlers.on(CallCompleted)`` makes the function a durable consumer ``<context>__<function>``. Parameters
are filled by annotation: the event, ``Tx`` (or ``Begin``), ``Envelope``, and the ports that ``Service`` was
given. Functions that name the same ``consumer`` share one durable and therefore one order: use it wherever
the order across kinds of events matters (replicas of another context's facts, the status machine).
"""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, TypeVar, get_type_hints

from contracts import Command, Event

Function = TypeVar("Function", bound=Callable[..., Awaitable[Any]])


class Form(Enum):
    """How a handler is run."""

    MESSAGE = "message"
    """Inside one transaction, once per message."""
    BATCH = "batch"
    """Inside one transaction, once per batch: its first parameter is ``Sequence[Envelope]``."""
    EFFECT = "effect"
    """Outside any transaction, for effects on the outside world: takes ``Begin`` and opens its own."""


@dataclass(frozen=True, slots=True)
class Handler:
    """One function and what it listens to."""

    function: Callable[..., Awaitable[Any]]
    events: tuple[type[Event], ...]
    form: Form
    parameters: dict[str, Any]
    """Parameter name to annotation, the first parameter (event or batch) left out."""


@dataclass(slots=True)
class Consumer:
    """One durable: its handlers see every message of their kinds in stream order per application."""

    name: str
    form: Form
    handlers: list[Handler] = field(default_factory=list)
    concurrency: int = 1
    """For effects only: how many applications are worked on at the same time in one process."""

    @property
    def filters(self) -> list[str]:
        """The NATS subjects it takes, sorted."""
        return sorted({event.nats_filter() for handler in self.handlers for event in handler.events})


@dataclass(frozen=True, slots=True)
class CommandHandler:
    function: Callable[..., Awaitable[Any]]
    command: type[Command]
    parameters: dict[str, Any]
    first: CommandHandler | None = None
    """What is looked at before the transaction."""
    finds: Any = None
    """The class of what ``first`` finds, which fills the parameter of that annotation."""


class HandlerMisdeclared(TypeError):
    """A handler that can't work as written; raised while the service is being put together."""


class Handlers:
    """What one context listens to: consumers by durable name, commands by class."""

    def __init__(self, context: str) -> None:
        self.context = context
        self.consumers: dict[str, Consumer] = {}
        self.commands: dict[type[Command], CommandHandler] = {}

    def on(self, *events: type[Event], consumer: str | None = None) -> Callable[[Function], Function]:
        """Run once per message, in a transaction of its own effect: ``(event, tx, ports...)``."""
        return self._register(events, Form.MESSAGE, consumer)

    def on_batch(self, *events: type[Event], consumer: str | None = None) -> Callable[[Function], Function]:
        """Run once per batch: ``(envelopes: Sequence[Envelope], tx, ports...)``; for set statements.

        When it raises, the chassis rolls back and calls it again with one envelope at a time.
        """
        return self._register(events, Form.BATCH, consumer)

    def acts_on(
        self, *events: type[Event], consumer: str | None = None, concurrency: int = 8
    ) -> Callable[[Function], Function]:
        """Run outside any transaction: ``(event, begin: Begin, ports...)``; for calls to the outside world.

        It may run again after a crash, so each effect goes through ``chassis.effects.once``.
        """
        return self._register(events, Form.EFFECT, consumer, concurrency)

    def answers(
        self, command: type[Command], first: Callable[..., Awaitable[Any]] | None = None
    ) -> Callable[[Function], Function]:
        """Answer a command: ``(command, tx, ports...) -> Accepted | Refused``; a refusal rolls back.

        ``first``: ``(command, ports...)``, for what takes its time, such as reading a file. It runs before
        the transaction, changes nothing, and what it finds is injected by the class it says it returns.
        """

        def register(function: Function) -> Function:
            if command.context != self.context:
                raise HandlerMisdeclared(
                    f"{command.__name__} belongs to {command.context}, not {self.context}"
                )
            if command in self.commands:
                raise HandlerMisdeclared(f"{command.__name__} is answered twice")
            before = CommandHandler(first, command, _parameters(first)) if first else None
            finds = get_type_hints(first)["return"] if first else None
            self.commands[command] = CommandHandler(function, command, _parameters(function), before, finds)
            return function

        return register

    def include(self, other: Handlers) -> None:
        """Take over what another file of the same context declares."""
        for name, consumer in other.consumers.items():
            mine = self.consumers.setdefault(name, Consumer(name, consumer.form, [], consumer.concurrency))
            for handler in consumer.handlers:
                _add(mine, handler, consumer.form)
        for command, handler_ in other.commands.items():
            if command in self.commands:
                raise HandlerMisdeclared(f"{command.__name__} is answered twice")
            self.commands[command] = handler_

    def _register(
        self, events: tuple[type[Event], ...], form: Form, consumer: str | None, concurrency: int = 1
    ) -> Callable[[Function], Function]:
        if not events:
            raise HandlerMisdeclared("a handler listens to at least one event")

        def register(function: Function) -> Function:
            name = f"{self.context}__{consumer or function.__name__}"
            entry = self.consumers.setdefault(name, Consumer(name, form, [], concurrency))
            _add(entry, Handler(function, events, form, _parameters(function)), form)
            return function

        return register


def _add(consumer: Consumer, handler: Handler, form: Form) -> None:
    if consumer.form is not form:
        raise HandlerMisdeclared(f"{consumer.name} mixes {consumer.form.value} and {form.value} handlers")
    taken = {event for present in consumer.handlers for event in present.events}
    if twice := taken.intersection(handler.events):
        raise HandlerMisdeclared(f"{consumer.name} handles {sorted(e.__name__ for e in twice)} twice")
    consumer.handlers.append(handler)


def _parameters(function: Callable[..., Any]) -> dict[str, Any]:
    hints = get_type_hints(function)
    names = list(inspect.signature(function).parameters)
    if not names:
        raise HandlerMisdeclared(f"{function.__name__} takes no event")
    missing = [name for name in names if name not in hints]
    if missing:
        raise HandlerMisdeclared(f"{function.__name__}: parameters without annotation: {missing}")
    return {name: hints[name] for name in names[1:]}
