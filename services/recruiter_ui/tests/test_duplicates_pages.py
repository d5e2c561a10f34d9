"""Duplicates over HTTP: the pairs, both sides of one, a decision and its undoing."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import httpx2
import pytest_asyncio
from contracts import Accepted, Refused
from contracts.intake import (
    ApplicationOpened,
    CandidateProfile,
    CandidateProfileRevised,
    CandidatesKeptApart,
    CandidatesMerged,
    CandidatesUnmerged,
    ContactChannel,
    ContactForbidden,
    KeepApart,
    MergeCandidates,
    PossibleDuplicateFound,
    UndoMerge,
)
from recruiter_ui_support.running import Running
from recruiter_ui_support.stories import RECRUITER, S, Storyteller
from recruiter_ui_support.visiting import hidden, log_in

HOSTILE = "<img src=x onerror=alert(1)> \u202eSirma"


class Town:
    def __init__(self, ui: Running, recruiter: httpx2.AsyncClient) -> None:
        self.ui, self.recruiter = ui, recruiter
        self.told = Storyteller(datetime.now(UTC))
        self._known = 0

    async def happens(self) -> None:
        fresh, self._known = self.told.envelopes[self._known :], len(self.told.envelopes)
        await self.ui.told(fresh)

    def alike(self, one: int, other: int, *shared: Any) -> None:
        found = {"candidate_id": max(one, other), "other_candidate_id": min(one, other)}
        self.told.say(PossibleDuplicateFound(**found, shared=list(shared)))

    def merged(self, kept: int, gone: int) -> UUID:
        merge_id = self.told.new_id()
        ids: dict[str, Any] = {"candidate_id": kept, "merged_candidate_id": gone, "merge_id": merge_id}
        self.told.say(CandidatesMerged(**ids, actor=RECRUITER))
        return merge_id

    async def page(self, address: str, status: int = 200) -> str:
        answer = await self.recruiter.get(address)
        assert answer.status_code == status, answer.text
        return answer.text


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def town(ui: Running) -> AsyncIterator[Town]:
    async with httpx2.AsyncClient(base_url=ui.url, timeout=20) as client:
        assert (await log_in(client)).status_code == 303
        town = Town(ui, client)
        for number, title in enumerate(("Sales Rep B2B, Cluj", "Operator CNC, Sibiu"), start=1):
            town.told.position(number, title)
        yield town


async def _pair(town: Town, one: int, other: int, **profile: Any) -> None:
    """Two people; the second is newer."""
    town.told.person(one, f"Andreea Munteanu-Vâlcea {one}", 1)
    town.told.person(other, f"Andreea Munteanu {one}", 1, **profile)
    town.alike(one, other, "phone", "name")
    await town.happens()


def _form(page: str, **given: str) -> dict[str, str]:
    return {"csrf": hidden(page, "csrf"), "command_id": hidden(page, "command_id")} | given


async def test_pairs_are_listed_with_what_they_share(town: Town) -> None:
    await _pair(town, 11, 12)
    page = await town.page("/duplicates")
    assert "Andreea Munteanu-Vâlcea 11" in page
    assert '<span class="tag w">phone</span>' in page
    assert 'href="/duplicates/12/11"' in page
    assert '<span>Duplicates</span><span class="n">1</span>' in await town.page("/")


async def test_both_sides_of_a_pair_stand_beside_each_other(town: Town) -> None:
    await _pair(
        town, 21, 22, email="other@example.com", phone=None, phone_as_given="0700", notes="Speaks Dutch"
    )
    town.told.becomes(21, S.NEEDS_HUMAN)
    ban: dict[str, Any] = {
        "channel": ContactChannel.CALL,
        "since": town.told.at,
        "source": "call",
        "reason": "Asked us to stop",
    }
    town.told.say(ContactForbidden(candidate_id=22, **ban, actor=RECRUITER))
    await town.happens()
    page = await town.page("/duplicates/22/21")
    assert '<span class="diff">Munteanu-Vâlcea</span>' in page
    assert "other<wbr>@example.com" in page
    assert "Speaks Dutch" in page
    assert "By phone" in page
    assert "Asked us to stop" in page
    assert 'Both applied to <b class="b">Sales Rep B2B, Cluj</b>' in page
    assert "pending call, is closed as merged" in page
    turned = await town.page("/duplicates/21/22")
    assert turned.index("Munteanu-Vâlcea</span>") < turned.index(">Munteanu</span>"), "the older one first"


async def test_the_same_person_is_merged_with_what_was_chosen_and_the_next_pair_opens(town: Town) -> None:
    await _pair(town, 31, 32, email="newer@example.com", phone="+40700000999")
    page = await town.page("/duplicates/32/31")
    chosen = {"keep": "31", "take-email": "32", "take-phone": "31", "take-full_name": "31"}
    merge_id = town.told.new_id()
    accepted = Accepted(result={"merge_id": str(merge_id), "closed": [32]})
    async with town.ui.answering(MergeCandidates, lambda command: accepted):
        done = await town.recruiter.post("/duplicates/32/31/merge", data=_form(page, **chosen))
    command = town.ui.received[-1]
    assert isinstance(command, MergeCandidates)
    assert (command.kept_candidate_id, command.merged_candidate_id) == (31, 32)
    assert command.take == ["email"]
    assert done.headers["location"].startswith("/duplicates/22/21?did=merged")
    ids: dict[str, Any] = {"candidate_id": 31, "merged_candidate_id": 32, "merge_id": merge_id}
    town.told.say(CandidatesMerged(**ids, actor=RECRUITER))
    await town.happens()
    following = await town.page(done.headers["location"])
    assert "is one person now" in following
    assert f'value="{merge_id}"' in following
    assert 'href="/duplicates/32/31"' not in await town.page("/duplicates")


async def test_a_refused_merge_says_why_and_loses_no_choice(town: Town) -> None:
    await _pair(town, 41, 42, email="newer41@example.com")
    page = await town.page("/duplicates/42/41")
    form = _form(page, **{"keep": "42", "take-email": "41"})
    no_choice = await town.recruiter.post("/duplicates/42/41/merge", data=_form(page))
    assert "Choose which record is kept." in no_choice.text
    refused = Refused(code="on_call", message="One of them is on the phone now. Try again after the call.")
    async with town.ui.answering(MergeCandidates, lambda command: refused):
        answer = await town.recruiter.post("/duplicates/42/41/merge", data=form)
    assert answer.status_code == 422
    assert "One of them is on the phone now." in answer.text
    assert re.search(r'name="keep" value="42" checked', answer.text)
    assert re.search(r'name="take-email" value="41" checked', answer.text)
    assert hidden(answer.text, "command_id") == form["command_id"]
    away = await town.recruiter.post("/duplicates/42/41/apart", data=form)
    assert "Intake is not answering; nothing was changed" in away.text


async def test_two_people_are_kept_apart(town: Town) -> None:
    await _pair(town, 51, 52)
    page = await town.page("/duplicates/52/51")
    async with town.ui.answering(KeepApart, lambda command: Accepted()):
        done = await town.recruiter.post("/duplicates/52/51/apart", data=_form(page))
    command = town.ui.received[-1]
    assert isinstance(command, KeepApart)
    assert (command.candidate_id, command.other_candidate_id) == (52, 51)
    town.told.say(CandidatesKeptApart(candidate_id=52, other_candidate_id=51, actor=RECRUITER))
    await town.happens()
    assert "Kept apart. This pair is not offered again." in await town.page(done.headers["location"])
    assert 'href="/duplicates/52/51"' not in await town.page("/duplicates")


async def test_a_merge_is_undone_and_says_what_could_not_be_put_back(town: Town) -> None:
    await _pair(town, 61, 62)
    merge_id = town.merged(61, 62)
    await town.happens()
    page = await town.page("/duplicates")
    assert "no. 62 into no. 61" in page
    form = _form(page, merge_id=str(merge_id))
    refused = Refused(code="merged_further", message="The record was merged further since: undo that first.")
    async with town.ui.answering(UndoMerge, lambda command: refused):
        no = await town.recruiter.post("/duplicates/undo", data=form)
    assert "undo that first" in no.text
    ids: dict[str, Any] = {"candidate_id": 61, "merged_candidate_id": 62, "merge_id": merge_id}
    town.told.say(CandidatesUnmerged(**ids, actor=RECRUITER))
    await town.happens()
    kept = Accepted(result={"kept": ["the email, which was corrected since"]})
    async with town.ui.answering(UndoMerge, lambda command: kept):
        done = await town.recruiter.post("/duplicates/undo", data=form)
    assert "the email, which was corrected since" in done.text
    assert 'href="/duplicates/62/61"' in await town.page("/duplicates")
    async with town.ui.answering(UndoMerge, lambda command: Accepted(result={"kept": []})):
        whole = await town.recruiter.post("/duplicates/undo", data=form)
    assert whole.headers["location"] == "/duplicates?did=undone"
    assert (await town.recruiter.post("/duplicates/undo", data=form | {"merge_id": "x"})).status_code == 400


async def test_a_pair_of_somebody_who_was_merged_since_is_about_who_they_are_now(town: Town) -> None:
    await _pair(town, 71, 72)
    town.told.person(73, "Andreea Munteanu 71", 2)
    town.alike(72, 73, "name")
    town.merged(71, 72)
    await town.happens()
    answer = await town.recruiter.get("/duplicates/73/72")
    assert answer.headers["location"] == "/duplicates/73/71"
    assert (await town.recruiter.get("/duplicates/72/71")).headers["location"] == "/duplicates"


async def test_a_pair_that_stands_under_an_old_id_too_is_decided_once(town: Town) -> None:
    await _pair(town, 91, 92)
    town.told.person(93, "Andreea Munteanu 91", 2)
    town.alike(92, 93, "name")
    town.merged(91, 92)
    await town.happens()
    assert 'data-href="/duplicates/93/92"' in await town.page("/duplicates")
    town.alike(91, 93, "name")
    await town.happens()
    page = await town.page("/duplicates")
    assert 'data-href="/duplicates/93/91"' in page
    assert 'data-href="/duplicates/93/92"' not in page
    town.told.say(CandidatesKeptApart(candidate_id=93, other_candidate_id=91, actor=RECRUITER))
    await town.happens()
    assert 'data-href="/duplicates/93' not in await town.page("/duplicates")
    assert "/duplicates/93/92" not in await town.page("/candidates/91")


async def test_everything_of_a_merged_person_stands_together(town: Town) -> None:
    """Conversations, applications and what a merge would bring, whichever id it came under."""
    town.told.person(101, "Sirma Adetokunbo", 1)
    town.told.person(102, "Sirma A", 2)
    for number, text in ((101, "From the first number"), (102, "From the second number")):
        town.told.later(minutes=1).writes(number, text)
    town.told.person(103, "Sirma B", 2)
    town.alike(101, 103, "name")
    await town.happens()
    assert (await town.page("/messages")).count("Sirma A") >= 2
    town.merged(101, 102)
    await town.happens()
    listed = await town.page("/messages")
    assert 'href="/messages?with=101"' in listed
    assert 'href="/messages?with=102"' not in listed
    for candidate_id in (101, 102):
        thread = await town.page(f"/messages?with={candidate_id}")
        assert 'href="/candidates/101"' in thread
        assert "From the first number</p>" in re.sub(r"\s+</p>", "</p>", thread)
        assert "From the second number</p>" in re.sub(r"\s+</p>", "</p>", thread)
        assert "/applications/101" in thread
        assert "/applications/102" in thread
    assert "/applications/102" in await town.page("/applications/101")
    assert "/applications/101" in await town.page("/applications/102")
    now = CandidateProfile(full_name="S A", first_name="S", last_name="A", phone="+40700000901")
    former = now.model_copy(update={"phone": "+40700000902"})
    town.told.say(CandidateProfileRevised(candidate_id=102, profile=now, before=former, cause="merge"))
    await town.happens()
    assert 'data-href="/candidates/101"' in await town.page("/candidates?q=0700000902"), (
        "a number it replaced"
    )
    assert "/applications/101" in await town.page("/applications?q=0700000902")
    assert "Messages2none" in re.sub(r"<[^>]+>|\s", "", await town.page("/duplicates/103/101"))


async def test_hostile_names_stay_names(town: Town) -> None:
    town.told.person(81, HOSTILE, 1, notes=HOSTILE, campaign_name=HOSTILE)
    town.told.person(82, HOSTILE + " x", 1, notes="other")
    town.alike(81, 82, "name")
    await town.happens()
    for address in ("/duplicates", "/duplicates/82/81"):
        page = await town.page(address)
        assert "<img src=x" not in page
        assert "&lt;img" in page


async def test_many_pairs_come_page_by_page_and_none_twice(town: Town) -> None:
    for number in range(130):
        one, other = 1_000 + 2 * number, 1_001 + 2 * number
        for who in (one, other):
            profile = CandidateProfile(full_name=f"Person {who}", first_name="Person", last_name=str(who))
            ids = {"candidate_id": who, "application_id": who, "position_id": 2}
            town.told.say(ApplicationOpened(**ids, profile=profile))
        town.alike(one, other, "email")
    await town.happens()
    seen: list[str] = []
    address = "/duplicates"
    while address:
        page = await town.page(address)
        seen += re.findall(r'data-href="(/duplicates/\d+/\d+)"', page)
        older = re.search(r'href="(/duplicates\?after=[^"]+)"', page)
        address = older.group(1) if older else ""
    assert len(seen) == len(set(seen))
    assert len([it for it in seen if int(it.split("/")[2]) >= 1_000]) == 130
    assert "/duplicates/1001/1000" in seen


async def test_the_strong_pairs_come_before_any_number_of_people_with_one_name(town: Town) -> None:
    """The badge counts what should be looked at; each kind has a view of its own."""
    badge = r"<span>Duplicates</span><span class=\"n\">([\d,]+)</span>"
    before = re.search(badge, await town.page("/"))
    assert before is not None
    strong_before = int(before.group(1))
    for number in range(2_000, 2_120):
        name = "Ana Maria Pop" if number < 2_118 else "Andreea Munteanu"
        profile = CandidateProfile(full_name=name, first_name="Ana", last_name="Pop")
        ids = {"candidate_id": number, "application_id": number, "position_id": 2}
        town.told.say(ApplicationOpened(**ids, profile=profile))
    town.alike(2_118, 2_119, "email", "name")
    for number in range(2_001, 2_118):
        town.alike(number - 1, number, "name")
    await town.happens()
    after = re.search(badge, await town.page("/"))
    assert after is not None
    assert int(after.group(1)) == strong_before + 1
    for view, weak, strong in (
        ("", True, True),
        ("?shared=contact", False, True),
        ("?shared=name", True, False),
    ):
        seen = await _every_page(town, f"/duplicates{view}")
        assert len(seen) == len(set(seen))
        assert ("/duplicates/2119/2118" in seen) is strong
        assert sum(it.startswith("/duplicates/20") for it in seen) == (99 if weak else 0)
        if weak and strong:
            first_weak = seen.index("/duplicates/2117/2116")
            assert seen.index("/duplicates/2119/2118") < first_weak
            assert seen.index("/duplicates/1001/1000") < first_weak, "older, but stronger"
    page = re.sub(r"<[^>]+>", "", await town.page("/duplicates?shared=name"))
    assert f"Same phone or email {strong_before + 1}" in page
    assert re.search(r"Same name 1\d\d", page)
    following = await town.recruiter.get("/duplicates/1001/1000")
    assert "Next pair" in following.text


async def _every_page(town: Town, address: str) -> list[str]:
    seen: list[str] = []
    while address:
        page = await town.page(address)
        seen += re.findall(r'data-href="(/duplicates/\d+/\d+)"', page)
        older = re.search(r'href="(/duplicates\?[^"]*after=[^"]+)"', page)
        address = older.group(1).replace("&amp;", "&") if older else ""
    return seen


async def test_addresses_that_make_no_sense(town: Town) -> None:
    assert (await town.recruiter.get("/duplicates/5/5")).status_code == 400
    assert (await town.recruiter.get("/duplicates/999999/999998")).status_code == 404
    assert (await town.recruiter.get(f"/duplicates/{'9' * 30}/1")).status_code in (400, 404)
    assert (await town.recruiter.get("/duplicates?after=2026_1_²&did=odd&merge=%00")).status_code == 200
    assert (await town.recruiter.get("/duplicates?did=merged&merge=odd")).status_code == 400
