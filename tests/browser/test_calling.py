"""Calling in a browser: who will be called, the switch that stops it, listening, and what nobody knows."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest_asyncio
from chassis.testing import eventually
from contracts import Accepted, Actor, Refused
from contracts.calling import (
    DiallingResumed,
    DiallingStopped,
    PreviewCalls,
    ResumeDialling,
    SettleUnknownCall,
    StopDialling,
)
from contracts.intake import QueueCalls
from playwright.async_api import Page, expect
from recruiter_ui_support.calling import (
    HEARD,
    MOVED,
    UNKNOWN,
    WAITS,
    a_sound,
    calls,
    everybody_now,
    gate,
    is_lost,
)
from recruiter_ui_support.stories import RECRUITER, SYSTEM

from .conftest import Complaints, Town
from .looking import mark, never_scrolls_sideways

PAUL = Actor(kind="recruiter", id="2", name="Paul Achim")
PLACES = (
    "/", "/more", "/positions", "/positions/1", "/positions?calls=stopped", f"/applications/{HEARD}",
    f"/applications/{UNKNOWN}", f"/applications/{MOVED}", "/applications?about=unknown_call",
    "/calls/stop", "/calls/stop?position=1",
)  # fmt: skip


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def town(town: Town) -> Town:
    known = len(town.told.envelopes)
    sound = await town.ui.blobs.put("recordings/1", a_sound(82), "audio/wav")
    calls(town.told, datetime.now(UTC), sound)
    await town.ui.told(town.told.envelopes[known:])
    return town


def stopped(position_id: int | None, reason: str) -> DiallingStopped:
    return DiallingStopped(position_id=position_id, code="by_hand", reason=reason, actor=PAUL)


async def test_the_preview_names_who_waits_and_until_when(page: Page, town: Town) -> None:
    opens = datetime.now(UTC) + timedelta(hours=3)
    town.gate = gate(outside={10: opens}, refused={26: ("do_not_contact", "Asked not to be called.")})
    await page.goto(f"{town.url}/applications?stage=to_call")
    for number in (9, 10, 26):
        await page.locator(f"#a{number} .cb").check()
    await page.keyboard.press("c")
    dialog = page.get_by_role("dialog")
    await expect(dialog.locator("h2")).to_have_text("1 of 3 will be called")
    await expect(dialog).to_contain_text(re.compile("1 outside calling hours"))
    await expect(dialog).to_contain_text(re.compile(r"Priya Raghunathan, \d\d:\d\d in Halifax"))
    await expect(dialog).to_contain_text("1 do not contact")
    await dialog.get_by_label("Also queue the one who waits").uncheck()
    town.gate = everybody_now

    def answer(command: QueueCalls) -> Accepted:
        return Accepted(result={"queued": command.application_ids, "refused": []})

    async with town.ui.answering(QueueCalls, answer):
        await dialog.get_by_role("button", name="Call 1").click()
        await expect(page.locator(".toast")).to_contain_text("1 call queued")
    command = town.ui.received[-1]
    assert isinstance(command, QueueCalls)
    assert command.application_ids == [9]


async def test_a_gate_that_is_silent_keeps_the_selection(page: Page, town: Town) -> None:
    await page.goto(f"{town.url}/applications?stage=to_call")
    for number in (28, 29):
        await page.locator(f"#a{number} .cb").check()
    town.gate = lambda query: Refused(code="unavailable", message="calling did not answer in time.")
    await page.keyboard.press("c")
    dialog = page.get_by_role("dialog")
    await expect(dialog.get_by_role("alert")).to_contain_text("your selection of 2 is kept")
    town.gate = everybody_now
    await dialog.get_by_role("button", name="Try again").click()
    await expect(dialog.locator("h2")).to_have_text("2 people will be called")
    asked = town.ui.received[-1]
    assert isinstance(asked, PreviewCalls)
    assert sorted(asked.application_ids) == [28, 29]


async def test_all_calls_are_stopped_by_one_key_and_one_answer_and_every_open_page_says_so(
    page: Page, town: Town
) -> None:
    other = await page.context.new_page()
    await other.goto(f"{town.url}/positions")
    await page.goto(f"{town.url}/applications")
    await mark(page)
    await page.keyboard.press("Shift+P")
    dialog = page.get_by_role("dialog")
    await expect(dialog.locator("h2")).to_have_text("Stop all calls?")
    await expect(dialog.get_by_label("Reason")).to_be_focused()
    await page.keyboard.press("Escape")
    await expect(dialog).to_have_count(0)
    await page.keyboard.press("Shift+P")
    await dialog.get_by_label("Reason").fill("Wrong voice")
    async with town.ui.answering(StopDialling, lambda command: Accepted(result={"queued": 4, "ringing": 2})):
        await dialog.get_by_role("button", name="Stop all calls").click()
        await expect(page.locator(".toast")).to_contain_text("2 that may ring already can't be taken back")
    command = town.ui.received[-1]
    assert isinstance(command, StopDialling)
    assert (command.position_id, command.reason) == (None, "Wrong voice")
    await town.happens(lambda: town.told.say(stopped(None, "Wrong voice")))
    for tab in (page, other):
        await expect(tab.locator("#stops")).to_contain_text(
            re.compile("All calls are stopped. Paul Achim stopped them (today|yesterday)")
        )
        await expect(tab.locator("#stops")).to_contain_text("Wrong voice")
        await expect(tab.locator(".side .dial")).to_contain_text("All calls are stopped")
    row = page.locator(f"#a{WAITS}")
    await page.reload()
    await expect(row).to_contain_text("Waits: all calls are stopped")
    async with town.ui.answering(ResumeDialling, lambda command: Accepted(result={"queued": 4})):
        await page.locator("#stops").get_by_role("button", name="Resume").click()
        await expect(page.locator(".toast").last).to_contain_text("Calls go on: 4 queued.")
    await town.happens(lambda: town.told.say(DiallingResumed(position_id=None, actor=RECRUITER)))
    for tab in (page, other):
        await expect(tab.locator("#stops")).to_be_empty()
        await expect(tab.locator(".side .dial").get_by_role("link", name="Stop all calls")).to_be_visible()
    await other.close()


async def test_the_breakers_stop_shows_on_the_open_position_and_is_resumed_there(
    page: Page, town: Town
) -> None:
    await page.goto(f"{town.url}/positions/2")
    await page.locator("#title").fill("Half a title")
    saw = "6 of the last 8 calls failed within 30 minutes."
    blown = DiallingStopped(position_id=2, code="too_many_failures", reason=saw, actor=SYSTEM)
    await town.happens(lambda: town.told.say(blown))
    banner = page.locator("#pstop")
    await expect(banner).to_contain_text(
        re.compile("RecruitFlow stopped the calls of this position (today|yesterday)")
    )
    await expect(banner).to_contain_text(saw)
    await expect(page.locator("#title")).to_have_value("Half a title")
    async with town.ui.answering(ResumeDialling, lambda command: Accepted(result={"queued": 0})):
        await banner.get_by_role("button", name="Resume calls").click()
        await expect(page.locator(".toast")).to_contain_text("Calls go on.")
    command = town.ui.received[-1]
    assert isinstance(command, ResumeDialling)
    assert command.position_id == 2
    await town.happens(lambda: town.told.say(DiallingResumed(position_id=2, actor=RECRUITER)))
    await expect(banner).to_be_empty()


async def test_a_call_is_heard_from_any_turn(page: Page, town: Town) -> None:
    async def heard() -> float:
        at: float = await page.evaluate("document.querySelector('[data-player] audio').currentTime")
        return at

    await page.goto(f"{town.url}/applications/{HEARD}")
    player = page.locator("[data-player]")
    await expect(player.locator("audio")).to_be_hidden()
    await page.locator(".turn a.ts", has_text="01:10").click()
    await expect(player).to_have_class(re.compile("playing"))
    await eventually(heard, lambda at: at > 70.2, within=10, what="seconds heard")
    await expect(page.locator(".turn.now")).to_contain_text("permis de conducere")
    await player.get_by_role("button", name="Pause").click()
    await expect(player).not_to_have_class(re.compile("playing"))
    bar = player.get_by_role("slider")
    await bar.focus()
    await page.keyboard.press("Home")
    await page.keyboard.press("ArrowRight")
    await expect(bar).to_have_attribute("aria-valuetext", "00:01 of 01:22")
    await player.get_by_role("button", name="Speed").click()
    assert await page.evaluate("document.querySelector('[data-player] audio').playbackRate") == 1.25
    await player.get_by_role("button", name="Play").click()
    await eventually(heard, lambda at: at > 1.2, within=10, what="seconds heard")
    await town.happens(lambda: town.told.later(seconds=1).writes(HEARD, "Mulțumesc!"))
    await expect(page.locator(".rail")).to_contain_text("Mulțumesc!")
    assert await heard() > 1.2, "it plays on while the page renews itself"
    await expect(player).to_have_class(re.compile("playing"))


async def test_what_became_of_a_call_is_said_by_a_person_and_the_next_one_opens(
    page: Page, town: Town
) -> None:
    is_lost_too = 14
    await town.happens(lambda: is_lost(town.told, is_lost_too))
    await page.goto(f"{town.url}/applications?about=unknown_call")
    await page.locator(f"#a{is_lost_too} a").click()
    card = page.locator(".unkc")
    await expect(card).to_contain_text("Nobody knows whether this call rang")
    async with town.ui.answering(SettleUnknownCall, lambda command: Accepted(result={"queued_again": True})):
        await card.get_by_role("button", name="It didn’t ring").click()
        await expect(page.locator(".was")).to_contain_text("noted what became of the call")
    await expect(page.locator("h1")).to_have_text("Călin Drăgulescu")
    command = town.ui.received[-1]
    assert isinstance(command, SettleUnknownCall)
    assert not command.rang


async def test_what_waits_says_so_at_once_when_calls_are_stopped_and_go_on(page: Page, town: Town) -> None:
    other = await page.context.new_page()
    await other.goto(f"{town.url}/applications/{WAITS}")
    await page.goto(f"{town.url}/applications?status=call_queued")
    row, stopped_words = page.locator(f"#a{WAITS} td.c-nx"), "Waits: all calls are stopped"
    waited = await row.inner_text()
    assert waited != stopped_words
    await town.happens(lambda: town.told.say(stopped(None, "Fire drill")))
    await expect(row).to_have_text(stopped_words)
    await expect(other.locator("#detail")).to_contain_text(stopped_words)
    await town.happens(lambda: town.told.say(DiallingResumed(position_id=None, actor=PAUL)))
    await expect(row).to_have_text(waited)
    await expect(other.locator("#detail")).not_to_contain_text(stopped_words)
    await other.close()


async def test_a_question_that_is_a_page_of_its_own_is_answered_by_a_page(page: Page, town: Town) -> None:
    await page.goto(f"{town.url}/calls/stop?back=/positions")
    async with town.ui.answering(StopDialling, lambda command: Accepted(result={"queued": 1, "ringing": 0})):
        await page.get_by_role("button", name="Stop all calls").last.click()
        await page.wait_for_url("**/positions")


async def test_the_opening_line_follows_what_it_is_made_of(page: Page, town: Town) -> None:
    await page.goto(f"{town.url}/positions/1")
    line = page.locator("#opening")
    await expect(line).to_contain_text("din partea echipei de recrutare. Apelul este înregistrat.")
    await page.locator("#employer").fill("Nordvale SRL")
    await expect(line).to_contain_text("din partea Nordvale SRL")
    await page.locator("#language").select_option("en")
    await expect(line).to_contain_text("calling on behalf of Nordvale SRL. This call is recorded.")
    await page.locator("#record_calls").uncheck()
    await expect(line).not_to_contain_text("recorded")


async def test_pages_of_calling_complain_of_nothing_and_never_scroll_sideways(
    page: Page, town: Town, complaints: Complaints
) -> None:
    await never_scrolls_sideways(page, town.url, PLACES, (1440, 1024, 390, 320))


async def test_calls_are_stopped_and_heard_without_script(plain: Page, town: Town) -> None:
    await plain.goto(f"{town.url}/applications/{HEARD}")
    await expect(plain.locator("audio")).to_be_visible()
    await plain.locator(".side .dial a").click()
    async with town.ui.answering(StopDialling, lambda command: Accepted(result={"queued": 0, "ringing": 0})):
        await plain.get_by_role("button", name="Stop all calls").click()
        await plain.wait_for_url(f"**/applications/{HEARD}")
