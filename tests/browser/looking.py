"""What can be said of any page: what axe-core finds (WCAG 2.2 A and AA), its width, whether it was left."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from importlib.resources import files

from playwright.async_api import Page

LOOKS = [(1440, "light"), (390, "dark")]
"""Width in pixels and colour scheme: each of both once."""
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
AXE = (files("axe_playwright_python") / "axe.min.js").read_text()


async def findings(page: Page) -> list[str]:
    """In the page as it is shown now; each with the rule and the first place it is about."""
    await page.evaluate(AXE)
    report = await page.evaluate("rules => axe.run(document, { runOnly: rules })", RULES)
    assert report["passes"], page.url
    return [f"{it['id']}: {it['nodes'][0]['html'][:160]}" for it in report["violations"]]


async def findings_at(page: Page, address: str, places: Iterable[str]) -> dict[str, list[str]]:
    """The places at which something was found."""
    found: dict[str, list[str]] = {}
    for place in places:
        answer = await page.goto(f"{address}{place}")
        assert answer is not None
        assert answer.ok, place
        if odd := await findings(page):
            found[place] = odd
    return found


async def never_scrolls_sideways(
    page: Page, address: str, places: Sequence[str], widths: Sequence[int] = (320, 390, 1024, 1440)
) -> None:
    for width in widths:
        await page.set_viewport_size({"width": width, "height": 800})
        for place in places:
            await page.goto(f"{address}{place}", wait_until="load")
            wide = await page.evaluate("document.documentElement.scrollWidth")
            assert wide <= width, f"{place} is {wide} px wide at {width}"


async def mark(page: Page) -> None:
    """Something that a reload would wipe out."""
    await page.evaluate("window.kept = 'still the same page'")


async def was_never_left(page: Page) -> bool:
    """Since ``mark``."""
    return bool(await page.evaluate("window.kept === 'still the same page'"))
