"""The CV inbox: what waits, whose it may be, and everything that is said of a file."""

from __future__ import annotations

import re
from html import unescape
from urllib.parse import quote
from uuid import UUID

import httpx2
import pytest
from contracts import BlobRef
from recruiter_ui.queries.cv_inbox import TO_REVIEW
from recruiter_ui_support.cv_house import (
    ELENA,
    RADU,
    STEFAN,
    House,
    a_letter_with,
    rows,
)
from recruiter_ui_support.cv_stories import runners_up


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
