"""Every action of an application as a form: the command it becomes, and what a refusal leaves standing."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from html import unescape
from itertools import pairwise
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

import httpx2
import pytest
import pytest_asyncio
from contracts import Accepted, Command, Refused
from contracts.intake import (
    AddNote,
    ApplicationStatus,
    AssignApplications,
    CloseApplication,
    ConfirmOutcome,
    OverrideStatus,
    ReopenApplication,
    ResolveNeedsHuman,
    ReverseOutcome,
    ScheduleCallback,
    UndoOverride,
    WithdrawApplication,
)
from recruiter_ui_support.decisions import ASKED, BY_HAND, NOT_A_FIT, QUALIFIED, SILENT, WITHDREW, decisions
from recruiter_ui_support.running import Running
from recruiter_ui_support.stories import RECRUITER, Storyteller
from recruiter_ui_support.visiting import hidden, log_in

COMMAND_ID = "01900000-0000-7000-8000-00000000aaaa"
HALIFAX = ZoneInfo("America/Halifax")
TOMORROW = (datetime.now(HALIFAX) + timedelta(days=1)).replace(hour=11, minute=30, second=0, microsecond=0)
NAMED = {"at": f"{TOMORROW:%Y-%m-%dT%H:%M}", "zone": "America/Halifax"}
WHY = {"reason": "Spoke with them"}
MOVED = Refused(code="moved_meanwhile", message="The application has moved since: it is closed now.")


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def town(ui: Running) -> Running:
    now = datetime.now(UTC)
    told = Storyteller(now - timedelta(days=1))
    for number in range(1, 5):
        told.position(number, f"Position {number}")
    decisions(told, now)
    await ui.told(told.envelopes)
    return ui


@pytest_asyncio.fixture(loop_scope="session")
async def recruiter(town: Running) -> AsyncIterator[httpx2.AsyncClient]:
    async with httpx2.AsyncClient(base_url=town.url, timeout=20) as client:
        assert (await log_in(client)).status_code == 303
        yield client


async def form_of(recruiter: httpx2.AsyncClient, number: int) -> dict[str, str]:
    page = (await recruiter.get(f"/applications/{number}")).text
    return {
        "csrf": hidden(page, "csrf"),
        "command_id": COMMAND_ID[:-4] + f"{abs(hash(page)) % 0xFFFF:04x}",
        "sequence": hidden(page, "sequence"),
    }


CASES: list[tuple[int, str, dict[str, str], type[Command], dict[str, Any]]] = [
    (SILENT, "note", {"text": " Two lines\nof text "}, AddNote, {"text": "Two lines\nof text"}),
    (SILENT, "assign", {"assignee": "1"}, AssignApplications,
     {"application_ids": [SILENT], "assignee": RECRUITER}),
    (SILENT, "assign", {"assignee": "nobody"}, AssignApplications, {"assignee": None}),
    (SILENT, "callback", NAMED | WHY, ScheduleCallback,
     {"at": TOMORROW, "reason": "Spoke with them", "expected_sequence": 0}),
    (BY_HAND, "status", {"status": "needs_human"} | WHY, OverrideStatus,
     {"status": ApplicationStatus.NEEDS_HUMAN}),
    (SILENT, "close", WHY, CloseApplication, {"reason": "Spoke with them"}),
    (SILENT, "withdraw", WHY, WithdrawApplication, {"reason": "Spoke with them"}),
    (WITHDREW, "reopen", WHY, ReopenApplication, {"reason": "Spoke with them"}),
    (ASKED, "resolve", {"outcome": "call_again"} | WHY, ResolveNeedsHuman,
     {"resolution": "call_again", "callback_at": None}),
    (ASKED, "resolve", {"outcome": "callback"} | NAMED | WHY, ResolveNeedsHuman,
     {"resolution": "callback", "callback_at": TOMORROW}),
    (QUALIFIED, "confirm", {}, ConfirmOutcome, {}),
    (QUALIFIED, "reverse", {"outcome": "not_qualified", "at": ""} | WHY, ReverseOutcome,
     {"outcome": "not_qualified", "callback_at": None}),
    (NOT_A_FIT, "reverse", {"outcome": "callback"} | NAMED | WHY, ReverseOutcome,
     {"outcome": "callback", "callback_at": TOMORROW}),
]  # fmt: skip


@pytest.mark.parametrize(("number", "action", "typed", "kind", "meant"), CASES)
async def test_a_form_becomes_its_command(
    town: Running, recruiter: httpx2.AsyncClient, number: int, action: str, typed: dict[str, str],
    kind: type[Command], meant: dict[str, Any],
) -> None:  # fmt: skip
    form = await form_of(recruiter, number)
    async with town.answering(kind, lambda command: Accepted()):
        answer = await recruiter.post(f"/applications/{number}/{action}", data=form | typed)
    assert (answer.status_code, answer.headers["location"]) == (303, f"/applications/{number}")
    command = town.received[-1]
    assert isinstance(command, kind)
    assert command.actor == RECRUITER
    assert str(command.command_id) == form["command_id"]
    for name, value in meant.items():
        assert getattr(command, name) == value
    if "expected_sequence" in kind.model_fields:
        assert command.model_dump()["expected_sequence"] == int(form["sequence"])


async def test_an_undo_names_the_move_that_it_takes_back(
    town: Running, recruiter: httpx2.AsyncClient
) -> None:
    form = await form_of(recruiter, BY_HAND)
    async with town.answering(UndoOverride, lambda command: Accepted()):
        await recruiter.post(f"/applications/{BY_HAND}/undo", data=form)
    command = town.received[-1]
    assert isinstance(command, UndoOverride)
    assert (command.application_id, command.sequence) == (BY_HAND, int(form["sequence"]))


async def test_what_was_done_is_said_once(town: Running, recruiter: httpx2.AsyncClient) -> None:
    form = await form_of(recruiter, SILENT)
    async with town.answering(AddNote, lambda command: Accepted()):
        await recruiter.post(f"/applications/{SILENT}/note", data=form | {"text": "Hello"})
    assert 'data-toast="Note added"' in (await recruiter.get(f"/applications/{SILENT}")).text
    assert "data-toast" not in (await recruiter.get(f"/applications/{SILENT}")).text


async def test_the_way_back_leads_into_the_list_one_came_from(
    town: Running, recruiter: httpx2.AsyncClient
) -> None:
    form = await form_of(recruiter, SILENT) | {"text": "x", "list": "stage=to_call", "place": "a_1"}
    async with town.answering(AddNote, lambda command: Accepted()):
        answer = await recruiter.post(f"/applications/{SILENT}/note", data=form)
    assert answer.headers["location"] == f"/applications/{SILENT}?list=stage%3Dto_call&place=a_1"


async def test_in_a_walk_the_next_one_opens_by_itself_with_a_way_back(
    town: Running, recruiter: httpx2.AsyncClient
) -> None:
    rows = (await recruiter.get("/applications?stage=needs_you")).text
    walk = [unescape(it) for it in re.findall(r'data-href="([^"]+)"', rows)]
    for here, following in pairwise(walk):
        page = (await recruiter.get(here)).text
        form = {name: hidden(page, name) for name in ("csrf", "command_id", "sequence", "list", "place")}
        address = here.partition("?")[0]
        async with town.answering(CloseApplication, lambda command: Accepted()):
            answer = await recruiter.post(f"{address}/close", data=form | WHY)
        assert answer.headers["location"].partition("?")[0] == following.partition("?")[0]
        page = (await recruiter.get(answer.headers["location"])).text
        assert ": application closed. This is the next one." in page
        back = re.search(r'class="banner g was".*?<a class="btn" href="([^"]+)"', page, re.DOTALL)
        stood = {"list": form["list"], "place": form["place"]}
        assert back
        assert unescape(back.group(1)) == f"{address}?{urlencode(stood)}"
        assert "data-toast" not in page
    page = (await recruiter.get(walk[-1])).text
    form = {name: hidden(page, name) for name in ("csrf", "command_id", "sequence", "list", "place")}
    address = walk[-1].partition("?")[0]
    async with town.answering(CloseApplication, lambda command: Accepted()):
        answer = await recruiter.post(f"{address}/close", data=form | WHY)
    assert answer.headers["location"].partition("?")[0] == address
    assert (
        "Application closed. Nobody follows in this list."
        in (await recruiter.get(answer.headers["location"])).text
    )


@pytest.mark.parametrize("odd", ["after=x&did=close", "after=2026-01-01T00:00:00%2B00:00_99999&did=close",
                                 "after=2026-01-01T00:00:00%2B00:00_201&did=%3Cb%3E"])  # fmt: skip
async def test_an_address_that_tells_of_no_decision_tells_of_none(
    recruiter: httpx2.AsyncClient, odd: str
) -> None:
    page = await recruiter.get(f"/applications/{ASKED}?list=stage%3Dneeds_you&{odd}")
    assert page.status_code == 200
    assert "This is the next one" not in page.text


UNFINISHED: list[tuple[int, str, dict[str, str], str]] = [
    (SILENT, "note", {"text": "  "}, "Write the note first."),
    (SILENT, "note", {"text": "x" * 10_001}, "too long"),
    (SILENT, "assign", {"assignee": "77"}, "Choose who looks after it."),
    (SILENT, "callback", {"at": "", "zone": "Europe/Bucharest"} | WHY, "Say when"),
    (SILENT, "callback", {"at": "2020-01-01T10:00", "zone": "Europe/Bucharest"} | WHY, "Say when"),
    (SILENT, "callback", NAMED | {"reason": ""}, "Say in a few words why."),
    (BY_HAND, "status", {"status": "call_queued"} | WHY, "Choose the status."),
    (SILENT, "close", {"reason": "x" * 501}, "too long"),
    (ASKED, "resolve", {"outcome": "hire"} | WHY, "Choose what it is."),
    (QUALIFIED, "reverse", {"outcome": ""} | WHY, "Choose what it is instead."),
]


@pytest.mark.parametrize(("number", "action", "typed", "said"), UNFINISHED)
async def test_an_unfinished_form_comes_back_with_the_reason_and_what_was_typed(
    town: Running, recruiter: httpx2.AsyncClient, number: int, action: str, typed: dict[str, str], said: str
) -> None:
    before = len(town.received)
    form = await form_of(recruiter, number)
    answer = await recruiter.post(f"/applications/{number}/{action}", data=form | typed)
    assert answer.status_code == 422
    page = answer.text
    mine = page[page.index(f'id="act-{action}"') :].partition("</section>")[0]
    assert said in mine
    assert f'value="{form["command_id"]}"' in mine, "trying again is the same request"
    if typed.get("reason"):
        assert f">{typed['reason']}</textarea>" in mine
    assert len(town.received) == before


@pytest.mark.parametrize(
    "refused", [MOVED, Refused(code="cv_request_left", message="The CV request has left.")]
)
async def test_a_refusal_stands_beside_its_form_and_nothing_typed_is_lost(
    town: Running, recruiter: httpx2.AsyncClient, refused: Refused
) -> None:
    form = await form_of(recruiter, BY_HAND) | {"status": "closed", "reason": "Text that took long to write"}
    async with town.answering(OverrideStatus, lambda command: refused):
        answer = await recruiter.post(f"/applications/{BY_HAND}/status", data=form)
    assert answer.status_code == 422
    mine = answer.text[answer.text.index('id="act-status"') :].partition("</section>")[0]
    assert refused.message in mine
    assert "Text that took long to write</textarea>" in mine
    assert re.search(r'value="closed" required[^>]* checked', mine)
    assert " popover" not in mine.partition(">")[0], "it stands open, also without script"


async def test_who_decides_on_an_old_page_is_told_what_changed(
    town: Running, recruiter: httpx2.AsyncClient
) -> None:
    form = await form_of(recruiter, BY_HAND) | {"sequence": "1", "status": "closed"} | WHY
    async with town.answering(OverrideStatus, lambda command: MOVED):
        answer = await recruiter.post(f"/applications/{BY_HAND}/status", data=form)
    told = answer.text[answer.text.index('class="meanwhile"') :].partition("</ul>")[0]
    assert "Irina Dobre" in told
    assert "Qualified" in told
    assert "Has worked with us before" in told
    fresh = answer.text[answer.text.index('id="act-status"') :].partition("</section>")[0]
    assert 'name="sequence" value="1"' not in fresh, "pressing again decides on what is shown now"


async def test_words_for_a_form_that_is_gone_are_not_lost(
    town: Running, recruiter: httpx2.AsyncClient
) -> None:
    form = await form_of(recruiter, BY_HAND)
    async with town.answering(ReverseOutcome, lambda command: MOVED):
        answer = await recruiter.post(
            f"/applications/{BY_HAND}/reverse",
            data=form | {"outcome": "qualified", "reason": "I <b>disagree</b>"},
        )
    assert answer.status_code == 422
    assert "The application has moved since: it is closed now." in answer.text
    assert "You had written: <q>I &lt;b&gt;disagree&lt;/b&gt;</q>" in answer.text


async def test_a_confirmation_that_is_too_late_says_so_above_the_bar(
    town: Running, recruiter: httpx2.AsyncClient
) -> None:
    form = await form_of(recruiter, QUALIFIED)
    async with town.answering(ConfirmOutcome, lambda command: MOVED):
        answer = await recruiter.post(f"/applications/{QUALIFIED}/confirm", data=form)
    assert answer.status_code == 422
    assert MOVED.message in answer.text


async def test_an_assignment_refused_for_this_one_is_a_refusal(
    town: Running, recruiter: httpx2.AsyncClient
) -> None:
    refused = {"application_id": SILENT, "code": "not_found", "message": "There is no such application."}
    form = await form_of(recruiter, SILENT) | {"assignee": "1"}
    async with town.answering(
        AssignApplications, lambda command: Accepted(result={"assigned": [], "refused": [refused]})
    ):
        answer = await recruiter.post(f"/applications/{SILENT}/assign", data=form)
    assert answer.status_code == 422
    assert "There is no such application." in answer.text


@pytest.mark.parametrize("action", ["note", "confirm", "status", "undo", "assign"])
async def test_no_action_without_its_token_or_a_command_id(
    town: Running, recruiter: httpx2.AsyncClient, action: str
) -> None:
    before = len(town.received)
    form = await form_of(recruiter, QUALIFIED) | {"text": "x", "status": "closed", "assignee": "1"} | WHY
    address = f"/applications/{QUALIFIED}/{action}"
    assert (await recruiter.post(address, data=form | {"csrf": "wrong"})).status_code == 403
    assert (await recruiter.post(address, data=form | {"command_id": "again"})).status_code == 400
    away = {"Origin": "https://evil.example.com"}
    assert (await recruiter.post(address, data=form, headers=away)).status_code == 403
    assert len(town.received) == before


async def test_an_action_or_an_application_that_is_not_there(recruiter: httpx2.AsyncClient) -> None:
    form = await form_of(recruiter, QUALIFIED) | {"text": ""}
    assert (await recruiter.post(f"/applications/{QUALIFIED}/promote", data=form)).status_code == 404
    assert (await recruiter.post("/applications/999999/note", data=form)).status_code == 404
    lost = await recruiter.post(f"/applications/{QUALIFIED}/confirm", data=form | {"sequence": "first"})
    assert lost.status_code == 400
