"""Texts of a position written from its form: asked for, watched, stopped; and what answers are judged by."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from uuid import UUID

import httpx2
import pytest_asyncio
from contracts import Accepted, Refused
from contracts.intake import RevisePosition
from contracts.scoring import (
    GenerateSections,
    GenerationStopped,
    ListPromptTemplates,
    PromptSection,
    SectionFailed,
    SectionGenerated,
    SectionRequested,
    StopGeneration,
)
from recruiter_ui_support.position_forms import form_of, plain, saved
from recruiter_ui_support.running import Running
from recruiter_ui_support.stories import RECRUITER, Storyteller
from recruiter_ui_support.templates_of_scoring import listed
from recruiter_ui_support.visiting import hidden, log_in

PARTIAL = {"HX-Request": "true"}
SECTIONS = ["system_prompt", "first_message", "qualification_prompt"]


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def told(ui: Running) -> Storyteller:
    story = Storyteller(datetime.now(UTC) - timedelta(minutes=5))
    for number in range(1, 9):
        story.position(number, f"Electrician {number}")
    await ui.told(story.envelopes)
    return story


@pytest_asyncio.fixture(loop_scope="session")
async def recruiter(ui: Running, told: Storyteller) -> AsyncIterator[httpx2.AsyncClient]:
    async with httpx2.AsyncClient(base_url=ui.url, timeout=20) as client:
        assert (await log_in(client)).status_code == 303
        yield client


def states(page: str) -> dict[str, str]:
    return dict(re.findall(r'id="ph-([a-z_]+)" data-section="[a-z_]+" data-state="([a-z]+)"', page))


async def asked_for(
    ui: Running, recruiter: httpx2.AsyncClient, position_id: int, section: str = "all"
) -> tuple[GenerateSections, str]:
    page = (await recruiter.get(f"/positions/{position_id}")).text
    form = form_of(page) | {"section": section, "title": ["Typed title"]}
    answer = lambda it: Accepted(result={"generation_id": str(it.generation_id)})  # noqa: E731
    async with ui.answering(GenerateSections, answer):
        part = await recruiter.post(f"/positions/{position_id}/writing", data=form, headers=PARTIAL)
    command = ui.received[-1]
    assert isinstance(command, GenerateSections)
    return command, part.text


def written(generation_id: UUID, section: str, position_id: int | None, text: str) -> SectionGenerated:
    return SectionGenerated(
        generation_id=generation_id, section=PromptSection(section), position_id=position_id, text=text,
        template_id=1, template_version=2, model="m", actor=RECRUITER,
    )  # fmt: skip


async def test_all_three_are_asked_for_at_once_from_what_is_typed(
    ui: Running, recruiter: httpx2.AsyncClient
) -> None:
    command, part = await asked_for(ui, recruiter, 1)
    assert [it.value for it in command.sections] == SECTIONS
    assert (command.position_id, command.title, command.template_id) == (1, "Typed title", None)
    assert states(part) == dict.fromkeys(SECTIONS, "queued")
    assert "Next in line, old text stays until then" in part
    assert "<textarea" not in part, "nothing that was typed is sent back"
    assert f"rf:generation-{command.generation_id} from:body" in part
    one, part = await asked_for(ui, recruiter, 1, "first_message")
    assert one.sections == [PromptSection.FIRST_MESSAGE]
    assert states(part) == {
        "system_prompt": "idle",
        "first_message": "queued",
        "qualification_prompt": "idle",
    }


async def test_each_field_tells_where_it_stands_and_the_form_moves_along_with_what_was_saved(
    ui: Running, told: Storyteller, recruiter: httpx2.AsyncClient
) -> None:
    command, part = await asked_for(ui, recruiter, 3)
    whose = {"generation_id": command.generation_id, "position_id": 3, "actor": RECRUITER}
    sent = {name: hidden(part, name) for name in ("revision", "shown", "generation", "wanted")}
    assert sent["revision"] == "1"
    await ui.told([told.say(SectionRequested(**whose, section=PromptSection.SYSTEM_PROMPT))])
    part = (await recruiter.get("/positions/3/writing", params=sent, headers=PARTIAL)).text
    assert states(part)["system_prompt"] == "writing"
    await ui.told([
        told.say(written(command.generation_id, "system_prompt", 3, 'Be "kind".')),
        told.say(SectionFailed(**whose, section=PromptSection.FIRST_MESSAGE, reason="It was cut off.")),
    ])  # fmt: skip
    part = (await recruiter.get("/positions/3/writing", params=sent, headers=PARTIAL)).text
    assert states(part) == {
        "system_prompt": "written",
        "first_message": "failed",
        "qualification_prompt": "queued",
    }
    assert 'data-text="Be &#34;kind&#34;."' in part
    assert "Written, not saved by itself yet" in part
    assert "Not written: It was cut off." in part
    assert "2 of 3 done" in part
    assert hidden(part, "revision") == "1"
    await ui.told([told.say(saved(3, 2, plain(3), system_prompt='Be "kind".'))])
    part = (await recruiter.get("/positions/3/writing", params=sent, headers=PARTIAL)).text
    assert "Written and saved" in part
    assert hidden(part, "revision") == "2", "only what was written has changed"
    moved = sent | {"revision": "2", "shown": hidden(part, "shown")}
    meanwhile = await recruiter.get("/positions/3?seen=1", params=sent | {"seen": "1"}, headers=PARTIAL)
    assert "saved this position" not in meanwhile.text
    theirs = plain(3).model_copy(update={"system_prompt": 'Be "kind".'})
    await ui.told([told.say(saved(3, 3, theirs, description="Somebody else's"))])
    part = (await recruiter.get("/positions/3/writing", params=moved, headers=PARTIAL)).text
    assert hidden(part, "revision") == "2", "a colleague has changed something: that is to be seen"
    meanwhile = await recruiter.get("/positions/3", params=moved | {"seen": "2"}, headers=PARTIAL)
    assert "saved this position" in meanwhile.text


async def test_saving_a_moment_after_a_text_arrived_is_no_conflict(
    ui: Running, told: Storyteller, recruiter: httpx2.AsyncClient
) -> None:
    page = (await recruiter.get("/positions/4")).text
    command, part = await asked_for(ui, recruiter, 4, "system_prompt")
    await ui.told([
        told.say(written(command.generation_id, "system_prompt", 4, "Written.")),
        told.say(saved(4, 2, plain(4), system_prompt="Written.")),
    ])  # fmt: skip
    form = form_of(page) | {"generation": [hidden(part, "generation")], "description": ["Typed meanwhile"]}
    async with ui.answering(RevisePosition, lambda it: Accepted(result={"revision": 3})):
        await recruiter.post("/positions/4", data=form | {"system_prompt": ["Written."]})
        command2 = ui.received[-1]
        await recruiter.post("/positions/4", data=form)
        unaware = ui.received[-1]
    assert isinstance(command2, RevisePosition)
    assert (command2.expected_revision, command2.details.description) == (2, "Typed meanwhile")
    assert isinstance(unaware, RevisePosition)
    assert unaware.expected_revision == 1, "a form that does not hold the text would put the old one back"


async def test_a_stop_leaves_the_old_texts_and_says_so(
    ui: Running, told: Storyteller, recruiter: httpx2.AsyncClient
) -> None:
    command, part = await asked_for(ui, recruiter, 5)
    whose = {"generation_id": command.generation_id, "position_id": 5, "actor": RECRUITER}
    await ui.told([told.say(SectionRequested(**whose, section=PromptSection.SYSTEM_PROMPT))])
    csrf = hidden((await recruiter.get("/positions/5")).text, "csrf")
    form = {name: hidden(part, name) for name in ("revision", "shown", "generation", "wanted")} | {
        "csrf": csrf
    }
    away = await recruiter.post("/positions/5/writing/stop", data=form, headers=PARTIAL)
    assert "Scoring is not answering; nothing was changed" in away.text
    stopped = GenerationStopped(generation_id=command.generation_id, actor=RECRUITER,
                                sections=[PromptSection(it) for it in SECTIONS])  # fmt: skip
    await ui.told([told.say(stopped)])
    async with ui.answering(StopGeneration, lambda it: Accepted(result={"stopped": SECTIONS})):
        part = (await recruiter.post("/positions/5/writing/stop", data=form, headers=PARTIAL)).text
    assert states(part) == dict.fromkeys(SECTIONS, "stopped")
    assert "Generate all" in part
    assert "every 5s" not in part


async def test_without_script_the_whole_form_comes_back_with_what_was_typed_and_written(
    ui: Running, told: Storyteller, recruiter: httpx2.AsyncClient
) -> None:
    page = (await recruiter.get("/positions/new")).text
    form = form_of(page) | {"title": ["Plumber"], "description": ["Pipes"], "section": ["first_message"],
                            "system_prompt": ["Mine, typed"]}  # fmt: skip
    async with ui.answering(GenerateSections, lambda it: Accepted()):
        whole = await recruiter.post("/positions/new/writing", data=form)
    command = ui.received[-1]
    assert isinstance(command, GenerateSections)
    assert (command.position_id, command.title) == (None, "Plumber")
    assert (whole.status_code, "Mine, typed" in whole.text) == (200, True)
    await ui.told([told.say(written(command.generation_id, "first_message", None, "I call about a job."))])
    again = form_of(whole.text) | {"look": ["again"]}
    whole = await recruiter.post("/positions/new/writing", data=again)
    assert "I call about a job.</textarea>" in whole.text
    assert "Mine, typed</textarea>" in whole.text
    edited = form_of(whole.text) | {"look": ["again"], "first_message": ["Edited since."]}
    whole = await recruiter.post("/positions/new/writing", data=edited)
    assert "Edited since.</textarea>" in whole.text, "a text is taken over once"


async def test_what_can_not_be_written_says_why(ui: Running, recruiter: httpx2.AsyncClient) -> None:
    async with ui.answering(ListPromptTemplates, listed):
        page = (await recruiter.get("/positions/6")).text
    assert re.search(r'id="gen-first_message"[^>]* disabled', page)
    assert not re.search(r'id="gen-system_prompt"[^>]* disabled', page)
    assert 'href="/templates/new?section=first_message"' in page
    assert "First message can&#39;t be written" in page or "First message can't be written" in page
    form = form_of(page)
    no_title = await recruiter.post(
        "/positions/6/writing", data=form | {"title": "", "section": "all"}, headers=PARTIAL
    )
    assert "Give the position a title first" in no_title.text
    refused = Refused(code="no_template", message="No template is active for the system prompt.")
    async with ui.answering(GenerateSections, lambda it: refused):
        part = await recruiter.post("/positions/6/writing", data=form | {"section": "all"}, headers=PARTIAL)
    command = ui.received[-1]
    assert isinstance(command, GenerateSections)
    assert [it.value for it in command.sections] == ["system_prompt", "qualification_prompt"]
    assert "No template is active for the system prompt." in part.text
    assert set(states(part.text).values()) == {"idle"}
    assert (await recruiter.post("/positions/6/writing", data=form, headers=PARTIAL)).status_code == 400
    assert (await recruiter.get("/positions/999/writing")).status_code == 404


async def test_a_page_opened_meanwhile_shows_what_is_being_written(
    ui: Running, told: Storyteller, recruiter: httpx2.AsyncClient
) -> None:
    whose = {"generation_id": told.new_id(), "position_id": 7, "actor": RECRUITER}
    told.at = datetime.now(UTC)
    await ui.told([told.say(SectionRequested(**whose, section=PromptSection.FIRST_MESSAGE))])
    page = (await recruiter.get("/positions/7")).text
    assert states(page)["first_message"] == "writing"
    assert hidden(page, "generation") == str(whose["generation_id"])
