"""Gmail connected, lost, connected again and taken away in a browser; the sandbox plays Google."""

from __future__ import annotations

import os
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import asyncpg
import pytest
import pytest_asyncio
from ops.instance import Instance, Options
from ops.topology import free_ports
from playwright.async_api import Browser, Page, expect
from recruiter_ui.adapters.logins import add_recruiter
from recruiter_ui.passwords import hash_password
from recruiter_ui_support.running import EMAIL, NAME, PASSWORD

from .conftest import Complaints
from .looking import LOOKS, findings

OURS, OTHER = "recruiting@example.com", "somebody.else@example.com"
QUICK = {
    "GOOGLE_REFRESH_TOKEN": "",
    "GMAIL_HISTORY_SECONDS": "0.5",
    "WHAPI_HEALTH_MINUTES": "0.02",
    "LEASE_RETRY_SECONDS": "0.1",
}
PATIENCE = 30_000


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def instance(chromium: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Instance]:
    """With nobody's access to Gmail."""
    running = Instance(tmp_path_factory.mktemp("an instance"), free_ports(), Options(environment=QUICK))
    try:
        await running.start()
        search_path = {"search_path": "recruiter_ui"}
        db = await asyncpg.connect(running.ground.admin_url, server_settings=search_path)
        await add_recruiter(db, EMAIL, NAME, hash_password(PASSWORD))
        await db.close()
        yield running
    finally:
        running.stop()


async def log_in(browser: Browser, instance: Instance, **context: Any) -> Page:
    page = await (await browser.new_context(**context)).new_page()
    page.context.set_default_timeout(PATIENCE)
    await page.goto(f"{instance.address}/login?next=/settings")
    await page.fill("#email", EMAIL)
    await page.fill("#password", PASSWORD)
    await page.click("button.pri")
    await page.wait_for_url("**/settings")
    return page


@pytest_asyncio.fixture(loop_scope="session")
async def page(browser: Browser, instance: Instance, complaints: Complaints) -> AsyncIterator[Page]:
    page = await log_in(browser, instance, viewport={"width": 1440, "height": 900})
    complaints.watch(page)
    yield page
    await page.context.close()
    # What Google refused is answered 422, which a browser notes.
    assert [said for said in complaints.heard if "422" not in said] == []


async def at_google(page: Page, *, account: str = OURS, press: str = "Allow", tick: bool = True) -> None:
    await page.wait_for_url("**/google-auth/**")
    await page.get_by_label(account).check()
    if not tick:
        await page.get_by_label("Read, compose and send").uncheck()
    await page.get_by_role("button", name=press).click()
    await page.wait_for_url("**/settings**")


async def looks(browser: Browser, instance: Instance, name: str) -> None:
    """Without a finding of axe, wide and narrow, light and dark; pictures where they are asked for."""
    for width, theme in LOOKS:
        scheme: Any = theme
        page = await log_in(browser, instance, viewport={"width": width, "height": 900}, color_scheme=scheme)
        for place in ("/settings", "/settings/gmail/disconnect", "/", "/more"):
            await page.goto(f"{instance.address}{place}")
            assert await findings(page) == [], (place, width, theme)
            wide = await page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
            assert wide <= 0, (place, width)
            if folder := os.environ.get("RECRUITFLOW_SHOTS"):
                shot = f"{name}-{place.strip('/').replace('/', '-') or 'home'}-{width}-{theme}.png"
                await page.screenshot(path=Path(folder) / shot)
        await page.context.close()


async def test_gmail_is_connected_lost_connected_again_and_taken_away(
    browser: Browser, page: Page, instance: Instance
) -> None:
    gmail = page.locator("section", has=page.get_by_role("heading", name="Gmail"))
    await expect(gmail).to_contain_text("Never connected")
    await page.get_by_role("button", name="Connect Gmail").click()
    await at_google(page, press="Deny")
    await expect(page.get_by_role("alert")).to_contain_text("You pressed Deny at Google")
    await page.get_by_role("button", name="Connect Gmail").click()
    await at_google(page, tick=False)
    await expect(page.get_by_role("alert")).to_contain_text("box that lets RecruitFlow read and send")
    await page.get_by_role("button", name="Connect Gmail").click()
    await at_google(page)
    await expect(page.get_by_role("status").filter(has_text="Gmail is connected")).to_be_visible()
    await expect(gmail).to_contain_text(OURS)
    await expect(gmail).to_contain_text(re.compile("Last checked"))
    await expect(page.locator("section", has_text="WhatsApp").last).to_contain_text("Connected")
    await looks(browser, instance, "connected")
    await _is_lost_and_comes_back(browser, page, instance)
    await _refuses_another_account(page)
    await _is_taken_away(page)


async def _is_lost_and_comes_back(browser: Browser, page: Page, instance: Instance) -> None:
    google = await (await browser.new_context()).new_page()
    await google.goto(f"{instance.sandbox_url}/google")
    await google.locator("tr", has_text="allowed").get_by_role("button", name="Revoke").first.click()
    await page.goto(f"{instance.address}/applications")
    alarm = page.locator("#alarms [role=alert]")
    await expect(alarm).to_contain_text("Gmail is not connected.", timeout=PATIENCE)
    while await google.locator("tr", has_text="allowed").count():
        await google.locator("tr", has_text="allowed").get_by_role("button", name="Revoke").first.click()
    await google.context.close()
    await page.goto(f"{instance.address}/")
    await expect(page.locator(".needg", has_text="Gmail is not connected")).to_be_visible()
    await looks(browser, instance, "lost")
    await alarm.get_by_role("link", name="Connect again").click()
    await page.get_by_role("button", name="Connect again").click()
    await at_google(page)
    await expect(page.locator("section", has_text="Gmail").first).to_contain_text("Connected")
    await expect(alarm).to_have_count(0, timeout=PATIENCE)


async def _refuses_another_account(page: Page) -> None:
    await page.get_by_role("button", name="Connect again").click()
    await at_google(page, account=OTHER)
    await expect(page.get_by_role("alert")).to_contain_text(f"You chose {OTHER} at Google")


async def _is_taken_away(page: Page) -> None:
    await page.get_by_role("link", name="Disconnect").click()
    dialog = page.get_by_role("dialog")
    await expect(dialog).to_contain_text("Disconnect Gmail?")
    await dialog.get_by_role("button", name="Disconnect").click()
    await expect(page.get_by_role("status").filter(has_text="Google was told")).to_be_visible()
    await expect(page.get_by_role("button", name="Connect Gmail")).to_be_visible()
