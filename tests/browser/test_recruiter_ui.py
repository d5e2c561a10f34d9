"""What a recruiter does in a browser, from the login to calls that change the page by themselves."""

from __future__ import annotations

import re
from contextlib import AbstractAsyncContextManager

from chassis.testing import eventually
from contracts import Accepted
from contracts.intake import ApplicationStatus, LiveLeadAnnounced, LiveLeadHeld, QueueCalls
from contracts.messaging import MarkMessages
from playwright.async_api import Browser, BrowserContext, Page, expect
from recruiter_ui_support.running import EMAIL, PASSWORD

from .conftest import Complaints, Town
from .looking import mark, never_scrolls_sideways, was_never_left

PLACES = (
    "/", "/applications", "/applications?stage=needs_you", "/applications/5", "/applications/16",
    "/applications/18",
    "/candidates", "/candidates/16", "/positions", "/positions/1", "/positions/new", "/import",
    "/messages?with=16",
    "/cvs", "/cvs/unmatched", "/more",
)  # fmt: skip
BUDGET = 120 * 1024
"""Bytes over the wire for a first load of the list (design/README.md, section 1)."""


async def test_logging_in_leads_to_the_dashboard(page: Page, town: Town) -> None:
    await expect(page.locator("h1")).to_contain_text("Irina")
    await expect(page.locator(".needg")).to_have_count(6)
    await expect(page.locator("a.posr")).to_have_count(4)


async def test_a_wrong_password_is_said_and_the_address_kept(
    context: BrowserContext, town: Town, complaints: Complaints
) -> None:
    page = await context.new_page()
    await page.goto(f"{town.url}/applications?stage=to_call")
    await page.fill("#email", EMAIL)
    await page.fill("#password", "not the password")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("alert")).to_contain_text("do not go together")
    await expect(page.locator("#email")).to_have_value(EMAIL)
    await page.fill("#password", PASSWORD)
    await page.keyboard.press("Enter")
    await page.wait_for_url("**/applications?stage=to_call")


async def test_the_list_groups_people_by_stage_and_narrows(page: Page, town: Town) -> None:
    await page.goto(f"{town.url}/applications")
    groups = await page.locator("tr.grp .bb").all_inner_texts()
    assert groups == ["On call", "Needs you", "To call", "Collecting CV", "CV in", "Not a fit", "Closed"]
    await page.fill("#q", "stefanescu")
    await page.keyboard.press("Enter")
    await page.wait_for_url("**/applications?q=stefanescu")
    await expect(page.locator("tr[data-href]")).to_have_count(1)
    await page.click("text=Clear filters")
    await page.select_option("#f-st", "needs_human")
    await page.wait_for_url("**/applications?status=needs_human")
    await expect(page.locator("tr[data-href]")).to_have_count(2)


async def test_calls_are_triggered_after_a_preview_and_rows_change_by_themselves(
    page: Page, town: Town
) -> None:
    await page.goto(f"{town.url}/applications")
    await mark(page)
    group = page.locator("tbody[data-group=to_call]")
    await group.locator("[data-group-of]").check()
    ticked = await group.locator("tr[data-href] .cb:checked").count()
    await expect(page.locator("#ticked")).to_have_text(f"{ticked} selected")
    await page.keyboard.press("c")
    dialog = page.get_by_role("dialog")
    await expect(dialog.locator("h2")).to_contain_text(f"of {ticked} will be called")
    await expect(dialog).to_contain_text("Already in the call queue")
    assert not any(isinstance(command, QueueCalls) for command in town.ui.received)

    def answer(command: QueueCalls) -> Accepted:
        return Accepted(result={"queued": command.application_ids, "refused": []})

    async with town.ui.answering(QueueCalls, answer):
        await dialog.get_by_role("button", name=re.compile("^Call")).click()
        await expect(page.locator(".toast")).to_contain_text("calls queued")
    await expect(page.locator(".cb:checked")).to_have_count(0)
    command = town.ui.received[-1]
    assert isinstance(command, QueueCalls)
    assert 9 in command.application_ids

    row = page.locator("#a9")
    await expect(row).to_contain_text("Pending call")
    await town.happens(lambda: town.told.is_queued(9))
    await expect(row).to_contain_text("Queued")
    await expect(row).to_contain_text("In the call queue")
    assert await was_never_left(page)


async def test_a_live_row_stays_where_it_is_with_tick_and_focus(page: Page, town: Town) -> None:
    await page.goto(f"{town.url}/applications")
    await mark(page)
    row = page.locator("#a23")
    await row.locator(".cb").check()
    await row.locator("a").focus()
    counted = int(await page.locator("#n-on_call").inner_text())
    await town.happens(lambda: town.told.is_queued(23), lambda: town.told.is_called(23))
    await expect(row).to_contain_text("In call")
    await expect(row).to_have_class(re.compile("live"))
    await expect(row).to_have_class(re.compile("moved"))
    await expect(row.locator(".cb")).to_be_checked()
    await expect(row.locator("a")).to_be_focused()
    await expect(page.locator("tbody[data-group=to_call] #a23")).to_have_count(1)
    await expect(page.locator("#n-on_call")).to_have_text(str(counted + 1))
    await expect(page.locator("#refresh")).to_contain_text("1 changed")
    assert await was_never_left(page)
    await page.locator("#refresh").click()
    await expect(page.locator("tbody[data-group=on_call] #a23")).to_have_count(1)


async def test_a_tab_that_was_cut_off_catches_up(
    page: Page, context: BrowserContext, town: Town, complaints: Complaints
) -> None:
    complaints.expected = ("ERR_INTERNET_DISCONNECTED", "htmx:sse:error", "Failed to fetch", "network error")
    await page.goto(f"{town.url}/applications")
    await mark(page)
    await town.happens(lambda: town.told.is_queued(24))
    await expect(page.locator("#a24")).to_contain_text("Queued")
    await context.set_offline(True)
    await town.happens(lambda: town.told.is_called(24))
    await expect(page.locator("#a24")).to_contain_text("Queued")
    await context.set_offline(False)
    await expect(page.locator("#a24")).to_contain_text("In call", timeout=30_000)
    assert await was_never_left(page)


async def test_silence_of_the_stream_is_said(page: Page, town: Town) -> None:
    await page.clock.install()
    await page.goto(f"{town.url}/applications")
    await expect(page.locator("#live-tag")).to_have_text("Live")
    await expect(page.locator("#stale")).to_be_hidden()
    await page.clock.fast_forward(23_000)
    await expect(page.locator("#stale")).to_contain_text("Live updates lost")
    await expect(page.locator("#live-tag")).to_have_text("Not live")


async def test_an_intake_that_is_away_is_said_and_trying_again_works(page: Page, town: Town) -> None:
    await page.goto(f"{town.url}/applications")
    await page.locator("#a25 .cb").check()
    await page.keyboard.press("c")
    dialog = page.get_by_role("dialog")
    await dialog.get_by_role("button", name=re.compile("^Call")).click()
    await expect(dialog.get_by_role("alert")).to_contain_text("nothing was changed", timeout=20_000)
    meant = await dialog.locator("[name=command_id]").get_attribute("value")

    def answer(command: QueueCalls) -> Accepted:
        return Accepted(result={"queued": command.application_ids, "refused": []})

    async with town.ui.answering(QueueCalls, answer):
        await dialog.get_by_role("button", name="Try again").click()
        await expect(page.locator(".toast")).to_contain_text("1 call queued")
    assert str(town.ui.received[-1].command_id) == meant


async def test_the_keyboard_alone_is_enough(page: Page, town: Town) -> None:
    await page.keyboard.press("g")
    await page.keyboard.press("a")
    await page.wait_for_url("**/applications")
    rows = page.locator("tr[data-href]")
    await page.keyboard.press("j")
    await page.keyboard.press("j")
    await expect(rows.nth(1)).to_have_class(re.compile("cur"))
    await page.keyboard.press("x")
    await expect(rows.nth(1).locator(".cb")).to_be_checked()
    await page.keyboard.press("Escape")
    await expect(rows.nth(1).locator(".cb")).not_to_be_checked()
    await page.keyboard.press("?")
    await expect(page.locator("#keys")).to_be_visible()
    await page.keyboard.press("Escape")
    await page.keyboard.press("/")
    await expect(page.locator("#q")).to_be_focused()
    await page.keyboard.press("Escape")
    await page.keyboard.press("k")
    wanted = await rows.nth(0).get_attribute("data-href")
    await page.keyboard.press("Enter")
    await page.wait_for_url(f"**{wanted}")


async def test_the_detail_tells_what_was_said_and_changes_by_itself(page: Page, town: Town) -> None:
    await page.goto(f"{town.url}/applications/14")
    await mark(page)
    await expect(page.locator("h1")).to_have_text("Andreea Munteanu-Vâlcea")
    await expect(page.locator(".gate .big")).to_have_text("82")
    await expect(page.locator(".turn")).to_have_count(6)
    assert await page.locator(".turns").get_attribute("lang") == "ro"
    await town.happens(lambda: town.told.is_asked_for_a_cv(14, 82))
    await expect(page.locator(".hd")).to_contain_text("Awaiting CV")
    await expect(page.locator(".tl")).to_contain_text("CV request sent by WhatsApp")
    assert await was_never_left(page)


async def test_the_dashboard_counts_along(page: Page, town: Town) -> None:
    await mark(page)
    failed = page.locator(".needg", has_text="on the last attempt")
    await expect(failed).to_contain_text("1 call failed")

    def misses_the_call() -> None:
        town.told.is_queued(26)
        call = town.told.is_called(26)
        town.told.does_not_answer(26, call, 1, None)

    await town.happens(misses_the_call)
    await expect(failed).to_contain_text("2 calls failed")
    assert await was_never_left(page)


async def test_the_theme_follows_the_system_until_one_is_chosen(
    browser: Browser, page: Page, town: Town
) -> None:
    background = "getComputedStyle(document.body).backgroundColor"
    light = await page.evaluate(background)
    await page.emulate_media(color_scheme="dark")
    dark = await page.evaluate(background)
    assert light != dark
    await page.click("[data-theme-toggle]")
    assert await page.evaluate(background) == light

    async def remembered() -> bool:
        return any(cookie["name"] == "rf_theme" for cookie in await page.context.cookies())

    await eventually(remembered, what="the choice is in a cookie")
    await page.reload()
    assert await page.evaluate("document.documentElement.dataset.theme") == "light"
    assert await page.evaluate(background) == light


def messaging_marks(town: Town) -> AbstractAsyncContextManager[None]:
    """What is looked at for a moment is marked as read: somebody has to take that."""
    return town.ui.answering(MarkMessages, lambda command: Accepted(result={"marked": 1}))


async def test_every_page_loads_without_a_complaint(page: Page, town: Town) -> None:
    async with messaging_marks(town):
        for place in PLACES:
            await page.goto(f"{town.url}{place}", wait_until="load")
            assert await page.title() != ""


async def test_nothing_scrolls_sideways_on_a_phone(page: Page, town: Town) -> None:
    async with messaging_marks(town):
        await never_scrolls_sideways(page, town.url, PLACES, (320, 390, 1024))


async def test_a_first_load_of_the_list_is_light(context: BrowserContext, page: Page, town: Town) -> None:
    session = await context.new_cdp_session(page)
    await session.send("Network.enable")
    await session.send("Network.setCacheDisabled", {"cacheDisabled": True})
    sizes: list[float] = []
    session.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))
    await page.goto(f"{town.url}/applications", wait_until="load")

    async def settled() -> float:
        return sum(sizes)

    total = await eventually(settled, lambda size: len(sizes) >= 6, what="all files of the page came")
    print(f"first load: {total / 1024:.1f} KB in {len(sizes)} files")
    assert 20_000 < total < BUDGET


async def test_calls_can_be_triggered_without_script(plain: Page, town: Town) -> None:
    await plain.goto(f"{town.url}/applications")
    await plain.wait_for_url("**/applications")
    await plain.locator("#a27 .cb").check()
    await plain.locator(".bulk .rf-trigger").click()
    await expect(plain.locator("h2").first).to_contain_text("1 person will be called")

    def answer(command: QueueCalls) -> Accepted:
        return Accepted(result={"queued": command.application_ids, "refused": []})

    async with town.ui.answering(QueueCalls, answer):
        await plain.get_by_role("button", name=re.compile("^Call")).click()
        await expect(plain.locator("main")).to_contain_text("1 call queued")


async def test_a_hostile_name_stays_a_name(page: Page, town: Town) -> None:
    name = "<img src=x onerror=\"window.broken=1\"> hx-get='/logout'"
    await town.happens(lambda: town.told.person(950, name, 1, language="en"))
    for place in ("/applications", "/applications/950", "/candidates/950"):
        await page.goto(f"{town.url}{place}")
        await expect(page.locator("main")).to_contain_text("<img src=x")
    await town.happens(lambda: town.told.becomes(950, ApplicationStatus.NEEDS_HUMAN, needs_human_reason=name))
    await page.goto(f"{town.url}/applications")
    await expect(page.locator("#a950")).to_contain_text("hx-get='/logout'")
    assert await page.evaluate("window.broken") is None


async def test_the_page_of_imports_hears_of_a_lead_that_waits(page: Page, town: Town) -> None:
    await page.goto(f"{town.url}/import")
    await mark(page)
    lead = {"leadgen_id": "777", "form_id": "20044"}
    no_position = "No position takes leads of this form."
    await town.happens(
        lambda: town.told.say(LiveLeadAnnounced(**lead, announced_at=town.told.at)),
        lambda: town.told.say(LiveLeadHeld(**lead, code="no_position", message=no_position)),
    )
    await expect(page.locator("#live-leads")).to_contain_text("1 lead waits")
    await expect(page.locator("#nav a", has_text="Import")).to_contain_text("1")
    assert await was_never_left(page)
