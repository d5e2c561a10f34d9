"""Candidates in a browser: what a recruiter does, and what colleagues do meanwhile."""

from __future__ import annotations

from contracts import Accepted, Actor, Refused
from contracts.intake import (
    AddCandidate,
    CandidateProfile,
    CandidateProfileRevised,
    CandidatesMerged,
    CandidatesUnmerged,
    ContactChannel,
    ContactForbidden,
    CorrectCandidate,
    ForbidContact,
    OpenApplication,
    PossibleDuplicateFound,
    UndoMerge,
)
from playwright.async_api import Page, expect

from .answering import Answering
from .conftest import Complaints, Town
from .looking import never_scrolls_sideways

PAUL = Actor(kind="recruiter", id="2", name="Paul Achim")
PLACES = (
    "/candidates", "/candidates?contact=no", "/candidates/new", "/candidates/14", "/candidates/14/edit",
    "/candidates/20", "/nothing-here",
)  # fmt: skip


async def test_people_are_found_by_typing_and_opened_by_keyboard(page: Page, town: Town) -> None:
    await page.goto(f"{town.url}/candidates")
    await page.keyboard.press("/")
    await page.keyboard.type("stefan")
    await page.keyboard.press("Enter")
    await page.wait_for_url("**/candidates?q=stefan")
    await expect(page.locator("tr[data-href]")).to_have_count(2)
    await page.keyboard.press("j")
    await page.keyboard.press("Enter")
    await page.wait_for_url("**/candidates/23")
    await page.goto(f"{town.url}/candidates")
    await page.select_option("#f-st", "needs_human")
    await page.wait_for_url("**/candidates?status=needs_human")
    await page.locator("tr[data-href] td.c-em").first.click()
    await page.wait_for_url("**/candidates/6")


async def test_what_colleagues_do_shows_by_itself_and_takes_no_typing_away(page: Page, town: Town) -> None:
    await page.goto(f"{town.url}/candidates/16")
    await page.fill("#notes", "Half a sentence")
    await page.get_by_text("They do not want to be contacted").click()
    await page.fill("#breason", "Asked me to")
    forbidden = {"source": "By email", "reason": "No WhatsApp please", "actor": PAUL}
    await town.happens(
        lambda: town.told.say(
            ContactForbidden(
                candidate_id=16, channel=ContactChannel.WHATSAPP, since=town.told.at, **forbidden
            )
        ),
        lambda: town.told.say(
            PossibleDuplicateFound(candidate_id=17, other_candidate_id=16, shared=["name"])
        ),
    )
    await expect(page.locator("#contact")).to_contain_text("No WhatsApp please")
    await expect(page.locator("main")).to_contain_text("Perhaps the same person as Vlad Dobrogeanu")
    await expect(page.locator("#notes")).to_have_value("Half a sentence")
    await expect(page.locator("#breason")).to_have_value("Asked me to")
    await page.locator("#forbid").get_by_label("Calls").check()
    no_calls = Answering(town).then(
        Accepted(result={}),
        lambda: town.told.say(
            ContactForbidden(candidate_id=16, channel=ContactChannel.CALL, since=town.told.at, **forbidden)
        ),
    )
    async with town.ui.answering(ForbidContact, no_calls):
        await page.get_by_role("button", name="Do not contact").click()
        await expect(page.locator(".banrow.on")).to_have_count(2)
    command = town.ui.received[-1]
    assert isinstance(command, ForbidContact)
    assert (command.channels, command.reason) == ([ContactChannel.CALL], "Asked me to")


async def test_what_was_answered_stays_while_the_page_renews_itself(
    page: Page, town: Town, complaints: Complaints
) -> None:
    complaints.expected = ("422",)
    merge_id = town.told.new_id()
    merged = CandidatesMerged(candidate_id=27, merged_candidate_id=28, merge_id=merge_id, actor=PAUL)
    await town.happens(lambda: town.told.say(merged))
    await page.goto(f"{town.url}/candidates/28")
    await page.wait_for_url("**/candidates/27?was=28")
    undone = CandidatesUnmerged(candidate_id=27, merged_candidate_id=28, merge_id=merge_id, actor=PAUL)
    kept = Answering(town).then(
        Accepted(result={"kept": ["The email was edited since."]}), lambda: town.told.say(undone)
    )
    async with town.ui.answering(UndoMerge, kept):
        await page.get_by_role("button", name="Undo merge").click()
        await expect(page.get_by_text("The email was edited since.")).to_be_visible()
    forbidden = {"source": "By email", "reason": "No email please", "actor": PAUL, "since": town.told.at}
    ban = ContactForbidden(candidate_id=27, channel=ContactChannel.EMAIL, **forbidden)
    await town.happens(lambda: town.told.say(ban))
    await expect(page.locator("#contact")).to_contain_text("No email please")
    await expect(page.get_by_text("The email was edited since.")).to_be_visible()
    await page.locator("#addto select").select_option("1")
    refused = Refused(code="has_application", message="They have an application there already.")
    async with town.ui.answering(OpenApplication, lambda command: refused):
        await page.locator("#addto button").click()
        await expect(page.locator("#addto")).to_contain_text("They have an application there already.")


async def test_somebody_known_already_is_offered_before_adding_anyway(
    page: Page, town: Town, complaints: Complaints
) -> None:
    complaints.expected = ("422",)
    await page.goto(f"{town.url}/candidates/new")
    await page.fill("#full_name", "Andrea Munteanu")
    await page.fill("#phone", "0700 000 014")
    message = "Andreea Munteanu-Vâlcea (candidate 14) has the same phone number."
    known = Refused(code="known_already", message=message)
    async with town.ui.answering(AddCandidate, lambda command: known):
        await page.get_by_role("button", name="Add").click()
        await expect(page.get_by_role("alert")).to_contain_text("Perhaps you know this person already")
    await expect(page.locator("#full_name")).to_have_value("Andrea Munteanu")
    added = Accepted(result={"candidate_id": 14, "application_id": None})
    async with town.ui.answering(AddCandidate, lambda command: added):
        await page.get_by_role("button", name="Add anyway").click()
        await page.wait_for_url("**/candidates/14?done=added")
    command = town.ui.received[-1]
    assert isinstance(command, AddCandidate)
    assert command.despite_duplicates


async def test_a_correction_is_on_the_page_that_follows(page: Page, town: Town) -> None:
    await page.goto(f"{town.url}/candidates/29")
    await page.locator("header").get_by_role("link", name="Edit").click()
    await page.fill("#email", "raluca@example.com")
    profile = CandidateProfile(full_name="Raluca Crăciunescu", first_name="Raluca", last_name="Crăciunescu",
                               phone="+40700000029", email="person29@example.com")  # fmt: skip

    def corrected() -> object:
        return town.told.say(
            CandidateProfileRevised(
                candidate_id=29,
                profile=profile.model_copy(update={"email": "raluca@example.com"}),
                before=profile,
                revision=1,
                cause="recruiter",
                actor=PAUL,
            )
        )

    answer = Answering(town).then(Accepted(result={"revision": 1}), corrected)
    async with town.ui.answering(CorrectCandidate, answer):
        await page.get_by_role("button", name="Save").click()
        await page.wait_for_url("**/candidates/29?done=saved")
    await expect(page.locator(".cbar")).to_contain_text("raluca@example.com")
    await expect(page.locator("#history .old")).to_have_text("person29@example.com")


async def test_these_pages_complain_of_nothing_and_never_scroll_sideways(
    page: Page, town: Town, complaints: Complaints
) -> None:
    complaints.expected = ("404",)
    await never_scrolls_sideways(page, town.url, PLACES)
