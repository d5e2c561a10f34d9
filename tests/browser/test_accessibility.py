"""Axe looks for what WCAG 2.2 A and AA forbid, in the pages of calling and scoring, in both themes."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from typing import Any

import pytest
import pytest_asyncio
from contracts.calling import DiallingStopped
from contracts.intake import PositionDetails
from contracts.messaging import ListMessageTemplates, PreviewMessage, ShowMessageTemplate
from contracts.scoring import ListPromptTemplates, ShowPromptTemplate
from playwright.async_api import Browser
from recruiter_ui_support.judgements import FAILED, LATER, SOUND, TWICE, UNSOUND, judgements
from recruiter_ui_support.stories import ASKED_AND_SAID, SYSTEM
from recruiter_ui_support.templates_of_messaging import listed as messages_listed
from recruiter_ui_support.templates_of_messaging import previewed
from recruiter_ui_support.templates_of_messaging import shown as message_shown
from recruiter_ui_support.templates_of_scoring import listed, shown

from .conftest import Town, enter
from .looking import LOOKS, findings_at

MESSAGE_TEMPLATES = (
    "/templates/messages", "/templates/messages/new", "/templates/messages/cv_request/whatsapp/ro",
    "/templates/messages/cv_request/whatsapp/ro?revision=1", "/templates/messages/cv_request/email/ro",
    "/templates/messages/rejection/whatsapp/en", "/templates/messages/rejection/email/hu",
)  # fmt: skip
PLACES = (
    "/", "/applications", "/positions", "/positions/1", "/positions/new", "/positions/1/reevaluate",
    "/templates", "/templates/1", "/templates/1?version=1", "/templates/3", "/calls/stop", "/more",
    *MESSAGE_TEMPLATES,
    *(f"/applications/{number}" for number in (SOUND, UNSOUND, FAILED, TWICE, LATER)),
    f"/applications/{TWICE}/evaluations",
    *("/messages", "/messages?with=16", "/messages?show=unread", "/messages?show=deleted"),
)  # fmt: skip


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def town(town: Town) -> AsyncIterator[Town]:
    known = len(town.told.envelopes)
    rubric = PositionDetails(title="Sales Rep B2B, Cluj", **ASKED_AND_SAID).rubric
    judgements(town.told, datetime.now(UTC), rubric)
    saw = {"code": "too_many_failures", "reason": "5 of the last 5 calls failed within 30 minutes."}
    town.told.say(DiallingStopped(position_id=1, actor=SYSTEM, **saw))
    await town.ui.told(town.told.envelopes[known:])
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(town.ui.answering(ListPromptTemplates, listed))
        await stack.enter_async_context(town.ui.answering(ShowPromptTemplate, shown))
        await stack.enter_async_context(town.ui.answering(ListMessageTemplates, messages_listed))
        await stack.enter_async_context(town.ui.answering(ShowMessageTemplate, message_shown))
        await stack.enter_async_context(town.ui.answering(PreviewMessage, previewed))
        yield town


@pytest.mark.parametrize(("width", "theme"), LOOKS)
async def test_axe_finds_nothing(browser: Browser, town: Town, width: int, theme: Any) -> None:
    context = await browser.new_context(viewport={"width": width, "height": 900}, color_scheme=theme)
    context.set_default_timeout(10_000)
    page = await context.new_page()
    await enter(page, town)
    found = await findings_at(page, town.url, PLACES)
    await context.close()
    assert found == {}
