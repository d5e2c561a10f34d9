"""The CV inbox: what waits, whose it may be, what a recruiter decides there, and every refusal."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Any
from urllib.parse import quote
from uuid import UUID

import httpx2
import pytest
import pytest_asyncio
from contracts import Accepted, BlobRef, Command, Refused
from contracts.cv_matching import (
    AssignUnmatched,
    ConfirmCv,
    CvReviewReopened,
    CvSource,
    DiscardItem,
    FileReading,
    MatchMethod,
    ReassignCv,
    ShowCvDecision,
    UndoCvDecision,
    UploadCv,
)
from contracts.intake import ApplicationStatus as S
from contracts.messaging import Attachment, Channel, MessageReceived
from recruiter_ui.queries.cv_inbox import TO_REVIEW
from recruiter_ui_support.cv_stories import IRINA, PAUL, Files, read_text, runners_up
from recruiter_ui_support.running import Running
from recruiter_ui_support.stories import Storyteller
from recruiter_ui_support.visiting import hidden, log_in

RADU, STEFAN, ELENA, CLOSED = 1, 2, 3, 4
DECISION = UUID(int=77)


class House:
    """A running service, its story, and the files in it."""

    def __init__(self, ui: Running) -> None:
        self.ui = ui
        self.told = Storyteller(datetime.now(UTC) - timedelta(hours=2))
        self.files = Files(self.told)
        self.sure: UUID
        self.nobodys: UUID
        self.apart: UUID
        self.scan: UUID

    async def happens(self, *facts: Any) -> None:
        known = len(self.told.envelopes)
        self.told.at = max(self.told.at, datetime.now(UTC))
        for fact in facts:
            fact()
        await self.ui.told(self.told.envelopes[known:])


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def house(ui: Running) -> House:
    house = House(ui)
    told, files = house.told, house.files
    reading = await read_text(ui)
    told.position(1, "Șofer livrare cat. B")
    for number, name in ((RADU, "Radu Crăciunescu"), (STEFAN, "Ștefan Crăciun"), (ELENA, "Elena Pop")):
        told.person(number, name, 1)
        told.becomes(number, S.CV_RECEIVED if number == RADU else S.AWAITING_CV, score=70, qualified=True)
    told.person(CLOSED, "Raluca Crăciunescu", 1)
    told.becomes(CLOSED, S.CLOSED)
    house.scan = files.may_be(
        ELENA,
        score=None,
        source=CvSource.EMAIL_ATTACHMENT,
        method=MatchMethod.CV_CONTENT,
        file_name="scan.jpg",
        review_reasons=["Nothing in the file could be checked."],
        reading=FileReading(kind="image", note="The file holds no text: it may be a scan."),
    )
    told.later(minutes=5)
    house.sure = files.may_be(RADU, reading=reading, runners_up=runners_up((STEFAN, 38), (CLOSED, 31)))
    house.nobodys = files.is_nobodys(reading=reading, runners_up=runners_up((RADU, 64)))
    house.apart = files.is_kept_apart()
    await ui.told(told.envelopes)
    return house


@pytest_asyncio.fixture(loop_scope="session")
async def recruiter(house: House) -> AsyncIterator[httpx2.AsyncClient]:
    async with httpx2.AsyncClient(base_url=house.ui.url, timeout=20) as client:
        assert (await log_in(client)).status_code == 303
        yield client


def rows(page: str) -> list[str]:
    return re.findall(r'<a class="cv-i rv[^"]*" id="f-([0-9a-f-]+)"', page)


def form_of(page: str) -> dict[str, str]:
    start = page.index('id="decide"')
    return {name: hidden(page[start:], name) for name in ("csrf", "command_id", "file", "tab", "before")}


def accepted(**more: str) -> Any:
    return lambda command: Accepted(result={"decision_id": str(DECISION), **more})


async def posted(
    house: House,
    client: httpx2.AsyncClient,
    kind: type[Command],
    path: str,
    form: dict[str, str],
    answer: Any,
) -> httpx2.Response:
    async with house.ui.answering(kind, answer):
        return await client.post(path, data=form)


async def test_what_waits_is_listed_newest_first_and_counted_alike_everywhere(
    house: House, recruiter: httpx2.AsyncClient
) -> None:
    page = (await recruiter.get("/cvs")).text
    assert rows(page) == [str(house.sure), str(house.scan)]
    assert re.findall(r'class="tab"[^>]*>([^<]+) <span class="n">(\d+)</span>', page) == [
        ("Needs review", "2"),
        ("Unmatched", "2"),
        ("Resolved today", "0"),
    ]
    assert re.search(r"CV inbox</span><span class=\"n hot\">4</span>", page)
    board = unescape((await recruiter.get("/")).text)
    assert "2 CVs to check" in board
    assert "2 files nobody could be named for" in board


async def test_a_file_of_several_applications_is_one_question(
    house: House, recruiter: httpx2.AsyncClient
) -> None:
    """One line, one count, and the answer goes for all of them."""
    told = house.told

    def applies_twice() -> None:
        told.person(11, "Ana Dublu", 1)
        told.person(12, "Ana Dublu", 1)
        house.files.may_be(11, 12)

    await house.happens(applies_twice)
    page = (await recruiter.get("/cvs")).text
    assert len(rows(page)) == 3
    assert "in all 2 applications it went to" in page
    assert await house.ui.db.fetchval(f"SELECT count(*) FROM cvs WHERE {TO_REVIEW}") == 4
    item = next(UUID(it) for it in rows(page) if it not in (str(house.sure), str(house.scan)))
    await house.happens(lambda: house.files.confirmed(item, 11, 12))
    assert len(rows((await recruiter.get("/cvs")).text)) == 2


async def test_the_text_is_escaped_and_names_addresses_and_numbers_are_marked(
    house: House, recruiter: httpx2.AsyncClient
) -> None:
    page = (await recruiter.get(f"/cvs?file={house.sure}")).text
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert" in page
    marks = re.findall(r'<mark class="hl">([^<]*)</mark>', page)
    assert {"Radu Ștefan Crăciunescu", "+40 700 000 058", "radu.craciunescu@example.com"} <= set(marks)
    assert 'class="p-head" dir="auto">PROFIL' in page
    assert "No hidden text" in page


async def test_the_cv_stands_beside_what_is_on_file_with_a_mark_for_each(
    house: House, recruiter: httpx2.AsyncClient
) -> None:
    page = (await recruiter.get(f"/cvs?file={house.sure}")).text
    table = page[page.index('role="table"') : page.index('id="decide"')]
    assert re.findall(r'<span class="sr">(partly|differs|same|nothing to compare)</span>', table) == [
        "partly",
        "differs",
        "differs",
    ]
    assert '<span class="diff">Ștefan</span>' in table
    assert "74 %, by a similar name" in page
    assert "The number it came from is not on file" in page


async def test_runners_up_are_choices_unless_they_have_no_open_application(
    house: House, recruiter: httpx2.AsyncClient
) -> None:
    page = (await recruiter.get(f"/cvs?file={house.sure}")).text
    choices = page[page.index('class="cvwho"') :]
    assert re.findall(r'name="application_id" value="(\d+)"( checked)?', choices) == [
        (str(RADU), " checked"),
        (str(STEFAN), ""),
    ]
    assert re.search(r"Raluca Crăciunescu</bdi>.*?No open application", choices, re.DOTALL)
    assert "38 %" in choices


async def test_a_file_without_text_says_why_and_is_a_download_away(
    house: House, recruiter: httpx2.AsyncClient
) -> None:
    page = (await recruiter.get(f"/cvs?file={house.scan}")).text
    assert "No text could be read" in page
    assert "it may be a scan" in page
    assert "/file" in page


async def test_why_a_look_is_needed_stands_beside_the_file(
    house: House, recruiter: httpx2.AsyncClient
) -> None:
    page = unescape((await recruiter.get(f"/cvs?file={house.scan}")).text)
    assert "Nothing in the file could be checked." in page


async def test_what_is_kept_apart_says_what_it_is_and_is_given_to_nobody(
    house: House, recruiter: httpx2.AsyncClient
) -> None:
    page = (await recruiter.get(f"/cvs/unmatched?file={house.apart}")).text
    assert "Kept apart" in page
    assert "kept apart, program: CV.pdf.exe" in page
    assert "The file is a program" in page
    assert "application_id" not in page[page.index('id="decide"') :]
    shown, _, folded = page.partition("<details><summary")
    assert f"/cvs/unmatched/{house.apart}/file" not in shown
    assert f"/cvs/unmatched/{house.apart}/file" in folded


@pytest.mark.parametrize(
    ("which", "path", "kind", "more"),
    [
        ("sure", "/cvs/{cv}/confirm", ConfirmCv, {}),
        ("sure", "/cvs/{cv}/reassign", ReassignCv, {"application_id": str(STEFAN)}),
        ("sure", "/cvs/items/{item}/discard", DiscardItem, {}),
        ("nobodys", "/cvs/unmatched/{item}/assign", AssignUnmatched, {"application_id": str(RADU)}),
        ("apart", "/cvs/items/{item}/discard", DiscardItem, {}),
    ],
)
async def test_every_decision_goes_to_cv_matching_by_name_and_can_be_undone_from_the_next_page(
    house: House,
    recruiter: httpx2.AsyncClient,
    which: str,
    path: str,
    kind: type[Command],
    more: dict[str, str],
) -> None:
    item: UUID = getattr(house, which)
    place = "/cvs" if which == "sure" else "/cvs/unmatched"
    page = (await recruiter.get(f"{place}?file={item}")).text
    cv = house.files.cv_id(item, RADU) if which == "sure" else ""
    form = form_of(page) | more
    done = await posted(house, recruiter, kind, path.format(cv=cv, item=item), form, accepted())
    assert done.status_code == 303
    command: Any = house.ui.received[-1]
    assert (str(command.command_id), command.actor.name) == (form["command_id"], IRINA.name)
    assert str(item if hasattr(command, "item_id") else cv) in command.model_dump_json()
    following = await recruiter.get(done.headers["location"])
    assert str(item) not in rows(following.text)
    toast = following.text[following.text.index("cvdone") :]
    assert hidden(toast, "decision") == str(DECISION)
    form = {name: hidden(toast, name) for name in ("csrf", "command_id", "decision", "tab")}
    undone = await posted(house, recruiter, UndoCvDecision, "/cvs/undo", form, accepted(item_id=str(item)))
    assert undone.headers["location"].endswith(f"file={item}&did=undone")
    back = (await recruiter.get(undone.headers["location"])).text
    assert "Taken back: everything is as it was." in back
    assert str(item) in rows(back)


async def test_a_refusal_stands_beside_the_file_and_nothing_is_lost(
    house: House, recruiter: httpx2.AsyncClient
) -> None:
    page = (await recruiter.get(f"/cvs?file={house.sure}")).text
    words = "Paul Pavel gave it to somebody else. Nothing was changed now."
    path = f"/cvs/{house.files.cv_id(house.sure, RADU)}/confirm"
    refused = await posted(
        house,
        recruiter,
        ConfirmCv,
        path,
        form_of(page),
        lambda command: Refused(code="cv_confirmed", message=words),
    )
    assert refused.status_code == 422
    assert re.search(rf'role="alert">.*?{words}', refused.text, re.DOTALL)
    assert f'id="pane-{house.sure}' in refused.text
    assert hidden(refused.text, "command_id") != form_of(page)["command_id"]


async def test_an_owner_who_is_away_is_asked_again_under_the_same_id(
    house: House, recruiter: httpx2.AsyncClient
) -> None:
    page = (await recruiter.get(f"/cvs?file={house.sure}")).text
    form = form_of(page)
    path = f"/cvs/{house.files.cv_id(house.sure, RADU)}/confirm"
    refused = await recruiter.post(path, data=form)
    assert "CV matching is not answering; nothing was changed." in refused.text
    assert form_of(refused.text)["command_id"] == form["command_id"]


async def test_nobody_chosen_is_nobody_given(house: House, recruiter: httpx2.AsyncClient) -> None:
    page = (await recruiter.get(f"/cvs/unmatched?file={house.nobodys}")).text
    before = len(house.ui.received)
    again = await recruiter.post(f"/cvs/unmatched/{house.nobodys}/assign", data=form_of(page))
    assert again.status_code == 422
    assert "Choose whose CV it is" in again.text
    assert len(house.ui.received) == before


async def test_who_decided_meanwhile_is_told_and_the_page_stays_with_the_file(
    house: House, recruiter: httpx2.AsyncClient
) -> None:
    item = UUID(int=500)
    await house.happens(
        lambda: house.files.may_be(STEFAN, item_id=item), lambda: house.files.confirmed(item, STEFAN)
    )
    cv_id = house.files.cv_id(item, STEFAN)
    decision = {
        "decision_id": str(DECISION),
        "kind": "confirmed",
        "by": PAUL.name,
        "at": "2026-11-20T10:00:00Z",
    }
    async with house.ui.answering(ShowCvDecision, lambda query: Accepted(result={"decision": decision})):
        page = (await recruiter.get(f"/cvs?file={item}")).text
        listed = (await recruiter.get("/cvs/resolved")).text
    assert str(item) not in rows(page)
    pane = page[page.index(f"pane-{item}-decided") :]
    assert "Confirmed by Paul Pavel." in pane
    assert hidden(pane, "decision") == str(DECISION)
    assert rows(listed)[0] == str(item)
    assert "Confirmed, Paul Pavel" in listed
    reopened = {"candidate_id": STEFAN, "application_id": STEFAN, "cv_id": cv_id, "actor": PAUL}
    await house.happens(lambda: house.told.say(CvReviewReopened(**reopened)))
    assert str(item) in rows((await recruiter.get("/cvs")).text)
    await house.happens(
        lambda: house.files.detached(item, STEFAN, "discarded"), lambda: house.files.discarded(item)
    )
    assert str(item) not in rows((await recruiter.get("/cvs")).text)


async def test_the_list_goes_on_where_it_was_cut(house: House, recruiter: httpx2.AsyncClient) -> None:
    """Fifty at a time, by moment and file: what arrives meanwhile shifts nothing."""
    made: list[UUID] = []

    def many() -> None:
        for _ in range(60):
            house.told.later(seconds=1)
            made.append(house.files.is_nobodys())

    await house.happens(many)
    first = (await recruiter.get("/cvs/unmatched")).text
    older = unescape(re.findall(r'href="(/cvs/unmatched\?before=[^"]+)">Older files', first)[0])
    second = (await recruiter.get(older)).text
    assert rows(first) == [str(it) for it in reversed(made)][:50]
    assert rows(second)[:10] == [str(it) for it in reversed(made)][50:]
    assert "Older files" not in second
    await house.happens(lambda: [house.files.discarded(it) for it in made])


async def test_people_are_found_without_script(house: House, recruiter: httpx2.AsyncClient) -> None:
    page = (await recruiter.get("/cvs/unmatched", params={"file": str(house.nobodys), "q": "elena"})).text
    assert re.search(rf'name="application_id" value="{ELENA}" required', page)


async def test_a_file_is_uploaded_for_somebody_who_was_searched_for(
    house: House, recruiter: httpx2.AsyncClient
) -> None:
    page = (await recruiter.get("/cvs/upload", params={"application_id": ELENA})).text
    form = {name: hidden(page, name) for name in ("csrf", "command_id")} | {"application_id": str(ELENA)}
    file = {"file": ("CV Elena.pdf", b"%PDF-1.4 hello", "application/pdf")}
    async with house.ui.answering(UploadCv, accepted(cv_id=str(UUID(int=5)))):
        done = await recruiter.post("/cvs/upload", data=form, files=file)
    command = house.ui.received[-1]
    assert isinstance(command, UploadCv)
    assert (command.application_id, command.file_name) == (ELENA, "CV Elena.pdf")
    assert await house.ui.blobs.get(command.file) == b"%PDF-1.4 hello"
    following = (await recruiter.get(done.headers["location"])).text
    assert "Uploaded for Elena Pop." in following


@pytest.mark.parametrize(
    ("form", "file", "words"),
    [
        ({}, b"%PDF", "Choose whose CV it is."),
        ({"application_id": str(ELENA)}, None, "Choose the file."),
        ({"application_id": str(ELENA)}, b"MZ", "The file is a program, not a document; do not open it."),
    ],
)
async def test_an_upload_that_can_not_be_says_why(
    house: House, recruiter: httpx2.AsyncClient, form: dict[str, str], file: bytes | None, words: str
) -> None:
    page = (await recruiter.get("/cvs/upload")).text
    form = {name: hidden(page, name) for name in ("csrf", "command_id")} | form
    sent = {"file": ("cv.pdf", file, "application/pdf")} if file else None
    refusal = Refused(code="not_a_document", message="The file is a program, not a document; do not open it.")
    async with house.ui.answering(UploadCv, lambda command: refusal):
        again = await recruiter.post("/cvs/upload", data=form, files=sent)
    assert again.status_code == 422
    assert words in unescape(again.text)


@pytest.mark.parametrize(
    "path",
    [
        "/cvs?file=x",
        "/cvs?before=_",
        "/cvs?did=x&to=99&gone=1",
        f"/cvs?file={UUID(int=1)}",
        "/cvs?did=confirmed",
    ],
)
async def test_an_odd_address_is_answered_by_the_inbox(recruiter: httpx2.AsyncClient, path: str) -> None:
    assert (await recruiter.get(path)).status_code == 200


def a_letter_with(told: Storyteller, file: BlobRef, sender: str, at: datetime) -> UUID:
    message_id: UUID = told.new_id()
    attachment = Attachment(file=file, file_name="CV prietena.pdf", content_type=file.content_type)
    told.say(
        MessageReceived(
            message_id=message_id,
            channel=Channel.EMAIL,
            sender=sender,
            subject="CV",
            body="Scriu de pe adresa unei prietene.",
            attachments=[attachment],
            external_id=str(message_id),
            received_at=at,
        )
    )
    return message_id


async def test_what_a_file_came_with_stands_beside_it_and_its_conversation_is_a_press_away(
    house: House, recruiter: httpx2.AsyncClient
) -> None:
    told, files, sender = house.told, house.files, "prietena@example.net"
    items: dict[str, UUID] = {}

    def come() -> None:
        for name in ("doubtful", "nobodys"):
            told.later(seconds=1)
            file = BlobRef(key=f"inbound/{told.new_id()}/0", size=12, content_type="application/pdf")
            at = told.at
            message_id = a_letter_with(told, file, sender, at)
            items[name] = (
                files.may_be(STEFAN, file=file, received_at=at)
                if name == "doubtful"
                else files.is_nobodys(file=file, message_id=message_id, sender=sender)
            )

    await house.happens(come)
    for place, item in (("/cvs", items["doubtful"]), ("/cvs/unmatched", items["nobodys"])):
        page = unescape((await recruiter.get(f"{place}?file={item}")).text)
        assert sender in page
        assert f'href="/messages?from={quote(sender)}">Open the conversation' in page
    talk = unescape((await recruiter.get(f"/messages?from={quote(sender)}")).text)
    assert talk.count("CV prietena.pdf") >= 2
    assert re.findall(r'href="/cvs/unmatched\?file=([0-9a-f-]+)">Nobody’s CV yet', talk) == [
        str(items["nobodys"])
    ]


async def test_a_choice_without_a_score_shows_none(house: House, recruiter: httpx2.AsyncClient) -> None:
    """A shared address names two people; how alike their names are was never asked."""
    items: list[UUID] = []
    await house.happens(lambda: items.append(house.files.is_nobodys(runners_up=runners_up((ELENA, 0)))))
    page = (await recruiter.get(f"/cvs/unmatched?file={items[0]}")).text
    assert "Elena Pop" in page
    assert not re.search(r">0 %<", page)


async def test_where_nobody_is_named_the_way_leads_to_the_search(
    house: House, recruiter: httpx2.AsyncClient
) -> None:
    items: list[UUID] = []
    await house.happens(lambda: items.append(house.files.is_nobodys()))
    page = (await recruiter.get(f"/cvs/unmatched?file={items[0]}")).text
    assert "Find whose it is" in page
    assert "Someone else" not in page


async def test_a_certain_match_can_still_be_given_to_somebody_else_or_put_away(
    house: House, recruiter: httpx2.AsyncClient
) -> None:
    """Nobody has to look at it, but whoever sees that it is not theirs has to be able to say so."""
    items: list[UUID] = []
    certain: dict[str, Any] = {
        "needs_review": False,
        "confidence": "high",
        "method": MatchMethod.EXACT_EMAIL,
        "runners_up": runners_up((ELENA, 40)),
    }
    await house.happens(lambda: items.append(house.files.may_be(STEFAN, **certain)))
    [item] = items
    cv_id = house.files.cv_id(item, STEFAN)
    async with house.ui.answering(ShowCvDecision, lambda query: Accepted(result={"decision": None})):
        page = (await recruiter.get(f"/cvs?file={item}")).text
        searched = (await recruiter.get(f"/cvs?file={item}&q=Elena")).text
    pane = page[page.index(f"pane-{item}-decided") :]
    assert 'id="cv-other"><summary' in pane
    assert f'action="/cvs/{cv_id}/reassign"' in pane
    assert f'formaction="/cvs/items/{item}/discard"' in pane
    assert "/confirm" not in pane
    assert re.findall(r'name="application_id" value="(\d+)"', pane) == [str(ELENA)]
    assert 'id="cv-other" open>' in searched
    form = form_of(page)
    given = await posted(
        house,
        recruiter,
        ReassignCv,
        f"/cvs/{cv_id}/reassign",
        form | {"application_id": str(ELENA)},
        accepted(),
    )
    assert given.status_code == 303
    assert f"decision={DECISION}" in given.headers["location"]
    [asked] = [one for one in house.ui.received if isinstance(one, ReassignCv) and one.cv_id == cv_id]
    assert asked.application_id == ELENA


async def test_a_file_that_came_without_a_word_leads_to_its_conversation_too(
    house: House, recruiter: httpx2.AsyncClient
) -> None:
    told, files, items = house.told, house.files, []

    def come() -> None:
        told.later(seconds=1)
        file = BlobRef(key=f"inbound/{told.new_id()}/0", size=12, content_type="application/pdf")
        message_id = a_letter_with(told, file, "tacut@example.net", told.at)
        said = {"sender": "tacut@example.net", "subject": None, "body_snippet": None}
        items.append(files.is_nobodys(file=file, message_id=message_id, **said))

    await house.happens(come)
    page = unescape((await recruiter.get(f"/cvs/unmatched?file={items[0]}")).text)
    assert page.count("Open the conversation") == 1


@pytest.mark.parametrize("by", [PAUL, None])
async def test_what_was_put_away_and_taken_back_is_listed_as_what_it_is_again(
    house: House, recruiter: httpx2.AsyncClient, by: Any
) -> None:
    """A file of nobody that was given to somebody, by hand or because its sender was linked."""
    files, items = house.files, []

    def come() -> None:
        items.append(files.is_nobodys(attachment_name="inapoi.pdf"))
        files.assigned(items[0], STEFAN, by=by)

    await house.happens(come)
    await house.happens(
        lambda: files.detached(items[0], STEFAN, "discarded"), lambda: files.discarded(items[0])
    )
    put_away = (await recruiter.get("/cvs/resolved")).text
    assert re.search(rf'id="f-{items[0]}".*?Not a CV, Paul Pavel', put_away, re.S)
    await house.happens(lambda: house.told.say(files.matched(items[0], STEFAN)))
    page = (await recruiter.get("/cvs/resolved")).text
    line = re.search(rf'id="f-{items[0]}".*?</a>', page, re.S)
    assert (line is None) == (by is None)
    assert line is None or "Given to its person, Paul Pavel" in line.group()
