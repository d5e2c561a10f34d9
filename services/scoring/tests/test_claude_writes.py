"""Plain text from Claude, over the wire."""

from __future__ import annotations

import json
from typing import Any

import pytest
from chassis.testing_http import HANGS_UP, LoopbackServer, Manner, Says
from scoring.adapters.claude import Claude
from scoring.ports import ModelObjects, ModelSilent, Written


def a_message(**changed: Any) -> dict[str, Any]:
    message = {
        "id": "msg_01",
        "type": "message",
        "role": "assistant",
        "model": "claude-sonnet-4-6",
        "content": [{"type": "text", "text": "Este un moment bun?", "citations": None}],
        "stop_reason": "end_turn",
        "stop_sequence": None,
        "usage": {"input_tokens": 10, "output_tokens": 5},
    }
    return {**message, **changed}


async def written_by(manner: Manner) -> tuple[Written, LoopbackServer]:
    async with LoopbackServer(manner).running() as server:
        claude = Claude(api_key="k", base_url=server.url, model="claude-sonnet-4-6", max_tokens=77, timeout=5)
        async with claude:
            return await claude.write("Plain text.", "For <title>Șofer</title>."), server


async def test_a_text_is_asked_for_without_a_schema() -> None:
    written, server = await written_by(lambda _: Says(a_message(), headers={"request-id": "req_7"}))
    [asked] = server.asked
    assert asked.json() == {
        "model": "claude-sonnet-4-6",
        "max_tokens": 77,
        "system": "Plain text.",
        "messages": [{"role": "user", "content": "For <title>Șofer</title>."}],
    }
    assert (written.text, written.stop_reason, written.request_id) == (
        "Este un moment bun?",
        "end_turn",
        "req_7",
    )
    assert (written.model, written.input_tokens, written.output_tokens) == ("claude-sonnet-4-6", 10, 5)
    assert written.raw["id"] == "msg_01"


async def test_all_text_blocks_are_the_text_and_thinking_is_none_of_it() -> None:
    blocks = [
        {"type": "thinking", "thinking": "hm", "signature": "s"},
        {"type": "text", "text": "Este un ", "citations": None},
        {"type": "text", "text": "moment bun?\x00", "citations": None},
    ]
    written, _ = await written_by(lambda _: Says(a_message(content=blocks)))
    assert written.text == "Este un moment bun?"


@pytest.mark.parametrize("stop_reason", ["max_tokens", "refusal"])
async def test_an_answer_without_words_says_why_it_stopped(stop_reason: str) -> None:
    written, _ = await written_by(lambda _: Says(a_message(content=[], stop_reason=stop_reason)))
    assert (written.text, written.stop_reason) == ("", stop_reason)


@pytest.mark.parametrize("status", [401, 429, 500, 529])
async def test_trouble_that_may_pass_is_silence_and_nothing_is_asked_twice(status: int) -> None:
    error = {"type": "error", "error": {"type": "api_error", "message": "no"}, "request_id": "req_9"}
    server = LoopbackServer(lambda _: Says(error, status, {"retry-after": "7"}))
    async with server.running():
        claude = Claude(api_key="k", base_url=server.url, model="m", max_tokens=77, timeout=5)
        async with claude:
            with pytest.raises(ModelSilent) as silence:
                await claude.write("s", "u")
    assert len(server.asked) == 1
    assert (silence.value.problem, silence.value.advised) == (f"HTTP {status}", 7)


async def test_a_question_that_is_wrong_is_an_objection_and_a_lost_connection_silence() -> None:
    error = {"type": "error", "error": {"type": "invalid_request_error", "message": "no"}}
    with pytest.raises(ModelObjects, match="400"):
        await written_by(lambda _: Says(error, 400))
    with pytest.raises(ModelSilent):
        await written_by(lambda _: HANGS_UP)


@pytest.mark.parametrize("content_type", ["application/json", "text/html"])
@pytest.mark.parametrize(
    "body",
    [
        *(b"", b"{}", b"[]", b"null", b'"hi"', b"<html>Sign in</html>", b'{"id": "msg_01", "cont'),
        b'{"type": "error", "error": {"type": "overloaded_error", "message": "no"}}',
        *(
            json.dumps(a_message(**changed)).encode()
            for changed in (
                {"content": None},
                {"content": "hi"},
                {"content": ["hi"]},
                {"content": [None]},
                {"content": [{"type": "text"}]},
                {"content": [{"type": "text", "text": None}]},
                {"usage": None},
                {"usage": {}},
                {"usage": {"input_tokens": "many", "output_tokens": 1}},
                {"usage": {"input_tokens": 2**40, "output_tokens": 1}},
                {"model": None},
                {"stop_reason": 7},
            )
        ),
    ],
)
async def test_an_answer_that_is_no_message_is_silence_and_is_asked_for_again_later(
    body: bytes, content_type: str
) -> None:
    """Anything else than that would leave whoever waits for it without a word."""
    with pytest.raises(ModelSilent, match="no message"):
        await written_by(lambda _: Says(body, headers={"content-type": content_type}))


async def test_blocks_of_a_kind_that_is_not_known_yet_are_passed_over() -> None:
    blocks = [{"type": "hologram", "text": 7}, *a_message()["content"]]
    written, _ = await written_by(lambda _: Says(a_message(content=blocks)))
    assert written.text == "Este un moment bun?"
