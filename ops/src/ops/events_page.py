"""``docs/events.md``: what every context says and answers, for people."""

from __future__ import annotations

import importlib
import importlib.util
import inspect
from collections.abc import Iterator, Mapping, Sequence
from enum import Enum
from types import ModuleType

from contracts import streams
from contracts.base import COMMANDS, EVENTS, Command, Event, Value

from ops.field_table import field_table, markdown

_HEAD = """# Events and commands

Generated from `libs/contracts` by `python -m ops.documents`; don't edit.

An event is a fact: its context alone publishes it, on the subject
`evt.<context>.<noun>.<fact>.v<major>.<candidate_id>.<application_id>`, with `-` where there is no id. A
command goes to its owner on `cmd.<context>.<verb>` by request and reply; one `command_id` is done once.
The envelope is CloudEvents 1.0 in the NATS binary binding (`ce-` headers), with `correlationid` and
`causationid`. Every event has `candidate_id` and `application_id`; they are listed where they are required.
"""

Consumers = Mapping[str, Sequence[str]]


def events_page(consumers: Consumers) -> str:
    """``consumers`` names the durables that take each event, by event type."""
    parts = [_HEAD, *_streams()]
    for context in streams.CONTEXTS:
        parts += _context(context, consumers)
    parts += _values(_module("base"), "What several contexts speak of")
    return "\n".join(parts)


def _streams() -> Iterator[str]:
    yield "## Streams\n\n| stream | subjects | kept | what |\n|---|---|---|---|"
    for each in streams.STREAMS:
        subjects, days = ", ".join(each.subjects), each.max_age_seconds // streams.DAY
        yield f"| `{each.name}` | `{subjects}` | {days} days | {each.description} |"
    yield ""


def _context(context: str, consumers: Consumers) -> Iterator[str]:
    if importlib.util.find_spec(f"contracts.{context}") is None:
        return
    module = _module(context)
    yield f"## {context}\n\n{markdown(inspect.cleandoc(module.__doc__ or ''))}\n"
    for event in EVENTS.values():
        if event.context == context:
            yield _event(event, consumers.get(event.type(), ()))
    for command in COMMANDS.values():
        if command.context == context:
            yield _command(command)
    yield from _values(module, f"Values of {context}")


def _event(event: type[Event], consumers: Sequence[str]) -> str:
    takers = ", ".join(f"`{name}`" for name in consumers) or "nobody yet"
    head = [f"### {event.__name__}", "", f"`{event.type()}` · taken by {takers}", ""]
    return "\n".join([*head, *_described(event), *field_table(event)])


def _command(command: type[Command]) -> str:
    said = f"`{command.nats_subject()}` · command, answered with `Accepted` or `Refused`"
    return "\n".join([f"### {command.__name__}", "", said, "", *_described(command), *field_table(command)])


def _values(module: ModuleType, title: str) -> Iterator[str]:
    """The parts and enumerations that a module's messages are made of."""
    own = [each for each in vars(module).values() if getattr(each, "__module__", "") == module.__name__]
    values = [each for each in own if inspect.isclass(each) and issubclass(each, Value) and each is not Value]
    choices = [each for each in own if inspect.isclass(each) and issubclass(each, Enum)]
    if values or choices:
        yield f"### {title}\n"
    for value in values:
        yield "\n".join([f"**{value.__name__}**", "", *_described(value), *field_table(value)])
    for choice in choices:
        members = ", ".join(f"`{member.value}`" for member in choice)
        yield "\n".join([f"**{choice.__name__}**: {members}", "", *_described(choice)])


def _described(cls: type) -> list[str]:
    """The class's own docstring; one that it inherits says nothing about it."""
    own = vars(cls).get("__doc__")
    return [markdown(inspect.cleandoc(own)), ""] if own else []


def _module(name: str) -> ModuleType:
    return importlib.import_module(f"contracts.{name}")
