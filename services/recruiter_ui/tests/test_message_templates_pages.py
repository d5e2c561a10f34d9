"""The tab of message templates: what is sent, the form with its preview, two who save, and messaging away."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from html import unescape
from typing import Any

import httpx2
import pytest
import pytest_asyncio
from contracts import Accepted, Refused
from contracts.messaging import (
    ListMessageTemplates,
    PreviewMessage,
    SaveMessageTemplate,
    ShowMessageTemplate,
)
from recruiter_ui.domain.message_words import PLACEHOLDERS, TYPES
from recruiter_ui_support.running import Running
from recruiter_ui_support.templates_of_messaging import EDITED, SEED, listed, previewed, shown
from recruiter_ui_support.visiting import hidden, log_in

HOSTILE = '<script>alert(1)</script> {first_name} "onload=x'
PARTIAL = {"HX-Request": "true"}
HUB = "/templates/messages"
WHATSAPP, EMAIL = f"{HUB}/cv_request/whatsapp/ro", f"{HUB}/cv_request/email/ro"


@pytest_asyncio.fixture(loop_scope="session")
async def recruiter(ui: Running) -> AsyncIterator[httpx2.AsyncClient]:
    async with httpx2.AsyncClient(base_url=ui.url, timeout=20) as client:
        assert (await log_in(client)).status_code == 303
        yield client


@pytest_asyncio.fixture(loop_scope="session")
async def messaging(ui: Running) -> AsyncIterator[None]:
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(ui.answering(ListMessageTemplates, listed))
        await stack.enter_async_context(ui.answering(ShowMessageTemplate, shown))
        await stack.enter_async_context(ui.answering(PreviewMessage, previewed))
        yield


def words_of(page: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page)).split())


def form_of(page: str) -> dict[str, Any]:
    part = page.partition('id="mtf"')[2]
    return {name: hidden(part, name) for name in ("csrf", "command_id", "revision", "shown")}


async def test_without_messaging_the_page_says_so_and_offers_nothing(recruiter: httpx2.AsyncClient) -> None:
    page = await recruiter.get(HUB)
    assert page.status_code == 503
    assert "Messaging is not answering." in page.text
    assert "New template" not in page.text
    assert (await recruiter.get(WHATSAPP)).status_code == 503


@pytest.mark.usefixtures("messaging")
async def test_the_hub_lists_every_type_on_both_channels(recruiter: httpx2.AsyncClient) -> None:
    page = (await recruiter.get(HUB)).text
    assert 'href="/templates/messages" aria-current="page">Message templates <span class="n">20' in page
    assert 'href="/templates/messages"' in (await recruiter.get("/templates")).text
    heads = re.findall(r'<h2 id="g-[a-z_0-9]+">([^<]+)</h2>', page)
    assert heads == [label for label, _ in TYPES.values()]
    for kind in TYPES:
        for channel in ("email", "whatsapp"):
            for language in ("ro", "en"):
                assert f'href="{HUB}/{kind}/{channel}/{language}"' in page
    request, rejection = page.partition('id="g-cv_request"')[2], page.partition('id="g-rejection"')[2]
    assert "CV-ul pentru {position_title} [{reference}]" in request.partition('id="g-')[0]
    assert "Irina Dobre" in request.partition('id="g-')[0]
    told = words_of(rejection)
    assert told.count("None is active: falls back to the built-in words.") == 1
    assert "Not sent: the Romanian template is used in its place." in told
    assert "falls back" not in words_of(request.partition('id="g-')[0])


@pytest.mark.usefixtures("messaging")
async def test_a_template_shows_its_words_its_placeholders_and_its_history(
    recruiter: httpx2.AsyncClient,
) -> None:
    page = (await recruiter.get(WHATSAPP)).text
    assert 'name="subject"' not in page
    for name in PLACEHOLDERS:
        assert f'data-insert="{{{name}}}"' in page
    assert "<ins>, ca document</ins>" in page
    assert "Bună ziua, Maria! Pentru postul Operator depozit" in page
    assert re.search(r"\d+ of 4,096 characters", page)
    assert 'name="subject"' in (await recruiter.get(EMAIL)).text
    older = (await recruiter.get(f"{WHATSAPP}?revision=1")).text
    assert "The words of revision 1 are in the form." in older
    assert f"data-fills>{SEED}</textarea>" in unescape(older)
    came = (await recruiter.get(f"{WHATSAPP}?words=seed")).text
    assert "The words of the template as it came are in the form." in came
    assert "Back to the words it came with" in came
    assert "Back to the words it came with" not in (await recruiter.get(EMAIL)).text


@pytest.mark.usefixtures("messaging")
async def test_one_that_is_not_there_yet_begins_with_words_of_its_language(
    recruiter: httpx2.AsyncClient,
) -> None:
    page = (await recruiter.get(f"{HUB}/cv_request/email/hu")).text
    assert "There is no template in this language yet." in page
    assert "data-fills></textarea>" in page, "Romanian words are none of a Hungarian template"
    assert form_of(page)["revision"] == "0"
    went = await recruiter.get(f"{HUB}/new?type=rejection&channel=email&language=HU")
    assert went.headers["location"] == f"{HUB}/rejection/email/hu"
    wrong = await recruiter.get(f"{HUB}/new?type=rejection&channel=email&language=h1")
    assert (wrong.status_code, "by its two letters" in wrong.text) == (422, True)
    for nothing in ("other/email/ro", "cv_request/fax/ro", "cv_request/email/rom", "x/y/z"):
        assert (await recruiter.get(f"{HUB}/{nothing}")).status_code == 404


@pytest.mark.usefixtures("messaging")
async def test_saving_tells_which_revision_it_rests_on_and_a_refusal_stands_at_its_field(
    ui: Running, recruiter: httpx2.AsyncClient
) -> None:
    form = form_of((await recruiter.get(EMAIL)).text)
    typed = {"subject": HOSTILE, "body": HOSTILE, "is_active": "yes"}
    for code, field in (("subject_unknown_placeholder", "subject"), ("doubled_braces", "body")):
        refused = Refused(code=code, message="Nothing fills {x}.")
        async with ui.answering(SaveMessageTemplate, lambda it, refused=refused: refused):
            again = await recruiter.post(EMAIL, data=form | typed)
        assert again.status_code == 422
        assert f'id="e-{field}" role="alert">Nothing fills {{x}}.' in again.text
        assert HOSTILE in unescape(again.text)
        assert "<script>alert(1)" not in again.text
    empty = await recruiter.post(EMAIL, data=form | {"subject": "", "body": " "})
    assert (empty.status_code, empty.text.count('class="err"')) == (422, 1)
    async with ui.answering(SaveMessageTemplate, lambda it: Accepted(result={"revision": 2})):
        done = await recruiter.post(EMAIL, data=form | typed)
        off = await recruiter.post(EMAIL, data=form | {"subject": "S", "body": "B"})
    assert (done.headers["location"], off.headers["location"]) == (f"{EMAIL}?done=saved", f"{EMAIL}?done=off")
    first, last = [it for it in ui.received if isinstance(it, SaveMessageTemplate)][-2:]
    assert (first.expected_revision, first.is_active, first.body, first.language) == (1, True, HOSTILE, "ro")
    assert (str(first.command_id), last.is_active) == (form["command_id"], False)


@pytest.mark.usefixtures("messaging")
async def test_who_saves_second_sees_both_and_loses_nothing(
    ui: Running, recruiter: httpx2.AsyncClient
) -> None:
    page = (await recruiter.get(WHATSAPP)).text
    form = form_of(page) | {"revision": "1", "is_active": "yes"}
    stale = Refused(code="saved_meanwhile", message="Somebody else has saved this template meanwhile.")
    async with ui.answering(SaveMessageTemplate, lambda it: stale):
        conflict = await recruiter.post(WHATSAPP, data=form | {"body": HOSTILE})
    assert conflict.status_code == 422
    told = unescape(conflict.text)
    assert "Irina Dobre saved this while you were writing" in told
    assert EDITED in told
    assert told.count(HOSTILE) >= 2, "shown, and in the form that is sent again"
    chosen = {
        name: hidden(conflict.text, name) for name in ("csrf", "command_id", "revision", "shown", "body")
    }
    assert chosen["revision"] == "2"
    edited = await recruiter.post(WHATSAPP, data=chosen | {"take": "edit", "is_active": "yes"})
    assert (edited.status_code, HOSTILE in unescape(edited.text)) == (200, True)
    async with ui.answering(SaveMessageTemplate, lambda it: Accepted(result={"revision": 3})):
        await recruiter.post(WHATSAPP, data=chosen | {"take": "mine", "is_active": "yes"})
        await recruiter.post(
            WHATSAPP, data=chosen | {"take": "chosen", "pick.body": "theirs", "is_active": "yes"}
        )
    mine, theirs = [it for it in ui.received if isinstance(it, SaveMessageTemplate)][-2:]
    assert (mine.expected_revision, unescape(mine.body)) == (2, HOSTILE)
    assert (theirs.expected_revision, theirs.body) == (2, EDITED)


async def test_what_was_typed_outlives_messaging(ui: Running, recruiter: httpx2.AsyncClient) -> None:
    async with AsyncExitStack() as there:
        await there.enter_async_context(ui.answering(ShowMessageTemplate, shown))
        await there.enter_async_context(ui.answering(PreviewMessage, previewed))
        form = form_of((await recruiter.get(EMAIL)).text)
        typed = {"subject": "Subiect", "body": HOSTILE, "is_active": "yes"}
        silent = await recruiter.post(EMAIL, data=form | typed)
        assert (silent.status_code, HOSTILE in unescape(silent.text)) == (422, True)
        assert hidden(silent.text.partition('id="mtf"')[2], "command_id") == form["command_id"]
    away = await recruiter.post(EMAIL, data=form | typed)
    assert away.status_code == 503
    assert HOSTILE in unescape(away.text)
    assert 'value="Subiect"' in away.text
    assert hidden(away.text.partition('action="/templates/messages')[2], "command_id") == form["command_id"]
    part = await recruiter.post(f"{EMAIL}/preview", data=form | typed, headers=PARTIAL)
    assert (part.status_code, "no preview now. What you typed is still here." in part.text) == (200, True)


@pytest.mark.usefixtures("messaging")
async def test_the_preview_follows_what_is_typed_with_and_without_script(
    ui: Running, recruiter: httpx2.AsyncClient
) -> None:
    form = form_of((await recruiter.get(WHATSAPP)).text)
    typed = form | {"body": f"{HOSTILE} {{salary}}", "about": "7"}
    part = (await recruiter.post(f"{WHATSAPP}/preview", data=typed, headers=PARTIAL)).text
    assert part.lstrip().startswith('<div id="preview"')
    assert "Nothing fills {salary}." in part
    assert "&lt;script&gt;alert(1)&lt;/script&gt; Ana" in part
    asked = [it for it in ui.received if isinstance(it, PreviewMessage)][-1]
    assert (asked.application_id, asked.body, asked.language) == (7, typed["body"], "ro")
    joined = (await recruiter.post(f"{EMAIL}/preview", data=typed, headers=PARTIAL)).text
    assert "keeps that one's subject" in joined
    saved = len([it for it in ui.received if isinstance(it, SaveMessageTemplate)])
    plain = await recruiter.post(WHATSAPP, data=typed | {"take": "preview"})
    assert (plain.status_code, "Nothing fills {salary}." in plain.text) == (200, True)
    assert typed["body"] in unescape(plain.text)
    assert len([it for it in ui.received if isinstance(it, SaveMessageTemplate)]) == saved
    before = len([it for it in ui.received if isinstance(it, PreviewMessage)])
    empty = await recruiter.post(f"{WHATSAPP}/preview", data=form | {"body": ""}, headers=PARTIAL)
    assert "Write the message, and it shows here" in empty.text
    assert len([it for it in ui.received if isinstance(it, PreviewMessage)]) == before
