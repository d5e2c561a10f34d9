"""Before anybody is called: the gate's verdicts on the page, and what happens when calling is silent."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import httpx2
import pytest_asyncio
from contracts import Accepted, Refused
from contracts.calling import PreviewCalls
from contracts.intake import QueueCalls
from recruiter_ui_support.calling import everybody_now, gate
from recruiter_ui_support.running import Running
from recruiter_ui_support.town import a_town
from recruiter_ui_support.visiting import hidden, log_in

FORM = ("csrf", "command_id", "ids", "later_ids")


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def town(ui: Running) -> Running:
    await ui.told(a_town(datetime.now(UTC)).envelopes)
    return ui


@pytest_asyncio.fixture(loop_scope="session")
async def recruiter(town: Running) -> AsyncIterator[httpx2.AsyncClient]:
    async with httpx2.AsyncClient(base_url=town.url, timeout=20) as client:
        assert (await log_in(client)).status_code == 303
        yield client


async def preview_of(recruiter: httpx2.AsyncClient, *people: str, **more: str) -> str:
    token = hidden((await recruiter.get("/applications")).text, "csrf")
    form = {"csrf": token, "application": list(people), "filter": ""} | more
    return (await recruiter.post("/calls/preview", data=form)).text


def queued(town: Running) -> list[QueueCalls]:
    return [command for command in town.received if isinstance(command, QueueCalls)]


async def test_the_preview_dials_nobody_and_the_command_goes_out_once_confirmed(
    town: Running, recruiter: httpx2.AsyncClient
) -> None:
    before = len(queued(town))
    refusal = {"application_id": 10, "code": "do_not_contact", "message": "Asked not to be called"}
    answer = Accepted(result={"queued": [9], "refused": [refusal]})
    async with town.answering(QueueCalls, lambda command: answer):
        async with town.answering(PreviewCalls, everybody_now):
            page = await preview_of(recruiter, "9", "10", "11")
        asked = town.received[-1]
        assert isinstance(asked, PreviewCalls)
        assert sorted(asked.application_ids) == [9, 10], "the queued one is not asked about"
        assert len(queued(town)) == before
        assert "2 of 3 will be called" in page
        assert "Already in the call queue" in page
        done = await recruiter.post("/calls", data={name: hidden(page, name) for name in FORM})
    command = queued(town)[-1]
    assert sorted(command.application_ids) == [9, 10]
    assert (command.actor.kind, command.actor.name) == ("recruiter", "Irina Dobre")
    assert "1 call queued, 1 refused" in done.text
    assert "Asked not to be called" in done.text
    assert "Priya Raghunathan" in done.text


async def test_who_waits_is_named_with_their_clock_and_can_be_left_out(
    town: Running, recruiter: httpx2.AsyncClient
) -> None:
    opens = datetime.now(UTC) + timedelta(hours=3)
    no = {14: ("do_not_contact", "The candidate asked not to be called.")}
    async with town.answering(PreviewCalls, gate(outside={10: opens}, refused=no, not_known=(7,))):
        page = await preview_of(recruiter, "9", "10", "5", "6", "7")
    assert "3 of 5 will be called" in page
    assert re.search(r"1 outside calling hours</b>.*until (today|tomorrow)", page)
    assert re.search(
        r"Priya Raghunathan</span>, \d\d:\d\d in Halifax <span[^>]*>\(by the phone number\)", page
    )
    assert "Calling has not heard of them yet" in page
    form = {name: hidden(page, name) for name in FORM}
    assert form["later_ids"] == "10"
    async with town.answering(QueueCalls, lambda command: Accepted(result={"queued": [], "refused": []})):
        await recruiter.post("/calls", data=form)
        assert sorted(queued(town)[-1].application_ids) == [5, 6, 9]
        await recruiter.post("/calls", data=form | {"also_later": "yes"})
        assert sorted(queued(town)[-1].application_ids) == [5, 6, 9, 10]


async def test_a_silent_gate_makes_up_no_verdict_and_can_be_asked_again(
    town: Running, recruiter: httpx2.AsyncClient
) -> None:
    away = Refused(code="unavailable", message="calling did not answer in time.")
    async with town.answering(PreviewCalls, lambda query: away):
        page = await preview_of(recruiter, "9", "10")
    assert "Who can be called is not known at the moment" in page
    assert "your selection of 2 is kept" in page
    assert "will be called" not in page
    assert 'action="/calls"' not in page
    form = {name: hidden(page, name) for name in ("csrf", "those", "scope", "filter")}
    async with town.answering(PreviewCalls, everybody_now):
        again = (await recruiter.post("/calls/preview", data=form)).text
    assert "2 people will be called" in again
    for odd in ({"now": "all"}, {"later": [{}]}):
        async with town.answering(PreviewCalls, lambda query, odd=odd: Accepted(result=odd)):  # type: ignore[misc]
            assert "an answer that can&#39;t be read. Nobody was called." in await preview_of(recruiter, "9")


async def test_nobody_ticked_means_everybody_of_the_view_who_waits(
    town: Running, recruiter: httpx2.AsyncClient
) -> None:
    async with town.answering(PreviewCalls, everybody_now):
        page = await preview_of(recruiter, filter="position=1")
    assert "Nobody is ticked" in page
    waiting = await town.db.fetch(
        "SELECT application_id FROM applications WHERE position_id = 1 AND status = 'pending_call'"
    )
    meant = {int(number) for number in hidden(page, "ids").split(",")}
    assert meant == {row["application_id"] for row in waiting}


async def test_an_intake_that_is_away_changes_nothing_and_the_retry_keeps_its_command_id(
    town: Running, recruiter: httpx2.AsyncClient
) -> None:
    async with town.answering(PreviewCalls, everybody_now):
        page = await preview_of(recruiter, "9")
    form = {name: hidden(page, name) for name in FORM}
    failed = await recruiter.post("/calls", data=form)
    assert "Intake is not answering; nothing was changed" in failed.text
    assert hidden(failed.text, "command_id") == form["command_id"]
    async with town.answering(QueueCalls, lambda command: Accepted(result={"queued": [9], "refused": []})):
        again = {name: hidden(failed.text, name) for name in ("csrf", "command_id", "ids")}
        assert "1 call queued" in (await recruiter.post("/calls", data=again)).text
    assert str(town.received[-1].command_id) == form["command_id"]
