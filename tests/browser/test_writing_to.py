"""A recruiter writes to a candidate in a browser, takes it back, and sends what waits."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest_asyncio
from contracts import Accepted, Refused
from contracts.messaging import (
    Channel,
    MessageComposed,
    MessageTakenBack,
    MessageType,
    SendTemplate,
    SettleMessage,
    TakeBackMessage,
    WriteMessage,
)
from playwright.async_api import Page, expect
from recruiter_ui_support.messages_out import ASKED, UNFIT, WRITTEN, messages_out
from recruiter_ui_support.stories import RECRUITER

from .conftest import Town


@dataclass
class Desk:
    town: Town
    ids: dict[str, UUID]


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def desk(town: Town) -> Desk:
    known = len(town.told.envelopes)
    ids = messages_out(town.told, datetime.now(UTC))
    await town.ui.told(town.told.envelopes[known:])
    return Desk(town, ids)


async def test_words_are_written_counted_down_and_taken_back(page: Page, desk: Desk) -> None:
    town, message_id = desk.town, UUID(int=77)
    await page.goto(f"{town.url}/applications/{ASKED}")
    await page.get_by_role("button", name="Write", exact=True).click()
    form = page.locator("#composer")
    await expect(form).to_be_visible()
    await expect(form.locator("[name=subject]")).to_be_hidden()
    await form.locator("label", has_text="Email").click()
    await expect(form.locator("[name=subject]")).to_be_visible()
    await form.locator("[name=body]").fill("Bună, Ana! Mai aveți nevoie de timp?")
    refused = Refused(code="no_subject", message="Give the email a subject: there is no conversation yet.")
    async with town.ui.answering(WriteMessage, lambda command: refused):
        await form.get_by_role("button", name="Send").click()
        await expect(page.locator("#composer [role=alert]")).to_contain_text("Give the email a subject")
    await expect(page.locator("#composer [name=body]")).to_have_value("Bună, Ana! Mai aveți nevoie de timp?")
    await page.locator("#composer [name=subject]").fill("Timp")

    def compose() -> object:
        at = datetime.now(UTC)
        return town.told.say(
            MessageComposed(
                candidate_id=ASKED,
                application_id=ASKED,
                message_id=message_id,
                channel=Channel.EMAIL,
                message_type=MessageType.OTHER,
                subject="Timp",
                body="Bună, Ana! Mai aveți nevoie de timp?",
                leaves_at=at + timedelta(seconds=60),
                held_because="undo",
                actor=RECRUITER,
            )
        )

    reply = Accepted(result={"message_id": str(message_id), "leaves_at": "2026-11-20T12:00:00Z"})
    async with town.ui.answering(WriteMessage, lambda command: reply):
        await page.locator("#composer").get_by_role("button", name="Send").click()
        await expect(page.locator("#composer")).to_be_hidden()
    await town.happens(compose)
    held = page.locator(".heldm").first
    await expect(held.locator("[data-until]")).to_have_text(r"59 s", timeout=15_000)
    taken = Accepted(result={"subject": "Timp", "body": "x"})
    async with town.ui.answering(TakeBackMessage, lambda command: taken):
        await held.get_by_role("button", name="Take back").click()
        await page.wait_for_url(f"**/applications/{ASKED}?draft={message_id}")
    await town.happens(
        lambda: town.told.say(
            MessageTakenBack(
                candidate_id=ASKED,
                application_id=ASKED,
                message_id=message_id,
                channel=Channel.EMAIL,
                message_type=MessageType.OTHER,
                actor=RECRUITER,
            )
        )
    )
    await page.reload()
    await expect(page.locator("#composer [name=body]")).to_be_visible()
    await expect(page.locator("#composer [name=body]")).to_have_value("Bună, Ana! Mai aveți nevoie de timp?")
    await expect(page.locator("#composer [name=subject]")).to_have_value("Timp")


async def test_a_rejection_is_sent_on_the_channels_that_are_ticked(page: Page, desk: Desk) -> None:
    town = desk.town
    await page.goto(f"{town.url}/applications/{UNFIT}")
    await page.locator("#messages").get_by_role("button", name="Send", exact=True).click()
    form = page.locator("#act-template")
    await form.get_by_text("The rejection", exact=True).click()
    await form.locator("[name=on-rejection][value=whatsapp]").uncheck()
    async with town.ui.answering(SendTemplate, lambda command: Accepted(result={"message_ids": []})):
        await form.get_by_role("button", name="Send", exact=True).click()
        await expect(page.locator(".toast")).to_contain_text("can be taken back until it leaves")
    command = town.ui.received[-1]
    assert isinstance(command, SendTemplate)
    assert (command.message_type, command.channels) == (MessageType.REJECTION, [Channel.EMAIL])


async def test_what_nobody_knows_is_settled_beside_the_message(page: Page, desk: Desk) -> None:
    town = desk.town
    await page.goto(f"{town.url}/applications/{WRITTEN}")
    await expect(page.locator("#messages")).to_contain_text("their time")
    async with town.ui.answering(SettleMessage, lambda command: Accepted()):
        await page.get_by_role("button", name="It arrived").click()
        await page.wait_for_url(f"**/applications/{WRITTEN}")
    command = town.ui.received[-1]
    assert isinstance(command, SettleMessage)
    assert command.sent
