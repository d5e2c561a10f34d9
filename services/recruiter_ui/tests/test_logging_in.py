"""Guessing passwords is slow, and locks out nobody but who guesses; lost visitors get a page."""

from __future__ import annotations

from collections.abc import AsyncIterator

import httpx2
import pytest
import pytest_asyncio
from recruiter_ui.adapters.throttle import PER_ACCOUNT, PER_ACCOUNT_AND_NETWORK, PER_KNOWN_BROWSER, Attempt
from recruiter_ui_support.running import EMAIL, Running
from recruiter_ui_support.visiting import hidden, log_in


def visitor(ui: Running, address: str) -> httpx2.AsyncClient:
    """From that address, as the proxy in front of the service says it."""
    return httpx2.AsyncClient(base_url=ui.url, timeout=20, headers={"X-Forwarded-For": address})


@pytest_asyncio.fixture(autouse=True, loop_scope="session")
async def nothing_tried_yet(ui: Running) -> AsyncIterator[None]:
    await ui.db.execute("DELETE FROM login_failures")
    yield


async def guess(ui: Running, address: str, times: int) -> int:
    async with visitor(ui, address) as stranger:
        for _ in range(times):
            status = (await log_in(stranger, EMAIL, "a wrong guess")).status_code
        return status


async def test_a_network_that_guesses_is_stopped_and_the_owner_elsewhere_is_not(ui: Running) -> None:
    assert await guess(ui, "203.0.113.7", PER_ACCOUNT_AND_NETWORK) == 422
    assert await guess(ui, "203.0.113.7", 1) == 429
    assert await guess(ui, "203.0.113.200", 1) == 429, "the same network"
    async with visitor(ui, "198.51.100.4") as owner:
        assert (await log_in(owner)).status_code == 303


async def test_guesses_from_everywhere_are_stopped_and_a_known_browser_still_gets_in(ui: Running) -> None:
    async with visitor(ui, "198.51.100.4") as owner, visitor(ui, "198.51.100.99") as newcomer:
        assert (await log_in(owner)).status_code == 303
        for number in range(PER_ACCOUNT):
            for subject in Attempt(EMAIL, f"10.{number}.0.1").limits(known=False):
                await ui.db.execute("INSERT INTO login_failures (subject) VALUES ($1)", subject)
        assert await guess(ui, "10.200.0.1", 1) == 429
        assert (await log_in(newcomer)).status_code == 429
        owner.cookies.delete("rf_session")
        assert (await log_in(owner)).status_code == 303


async def test_a_known_browser_may_not_guess_on_for_ever_either(ui: Running) -> None:
    async with visitor(ui, "198.51.100.4") as owner:
        assert (await log_in(owner)).status_code == 303
        owner.cookies.delete("rf_session")
        for _ in range(PER_KNOWN_BROWSER):
            assert (await log_in(owner, EMAIL, "a wrong guess")).status_code == 422
        assert (await log_in(owner, EMAIL, "a wrong guess")).status_code == 429


async def test_a_cookie_is_known_for_its_own_account_only(ui: Running) -> None:
    async with visitor(ui, "192.0.2.9") as somebody:
        assert (await log_in(somebody)).status_code == 303
        somebody.cookies.delete("rf_session")
        for _ in range(PER_ACCOUNT_AND_NETWORK):
            assert (await log_in(somebody, "other@example.com", "a wrong guess")).status_code == 422
        assert (await log_in(somebody, "other@example.com", "a wrong guess")).status_code == 429


def test_a_network_is_what_one_house_has() -> None:
    assert Attempt("a", "203.0.113.7").network == "203.0.113.0/24"
    assert Attempt("a", "2001:db8:1:2:3:4:5:6").network == "2001:db8:1:2::/64"
    assert Attempt("a", "not an address").network == "not an address"


@pytest.mark.parametrize("address", ["/no-such-page", "/positions/none", "/candidates/9/nothing"])
async def test_an_unknown_address_leads_to_a_page(ui: Running, address: str) -> None:
    async with visitor(ui, "192.0.2.9") as somebody:
        outside = await somebody.get(address)
        assert (outside.status_code, "text/html" in outside.headers["content-type"]) == (404, True)
        assert "Go to the dashboard" in outside.text
        assert "Candidates" not in outside.text
        assert (await log_in(somebody)).status_code == 303
        inside = await somebody.get(address)
        assert inside.status_code == 404
        assert 'aria-label="Main"' in inside.text
        assert "unsafe" not in inside.headers["content-security-policy"]
        assert inside.headers["x-content-type-options"] == "nosniff"
        part = await somebody.get(address, headers={"HX-Request": "true"})
        assert part.headers["content-type"].startswith("text/plain")


async def test_what_can_not_be_asked_that_way_leads_to_a_page_too(ui: Running) -> None:
    async with visitor(ui, "192.0.2.9") as somebody:
        assert (await log_in(somebody)).status_code == 303
        wrong_way = await somebody.get("/calls")
        assert (wrong_way.status_code, "Not this way" in wrong_way.text) == (405, True)
        huge = await somebody.get(f"/applications/{'9' * 30}")
        assert (huge.status_code, "makes no sense" in huge.text) == (400, True)
        page = (await somebody.get("/applications")).text
        token = hidden(page, "csrf")
        odd = await somebody.post("/calls", data={"csrf": token, "ids": "1", "command_id": "again"})
        assert (odd.status_code, 'aria-label="Main"' in odd.text) == (400, True)
        late = await somebody.post("/calls", data={"csrf": "old", "ids": "1"})
        assert (late.status_code, "out of date" in late.text) == (403, True)
