"""The CVs on an application's page: versions, what is to be checked, downloads, and uploads by hand."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Any
from uuid import UUID

import httpx2
import pytest
import pytest_asyncio
from contracts import Accepted, Refused
from contracts.cv_matching import CvSource, FileReading, MatchMethod, UploadCv
from contracts.intake import ApplicationStatus as S
from contracts.messaging import Channel, MessageReceived
from recruiter_ui.domain.file_names import named_as, not_opened_as, safe_name
from recruiter_ui.pages.uploading import MOST_BYTES
from recruiter_ui_support.cv_stories import Files, read_text
from recruiter_ui_support.running import Running
from recruiter_ui_support.stories import Storyteller
from recruiter_ui_support.visiting import hidden, log_in

MANY, NONE, CLOSED = 1, 2, 3
ODD = 'CV "Ana"; Ștefan\u202efdp.exe'


@dataclass
class Town:
    ui: Running
    files: Files
    items: dict[str, UUID]


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def town(ui: Running) -> Town:
    told = Storyteller(datetime.now(UTC) - timedelta(hours=5))
    files = Files(told)
    told.position(1, "Electrician")
    for number in (MANY, NONE, CLOSED):
        told.person(number, f"Ana{number} Pop", 1)
        told.becomes(number, S.CLOSED if number == CLOSED else S.AWAITING_CV)
    body = await ui.blobs.put("cvs/odd", b"MZ\x00\xff", "application/octet-stream")
    certain: dict[str, Any] = {"needs_review": False, "confidence": "high", "method": MatchMethod.EXACT_EMAIL}
    reading = await read_text(ui)
    items = {
        "first": files.may_be(MANY, number=1, file_name="first.pdf", reading=reading, **certain),
        "scan": files.may_be(
            MANY,
            number=2,
            file_name="scan.jpg",
            reading=FileReading(kind="image", note="It is a picture: no text is read from pictures."),
            review_reasons=["There is no text: look whether it is a CV."],
        ),
        "odd": files.may_be(
            MANY,
            number=3,
            file_name=ODD,
            file=body,
            reading=FileReading(kind="pdf", hidden_text=True, text=body),
        ),
        "wrong": files.may_be(MANY, number=4, file_name="wrong.pdf", source=CvSource.EMAIL_ATTACHMENT),
    }
    files.confirmed(items["odd"], MANY)
    files.detached(items["wrong"], MANY, "reassigned")
    await ui.tell(told.envelopes)
    await ui.told([])
    return Town(ui, files, items)


@pytest.fixture
async def client(town: Town) -> AsyncIterator[httpx2.AsyncClient]:
    async with httpx2.AsyncClient(base_url=town.ui.url) as client:
        await log_in(client)
        yield client


async def section(client: httpx2.AsyncClient, number: int) -> str:
    page = (await client.get(f"/applications/{number}")).text
    found = re.search(r'<section class="card" id="cv-section">.*?</section>', page, re.S)
    assert found
    return unescape(found.group())


def words(section: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", section).split())


async def test_the_newest_version_stands_first_and_each_says_what_it_is(client: httpx2.AsyncClient) -> None:
    shown = await section(client, MANY)
    assert shown.index("fdp.exe") < shown.index("scan.jpg") < shown.index("first.pdf")
    said = words(shown)
    assert "2 pages, WhatsApp, by email address (74 of 100)" in said
    assert "no hidden text" in said
    assert "confirmed by Paul Pavel" in said


async def test_what_is_to_be_checked_leads_to_the_file_in_the_cv_inbox(
    town: Town, client: httpx2.AsyncClient
) -> None:
    shown = await section(client, MANY)
    assert (
        f'href="/cvs?file={town.items["scan"]}" title="There is no text: look whether it is a CV."' in shown
    )
    assert shown.count("to check") == 1
    for name in ("first", "odd"):
        assert f'href="/cvs?file={town.items[name]}">Not theirs?' in shown
    assert str(town.items["wrong"]) not in shown


async def test_a_file_without_text_and_one_with_hidden_words_say_so(client: httpx2.AsyncClient) -> None:
    shown = await section(client, MANY)
    assert 'title="It is a picture: no text is read from pictures.">no text' in shown
    assert 'title="Words that nobody sees: white, tiny or outside the page">' in shown


async def test_what_was_taken_away_is_history(client: httpx2.AsyncClient) -> None:
    shown = await section(client, MANY)
    former = shown[shown.index('id="cv-former"') :]
    assert "1 taken away" in former
    assert "Given to somebody else by Paul Pavel" in words(former)
    assert "wrong.pdf" not in shown[: shown.index('id="cv-former"')]


async def test_a_download_bears_the_extension_of_what_the_file_is(
    town: Town, client: httpx2.AsyncClient
) -> None:
    answer = await client.get(f"/cvs/{town.files.cv_id(town.items['odd'], MANY)}/file")
    assert answer.content == b"MZ\x00\xff"
    disposition = answer.headers["content-disposition"]
    assert disposition.startswith("attachment; filename=\"CV _Ana_ _tefanfdp.exe.pdf\"; filename*=UTF-8''")
    assert "%C8%98" in disposition
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(
    ("kind", "given", "name"),
    [
        ("pdf", "cv.pdf", "cv.pdf"),
        ("pdf", "CV.PDF", "CV.PDF"),
        ("pdf", "cv", "cv.pdf"),
        ("pdf", ".pdf", "pdf.pdf"),
        ("docx", "cv.exe", "cv.exe.docx"),
        ("image", "scan.jpeg", "scan.jpeg"),
        ("image", "scan.js", "scan.js.jpg"),
        ("program", "cv.pdf", "cv.pdf.kept-apart"),
        ("web_page", "cv.html", "cv.html.kept-apart"),
        ("other", "cv.js", "cv.js.kept-apart"),
        ("macro_document", "cv.docm", "cv.docm.kept-apart"),
        ("never heard of", "cv.bat", "cv.bat.kept-apart"),
        (None, "../cv.pdf", "cv.pdf"),
        ("pdf", None, "file.pdf"),
        ("pdf", "a" * 300 + ".pdf", "a" * 116 + ".pdf"),
        ("pdf", "cv.pdf\r\nSet-Cookie: x", "cv.pdfSet-Cookie_ x.pdf"),
        ("pdf", "con.pdf ", "_con.pdf"),
        ("pdf", "NUL", "_NUL.pdf"),
        ("pdf", "cv\uff0eexe", "cv\uff0eexe.pdf"),
        ("pdf", "cv\x00.exe", "cv.exe.pdf"),
    ],
)
def test_names_of_downloads(kind: str | None, given: str | None, name: str) -> None:
    assert named_as(kind, given) == name


@pytest.mark.parametrize("length", [*range(100, 124), 300])
@pytest.mark.parametrize("kind", ["program", "pdf", "image", "pages"])
def test_a_long_name_never_loses_the_extension_that_makes_it_harmless(kind: str, length: int) -> None:
    """However often it is made safe: a program cut to its own name would start by a double click."""
    name = named_as(kind, "a" * (length - 4) + ".exe")
    assert len(name) <= 120
    assert name.endswith({"program": ".kept-apart", "pdf": ".pdf", "image": ".jpg", "pages": ".pages"}[kind])
    assert safe_name(name) == name
    assert safe_name(not_opened_as("a" * (length - 4) + ".exe")).endswith(".bin")


async def test_what_they_sent_and_is_nobodys_cv_stands_where_it_is_waited_for(
    town: Town, client: httpx2.AsyncClient
) -> None:
    """Somebody else's name stands in it, say: whoever wonders why no CV came is led to it."""
    told, files = town.files.told, town.files
    known, message_id, other_id = len(told.envelopes), told.new_id(), told.new_id()
    for written, who in ((message_id, NONE), (other_id, MANY)):
        letter = MessageReceived(
            candidate_id=who,
            message_id=written,
            channel=Channel.EMAIL,
            sender=f"ana{who}@example.com",
            body="",
            attachments=[],
            external_id=str(written),
            received_at=told.at,
        )
        told.say(letter)
    why = "The sender's address is the candidate's, but the CV names somebody else."
    item = files.is_nobodys(message_id=message_id, attachment_name="Ioana.pdf", explanation=why)
    files.is_nobodys(message_id=message_id, reading=FileReading(kind="signature_image"))
    files.is_nobodys(message_id=other_id)
    await town.ui.told(told.envelopes[known:])
    shown = await section(client, NONE)
    assert f'href="/cvs/unmatched?file={item}"><bdi>Ioana.pdf' in shown
    assert why in words(shown)
    assert shown.count("to decide") == 1
    assert "No CV yet" in shown
    known = len(told.envelopes)
    files.discarded(item)
    await town.ui.told(told.envelopes[known:])
    assert "to decide" not in await section(client, NONE)


async def test_an_application_without_a_cv_offers_to_add_one_and_a_closed_one_does_not(
    client: httpx2.AsyncClient,
) -> None:
    assert "Upload a CV" in await section(client, NONE)
    assert "Upload" not in await section(client, CLOSED)


async def upload(
    client: httpx2.AsyncClient, body: bytes = b"%PDF-1.4", name: str = "cv.pdf", **headers: str
) -> httpx2.Response:
    page = await section(client, NONE)
    form = {key: hidden(page, key) for key in ("csrf", "command_id", "application_id", "from")}
    return await client.post("/cvs/upload", data=form, files={"file": (name, body)}, headers=headers)


async def test_an_uploaded_file_goes_to_the_store_and_its_name_is_made_safe(
    town: Town, client: httpx2.AsyncClient
) -> None:
    town.ui.received.clear()
    async with town.ui.answering(UploadCv, lambda _: Accepted(result={"cv_id": "x", "decision_id": "y"})):
        answer = await upload(client, b"%PDF-1.4 body", "../../etc/\u202epasswd.pdf")
    assert (answer.status_code, answer.headers["location"]) == (303, f"/applications/{NONE}")
    [command] = town.ui.received
    assert (command.application_id, command.file_name) == (NONE, "passwd.pdf")
    assert await town.ui.blobs.get(command.file) == b"%PDF-1.4 body"
    assert "CV uploaded" in (await client.get(answer.headers["location"])).text


async def test_a_form_that_is_sent_again_with_another_file_leaves_the_first_one_as_it_is(
    town: Town, client: httpx2.AsyncClient
) -> None:
    """Back, another file, send: the answer is that of the first one, whose file must not be exchanged."""
    page = await section(client, NONE)
    form = {key: hidden(page, key) for key in ("csrf", "command_id", "application_id", "from")}
    town.ui.received.clear()
    async with town.ui.answering(UploadCv, lambda _: Accepted(result={"cv_id": "x", "decision_id": "y"})):
        for body in (b"%PDF-1.4 first", b"MZ second"):
            await client.post("/cvs/upload", data=form, files={"file": ("cv.pdf", body)})
    assert await town.ui.blobs.get(town.ui.received[0].file) == b"%PDF-1.4 first"


async def test_a_refusal_stands_beside_the_form_and_the_page_stays(
    town: Town, client: httpx2.AsyncClient
) -> None:
    refusal = Refused(code="not_a_document", message="The file is a program, not a document; do not open it.")
    async with town.ui.answering(UploadCv, lambda _: refusal):
        answer = await upload(client)
    assert answer.status_code == 422
    shown = unescape(answer.text)
    assert shown.count(refusal.message) == 1
    assert '<details class="cvadd" id="cv-add" open>' in shown


@pytest.mark.parametrize(
    ("body", "problem"),
    [(b"", "The file is empty."), (bytes(MOST_BYTES + 1), "The file is larger than 25 MB.")],
    ids=["empty", "too large"],
)
async def test_a_file_of_the_wrong_size_is_refused_before_anybody_is_asked(
    town: Town, client: httpx2.AsyncClient, body: bytes, problem: str
) -> None:
    town.ui.received.clear()
    answer = await upload(client, body)
    assert answer.status_code == 422
    assert problem in answer.text
    assert town.ui.received == []


FORM = {"Content-Type": "multipart/form-data; boundary=x"}
HEAD = b'--x\r\nContent-Disposition: form-data; name="file"; filename="cv.pdf"\r\n\r\n'


async def test_a_form_that_says_it_is_far_too_large_is_not_read(client: httpx2.AsyncClient) -> None:
    answer = await client.post("/cvs/upload", content=HEAD + bytes(MOST_BYTES + (2 << 20)), headers=FORM)
    assert answer.status_code == 413
    assert "The file is larger than 26 MB" in answer.text


async def test_a_form_that_does_not_end_is_not_read_to_its_end(client: httpx2.AsyncClient) -> None:
    sent = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal sent
        yield HEAD
        while sent < 500 << 20:
            sent += 1 << 20
            yield bytes(1 << 20)

    try:
        answer = await client.post("/cvs/upload", content=endless(), headers=FORM)
        assert answer.status_code == 413
    except httpx2.TransportError:
        pass
    assert sent < 100 << 20
