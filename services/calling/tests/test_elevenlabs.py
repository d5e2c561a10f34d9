"""The client against a loopback server that answers in ElevenLabs' own shapes (providers.md 1.2 to 1.7)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from calling.adapters.elevenlabs import AnswerLost, ElevenLabs
from calling.domain.attempts import AttemptState
from calling.ports import OutgoingCall, TelephonyUnavailable
from chassis.effects import NotAccepted, ProviderDeclined
from chassis.http_server import HttpServer
from chassis.servers import free_port
from fastapi import FastAPI, Request
from starlette.responses import JSONResponse, Response

from .conftest import MORNING, a_conversation

CALL = OutgoingCall(
    call_id=UUID("01890a5d-ac96-774b-bcce-b302099a8057"),
    user_id="7",
    to_number="+40700000011",
    system_prompt="You call Ana.",
    first_message="Bună ziua!",
)
PLACED = {"success": True, "message": "ok", "conversation_id": "conv_1", "callSid": "CA1"}


@dataclass
class Loopback:
    """Answers what was put under ``METHOD path``; ``asked`` is what came."""

    answers: dict[str, Response | dict[str, Any]] = field(default_factory=dict)
    asked: list[tuple[str, dict[str, str], dict[str, str], Any]] = field(default_factory=list)
    pages: dict[str, Response | dict[str, Any]] = field(default_factory=dict)
    """Of the listing of batches, by ``last_doc``."""
    slow: float = 0.0

    async def answer(self, request: Request) -> Response:
        body = await request.json() if await request.body() else None
        key = f"{request.method} {request.url.path}"
        self.asked.append((key, dict(request.headers), dict(request.query_params), body))
        await asyncio.sleep(self.slow)
        if key == WORKSPACE:
            page = self.pages[request.query_params.get("last_doc", "")]
            return page if isinstance(page, Response) else JSONResponse(page)
        found = self.answers.get(key, Response(status_code=404))
        return found if isinstance(found, Response) else JSONResponse(found)


@dataclass
class Line:
    server: Loopback
    client: ElevenLabs


def client_of(port: int, **changed: Any) -> ElevenLabs:
    given = {
        "api_key": "xi-test",
        "agent_id": "agent_1",
        "phone_number_id": "phnum_1",
        "timeout_seconds": 2.0,
    }
    return ElevenLabs(base_url=f"http://127.0.0.1:{port}", **{**given, **changed})


@pytest.fixture
async def line() -> AsyncIterator[Line]:
    loopback = Loopback()
    app = FastAPI()
    app.add_route("/{path:path}", loopback.answer, methods=["GET", "POST"])
    server = HttpServer(app, "127.0.0.1", 0)
    async with server.running(), client_of(server.port, timeout_seconds=0.5) as client:
        yield Line(loopback, client)


OUTBOUND = "POST /v1/convai/twilio/outbound-call"
SUBMIT = "POST /v1/convai/batch-calling/submit"
WORKSPACE = "GET /v1/convai/batch-calling/workspace"
CONVERSATIONS = "GET /v1/convai/conversations"


async def test_a_single_call_is_asked_for_in_the_providers_words(line: Line) -> None:
    line.server.answers[OUTBOUND] = PLACED
    assert await line.client.place(CALL) == {"conversation_id": "conv_1", "call_sid": "CA1"}
    [(_, headers, _, body)] = line.server.asked
    assert headers["xi-api-key"] == "xi-test"
    assert body == {
        "agent_id": "agent_1",
        "agent_phone_number_id": "phnum_1",
        "to_number": "+40700000011",
        "conversation_initiation_client_data": {
            "user_id": "7",
            "conversation_config_override": {
                "agent": {"prompt": {"prompt": "You call Ana."}, "first_message": "Bună ziua!"}
            },
            "dynamic_variables": {"call_id": str(CALL.call_id)},
        },
    }


async def test_a_call_that_is_not_to_be_recorded_says_so(line: Line) -> None:
    line.server.answers |= {OUTBOUND: PLACED, SUBMIT: {"id": "btcal_1"}}
    unrecorded = replace(CALL, record=False)
    await line.client.place(unrecorded)
    await line.client.submit(uuid4(), [unrecorded, unrecorded])
    await line.client.submit(uuid4(), [CALL, CALL])
    single, batch, recorded = [body for _, _, _, body in line.server.asked]
    off = {"twilio_call_recording_enabled": False}
    assert (single["call_recording_enabled"], single["telephony_call_config"]) == (False, off)
    assert (batch["telephony_call_config"], recorded.get("telephony_call_config")) == (off, None)


@pytest.mark.parametrize(
    ("answer", "conversation_id", "call_sid"),
    [
        ({"success": True, "conversation_id": None, "callSid": None}, None, None),
        ({"success": True, "callSid": "CA1"}, None, "CA1"),
        ({"call_id": "c1", "call_sid": "CA1"}, "c1", "CA1"),
        ({"id": "c1"}, "c1", None),
    ],
)
async def test_the_carriers_id_is_never_taken_for_a_conversation(
    line: Line, answer: dict[str, Any], conversation_id: str | None, call_sid: str | None
) -> None:
    line.server.answers[OUTBOUND] = answer
    assert await line.client.place(CALL) == {"conversation_id": conversation_id, "call_sid": call_sid}


@pytest.mark.parametrize("key", ["id", "batch_id"])
async def test_a_batch_carries_our_keys(line: Line, key: str) -> None:
    line.server.answers[SUBMIT] = {key: "btcal_1", "status": "pending"}
    batch_id = uuid4()
    assert await line.client.submit(batch_id, [CALL, CALL]) == {"provider_batch_id": "btcal_1"}
    [(_, _, _, body)] = line.server.asked
    assert str(batch_id) in body["call_name"]
    assert [one["id"] for one in body["recipients"]] == [str(CALL.call_id)] * 2
    assert body["recipients"][0]["phone_number"] == "+40700000011"


@pytest.mark.parametrize(
    ("status", "word"),
    [
        *((status, "x") for status in (401, 402, 403, 429)),
        *((400, word) for word in ("quota_exceeded", "invalid_api_key")),
        (503, "system_busy"),
    ],
)
async def test_what_is_no_fault_of_the_call_may_be_tried_later(line: Line, status: int, word: str) -> None:
    line.server.answers[OUTBOUND] = JSONResponse({"detail": {"status": word, "message": "not now"}}, status)
    with pytest.raises(NotAccepted, match="not now"):
        await line.client.place(CALL)
    assert len(line.server.asked) == 1


@pytest.mark.parametrize(
    ("detail", "words"),
    [
        ([{"loc": ["body", "to_number"], "msg": "field required"}], "body.to_number: field required"),
        ({"status": "override_not_allowed", "message": "Overrides are off"}, "Overrides are off"),
        ("no such agent", "no such agent"),
        (None, "no reason given"),
    ],
)
async def test_a_decline_is_final_and_says_why(line: Line, detail: Any, words: str) -> None:
    line.server.answers[OUTBOUND] = JSONResponse({"detail": detail}, 422)
    with pytest.raises(ProviderDeclined, match=words):
        await line.client.place(CALL)


async def test_a_200_that_says_no_is_a_decline(line: Line) -> None:
    line.server.answers[OUTBOUND] = {"success": False, "message": "number not owned"}
    with pytest.raises(ProviderDeclined, match="number not owned"):
        await line.client.place(CALL)


@pytest.mark.parametrize(
    "answer",
    [
        Response(status_code=500),
        Response(status_code=408),
        Response(b"upstream connect error or disconnect/reset before headers", 503),
        Response(b"<html>"),
        JSONResponse([]),
    ],
)
async def test_an_unclear_answer_is_neither_yes_nor_no_and_never_repeated(
    line: Line, answer: Response
) -> None:
    line.server.answers[OUTBOUND] = answer
    with pytest.raises((AnswerLost, ValueError)):
        await line.client.place(CALL)
    assert len(line.server.asked) == 1


async def test_no_answer_in_time_is_unclear_too(line: Line) -> None:
    line.server.answers[OUTBOUND] = PLACED
    line.server.slow = 1.0
    with pytest.raises(Exception) as raised:  # noqa: PT011 - the library's own time-out, whatever its name
        await line.client.place(CALL)
    assert not isinstance(raised.value, NotAccepted | ProviderDeclined)
    assert len(line.server.asked) == 1


async def test_a_server_that_can_not_be_reached_took_nothing() -> None:
    async with client_of(free_port()) as client:
        with pytest.raises(NotAccepted):
            await client.place(CALL)


async def test_without_a_key_nothing_is_sent_and_the_setting_is_named() -> None:
    async with client_of(free_port(), api_key="", agent_id="") as client:
        with pytest.raises(NotAccepted, match="ELEVENLABS_API_KEY and ELEVENLABS_AGENT_ID must be set"):
            await client.submit(uuid4(), [CALL])


def pages_of(line: Line, *pages: list[dict[str, Any]]) -> None:
    for place, page in enumerate(pages):
        more = place + 1 < len(pages)
        line.server.pages[str(place) if place else ""] = {
            "batch_calls": page,
            "next_doc": str(place + 1) if more else None,
            "has_more": more,
        }


def listed(name: str, hours: float) -> dict[str, Any]:
    made = (MORNING + timedelta(hours=hours)).timestamp()
    return {"id": f"btcal_{name}", "name": f"RecruitFlow {name} (2 calls)", "created_at_unix": int(made)}


async def test_a_batch_is_found_by_our_key_on_any_page(line: Line) -> None:
    ours = uuid4()
    pages_of(line, [listed("a", 2), listed("b", 1)], [listed(str(ours), 0)])
    assert await line.client.find_batch(ours, MORNING) == f"btcal_{ours}"


async def test_a_batch_is_not_missed_in_a_listing_from_old_to_new(line: Line) -> None:
    ours = uuid4()
    pages_of(line, [listed("a", -50), listed("b", -40)], [listed("c", -30)], [listed(str(ours), 0)])
    assert await line.client.find_batch(ours, MORNING) == f"btcal_{ours}"
    pages_of(line, [listed("a", -50)], [listed("b", -40)], [listed(str(ours), 0)])
    assert await line.client.find_batch(ours, MORNING) == f"btcal_{ours}"


async def test_a_listing_from_new_to_old_is_read_only_as_far_as_needed(line: Line) -> None:
    pages_of(line, [listed("a", 2)], [listed("b", -1)], [listed("c", -2)], [listed("d", -3)])
    assert await line.client.find_batch(uuid4(), MORNING) is None
    assert len(line.server.asked) == 2


async def test_the_lines_of_a_batch_are_read(line: Line) -> None:
    line.server.answers["GET /v1/convai/batch-calling/btcal_1"] = {
        "id": "btcal_1",
        "recipients": [{"id": str(CALL.call_id), "status": "voicemail", "conversation_id": "conv_1"}, "odd"],
    }
    [news] = await line.client.batch_news("btcal_1")
    assert (news.call_id, news.state, news.conversation_id) == (
        CALL.call_id,
        AttemptState.VOICEMAIL,
        "conv_1",
    )


async def test_a_call_is_found_among_the_persons_conversations_by_our_key(line: Line) -> None:
    line.server.answers[CONVERSATIONS] = {
        "conversations": [{"conversation_id": "conv_1"}, {"conversation_id": "conv_2"}],
        "has_more": False,
    }
    other = a_conversation(uuid4(), "7", conversation_id="conv_1")
    line.server.answers[f"{CONVERSATIONS}/conv_1"] = other
    line.server.answers[f"{CONVERSATIONS}/conv_2"] = a_conversation(
        CALL.call_id, "7", conversation_id="conv_2"
    )
    news = await line.client.find_call(CALL.call_id, "7", MORNING)
    assert news is not None
    assert news.conversation_id == "conv_2"
    assert line.server.asked[0][2]["user_id"] == "7"
    assert await line.client.find_call(uuid4(), "7", MORNING) is None


@pytest.mark.parametrize("answer", [Response(status_code=404), JSONResponse(None), JSONResponse({})])
async def test_what_is_no_listing_does_not_prove_that_nothing_rang(line: Line, answer: Response) -> None:
    line.server.answers[CONVERSATIONS] = answer
    with pytest.raises(TelephonyUnavailable):
        await line.client.find_call(CALL.call_id, "7", MORNING)
    line.server.pages[""] = answer
    with pytest.raises(TelephonyUnavailable):
        await line.client.find_batch(uuid4(), MORNING)


async def test_a_conversation_that_does_not_say_which_call_it_is_may_be_ours(line: Line) -> None:
    line.server.answers[CONVERSATIONS] = {"conversations": [{"conversation_id": "conv_1"}]}
    line.server.answers[f"{CONVERSATIONS}/conv_1"] = a_conversation(None, "7", conversation_id="conv_1")
    with pytest.raises(TelephonyUnavailable):
        await line.client.find_call(CALL.call_id, "7", MORNING)


async def test_an_unknown_conversation_is_none_and_trouble_is_not(line: Line) -> None:
    assert await line.client.conversation("conv_1") is None
    line.server.answers[f"{CONVERSATIONS}/conv_1"] = Response(status_code=500)
    with pytest.raises(TelephonyUnavailable):
        await line.client.conversation("conv_1")
    line.server.answers[f"{CONVERSATIONS}/conv_1"] = Response(b"<html>")
    with pytest.raises(TelephonyUnavailable):
        await line.client.conversation("conv_1")
