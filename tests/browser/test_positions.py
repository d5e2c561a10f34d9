"""Positions in a browser: what a recruiter does, and what colleagues do meanwhile."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from contracts import Accepted, Actor, Refused
from contracts.calling import CallsPreview, WouldBeRefused
from contracts.intake import (
    ApplicationStatus,
    CloseApplications,
    PositionDetails,
    PositionRevised,
    PositionStatus,
    RevisePosition,
    SetPositionStatus,
)
from playwright.async_api import Page, expect
from recruiter_ui_support.calling import everybody_now, said
from recruiter_ui_support.stories import ASKED_AND_SAID

from .answering import Answering
from .conftest import Complaints, Town
from .looking import never_scrolls_sideways

PAUL = Actor(kind="recruiter", id="2", name="Paul Achim")
PLACES = (
    "/positions", "/positions?status=paused", "/positions/new", "/positions/1", "/positions/4",
    "/positions/1/status?to=closed",
)  # fmt: skip


def revised(town: Town, position_id: int, revision: int, title: str, **changes: Any) -> Callable[[], object]:
    before = PositionDetails(title=title, **ASKED_AND_SAID)
    details = before.model_copy(update=changes)
    return lambda: town.told.say(
        PositionRevised(
            position_id=position_id, revision=revision, details=details, before=before, actor=PAUL
        )
    )


async def test_a_position_is_paused_from_its_row(page: Page, town: Town) -> None:
    await page.goto(f"{town.url}/positions")
    row = page.locator("#pos-3")
    await row.get_by_role("link", name="Pause").click()
    dialog = page.get_by_role("dialog")
    await expect(dialog).to_contain_text("Nothing new is dialled")
    await page.keyboard.press("Escape")
    await expect(dialog).to_have_count(0)
    assert not any(isinstance(command, SetPositionStatus) for command in town.ui.received)
    await row.get_by_role("link", name="Pause").click()
    await dialog.get_by_label("Reason").fill("Waiting for the pay bands")
    pause = Answering(town).then(
        Accepted(result={"revision": 2, "open_applications": 7}),
        revised(town, 3, 2, "Customer Support (DE)", status=PositionStatus.PAUSED),
    )
    async with town.ui.answering(SetPositionStatus, pause):
        await dialog.get_by_role("button", name="Pause").click()
        await expect(row).to_contain_text("Paused")
    await expect(row).to_contain_text("1 queued waits")
    command = town.ui.received[-1]
    assert isinstance(command, SetPositionStatus)
    assert (command.status, command.reason) == (PositionStatus.PAUSED, "Waiting for the pay bands")


async def test_a_closed_position_is_decided_on(page: Page, town: Town) -> None:
    await page.goto(f"{town.url}/positions")
    await page.locator("#pos-4").get_by_role("link", name="Close").click()
    dialog = page.get_by_role("dialog")
    await expect(dialog).to_contain_text("7 open applications remain")
    close = Answering(town).then(
        Accepted(result={"revision": 2, "open_applications": 7}),
        revised(town, 4, 2, "Operator CNC, Sibiu", status=PositionStatus.CLOSED),
    )
    async with town.ui.answering(SetPositionStatus, close):
        await dialog.get_by_role("button", name="Close the position").click()
        await page.wait_for_url("**/positions/4")
    decide = page.locator("#decide")
    await expect(decide).to_contain_text("7 open applications wait for a decision")
    await decide.get_by_label("Close the application of Doina Chirilă").check()
    await decide.get_by_label("Why they are closed").fill("The position is filled")
    closed = Answering(town).then(
        Accepted(result={"closed": [24], "refused": []}),
        lambda: town.told.becomes(24, ApplicationStatus.CLOSED, "The position is filled", PAUL),
    )
    async with town.ui.answering(CloseApplications, closed):
        await decide.get_by_role("button", name="Close the ticked").click()
        await expect(page.get_by_text("1 application closed.")).to_be_visible()
    await expect(decide).to_contain_text("6 open applications wait for a decision")
    await expect(decide).not_to_contain_text("Doina Chirilă")


async def test_what_was_typed_wrongly_stays_and_is_said_at_its_field(
    page: Page, town: Town, complaints: Complaints
) -> None:
    complaints.expected = ("422",)
    await page.goto(f"{town.url}/positions/new")
    await page.fill("#title", "Electrician")
    await page.fill("#calling_hour_end", "3")
    await page.fill("#lead_form_ids", "no number")
    await page.get_by_text("Every outcome", exact=True).click()
    await page.get_by_role("button", name="Open the position").click()
    await expect(page.locator("#e-calling_hour_end")).to_have_text("Calls end after they begin.")
    await expect(page.locator("#e-lead_form_ids")).to_contain_text("digits only")
    await expect(page.locator("#title")).to_have_value("Electrician")
    await expect(page.get_by_label("Every outcome")).to_be_checked()


async def test_a_colleague_who_saves_meanwhile_is_said_and_both_versions_are_shown(
    page: Page, town: Town, complaints: Complaints
) -> None:
    complaints.expected = ("422",)
    await page.goto(f"{town.url}/positions/2")
    await page.fill("#title", "Șofer livrare, București")
    await town.happens(revised(town, 2, 2, "Șofer livrare cat. B", call_retry_max=4, description="Noaptea"))
    await expect(page.locator("#meanwhile")).to_contain_text("Paul Achim saved this position")
    await expect(page.locator("#history")).to_contain_text("Call attempts")
    await expect(page.locator("#title")).to_have_value("Șofer livrare, București")
    stale = Refused(code="revised_meanwhile", message="Somebody else has changed this position.")
    async with town.ui.answering(RevisePosition, lambda command: stale):
        await page.locator("button[form=pf]").click()
        await expect(page.get_by_role("alert")).to_contain_text("Nothing of yours is lost")
    rows = page.locator("fieldset.dfr")
    await expect(rows).to_have_count(3)
    await expect(rows.filter(has_text="Call attempts")).to_contain_text("they changed it")
    merged = Answering(town).then(
        Accepted(result={"revision": 3}),
        revised(town, 2, 3, "Șofer livrare, București", call_retry_max=4, description="Noaptea"),
    )
    async with town.ui.answering(RevisePosition, merged):
        await page.get_by_role("button", name="Save the choice").click()
        await page.wait_for_url("**/positions/2?saved=yes")
    command = town.ui.received[-1]
    assert isinstance(command, RevisePosition)
    assert (command.expected_revision, command.details.title) == (2, "Șofer livrare, București")
    assert (command.details.call_retry_max, command.details.description) == (4, "Noaptea")
    await expect(page.locator("h1")).to_have_text("Șofer livrare, București")


async def test_a_position_is_saved_by_one_key_and_says_why_nobody_can_be_called(
    page: Page, town: Town
) -> None:
    await page.goto(f"{town.url}/positions/1")
    await expect(page.locator(".note0", has_text="Nobody can be called")).to_have_count(0)
    await page.fill("#first_message", "")
    title = "Sales Rep B2B, Cluj"
    wordless = Answering(town).then(
        Accepted(result={"revision": 2}), revised(town, 1, 2, title, first_message=None)
    )
    async with town.ui.answering(RevisePosition, wordless):
        await page.keyboard.press("Control+s")
        await page.wait_for_url("**/positions/1?saved=yes")
    await expect(page.locator(".note0", has_text="Nobody can be called")).to_contain_text(
        "Nobody can be called for it yet: it has no first message."
    )
    await page.goto(f"{town.url}/applications?position=1&status=pending_call")
    await expect(page.locator("tr[data-href]").first).to_contain_text(
        "has no instructions or no first message"
    )
    wordless_now = WouldBeRefused(application_ids=[], code="prompts_missing", message="Write them first.")
    town.gate = lambda query: said(
        CallsPreview(refused=[wordless_now.model_copy(update={"application_ids": query.application_ids})])
    )
    await page.keyboard.press("c")
    dialog = page.get_by_role("dialog")
    await expect(dialog).to_contain_text("Write them first")
    await expect(dialog.locator("button.pri")).to_have_count(0)
    town.gate = everybody_now
    restored = revised(town, 1, 3, title, **ASKED_AND_SAID)
    await town.happens(restored)


async def test_a_status_is_set_without_script(plain: Page, town: Town) -> None:
    await plain.goto(f"{town.url}/positions")
    await plain.locator("#pos-1").get_by_role("link", name="Pause").click()
    reply = Accepted(result={"revision": 2, "open_applications": 8})
    async with town.ui.answering(SetPositionStatus, lambda command: reply):
        await plain.get_by_role("button", name="Pause").click()
        await plain.wait_for_url("**/positions")


async def test_these_pages_complain_of_nothing_and_never_scroll_sideways(page: Page, town: Town) -> None:
    await never_scrolls_sideways(page, town.url, PLACES)
