"""What a recruiter decides in the CV inbox, and every refusal."""

from __future__ import annotations

import re
from html import unescape
from typing import Any
from uuid import UUID

import httpx2
import pytest
from contracts import Accepted, Command, Refused
from contracts.cv_matching import (
    AssignUnmatched,
    ConfirmCv,
    CvReviewReopened,
    DiscardItem,
    MatchMethod,
    ReassignCv,
    ShowCvDecision,
    UndoCvDecision,
    UploadCv,
)
from recruiter_ui_support.cv_house import (
    DECISION,
    ELENA,
    RADU,
    STEFAN,
    House,
    accepted,
    form_of,
    posted,
    rows,
)
from recruiter_ui_support.cv_stories import IRINA, PAUL, runners_up
from recruiter_ui_support.visiting import hidden


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
