"""The switch, the preview and the recording with nothing scripted: real processes and the sandbox."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import pytest
import pytest_asyncio
from chassis.testing import eventually
from ops.demo.pace import Pacemaker
from ops.demo.performing import Performance
from ops.demo.show import QUICK, START
from ops.instance import Instance, Options
from ops.sample.write import encoded, lead
from ops.topology import free_ports
from playwright.async_api import Browser, Page, expect
from recruiter_ui.adapters.logins import add_recruiter
from recruiter_ui.passwords import hash_password
from recruiter_ui_support.running import EMAIL, NAME, PASSWORD

from .conftest import Complaints

NAMES = ("Ilinca Avădanei", "Matei Bălănescu", "Sânziana Cernătescu")


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def instance(chromium: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Instance]:
    """Ten minutes before the first call may be placed, on a clock that stands until it is moved."""
    folder = tmp_path_factory.mktemp("an instance")
    Pacemaker(folder / "pace.json", START)
    running = Instance(folder, free_ports(), Options(clock_file=folder / "pace.json", environment=QUICK))
    try:
        await running.start()
        yield running
    finally:
        running.stop()


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def db(instance: Instance) -> AsyncIterator[asyncpg.Connection]:
    search_path = {"search_path": "recruiter_ui"}
    connection = await asyncpg.connect(instance.ground.admin_url, server_settings=search_path)
    await add_recruiter(connection, EMAIL, NAME, hash_password(PASSWORD))
    yield connection
    await connection.close()


@pytest_asyncio.fixture(loop_scope="session")
async def page(
    browser: Browser, instance: Instance, db: asyncpg.Connection, complaints: Complaints
) -> AsyncIterator[Page]:
    context = await browser.new_context(viewport={"width": 1440, "height": 900})
    context.set_default_timeout(20_000)
    page = await context.new_page()
    complaints.watch(page)
    await page.goto(f"{instance.address}/login?next=/applications")
    await page.fill("#email", EMAIL)
    await page.fill("#password", PASSWORD)
    await page.click("button.pri")
    await page.wait_for_url("**/applications")
    yield page
    await context.close()
    assert complaints.heard == []


async def test_calls_wait_for_their_hours_and_for_the_switch_and_are_heard_afterwards(
    page: Page, instance: Instance, db: asyncpg.Connection, tmp_path: Path
) -> None:
    pacemaker = Pacemaker(instance.folder / "pace.json")
    async with instance.operator() as operator:
        performance = Performance(instance, pacemaker, db, operator)
        people = [lead(number, name, "wants-a-human") for number, name in enumerate(NAMES, start=1)]
        await performance.outside.register(people)
        (tmp_path / "leads.csv").write_bytes(encoded(people))
        _, applications = await performance.import_leads(
            tmp_path / "leads.csv", await performance.open_position()
        )
        known = "SELECT count(*) FROM applications WHERE stage > 0"
        await eventually(lambda: db.fetchval(known), lambda it: it == 3, within=30, what="people listed")
        await page.reload()
        await _are_queued_before_the_hours(page)
        await _are_stopped(page)
        await performance.settle(within=120)
        assert set((await performance.statuses()).values()) == {"call_queued"}
        assert await performance.outside.ledger("call") == [], "nobody was rung while calls were stopped"
        await _go_on(page)
        await _are_heard(page, db, applications[0], instance)


async def _are_queued_before_the_hours(page: Page) -> None:
    await expect(page.locator("tr[data-href]")).to_have_count(3)
    await page.keyboard.press("c")
    dialog = page.get_by_role("dialog")
    await expect(dialog.locator("h2")).to_contain_text("can be called now")
    await expect(dialog).to_contain_text(re.compile(r"3 outside calling hours\s*until today 10:00"))
    await dialog.get_by_role("button", name="Queue 3").click()
    await expect(page.locator(".toast")).to_contain_text("3 calls queued")
    await expect(page.locator(".side .dial")).to_contain_text("Next calls today 10:00")
    await expect(page.locator("td.c-nx").first).to_contain_text("Calls today 10:00")


async def _are_stopped(page: Page) -> None:
    await page.keyboard.press("Shift+P")
    dialog = page.get_by_role("dialog")
    await dialog.get_by_label("Reason").fill("The voice is not ready")
    await dialog.get_by_role("button", name="Stop all calls").click()
    await expect(page.locator(".toast").last).to_contain_text("Stopped: 3 queued calls wait.")
    await expect(page.locator("#stops")).to_contain_text("Irina Dobre stopped them today")
    await expect(page.locator("#stops")).to_contain_text("The voice is not ready")


async def _go_on(page: Page) -> None:
    await page.locator("#stops").get_by_role("button", name="Resume").click()
    await expect(page.locator(".toast").last).to_contain_text("Calls go on: 3 queued.")
    await expect(page.locator("#stops")).to_be_empty()


async def _are_heard(page: Page, db: asyncpg.Connection, application: int, instance: Instance) -> None:
    kept = "SELECT recording FROM calls WHERE application_id = $1 AND status = 'completed'"
    await eventually(
        lambda: db.fetchval(kept, application), lambda it: it is not None, within=90, what="a recording"
    )
    await page.goto(f"{instance.address}/applications/{application}")
    player = page.locator("[data-player]")
    await player.get_by_role("button", name="Play").click()

    async def heard() -> float:
        at: float = await page.evaluate("document.querySelector('[data-player] audio').currentTime")
        return at

    await eventually(heard, lambda at: at > 0.3, within=15, what="seconds heard")
    await expect(page.locator(".turn a.ts").first).to_be_visible()
    await expect(page.locator("#calls")).to_contain_text("Went by the clock in Bucharest")
