"""Calling a batch off over HTTP: what counts as done, and what is asked again (providers.md 1.3, 1.7)."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from calling.domain.recall import Fate, fate_of
from calling.ports import TelephonyUnavailable
from starlette.responses import JSONResponse, Response

from .test_elevenlabs import CALL, Line, client_of, line

__all__ = ["line"]
CANCEL = "POST /v1/convai/batch-calling/btcal_1/cancel"
DETAIL = "GET /v1/convai/batch-calling/btcal_1"
SUBMIT = "POST /v1/convai/batch-calling/submit"


async def test_a_batch_is_called_off_by_one_request_without_a_body(line: Line) -> None:
    line.server.answers[CANCEL] = {"id": "btcal_1", "status": "cancelled"}
    await line.client.cancel_batch("btcal_1")
    [(asked, headers, _, body)] = line.server.asked
    assert (asked, headers["xi-api-key"], body) == (CANCEL, "xi-test", None)


@pytest.mark.parametrize("status", [400, 404, 409, 422])
async def test_a_batch_that_can_not_be_cancelled_any_more_is_no_trouble(line: Line, status: int) -> None:
    line.server.answers[CANCEL] = JSONResponse({"detail": {"status": "done"}}, status)
    await line.client.cancel_batch("btcal_1")


@pytest.mark.parametrize("status", [302, 401, 402, 403, 408, 429, 500, 502, 503])
async def test_where_it_may_not_be_done_it_is_said(line: Line, status: int) -> None:
    line.server.answers[CANCEL] = Response(status_code=status)
    with pytest.raises(TelephonyUnavailable):
        await line.client.cancel_batch("btcal_1")


async def test_a_provider_that_does_not_answer_is_asked_again_later(line: Line) -> None:
    line.server.slow = 2.0
    with pytest.raises(TelephonyUnavailable):
        await line.client.cancel_batch("btcal_1")


async def test_the_detail_says_of_each_call_whether_it_was_dialled(line: Line) -> None:
    ours, dialled = uuid4(), uuid4()
    line.server.answers[DETAIL] = {
        "status": "cancelled",
        "recipients": [
            {"id": str(ours), "status": "cancelled", "conversation_id": None},
            {"id": str(dialled), "status": "completed", "conversation_id": "conv_1"},
        ],
    }
    seen = await line.client.batch_seen("btcal_1")
    assert seen.called_off
    assert fate_of(seen.of(ours), None) is Fate.NEVER_RANG
    assert fate_of(seen.of(dialled), None) is Fate.MAY_RING


@pytest.mark.parametrize("answer", [{}, {"status": "cancelled"}, {"recipients": None}, []])
async def test_what_is_no_detail_says_nothing(line: Line, answer: Any) -> None:
    line.server.answers[DETAIL] = JSONResponse(answer)
    with pytest.raises(TelephonyUnavailable):
        await line.client.batch_seen("btcal_1")


async def test_a_batch_that_nobody_knows_says_nothing(line: Line) -> None:
    with pytest.raises(TelephonyUnavailable):
        await line.client.batch_seen("btcal_1")


@pytest.mark.parametrize("limit", [None, 7])
async def test_the_limit_of_a_batch_goes_with_it_where_one_is_set(line: Line, limit: int | None) -> None:
    line.server.answers[SUBMIT] = {"id": "btcal_1"}
    port = line.client._http.base_url.port
    assert port
    async with client_of(port, target_concurrency=limit) as client:
        await client.submit(uuid4(), [CALL])
    [(_, _, _, body)] = line.server.asked
    assert body.get("target_concurrency_limit", "none") == (limit or "none")
