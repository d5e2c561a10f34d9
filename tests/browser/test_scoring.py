"""Scoring in a browser: the words a score rests on, another outcome used, texts written into an open form."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from uuid import UUID

import pytest_asyncio
from contracts import Accepted
from contracts.intake import (
    AdoptEvaluation,
    ApplicationStatus,
    PositionDetails,
    PositionRevised,
    RevisePosition,
)
from contracts.scoring import (
    EvaluationRequested,
    GenerateSections,
    ListPromptTemplates,
    Outcome,
    PromptSection,
    Reevaluate,
    ReevaluatePosition,
    SectionFailed,
    SectionGenerated,
    SectionRequested,
    ShowPromptTemplate,
)
from playwright.async_api import Page, expect
from recruiter_ui_support.judgements import (
    ALL,
    FAILED,
    LATER,
    LICENCE,
    OLDER,
    SOUND,
    TWICE,
    UNSOUND,
    judgements,
    repeated,
)
from recruiter_ui_support.stories import ASKED_AND_SAID, RECRUITER
from recruiter_ui_support.templates_of_scoring import listed, shown

from .answering import Answering
from .conftest import Town
from .looking import never_scrolls_sideways

PLACES = (
    *(f"/applications/{number}" for number in (SOUND, UNSOUND, FAILED, TWICE, LATER, OLDER)),
    f"/applications/{TWICE}/evaluations", "/positions/1", "/positions/new", "/positions/1/reevaluate",
    "/templates", "/templates/new", "/templates/1", "/templates/1?version=1", "/templates/3",
)  # fmt: skip
TITLE = "Customer Support (DE)"
KNOWN: dict[str, UUID] = {}


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def town(town: Town) -> AsyncIterator[Town]:
    rubric = PositionDetails(title="Sales Rep B2B, Cluj", **ASKED_AND_SAID).rubric
    known = len(town.told.envelopes)
    KNOWN.update(judgements(town.told, datetime.now(UTC), rubric))
    await town.ui.told(town.told.envelopes[known:])
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(town.ui.answering(ListPromptTemplates, listed))
        await stack.enter_async_context(town.ui.answering(ShowPromptTemplate, shown))
        yield town


def written(generation: str, text: str) -> SectionGenerated:
    """For no position."""
    return SectionGenerated(
        generation_id=KNOWN[generation], section=PromptSection.SYSTEM_PROMPT, text=text, template_id=1,
        template_version=2, model="m", actor=RECRUITER,
    )  # fmt: skip


async def test_a_quote_leads_to_where_it_was_said_by_keyboard_too(page: Page, town: Town) -> None:
    await page.goto(f"{town.url}/applications/{SOUND}")
    await expect(page.locator(".crit")).to_have_count(6)
    await page.locator("details.tx:has(.turn)").evaluate("it => { it.open = false }")
    quote = page.get_by_role("link", name="02:14")
    await quote.focus()
    await page.keyboard.press("Enter")
    turn = page.locator(f"#t-{KNOWN['call']}-5")
    await expect(turn).to_be_in_viewport()
    await expect(turn).to_have_class(re.compile(r"\bnow\b"))
    await expect(turn.locator("mark")).to_have_text("Da, am permis categoria B din 2016")


async def test_a_call_is_judged_again_and_the_other_outcome_used(page: Page, town: Town) -> None:
    await page.goto(f"{town.url}/applications/{OLDER}")
    told = town.told
    before = await town.ui.db.fetchrow("SELECT * FROM evaluations WHERE application_id = $1", OLDER)
    assert before
    call_id = before["call_id"]
    new: list[UUID] = []
    ids = {"candidate_id": OLDER, "application_id": OLDER, "call_id": call_id}

    def requested() -> object:
        new.append(told.new_id())
        return told.say(EvaluationRequested(**ids, evaluation_id=new[0], actor=RECRUITER, because="on_demand",
                                            former_id=before["evaluation_id"]))  # fmt: skip

    asked = Answering(town).then(Accepted(result={"requested": [OLDER]}), requested)
    async with town.ui.answering(Reevaluate, asked):
        await page.get_by_role("button", name="Evaluate again").click()
        await expect(page.locator("#evaluation")).to_contain_text("Being evaluated")
    await town.happens(
        lambda: repeated(
            told, OLDER, call_id, before["evaluation_id"], Outcome.NOT_QUALIFIED, 38, [LICENCE, *ALL[4:]]
        )
    )
    await expect(page.locator("#evaluation")).to_contain_text("not a fit, score 38")
    await expect(page.locator(".hd .bd")).to_have_text("Qualified")
    await page.get_by_role("link", name="Compare").click()
    await expect(page.locator("td.dif").first).to_be_visible()
    adopted = Answering(town).then(
        Accepted(result={"sequence": told.sequence(OLDER) + 1}),
        lambda: told.becomes(OLDER, ApplicationStatus.NOT_QUALIFIED, "Another evaluation counts", RECRUITER,
                             score=38, qualified=False, by_hand=True),
    )  # fmt: skip
    async with town.ui.answering(AdoptEvaluation, adopted):
        use = page.get_by_role("button", name="Use this outcome").first
        await expect(page.locator("tfoot")).to_contain_text("A CV for later roles is asked for by WhatsApp")
        await use.click()
        await page.wait_for_url(f"**/applications/{OLDER}")
    await expect(page.locator(".byhand")).to_contain_text("Undo")
    await expect(page.locator(".hd .bd")).to_contain_text("Not a fit")


async def test_texts_arrive_one_by_one_and_nothing_that_was_typed_is_lost(page: Page, town: Town) -> None:
    await page.goto(f"{town.url}/positions/3")
    await page.fill("#description", "Typed and not saved")
    told = town.told
    plain = PositionDetails(title=TITLE, **ASKED_AND_SAID)

    def generation(command: GenerateSections) -> Accepted:
        KNOWN["generation"] = command.generation_id
        return Accepted(result={"generation_id": str(command.generation_id)})

    async with town.ui.answering(GenerateSections, generation):
        await page.get_by_role("button", name="Generate all").click()
        await expect(page.locator("#ph-system_prompt")).to_contain_text("Next in line")
    assert await page.locator("#system_prompt").get_attribute("readonly") is not None
    whose = {"generation_id": KNOWN["generation"], "position_id": 3, "actor": RECRUITER}
    first, last = PromptSection.SYSTEM_PROMPT, PromptSection.QUALIFICATION_PROMPT
    await town.happens(lambda: told.say(SectionRequested(**whose, section=first)))
    await expect(page.locator("#ph-system_prompt")).to_contain_text("Writing")
    await expect(page.locator("#system_prompt")).to_have_value(ASKED_AND_SAID["system_prompt"])
    written = SectionGenerated(
        **whose, section=first, text="Ask kindly.", template_id=1, template_version=2, model="m"
    )
    details = plain.model_copy(update={"system_prompt": "Ask kindly."})
    saved = PositionRevised(position_id=3, revision=2, before=plain, details=details, actor=RECRUITER)
    await town.happens(lambda: told.say(written), lambda: told.say(saved),
                       lambda: told.say(SectionRequested(**whose, section=last)))  # fmt: skip
    await expect(page.locator("#system_prompt")).to_have_value("Ask kindly.")
    await expect(page.locator("#ph-system_prompt")).to_contain_text("Written and saved")
    await expect(page.locator("#description")).to_have_value("Typed and not saved")
    await expect(page.locator("#meanwhile .banner")).to_have_count(0)
    failed = SectionFailed(**whose, section=last, reason="The answer was cut off.")
    await town.happens(lambda: told.say(failed))
    await expect(page.locator("#ph-qualification_prompt")).to_contain_text(
        "Not written: The answer was cut off."
    )
    await page.get_by_role("button", name="Put back").click()
    await expect(page.locator("#system_prompt")).to_have_value(ASKED_AND_SAID["system_prompt"])
    async with town.ui.answering(RevisePosition, lambda it: Accepted(result={"revision": 3})):
        await page.keyboard.press("Control+s")
        await page.wait_for_url("**/positions/3?saved=yes")
    command = [it for it in town.ui.received if isinstance(it, RevisePosition)][-1]
    assert (command.expected_revision, command.details.description) == (2, "Typed and not saved")


async def test_criteria_are_added_moved_and_removed_by_keyboard(page: Page, town: Town) -> None:
    await page.goto(f"{town.url}/positions/2")
    rows = page.locator("#crows .crow")
    await expect(rows).to_have_count(3)
    await page.get_by_role("button", name="Take over from the screening questions").click()
    await expect(rows.first.locator("[name$='.text']")).to_have_value(ASKED_AND_SAID["campaign_questions"])
    await page.get_by_role("button", name="Add a criterion").click()
    await page.keyboard.type("Works nights")
    await page.keyboard.press("Tab")
    await page.keyboard.type("25")
    await page.keyboard.press("Tab")
    await page.keyboard.press("Space")
    for _ in range(3):
        await page.get_by_role("button", name="Move up: Works nights").press("Enter")
    await expect(page.get_by_role("button", name="Move up: Works nights")).to_be_disabled()
    await page.get_by_role("button", name=f"Remove: {ASKED_AND_SAID['campaign_questions']}").press("Enter")
    async with town.ui.answering(RevisePosition, lambda it: Accepted(result={"revision": 2})):
        await page.keyboard.press("Control+s")
        await page.wait_for_url("**/positions/2?saved=yes")
    command = [it for it in town.ui.received if isinstance(it, RevisePosition)][-1]
    found = [(it.key, it.text, it.weight, it.required) for it in command.details.criteria]
    assert found == [("works-nights", "Works nights", 25, True)]


async def test_older_rules_are_left_behind_after_one_question(page: Page, town: Town) -> None:
    await page.goto(f"{town.url}/positions/1")
    await page.fill("#description", "Typed and not saved")
    await page.locator("#older").get_by_role("link", name="Evaluate again").click()
    dialog = page.get_by_role("dialog")
    await expect(dialog).to_contain_text("No outcome changes by itself.")
    async with town.ui.answering(ReevaluatePosition, lambda it: Accepted(result={"requested": 2})):
        await page.keyboard.press("Enter")
        await expect(page.locator("#toasts")).to_contain_text("2 calls are being evaluated again")
    await expect(page.locator("#description")).to_have_value("Typed and not saved")


async def test_a_template_is_tried_without_saving_anything(page: Page, town: Town) -> None:
    await page.goto(f"{town.url}/templates/1")
    await page.fill("#meta_prompt", "Unsaved wording")
    await page.fill("#s-title", "Electrician")

    def generation(command: GenerateSections) -> Accepted:
        KNOWN["trial"] = command.generation_id
        return Accepted(result={"generation_id": str(command.generation_id)})

    async with town.ui.answering(GenerateSections, generation):
        await page.get_by_role("button", name="Run test").click()
        await expect(page.locator("#trial")).to_contain_text("Writing")
    await town.happens(lambda: town.told.say(written("trial", "Ask <b>kindly</b>.")))
    await expect(page.locator("#trial pre")).to_have_text("Ask <b>kindly</b>.")
    await expect(page.locator("#meta_prompt")).to_have_value("Unsaved wording")


async def test_a_text_is_asked_for_and_arrives_without_script(plain: Page, town: Town) -> None:
    await plain.goto(f"{town.url}/positions/new")
    await plain.fill("#title", "Plumber")
    await plain.fill("[name='criteria.0.text']", "Has tools")

    def generation(command: GenerateSections) -> Accepted:
        KNOWN["plain"] = command.generation_id
        return Accepted(result={"generation_id": str(command.generation_id)})

    async with town.ui.answering(GenerateSections, generation):
        await plain.locator("#gen-system_prompt").click()
        await expect(plain.locator("#ph-system_prompt")).to_contain_text("Next in line")
    await town.happens(lambda: town.told.say(written("plain", "Ask kindly.")))
    await plain.get_by_role("button", name="Look again").click()
    await expect(plain.locator("#system_prompt")).to_have_value("Ask kindly.")
    await expect(plain.locator("#title")).to_have_value("Plumber")
    await expect(plain.locator("[name='criteria.0.text']")).to_have_value("Has tools")


async def test_these_pages_complain_of_nothing_and_never_scroll_sideways(page: Page, town: Town) -> None:
    await never_scrolls_sideways(page, town.url, PLACES)
