"""The messages inbox in a real browser: read, answered, deleted, linked, and alive."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
import pytest_asyncio
from chassis.testing import eventually
from contracts import Accepted, Command
from contracts.messaging import (
    ConversationDeleted,
    ConversationRestored,
    DeleteConversation,
    LinkSender,
    MarkConversation,
    MarkMessages,
    MessagesMarked,
    RestoreConversation,
    SenderLinked,
)
from playwright.async_api import Browser, Page, expect
from recruiter_ui_support.stories import RECRUITER
from recruiter_ui_support.talks import ANDREEA, LUCA, NGOZI, STRANGER, Talks, an_afternoon_of_talks

from .conftest import Town, enter
from .looking import LOOKS, findings_at


class Owner:
    """Messaging, as the pages hear it: what is asked for comes to pass at once."""

    def __init__(self, town: Town) -> None:
        self.town = town
        self.talks = Talks(town.told)
        self.did: list[Command] = []

    async def comes_to_pass(self) -> None:
        """What was asked for since, as facts."""
        for command in self.did:
            facts = {
                MarkMessages: self._marked,
                MarkConversation: None,
                DeleteConversation: self._deleted,
                RestoreConversation: self._restored,
                LinkSender: self._linked,
            }[type(command)]
            if facts is not None:
                await facts(command)
        self.did.clear()

    def hears(self, command: Any) -> Accepted:
        self.did.append(command)
        return Accepted(
            result={
                "marked": 1,
                "deletion_id": str(UUID(int=77)),
                "deleted": 1,
                "restored": 1,
                "link_id": str(UUID(int=78)),
                "linked": 1,
            }
        )

    async def _ids(self, sender: str) -> list[UUID]:
        rows = await self.town.ui.db.fetch("SELECT message_id FROM messages WHERE sender = $1", sender)
        return [row["message_id"] for row in rows]

    async def _marked(self, command: MarkMessages) -> None:
        ids, read = command.message_ids, command.read
        fact = MessagesMarked(message_ids=ids, read=read, actor=RECRUITER)
        await self.town.happens(lambda: self.town.told.say(fact))

    async def _deleted(self, command: DeleteConversation) -> None:
        ids = await self._ids(command.conversation.sender or "")
        fact = ConversationDeleted(deletion_id=UUID(int=77), message_ids=ids, actor=RECRUITER)
        await self.town.happens(lambda: self.town.told.say(fact))

    async def _restored(self, command: RestoreConversation) -> None:
        fact = ConversationRestored(
            deletion_id=UUID(int=77), message_ids=await self._ids(STRANGER), actor=RECRUITER
        )
        await self.town.happens(lambda: self.town.told.say(fact))

    async def _linked(self, command: LinkSender) -> None:
        fact = SenderLinked(
            candidate_id=command.candidate_id,
            application_id=command.candidate_id,
            link_id=UUID(int=78),
            channel=command.channel,
            sender=command.sender,
            message_ids=await self._ids(command.sender),
            actor=RECRUITER,
        )
        await self.town.happens(lambda: self.town.told.say(fact))


KINDS: tuple[type[Command], ...] = (
    MarkMessages,
    MarkConversation,
    DeleteConversation,
    RestoreConversation,
    LinkSender,
)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def owner(town: Town) -> AsyncIterator[Owner]:
    known = len(town.told.envelopes)
    an_afternoon_of_talks(town.told, datetime.now(UTC))
    await town.ui.told(town.told.envelopes[known:])
    owner = Owner(town)
    async with AsyncExitStack() as stack:
        for kind in KINDS:
            await stack.enter_async_context(town.ui.answering(kind, owner.hears))
        yield owner


async def asked(owner: Owner, kind: type[Command]) -> None:
    async def heard() -> list[type[Command]]:
        return [type(it) for it in owner.did]

    await eventually(heard, lambda kinds: kind in kinds, within=10, what=f"{kind.__name__} asked for")


async def test_what_is_looked_at_is_read(page: Page, town: Town, owner: Owner) -> None:
    await page.goto(f"{town.url}/messages?with={NGOZI}")
    await asked(owner, MarkMessages)
    await owner.comes_to_pass()
    row = page.locator(f"#k-c{NGOZI}")
    await expect(row.locator(".un-d")).to_have_count(0)
    await expect(page.locator(".bub.unseen")).to_have_count(0)


async def test_a_message_arrives_in_the_open_thread_and_nothing_typed_is_lost(
    page: Page, town: Town, owner: Owner
) -> None:
    await page.goto(f"{town.url}/messages?with={ANDREEA}")
    await page.fill("#composer-body", "Sigur, Andreea, diseară e perfect.")
    await town.happens(lambda: owner.talks.they_write(ANDREEA, "Încă ceva: e bine și ca poză?"))
    await expect(page.locator("#latest")).to_contain_text("e bine și ca poză")
    await expect(page.locator("#convs .cv-i").first).to_contain_text("e bine și ca poză")
    await expect(page.locator("#composer-body")).to_have_value("Sigur, Andreea, diseară e perfect.")
    below = "it => it.scrollHeight - it.scrollTop - it.clientHeight"
    assert await page.locator("#thr").evaluate(below) < 80, "the newest is in sight"
    await page.goto(f"{town.url}/messages?with={LUCA}")
    await page.goto(f"{town.url}/messages?with={ANDREEA}")
    await expect(page.locator("#composer-body")).to_have_value("Sigur, Andreea, diseară e perfect.")
    await page.fill("#composer-body", "")
    await owner.comes_to_pass()


async def test_the_keys_walk_the_list(page: Page, town: Town, owner: Owner) -> None:
    await page.goto(f"{town.url}/messages")
    names = await page.locator("#convs .nm").all_inner_texts()
    await page.keyboard.press("j")
    await expect(page.locator(".talkh h2")).to_have_text(names[0])
    await page.keyboard.press("j")
    await expect(page.locator(".talkh h2")).to_have_text(names[1])
    await page.keyboard.press("k")
    await expect(page.locator(".talkh h2")).to_have_text(names[0])
    await page.keyboard.press("/")
    await expect(page.locator("#q")).to_be_focused()
    owner.did.clear()


async def test_a_conversation_is_deleted_and_brought_back(page: Page, town: Town, owner: Owner) -> None:
    await page.goto(f"{town.url}/messages?from=%2B{STRANGER[1:]}")
    await asked(owner, MarkMessages)
    await owner.comes_to_pass()
    await page.click(".talkh summary")
    await page.click("text=Delete conversation")
    await expect(page.locator(".undot")).to_contain_text("Deleted 1 message")
    await asked(owner, DeleteConversation)
    await owner.comes_to_pass()
    await expect(page.locator("#convs")).not_to_contain_text("+40 700 000 992")
    await page.keyboard.press("u")
    await asked(owner, RestoreConversation)
    await owner.comes_to_pass()
    await expect(page.locator("#convs")).to_contain_text("+40 700 000 992")


async def test_an_unknown_sender_is_given_to_a_candidate(page: Page, town: Town, owner: Owner) -> None:
    await page.goto(f"{town.url}/messages?from=%2B{STRANGER[1:]}")
    await page.type("#find-person", "ferrante")
    await page.click("#found >> text=This is them")
    await asked(owner, LinkSender)
    await owner.comes_to_pass()
    await expect(page.locator("#latest")).to_contain_text("m-ati sunat de pe acest numar")
    await expect(page.locator(".talkh h2")).to_have_text("Luca Ferrante")
    await expect(page.locator("#convs")).not_to_contain_text("+40 700 000 992")


async def test_on_a_phone_the_list_leads_to_the_thread_and_back(
    browser: Browser, town: Town, owner: Owner
) -> None:
    context = await browser.new_context(viewport={"width": 390, "height": 844})
    context.set_default_timeout(10_000)
    page = await context.new_page()
    await enter(page, town)
    await page.goto(f"{town.url}/messages")
    await page.click(f"#k-c{ANDREEA}")
    await expect(page.locator("#composer-body")).to_be_in_viewport()
    await expect(page.locator("#latest .bub").last).to_be_in_viewport()
    await expect(page.locator("#convs")).to_be_hidden()
    wide = await page.evaluate("document.documentElement.scrollWidth")
    assert wide <= 390, "no scrolling sideways"
    await page.click("[aria-label='All conversations']")
    await expect(page.locator("#convs")).to_be_visible()
    await context.close()


async def test_without_script_everything_is_a_form(plain: Page, town: Town, owner: Owner) -> None:
    await town.happens(lambda: owner.talks.they_write(LUCA, "Senza script."))
    owner.did.clear()
    await plain.goto(f"{town.url}/messages?with={LUCA}")
    assert owner.did == [], "looking changes nothing"
    await plain.click("text=Mark as read")
    await asked(owner, MarkMessages)
    await plain.goto(f"{town.url}/messages?with={LUCA}")
    await expect(plain.locator("#composer-body")).to_be_visible()
    await owner.comes_to_pass()


PLACES = (
    "/messages",
    f"/messages?with={ANDREEA}",
    f"/messages?with={NGOZI}",
    "/messages?with=18",
    "/messages?from=%2B40700000993&find=mun",
    "/messages?show=unread",
    "/messages?show=deleted",
    "/messages?q=nothing-like-this",
)


@pytest.mark.parametrize(("width", "theme"), LOOKS)
async def test_axe_finds_nothing(browser: Browser, town: Town, owner: Owner, width: int, theme: Any) -> None:
    until = datetime.now(UTC) + timedelta(hours=1)
    await town.happens(
        lambda: owner.talks.they_write(None, "Cine sunteți?", sender="+40700000993"),
        lambda: owner.talks.we_write(ANDREEA, "Vă aștept.", leaves_at=until, held_because="undo"),
    )
    context = await browser.new_context(viewport={"width": width, "height": 900}, color_scheme=theme)
    context.set_default_timeout(10_000)
    page = await context.new_page()
    await enter(page, town)
    found = await findings_at(page, town.url, PLACES)
    await context.close()
    owner.did.clear()
    assert found == {}
