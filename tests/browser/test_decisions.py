"""What a recruiter decides in a browser, by keys and by buttons; afterwards the page changes by itself."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest_asyncio
from contracts import Accepted, Refused
from contracts.intake import (
    AddNote,
    AssignApplications,
    CloseApplication,
    CloseApplications,
    ConfirmOutcome,
    OverrideStatus,
    ReverseOutcome,
    ScheduleCallback,
    UndoOverride,
)
from contracts.intake import ApplicationStatus as S
from playwright.async_api import Page, expect
from recruiter_ui_support.decisions import (
    ASKED,
    BY_HAND,
    CALLBACK,
    CLOSED,
    CONFIRMED,
    NOT_A_FIT,
    QUALIFIED,
    SILENT,
    decisions,
    is_assigned,
    is_confirmed,
    is_noted,
)
from recruiter_ui_support.stories import RECRUITER

from .conftest import Complaints, Town
from .looking import mark, never_scrolls_sideways, was_never_left

PLACES = (
    *(f"/applications/{number}" for number in (QUALIFIED, CALLBACK, ASKED, BY_HAND, CLOSED, CONFIRMED)),
    f"/applications/{QUALIFIED}?list=stage%3Dneeds_you", "/applications?confirm=yes",
    "/applications?assignee=anybody&via=import",
)  # fmt: skip


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def town(town: Town) -> Town:
    known = len(town.told.envelopes)
    decisions(town.told, datetime.now(UTC))
    await town.ui.told(town.told.envelopes[known:])
    return town


async def open_page(page: Page, town: Town, number: int, query: str = "") -> None:
    await page.goto(f"{town.url}/applications/{number}{query}")
    await mark(page)


async def test_a_proposal_is_confirmed_by_one_key_and_the_page_says_by_whom(page: Page, town: Town) -> None:
    await open_page(page, town, QUALIFIED)
    bar = page.locator(".gate")
    await expect(bar).to_contain_text("AI proposes: qualified. You decide.")
    await expect(page.locator(".hd .bd.ring")).to_contain_text("Qualified")
    async with town.ui.answering(ConfirmOutcome, lambda command: Accepted()):
        await page.keyboard.press("q")
        await expect(page.locator(".toast")).to_contain_text("Outcome confirmed")
    command = town.ui.received[-1]
    assert isinstance(command, ConfirmOutcome)
    assert command.expected_sequence == town.told.sequence(QUALIFIED)
    await town.happens(lambda: is_confirmed(town.told, QUALIFIED, S.QUALIFIED, RECRUITER))
    await expect(bar).to_contain_text("Confirmed by Irina Dobre")
    await expect(page.locator(".hd .bd.ring")).to_have_count(0)
    await expect(page.locator(".tl")).to_contain_text("confirmed")


async def test_a_proposal_is_reversed_with_a_reason(page: Page, town: Town) -> None:
    await open_page(page, town, NOT_A_FIT)
    await page.keyboard.press("q")
    form = page.locator("#act-reverse")
    await expect(form).to_be_visible()
    await expect(form.locator("[value=qualified]")).to_be_checked()
    await expect(form.locator("[name=reason]")).to_be_focused()
    await page.keyboard.type("Qualified for evenings: keys q n u e are text here")
    async with town.ui.answering(ReverseOutcome, lambda command: Accepted(result={"sequence": 9})):
        await page.keyboard.press("Control+Enter")
        await expect(page.locator(".toast")).to_contain_text("Outcome reversed")
    command = town.ui.received[-1]
    assert isinstance(command, ReverseOutcome)
    assert (command.outcome, command.reason) == (
        "qualified",
        "Qualified for evenings: keys q n u e are text here",
    )


async def test_a_status_is_set_by_hand_and_taken_back(page: Page, town: Town) -> None:
    await open_page(page, town, ASKED)
    await page.keyboard.press("s")
    form = page.locator("#act-status")
    await form.locator("label", has_text="Qualified").click()
    await form.locator("[name=reason]").fill("Shifts are settled")
    async with town.ui.answering(OverrideStatus, lambda command: Accepted(result={"sequence": 9})):
        await form.get_by_role("button", name="Set the status").click()
        await expect(page.locator(".toast")).to_contain_text("Status set")
    await town.happens(
        lambda: town.told.becomes(ASKED, S.QUALIFIED, "Shifts are settled", RECRUITER, by_hand=True, score=61)
    )
    banner = page.locator(".byhand")
    await expect(banner).to_contain_text("You set")
    await expect(banner).to_contain_text("Shifts are settled")
    async with town.ui.answering(UndoOverride, lambda command: Accepted()):
        await page.keyboard.press("u")
        await expect(page.locator(".toast")).to_contain_text("Taken back")
    command = town.ui.received[-1]
    assert isinstance(command, UndoOverride)
    assert command.sequence == town.told.sequence(ASKED)
    taken_back = {"undoes": command.sequence, "needs_human_reason": "Asked for a person"}
    await town.happens(lambda: town.told.becomes(ASKED, S.NEEDS_HUMAN, "taken back", RECRUITER, **taken_back))
    await expect(banner).to_have_count(0)
    await expect(page.locator(".tl")).to_contain_text("took it back")


async def test_a_note_is_written_while_the_page_changes_underneath(
    page: Page, town: Town, complaints: Complaints
) -> None:
    complaints.expected = ("422",)
    await open_page(page, town, SILENT)
    await page.locator("header").get_by_role("button", name="Note").click()
    note = page.locator("#note-text")
    await expect(note).to_be_focused()
    await note.fill("<b>Evenings</b> only,\nspeaks German")
    await town.happens(lambda: town.told.is_queued(SILENT))
    await expect(note).to_have_value("<b>Evenings</b> only,\nspeaks German")
    refused = Refused(code="unavailable", message="away")
    async with town.ui.answering(AddNote, lambda command: refused):
        await page.get_by_role("button", name="Add the note").click()
        await expect(page.get_by_role("alert")).to_contain_text("nothing was changed")
    await expect(note).to_have_value("<b>Evenings</b> only,\nspeaks German")
    asked = town.ui.received[-1].command_id
    async with town.ui.answering(AddNote, lambda command: Accepted()):
        await page.get_by_role("button", name="Add the note").click()
        await expect(page.locator(".toast")).to_contain_text("Note added")
    assert town.ui.received[-1].command_id == asked
    await town.happens(lambda: is_noted(town.told, SILENT, "<b>Evenings</b> only,\nspeaks German", RECRUITER))
    await expect(page.locator(".note1")).to_contain_text("<b>Evenings</b> only")
    await expect(page.locator(".hd")).to_contain_text("Queued")


async def test_what_changed_while_a_form_was_open_is_shown_when_it_closes(page: Page, town: Town) -> None:
    await open_page(page, town, CALLBACK)
    await page.keyboard.press("s")
    await expect(page.locator("#act-status")).to_be_visible()
    await town.happens(lambda: is_assigned(town.told, CALLBACK, RECRUITER, by=RECRUITER))
    await expect(page.locator("header .whose")).to_contain_text("Assign")
    await page.keyboard.press("Escape")
    await expect(page.locator("header .whose")).to_contain_text("Yours")
    assert await was_never_left(page)


async def test_a_callback_is_named_on_their_clock_and_told_on_ours(page: Page, town: Town) -> None:
    await open_page(page, town, 12)
    await page.keyboard.press("b")
    form = page.locator("#act-callback")
    await expect(form).to_contain_text("In Halifax it is")
    day = datetime.now(UTC) + timedelta(days=2)
    await form.locator("[name=at]").fill(f"{day:%Y-%m-%d}T11:30")
    await expect(form.locator("output")).to_contain_text("on your clock")
    await form.locator("[name=reason]").fill("At work until noon")
    async with town.ui.answering(ScheduleCallback, lambda command: Accepted(result={"sequence": 3})):
        await form.get_by_role("button", name="Schedule").click()
        await expect(page.locator(".toast")).to_contain_text("Callback scheduled")
    command = town.ui.received[-1]
    assert isinstance(command, ScheduleCallback)
    assert command.at.astimezone(UTC).hour in (14, 15)


async def test_many_are_given_to_somebody_and_closed_from_the_list(page: Page, town: Town) -> None:
    await page.goto(f"{town.url}/applications?stage=to_call")
    for number in (27, 28):
        await page.locator(f"#a{number} .cb").check()
    await page.keyboard.press("a")
    dialog = page.get_by_role("dialog")
    await expect(dialog).to_contain_text("Who looks after these 2?")

    def assigned(command: AssignApplications) -> Accepted:
        return Accepted(result={"assigned": command.application_ids, "refused": []})

    async with town.ui.answering(AssignApplications, assigned):
        await dialog.get_by_role("button", name="Irina Dobre").click()
        await expect(page.locator(".toast")).to_contain_text("2 applications given to Irina Dobre")
    await town.happens(lambda: is_assigned(town.told, 27, RECRUITER, by=RECRUITER))
    await expect(page.locator("#a27 .c-ow .av")).to_have_attribute("title", "Yours")
    for number in (27, 28):
        await page.locator(f"#a{number} .cb").check()
    await page.keyboard.press("e")
    await expect(dialog.locator("[name=reason]")).to_be_focused()
    await page.keyboard.type("Position filled")
    on_the_phone = {"application_id": 28, "code": "no", "message": "On the phone at this moment."}

    def closed(command: CloseApplications) -> Accepted:
        return Accepted(result={"closed": [27], "refused": [on_the_phone]})

    async with town.ui.answering(CloseApplications, closed):
        await dialog.get_by_role("button", name="Close 2").click()
        await expect(dialog).to_contain_text("1 application closed, 1 refused")
        await expect(dialog).to_contain_text("Ilie Cozmâncă")
    await dialog.get_by_role("link", name="Done").click()
    await expect(page.locator(".cb:checked")).to_have_count(0)


async def test_j_and_k_walk_the_list_one_came_from(page: Page, town: Town) -> None:
    await page.goto(f"{town.url}/applications?stage=collecting_cv")
    links = page.locator("tr[data-href]")
    hrefs = [await links.nth(place).get_attribute("data-href") for place in range(2)]
    await page.keyboard.press("j")
    await page.keyboard.press("Enter")
    await expect(page.locator("header .num").first).to_have_text(re.compile("^1 of"))
    await page.keyboard.press("j")
    await expect(page.locator("header .num").first).to_have_text(re.compile("^2 of"))
    assert hrefs[1] is not None
    assert hrefs[1].partition("?")[0] in page.url
    await page.keyboard.press("k")
    await expect(page.locator("header .num").first).to_have_text(re.compile("^1 of"))


async def test_after_a_decision_the_next_of_the_list_opens_and_one_can_go_back(
    page: Page, town: Town
) -> None:
    await page.goto(f"{town.url}/applications?stage=needs_you")
    names = await page.locator("tr[data-href] .c-nm").all_inner_texts()
    await page.keyboard.press("j")
    await page.keyboard.press("j")
    await page.keyboard.press("Enter")
    await expect(page.locator("h1")).to_have_text(names[1])
    await page.keyboard.press("e")
    await page.keyboard.type("Position filled")
    async with town.ui.answering(CloseApplication, lambda command: Accepted()):
        await page.keyboard.press("Control+Enter")
        await expect(page.locator("h1")).to_have_text(names[2])
    banner = page.locator(".was")
    await expect(banner).to_have_text(re.compile(f"{names[1]}: application closed. This is the next one."))
    await expect(page.locator("#toasts")).to_contain_text(f"{names[1]}: application closed.")
    number = int(re.findall(r"/applications/(\d+)", page.url)[0])
    await town.happens(lambda: is_noted(town.told, number, "Renews the page", RECRUITER))
    await expect(page.locator(".note1", has_text="Renews the page")).to_be_visible()
    await banner.get_by_role("link", name=f"Back to {names[1]}").click()
    await expect(page.locator("h1")).to_have_text(names[1])
    await expect(page.locator("header .num").first).to_have_text(re.compile(" of "))


async def test_single_keys_can_be_switched_off(page: Page, town: Town) -> None:
    await open_page(page, town, BY_HAND)
    await page.set_viewport_size({"width": 1024, "height": 560})  # all shortcuts are more than fits
    await page.keyboard.press("?")
    await page.locator("#single-keys").uncheck()
    await page.keyboard.press("Escape")
    await page.keyboard.press("s")
    await page.keyboard.press("g")
    await page.keyboard.press("d")
    await expect(page.locator("#act-status")).to_be_hidden()
    await page.reload()
    await page.keyboard.press("s")
    await expect(page.locator("#act-status")).to_be_hidden()
    await page.keyboard.press("?")
    await page.locator("#single-keys").check()
    await page.keyboard.press("Escape")
    await page.keyboard.press("s")
    await expect(page.locator("#act-status")).to_be_visible()


async def test_a_reason_is_given_without_script(plain: Page, town: Town) -> None:
    await plain.goto(f"{town.url}/applications/{CALLBACK}")
    await plain.locator(".gate").get_by_role("button", name="Something else").click()
    form = plain.locator("#act-reverse")
    await form.locator("label", has_text="Not a fit").click()
    await form.locator("[name=reason]").fill("Too far away")
    moved = Refused(code="moved_meanwhile", message="Meanwhile Paul Achim set it to closed.")
    async with town.ui.answering(ReverseOutcome, lambda command: moved):
        await form.get_by_role("button", name="Decide").click()
        await expect(plain.get_by_role("alert")).to_contain_text("Meanwhile Paul Achim")
    await expect(form.locator("[name=reason]")).to_have_value("Too far away")
    async with town.ui.answering(ReverseOutcome, lambda command: Accepted()):
        await form.get_by_role("button", name="Decide").click()
        await expect(plain.locator(".toast")).to_have_text("Outcome reversed")


async def test_on_a_phone_the_decision_is_at_the_thumb_and_nothing_scrolls_sideways(
    page: Page, town: Town
) -> None:
    await page.set_viewport_size({"width": 390, "height": 844})
    await open_page(page, town, CALLBACK)
    await expect(page.locator(".actbar")).to_contain_text("Confirm callback")
    await page.locator(".menu summary").click()
    await page.locator(".menul").get_by_role("button", name="Set the status").click()
    await expect(page.locator("#act-status")).to_be_visible()
    await expect(page.locator(".menul")).to_be_hidden()
    await never_scrolls_sideways(page, town.url, PLACES, (320, 390, 1024))
