"""The templates hub: what can be written, what was changed, a try that saves nothing, and scoring away."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from html import unescape

import httpx2
import pytest
import pytest_asyncio
from contracts import Accepted, Refused
from contracts.scoring import (
    ActivatePromptTemplate,
    DeactivatePromptTemplate,
    GenerateSections,
    ListPromptTemplates,
    PromptSection,
    SavePromptTemplate,
    SectionFailed,
    SectionGenerated,
    SectionRequested,
    ShowPromptTemplate,
)
from recruiter_ui.domain.text_changes import Stretch, changes
from recruiter_ui_support.running import Running
from recruiter_ui_support.stories import RECRUITER, Storyteller
from recruiter_ui_support.templates_of_scoring import FIRST, SECOND, listed, shown
from recruiter_ui_support.visiting import hidden, log_in

HOSTILE = '<script>alert(1)</script> "onload=x'
PARTIAL = {"HX-Request": "true"}


@pytest_asyncio.fixture(loop_scope="session")
async def recruiter(ui: Running) -> AsyncIterator[httpx2.AsyncClient]:
    async with httpx2.AsyncClient(base_url=ui.url, timeout=20) as client:
        assert (await log_in(client)).status_code == 303
        yield client


@pytest_asyncio.fixture(loop_scope="session")
async def scoring(ui: Running) -> AsyncIterator[None]:
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(ui.answering(ListPromptTemplates, listed))
        await stack.enter_async_context(ui.answering(ShowPromptTemplate, shown))
        yield


def words_of(page: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page)).split())


async def test_without_scoring_the_page_says_so_and_offers_nothing(
    recruiter: httpx2.AsyncClient,
) -> None:
    page = await recruiter.get("/templates")
    assert page.status_code == 503
    assert "Scoring is not answering." in page.text
    assert "New template" not in page.text
    assert (await recruiter.get("/templates/1")).status_code == 503


@pytest.mark.usefixtures("scoring")
async def test_the_hub_shows_which_sections_can_be_written(recruiter: httpx2.AsyncClient) -> None:
    page = (await recruiter.get("/templates")).text
    cards = re.findall(r'class="card pcard (on|off)" aria-label="([^"]+)"', page)
    assert cards == [("on", "Instructions"), ("off", "First message"), ("on", "Qualification rules")]
    assert "Generation is disabled for this section." in page
    assert "No section" in page.partition("All three at once")[0].rpartition("<tr")[2]
    legacy = page.partition('data-href="/templates/3"')[2].partition("</tr>")[0]
    assert "Activate" not in legacy, "it would put out every other one"
    assert 'href="/templates" aria-current="page" title="Templates"' in page


@pytest.mark.usefixtures("scoring")
async def test_a_template_shows_its_versions_and_what_each_changed(recruiter: httpx2.AsyncClient) -> None:
    page = (await recruiter.get("/templates/1")).text
    assert "<del>Interviewer" not in page
    assert '<span class="old">Interviewer</span>' in page
    assert "<ins> one at a time</ins>" in page
    assert "plain text only, never JSON" in page
    for known in ("{title}", "{campaign_questions}", "{candidate_first_name}"):
        assert f"<code>{known}</code>" in page
    older = (await recruiter.get("/templates/1?version=1")).text
    assert "The text of version 1 is in the form. Saving makes it version 3" in older
    assert FIRST in unescape(older)
    assert (await recruiter.get("/templates/99")).status_code == 404


@pytest.mark.usefixtures("scoring")
async def test_saving_makes_a_version_and_a_refusal_stands_at_its_field(
    ui: Running, recruiter: httpx2.AsyncClient
) -> None:
    page = (await recruiter.get("/templates/1")).text.partition('id="tf"')[2]
    form = {name: hidden(page, name) for name in ("csrf", "command_id", "version")}
    typed = {"section": "system_prompt", "name": HOSTILE, "meta_prompt": "Write {titel}."}
    refused = Refused(code="unknown_placeholder", message="Nothing fills {titel}. It may name {title}.")
    async with ui.answering(SavePromptTemplate, lambda it: refused):
        again = await recruiter.post("/templates/1", data=form | typed)
    assert again.status_code == 422
    assert 'id="e-meta_prompt" role="alert">Nothing fills {titel}. It may name {title}.' in again.text
    assert "Write {titel}." in again.text
    assert "<script>alert(1)" not in again.text
    stale = Refused(code="saved_meanwhile", message="Somebody else has saved this template meanwhile.")
    async with ui.answering(SavePromptTemplate, lambda it: stale):
        again = await recruiter.post("/templates/1", data=form | typed)
    assert "Somebody else has saved this template meanwhile. What you typed is still here." in again.text
    empty = await recruiter.post("/templates/1", data=form | {"section": "", "name": "", "meta_prompt": ""})
    assert empty.text.count('class="err"') == 3
    async with ui.answering(SavePromptTemplate, lambda it: Accepted(result={"template_id": 1, "version": 3})):
        done = await recruiter.post("/templates/1", data=form | typed)
    assert done.headers["location"] == "/templates/1?done=saved"
    command = ui.received[-1]
    assert isinstance(command, SavePromptTemplate)
    assert (command.template_id, command.expected_version, command.name) == (1, 2, HOSTILE)
    async with ui.answering(SavePromptTemplate, lambda it: Accepted(result={"template_id": 7, "version": 1})):
        made = await recruiter.post("/templates/new", data=form | typed)
    assert made.headers["location"] == "/templates/7?done=made"
    command = ui.received[-1]
    assert isinstance(command, SavePromptTemplate)
    assert (command.template_id, command.expected_version) == (None, None)


@pytest.mark.usefixtures("scoring")
async def test_activating_is_one_press_from_the_list_and_from_the_template(
    ui: Running, recruiter: httpx2.AsyncClient
) -> None:
    page = (await recruiter.get("/templates")).text.partition("/templates/2/activate")[2]
    form = {name: hidden(page, name) for name in ("csrf", "command_id")}
    async with ui.answering(ActivatePromptTemplate, lambda it: Accepted(result={"replaced": []})):
        done = await recruiter.post("/templates/2/activate", data=form)
    assert done.headers["location"] == "/templates?done=on"
    async with ui.answering(DeactivatePromptTemplate, lambda it: Accepted()):
        done = await recruiter.post("/templates/1/deactivate", data=form | {"back": "template"})
    assert done.headers["location"] == "/templates/1?done=off"
    away = await recruiter.post("/templates/2/activate", data=form)
    assert (away.status_code, "Scoring is not answering; nothing was changed" in away.text) == (422, True)


@pytest.mark.usefixtures("scoring")
async def test_a_try_asks_once_by_the_saved_template_and_shows_plain_text(
    ui: Running, recruiter: httpx2.AsyncClient
) -> None:
    page = (await recruiter.get("/templates/1")).text
    csrf = hidden(page, "csrf")
    sample = {"csrf": csrf, "title": "Electrician", "description": "Days", "campaign_questions": "Licence?"}
    async with ui.answering(
        GenerateSections, lambda it: Accepted(result={"generation_id": str(it.generation_id)})
    ):
        part = await recruiter.post("/templates/1/try", data=sample, headers=PARTIAL)
    command = ui.received[-1]
    assert isinstance(command, GenerateSections)
    assert (command.template_id, command.position_id) == (1, None)
    assert command.sections == [PromptSection.SYSTEM_PROMPT]
    assert (command.title, command.campaign_questions) == ("Electrician", "Licence?")
    assert f"rf:generation-{command.generation_id} from:body" in part.text
    told = Storyteller(datetime.now(UTC) - timedelta(seconds=5))
    whose = {
        "generation_id": command.generation_id,
        "section": PromptSection.SYSTEM_PROMPT,
        "actor": RECRUITER,
    }
    told.say(SectionRequested(**whose))
    await ui.told(told.envelopes)
    address = f"/templates/1/try/{command.generation_id}"
    assert "Writing" in (await recruiter.get(address, headers=PARTIAL)).text
    text = SectionGenerated(
        **whose, text=f"Ask {HOSTILE}", template_id=1, template_version=2, model="claude-x"
    )
    await ui.told([told.say(text)])
    done = (await recruiter.get(address, headers=PARTIAL)).text
    assert "Ask &lt;script&gt;alert(1)" in done
    assert "by claude-x, version 2; saved nowhere" in words_of(done)
    assert "hx-trigger" not in done, "nothing more is waited for"
    other = Storyteller(datetime.now(UTC), first_id=9_000)
    failed = whose | {"generation_id": other.new_id()}
    await ui.told([other.say(SectionFailed(**failed, reason="The answer was cut off: shorten it."))])
    trouble = (await recruiter.get(f"/templates/1/try/{failed['generation_id']}", headers=PARTIAL)).text
    assert "The answer was cut off: shorten it." in trouble
    async with ui.answering(GenerateSections, lambda it: Accepted()):
        plain = await recruiter.post("/templates/1/try", data=sample)
    assert re.fullmatch(r"/templates/1\?trial=[0-9a-f-]{36}#trial", plain.headers["location"])
    whole = (await recruiter.get(f"/templates/1?trial={command.generation_id}")).text
    assert "saved nowhere" in whole


@pytest.mark.usefixtures("scoring")
async def test_a_try_without_title_or_section_asks_nobody(ui: Running, recruiter: httpx2.AsyncClient) -> None:
    csrf = hidden((await recruiter.get("/templates/1")).text, "csrf")
    before = len([it for it in ui.received if isinstance(it, GenerateSections)])
    no_title = await recruiter.post("/templates/1/try", data={"csrf": csrf}, headers=PARTIAL)
    assert "Give the sample a title." in no_title.text
    legacy = await recruiter.post("/templates/3/try", data={"csrf": csrf, "title": "X"})
    assert (legacy.status_code, "Give the template a section first" in legacy.text) == (422, True)
    assert len([it for it in ui.received if isinstance(it, GenerateSections)]) == before


def test_a_change_is_told_word_by_word_with_what_stands_around_it() -> None:
    assert changes("same", "same") == []
    assert changes("Be brief.", "Be brief and warm.") == [
        Stretch("same", "Be brief"),
        Stretch("added", " and warm"),
        Stretch("same", "."),
    ]
    long = "word " * 200
    found = changes(f"{long}old{long}", f"{long}new{long}")
    assert [it.kind for it in found if it.kind != "same"] == ["removed", "added"]
    assert all(len(it.text) < 100 for it in found)
    told = changes(FIRST, SECOND)
    assert Stretch("added", " one at a time") in told
