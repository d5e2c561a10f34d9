"""The pages over HTTP on the running service: who gets in, what a form needs, what hostile names do."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from html import unescape

import httpx2
import pytest_asyncio
from contracts import Accepted, Command
from contracts.cv_matching import AssignUnmatched, ConfirmCv
from contracts.intake import CloseApplication, QueueCalls
from contracts.references import reference
from contracts.scoring import ListPromptTemplates, ShowPromptTemplate
from recruiter_ui_support.running import EMAIL, PASSWORD, Running
from recruiter_ui_support.stories import Storyteller
from recruiter_ui_support.templates_of_scoring import listed, shown
from recruiter_ui_support.town import CV, a_town
from recruiter_ui_support.visiting import hidden, log_in

HOSTILE = '<script>alert(1)</script> "onload=x'
PLACES = (
    "/", "/applications", "/applications?stage=to_call", "/applications?status=needs_human&qualified=no",
    "/applications?since=2026-01-01&until=2099-01-01", "/applications/1", "/applications/5",
    "/applications/8",
    "/applications/13", "/applications/15", "/applications/18", "/applications/22", "/applications/901",
    "/candidates", "/candidates?q=stefan", "/candidates/1", "/positions", "/positions/new", "/positions/1",
    "/import",
    "/messages", "/messages?with=16", "/messages?from=nobody", "/cvs", "/cvs/unmatched", "/more",
    "/parts/nav?at=/",
)  # fmt: skip


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def town(ui: Running) -> Running:
    told = a_town(datetime.now(UTC))
    told.person(901, HOSTILE, 1, campaign_name=HOSTILE, language="en")
    told.writes(901, HOSTILE)
    await ui.blobs.put(CV.key, b"%PDF-1.4 hello", "application/pdf")
    await ui.told(told.envelopes)
    return ui


@pytest_asyncio.fixture(loop_scope="session")
async def stranger(town: Running) -> AsyncIterator[httpx2.AsyncClient]:
    async with httpx2.AsyncClient(base_url=town.url, timeout=20) as client:
        yield client


@pytest_asyncio.fixture(loop_scope="session")
async def recruiter(stranger: httpx2.AsyncClient) -> httpx2.AsyncClient:
    answer = await log_in(stranger)
    assert answer.status_code == 303
    return stranger


async def test_pages_are_for_people_who_are_logged_in(stranger: httpx2.AsyncClient) -> None:
    for place in PLACES:
        answer = await stranger.get(place)
        assert (answer.status_code, answer.headers["location"][:6]) == (303, "/login"), place
    part = await stranger.get("/applications/rows?ids=1", headers={"HX-Request": "true"})
    assert part.headers["HX-Redirect"] == "/login"
    assert (await stranger.post("/calls", data={"ids": "1"})).status_code == 303


async def test_the_login_leads_back_to_where_one_wanted_to_go(stranger: httpx2.AsyncClient) -> None:
    answer = await log_in(stranger, following="/applications?stage=to_call")
    assert answer.headers["location"] == "/applications?stage=to_call"
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie


async def test_wrong_passwords_are_refused_and_soon_not_tried_any_more(stranger: httpx2.AsyncClient) -> None:
    for _ in range(5):
        answer = await log_in(stranger, "guessed@example.com", "wrong password")
        assert answer.status_code == 422
    assert (await log_in(stranger, "guessed@example.com", "wrong password")).status_code == 429
    assert (await log_in(stranger)).status_code == 303, "others are not locked out"


async def test_a_login_form_of_another_site_is_refused(stranger: httpx2.AsyncClient) -> None:
    form = {"email": EMAIL, "password": PASSWORD, "csrf": "made up", "next": "/"}
    assert (await stranger.post("/login", data=form)).status_code == 403
    away = {"Origin": "https://evil.example.com"}
    assert (await stranger.post("/login", data=form, headers=away)).status_code == 403


async def test_a_form_without_its_token_changes_nothing(town: Running, recruiter: httpx2.AsyncClient) -> None:
    before = len(town.received)
    async with town.answering(QueueCalls, lambda command: Accepted()):
        page = (await recruiter.get("/applications")).text
        token = hidden(page, "csrf")
        body = {"ids": "9", "command_id": "01900000-0000-7000-8000-000000000001"}
        assert (await recruiter.post("/calls", data=body)).status_code == 403
        assert (await recruiter.post("/calls", data=body | {"csrf": "wrong"})).status_code == 403
        away = {"Origin": "https://evil.example.com"}
        assert (await recruiter.post("/calls", data=body | {"csrf": token}, headers=away)).status_code == 403
    assert len(town.received) == before


async def test_logging_out_ends_the_session(town: Running, recruiter: httpx2.AsyncClient) -> None:
    kept = dict(recruiter.cookies)
    token = hidden((await recruiter.get("/")).text, "csrf")
    assert (await recruiter.post("/logout", data={"csrf": token})).headers["location"] == "/login"
    async with httpx2.AsyncClient(base_url=town.url, cookies=kept) as thief:
        assert (await thief.get("/")).status_code == 303


async def test_every_page_answers_escaped_and_hardened(recruiter: httpx2.AsyncClient) -> None:
    for place in PLACES:
        answer = await recruiter.get(place)
        assert answer.status_code == 200, place
        assert "<script>alert" not in answer.text, place
        assert "style=" not in answer.text, place
        assert not re.search(r"\son[a-z]+=\"", answer.text.replace("&#34;", "")), place
        policy = answer.headers["content-security-policy"]
        assert "unsafe" not in policy
        assert answer.headers["x-content-type-options"] == "nosniff"
        for element in re.findall(r"<[a-z]+[^>]*\shx-(?:get|post|sse)[^>]*>", answer.text):
            assert "hx-nonce" in element, f"{place}: {element}"
    assert "&lt;script&gt;alert(1)" in (await recruiter.get("/applications/901")).text


async def test_no_page_gives_one_id_to_two_elements(recruiter: httpx2.AsyncClient) -> None:
    """A second ``live`` once kept the import's page from hearing of anything."""
    for place in PLACES:
        ids = re.findall(r'\sid="([^"]+)"', (await recruiter.get(place)).text)
        assert len(ids) == len(set(ids)), f"{place}: {sorted(it for it in set(ids) if ids.count(it) > 1)}"


async def test_a_link_whose_words_a_phone_hides_has_a_name(recruiter: httpx2.AsyncClient) -> None:
    back, words = r'(?:<span class="back">.*?</span>)?', r'<span class="desk-only">[^<]*</span>'
    hidden_words = rf"<a (?:(?!aria-label)[^>])*>{back}{words}</a>"
    for place in PLACES:
        assert not re.search(hidden_words, (await recruiter.get(place)).text), place


async def test_every_link_of_every_page_leads_somewhere(ui: Running, recruiter: httpx2.AsyncClient) -> None:
    links: dict[str, str] = {}
    for place in PLACES:
        page = (await recruiter.get(place)).text
        for link in re.findall(r'(?:href|src|hx-get)="(/[^"]*)"', page):
            links.setdefault(unescape(link).partition("#")[0], place)
    assert len(links) > 60
    async with ui.answering(ListPromptTemplates, listed), ui.answering(ShowPromptTemplate, shown):
        for link, place in links.items():
            answer = await recruiter.get(link)
            assert answer.status_code == 200, f"{link} on {place}: {answer.status_code}"


async def test_what_is_not_there_is_said_kindly(recruiter: httpx2.AsyncClient) -> None:
    for place in ("/applications/99999", "/candidates/99999", "/positions/99999"):
        answer = await recruiter.get(place)
        assert answer.status_code == 404
        assert "Not found" in answer.text


async def test_search_finds_by_name_number_and_reference(recruiter: httpx2.AsyncClient) -> None:
    by_number = "0700 000 001", "+40700000001"
    for search in ("stefanescu", "Ștefănescu Mihai", *by_number, "person1@", reference(1)):
        page = (await recruiter.get("/applications", params={"q": search})).text
        assert "Mihai Ștefănescu" in page, search
        assert "Tomasz" not in page, search
    assert "Nobody matches" in (await recruiter.get("/applications?q=100%25_")).text


async def test_pages_by_key_hold_everybody_once(town: Running, recruiter: httpx2.AsyncClient) -> None:
    crowd = Storyteller(datetime.now(UTC) - timedelta(days=300), first_id=10_000)
    for number in range(2000, 2150):
        crowd.person(number, f"Crowd {number}", 4)
        if number % 3 == 0:
            crowd.at -= timedelta(milliseconds=7)  # the same moment, told apart by id
    await town.told(crowd.envelopes)
    seen: list[str] = []
    address = "/applications?stage=to_call&q=crowd"
    while address:
        page = (await recruiter.get(address)).text
        seen += re.findall(r'id="a(\d+)"', page)
        more = re.search(r'hx-get="(/applications/page[^"]*)"', page)
        address = unescape(more.group(1)) if more else ""
    assert sorted(map(int, seen)) == list(range(2000, 2150))


async def test_an_application_is_closed_with_a_reason(town: Running, recruiter: httpx2.AsyncClient) -> None:
    page = (await recruiter.get("/applications/6")).text
    form = {"csrf": hidden(page, "csrf"), "command_id": hidden(page, "command_id")}
    assert (await recruiter.post("/applications/6/close", data=form | {"reason": " "})).status_code == 422
    async with town.answering(CloseApplication, lambda command: Accepted()):
        done = await recruiter.post("/applications/6/close", data=form | {"reason": "Withdrew"})
    assert done.headers["location"] == "/applications/6"
    command = town.received[-1]
    assert isinstance(command, CloseApplication)
    assert (command.application_id, command.reason) == (6, "Withdrew")


async def test_a_cv_is_a_download_and_nothing_else(recruiter: httpx2.AsyncClient) -> None:
    page = (await recruiter.get("/applications/18")).text
    link = re.search(r'href="(/cvs/[0-9a-f-]+/file)"', page)
    assert link
    answer = await recruiter.get(link.group(1))
    assert answer.content == b"%PDF-1.4 hello"
    assert answer.headers["content-disposition"].startswith('attachment; filename="CV_18.pdf"')
    assert answer.headers["content-type"] == "application/octet-stream"
    assert "sandbox" in answer.headers["content-security-policy"]


async def test_a_cv_is_confirmed_and_an_unmatched_file_assigned(
    town: Running, recruiter: httpx2.AsyncClient
) -> None:
    page = (await recruiter.get("/cvs")).text
    action = re.search(r'action="(/cvs/[0-9a-f-]+/confirm)"', page)
    assert action
    form = {"csrf": hidden(page, "csrf"), "command_id": hidden(page, "command_id")}
    away = await recruiter.post(action.group(1), data=form)
    assert "CV matching is not answering; nothing was changed" in away.text
    async with town.answering(ConfirmCv, lambda command: Accepted()):
        assert (await recruiter.post(action.group(1), data=form)).status_code == 303

    page = (await recruiter.get("/cvs/unmatched")).text
    action = re.search(r'action="(/cvs/unmatched/[0-9a-f-]+/assign)"', page)
    assert action
    found = (await recruiter.get("/applications/find?q=andreea")).text
    assert 'name="application_id" value="14"' in found
    form = {"csrf": hidden(page, "csrf"), "command_id": hidden(page, "command_id"), "application_id": "14"}
    taken: list[Command] = []

    def answer(command: AssignUnmatched) -> Accepted:
        taken.append(command)
        return Accepted()

    async with town.answering(AssignUnmatched, answer):
        done = await recruiter.post(action.group(1), data=form)
    assert done.headers["location"].startswith("/cvs/unmatched?did=assigned")
    assert isinstance(taken[0], AssignUnmatched)
    assert taken[0].application_id == 14


async def test_static_files_are_kept_for_ever_and_zipped(recruiter: httpx2.AsyncClient) -> None:
    page = (await recruiter.get("/")).text
    sheet = re.search(r'href="(/static/rf\.css\?v=[0-9a-f]+)"', page)
    assert sheet
    answer = await recruiter.get(sheet.group(1))
    assert "immutable" in answer.headers["cache-control"]
    assert answer.headers["content-encoding"] == "gzip"
    assert (await recruiter.get("/static/../settings.py")).status_code == 404
