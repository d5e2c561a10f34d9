"""Stopping the dialler from the pages: asked once, said everywhere, and resumed by one press."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from html import unescape
from zoneinfo import ZoneInfo

import httpx2
import pytest
import pytest_asyncio
from contracts import Accepted, Actor, Refused
from contracts.calling import DiallingResumed, DiallingStopped, ResumeDialling, StopDialling
from recruiter_ui.domain.dialler import dialler_line
from recruiter_ui_support.running import Running
from recruiter_ui_support.stories import SYSTEM, Storyteller
from recruiter_ui_support.visiting import hidden, log_in

PAUL = Actor(kind="recruiter", id="2", name="Paul Achim")
PARTIAL = {"HX-Request": "true"}
HOSTILE = '<script>alert(1)</script> "onload=x'
AN_HOUR_AGO = "(today|yesterday)"
"""Shortly after midnight it was yesterday."""
SAW = "6 of the last 8 calls failed within 30 minutes."


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def told(ui: Running) -> Storyteller:
    told = Storyteller(datetime.now(UTC) - timedelta(hours=1))
    for number, title in enumerate(("Electrician", "Welder"), start=1):
        told.position(number, title)
    for number in (1, 2, 3):
        told.person(number, f"Person {number}", 1)
        told.is_queued(number)
    await ui.told(told.envelopes)
    return told


@pytest_asyncio.fixture(loop_scope="session")
async def recruiter(ui: Running, told: Storyteller) -> AsyncIterator[httpx2.AsyncClient]:
    async with httpx2.AsyncClient(base_url=ui.url, timeout=20) as client:
        assert (await log_in(client)).status_code == 303
        yield client


async def happens(ui: Running, told: Storyteller, event: DiallingStopped | DiallingResumed) -> None:
    told.say(event)
    await ui.told(told.envelopes[-1:])


def stopped(position_id: int | None, reason: str = HOSTILE) -> DiallingStopped:
    return DiallingStopped(position_id=position_id, code="by_hand", reason=reason, actor=PAUL)


async def test_what_names_no_position_is_not_everything(ui: Running, recruiter: httpx2.AsyncClient) -> None:
    sheet = (await recruiter.get("/calls/stop", headers=PARTIAL)).text
    form = {name: hidden(sheet, name) for name in ("csrf", "command_id")}
    before = len(ui.received)
    for way in ("stop", "resume"):
        odd = await recruiter.post(f"/calls/{way}", data=form | {"position": "1x"})
        assert odd.status_code == 400
    assert ui.received[before:] == []


async def test_stopping_asks_first_and_says_what_follows(ui: Running, recruiter: httpx2.AsyncClient) -> None:
    before = len(ui.received)
    sheet = (await recruiter.get("/calls/stop?back=/positions", headers=PARTIAL)).text
    assert "Stop all calls?" in sheet
    assert "3 queued calls keep their place and wait" in sheet
    assert len(ui.received) == before
    assert "<html" in (await recruiter.get("/calls/stop?position=1")).text
    assert (await recruiter.get("/calls/stop?position=77")).status_code == 404
    form = {name: hidden(sheet, name) for name in ("csrf", "command_id", "position", "back")}
    away = await recruiter.post("/calls/stop", data=form | {"reason": HOSTILE}, headers=PARTIAL)
    assert away.status_code == 422
    assert "Calling is not answering; nothing was changed" in away.text
    assert hidden(away.text, "command_id") == form["command_id"]
    assert "&lt;script&gt;" in away.text
    reply = Accepted(result={"queued": 3, "ringing": 2})
    async with ui.answering(StopDialling, lambda command: reply):
        done = await recruiter.post("/calls/stop", data=form | {"reason": "Wrong voice"}, headers=PARTIAL)
        plain = await recruiter.post("/calls/stop", data=form | {"position": "1"})
    assert "Stopped: 3 queued calls wait. 2 that may ring already" in unescape(done.text)
    assert plain.headers["location"] == "/positions"
    everything, one = ui.received[-2:]
    assert isinstance(everything, StopDialling)
    assert isinstance(one, StopDialling)
    assert (everything.position_id, everything.reason, one.position_id) == (None, "Wrong voice", 1)


async def test_a_stop_of_everything_stands_on_every_page_until_it_is_resumed(
    ui: Running, recruiter: httpx2.AsyncClient, told: Storyteller
) -> None:
    assert "All calls are stopped" not in (await recruiter.get("/")).text
    await happens(ui, told, stopped(None))
    for place in (
        "/",
        "/applications",
        "/applications/1",
        "/positions",
        "/positions/1",
        "/messages",
        "/more",
    ):
        page = (await recruiter.get(place)).text
        assert re.search(rf"<b>All calls are stopped.</b> Paul Achim stopped them {AN_HOUR_AGO}", page), place
        assert "3 queued calls keep their place" in page
        assert "<script>alert" not in page
    assert "All calls are stopped" in (await recruiter.get("/parts/stops", headers=PARTIAL)).text
    page = (await recruiter.get("/")).text
    form = {name: hidden(page, name) for name in ("csrf", "command_id")} | {"back": "/applications"}
    no = Refused(code="not_stopped", message="Nothing is stopped.")
    async with ui.answering(ResumeDialling, lambda command: no):
        refused = await recruiter.post("/calls/resume", data=form, headers=PARTIAL)
    assert (refused.status_code, "Nothing is stopped." in refused.text) == (422, True)
    async with ui.answering(ResumeDialling, lambda command: Accepted(result={"queued": 3})):
        done = await recruiter.post("/calls/resume", data=form)
    assert done.headers["location"] == "/applications"
    await happens(ui, told, DiallingResumed(position_id=None, actor=PAUL))
    assert "All calls are stopped" not in (await recruiter.get("/")).text


async def test_the_breaker_says_what_it_saw_and_what_to_do(
    ui: Running, recruiter: httpx2.AsyncClient, told: Storyteller
) -> None:
    blown = DiallingStopped(position_id=1, code="too_many_failures", reason=SAW, actor=SYSTEM)
    await happens(ui, told, blown)
    page = (await recruiter.get("/positions/1")).text
    assert re.search(rf"RecruitFlow stopped the calls of this position {AN_HOUR_AGO}", page)
    assert SAW in page
    assert "/applications?position=1&amp;status=call_failed" in page
    rows = (await recruiter.get("/positions?calls=stopped")).text
    assert 'id="pos-1"' in rows
    assert 'id="pos-2"' not in rows
    assert "Resume calls: Electrician" in rows
    assert "1 position is stopped" in rows
    await happens(ui, told, stopped(2, "Pay bands"))
    other = (await recruiter.get("/positions/2")).text
    assert "The calls of this position are stopped.</b> Paul Achim stopped them" in other
    for position in (1, 2):
        await happens(ui, told, DiallingResumed(position_id=position, actor=PAUL))
    assert "Stop calls: Electrician" in (await recruiter.get("/positions")).text


async def test_a_stop_reaches_the_open_pages(ui: Running, told: Storyteller) -> None:
    last = await ui.db.fetchval("SELECT COALESCE(max(change_id), 0) FROM changes")
    await happens(ui, told, stopped(2))
    await happens(ui, told, DiallingResumed(position_id=2, actor=PAUL))
    rows = await ui.db.fetch("SELECT subject, subject_id FROM changes WHERE change_id > $1", last)
    assert [tuple(row) for row in rows] == [("stop", "2"), ("stop", "2")]


NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
QUIET = {"queued": 0, "ready": 0, "held": 0, "next_at": None, "on_call": 0, "next_callback": None}


@pytest.mark.parametrize(
    ("side", "line"),
    [
        ({}, "Nobody is waiting to be called"),
        ({"on_call": 2}, "Nobody else is waiting to be called"),
        ({"queued": 3, "ready": 3}, "Next calls now"),
        ({"queued": 3, "ready": 1, "on_call": 1}, "Next calls now, as lines get free"),
        ({"queued": 3, "next_at": NOW + timedelta(hours=2)}, "Next calls today 16:00"),
        ({"queued": 1, "held": 1}, "What is queued waits until something changes"),
        ({"next_callback": NOW + timedelta(days=1)}, "Next callback tomorrow 14:00"),
    ],
)
def test_the_dialler_says_when_the_next_call_may_go(side: dict[str, object], line: str) -> None:
    assert dialler_line(QUIET | side, NOW, ZoneInfo("Europe/Bucharest")) == line
