"""Whatever an address or a form holds, the answer is one for the sender, never a failure of ours."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import httpx2
import pytest
import pytest_asyncio
from contracts import Query
from contracts.calling import PreviewCalls
from recruiter_ui_support.calling import everybody_now
from recruiter_ui_support.running import Running
from recruiter_ui_support.stories import Storyteller
from recruiter_ui_support.visiting import hidden, log_in

HUGE, SQUARE = "9" * 30, "²"
ADDRESSES = (
    f"/applications/{HUGE}", f"/candidates/{HUGE}", f"/positions/{HUGE}",
    f"/applications?position={HUGE}", f"/applications?position={SQUARE}", "/applications?q=%00",
    "/applications?q=%ED%A0%80", f"/applications?q={HUGE}", f"/applications?q={SQUARE}",
    "/applications?since=0001-01-01", "/applications?until=9999-12-31", "/applications?since=2026-02-31",
    f"/applications/rows?ids={HUGE},{SQUARE},-1", f"/applications/page?stage=to_call&shown={SQUARE}",
    f"/applications/page?stage=to_call&before=2026-01-01T00:00:00%2B00:00_{HUGE}",
    "/applications/page?stage=to_call&before=9999-12-31T23:59:59-12:00_1",
    "/candidates?before=2026-01-01T00:00:00_1", f"/candidates?before=2026-01-01T00:00:00%2B00:00_{HUGE}",
    "/candidates?q=%00", f"/messages?with={HUGE}", f"/messages?with={SQUARE}", "/messages?from=%00",
    "/applications/find?q=%00%00", "/import/not-an-id", "/cvs/not-an-id/file",
    f"/calls/stop?position={HUGE}", f"/calls/stop?position={SQUARE}", "/calls/not-an-id/recording",
    f"/templates/{HUGE}", "/templates/new?section=%00",
    "/positions/1/writing?generation=again", "/positions/1/writing?wanted=%00,x",
    f"/applications/{HUGE}/evaluations", "/applications?about=%00", "/applications?about=nothing",
)  # fmt: skip
FORMS = (
    ("/calls", {"ids": "1", "command_id": "again"}),
    ("/calls", {"ids": f"{HUGE},{SQUARE}", "command_id": "01900000-0000-7000-8000-000000000001"}),
    ("/calls/preview", {"application": [HUGE, SQUARE, "-1"], "filter": f"position={HUGE}"}),
    ("/applications/1/close", {"reason": "Withdrew", "command_id": ""}),
    ("/positions/new", {"title": "x", "command_id": "again"}),
    ("/positions/1", {"title": "x", "command_id": "again", "revision": SQUARE}),
    ("/cvs/01900000-0000-7000-8000-000000000001/confirm", {"command_id": "again"}),
    ("/calls/stop", {"position": SQUARE, "command_id": "01900000-0000-7000-8000-000000000001"}),
    ("/calls/resume", {"position": HUGE, "command_id": "01900000-0000-7000-8000-000000000001"}),
    ("/calls/resume", {"command_id": "again"}),
    ("/positions/1/writing", {"section": "everything", "title": "x"}),
    ("/positions/1/writing/stop", {"generation": "again"}),
    ("/applications/1/adopt", {"evaluation": "again", "sequence": HUGE}),
    ("/applications/1/evaluate", {"command_id": "again"}),
    ("/templates/new", {"section": "x", "name": "x" * 300, "meta_prompt": "\0", "command_id": "again"}),
    ("/positions/1/reevaluate", {"command_id": "again"}),
    ("/cvs/unmatched/01900000-0000-7000-8000-000000000001/assign", {"application_id": SQUARE}),
)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def recruiter(ui: Running) -> AsyncIterator[httpx2.AsyncClient]:
    told = Storyteller(datetime.now(UTC))
    told.position(1, "Electrician")
    told.person(1, "Mihai", 1)
    await ui.told(told.envelopes)
    async with httpx2.AsyncClient(base_url=ui.url, timeout=20) as client:
        assert (await log_in(client)).status_code == 303
        yield client


@pytest.mark.parametrize("address", ADDRESSES)
async def test_an_address_that_makes_no_sense(recruiter: httpx2.AsyncClient, address: str) -> None:
    answer = await recruiter.get(address)
    assert answer.status_code in (200, 400, 404)


@pytest.mark.parametrize(("address", "form"), FORMS)
async def test_a_form_that_makes_no_sense(
    ui: Running, recruiter: httpx2.AsyncClient, address: str, form: dict[str, str | list[str]]
) -> None:
    token = hidden((await recruiter.get("/applications")).text, "csrf")
    before = len(ui.received)
    async with ui.answering(PreviewCalls, everybody_now):
        answer = await recruiter.post(address, data=form | {"csrf": token})
    assert answer.status_code in (200, 400, 422)
    assert all(isinstance(it, Query) for it in ui.received[before:])


async def test_a_token_or_a_login_that_makes_no_sense(ui: Running, recruiter: httpx2.AsyncClient) -> None:
    assert (await recruiter.post("/calls", data={"csrf": "é²", "ids": "1"})).status_code == 403
    async with httpx2.AsyncClient(base_url=ui.url, timeout=20) as stranger:
        assert (await log_in(stranger, "a\x00b@example.com", "x")).status_code in (400, 422)
