"""Fills the parameters of handlers by annotation; done once at the start, so that a mistake is seen there."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, TypeAlias

from contracts import Envelope

from chassis.handlers import CommandHandler, Handler, HandlerMisdeclared
from chassis.tx import Begin, Tx

Ports: TypeAlias = Mapping[Any, Any]
"""What is injected, by the annotation that asks for it."""

Call: TypeAlias = Callable[[Any, Any, Any], Awaitable[Any]]
"""``call(first, tx or begin, envelope)``."""


def bind(handler: Handler | CommandHandler, ports: Ports, *, takes_begin: bool = False) -> Call:
    """A handler with its ports filled in. ``takes_begin``: it gets ``Begin`` where others get ``Tx``."""
    function = handler.function
    fixed: dict[str, Any] = {}
    opened: list[str] = []
    enveloped: list[str] = []
    wanted, other = (Begin, Tx) if takes_begin else (Tx, Begin)
    for name, annotation in handler.parameters.items():
        if annotation == wanted:
            opened.append(name)
        elif annotation is Envelope:
            enveloped.append(name)
        elif annotation == other:
            raise HandlerMisdeclared(f"{function.__name__}: {name} must be {_called(wanted)} in this form")
        elif annotation in ports:
            fixed[name] = ports[annotation]
        else:
            known = sorted(_called(port) for port in ports)
            raise HandlerMisdeclared(
                f"{function.__name__}: nothing fills {name}: {_called(annotation)}; there is {known}"
            )

    def call(first: Any, opening: Any, envelope: Any) -> Awaitable[Any]:
        given = fixed.copy()
        for name in opened:
            given[name] = opening
        for name in enveloped:
            given[name] = envelope
        return function(first, **given)

    return call


def bind_free(function: Callable[..., Awaitable[Any]], parameters: Mapping[str, Any], ports: Ports) -> Any:
    """For periodic work: every parameter is a port (``Begin`` among them)."""
    missing = [name for name, annotation in parameters.items() if annotation not in ports]
    if missing:
        raise HandlerMisdeclared(f"{function.__name__}: nothing fills {missing}")
    given = {name: ports[annotation] for name, annotation in parameters.items()}
    return lambda: function(**given)


def _called(annotation: Any) -> str:
    if annotation == Begin:
        return "Begin"
    return getattr(annotation, "__name__", str(annotation))
