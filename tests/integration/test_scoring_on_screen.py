"""What a recruiter sees and presses of scoring, in a browser on the whole platform with every process."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import uuid4

import asyncpg
from contracts.intake import Confirmation, RevisePosition
from ops.bus import OPERATOR
from ops.demo.performing import Performance
from ops.instance import Instance
from ops.seeding import POSITION
from playwright.async_api import Page, expect

from .screens import browser, chromium, page_of_a_recruiter  # noqa: F401

Cast = Callable[..., Awaitable[list[int]]]
PATIENCE = 120.0
_POSITION_OF = """
SELECT (data::jsonb ->> 'position_id')::bigint FROM intake.outbox
WHERE type = 'intake.application.opened.v1' AND application_id = $1
"""


async def test_a_call_is_read_judged_again_and_decided_and_a_position_written(
    performance: Performance,
    cast: Cast,
    instance: Instance,
    page: Page,
    db: asyncpg.Connection[Any],
) -> None:
    (application,) = await cast("qualified")
    position_id = await db.fetchval(_POSITION_OF, application)
    details = POSITION.model_copy(update={"confirmation": Confirmation.EVERY_OUTCOME})
    revise = RevisePosition(command_id=uuid4(), actor=OPERATOR, position_id=position_id, details=details)
    await performance.operator.ask(revise)
    assert await performance.call([application]) == [application]
    await performance.settle(PATIENCE)

    await page.goto(f"{instance.address}/applications/{application}")
    card = page.locator("#evaluation")
    await expect(card.locator(".crit").first).to_be_visible()
    await expect(page.locator(".turn mark").first).to_be_visible()
    await expect(card).to_contain_text("tokens")
    await card.get_by_role("button", name="Evaluate again").click()
    await expect(card).to_contain_text("The former one counts until you choose.", timeout=30_000)
    await card.get_by_role("link", name="Compare").click()
    await expect(page.locator(".evt thead th")).to_have_count(2)
    await page.get_by_role("button", name="Use this outcome").click()
    await page.wait_for_url(f"**/applications/{application}")
    await expect(card).not_to_contain_text("The former one counts until you choose.")
    await expect(page.locator(".hd")).not_to_contain_text("Proposed by AI")

    await page.goto(f"{instance.address}/positions/{position_id}")
    await page.fill("#employer", "Nordvale Exemplu")
    await page.get_by_role("button", name="Generate all").click()
    for section in ("system_prompt", "first_message", "qualification_prompt"):
        await expect(page.locator(f"#ph-{section}")).to_contain_text("Written and saved", timeout=60_000)
    await expect(page.locator("#employer")).to_have_value("Nordvale Exemplu")
    written = await page.locator("#first_message").input_value()
    await page.keyboard.press("Control+s")
    await page.wait_for_url(f"**/positions/{position_id}?saved=yes")
    await expect(page.locator("#first_message")).to_have_value(written)
    await expect(page.locator("#employer")).to_have_value("Nordvale Exemplu")
    await expect(page.locator("#older")).to_contain_text("judged by older rules")

    await page.goto(f"{instance.address}/templates")
    await expect(page.locator(".pcard.on")).to_have_count(3)
    await page.locator(".pcard.on a").first.click()
    await page.fill("#s-q", "Știți să sudați țeavă?")
    await page.get_by_role("button", name="Run test").click()
    await expect(page.locator("#trial pre")).to_contain_text("Știți să sudați țeavă?", timeout=30_000)
