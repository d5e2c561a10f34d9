"""What answers are judged by, edited in the form of a position: rows, their order, and what is wrong."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from html import unescape

import httpx2
import pytest_asyncio
from contracts import Accepted, Refused
from contracts.intake import (
    Criterion,
    OpenPosition,
    PositionDetails,
    RetryRule,
    RetryRules,
    RevisePosition,
)
from recruiter_ui.domain import criteria
from recruiter_ui_support.position_forms import form_of, plain, saved
from recruiter_ui_support.running import Running
from recruiter_ui_support.stories import Storyteller
from recruiter_ui_support.visiting import hidden, log_in

WORDS = [
    Criterion(key="licence", text="Driving licence B", weight=30, required=True),
    Criterion(key="b2b", text="Sold to companies", weight=20),
]


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def told(ui: Running) -> Storyteller:
    story = Storyteller(datetime.now(UTC) - timedelta(minutes=5))
    for number in range(1, 9):
        story.position(number, f"Electrician {number}", criteria=WORDS if number == 2 else [])
    story.position(9, "Electrician 9", first_message="Hello from {company}")
    await ui.told(story.envelopes)
    return story


@pytest_asyncio.fixture(loop_scope="session")
async def recruiter(ui: Running, told: Storyteller) -> AsyncIterator[httpx2.AsyncClient]:
    async with httpx2.AsyncClient(base_url=ui.url, timeout=20) as client:
        assert (await log_in(client)).status_code == 303
        yield client


async def test_criteria_are_rows_in_the_order_in_which_they_stand(
    ui: Running, recruiter: httpx2.AsyncClient
) -> None:
    page = (await recruiter.get("/positions/2")).text
    form = form_of(page)
    assert form["criteria.0.text"] == ["Driving licence B"]
    assert form["criteria.0.required"] == ["yes"]
    assert "criteria.1.required" not in form
    swapped = {name: form[name] for name in form if not name.startswith("criteria.")}
    for number in (2, 1, 0):
        swapped |= {name: form[name] for name in form if name.startswith(f"criteria.{number}.")}
    swapped |= {"criteria.2.text": ["Șofează zilnic"], "criteria.2.weight": ["15"]}
    async with ui.answering(RevisePosition, lambda it: Accepted(result={"revision": 2})):
        await recruiter.post("/positions/2", data=swapped)
    command = ui.received[-1]
    assert isinstance(command, RevisePosition)
    assert [(it.key, it.weight, it.required) for it in command.details.criteria] == [
        ("sofeaza-zilnic", 15, False),
        ("b2b", 20, False),
        ("licence", 30, True),
    ]
    emptied = form | {"criteria.0.text": [" "]}
    async with ui.answering(RevisePosition, lambda it: Accepted(result={"revision": 2})):
        await recruiter.post("/positions/2", data=emptied)
    command = ui.received[-1]
    assert isinstance(command, RevisePosition)
    assert [it.key for it in command.details.criteria] == ["b2b"]


async def test_a_position_from_before_placeholders_were_checked_says_what_nobody_fills(
    recruiter: httpx2.AsyncClient,
) -> None:
    """Its calls go on as before; whoever opens it sees what candidates hear, and saving names it again."""
    page = (await recruiter.get("/positions/9")).text
    assert "Words that nothing fills are passed on as they stand" in page
    assert page.count("Nothing fills {company}.") == 1
    assert "Not saved yet" not in page
    again = await recruiter.post("/positions/9", data=form_of(page))
    assert (again.status_code, again.text.count("Nothing fills {company}.")) == (422, 1)
    assert "passed on as they stand" not in (await recruiter.get("/positions/2")).text


async def test_a_weight_that_is_none_is_said_at_the_criteria_and_nothing_typed_is_lost(
    ui: Running, recruiter: httpx2.AsyncClient
) -> None:
    form = form_of((await recruiter.get("/positions/2")).text)
    before = len(ui.received)
    for weight in ("0", "101", "", "ten", "-3", "9" * 40):
        again = await recruiter.post("/positions/2", data=form | {"criteria.1.weight": [weight]})
        assert again.status_code == 422
        assert "“Sold to companies”: the weight is a whole number from 1 to 100." in again.text
        assert 'value="Driving licence B"' in again.text
    odd = form | {"first_message": ["Hello {nobody}"], "system_prompt": ["{{dial}} and {candidate_name}"]}
    again = await recruiter.post("/positions/2", data=odd)
    assert "Nothing fills {nobody}. Known are {candidate_name}" in again.text
    assert "Nothing fills {{dial}}." in again.text
    assert len(ui.received) == before
    refused = Refused(code="bad_criterion_key", message="A criterion's key is up to 40 small letters.")
    async with ui.answering(RevisePosition, lambda it: refused):
        again = await recruiter.post("/positions/2", data=form)
    assert 'id="e-criteria" role="alert"' in again.text


async def test_criteria_are_taken_over_from_the_questions_without_saving(
    ui: Running, recruiter: httpx2.AsyncClient
) -> None:
    form = form_of((await recruiter.get("/positions/new")).text)
    form |= {"title": ["Cook"], "campaign_questions": ["- Can you cook?\nSince when?"], "take": ["questions"]}
    before = len(ui.received)
    page = await recruiter.post("/positions/new", data=form)
    assert page.status_code == 200
    assert len([it for it in ui.received[before:] if isinstance(it, OpenPosition)]) == 0
    taken = form_of(page.text)
    assert taken["title"] == ["Cook"]
    assert (taken["criteria.0.text"], taken["criteria.1.text"]) == (["Can you cook?"], ["Since when?"])
    async with ui.answering(OpenPosition, lambda it: Accepted(result={"position_id": 77})):
        await recruiter.post("/positions/new", data=taken)
    command = ui.received[-1]
    assert isinstance(command, OpenPosition)
    asked = PositionDetails(title="Cook", campaign_questions="- Can you cook?\nSince when?")
    assert command.details.criteria == asked.criteria_in_force
    assert command.details.rubric == asked.rubric, "nobody is judged otherwise by it"


async def test_two_people_changing_criteria_are_shown_both(
    ui: Running, told: Storyteller, recruiter: httpx2.AsyncClient
) -> None:
    form = form_of((await recruiter.get("/positions/8")).text)
    await ui.told([told.say(saved(8, 2, plain(8), criteria=WORDS))])
    form |= {"criteria.0.text": ["Mine"], "criteria.0.weight": ["40"], "criteria.0.required": ["yes"]}
    stale = Refused(code="revised_meanwhile", message="Somebody else has changed this position.")
    async with ui.answering(RevisePosition, lambda it: stale):
        both = (await recruiter.post("/positions/8", data=form)).text
    assert "Driving licence B (30, required)" in both
    assert "Mine (40, required)" in both
    chosen = {name: hidden(both, name) for name in ("csrf", "command_id", "revision", "shown")}
    for name, value in re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', both):
        chosen.setdefault(name, unescape(value))
    days = re.findall(r'name="calling_days" value="(\d)"', both)
    async with ui.answering(RevisePosition, lambda it: Accepted(result={"revision": 3})):
        await recruiter.post("/positions/8", data=chosen | {"calling_days": days, "take": "mine"})
        mine = ui.received[-1]
        await recruiter.post(
            "/positions/8", data=chosen | {"calling_days": days, "take": "chosen", "pick.criteria": "theirs"}
        )
        theirs = ui.received[-1]
    assert isinstance(mine, RevisePosition)
    assert [(it.text, it.weight) for it in mine.details.criteria] == [("Mine", 40)]
    assert isinstance(theirs, RevisePosition)
    assert theirs.details.criteria == WORDS


def test_every_row_gets_a_key_of_its_own_and_keeps_it() -> None:
    rows = [{"key": "", "text": "Permis B!", "weight": "1", "required": False}] * 2
    keyed = criteria.with_keys([*rows, {"key": "permis-b", "text": "Old", "weight": "1", "required": True}])
    assert [row["key"] for row in keyed] == ["permis-b-2", "permis-b-3", "permis-b"]
    odd = criteria.with_keys([{"key": "A B\n", "text": "€", "weight": "1", "required": False}])
    assert odd[0]["key"] == "criterion"
    long = criteria.with_keys([{"key": "", "text": "x" * 500, "weight": "1", "required": False}] * 12)
    assert max(len(row["key"]) for row in long) <= 40
    assert len({row["key"] for row in long}) == 12


async def test_a_form_from_before_there_were_such_fields_leaves_them_as_they_are(
    ui: Running, told: Storyteller, recruiter: httpx2.AsyncClient
) -> None:
    never = RetryRules(voicemail=RetryRule(again=False))
    changes = {"criteria": WORDS, "employer": "Nordvale", "retry_rules": never, "most_calls_per_day": 40}
    await ui.told([told.say(saved(7, 2, plain(7), **changes))])
    form = form_of((await recruiter.get("/positions/7")).text)
    newer = ("criteria", "retry.", "employer", "most_calls_per_day")
    old = {name: form[name] for name in form if not name.startswith(newer)}
    async with ui.answering(RevisePosition, lambda it: Accepted(result={"revision": 3})):
        await recruiter.post("/positions/7", data=old | {"title": ["Renamed"]})
    command = ui.received[-1]
    assert isinstance(command, RevisePosition)
    assert command.details == plain(7).model_copy(update={**changes, "title": "Renamed"})
    rows = {name: form[name] for name in form if not name.startswith("criteria.")}
    async with ui.answering(RevisePosition, lambda it: Accepted(result={"revision": 3})):
        await recruiter.post("/positions/7", data=rows)
    command = ui.received[-1]
    assert isinstance(command, RevisePosition)
    assert command.details.criteria == [], "every row was removed"
