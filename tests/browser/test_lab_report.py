"""The evaluation lab's page, opened from the disk: it needs no server and runs no script."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from chassis.testing_http import Asked, LoopbackServer, Says
from ops.lab.conduct import Conditions, Wishes, conduct
from playwright.async_api import BrowserContext, Page
from pydantic import SecretStr
from rich.console import Console
from scoring.settings import ModelSettings

from .conftest import Complaints

CALLS = ("ro-driver-clear-yes", "ro-driver-never-again", "en-sales-no-travel", "ro-cashier-only-till-known")
LICENCE = "Am permis B din 2015"
EVIL = '<b id="evil">bold</b><script>document.title = "taken"</script>'


def _says(asked: Asked) -> Says:
    """Every call qualified, with one quote that was said and the rest made up, and markup for reasons."""
    sent = asked.json()
    properties = sent["output_config"]["format"]["schema"]["properties"]
    keys = properties["criteria"]["items"]["properties"]["key"]["enum"]
    answer = dict.fromkeys(properties) | {
        "criteria": [
            {"key": key, "finding": "met", "quote": LICENCE if key == "licence" else EVIL, "turn": 3}
            for key in keys
        ],
        "outcome": "qualified",
        "score": 90,
        "reasoning": EVIL,
        "callback_requested": False,
        "needs_human": False,
        "do_not_call": False,
    }
    text = {"type": "text", "text": json.dumps(answer), "citations": None}
    usage = {"input_tokens": 900, "output_tokens": 90}
    message: dict[str, Any] = {"id": "msg_01", "type": "message", "role": "assistant", "model": sent["model"]}
    return Says(
        message | {"content": [text], "stop_reason": "end_turn", "stop_sequence": None, "usage": usage}
    )


@pytest.fixture
async def report(tmp_path: Path) -> Path:
    """The second run of four calls, so that there is something to compare with."""
    async with LoopbackServer(_says).running() as server:
        key = SecretStr("sk-ant-not-a-key")
        asked = ModelSettings(anthropic_api_key=key, anthropic_base_url=server.url)
        under = Conditions(settings=asked, confirm=None, console=Console(file=StringIO()))
        wishes = Wishes(state=tmp_path, only=CALLS, repeats=2)
        await conduct(wishes, under)
        done = await conduct(wishes, under)
    return done.folder / "report.html"


async def visible_cases(page: Page) -> list[str]:
    shown = await page.locator("details.case:visible .nm").all_inner_texts()
    return sorted(shown)


async def test_the_page_opens_by_itself_and_filters_without_a_script(
    report: Path, context: BrowserContext, complaints: Complaints
) -> None:
    page = await context.new_page()
    complaints.watch(page)
    await page.goto(report.as_uri())
    assert "REAL MODEL" in await page.locator(".who").inner_text()
    assert "No call is judged otherwise" in await page.locator("#changes").inner_text()
    assert await visible_cases(page) == sorted(CALLS)
    await page.click("text=Other outcome 3")
    assert await visible_cases(page) == sorted(CALLS[1:])
    await page.click("label:has-text('Borderline')")
    assert await visible_cases(page) == ["ro-cashier-only-till-known"]
    await page.click("label:has-text('Changed')")
    assert await visible_cases(page) == []
    await page.click("label:has-text('All 4')")

    await page.click("#case-ro-driver-clear-yes > summary")
    case = page.locator("#case-ro-driver-clear-yes")
    assert await case.locator("mark").all_inner_texts() == [LICENCE]
    assert await case.locator(".said.no").first.inner_text() == EVIL
    assert await page.locator("#evil").count() == 0
    assert "taken" not in await page.title()
    assert complaints.heard == []


@pytest.mark.parametrize("width", [1440, 390])
async def test_the_page_fits_its_window_in_both_themes(
    width: int, report: Path, context: BrowserContext
) -> None:
    page = await context.new_page()
    await page.set_viewport_size({"width": width, "height": 900})
    await page.goto(report.as_uri())
    for summary in await page.locator("details.case > summary").all():
        await summary.click()
    inks = set()
    for theme in ("light", "dark"):
        await page.click(f"label[for=theme-{theme}]")
        assert await page.evaluate("document.documentElement.scrollWidth") == width
        inks.add(await page.evaluate("getComputedStyle(document.body).color"))
    assert len(inks) == 2
