"""Every address of the pages asks for a login, and everything that changes something for the form's token."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import httpx2
import pytest_asyncio
from fastapi import APIRouter
from recruiter_ui.pages.routes import add_pages
from recruiter_ui.web import Pages, Ui
from recruiter_ui_support.running import Running
from recruiter_ui_support.stories import Storyteller
from recruiter_ui_support.visiting import hidden, log_in

OPEN = ("/login", "/static/{name:path}")
WORDS = {"action": "adopt", "kind": "cv_request", "channel": "email", "language": "ro"}
AN_ID = "01900000-0000-7000-8000-000000000001"


def unused() -> Ui:
    raise AssertionError("no page is asked for here")


def doors() -> list[tuple[str, str]]:
    """Method and an address that fits, of every page for people who are logged in."""
    router = APIRouter()
    add_pages(Pages(router, unused))
    found = []
    for route in router.routes:
        path: str = vars(route)["path"]
        address = path
        for name, word in WORDS.items():
            address = address.replace(f"{{{name}:str}}", word)
        address = re.sub(r"\{\w+:int\}", "1", re.sub(r"\{\w+:uuid\}", AN_ID, address))
        assert "{" not in address or path in OPEN, path
        found += [(method, address) for method in sorted(vars(route)["methods"]) if path not in OPEN]
    return [door for door in found if door[0] in ("GET", "POST")]


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def told(ui: Running) -> AsyncIterator[Running]:
    story = Storyteller(datetime.now(UTC))
    story.position(1, "Electrician")
    story.person(1, "Mihai", 1)
    await ui.told(story.envelopes)
    yield ui


async def test_nobody_enters_without_a_login(told: Running) -> None:
    assert len(doors()) > 70
    odd = {}
    async with httpx2.AsyncClient(base_url=told.url, timeout=20) as stranger:
        for method, address in doors():
            answer = await stranger.request(method, address, data={"x": "y"} if method == "POST" else None)
            if (answer.status_code, answer.headers.get("location", "")[:6]) != (303, "/login"):
                odd[method, address] = answer.status_code
    assert odd == {}


async def test_nothing_is_changed_without_the_token_of_the_form_or_from_another_site(told: Running) -> None:
    before, odd = len(told.received), {}
    async with httpx2.AsyncClient(base_url=told.url, timeout=20) as recruiter:
        assert (await log_in(recruiter)).status_code == 303
        token = {"csrf": hidden((await recruiter.get("/applications")).text, "csrf")}
        elsewhere = {"Origin": "https://example.com"}
        for method, address in doors():
            if method != "POST":
                continue
            without = await recruiter.post(address, data={"csrf": "x" * 43})
            foreign = await recruiter.post(address, data=token, headers=elsewhere)
            if (without.status_code, foreign.status_code) != (403, 403):
                odd[address] = (without.status_code, foreign.status_code)
    assert odd == {}
    assert told.received[before:] == []
