"""``POST /v1/messages`` and ``/v1/messages/count_tokens`` (providers.md 2.1 to 2.5)."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, StreamingResponse

from sandbox.anthropic.composing import compose
from sandbox.anthropic.reading import last_user_text, whole_text
from sandbox.anthropic.schema import SchemaUnsupported, answer, check
from sandbox.anthropic.spoiling import spoil
from sandbox.anthropic.streaming import events
from sandbox.faults import Kind
from sandbox.settings import SandboxSettings
from sandbox.wire import Manners, Refusal, json_object, route_class, same, world_of
from sandbox.world import World

_TYPES = {
    400: "invalid_request_error",
    401: "authentication_error",
    402: "billing_error",
    403: "permission_error",
    404: "not_found_error",
    409: "conflict_error",
    413: "request_too_large",
    429: "rate_limit_error",
    504: "timeout_error",
    529: "overloaded_error",
}
_KNOWN = {
    "model", "max_tokens", "messages", "system", "stop_sequences", "stream", "tools", "tool_choice",
    "thinking", "output_config", "cache_control", "metadata", "service_tier", "speed", "inference_geo",
    "container", "diagnostics",
}  # fmt: skip
_SAMPLING = {"temperature", "top_p", "top_k"}
MODEL = "rules-1"


def _error(status: int, message: str) -> Any:
    return {
        "type": "error",
        "error": {"type": _TYPES.get(status, "api_error"), "message": message},
        "request_id": None,
    }


def _no(status: int, message: str) -> Refusal:
    return Refusal(status, _error(status, message))


def _bad(message: str) -> Refusal:
    return _no(400, message)


def _admit(settings: SandboxSettings, request: Request) -> None:
    key = request.headers.get("x-api-key") or request.headers.get("authorization", "").removeprefix("Bearer ")
    if not same(key, settings.anthropic_api_key):
        raise _no(401, "invalid x-api-key")
    if not request.headers.get("anthropic-version"):
        raise _bad("anthropic-version: header is required")


def _invalid(bad: RequestValidationError) -> Refusal:
    return _bad("; ".join(error["msg"] for error in bad.errors()))


MANNERS = Manners("anthropic", _admit, _error, _invalid)


def router() -> APIRouter:
    routes = APIRouter(prefix="/anthropic/v1", route_class=route_class(MANNERS))

    @routes.post("/messages", name="messages")
    async def messages(request: Request) -> Response:
        world = world_of(request)
        body = await json_object(request, _bad)
        _validate(body, request.headers["anthropic-version"], needs_max_tokens=True)
        content, stop = _answer(body)
        if world.faults.strikes("anthropic", "messages", Kind.REFUSAL):
            content, stop = [], "refusal"
        elif world.faults.strikes("anthropic", "messages", Kind.NOT_JSON):
            content = [_text('Here is what I think of it: {"outcome": "qualif')]
        elif world.faults.strikes("anthropic", "messages", Kind.CUT_SHORT):
            content, stop = [_text(content[0].get("text", "")[:20])], "max_tokens"
        elif world.faults.strikes("anthropic", "messages", Kind.CONTEXT_EXCEEDED):
            content, stop = [], "model_context_window_exceeded"
        elif _schema(body) is None and content[0]["type"] == "text":
            content = [_text(_spoilt(world, content[0]["text"]))]
        elif stop == "end_turn":
            answered = spoil(world.faults, json.loads(content[0]["text"]))
            content = [_text(json.dumps(answered, ensure_ascii=False))]
        message = _message(body, f"msg_01{world.fresh_id('message', 22)}", content, stop)
        headers = {"request-id": f"req_{world.fresh_id('request', 24)}", "x-sandbox-model": MODEL}
        if body.get("stream"):
            lines: Iterator[str] = events(message)
            return StreamingResponse(lines, media_type="text/event-stream", headers=headers)
        return JSONResponse(message, headers=headers)

    @routes.post("/messages/count_tokens", name="count_tokens")
    async def count_tokens(request: Request) -> dict[str, int]:
        body = await json_object(request, _bad)
        _validate(body, request.headers["anthropic-version"], needs_max_tokens=False)
        return {"input_tokens": _tokens(whole_text(body))}

    return routes


def _spoilt(world: World, text: str) -> str:
    """Plain text as models write it that don't do quite what they were told."""
    if world.faults.strikes("anthropic", "messages", Kind.FENCED):
        return f"```text\n{text}\n```"
    if world.faults.strikes("anthropic", "messages", Kind.AS_JSON):
        return json.dumps({"text": text}, ensure_ascii=False)
    if world.faults.strikes("anthropic", "messages", Kind.UNKNOWN_PLACEHOLDER):
        return f"{text} {{salary_offer}}"
    return text


def _validate(body: dict[str, Any], version: str, needs_max_tokens: bool) -> None:
    # The newer API version has no sampling parameters; the older one took them.
    known = _KNOWN if version > "2026" else _KNOWN | _SAMPLING
    if unknown := sorted(set(body) - known):
        raise _bad(f"{unknown[0]}: Extra inputs are not permitted")
    if not isinstance(body.get("model"), str) or not body["model"]:
        raise _bad("model: Field required")
    limit = body.get("max_tokens")
    if needs_max_tokens and (not isinstance(limit, int) or isinstance(limit, bool) or limit < 0):
        raise _bad(
            "max_tokens: Field required" if limit is None else "max_tokens: must be a non-negative integer"
        )
    messages = body.get("messages")
    if not isinstance(messages, list) or not messages:
        raise _bad("messages: at least one message is required")
    for number, message in enumerate(messages):
        if not isinstance(message, dict) or message.get("role") not in ("user", "assistant"):
            raise _bad(f"messages.{number}.role: Input should be 'user' or 'assistant'")
        if not isinstance(message.get("content"), str | list) or not message["content"]:
            raise _bad(f"messages.{number}.content: Field required")
    if messages[0]["role"] != "user":
        raise _bad('messages: first message must use the "user" role')
    if messages[-1]["role"] == "assistant":
        raise _bad("This model does not support assistant message prefill.")
    if schema := _schema(body):
        try:
            check(schema)
        except SchemaUnsupported as why:
            raise _bad(f"output_config.format.schema: {why}") from None


def _schema(body: dict[str, Any]) -> dict[str, Any] | None:
    config = body.get("output_config")
    if config is None:
        return None
    if not isinstance(config, dict):
        raise _bad("output_config: Input should be an object")
    form = config.get("format")
    if form is None:
        return None
    if (
        not isinstance(form, dict)
        or form.get("type") != "json_schema"
        or not isinstance(form.get("schema"), dict)
    ):
        raise _bad("output_config.format: Input should be {type: json_schema, schema: {...}}")
    schema: dict[str, Any] = form["schema"]
    return schema


def _answer(body: dict[str, Any]) -> tuple[list[dict[str, Any]], str]:
    whole, last = whole_text(body), last_user_text(body)
    if tool := _forced_tool(body):
        block = {"type": "tool_use", "id": "toolu_01rules", "name": tool["name"]}
        return [{**block, "input": answer(tool["input_schema"], whole, last)}], "tool_use"
    schema = _schema(body)
    text = json.dumps(answer(schema, whole, last), ensure_ascii=False) if schema else compose(whole, last)
    limit = body["max_tokens"] * 4
    if len(text) > limit:
        return [_text(text[:limit])], "max_tokens"
    return [_text(text)], "end_turn"


def _forced_tool(body: dict[str, Any]) -> dict[str, Any] | None:
    choice, tools = body.get("tool_choice") or {}, body.get("tools") or []
    if choice.get("type") == "any" and tools:
        found: dict[str, Any] = tools[0]
        return found
    return next(
        (tool for tool in tools if choice.get("type") == "tool" and tool["name"] == choice.get("name")), None
    )


def _text(text: str) -> dict[str, Any]:
    return {"type": "text", "text": text, "citations": None}


def _tokens(text: str) -> int:
    return max(1, math.ceil(len(text) / 4))


def _message(body: dict[str, Any], id: str, content: list[dict[str, Any]], stop: str) -> dict[str, Any]:
    written = "".join(block.get("text") or json.dumps(block.get("input")) for block in content)
    refusal = {"type": "refusal", "category": None, "explanation": None}
    return {
        "id": id,
        "type": "message",
        "role": "assistant",
        "model": body["model"],
        "content": content,
        "stop_reason": stop,
        "stop_sequence": None,
        "stop_details": refusal if stop == "refusal" else None,
        "container": None,
        "usage": {
            "input_tokens": _tokens(whole_text(body)),
            "output_tokens": _tokens(written),
            "cache_creation_input_tokens": 0,
            "cache_read_input_tokens": 0,
            "cache_creation": {"ephemeral_5m_input_tokens": 0, "ephemeral_1h_input_tokens": 0},
            "service_tier": "standard",
        },
    }
