"""Attention required: what of calling waits for a person, why, and the list behind each line."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Any

import httpx2
import pytest
import pytest_asyncio
from contracts import Accepted
from contracts.calling import (
    CallbackPlanned,
    CallNotAnswered,
    CallOutcomeUnknown,
    DiallingStopped,
    NotAnswered,
    SettleUnknownCall,
    ZoneFrom,
)
from contracts.intake import ApplicationStatus as S
from contracts.scoring import EvaluationFailed, EvaluationRequested
from recruiter_ui_support.running import Running
from recruiter_ui_support.stories import SYSTEM, Storyteller
from recruiter_ui_support.visiting import hidden, log_in

UNKNOWN, FAILED, PERSON, NOT_FIT_TO_SEE, PROPOSED, BUSY, MAILBOX, LATER = range(1, 9)
NAMES = ("Ana", "Bogdan", "Corina", "Dan", "Elena", "Florin", "Gina", "Horia")


def lost(told: Storyteller) -> None:
    call_id = called(told, UNKNOWN)
    reason = "No news for 15 minutes."
    told.say(CallOutcomeUnknown(**ids(UNKNOWN), call_id=call_id, attempt_number=1, reason=reason))
    told.becomes(UNKNOWN, S.NEEDS_HUMAN, needs_human_reason=reason)


def ids(number: int) -> dict[str, Any]:
    return {"candidate_id": number, "application_id": number}


def called(told: Storyteller, number: int) -> Any:
    told.is_queued(number)
    return told.is_called(number)


def unreached(told: Storyteller, number: int, outcome: NotAnswered) -> None:
    call = {"call_id": called(told, number), "attempt_number": 1}
    told.say(CallNotAnswered(**ids(number), **call, outcome=outcome))
    told.becomes(number, S.CALL_FAILED)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def town(ui: Running) -> Running:
    now = datetime.now(UTC)
    told = Storyteller(now - timedelta(hours=2))
    told.position(1, "Electrician")
    for number, name in enumerate(NAMES, start=1):
        told.person(number, f"{name} Pop", 1)
    lost(told)
    call_id = called(told, FAILED)
    told.talks(FAILED, call_id, seconds=30)
    judged = {"evaluation_id": told.new_id(), "call_id": call_id}
    told.say(EvaluationRequested(**ids(FAILED), **judged))
    told.say(EvaluationFailed(**ids(FAILED), **judged, reason="No answer could be read."))
    told.becomes(FAILED, S.NEEDS_HUMAN, needs_human_reason="The evaluation failed")
    told.becomes(PERSON, S.NEEDS_HUMAN, needs_human_reason="Asked for a person")
    told.becomes(NOT_FIT_TO_SEE, S.QUALIFIED, proposed=True, needs_review=True, score=50)
    told.becomes(PROPOSED, S.QUALIFIED, proposed=True, score=80)
    unreached(told, BUSY, NotAnswered.BUSY)
    unreached(told, MAILBOX, NotAnswered.VOICEMAIL)
    asked, soon = now - timedelta(minutes=5), now + timedelta(seconds=30)
    told.becomes(LATER, S.CALLBACK_SCHEDULED, callback_at=asked)
    zone = {"time_zone": "Europe/Bucharest", "zone_from": ZoneFrom.STATED}
    told.say(CallbackPlanned(**ids(LATER), asked_for=asked, planned_at=soon, **zone))
    blown = {"code": "too_many_failures", "reason": "5 of the last 5 calls failed."}
    told.say(DiallingStopped(position_id=1, actor=SYSTEM, **blown))
    await ui.told(told.envelopes)
    return ui


@pytest_asyncio.fixture(loop_scope="session")
async def recruiter(town: Running) -> AsyncIterator[httpx2.AsyncClient]:
    async with httpx2.AsyncClient(base_url=town.url, timeout=20) as client:
        assert (await log_in(client)).status_code == 303
        yield client


@pytest.mark.parametrize(
    ("line", "link", "who"),
    [
        ("1 call with unknown outcome", "/applications?about=unknown_call", UNKNOWN),
        ("1 evaluation failed", "/applications?about=evaluation_failed", FAILED),
        ("1 candidate needs a person", "/applications?about=person", PERSON),
        ("1 outcome without sound evidence", "/applications?about=needs_review", NOT_FIT_TO_SEE),
        ("1 outcome to confirm", "/applications?about=proposal", PROPOSED),
    ],
)
async def test_every_line_leads_to_those_it_counts(
    recruiter: httpx2.AsyncClient, line: str, link: str, who: int
) -> None:
    page = unescape((await recruiter.get("/")).text)
    assert re.search(rf'<a class="needg" href="{re.escape(link)}">.*?{line}</span>', page)
    rows = (await recruiter.get(link)).text
    assert re.findall(r'<tr id="a(\d+)"', rows) == [str(who)]


async def test_failed_calls_say_why_and_a_blown_breaker_what_it_saw(recruiter: httpx2.AsyncClient) -> None:
    page = unescape((await recruiter.get("/")).text)
    assert "2 calls failed on the last attempt" in page
    assert "1 busy, 1 voicemail" in page
    assert "Calls stopped: Electrician" in page
    assert "5 of the last 5 calls failed." in page
    assert re.search(r"1 callback today.*?Next (today|tomorrow)", page, re.DOTALL)


async def test_an_unknown_call_is_settled_where_it_is_listed(
    town: Running, recruiter: httpx2.AsyncClient
) -> None:
    page = (await recruiter.get("/")).text
    card = page[page.index('id="unkd"') :]
    assert "Ana Pop" in card
    assert "Ana goes back into the call queue" in card
    form = {name: hidden(card, name) for name in ("csrf", "command_id", "call", "back")}
    reply = Accepted(result={"queued_again": False})
    async with town.answering(SettleUnknownCall, lambda command: reply):
        done = await recruiter.post(f"/applications/{UNKNOWN}/settle", data=form | {"rang": "yes"})
    assert done.headers["location"] == "/"
    command = town.received[-1]
    assert isinstance(command, SettleUnknownCall)
    assert command.rang
