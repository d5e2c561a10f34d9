"""The import studio over HTTP: upload, dry run, import, result, undoing, and files to take away."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import httpx2
import pytest_asyncio
from chassis.blobs import ObjectBlobs
from contracts import Accepted, BlobRef, Refused
from contracts.intake import (
    ApplicationOpened,
    ApplicationStatus,
    CandidateProfile,
    ConfirmImport,
    KeptByUndo,
    LeadsImportRefused,
    NoteAdded,
    PreviewLeads,
    UndoImport,
)
from recruiter_ui.domain.preview_rows import part_of
from recruiter_ui_support.lead_files import FILE, Desk, a_file, a_row, same_as
from recruiter_ui_support.running import Running
from recruiter_ui_support.stories import RECRUITER, Storyteller
from recruiter_ui_support.visiting import hidden, log_in

HOSTILE = "<img src=x onerror=alert(1)>\u202egnp.exe"


class Town:
    """The running service, the story told so far, and a recruiter in front of it."""

    def __init__(self, ui: Running, recruiter: httpx2.AsyncClient) -> None:
        self.ui, self.recruiter = ui, recruiter
        self.told = Storyteller(datetime.now(UTC))
        self._known = 0

    def desk(self, position_id: int = 1) -> Desk:
        return Desk(self.told, self.ui.blobs, position_id)

    async def happens(self) -> None:
        """What was told since the last time is projected."""
        fresh, self._known = self.told.envelopes[self._known :], len(self.told.envelopes)
        await self.ui.told(fresh)

    async def previewed(self, rows: list[dict[str, Any]], **given: Any) -> Desk:
        desk = self.desk()
        desk.is_looked_through()
        await desk.was_looked_through(rows, **given)
        await self.happens()
        return desk

    async def page(self, address: str, status: int = 200) -> str:
        answer = await self.recruiter.get(address)
        assert answer.status_code == status, answer.text
        assert "style=" not in answer.text
        return answer.text


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def town(ui: Running) -> AsyncIterator[Town]:
    async with httpx2.AsyncClient(base_url=ui.url, timeout=20) as client:
        assert (await log_in(client)).status_code == 303
        town = Town(ui, client)
        town.told.position(1, "Sales Rep B2B, Cluj")
        town.told.position(2, "Operator CNC, Sibiu")
        await town.happens()
        yield town


async def test_an_upload_keeps_the_file_and_asks_for_a_look_through_it(town: Town) -> None:
    page = await town.page("/import?position=2")
    assert '<option value="2" selected>' in page
    form = {"csrf": hidden(page, "csrf"), "command_id": hidden(page, "command_id"), "position": "2"}
    assert "Choose the file" in (await town.recruiter.post("/import", data=form)).text
    empty = {"file": ("leads.csv", b"", "text/csv")}
    assert "The file is empty" in (await town.recruiter.post("/import", data=form, files=empty)).text
    import_id = "01900000-0000-7000-8000-00000000abcd"
    async with town.ui.answering(PreviewLeads, lambda command: Accepted(result={"import_id": import_id})):
        file = {"file": ("..\\..\\leads.csv", b"id\tfull_name\n" * 200_000, "text/csv")}
        done = await town.recruiter.post("/import", data=form, files=file)
    assert done.headers["location"] == f"/import/{import_id}"
    command = town.ui.received[-1]
    assert isinstance(command, PreviewLeads)
    assert (command.position_id, command.file_name) == (2, "leads.csv")
    assert str(command.command_id) == form["command_id"]
    assert await town.ui.blobs.get(command.file) == b"id\tfull_name\n" * 200_000
    assert "Looking through the file" in await town.page(f"/import/{import_id}")


async def test_a_form_sent_again_with_another_file_leaves_the_first_one_as_it_is(town: Town) -> None:
    """Back, another file, send: the answer is that of the first one, whose rows must not be exchanged."""
    page = await town.page("/import?position=2")
    form = {"csrf": hidden(page, "csrf"), "command_id": hidden(page, "command_id"), "position": "2"}
    before, import_id = len(town.ui.received), "01900000-0000-7000-8000-00000000abcf"
    async with town.ui.answering(PreviewLeads, lambda command: Accepted(result={"import_id": import_id})):
        for body in (b"id\tfull_name\nfirst", b"id\tfull_name\nsecond"):
            await town.recruiter.post("/import", data=form, files={"file": ("leads.csv", body, "text/csv")})
    command = town.ui.received[before]
    assert isinstance(command, PreviewLeads)
    assert (await town.ui.blobs.get(command.file)).endswith(b"first")


async def test_a_refused_upload_says_why_and_keeps_the_position_and_its_command(town: Town) -> None:
    page = await town.page("/import")
    form = {"csrf": hidden(page, "csrf"), "command_id": hidden(page, "command_id"), "position": "2"}
    refused = Refused(code="no_lead_id", message="The file has no lead id column (id).")
    async with town.ui.answering(PreviewLeads, lambda command: refused):
        file = {"file": ("leads.csv", b"name\n", "text/csv")}
        answer = await town.recruiter.post("/import", data=form, files=file)
    assert answer.status_code == 422
    assert "The file has no lead id column (id)." in answer.text
    assert '<option value="2" selected>' in answer.text
    assert hidden(answer.text, "command_id") == form["command_id"]


async def test_the_dry_run_says_what_would_happen_to_each_row(town: Town) -> None:
    desk = await town.previewed(a_file())
    page = await town.page(f"/import/{desk.import_id}")
    assert "UTF-16 LE, tab, 214 rows, read in 0.3 s" in page
    assert "Nothing has been written yet" in page
    assert 'aria-current="step"' in page
    assert "+40 700 000 007" in page
    assert "No usable phone number (0700 00) and no email address" in page
    assert "Called on Halifax time" in page
    assert "&lt;test lead: dummy data" in page
    assert "Import 209 rows" in " ".join(page.split())
    assert "4 columns of Meta&#39;s own ignored" in page or "4 columns of Meta's own ignored" in page
    assert "1 to 100 of 214" in page
    assert "101 to 200 of 214" in await town.page(f"/import/{desk.import_id}?page=2")
    assert "201 to 214 of 214" in await town.page(f"/import/{desk.import_id}?page=99999")


async def test_each_tile_shows_its_own_rows(town: Town) -> None:
    desk = await town.previewed(a_file())
    refused = await town.page(f"/import/{desk.import_id}?tab=refused")
    assert "Ștefan Ionaș" in refused
    assert "Cătălin Țurcanu" not in refused
    doubtful = await town.page(f"/import/{desk.import_id}?tab=duplicates&row=14")
    assert "2 of 2" in doubtful
    assert "Line 14" in doubtful
    assert "Line 8" in doubtful
    first = await town.page(f"/import/{desk.import_id}?tab=duplicates&row=7")
    assert 'href="/candidates/14"' in first
    assert '<span class="diff">Munteanu-Vâlcea</span>' in first
    assert (await town.recruiter.get(f"/import/{desk.import_id}?tab=odd&page=x&row=²")).status_code == 200


async def test_hostile_cells_stay_text(town: Town) -> None:
    rows = [
        a_row(2, HOSTILE, phone=HOSTILE, email="=cmd|'/c calc'!A1", campaign=HOSTILE, why=HOSTILE,
              duplicates=[same_as(HOSTILE, "phone", line=3)]),
        a_row(3, "\u202e\u2066مرحبا", flag=HOSTILE,
              changes=[{"field": "<b>", "before": None, "after": HOSTILE}]),
        a_row(4, "x" * 10_000, "refused", why="The name is longer than 300 characters"),
    ]  # fmt: skip
    page = await town.page(f"/import/{(await town.previewed(rows)).import_id}")
    assert "<img src=x" not in page
    assert "&lt;img src=x" in page
    assert "<bdi>\u202e\u2066مرحبا</bdi>" in page
    assert "x" * 250 not in page


async def test_a_preview_of_100_000_rows_reads_only_its_part(town: Town) -> None:
    desk = await town.previewed([a_row(line, f"Candidate {line}") for line in range(2, 100_002)])
    await town.page(f"/import/{desk.import_id}?page=2")
    spans = []
    for page in (1, 500, 1_000):
        began = time.perf_counter()
        text = await town.page(f"/import/{desk.import_id}?page={page}")
        spans.append(time.perf_counter() - began)
        assert f"Candidate {page * 100 + 1}<" in text
        assert f"Candidate {page * 100 + 2}<" not in text
    print(f"pages of 100,000 rows: {[f'{span * 1000:.0f} ms' for span in spans]}")
    assert min(spans) < 0.2


def test_a_part_lies_between_its_offset_and_the_next() -> None:
    section = {"offsets": [0, 700, 1500], "rows": 250, "page_rows": 100, "blob": {"size": 1800}}
    last = part_of(section, 7)
    assert (last.start, last.length, last.first, last.last, last.page) == (1500, 300, 201, 250, 2)
    assert (part_of(section, 1).start, part_of(section, 1).length) == (700, 800)


async def test_confirming_imports_and_shows_progress_until_it_is_done(town: Town) -> None:
    desk = await town.previewed(a_file())
    address = f"/import/{desk.import_id}"
    form = _form(await town.page(address))
    away = await town.recruiter.post(f"{address}/confirm", data=form)
    assert "Intake is not answering; nothing was changed" in away.text
    assert hidden(away.text, "command_id") == form["command_id"]
    accepted = Accepted(result={"import_id": str(desk.import_id)})
    async with town.ui.answering(ConfirmImport, lambda command: accepted):
        done = await town.recruiter.post(f"{address}/confirm", data=form)
    command = town.ui.received[-1]
    assert isinstance(command, ConfirmImport)
    assert (command.import_id, str(command.command_id)) == (desk.import_id, form["command_id"])
    assert "Importing into" in await town.page(done.headers["location"]), "ahead of the news"
    desk.is_confirmed()
    desk.gets_on(107)
    await town.happens()
    running = await town.page(address)
    assert "107 of 214 rows" in running
    assert 'aria-valuenow="50"' in running
    desk.is_done()
    await town.happens()
    page = await town.page(done.headers["location"])
    assert "207 applications created, 2 test leads and repeats skipped" in page
    assert "is no phone number that can be called" in page
    assert 'href="/duplicates"' in page
    assert "Undo import" in page


async def test_a_file_that_brings_nothing_new_has_nothing_to_import(town: Town) -> None:
    first = await town.previewed(a_file())
    first.is_confirmed()
    first.is_done()
    same = [row | {"verdict": "unchanged", "changes": [], "duplicates": []} for row in a_file()]
    desk = await town.previewed(same, imported_before=first.import_id)
    page = await town.page(f"/import/{desk.import_id}")
    assert "Nothing to import" in page
    assert "This very file was imported on" in page
    assert "by Irina Dobre" in page
    assert f'href="/import/{first.import_id}"' in page


async def test_the_same_file_can_be_looked_at_for_another_position(town: Town) -> None:
    desk = await town.previewed(a_file())
    address = f"/import/{desk.import_id}"
    form = _form(await town.page(address))
    other = "01900000-0000-7000-8000-00000000beef"
    async with town.ui.answering(PreviewLeads, lambda command: Accepted(result={"import_id": other})):
        done = await town.recruiter.post(f"{address}/into", data=form | {"position": "2"})
    assert done.headers["location"] == f"/import/{other}"
    command = town.ui.received[-1]
    assert isinstance(command, PreviewLeads)
    assert (command.position_id, command.file) == (2, FILE)


async def test_a_file_refused_as_a_whole_says_what_to_do(town: Town) -> None:
    import_id = town.told.new_id()
    reason = "The file breaks off in the middle of a character. Export it again."
    named: dict[str, Any] = {"import_id": import_id, "position_id": 1, "file_name": "broken.csv"}
    town.told.say(LeadsImportRefused(**named, reason=reason, actor=RECRUITER))
    await town.happens()
    page = await town.page(f"/import/{import_id}")
    assert reason in page
    assert "nothing was written" in page


async def test_undoing_asks_first_and_tells_what_was_kept(town: Town) -> None:
    desk = await _imported(town)
    address = f"/import/{desk.import_id}"
    question = await town.page(f"{address}/undo")
    assert "2 applications can be taken back" in question
    assert "2 stay" in question
    assert "has a note" in question
    refused = Refused(code="too_late", message="It was imported more than 30 days ago.")
    async with town.ui.answering(UndoImport, lambda command: refused):
        no = await town.recruiter.post(f"{address}/undo", data=_form(question))
    assert "more than 30 days ago" in no.text
    async with town.ui.answering(UndoImport, lambda command: Accepted()):
        done = await town.recruiter.post(f"{address}/undo", data=_form(question))
    assert "is being taken back" in await town.page(done.headers["location"])
    desk.is_taken_back([KeptByUndo(candidate_id=501, application_id=501, reason="Called already")])
    await town.happens()
    page = await town.page(address)
    assert "This import was taken back" in page
    assert "Called already" in page
    assert 'href="/applications/501"' in page
    assert "Undo import" not in page


async def _imported(town: Town) -> Desk:
    """Four applications: one called, one noted, two as they came."""
    desk = await town.previewed(a_file())
    desk.is_confirmed()
    for number in (501, 502, 503, 504):
        profile = CandidateProfile(full_name=f"Person {number}", first_name="Person", last_name=str(number))
        ids = {"candidate_id": number, "application_id": number, "position_id": 1}
        town.told.say(ApplicationOpened(**ids, profile=profile, import_id=desk.import_id))
    town.told._sequences[501] = (0, ApplicationStatus.PENDING_CALL)
    town.told.is_queued(501)
    note_id = town.told.new_id()
    town.told.say(
        NoteAdded(candidate_id=502, application_id=502, note_id=note_id, text="Friday", actor=RECRUITER)
    )
    desk.is_done()
    await town.happens()
    return desk


async def test_refused_rows_are_a_download_and_nothing_else(town: Town) -> None:
    desk = await town.previewed(a_file())
    answer = await town.recruiter.get(f"/import/{desk.import_id}/refused.csv")
    assert answer.content.startswith("\ufeffrefused_because".encode())
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.headers["x-content-type-options"] == "nosniff"
    disposition = answer.headers["content-disposition"]
    assert disposition.startswith('attachment; filename="leads_sales-rep-b2b_2026-11-20_refused.csv"')
    assert int(answer.headers["content-length"]) == len(answer.content)
    none = await town.previewed([a_row(2, "Mihai")])
    assert (await town.recruiter.get(f"/import/{none.import_id}/refused.csv")).status_code == 404


async def test_a_large_download_leaves_in_pieces(town: Town) -> None:
    desk = await town.previewed(a_file())
    body = bytes(range(256)) * 10_000
    ref = await town.ui.blobs.put(f"previews/{desk.import_id}/large.csv", body, "text/csv")
    desk.is_confirmed()
    desk.is_done(refused_rows=ref)
    await town.happens()
    assert (await town.recruiter.get(f"/import/{desk.import_id}/refused.csv")).content == body


async def test_rows_that_are_gone_from_the_store_are_said_to_be(town: Town, tmp_path: Any) -> None:
    desk = town.desk()
    desk.is_looked_through()
    desk_of_elsewhere = Desk(town.told, ObjectBlobs(f"file://{tmp_path}"))
    desk_of_elsewhere._named, desk_of_elsewhere.import_id = desk._named, desk.import_id
    await desk_of_elsewhere.was_looked_through(a_file())
    await town.happens()
    page = await town.page(f"/import/{desk.import_id}")
    assert "The rows can't be shown" in page or "The rows can&#39;t be shown" in page
    assert (await town.recruiter.get(f"/import/{desk.import_id}/refused.csv")).status_code == 404


async def test_past_imports_are_listed_with_what_became_of_them(town: Town) -> None:
    for number in range(12):
        desk = town.desk()
        desk.is_looked_through(file_name=f"{HOSTILE} {number}.csv")
    await town.happens()
    page = await town.page("/import")
    for word in ("Not imported yet", "Reading", "207 new", "&lt;img src=x"):
        assert word in page
    older = page.split('href="/import?before=')
    assert len(older) == 2, "there are more than fit one page"
    address = "/import?before=" + older[1].split('"')[0].replace("&amp;", "&")
    second = await town.page(address)
    assert _imports_of(page).isdisjoint(_imports_of(second))
    assert _imports_of(second)
    assert (await town.recruiter.get("/import?before=2026-13-01_x")).status_code == 200


def _imports_of(page: str) -> set[UUID]:
    pieces = page.split('href="/import/')[1:]
    return {UUID(piece[:36]) for piece in pieces}


def _form(page: str) -> dict[str, str]:
    return {"csrf": hidden(page, "csrf"), "command_id": hidden(page, "command_id")}


def test_the_file_of_the_story_is_one_that_intake_could_send() -> None:
    assert isinstance(FILE, BlobRef)
    assert len(a_file()) == 214
