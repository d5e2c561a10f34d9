"""A recruiter in a real browser, in front of the installation that the tests share."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator
from pathlib import Path
from uuid import uuid4

import pytest_asyncio
from ops.instance import Instance
from ops.recruiters import new_user
from playwright.async_api import Browser, Page

sys.path.insert(0, str(Path(__file__).parents[1]))

from browser.conftest import browser, chromium

__all__ = ["browser", "chromium", "page_of_a_recruiter"]


@pytest_asyncio.fixture(name="page", loop_scope="session")
async def page_of_a_recruiter(instance: Instance, browser: Browser) -> AsyncIterator[Page]:
    email = f"screens-{uuid4()}@example.com"
    password = await new_user(instance.ground.database("recruiter_ui"), email, "Ioana Exemplu")
    context = await browser.new_context(viewport={"width": 1440, "height": 900})
    context.set_default_timeout(20_000)
    page = await context.new_page()
    await page.goto(f"{instance.address}/login")
    await page.fill("#email", email)
    await page.fill("#password", password)
    await page.keyboard.press("Enter")
    await page.wait_for_url(f"{instance.address}/")
    yield page
    await context.close()
