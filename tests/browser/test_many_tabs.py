"""More tabs than a browser has connections: those that nobody has looked at yet take none."""

from __future__ import annotations

from playwright.async_api import BrowserContext, Page, expect

from .conftest import Complaints, Town

CONNECTIONS = 6
"""That Chromium opens to one address over HTTP/1.1, for all tabs together."""
UNSEEN = "Object.defineProperty(document, 'hidden', {configurable: true, get: () => true})"
LOOKED_AT = """() => {
    Object.defineProperty(document, 'hidden', {configurable: true, get: () => false})
    document.dispatchEvent(new Event('visibilitychange'))
}"""


async def test_tabs_opened_in_the_background_keep_nobody_waiting(
    context: BrowserContext, page: Page, town: Town, complaints: Complaints
) -> None:
    tabs = []
    for number in range(1, CONNECTIONS + 3):
        tab = await context.new_page()
        complaints.watch(tab)
        await tab.add_init_script(UNSEEN)
        await tab.goto(f"{town.url}/applications/{number}")
        tabs.append(tab)
    await page.goto(f"{town.url}/applications")
    await town.happens(lambda: town.told.is_queued(23))
    await expect(page.locator("#a23")).to_contain_text("Queued")
    for tab in tabs:
        await tab.close()


async def test_a_tab_that_is_looked_at_later_shows_what_happened_meanwhile(
    context: BrowserContext, page: Page, town: Town, complaints: Complaints
) -> None:
    tab = await context.new_page()
    complaints.watch(tab)
    await tab.add_init_script(UNSEEN)
    await tab.goto(f"{town.url}/applications")
    await town.happens(lambda: town.told.is_queued(22))
    await page.goto(f"{town.url}/applications")
    await expect(page.locator("#a22")).to_contain_text("Queued")
    await expect(tab.locator("#a22")).not_to_contain_text("Queued")
    await tab.evaluate(LOOKED_AT)
    await expect(tab.locator("#a22")).to_contain_text("Queued")
    await tab.close()
