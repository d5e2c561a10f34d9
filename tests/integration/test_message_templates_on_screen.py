"""A message template edited in a browser on the whole platform: candidates get what the preview showed."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import asyncpg
from chassis.testing import eventually
from contracts.references import find_references
from ops.demo.performing import Performance
from ops.instance import Instance
from playwright.async_api import Page, expect

from .screens import browser, chromium, page_of_a_recruiter  # noqa: F401

Cast = Callable[..., Awaitable[list[int]]]
PATIENCE = 120.0
SENT = """SELECT body FROM messaging.messages
          WHERE application_id = $1 AND channel = 'whatsapp' AND message_type = 'cv_request'"""


async def test_a_candidate_gets_the_words_that_the_preview_showed(
    performance: Performance,
    cast: Cast,
    instance: Instance,
    page: Page,
    db: asyncpg.Connection[Any],
) -> None:
    (application,) = await cast("qualified")
    await page.goto(f"{instance.address}/templates/messages")
    await expect(page.locator(".mte")).to_have_count(20)
    await page.get_by_role("link", name="CV request, WhatsApp, Romanian").click()
    came = await page.locator("#body").input_value()
    await page.fill("#body", "Bună, {first_name}! Așteptăm CV-ul pentru {position_title}, {salary}.")
    await expect(page.locator("#preview")).to_contain_text("Nothing fills {salary}.")
    await page.keyboard.press("Control+s")
    await expect(page.locator("#e-body")).to_contain_text("Nothing fills {salary}.")
    await page.fill("#body", "Bună, {first_name}! Așteptăm CV-ul pentru {position_title}.")
    await page.keyboard.press("Control+s")
    await page.wait_for_url("**?done=saved")
    await page.get_by_label("Shown for").select_option(str(application))
    bubble = page.locator("#preview .pbody")
    await expect(bubble).not_to_contain_text("Maria")
    shown = await bubble.text_content()

    assert await performance.call([application]) == [application]
    await performance.settle(PATIENCE)

    async def sent() -> list[str]:
        return [row["body"] for row in await db.fetch(SENT, application)]

    assert await eventually(sent, within=PATIENCE, what="the CV is asked for") == [shown]
    assert find_references(shown or "") == [application]
    await page.get_by_role("link", name="Back to the words it came with").click()
    await expect(page.locator("#body")).to_have_value(came)
    await page.keyboard.press("Control+s")
    await page.wait_for_url("**?done=saved")
    await expect(page.locator(".hist li")).to_have_count(4)
