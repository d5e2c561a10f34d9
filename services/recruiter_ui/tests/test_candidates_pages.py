"""People as recruiters find, write down and correct them, put into positions, and leave in peace."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Any
from uuid import UUID

import httpx2
import pytest
import pytest_asyncio
from contracts import Accepted, Actor, Command, Refused
from contracts.intake import (
    AddCandidate,
    AllowContact,
    ApplicationStatus,
    CandidateAdded,
    CandidateProfile,
    CandidateProfileRevised,
    CandidatesMerged,
    CandidateWithdrawn,
    ContactAllowed,
    ContactChannel,
    ContactForbidden,
    CorrectCandidate,
    ForbidContact,
    FormAnswer,
    OpenApplication,
    PossibleDuplicateFound,
    UndoMerge,
)
from contracts.references import reference
from recruiter_ui.queries import candidates
from recruiter_ui.queries.candidates import Filter
from recruiter_ui_support.running import Running
from recruiter_ui_support.stories import Storyteller
from recruiter_ui_support.visiting import hidden, log_in

HOSTILE = '<script>alert(1)</script> "onload=x'
PAUL = Actor(kind="recruiter", id="2", name="Paul Achim")
MERGE, OLD_MERGE = UUID(int=(0x0190 << 112) | 771), UUID(int=(0x0190 << 112) | 772)
ANDREEA = CandidateProfile(
    full_name="Andreea Munteanu", first_name="Andreea", last_name="Munteanu", phone="+40700000001",
    phone_as_given="0700000001", email="andreea@example.com", time_zone="Europe/Bucharest",
    campaign_name="Vânzări", platform="ig", meta_lead_id="117812", notes="Prefers evenings",
    form_answers=[FormAnswer(question="ai_permis_b?", label="Ai permis B?", answer="da")],
)  # fmt: skip


def revised(
    candidate_id: int, revision: int, before: CandidateProfile, **changes: Any
) -> CandidateProfileRevised:
    return CandidateProfileRevised(
        candidate_id=candidate_id,
        profile=before.model_copy(update=changes),
        before=before,
        revision=revision,
        cause="recruiter",
        actor=PAUL,
    )


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def town(ui: Running) -> Running:
    told = Storyteller(datetime.now(UTC) - timedelta(days=50))
    for number, title in enumerate(("Electrician", "Welder", "Baker"), start=1):
        told.position(number, title)
    told.person(40, "Old Twin", 2)
    told.say(CandidatesMerged(candidate_id=3, merged_candidate_id=40, merge_id=OLD_MERGE, actor=PAUL))
    told.later(days=48)
    told.person(
        1, "Andreea Munteanu", 1, **ANDREEA.model_dump(exclude={"full_name", "first_name", "last_name"})
    )
    told.say(
        revised(
            1, 1, ANDREEA.model_copy(update={"phone": "+40700000099"}), notes=HOSTILE, phone=ANDREEA.phone
        )
    )
    told.person(2, "Ștefan Ionaș", 2, phone=None, phone_as_given="0700 00")
    for number in range(3, 12):
        told.person(number, f"Person {number}", 1 if number % 2 else 2)
    told.person(20, HOSTILE, 1, campaign_name=HOSTILE, language="en",
                form_answers=[FormAnswer(question=HOSTILE, label=HOSTILE, answer=HOSTILE)])  # fmt: skip
    told.becomes(5, ApplicationStatus.NEEDS_HUMAN, needs_human_reason="Asked for a person")
    said = {"since": told.at, "source": "In a call", "reason": HOSTILE, "actor": PAUL}
    told.say(ContactForbidden(candidate_id=3, channel=ContactChannel.WHATSAPP, **said))
    told.say(ContactForbidden(candidate_id=4, channel=ContactChannel.CALL, same_as=3, **said))
    told.say(ContactForbidden(candidate_id=6, channel=ContactChannel.CALL, **said))
    told.say(ContactAllowed(candidate_id=6, channel=ContactChannel.CALL, reason="Called us", actor=PAUL))
    by_hand = {"full_name": "Ana Manual", "source": "manual", "phone": None, "email": "ana@example.com"}
    told.say(CandidateAdded(candidate_id=30, profile=ANDREEA.model_copy(update=by_hand), actor=PAUL))
    told.say(PossibleDuplicateFound(candidate_id=8, other_candidate_id=7, shared=["phone"]))
    told.say(CandidatesMerged(candidate_id=1, merged_candidate_id=9, merge_id=MERGE, actor=PAUL))
    told.say(CandidateWithdrawn(candidate_id=11, import_id=told.new_id()))
    await ui.told(told.envelopes)
    return ui


@pytest_asyncio.fixture(loop_scope="session")
async def recruiter(town: Running) -> AsyncIterator[httpx2.AsyncClient]:
    async with httpx2.AsyncClient(base_url=town.url, timeout=20) as client:
        assert (await log_in(client)).status_code == 303
        yield client


def people(page: str) -> list[int]:
    return [int(number) for number in re.findall(r'<tr data-href="/candidates/(\d+)"', page)]


def form_of(page: str, **changes: Any) -> dict[str, Any]:
    """What a browser would send of a person's form, with changes."""
    form: dict[str, Any] = {}
    for name, value in re.findall(r'<input[^>]* name="([a-z_]+)"[^>]* value="([^"]*)"', page):
        form.setdefault(name, unescape(value))
    notes = re.search(r'name="notes"[^>]*>([^<]*)</textarea>', page)
    form["notes"] = unescape(notes.group(1)) if notes else ""
    return form | {"language": "ro"} | changes


def last(town: Running, kind: type[Command]) -> Any:
    assert isinstance(town.received[-1], kind)
    return town.received[-1]


async def test_the_list_leaves_out_who_was_withdrawn_or_is_somebody_else_now(
    recruiter: httpx2.AsyncClient,
) -> None:
    page = (await recruiter.get("/candidates")).text
    assert people(page)[0] == 30
    assert not {9, 11, 40} & set(people(page))
    kept = page[page.index('data-href="/candidates/1"') :].partition("</tr>")[0]
    assert re.search(r'c-ap">2<', kept), "with the applications of who was merged into her"
    flagged = page[page.index('data-href="/candidates/2"') :].partition("</tr>")[0]
    assert "0700 00" in flagged
    assert "no WhatsApp" in page
    assert "&lt;script&gt;alert(1)" in page
    assert "<script>alert" not in page


@pytest.mark.parametrize(
    ("narrowed", "found"),
    [
        ("q=ionas", [2]), ("q=0700+000+001", [1]), ("q=andreea%40example", [1]), ("q=100%25", []),
        ("source=manual", [30]), ("contact=no", [4, 3]), ("status=needs_human", [5]),
        ("position=2&q=person", [10, 8, 6, 4, 3, 2]), ("position=1&status=needs_human", [5]),
        ("position=2&status=needs_human", []),
        (f"position={'9' * 18}", []), ("status=gone&source=gone&contact=gone&q=ionas", [2]),
    ],
)  # fmt: skip
async def test_the_list_is_searched_and_narrowed(
    recruiter: httpx2.AsyncClient, narrowed: str, found: list[int]
) -> None:
    page = (await recruiter.get(f"/candidates?{narrowed}")).text
    assert people(page) == found
    assert ("Nobody found" in page) == (not found)


async def test_an_applications_reference_finds_its_person(recruiter: httpx2.AsyncClient) -> None:
    assert people((await recruiter.get("/candidates", params={"q": reference(9)})).text) == [1]


async def test_the_list_goes_on_by_key_under_its_filters(
    town: Running, recruiter: httpx2.AsyncClient
) -> None:
    crowd = Storyteller(datetime.now(UTC) - timedelta(days=300), first_id=10_000)
    for number in range(2000, 2130):
        crowd.person(number, f"Crowd {number}", 3)
        if number % 3 == 0:
            crowd.at -= timedelta(milliseconds=7)  # the same moment, told apart by id
    await town.told(crowd.envelopes)
    seen: list[int] = []
    address = "/candidates?q=crowd&position=3"
    while address:
        page = (await recruiter.get(address)).text
        seen += people(page)
        older = re.search(r'href="(/candidates\?[^"]*before=[^"]*)"', page)
        address = unescape(older.group(1)) if older else ""
    assert sorted(seen) == list(range(2000, 2130))
    assert len(seen) == len(set(seen))


class Counting:
    """A connection that counts what it is asked."""

    def __init__(self, db: Any) -> None:
        self.db, self.asked = db, 0

    def __getattr__(self, name: str) -> Any:
        self.asked += 1
        return getattr(self.db, name)


async def test_a_page_takes_as_many_statements_for_many_as_for_one(town: Running) -> None:
    for chosen in (
        Filter(),
        Filter(search="ionas"),
        Filter(position_id=2, status="needs_human", forbidden=True),
    ):
        counting: Any = Counting(town.db)
        await candidates.page(counting, chosen, None, 50)
        assert counting.asked == 1
    asked = set()
    for candidate_id in (1, 5, 30):
        counting = Counting(town.db)
        row = await candidates.find(counting, candidate_id)
        assert row
        await candidates.everything_of(counting, row)
        asked.add(counting.asked)
    assert asked == {8}


async def test_a_person_is_shown_with_everything_known_under_all_their_ids(
    recruiter: httpx2.AsyncClient,
) -> None:
    page = (await recruiter.get("/candidates/1")).text
    assert 'title="Asked as: ai_permis_b?"' in page
    assert 'href="/applications/1"' in page
    assert 'href="/applications/9"' in page, "of who was merged into her"
    for said in ("Instagram", "117812", "Vânzări", "Ai permis B?", "+40700000099", "Paul Achim"):
        assert said in page, said
    assert "&lt;script&gt;alert(1)" in page
    assert "was merged into this person" in page
    assert f"/candidates/1/merges/{MERGE}/undo" in page
    assert '<option value="3"' in page
    assert '<option value="1"' not in page, "where she has applied she can't be added"
    flagged = (await recruiter.get("/candidates/2")).text
    assert "The phone number can&#39;t be used" in flagged or "The phone number can't be used" in flagged
    assert "No usable phone number: correct it first" in flagged
    twin = (await recruiter.get("/candidates/7")).text
    assert 'href="/duplicates/8/7"' in twin
    assert "was undone" in (await recruiter.get("/candidates/11")).text
    hostile = (await recruiter.get("/candidates/20")).text
    assert "<script>alert" not in hostile
    assert ' "onload' not in hostile.replace("&#34;", "")


async def test_the_address_of_a_merged_person_leads_to_who_is_kept(recruiter: httpx2.AsyncClient) -> None:
    answer = await recruiter.get("/candidates/9")
    assert (answer.status_code, answer.headers["location"]) == (303, "/candidates/1?was=9")
    assert "You came by the address of" in (await recruiter.get("/candidates/1?was=9")).text
    assert "You came by" not in (await recruiter.get("/candidates/1?was=5")).text
    assert (await recruiter.get("/candidates/9/edit")).headers["location"] == "/candidates/1?was=9"


async def test_a_merge_is_undone_and_what_could_not_be_put_back_is_said(
    town: Running, recruiter: httpx2.AsyncClient
) -> None:
    page = (await recruiter.get("/candidates/1")).text
    form = {"csrf": hidden(page, "csrf"), "command_id": hidden(page, "command_id")}
    address = f"/candidates/1/merges/{MERGE}/undo"
    refused = Refused(code="merged_further", message="She was merged further since.")
    async with town.answering(UndoMerge, lambda command: refused):
        answer = await recruiter.post(address, data=form)
    assert (answer.status_code, "She was merged further since." in answer.text) == (422, True)
    kept = Accepted(result={"kept": [f"The email was edited since. {HOSTILE}"]})
    async with town.answering(UndoMerge, lambda command: kept):
        answer = await recruiter.post(address, data=form)
    assert "The email was edited since. &lt;script&gt;" in answer.text
    assert last(town, UndoMerge).merge_id == MERGE
    assert "older than 30 days" in (await recruiter.get("/candidates/3")).text


async def test_a_person_is_added_by_hand_and_somebody_known_is_a_choice(
    town: Running, recruiter: httpx2.AsyncClient
) -> None:
    page = (await recruiter.get("/candidates/new?position=2")).text
    assert '<option value="2" selected' in page
    form = form_of(
        page, full_name=f" Andrea {HOSTILE} ", phone="0700 000 001", notes="one\r\ntwo", position="2"
    )
    known = Refused(code="known_already", message="Andreea Munteanu (candidate 1) has the same phone number.")
    async with town.answering(AddCandidate, lambda command: known):
        choice = await recruiter.post("/candidates/new", data=form)
    assert choice.status_code == 422
    assert "Perhaps you know this person already" in choice.text
    assert 'href="/candidates/1"' in choice.text
    assert 'name="despite" value="yes"' in choice.text
    assert "Andrea &lt;script&gt;" in choice.text
    made = Accepted(result={"candidate_id": 30, "application_id": 31})
    async with town.answering(AddCandidate, lambda command: made):
        done = await recruiter.post("/candidates/new", data=form_of(choice.text, despite="yes", position="2"))
    assert done.headers["location"] == "/candidates/30?done=added"
    command = last(town, AddCandidate)
    assert (command.despite_duplicates, command.position_id) == (True, 2)
    assert (command.fields.full_name, command.fields.phone) == (f"Andrea {HOSTILE}", "0700 000 001")
    assert command.fields.notes == "one\ntwo"


async def test_what_is_wrong_with_a_person_stands_at_its_field(
    town: Running, recruiter: httpx2.AsyncClient
) -> None:
    page = (await recruiter.get("/candidates/new")).text
    before = len(town.received)
    nothing = await recruiter.post("/candidates/new", data=form_of(page))
    assert "Write a name, and a phone number or an email address" in nothing.text
    long = await recruiter.post("/candidates/new", data=form_of(page, full_name="x" * 301, phone="1" * 200))
    assert "At most 300 characters" in long.text
    assert "At most 100 characters" in long.text
    assert len(town.received) == before
    odd = Refused(code="bad_email", message="'nobody' is no email address.")
    async with town.answering(AddCandidate, lambda command: odd):
        answer = await recruiter.post("/candidates/new", data=form_of(page, full_name="Ana", email="nobody"))
    assert re.search(r'id="e-email"[^>]*>&#39;nobody&#39; is no email', answer.text)
    assert 'value="nobody"' in answer.text


async def test_a_correction_names_the_revision_it_was_made_on(
    town: Running, recruiter: httpx2.AsyncClient
) -> None:
    page = (await recruiter.get("/candidates/2/edit")).text
    assert 'value="0700 00"' in page, "what was given stands there to be corrected"
    async with town.answering(CorrectCandidate, lambda command: Accepted(result={"revision": 0})):
        done = await recruiter.post("/candidates/2/edit", data=form_of(page, phone="0700 000 777"))
    assert done.headers["location"] == "/candidates/2?done=saved"
    command = last(town, CorrectCandidate)
    assert (command.candidate_id, command.expected_revision, command.fields.phone) == (2, 0, "0700 000 777")
    assert command.fields.email == "person2@example.com"
    card = (await recruiter.get("/candidates/1")).text
    notes = {
        name: hidden(card[card.index('id="notesf"') :], name) for name in ("csrf", "command_id", "revision")
    }
    async with town.answering(CorrectCandidate, lambda command: Accepted(result={"revision": 1})):
        await recruiter.post("/candidates/1/edit", data=notes | {"only": "notes", "notes": "Speaks German"})
    command = last(town, CorrectCandidate)
    assert (command.fields.notes, command.fields.full_name) == ("Speaks German", "Andreea Munteanu")
    assert command.expected_revision == 1


async def test_two_people_correcting_one_person_see_both_versions(
    town: Running, recruiter: httpx2.AsyncClient
) -> None:
    page = (await recruiter.get("/candidates/10/edit")).text
    mine = form_of(page, full_name="Person Ten", notes=HOSTILE)
    before = ANDREEA.model_copy(update={"full_name": "Person 10", "notes": None, "phone": "+40700000010",
                                        "phone_as_given": None, "email": "person10@example.com"})  # fmt: skip
    told = Storyteller(datetime.now(UTC), first_id=70_000)
    told.say(revised(10, 1, before, email="ten@example.com", notes="Theirs"))
    await town.told(told.envelopes)
    stale = Refused(code="revised_meanwhile", message="Somebody else has changed this person meanwhile.")
    async with town.answering(CorrectCandidate, lambda command: stale):
        conflict = await recruiter.post("/candidates/10/edit", data=mine)
    assert "Paul Achim saved this while you were writing" in conflict.text
    assert "<script>alert" not in conflict.text
    picks = dict(re.findall(r'name="pick\.([a-z_]+)" value="(\w+)" checked', conflict.text))
    assert picks == {"full_name": "mine", "email": "theirs", "notes": "mine"}
    form = form_of(conflict.text) | {f"pick.{name}": value for name, value in picks.items()}
    form["notes"] = HOSTILE
    async with town.answering(CorrectCandidate, lambda command: Accepted(result={"revision": 1})):
        await recruiter.post("/candidates/10/edit", data=form | {"take": "chosen"})
    command = last(town, CorrectCandidate)
    assert command.expected_revision == 1
    assert (command.fields.full_name, command.fields.email) == ("Person Ten", "ten@example.com")
    assert command.fields.notes == HOSTILE
    writing = await recruiter.post("/candidates/10/edit", data=form | {"take": "edit"})
    assert 'value="Person Ten"' in writing.text
    assert hidden(writing.text, "revision") == "1"


async def test_a_person_is_put_into_a_position(town: Running, recruiter: httpx2.AsyncClient) -> None:
    page = (await recruiter.get("/candidates/5")).text
    form = {"csrf": hidden(page, "csrf"), "command_id": hidden(page, "command_id")}
    assert "Choose a position." in (await recruiter.post("/candidates/5/applications", data=form)).text
    refused = Refused(code="has_application", message="Person 5 has an application there already.")
    async with town.answering(OpenApplication, lambda command: refused):
        answer = await recruiter.post("/candidates/5/applications", data=form | {"position": "3"})
    assert "has an application there already" in answer.text
    async with town.answering(OpenApplication, lambda command: Accepted(result={"application_id": 5})):
        done = await recruiter.post("/candidates/5/applications", data=form | {"position": "3"})
    assert done.headers["location"] == "/applications/5"
    assert (last(town, OpenApplication).candidate_id, last(town, OpenApplication).position_id) == (5, 3)


async def test_do_not_contact_is_written_down_per_channel_and_taken_back_with_a_reason(
    town: Running, recruiter: httpx2.AsyncClient
) -> None:
    page = (await recruiter.get("/candidates/3")).text
    card = page[page.index('id="contact"') :]
    assert "in a call, written down by Paul Achim" in card
    assert "“&lt;script&gt;alert(1)" in card
    assert "Taken over from" in (await recruiter.get("/candidates/4")).text
    assert "everything is allowed" in (await recruiter.get("/candidates/6")).text
    form = {"csrf": hidden(page, "csrf"), "command_id": hidden(page, "command_id")}
    empty = await recruiter.post(
        "/candidates/3/forbid", data=form | {"source": "In a call", "reason": "Stop"}
    )
    assert "Choose on what they are not to be contacted." in empty.text
    assert ">Stop</textarea>" in empty.text
    odd = {"channel": ["call", "pigeon"], "source": "By email", "reason": "Please stop"}
    async with town.answering(ForbidContact, lambda command: Accepted(result={})):
        done = await recruiter.post("/candidates/3/forbid", data=form | odd)
    assert done.headers["location"] == "/candidates/3?done=forbidden"
    command = last(town, ForbidContact)
    assert (command.channels, command.source, command.reason) == (
        [ContactChannel.CALL], "By email", "Please stop",
    )  # fmt: skip
    silent = await recruiter.post("/candidates/3/allow", data=form | {"channel": "whatsapp", "reason": " "})
    assert "Say on whose word it is allowed again." in silent.text
    async with town.answering(AllowContact, lambda command: Accepted(result={})):
        done = await recruiter.post(
            "/candidates/3/allow", data=form | {"channel": "whatsapp", "reason": "Wrote us"}
        )
    assert done.headers["location"] == "/candidates/3?done=allowed"
    assert last(town, AllowContact).channels == [ContactChannel.WHATSAPP]


@pytest.mark.parametrize(
    "address", ["/candidates/new", "/candidates/1/edit", "/candidates/1/applications", "/candidates/1/forbid",
                "/candidates/1/allow", f"/candidates/1/merges/{MERGE}/undo"],
)  # fmt: skip
async def test_forms_of_people_need_their_token_and_a_command_id(
    town: Running, recruiter: httpx2.AsyncClient, address: str
) -> None:
    before = len(town.received)
    filled = {"full_name": "x", "position": "3", "channel": "call", "source": "x", "reason": "x"}
    assert (await recruiter.post(address, data=filled)).status_code == 403
    token = hidden((await recruiter.get("/candidates/1")).text, "csrf")
    odd = await recruiter.post(address, data=filled | {"csrf": token, "command_id": "again"})
    assert odd.status_code == 400
    assert len(town.received) == before


@pytest.mark.parametrize("address", ["/candidates/99999", "/candidates/99999/edit"])
async def test_nobody_is_not_found(recruiter: httpx2.AsyncClient, address: str) -> None:
    answer = await recruiter.get(address)
    assert (answer.status_code, "no such candidate" in answer.text) == (404, True)
