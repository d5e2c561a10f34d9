"""The CV inbox in a real browser: keys, choices, what changes by itself, a phone, no script, and axe."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Callable
from typing import Any
from uuid import UUID

import pytest
import pytest_asyncio
from contracts import Accepted, Command, Refused
from contracts.cv_matching import (
    AssignUnmatched,
    ConfirmCv,
    CvSource,
    DiscardItem,
    FileReading,
    ReassignCv,
    ShowCvDecision,
    UndoCvDecision,
)
from contracts.intake import ApplicationStatus as S
from playwright.async_api import Browser, Page, expect
from recruiter_ui_support.cv_stories import PAUL, Files, read_text, runners_up

from .conftest import Town, enter
from .looking import LOOKS, findings_at

RADU, STEFAN, ELENA, MARCUS = 401, 402, 403, 404
DECISION = UUID(int=77)


class Inbox:
    """The town with files that wait, and somebody who answers for cv_matching."""

    def __init__(self, town: Town) -> None:
        self.town = town
        self.files = Files(town.told)
        self.items: dict[str, UUID] = {}

    async def happens(self, *facts: Callable[[], object]) -> None:
        await self.town.happens(*facts)

    def answering(self, kind: type[Command], reply: Accepted | Refused | None = None) -> Any:
        given = reply or Accepted(result={"decision_id": str(DECISION)})
        return self.town.ui.answering(kind, lambda command: given)

    @property
    def last(self) -> Any:
        return self.town.ui.received[-1]

    def address(self, name: str, place: str = "/cvs") -> str:
        return f"{self.town.url}{place}?file={self.items[name]}"


@pytest_asyncio.fixture(loop_scope="session")
async def inbox(town: Town) -> AsyncIterator[Inbox]:
    """Afresh for each test: whatever waited before has been put away."""
    inbox, told = Inbox(town), town.told
    reading = await read_text(town.ui)

    def people() -> None:
        names = {
            RADU: "Radu Crăciunescu",
            STEFAN: "Ștefan Crăciun",
            ELENA: "Elena Grigoraș",
            MARCUS: "Marcus O.",
        }
        for number, name in names.items():
            told.person(number, name, 1 + number % 2)
            told.becomes(
                number, S.AWAITING_CV if number == STEFAN else S.CV_RECEIVED, qualified=True, score=70
            )

    def arrive() -> None:
        files = inbox.files
        scan = FileReading(kind="image", note="The file holds no text: it may be a scan.")
        inbox.items["scan"] = files.may_be(
            MARCUS, reading=scan, source=CvSource.EMAIL_ATTACHMENT, file_name="IMG_2041.jpg", score=66
        )
        told.later(seconds=1)
        inbox.items["elena"] = files.may_be(ELENA, reading=reading, score=81)
        told.later(seconds=1)
        inbox.items["radu"] = files.may_be(
            RADU, reading=reading, runners_up=runners_up((STEFAN, 38), (ELENA, 31))
        )
        inbox.items["nobodys"] = files.is_nobodys(reading=reading, runners_up=runners_up((RADU, 64)))
        inbox.items["apart"] = files.is_kept_apart()

    if not any(it.event.application_id == RADU for it in told.envelopes):
        await inbox.happens(people)
    await inbox.happens(arrive)
    yield inbox
    numbers = {"scan": MARCUS, "elena": ELENA, "radu": RADU}
    for name, number in numbers.items():
        item = inbox.items[name]
        await inbox.happens(lambda item=item, number=number: inbox.files.detached(item, number, "discarded"))
    for name in ("nobodys", "apart"):
        await inbox.happens(lambda item=inbox.items[name]: inbox.files.discarded(item))


async def test_a_key_confirms_the_next_file_opens_and_a_key_takes_it_back(inbox: Inbox, page: Page) -> None:
    await page.goto(inbox.address("radu"))
    await expect(page.locator("h2", has_text="Is this Radu Crăciunescu?")).to_be_visible()
    async with inbox.answering(ConfirmCv):
        await page.keyboard.press("y")
        await expect(page.locator("h2", has_text="Is this Elena Grigoraș?")).to_be_visible()
    assert isinstance(inbox.last, ConfirmCv)
    assert inbox.last.cv_id == inbox.files.cv_id(inbox.items["radu"], RADU)
    await expect(page.locator(".cvdone")).to_contain_text("Confirmed.")
    undone = Accepted(result={"item_id": str(inbox.items["radu"])})
    async with inbox.answering(UndoCvDecision, undone):
        await page.keyboard.press("u")
        await expect(page.locator(".cvdone")).to_contain_text("Taken back")
    assert inbox.last.decision_id == DECISION
    await expect(page.locator("h2", has_text="Is this Radu Crăciunescu?")).to_be_visible()


async def test_keys_walk_the_list(inbox: Inbox, page: Page) -> None:
    await page.goto(inbox.address("radu"))
    for key, name in (("j", "Elena Grigoraș"), ("j", "Marcus O."), ("k", "Elena Grigoraș")):
        await page.keyboard.press(key)
        await expect(page.locator("h2", has_text=f"Is this {name}?")).to_be_visible()


async def test_a_runner_up_is_chosen_and_the_button_says_what_it_does_then(inbox: Inbox, page: Page) -> None:
    await page.goto(inbox.address("radu"))
    confirm, give = page.locator("button.yes"), page.locator("button.give")
    await expect(confirm).to_be_visible()
    await expect(give).to_be_hidden()
    await page.get_by_label("Ștefan Crăciun").check()
    await expect(give).to_be_visible()
    await expect(confirm).to_be_hidden()
    await expect(page.locator(".ifgive")).to_contain_text("is asked for a CV again")
    async with inbox.answering(ReassignCv):
        await page.keyboard.press("y")
        await expect(page.locator(".cvdone")).to_contain_text("Given to Ștefan Crăciun.")
    assert isinstance(inbox.last, ReassignCv)
    assert inbox.last.application_id == STEFAN


async def test_enter_on_a_choice_gives_it_to_them_and_confirms_nobody_else(inbox: Inbox, page: Page) -> None:
    await page.goto(inbox.address("radu"))
    await page.get_by_label("Ștefan Crăciun").focus()
    await page.keyboard.press("Space")
    async with inbox.answering(ReassignCv), inbox.answering(ConfirmCv):
        await page.keyboard.press("Enter")
        await expect(page.locator(".cvdone")).to_contain_text("Given to Ștefan Crăciun.")
    assert isinstance(inbox.last, ReassignCv)


async def test_somebody_else_is_searched_for_and_found_while_typing(inbox: Inbox, page: Page) -> None:
    await page.goto(inbox.address("radu"))
    await page.keyboard.press("r")
    await expect(page.locator("#cv-q")).to_be_focused()
    await page.keyboard.type("zsofia")
    found = page.locator("#found-cv .choice", has_text="Zsófia Kerekes-Nagy")
    await found.locator("input").check()
    async with inbox.answering(ReassignCv):
        await page.locator("button.give").click()
        await expect(page.locator(".cvdone")).to_contain_text("Given to Zsófia Kerekes-Nagy.")
    assert inbox.last.application_id == 2


async def test_a_key_says_that_it_is_no_cv(inbox: Inbox, page: Page) -> None:
    await page.goto(inbox.address("scan"))
    await expect(page.locator(".desk")).to_contain_text("No text could be read")
    async with inbox.answering(DiscardItem):
        await page.keyboard.press("d")
        await expect(page.locator(".cvdone")).to_contain_text("Not a CV")
    assert inbox.last.item_id == inbox.items["scan"]


async def test_a_file_of_nobody_is_given_to_whom_it_could_be(inbox: Inbox, page: Page) -> None:
    await page.goto(inbox.address("nobodys", "/cvs/unmatched"))
    await page.get_by_label("Radu Crăciunescu").check()
    async with inbox.answering(AssignUnmatched):
        await page.keyboard.press("y")
        await expect(page.locator(".cvdone")).to_contain_text("Given to Radu Crăciunescu.")
    assert (inbox.last.item_id, inbox.last.application_id) == (inbox.items["nobodys"], RADU)


async def test_a_refusal_names_who_was_faster(inbox: Inbox, page: Page, complaints: Any) -> None:
    complaints.expected = ("422",)
    words = "Paul Pavel gave it to somebody else. Nothing was changed now."
    await page.goto(inbox.address("radu"))
    async with inbox.answering(ConfirmCv, Refused(code="cv_confirmed", message=words)):
        await page.keyboard.press("y")
        await expect(page.get_by_role("alert")).to_contain_text(words)


async def test_what_somebody_else_decides_shows_by_itself_and_the_page_stays_with_the_file(
    inbox: Inbox, page: Page
) -> None:
    decided = {
        "decision_id": str(DECISION),
        "kind": "confirmed",
        "by": PAUL.name,
        "at": "2026-11-20T10:00:00Z",
    }
    await page.goto(inbox.address("radu"))
    async with inbox.answering(ShowCvDecision, Accepted(result={"decision": decided})):
        await inbox.happens(lambda: inbox.files.confirmed(inbox.items["radu"], RADU))
        await expect(page.locator(".cvpane")).to_contain_text("Confirmed by Paul Pavel.")
    await expect(page.locator(f"#f-{inbox.items['radu']}")).to_have_count(0)
    await expect(page.locator("h2", has_text="The CV of Radu Crăciunescu")).to_be_visible()
    await expect(page.locator("text=Take it back")).to_be_visible()


async def test_what_arrives_shows_by_itself_and_nothing_typed_or_chosen_is_lost(
    inbox: Inbox, page: Page
) -> None:
    await page.goto(inbox.address("radu"))
    await page.get_by_label("Ștefan Crăciun").check()
    await page.fill("#cv-q", "zso")
    made: list[UUID] = []
    await inbox.happens(lambda: made.append(inbox.files.may_be(STEFAN)))
    await expect(page.locator(f"#f-{made[0]}")).to_be_visible()
    await expect(page.locator("#cv-q")).to_have_value("zso")
    await expect(page.get_by_label("Ștefan Crăciun")).to_be_checked()
    await inbox.happens(lambda: inbox.files.detached(made[0], STEFAN, "discarded"))
    await expect(page.locator(f"#f-{made[0]}")).to_have_count(0)


async def test_a_strangers_text_runs_nothing(inbox: Inbox, page: Page) -> None:
    """It stands there as it was written; the console would tell of anything else."""
    await page.goto(inbox.address("radu"))
    await expect(page.locator(".paper")).to_contain_text("<script>alert(")
    await expect(page.locator(".paper script")).to_have_count(0)


async def test_on_a_phone_the_list_leads_to_the_file_and_back(browser: Browser, inbox: Inbox) -> None:
    context = await browser.new_context(viewport={"width": 390, "height": 844}, has_touch=True)
    page = await context.new_page()
    await enter(page, inbox.town)
    await page.goto(f"{inbox.town.url}/cvs")
    await expect(page.locator(".desk")).to_be_hidden()
    await page.locator(f"#f-{inbox.items['radu']}").click()
    await expect(page.locator(".paper")).to_be_visible()
    await expect(page.locator(".cvlist")).to_be_hidden()
    wide = await page.evaluate("document.documentElement.scrollWidth")
    assert wide <= 390
    sizes = [await it.bounding_box() for it in await page.locator(".cvacts .btn:visible").all()]
    assert all(size and size["height"] >= 44 for size in sizes)
    await page.get_by_label("Back to the list").click()
    await page.wait_for_url(re.compile(r"/cvs$"))
    await expect(page.locator(".cvlist")).to_be_visible()
    await context.close()


async def test_without_script_one_searches_and_decides_all_the_same(plain: Page, inbox: Inbox) -> None:
    await plain.goto(inbox.address("radu"))
    await plain.fill("#cv-q", "zsofia")
    await plain.press("#cv-q", "Enter")
    await plain.locator("#found-cv input").check()
    async with inbox.answering(ReassignCv):
        await plain.locator("button.give").click()
        await expect(plain.locator(".cvdone")).to_contain_text("Given to Zsófia Kerekes-Nagy.")
    assert inbox.last.application_id == 2


@pytest.mark.parametrize(("width", "theme"), LOOKS)
async def test_axe_finds_nothing(browser: Browser, inbox: Inbox, width: int, theme: Any) -> None:
    context = await browser.new_context(viewport={"width": width, "height": 900}, color_scheme=theme)
    context.set_default_timeout(10_000)
    page = await context.new_page()
    await enter(page, inbox.town)
    places = ["/cvs", "/cvs/unmatched", "/cvs/resolved", "/cvs/upload", "/cvs?did=confirmed"]
    places += [f"/cvs?file={inbox.items[name]}" for name in ("radu", "scan")]
    places += [f"/cvs/unmatched?file={inbox.items[name]}" for name in ("nobodys", "apart")]
    found = await findings_at(page, inbox.town.url, places)
    await context.close()
    assert found == {}
