"""What an installation consists of: the services, their ports, and what each may do on the bus."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from chassis.servers import NatsUser, free_port
from contracts.streams import CONTEXTS, DEAD_LETTERS, EVENTS

from ops.say import Trouble

SERVICES: tuple[str, ...] = CONTEXTS
SANDBOX = "sandbox"
OPERATOR = "ops"
"""The bus user of this command line: it may do everything."""

SENDS_COMMANDS = frozenset({"recruiter_ui"})
READS_ALL_HISTORY = frozenset({"recruiter_ui"})
"""Services that make throw-away consumers of their own, to rebuild what they fold from the stream."""


class BadPort(Trouble):
    """A port variable that holds no port."""

    def __init__(self, variable: str, value: str) -> None:
        super().__init__(f"{variable}={value} is no port: give a number from 1 to 65535")


@dataclass(frozen=True, slots=True)
class Ports:
    """The ports people and providers use. ``others`` serve health and metrics only, on free ones."""

    ui: int
    gateway: int
    sandbox: int
    nats: int
    postgres: int
    others: dict[str, int] = field(default_factory=dict)

    def of(self, name: str) -> int:
        fixed = {"recruiter_ui": self.ui, "gateway": self.gateway, SANDBOX: self.sandbox}
        return fixed[name] if name in fixed else self.others[name]


VARIABLES = {
    "ui": ("PORT", 8010),
    "gateway": ("GATEWAY_PORT", 8011),
    "sandbox": ("SANDBOX_PORT", 8012),
    "nats": ("NATS_PORT", 8013),
    "postgres": ("POSTGRES_PORT", 8014),
}
"""Which variable moves which port."""


def ports_from_environment(otherwise: Mapping[str, int] | None = None) -> Ports:
    """``otherwise`` counts before the defaults, by the names of the variables.

    Two of ours on one port would not be noticed: the first answers the second's health check."""
    fixed: dict[int, str] = {}
    for variable, default in VARIABLES.values():
        port = _port(variable, (otherwise or {}).get(variable, default))
        if port in fixed:
            raise Trouble(f"{fixed[port]} and {variable} are both {port}: give each a port of its own.")
        fixed[port] = variable
    return _with_others(list(fixed))


def free_ports() -> Ports:
    """For instances that run beside others: tests and the demonstration."""
    return _with_others([free_port() for _ in VARIABLES])


def variable_of(ports: Ports, port: int) -> str | None:
    """The name of the variable that moves a port, if one does."""
    return next((VARIABLES[name][0] for name in VARIABLES if getattr(ports, name) == port), None)


def bus_user(context: str, password: str, durables: Iterable[str]) -> NatsUser:
    """A service with what it needs on the bus, no more. Wildcards stand for whole words: names are listed."""
    stream = EVENTS.name
    publish = [
        f"evt.{context}.>",
        f"$JS.API.STREAM.INFO.{stream}",
        f"$JS.API.STREAM.INFO.{DEAD_LETTERS.name}",
        "$JS.API.STREAM.NAMES",
        "$JS.API.INFO",
    ]
    for durable in durables:
        publish += [
            f"dlq.{durable}",
            f"$JS.API.CONSUMER.INFO.{stream}.{durable}",
            f"$JS.API.CONSUMER.RESET.{stream}.{durable}",
            f"$JS.API.CONSUMER.MSG.NEXT.{stream}.{durable}",
            f"$JS.ACK.{stream}.{durable}.>",
        ]
    if context in SENDS_COMMANDS:
        publish.append("cmd.>")
    if context in READS_ALL_HISTORY:
        publish += [
            f"$JS.API.CONSUMER.CREATE.{stream}",
            f"$JS.API.CONSUMER.CREATE.{stream}.>",
            f"$JS.API.CONSUMER.INFO.{stream}.*",
            f"$JS.API.CONSUMER.MSG.NEXT.{stream}.*",
            f"$JS.API.CONSUMER.DELETE.{stream}.*",
            f"$JS.API.DIRECT.GET.{stream}.>",
            f"$JS.ACK.{stream}.>",
        ]
    subscribe = ("_INBOX.>", f"cmd.{context}.>")
    return NatsUser(context, password, tuple(publish), subscribe, may_answer=True)


def _port(variable: str, default: int) -> int:
    value = os.environ.get(variable, "").strip() or str(default)
    if not value.isdigit() or not 0 < int(value) < 65536:
        raise BadPort(variable, value)
    return int(value)


def _with_others(fixed: list[int]) -> Ports:
    """``fixed`` in the order of ``VARIABLES``."""
    ui, gateway, sandbox, nats, postgres = fixed
    others = {name: free_port() for name in SERVICES if name not in ("recruiter_ui", "gateway")}
    return Ports(ui, gateway, sandbox, nats, postgres, others)
