"""The CVs of an application in a real browser: how they look, what axe says, and how an upload goes."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import pytest_asyncio
from contracts import Accepted, Refused
from contracts.cv_matching import FileReading, MatchMethod, UploadCv
from contracts.intake import ApplicationStatus as S
from contracts.messaging import Channel, MessageReceived
from playwright.async_api import Browser, Page, expect
from recruiter_ui_support.cv_stories import Files, read_text
from recruiter_ui_support.stories import Storyteller

from .conftest import Complaints, Town, enter
from .looking import LOOKS, findings, mark, was_never_left

MANY, NONE = 301, 302
SHOTS = os.environ.get("SHOTS")
"""A folder for pictures of the page, for people who want to look."""


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def cvs(town: Town) -> AsyncIterator[Town]:
    told: Storyteller = town.told
    known = len(told.envelopes)
    received = Files(told)
    for number, name in ((MANY, "Andreea Munteanu-Vâlcea"), (NONE, "Radu Crăciunescu")):
        told.person(number, name, 1)
        told.becomes(number, S.AWAITING_CV)
    reading = await read_text(town.ui)
    certain: dict[str, Any] = {"needs_review": False, "confidence": "high", "method": MatchMethod.EXACT_EMAIL}
    scan = FileReading(kind="image", note="It is a picture: no text is read from pictures.")
    received.may_be(MANY, number=1, file_name="CV_Munteanu_2025.pdf", reading=reading, score=None, **certain)
    doubtful = received.may_be(MANY, number=2, file_name="IMG_2041.jpg", reading=scan)
    hidden = FileReading(kind="docx", pages=3, text=reading.text, hidden_text=True)
    long = received.may_be(MANY, number=3, file_name="CV " + "Andreea " * 12 + "final.docx", reading=hidden)
    received.confirmed(long, MANY)
    wrong: UUID = received.may_be(MANY, number=4, file_name="CV_altcineva.pdf", reading=reading)
    received.detached(wrong, MANY, "reassigned")
    assert doubtful
    await town.ui.told(told.envelopes[known:])
    yield town


@pytest.mark.parametrize(("width", "theme"), LOOKS)
async def test_it_fits_and_axe_finds_nothing(browser: Browser, cvs: Town, width: int, theme: Any) -> None:
    context = await browser.new_context(
        viewport={"width": width, "height": 900}, color_scheme=theme, reduced_motion="reduce"
    )
    page = await context.new_page()
    await enter(page, cvs)
    for number in (MANY, NONE):
        await page.goto(f"{cvs.url}/applications/{number}")
        for part in await page.locator("#cv-section details > summary").all():
            await part.click()
        if SHOTS:
            await page.locator("#cv-section").screenshot(
                path=Path(SHOTS) / f"cvs-{number}-{width}-{theme}.png"
            )
        assert await findings(page) == []
        section = await page.locator("#cv-section").bounding_box()
        assert section is not None
        assert section["x"] + section["width"] <= width
        assert await page.evaluate("document.documentElement.scrollWidth") <= width
    await context.close()


async def test_what_nobody_could_be_named_for_shows_by_itself(page: Page, cvs: Town) -> None:
    told, files = cvs.told, Files(cvs.told)
    message_id = told.new_id()
    await page.goto(f"{cvs.url}/applications/{NONE}")
    await mark(page)
    await expect(page.locator("#cv-section")).to_contain_text("No CV yet")
    known = len(told.envelopes)
    told.say(
        MessageReceived(
            candidate_id=NONE,
            message_id=message_id,
            channel=Channel.EMAIL,
            sender="radu@example.com",
            body="",
            attachments=[],
            external_id=str(message_id),
            received_at=told.at,
        )
    )
    await cvs.ui.told(told.envelopes[known:])
    known = len(told.envelopes)
    item = files.is_nobodys(message_id=message_id, attachment_name="Ioana.pdf")
    await cvs.ui.told(told.envelopes[known:])
    await expect(page.locator("#cv-section")).to_contain_text("Ioana.pdf")
    known = len(told.envelopes)
    files.discarded(item)
    await cvs.ui.told(told.envelopes[known:])
    await expect(page.locator("#cv-section")).not_to_contain_text("Ioana.pdf")
    assert await was_never_left(page)


async def choose(page: Page, town: Town, file: Path) -> None:
    await page.goto(f"{town.url}/applications/{NONE}")
    await page.get_by_text("Upload a CV").click()
    await page.locator("#cv-file").set_input_files(file)
    await page.locator("#cv-add button").click()


def a_file(folder: Path, body: bytes, name: str = "CV Radu.pdf") -> Path:
    file = folder / name
    file.write_bytes(body)
    return file


async def test_a_file_that_is_refused_says_why_beside_the_form_and_stays_chosen(
    page: Page, cvs: Town, complaints: Complaints, tmp_path: Path
) -> None:
    complaints.expected = ("422",)
    refusal = Refused(code="not_a_document", message="The file is a web page, whatever its name says.")
    async with cvs.ui.answering(UploadCv, lambda _: refusal):
        await choose(page, cvs, a_file(tmp_path, b"<html>"))
        await expect(page.locator("#cv-add [data-refusal]")).to_have_text(refusal.message)
    assert await page.locator("#cv-file").evaluate("it => it.files.length") == 1
    await expect(page.locator("#cv-add progress")).to_be_hidden()


async def test_a_file_that_is_too_large_is_told_before_it_is_sent(
    page: Page, cvs: Town, tmp_path: Path
) -> None:
    cvs.ui.received.clear()
    await choose(page, cvs, a_file(tmp_path, bytes(26 << 20)))
    await expect(page.locator("#cv-add [data-refusal]")).to_contain_text("larger than 25 MB")
    assert cvs.ui.received == []


async def test_a_file_that_is_taken_is_said_on_the_page(page: Page, cvs: Town, tmp_path: Path) -> None:
    async with cvs.ui.answering(UploadCv, lambda _: Accepted(result={"cv_id": "x", "decision_id": "y"})):
        await choose(page, cvs, a_file(tmp_path, b"%PDF-1.4" + bytes(3 << 20)))
        await expect(page.locator(".toast")).to_contain_text("CV uploaded")
    command = cvs.ui.received[-1]
    assert isinstance(command, UploadCv)
    kept = (command.application_id, command.file_name, command.file.size)
    assert kept == (NONE, "CV Radu.pdf", 8 + (3 << 20))
