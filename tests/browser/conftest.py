"""A real browser on the running recruiter_ui: Debian's Chromium, driven by Playwright.

Where Chromium is missing it is installed (``chromium``); where that fails too, the tests count as not run and
say the line to type; on CI a missing browser is a failure.
"""

from __future__ import annotations

import os
import sys
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, BrowserContext, ConsoleMessage, Page, async_playwright, expect

sys.path.insert(0, str(Path(__file__).parents[2] / "services" / "recruiter_ui" / "tests" / "support"))

from chassis.testing_servers import Migrated, Templates
from contracts import Accepted, Refused
from contracts.calling import PreviewCalls
from recruiter_ui_support.calling import everybody_now
from recruiter_ui_support.running import EMAIL, PASSWORD, Running, running
from recruiter_ui_support.stories import Storyteller
from recruiter_ui_support.town import CV, a_town

from .chromium import NoBrowser, provide

expect.set_options(timeout=15_000)  # a page that is there says so at once; a busy machine takes its time

INSTALL = "apt-get install chromium libatomic1"
ARGUMENTS = [
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="session")
def chromium() -> str:
    """Where Chromium is; a machine without one counts the tests as not run, and CI fails."""
    try:
        return provide()
    except NoBrowser as missing:
        if os.environ.get("CI") == "true":
            pytest.fail(str(missing))
        pytest.skip(str(missing))


@dataclass
class Town:
    """The running service and the story told so far."""

    ui: Running
    told: Storyteller
    gate: Callable[[PreviewCalls], Accepted | Refused] = everybody_now
    """What calling says of those who are to be called."""

    @property
    def url(self) -> str:
        return self.ui.url

    async def happens(self, *facts: Callable[[], object]) -> None:
        """Facts that come to pass now; returns when they are projected."""
        known = len(self.told.envelopes)
        self.told.at = max(self.told.at, datetime.now(UTC))
        for fact in facts:
            fact()
        await self.ui.told(self.told.envelopes[known:])


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def town(
    chromium: str,
    postgres_url: str,
    templates: Templates,
    nats_url: str,
    tmp_path_factory: pytest.TempPathFactory,
) -> AsyncIterator[Town]:
    migrated = Migrated(postgres_url, templates)
    database = await migrated("recruiter_ui")
    async with running(database, nats_url, tmp_path_factory.mktemp("state")) as ui:
        told = a_town(datetime.now(UTC))
        await ui.blobs.put(CV.key, b"%PDF-1.4 hello", "application/pdf")
        await ui.told(told.envelopes)
        town = Town(ui, told)
        async with ui.answering(PreviewCalls, lambda query: town.gate(query)):
            yield town
    await migrated.drop()


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser(chromium: str) -> AsyncIterator[Browser]:
    """An empty user folder comes with every launch; without root, Chromium's own sandbox stays on."""
    arguments = [*ARGUMENTS, "--no-sandbox"] if os.geteuid() == 0 else ARGUMENTS
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium, args=arguments)
        yield browser
        await browser.close()


@dataclass
class Complaints:
    """What the browser was not happy with: on the console (CSP violations among them) and in scripts."""

    heard: list[str] = field(default_factory=list)
    expected: tuple[str, ...] = ()

    def watch(self, page: Page) -> None:
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.heard.append(f"script: {error}"))

    def _console(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning") and not any(it in message.text for it in self.expected):
            self.heard.append(f"{message.type}: {message.text} {message.location}")


@pytest.fixture
def complaints() -> Complaints:
    return Complaints()


@pytest_asyncio.fixture(loop_scope="session")
async def context(browser: Browser) -> AsyncIterator[BrowserContext]:
    context = await browser.new_context(viewport={"width": 1440, "height": 900}, color_scheme="light")
    context.set_default_timeout(20_000)
    yield context
    await context.close()


async def enter(page: Page, town: Town) -> None:
    await page.goto(f"{town.url}/login")
    await page.fill("#email", EMAIL)
    await page.fill("#password", PASSWORD)
    await page.click("text=Log in >> nth=-1")
    await page.wait_for_url(f"{town.url}/")


@pytest_asyncio.fixture(loop_scope="session")
async def page(context: BrowserContext, town: Town, complaints: Complaints) -> AsyncIterator[Page]:
    """A recruiter who is logged in; the test fails at its end if the browser complained of anything."""
    page = await context.new_page()
    complaints.watch(page)
    await enter(page, town)
    yield page
    assert complaints.heard == []


@pytest_asyncio.fixture(loop_scope="session")
async def plain(browser: Browser, town: Town) -> AsyncIterator[Page]:
    """A recruiter who is logged in, with a browser that runs no script."""
    context = await browser.new_context(viewport={"width": 1440, "height": 900}, java_script_enabled=False)
    context.set_default_timeout(20_000)
    page = await context.new_page()
    await enter(page, town)
    yield page
    await context.close()
