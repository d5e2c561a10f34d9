"""The contracts as an AsyncAPI 3.0 document, for programs. Source: asyncapi.com, specification 3.0.0."""

from __future__ import annotations

import inspect
import json
from collections.abc import Mapping, Sequence
from typing import Any

from contracts.base import COMMANDS, EVENTS, Accepted, Command, Event, Refused
from contracts.samples import golden
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

Document = dict[str, Any]
Consumers = Mapping[str, Sequence[str]]

_INFO = {
    "title": "RecruitFlow",
    "version": "1.0.0",
    "description": "Everything that RecruitFlow's services say to each other on NATS JetStream.",
}
_PARAMETERS = {
    "candidate_id": {"description": "The person concerned, or - where there is none."},
    "application_id": {"description": "The application concerned, or - where there is none."},
}
_TEXT = {"type": "string"}
_HEADERS = {
    "type": "object",
    "description": "CloudEvents 1.0 in the NATS binary binding; traceparent is W3C Trace Context.",
    "properties": {
        "Nats-Msg-Id": {
            "type": "string",
            "description": "The event's id again: the stream drops a repetition.",
        },
        "ce-specversion": {"type": "string", "const": "1.0"},
        "ce-id": {"type": "string", "format": "uuid"},
        "ce-type": _TEXT,
        "ce-source": _TEXT,
        "ce-subject": _TEXT,
        "ce-time": {"type": "string", "format": "date-time"},
        "ce-correlationid": {"type": "string", "format": "uuid"},
        "ce-causationid": {"type": "string", "format": "uuid"},
        "traceparent": _TEXT,
        "content-type": {"type": "string", "const": "application/json"},
    },
    "required": [
        "Nats-Msg-Id",
        "ce-specversion",
        "ce-id",
        "ce-type",
        "ce-source",
        "ce-time",
        "ce-correlationid",
    ],
}
_REPLIES = "replies"


def asyncapi_document(consumers: Consumers) -> Document:
    channels: Document = {_REPLIES: _reply_channel()}
    operations: Document = {}
    messages: Document = {each.__name__: _message(each) for each in (Accepted, Refused)}
    for _, event in sorted(EVENTS.items()):  # the registry is in order of imports
        channels[event.type()] = _event_channel(event)
        messages[event.type()] = _message(event) | {"headers": {"$ref": "#/components/schemas/Headers"}}
        operations |= _event_operations(event, consumers.get(event.type(), ()))
    for name, command in sorted(COMMANDS.items()):
        channels[name] = _channel(command.nats_subject(), command.__name__, name)
        messages[name] = _message(command)
        operations[f"{name}.answer"] = _answer(name, command)
    return {
        "asyncapi": "3.0.0",
        "info": _INFO,
        "defaultContentType": "application/json",
        "servers": {"bus": {"host": "localhost:4222", "protocol": "nats", "description": "NATS JetStream"}},
        "channels": channels,
        "operations": operations,
        "components": {"messages": messages, "schemas": _schemas()},
    }


def _event_channel(event: type[Event]) -> Document:
    address = f"evt.{event.type()}.{{candidate_id}}.{{application_id}}"
    return _channel(address, event.__name__, event.type()) | {"parameters": dict(_PARAMETERS)}


def _channel(address: str, name: str, message: str) -> Document:
    return {"address": address, "messages": {name: {"$ref": f"#/components/messages/{message}"}}}


def _reply_channel() -> Document:
    return {
        "address": None,
        "description": "The inbox that the sender of a command listens on.",
        "messages": {each: {"$ref": f"#/components/messages/{each}"} for each in ("Accepted", "Refused")},
    }


def _event_operations(event: type[Event], consumers: Sequence[str]) -> Document:
    channel = {"$ref": f"#/channels/{event.type()}"}
    messages = [{"$ref": f"#/channels/{event.type()}/messages/{event.__name__}"}]
    said = {
        f"{event.type()}.publish": {
            "action": "send",
            "channel": channel,
            "summary": f"{event.context} says it",
            "messages": messages,
        }
    }
    for consumer in consumers:
        context, _, durable = consumer.partition("__")
        said[f"{event.type()}.{consumer}"] = {
            "action": "receive",
            "channel": channel,
            "summary": f"{context} takes it, durable {durable}",
            "messages": messages,
        }
    return said


def _answer(name: str, command: type[Command]) -> Document:
    return {
        "action": "receive",
        "channel": {"$ref": f"#/channels/{name}"},
        "summary": f"{command.context} answers it",
        "messages": [{"$ref": f"#/channels/{name}/messages/{command.__name__}"}],
        "reply": {
            "channel": {"$ref": f"#/channels/{_REPLIES}"},
            "messages": [
                {"$ref": f"#/channels/{_REPLIES}/messages/{each}"} for each in ("Accepted", "Refused")
            ],
        },
    }


def _message(cls: type[Event] | type[Command] | type[Accepted] | type[Refused]) -> Document:
    described = (
        {"description": inspect.cleandoc(cls.__doc__)} if "__doc__" in vars(cls) and cls.__doc__ else {}
    )
    return {
        "name": cls.__name__,
        **described,
        "contentType": "application/json",
        "payload": {"$ref": f"#/components/schemas/{cls.__name__}"},
        "examples": [{"payload": json.loads(golden(cls).model_dump_json())}],
    }


def _schemas() -> Document:
    models: list[type[BaseModel]] = [*EVENTS.values(), *COMMANDS.values(), Accepted, Refused]
    _, definitions = models_json_schema(
        [(model, "validation") for model in models], ref_template="#/components/schemas/{model}"
    )
    schemas: Document = definitions["$defs"]
    return {"Headers": _HEADERS, **dict(sorted(schemas.items()))}
