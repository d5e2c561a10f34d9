"""Asking Claude: the wire as in providers.md 2, spoken by a small server on loopback."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
from chassis.http_server import HttpServer
from cv_matching.adapters.claude import ClaudeReading
from cv_matching.domain.contents import Extracted
from cv_matching.ports import ModelDeclined, ModelUnavailable
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, Response


class Provider:
    """Answers what it is told to and keeps what it was asked."""

    def __init__(self) -> None:
        self.url = ""
        self.asked: list[dict[str, Any]] = []
        self.answers: list[Response] = []

    def will_say(self, text: str, stop_reason: str = "end_turn") -> None:
        message = {
            "id": "msg_1",
            "type": "message",
            "role": "assistant",
            "model": "claude-haiku-4-5",
            "content": [{"type": "text", "text": text, "citations": None}],
            "stop_reason": stop_reason,
            "stop_sequence": None,
            "usage": {"input_tokens": 10, "output_tokens": 5},
        }
        self.answers.append(JSONResponse(message))

    def will_fail(self, status: int, kind: str = "api_error") -> None:
        error = {"type": "error", "error": {"type": kind, "message": "no"}, "request_id": "req_1"}
        self.answers.append(JSONResponse(error, status, headers={"retry-after-ms": "1"}))


@pytest.fixture
async def provider() -> AsyncIterator[Provider]:
    provider, app = Provider(), FastAPI()

    @app.post("/v1/messages")
    async def messages(request: Request) -> Response:
        provider.asked.append({"headers": dict(request.headers), "body": await request.json()})
        return provider.answers.pop(0) if len(provider.answers) > 1 else provider.answers[0]

    server = HttpServer(app, "127.0.0.1", 0)
    async with server.running():
        provider.url = f"http://127.0.0.1:{server.port}"
        yield provider


@pytest.fixture
async def reading(provider: Provider) -> AsyncIterator[ClaudeReading]:
    async with ClaudeReading(api_key="key", base_url=provider.url, model="claude-haiku-4-5") as reading:
        yield reading


async def test_the_question_is_strict_and_the_answer_is_read(
    provider: Provider, reading: ClaudeReading
) -> None:
    provider.will_say(json.dumps({"first_name": "Ana", "last_name": "Pop", "email": None, "phone": "0740 1"}))
    assert await reading.contact_data("Ana Pop, 0740 1") == Extracted("Ana", "Pop", None, "0740 1")
    [asked] = provider.asked
    assert asked["body"]["model"] == "claude-haiku-4-5"
    assert "Ana Pop, 0740 1" in asked["body"]["messages"][0]["content"]
    schema = asked["body"]["output_config"]["format"]["schema"]
    assert schema["required"] == ["first_name", "last_name", "email", "phone"]
    assert schema["additionalProperties"] is False
    assert "temperature" not in asked["body"]
    assert asked["headers"]["authorization"] == "Bearer key"


@pytest.mark.parametrize("status", [429, 500, 503, 529, 408, 401, 402, 403, 404])
async def test_what_time_or_an_operator_cures_is_asked_again(
    provider: Provider, reading: ClaudeReading, status: int
) -> None:
    provider.will_fail(status)
    with pytest.raises(ModelUnavailable):
        await reading.contact_data("Ana Pop")


async def test_one_hiccup_is_not_even_noticed(provider: Provider, reading: ClaudeReading) -> None:
    provider.will_fail(529, "overloaded_error")
    provider.will_say('{"first_name": "Ana", "last_name": null, "email": null, "phone": null}')
    assert await reading.contact_data("Ana") == Extracted("Ana")
    assert len(provider.asked) == 2


@pytest.mark.parametrize("status", [400, 413, 422])
async def test_a_question_that_is_refused_is_not_asked_again(
    provider: Provider, reading: ClaudeReading, status: int
) -> None:
    provider.will_fail(status, "invalid_request_error")
    with pytest.raises(ModelDeclined):
        await reading.contact_data("Ana Pop")
    assert len(provider.asked) == 1


@pytest.mark.parametrize("stop_reason", ["max_tokens", "refusal", "model_context_window_exceeded"])
async def test_half_an_answer_is_none(provider: Provider, reading: ClaudeReading, stop_reason: str) -> None:
    provider.will_say('{"first_name": "Ana"', stop_reason)
    with pytest.raises(ModelDeclined, match=stop_reason):
        await reading.contact_data("Ana Pop")


@pytest.mark.parametrize("around", ["```json\n{}\n```", "Here it is:\n{}", "{}"])
async def test_a_fence_around_the_answer_is_no_reason_to_turn_it_down(
    provider: Provider, reading: ClaudeReading, around: str
) -> None:
    provider.will_say(around.replace("{}", '{"first_name": "Ana", "last_name": "Pop"}'))
    assert await reading.contact_data("Ana Pop") == Extracted("Ana", "Pop")


@pytest.mark.parametrize("text", ["", "Ana Pop", "[]", "}{", "{", '{"first_name": 7}'])
async def test_an_answer_that_is_no_contact_data_is_declined(
    provider: Provider, reading: ClaudeReading, text: str
) -> None:
    provider.will_say(text)
    with pytest.raises(ModelDeclined):
        await reading.contact_data("Ana Pop")


async def test_a_model_that_is_not_there_is_unavailable() -> None:
    async with ClaudeReading(api_key="", base_url="http://127.0.0.1:9", model="m") as reading:
        with pytest.raises(ModelUnavailable):
            await reading.contact_data("Ana Pop")
