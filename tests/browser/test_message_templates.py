"""Message templates in a browser: what a candidate will read follows what a recruiter types."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import pytest_asyncio
from contracts import Accepted, Refused
from contracts.messaging import (
    ListMessageTemplates,
    PreviewMessage,
    SaveMessageTemplate,
    ShowMessageTemplate,
)
from playwright.async_api import Page, expect
from recruiter_ui_support.templates_of_messaging import EDITED, REFERENCE, SEED, listed, previewed, shown

from .conftest import Complaints, Town
from .looking import never_scrolls_sideways

HUB = "/templates/messages"
WHATSAPP, MAIL = f"{HUB}/cv_request/whatsapp/ro", f"{HUB}/cv_request/email/ro"
PLACES = (
    HUB, f"{HUB}/new", WHATSAPP, MAIL, f"{WHATSAPP}?revision=1", f"{WHATSAPP}?words=seed",
    f"{HUB}/rejection/whatsapp/ro", f"{HUB}/rejection/email/hu",
)  # fmt: skip


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def town(town: Town) -> AsyncIterator[Town]:
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(town.ui.answering(ListMessageTemplates, listed))
        await stack.enter_async_context(town.ui.answering(ShowMessageTemplate, shown))
        await stack.enter_async_context(town.ui.answering(PreviewMessage, previewed))
        yield town


def asked(town: Town) -> list[PreviewMessage]:
    return [it for it in town.ui.received if isinstance(it, PreviewMessage)]


async def test_the_preview_follows_the_typing_and_what_is_saved_is_what_was_typed(
    page: Page, town: Town
) -> None:
    await page.goto(f"{town.url}/templates/messages")
    await page.get_by_role("link", name="CV request, WhatsApp, Romanian").click()
    preview, body = page.locator("#preview"), page.locator("#body")
    await expect(preview).to_contain_text("Bună ziua, Maria! Pentru postul Operator depozit")
    before = len(asked(town))
    await body.fill("")
    await expect(preview).to_contain_text("Write the message")
    await body.press_sequentially("Draga , astept CV-ul.", delay=15)
    await expect(preview.locator(".pbub")).to_contain_text("Draga , astept CV-ul.")
    assert len(asked(town)) - before <= 3, "not once per letter"
    await expect(preview).to_contain_text("21 of 4,096 characters")
    await body.evaluate("it => it.setSelectionRange(6, 6)")
    await page.get_by_role("button", name="Insert {first_name}").click()
    await expect(body).to_have_value("Draga {first_name}, astept CV-ul.")
    await expect(body).to_be_focused()
    await expect(preview.locator(".pbub")).to_contain_text("Draga Maria, astept CV-ul.")
    await body.press_sequentially("{salary}")
    await expect(preview).to_contain_text("Nothing fills {salary}.")
    for _ in "{salary}":
        await body.press("Backspace")
    await expect(preview).not_to_contain_text("Nothing fills")
    await page.get_by_label("Shown for").select_option(index=1)
    await expect(preview.locator(".pbub")).to_contain_text("Draga Ana, astept")
    assert asked(town)[-1].application_id is not None
    async with town.ui.answering(SaveMessageTemplate, lambda it: Accepted(result={"revision": 3})):
        await page.keyboard.press("Control+s")
        await page.wait_for_url("**?done=saved")
    saved = [it for it in town.ui.received if isinstance(it, SaveMessageTemplate)][-1]
    assert (saved.body, saved.expected_revision) == ("Draga {first_name}, astept CV-ul.", 2)
    await expect(page.get_by_role("status").filter(has_text="Saved.")).to_be_visible()


async def test_an_email_shows_its_subject_and_a_placeholder_goes_where_the_cursor_was(
    page: Page, town: Town
) -> None:
    await page.goto(f"{town.url}{MAIL}")
    mail = page.get_by_role("article", name="As an email")
    await expect(mail).to_contain_text(f"CV-ul pentru Operator depozit [{REFERENCE}]")
    await page.fill("#subject", "Pentru ")
    await page.get_by_role("button", name="Insert {first_name}").click()
    await expect(page.locator("#subject")).to_have_value("Pentru {first_name}")
    await expect(mail.locator("dd")).to_have_text("Pentru Maria")


async def test_older_words_come_back_into_the_form_and_nothing_is_saved_by_that(
    page: Page, town: Town
) -> None:
    await page.goto(f"{town.url}{WHATSAPP}")
    await page.get_by_text("What changed").click()
    await expect(page.locator(".vdiff ins")).to_have_text(", ca document")
    await page.get_by_role("link", name="Take these words of revision 1").click()
    await expect(page.locator("#body")).to_have_value(SEED)
    await page.get_by_role("link", name="Leave it").click()
    await expect(page.locator("#body")).to_have_value(EDITED)
    await page.get_by_role("link", name="Back to the words it came with").click()
    await expect(page.locator("#body")).to_have_value(SEED)


async def test_two_who_save_at_once_see_both_versions(page: Page, town: Town, complaints: Complaints) -> None:
    complaints.expected = ("422",)
    await page.goto(f"{town.url}{WHATSAPP}")
    await page.fill("#body", "Mine {reference}")
    stale = Refused(code="saved_meanwhile", message="Somebody else has saved this template meanwhile.")
    async with town.ui.answering(SaveMessageTemplate, lambda it: stale):
        await page.keyboard.press("Control+s")
        await expect(page.get_by_role("alert")).to_contain_text("saved this while you were writing")
    await expect(page.locator(".dfr")).to_contain_text(["Theirs", "Mine {reference}"])
    await page.get_by_role("button", name="Go on writing").click()
    await expect(page.locator("#body")).to_have_value("Mine {reference}")


async def test_a_preview_is_one_press_without_script(plain: Page, town: Town) -> None:
    await plain.goto(f"{town.url}{WHATSAPP}")
    await plain.fill("#body", "Scrieți-ne, {first_name}.")
    await plain.get_by_role("button", name="Preview").click()
    await expect(plain.locator(".pbub")).to_contain_text("Scrieți-ne, Maria.")
    await expect(plain.locator("#body")).to_have_value("Scrieți-ne, {first_name}.")
    await expect(plain.get_by_role("button", name=re.compile("Insert"))).to_have_count(0)


async def test_these_pages_complain_of_nothing_and_never_scroll_sideways(page: Page, town: Town) -> None:
    await never_scrolls_sideways(page, town.url, PLACES)
