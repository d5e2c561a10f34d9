"""The decision bar and the list over HTTP, many at once, and that strangers' words stay words."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from html import unescape

import httpx2
import pytest_asyncio
from contracts import Accepted, Actor, Refused
from contracts.intake import ApplicationStatus, AssignApplications, CloseApplications
from recruiter_ui_support.decisions import (
    ASKED,
    BY_HAND,
    CALLBACK,
    CLOSED,
    CONFIRMED,
    NOT_A_FIT,
    QUALIFIED,
    REOPENED,
    SILENT,
    WITHDREW,
    decisions,
    is_assigned,
    is_noted,
)
from recruiter_ui_support.running import Running
from recruiter_ui_support.stories import RECRUITER, Storyteller
from recruiter_ui_support.town import a_town
from recruiter_ui_support.visiting import hidden, log_in

HOSTILE = '<script>alert(1)</script> "onload=x'
VILLAIN = Actor(kind="recruiter", id="9", name=HOSTILE)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def town(ui: Running) -> Running:
    now = datetime.now(UTC)
    told = a_town(now)
    decisions(told, now)
    told.person(301, "Somebody", 1)
    is_noted(told, 301, HOSTILE, VILLAIN)
    is_assigned(told, 301, VILLAIN, by=VILLAIN)
    told.becomes(
        301, ApplicationStatus.NEEDS_HUMAN, HOSTILE, VILLAIN, by_hand=True, needs_human_reason=HOSTILE
    )
    await ui.told(told.envelopes)
    return ui


@pytest_asyncio.fixture(loop_scope="session")
async def recruiter(town: Running) -> AsyncIterator[httpx2.AsyncClient]:
    async with httpx2.AsyncClient(base_url=town.url, timeout=20) as client:
        assert (await log_in(client)).status_code == 303
        yield client


async def page_of(recruiter: httpx2.AsyncClient, number: int) -> str:
    answer = await recruiter.get(f"/applications/{number}")
    assert answer.status_code == 200
    return unescape(answer.text)


async def test_a_proposal_says_who_decides_and_what_confirming_does(recruiter: httpx2.AsyncClient) -> None:
    page = await page_of(recruiter, QUALIFIED)
    assert "AI proposes: qualified. You decide." in page
    assert "Confirming: the CV request goes out by email and WhatsApp." in page
    assert "Proposed by AI" in page
    assert "bd st-cv ring" in page
    assert 'data-key="q">Confirm qualified' in page
    assert 'data-choose="not_qualified" data-key="n">Not a fit' in page
    decided = re.sub(r'id="single-keys" checked|name="channel" value="[a-z]+" required checked', "", page)
    assert "checked" not in decided, "nothing is chosen beforehand"


async def test_a_proposed_rejection_and_a_proposed_callback_have_both_ways(
    recruiter: httpx2.AsyncClient,
) -> None:
    page = await page_of(recruiter, NOT_A_FIT)
    assert "AI proposes: not a fit. You decide." in page
    assert 'data-choose="qualified" data-key="q">Qualified' in page
    assert 'data-key="n">Confirm not a fit' in page
    page = await page_of(recruiter, CALLBACK)
    assert "AI proposes: callback tomorrow" in page
    assert "Confirm callback" in page
    assert "Another time" in page
    assert 'action="/calls/preview"' not in page, "nobody is called on a proposal"


async def test_who_confirmed_is_said(recruiter: httpx2.AsyncClient) -> None:
    page = await page_of(recruiter, CONFIRMED)
    assert "The AI found: qualified. Confirmed by Paul Achim" in page
    assert "Proposed by AI" not in page


async def test_somebody_who_needs_a_person_can_be_settled_in_five_ways(recruiter: httpx2.AsyncClient) -> None:
    page = await page_of(recruiter, ASKED)
    form = page[page.index('id="act-resolve"') :]
    for resolution in ("qualified", "not_qualified", "call_again", "callback", "close"):
        assert f'name="outcome" value="{resolution}"' in form
    assert "Asked for a person: shift pattern (with you)." in page
    assert "Yours" in page
    assert "Only early shifts.\nCall after 16:00" in page


async def test_what_was_set_by_hand_can_be_undone_on_its_page(recruiter: httpx2.AsyncClient) -> None:
    page = await page_of(recruiter, BY_HAND)
    assert f'action="/applications/{BY_HAND}/undo"' in page
    assert '<b class="b">You</b> set' in page
    assert "Has worked with us before" in page
    assert f'action="/applications/{QUALIFIED}/undo"' not in await page_of(recruiter, QUALIFIED)


async def test_a_closed_application_says_why_and_can_be_reopened(recruiter: httpx2.AsyncClient) -> None:
    page = await page_of(recruiter, WITHDREW)
    assert "Withdrew: Took another job." in page
    assert 'id="act-reopen"' in page
    assert 'id="act-close"' not in page
    assert "Closed by Paul Achim: Position filled." in await page_of(recruiter, CLOSED)
    assert "Reopened: waits for you to trigger the call" in await page_of(recruiter, REOPENED)


async def test_only_statuses_that_can_be_set_are_offered_each_with_what_follows(
    recruiter: httpx2.AsyncClient,
) -> None:
    page = await page_of(recruiter, ASKED)
    offered = re.findall(r'name="status" value="([a-z_]+)"', page[page.index('id="act-status"') :])
    assert set(offered) == {
        "qualified", "not_qualified", "pending_call", "cv_received", "cv_received_rejected", "closed",
    }  # fmt: skip
    assert "Waits for you to trigger the call. Nothing is sent." in page


async def test_hostile_notes_names_and_reasons_stay_words(recruiter: httpx2.AsyncClient) -> None:
    for place in ("/applications/301", "/applications", "/", "/applications?confirm=yes"):
        text = (await recruiter.get(place)).text
        assert "<script>alert" not in text, place
        assert "style=" not in text, place
    text = (await recruiter.get("/applications/301")).text
    assert text.count("&lt;script&gt;alert(1)") > 3
    for element in re.findall(r"<[a-z]+[^>]*\shx-(?:get|post)[^>]*>", text):
        assert "hx-nonce" in element


async def test_proposals_stand_under_needs_you_and_have_a_view_of_their_own(
    recruiter: httpx2.AsyncClient,
) -> None:
    page = (await recruiter.get("/applications")).text
    needs = page[page.index('data-group="needs_you"') : page.index('data-group="to_call"')]
    assert f'id="a{QUALIFIED}"' in needs
    assert "AI proposes qualified: confirm or reverse" in needs
    mine = (await recruiter.get("/applications?confirm=yes")).text
    assert set(re.findall(r'<tr id="a(\d+)"', mine)) == {str(QUALIFIED), str(NOT_A_FIT), str(CALLBACK)}
    status = (await recruiter.get("/applications?status=qualified")).text
    assert f'id="a{QUALIFIED}"' in status, "also under the filter by its status"
    assert f'id="a{BY_HAND}"' in status


async def test_the_list_is_narrowed_by_who_looks_after_it_and_how_it_came(
    recruiter: httpx2.AsyncClient,
) -> None:
    async def ids(query: str) -> set[str]:
        return set(re.findall(r'<tr id="a(\d+)"', (await recruiter.get(f"/applications?{query}")).text))

    me = RECRUITER.id
    assert await ids(f"assignee={me}") == {str(ASKED)}
    assert await ids("assignee=anybody") == {str(ASKED), str(CONFIRMED), "301"}
    nobodys = await ids("assignee=nobody")
    assert nobodys
    assert not nobodys & {str(ASKED), str(CONFIRMED), "301"}
    assert await ids("via=recruiter") == set()
    assert str(ASKED) in await ids("via=import")


async def test_one_walks_the_list_one_came_from(recruiter: httpx2.AsyncClient) -> None:
    page = unescape((await recruiter.get("/applications?confirm=yes")).text)
    links = re.findall(r'data-href="(/applications/\d+\?list=[^"]+)"', page)
    assert len(links) == 3
    second = unescape((await recruiter.get(links[1])).text)
    assert "2 of 3" in second
    following = re.search(r'href="(/applications/\d+\?[^"]+)" data-key="j"', second)
    assert following
    assert following.group(1).partition("?")[0] == links[2].partition("?")[0]
    last = unescape((await recruiter.get(following.group(1))).text)
    assert "3 of 3" in last
    assert 'data-key="j"' not in last
    assert 'data-key="k"' in last


async def test_a_list_that_makes_no_sense_leads_nowhere_bad(recruiter: httpx2.AsyncClient) -> None:
    for odd in ("list=%00", "list=stage%3Dnone%26position%3D99999999999999999999", "list=a&place=b_c"):
        answer = await recruiter.get(f"/applications/{QUALIFIED}?{odd}")
        assert answer.status_code in (200, 400), odd


async def test_the_dashboard_counts_what_is_to_be_confirmed(recruiter: httpx2.AsyncClient) -> None:
    page = (await recruiter.get("/")).text
    assert "3 outcomes to confirm" in page
    assert 'href="/applications?confirm=yes"' in page


async def test_of_many_on_the_phone_six_are_listed_and_the_rest_is_one_click_away(
    town: Running, recruiter: httpx2.AsyncClient
) -> None:
    told = Storyteller(datetime.now(UTC), first_id=900_000)
    for number in range(400, 407):
        told.person(number, f"Caller {number}", 1)
        told.is_queued(number)
        told.is_called(number)
    await town.told(told.envelopes)
    page = (await recruiter.get("/")).text
    assert "3 more being called" in page
    assert 'href="/applications?status=call_in_progress"' in page


async def token_of(recruiter: httpx2.AsyncClient) -> str:
    return hidden((await recruiter.get("/applications")).text, "csrf")


async def test_many_are_closed_with_one_reason_and_who_was_refused_is_named(
    town: Running, recruiter: httpx2.AsyncClient
) -> None:
    token = await token_of(recruiter)
    ticked = {"csrf": token, "application": [str(ASKED), str(SILENT), str(WITHDREW)], "filter": ""}
    sheet = (await recruiter.post("/applications/closing", data=ticked)).text
    assert "Close 2 applications" in sheet
    assert "Nicoleta Grozav" in sheet
    assert "1 closed already and left out" in sheet
    form = {name: hidden(sheet, name) for name in ("csrf", "command_id", "ids")}
    empty = await recruiter.post("/applications/close", data=form | {"reason": ""})
    assert empty.status_code == 422
    assert "Say in a few words why." in empty.text
    assert hidden(empty.text, "command_id") == form["command_id"]
    refused = {"application_id": ASKED, "code": "on_the_phone", "message": "On the phone at this moment."}
    async with town.answering(
        CloseApplications, lambda command: Accepted(result={"closed": [SILENT], "refused": [refused]})
    ):
        done = (await recruiter.post("/applications/close", data=form | {"reason": "Spoke with them"})).text
    assert "1 application closed, 1 refused" in done
    assert "On the phone at this moment." in done
    assert "Nicoleta Grozav" in done
    command = town.received[-1]
    assert isinstance(command, CloseApplications)
    assert set(command.application_ids) == {ASKED, SILENT}
    assert command.reason == "Spoke with them"


async def test_everybody_a_filter_finds_is_given_to_somebody(
    town: Running, recruiter: httpx2.AsyncClient
) -> None:
    token = await token_of(recruiter)
    everyone = {"csrf": token, "application": [str(ASKED)], "everyone": "yes", "filter": "confirm=yes"}
    sheet = (await recruiter.post("/applications/assigning", data=everyone)).text
    assert "Who looks after these 3?" in sheet
    form = {name: hidden(sheet, name) for name in ("csrf", "command_id", "ids")}
    answered = Accepted(result={"assigned": [QUALIFIED, NOT_A_FIT, 203], "refused": []})
    async with town.answering(AssignApplications, lambda command: answered):
        done = (await recruiter.post("/applications/assign", data=form | {"assignee": "1"})).text
    assert "3 applications given to Irina Dobre" in done
    command = town.received[-1]
    assert isinstance(command, AssignApplications)
    assert set(command.application_ids) == {QUALIFIED, NOT_A_FIT, 203}
    assert command.assignee == RECRUITER


async def test_an_intake_that_is_away_leaves_the_sheet_as_it_was(
    town: Running, recruiter: httpx2.AsyncClient
) -> None:
    token = await token_of(recruiter)
    sheet = (
        await recruiter.post("/applications/closing", data={"csrf": token, "application": str(ASKED)})
    ).text
    form = {name: hidden(sheet, name) for name in ("csrf", "command_id", "ids")} | {
        "reason": "Spoke with them"
    }
    away = Refused(code="unavailable", message="intake is not running")
    async with town.answering(CloseApplications, lambda command: away):
        answer = await recruiter.post("/applications/close", data=form)
    assert answer.status_code == 422
    assert "Intake is not answering; nothing was changed" in answer.text
    assert ">Spoke with them</textarea>" in answer.text


async def test_nobody_ticked_is_said(recruiter: httpx2.AsyncClient) -> None:
    token = await token_of(recruiter)
    for address in ("/applications/closing", "/applications/assigning"):
        assert "Nobody was selected" in (await recruiter.post(address, data={"csrf": token})).text
