"""Positions as a recruiter sees and changes them: the list, the form, two people at once, closing one."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Any

import httpx2
import pytest
import pytest_asyncio
from contracts import Accepted, Actor, Refused
from contracts.intake import (
    CloseApplications,
    OpenPosition,
    PositionDetails,
    PositionRevised,
    PositionStatus,
    RevisePosition,
    SetPositionStatus,
)
from recruiter_ui_support.running import Running
from recruiter_ui_support.stories import ASKED_AND_SAID, Storyteller
from recruiter_ui_support.visiting import hidden, log_in

HOSTILE = '<script>alert(1)</script> "onload=x'
PAUL = Actor(kind="recruiter", id="2", name="Paul Achim")
PLAIN = PositionDetails(title="Electrician", **ASKED_AND_SAID)
PARTIAL = {"HX-Request": "true"}


def revised(position_id: int, revision: int, reason: str | None = None, **changes: Any) -> PositionRevised:
    return PositionRevised(
        position_id=position_id,
        revision=revision,
        before=PLAIN,
        details=PLAIN.model_copy(update=changes),
        actor=PAUL,
        reason=reason,
    )


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def town(ui: Running) -> Running:
    told = Storyteller(datetime.now(UTC) - timedelta(days=3))
    for number, title in enumerate(("Electrician", "Welder", "Baker", "Driver", HOSTILE, "Cook"), start=1):
        told.position(number, title)
    for number in range(1, 9):
        told.person(number, f"Person {number}", 3 if number < 4 else 2)
    told.person(20, HOSTILE, 3)
    for number in (4, 5):
        told.is_queued(number)
    told.say(revised(2, 2, "Waiting for the pay bands", title="Welder", status=PositionStatus.PAUSED))
    told.say(revised(3, 2, title="Baker", status=PositionStatus.CLOSED))
    told.say(revised(4, 2, HOSTILE, title="Driver", call_retry_max=5, calling_days=[0, 1, 2, 3, 4],
                     system_prompt="Be kind.", description=HOSTILE))  # fmt: skip
    await ui.told(told.envelopes)
    return ui


@pytest_asyncio.fixture(loop_scope="session")
async def recruiter(town: Running) -> AsyncIterator[httpx2.AsyncClient]:
    async with httpx2.AsyncClient(base_url=town.url, timeout=20) as client:
        assert (await log_in(client)).status_code == 303
        yield client


def filled(page: str, **changes: Any) -> dict[str, Any]:
    """What a browser would send of the position's form, with changes."""
    form: dict[str, Any] = {name: hidden(page, name) for name in ("csrf", "command_id", "revision", "shown")}
    for kind, name, rest in re.findall(r'<(input|textarea)[^>]*? name="([a-z_]+)"([^>]*>[^<]*)', page):
        if kind == "textarea":
            form.setdefault(name, unescape(rest.partition(">")[2]))
        elif value := re.search(r'value="([^"]*)"', rest):
            form.setdefault(name, unescape(value.group(1)))
    for name in ("status", "confirmation", "record_calls"):
        chosen = re.search(rf'name="{name}" value="([a-z_]+)" ?checked', page)
        form[name] = chosen.group(1) if chosen else ""
    form["language"] = "ro"
    form["calling_days"] = re.findall(r'name="calling_days" value="(\d)" checked', page)
    return form | changes


async def test_the_list_says_what_waits_and_narrows_by_status(recruiter: httpx2.AsyncClient) -> None:
    page = (await recruiter.get("/positions")).text
    assert "2 queued wait" in page
    assert "4 to decide" in page
    assert 'href="/applications?position=2"' in page
    order = re.findall(r'id="pos-(\d+)"', page)
    assert order[-1] == "3", "closed ones come last"
    paused = (await recruiter.get("/positions?status=paused")).text
    assert re.findall(r'id="pos-(\d+)"', paused) == ["2"]
    for odd in (
        "/positions?status=%00",
        "/positions?id=1&title=%00&closed=x",
        f"/positions?id={'9' * 30}&title=x",
    ):
        assert (await recruiter.get(odd)).status_code in (200, 400)


async def test_the_list_goes_on_by_key(town: Running, recruiter: httpx2.AsyncClient) -> None:
    crowd = Storyteller(datetime.now(UTC) - timedelta(days=200), first_id=50_000)
    for number in range(3000, 3130):
        crowd.position(number, f"Warehouse {number % 7}")
    await town.told(crowd.envelopes)
    seen: list[str] = []
    address = "/positions"
    while address:
        page = (await recruiter.get(address)).text
        seen += re.findall(r'id="pos-(\d+)"', page)
        further = re.search(r'class="btn" href="(/positions\?[^"]*id=[^"]*)"', page)
        address = unescape(further.group(1)) if further else ""
    assert len(seen) == len(set(seen)) == 136


async def test_closing_asks_first_and_says_what_remains(town: Running, recruiter: httpx2.AsyncClient) -> None:
    before = len(town.received)
    sheet = await recruiter.get("/positions/2/status?to=closed&back=list", headers=PARTIAL)
    assert "5 open applications remain" in sheet.text
    assert "listed on the position for your decision" in sheet.text
    assert len(town.received) == before
    whole = (await recruiter.get("/positions/2/status?to=closed")).text
    assert "<html" in whole
    form = {name: hidden(sheet.text, name) for name in ("csrf", "command_id", "to", "back")}
    away = await recruiter.post("/positions/2/status", data=form | {"reason": HOSTILE}, headers=PARTIAL)
    assert away.status_code == 422
    assert "Intake is not answering; nothing was changed" in away.text
    assert "&lt;script&gt;" in away.text
    assert hidden(away.text, "command_id") == form["command_id"]
    reply = Accepted(result={"revision": 3, "open_applications": 5})
    async with town.answering(SetPositionStatus, lambda command: reply):
        done = await recruiter.post("/positions/2/status", data=form | {"reason": "Filled"})
    assert done.headers["location"] == "/positions/2", "there is something to decide"
    command = town.received[-1]
    assert isinstance(command, SetPositionStatus)
    assert (command.position_id, command.status, command.reason) == (2, PositionStatus.CLOSED, "Filled")


async def test_pausing_and_opening_go_back_to_the_list(town: Running, recruiter: httpx2.AsyncClient) -> None:
    sheet = (await recruiter.get("/positions/1/status?to=paused&back=list", headers=PARTIAL)).text
    assert "Nothing new is dialled" in sheet
    form = {name: hidden(sheet, name) for name in ("csrf", "command_id", "to", "back")}

    def pause(command: SetPositionStatus) -> Accepted:
        return Accepted(result={"revision": 2, "open_applications": 0})

    async with town.answering(SetPositionStatus, pause):
        done = await recruiter.post("/positions/1/status", data=form)
    assert done.headers["location"] == "/positions"
    assert town.received[-1].reason is None  # type: ignore[attr-defined]
    again = (await recruiter.get("/positions/2/status?to=open", headers=PARTIAL)).text
    assert "2 queued calls are dialled first" in again


@pytest.mark.parametrize("address", ["/positions/2/status?to=gone", "/positions/999/status?to=closed"])
async def test_a_status_that_is_none_is_not_found(recruiter: httpx2.AsyncClient, address: str) -> None:
    assert (await recruiter.get(address)).status_code == 404


async def test_forms_of_positions_need_their_token(town: Running, recruiter: httpx2.AsyncClient) -> None:
    before = len(town.received)
    for address in (
        "/positions/new",
        "/positions/1",
        "/positions/1/status",
        "/positions/3/close-applications",
    ):
        assert (await recruiter.post(address, data={"to": "closed", "reason": "x"})).status_code == 403
    assert len(town.received) == before


async def test_a_closed_position_lists_what_is_left_and_closes_the_ticked_with_a_reason(
    town: Running, recruiter: httpx2.AsyncClient
) -> None:
    page = (await recruiter.get("/positions/3")).text
    assert "Closed, and 4 open applications wait for a decision" in page
    assert "&lt;script&gt;alert(1)" in page
    assert "<script>alert" not in page
    form = {"csrf": hidden(page, "csrf"), "command_id": hidden(page, "command_id")}
    address = "/positions/3/close-applications"
    nobody = await recruiter.post(address, data=form | {"reason": "Filled"})
    assert (nobody.status_code, "Tick the applications" in nobody.text) == (422, True)
    silent = await recruiter.post(address, data=form | {"application": ["1"]})
    assert "Say in a few words why" in silent.text

    def answer(command: CloseApplications) -> Accepted:
        refusal = {"application_id": 2, "code": "closed", "message": "It is closed already."}
        return Accepted(result={"closed": [], "refused": [refusal]})

    async with town.answering(CloseApplications, answer):
        ticked = await recruiter.post(
            address, data=form | {"application": ["1", "2", "x"], "reason": "Filled"}
        )
        assert "0 closed, 1 not: It is closed already." in ticked.text
        assert town.received[-1].application_ids == [1, 2]  # type: ignore[attr-defined]
        await recruiter.post(address, data=form | {"everyone": "yes", "reason": "Filled"})
    command = town.received[-1]
    assert isinstance(command, CloseApplications)
    assert (command.application_ids, command.reason) == ([1, 2, 3, 20], "Filled")


async def test_a_position_is_opened_with_every_field(town: Running, recruiter: httpx2.AsyncClient) -> None:
    page = (await recruiter.get("/positions/new")).text
    for sentence in (
        "configured in ElevenLabs",
        "{candidate_name}",
        "{form_answers}",
        "is a proposal until you",
    ):
        assert sentence in page
    good = filled(
        page, title="Electrician", description="One\r\ntwo", calling_days=["0", "1"], record_calls="",
        confirmation="every_outcome", lead_form_ids="f:123, 456\r\n456", calling_hour_start="0",
        calling_hour_end="24", status="paused",
    )  # fmt: skip
    async with town.answering(OpenPosition, lambda command: Accepted(result={"position_id": 4})):
        done = await recruiter.post("/positions/new", data=good)
    assert done.headers["location"] == "/positions/4?saved=opened"
    command = town.received[-1]
    assert isinstance(command, OpenPosition)
    details = command.details
    assert (details.title, details.calling_days, details.description) == ("Electrician", [0, 1], "One\ntwo")
    assert (details.record_calls, details.confirmation, details.status) == (False, "every_outcome", "paused")
    assert (details.lead_form_ids, details.system_prompt) == (["123", "456"], None)
    assert (details.calling_hour_start, details.calling_hour_end) == (0, 24)
    assert "Next: bring people in" in (await recruiter.get(done.headers["location"])).text


async def test_everything_wrong_is_said_at_its_field_and_nothing_typed_is_lost(
    town: Running, recruiter: httpx2.AsyncClient
) -> None:
    before = len(town.received)
    page = (await recruiter.get("/positions/new")).text
    wrong = filled(
        page, title="", description=HOSTILE, calling_hour_start="18", calling_hour_end="10", calling_days=[],
        time_zone="Mars/Base", call_retry_max="99", call_retry_interval_minutes="many",
        follow_up_interval_hours="0", rejected_cv_timeout_days="9" * 30, lead_form_ids="abc",
    )  # fmt: skip
    answer = await recruiter.post("/positions/new", data=wrong)
    assert answer.status_code == 422
    for said in ("Write something here.", "Calls end after they begin.", "Choose at least one day.",
                 "At most 10.", "Write the zone as Europe/Bucharest.", "Write a whole number.", "At least 1.",
                 "“abc” is no form number"):  # fmt: skip
        assert said in answer.text, said
    assert "&lt;script&gt;alert(1)" in answer.text
    assert 'value="many"' in answer.text
    assert len(town.received) == before


async def test_a_refusal_stands_at_the_field_it_is_about(
    town: Running, recruiter: httpx2.AsyncClient
) -> None:
    page = (await recruiter.get("/positions/1")).text
    refused = Refused(code="form_taken", message="Form 123 belongs to Welder.")
    async with town.answering(RevisePosition, lambda command: refused):
        answer = await recruiter.post("/positions/1", data=filled(page, lead_form_ids="123"))
    assert answer.status_code == 422
    assert re.search(r'id="e-lead_form_ids"[^>]*>Form 123 belongs to Welder', answer.text)
    assert ">123</textarea>" in answer.text


async def test_saving_as_closed_asks_first(town: Running, recruiter: httpx2.AsyncClient) -> None:
    page = (await recruiter.get("/positions/2")).text
    before = len(town.received)
    asked = await recruiter.post("/positions/2", data=filled(page, status="closed"))
    assert "5 open applications remain" in asked.text
    assert len(town.received) == before
    async with town.answering(RevisePosition, lambda command: Accepted(result={"revision": 2})):
        done = await recruiter.post("/positions/2", data=filled(asked.text, status="closed", sure="yes"))
    assert done.headers["location"] == "/positions/2?saved=yes"


async def test_the_history_says_who_changed_what_from_what_to_what(recruiter: httpx2.AsyncClient) -> None:
    page = (await recruiter.get("/positions/4")).text
    history = page[page.index('id="history"') :]
    assert "Paul Achim" in history
    assert re.search(r'Call attempts</span> ?<span class="old">2</span> <span class="new">5</span>', history)
    assert '<span class="old">every day</span> <span class="new">Mon to Fri</span>' in history
    assert re.search(r'Instructions</span> <span class="f">rewritten', history)
    assert "“&lt;script&gt;alert(1)" in history
    assert "Created the position" in history


async def test_two_people_saving_at_once_see_both_versions_and_choose(
    town: Running, recruiter: httpx2.AsyncClient
) -> None:
    page = (await recruiter.get("/positions/6")).text
    mine = filled(page, title=f"Cook {HOSTILE}", call_retry_max="7")
    told = Storyteller(datetime.now(UTC), first_id=90_000)
    told.say(revised(6, 2, title="Cook", call_retry_max=4, description="Night shifts"))
    await town.told(told.envelopes)
    seen = (await recruiter.get("/positions/6?seen=1")).text
    assert "Paul Achim saved this position" in seen
    stale = Refused(code="revised_meanwhile", message="Somebody else has changed this position.")
    async with town.answering(RevisePosition, lambda command: stale):
        conflict = await recruiter.post("/positions/6", data=mine)
    assert town.received[-1].expected_revision == 1  # type: ignore[attr-defined]
    assert conflict.status_code == 422
    assert "Paul Achim saved this while you were writing" in conflict.text
    assert "<script>alert" not in conflict.text
    picks = dict(re.findall(r'name="pick\.([a-z_]+)" value="(\w+)" checked', conflict.text))
    assert picks == {"title": "mine", "description": "theirs", "call_retry_max": "mine"}
    form = all_hidden(conflict.text) | {f"pick.{name}": value for name, value in picks.items()}

    async def take(**choice: str) -> PositionDetails:
        async with town.answering(RevisePosition, lambda command: Accepted(result={"revision": 2})):
            done = await recruiter.post("/positions/6", data=form | choice)
        assert done.headers["location"] == "/positions/6?saved=yes"
        command = town.received[-1]
        assert isinstance(command, RevisePosition)
        assert command.expected_revision == 2
        return command.details

    merged = await take(take="chosen")
    assert (merged.title, merged.call_retry_max) == (f"Cook {HOSTILE}", 7)
    assert merged.description == "Night shifts"
    assert (await take(take="mine")).description == ""
    before = len(town.received)
    writing = await recruiter.post("/positions/6", data=form | {"take": "edit"})
    assert hidden(writing.text, "revision") == "2"
    assert "Cook &lt;script&gt;" in writing.text
    assert len(town.received) == before
    theirs = (await recruiter.get("/positions/6")).text
    assert "Night shifts</textarea>" in theirs


def all_hidden(page: str) -> dict[str, Any]:
    """Every hidden field, several of a name as a list."""
    form: dict[str, Any] = {}
    main = page[page.index('<form method="post" action="/positions/6"') :]
    for name, value in re.findall(r'<input type="hidden" name="([a-z_]+)" value="([^"]*)"', main):
        form.setdefault(name, []).append(unescape(value))
    return form


RETRIES = {"retry.no_answer.again": "yes", "retry.no_answer.after_minutes": "", "retry.no_answer.at_most": "",
           "retry.busy.after_minutes": "15", "retry.busy.at_most": "", "retry.voicemail.again": "yes",
           "retry.voicemail.after_minutes": "240", "retry.voicemail.at_most": "2"}  # fmt: skip


async def test_how_people_are_called_is_saved_outcome_by_outcome(
    town: Running, recruiter: httpx2.AsyncClient
) -> None:
    page = (await recruiter.get("/positions/new")).text
    typed = {"employer": "Nordvale SRL", "most_calls_per_day": "40"}
    form = filled(page, title="Roofer") | RETRIES | typed
    async with town.answering(OpenPosition, lambda command: Accepted(result={"position_id": 4})):
        await recruiter.post("/positions/new", data=form)
        details = town.received[-1].details  # type: ignore[attr-defined]
        await recruiter.post("/positions/new", data=form | {"most_calls_per_day": ""})
        unlimited = town.received[-1].details  # type: ignore[attr-defined]
    assert (details.employer, details.most_calls_per_day) == ("Nordvale SRL", 40)
    assert unlimited.most_calls_per_day is None
    rules = details.retry_rules
    assert (rules.no_answer.again, rules.no_answer.after_minutes) == (True, None)
    assert (rules.busy.again, rules.busy.after_minutes) == (False, 15)
    assert (rules.voicemail.after_minutes, rules.voicemail.at_most) == (240, 2)
    odd = {"retry.busy.after_minutes": "soon", "most_calls_per_day": "0"}
    wrong = await recruiter.post("/positions/new", data=form | odd)
    assert wrong.status_code == 422
    assert "Busy: the minutes are a whole number from 1 to 43,200, or empty." in wrong.text
    assert re.search(r'id="e-most_calls_per_day"[^>]*>At least 1\.', wrong.text)
    assert (
        'name="retry.busy.after_minutes" type="number" inputmode="numeric" min="1" max="43200" value="soon"'
        in wrong.text
    )


async def test_what_follows_a_call_to_nobody_is_chosen_between_two_versions(
    town: Running, recruiter: httpx2.AsyncClient
) -> None:
    page = (await recruiter.get("/positions/1")).text
    stale = Refused(code="revised_meanwhile", message="Somebody else has changed this position.")
    told = Storyteller(datetime.now(UTC), first_id=95_000)
    told.say(revised(1, 9, title="Electrician", employer="Nordvale SRL"))
    await town.told(told.envelopes)
    async with town.answering(RevisePosition, lambda command: stale):
        conflict = await recruiter.post("/positions/1", data=filled(page) | RETRIES)
    assert "Busy: not again" in conflict.text
    assert "Busy: again after 15 min" in conflict.text
    form = {name: unescape(value) for name, value in re.findall(
        r'<input type="hidden" name="([a-z_.]+)" value="([^"]*)"', conflict.text)}  # fmt: skip
    form |= {"calling_days": ["0"], "take": "chosen", "pick.retry_rules": "mine", "pick.employer": "theirs"}  # type: ignore[dict-item]
    async with town.answering(RevisePosition, lambda command: Accepted(result={"revision": 9})):
        await recruiter.post("/positions/1", data=form)
    details = town.received[-1].details  # type: ignore[attr-defined]
    assert (details.employer, details.retry_rules.busy.again) == ("Nordvale SRL", False)


async def test_the_opening_line_can_be_asked_for_alone(recruiter: httpx2.AsyncClient) -> None:
    query = {"language": "en", "employer": HOSTILE, "record_calls": "yes"}
    part = (await recruiter.get("/parts/opening", params=query, headers=PARTIAL)).text
    assert "This call is recorded." in part
    assert "<script>" not in part
    assert '<code class="var">{candidate_name}</code>' in part
    named = await recruiter.get("/parts/opening", params={"employer": "{candidate_name}"}, headers=PARTIAL)
    assert named.text.count("<code") == 1, "what somebody typed is not taken for what is filled in"
