"""An import from the recruiter's file to its events, in memory and with the real reader and PostgreSQL."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from uuid import uuid4

import asyncpg
import pytest
from contracts import BlobRef, Refused
from contracts.intake import (
    ApplicationOpened,
    CandidateProfileRevised,
    ContactForbidden,
    ImportLeads,
    LeadsImported,
    LeadsImportProgressed,
    LeadsImportRefused,
    LeadsImportRequested,
    PositionStatus,
    PossibleDuplicateFound,
)
from intake.adapters.lead_files import SeparateReader
from intake.domain.contact import ContactChannel, Wish
from intake.handlers.import_chunks import ChunksCross
from intake.handlers.imports import import_leads
from intake.handlers.unreadable import MOST_FAILURES
from intake.ports import Ban, LeadChunks, LeadFiles, ReaderFailed
from intake_support.facts import NOON
from intake_support.files import a_meta_export, a_row
from intake_support.stores import RECRUITER, MemoryStore, PostgresStore, Store


def counts(done: LeadsImported | LeadsImportRefused) -> dict[str, int]:
    assert isinstance(done, LeadsImported)
    return {key: value for key, value in done.model_dump().items() if isinstance(value, int) and value}


async def said(store: Store, kind: type) -> list:  # type: ignore[type-arg]
    return [event for event in await store.published() if isinstance(event, kind)]


async def test_a_meta_export_becomes_candidates_with_applications(store: Store) -> None:
    position_id = await store.a_position()
    rows = [
        a_row(1),
        a_row(2, phone_number="p:0712000002", full_name="Ștefan Țurcanu"),
        a_row(3, phone_number="p:call me", email=""),
        a_row(4, phone_number="", email=""),
        a_row(5, full_name="<test lead: dummy data for full_name>"),
        a_row(1),
    ]
    done = await store.bring_in(a_meta_export(rows), position_id)
    assert counts(done) == {
        "position_id": position_id,
        "rows": 6,
        "candidates_created": 3,
        "applications_created": 3,
        "skipped": 2,
        "refused_count": 1,
        "flagged_count": 1,
    }
    assert isinstance(done, LeadsImported)
    assert [(row.line, row.reason) for row in done.refused] == [
        (5, "the row has neither a phone number nor an email")
    ]
    assert [(row.line, row.reason) for row in done.flagged] == [
        (4, "imported, but the phone number holds letters")
    ]
    opened = await said(store, ApplicationOpened)
    assert (
        len({event.application_id for event in opened}) == len({event.candidate_id for event in opened}) == 3
    )
    assert {(event.position_id, event.import_id) for event in opened} == {(position_id, done.import_id)}
    first, second, third = (event.profile for event in opened)
    assert (first.full_name, first.first_name, first.last_name) == ("Ana Maria Pop1", "Ana", "Maria Pop1")
    assert (first.phone, first.phone_as_given, first.email) == (
        "+40712000001",
        "p:+40712000001",
        "ana1@example.com",
    )
    assert (first.meta_lead_id, first.platform, first.source) == ("l:1990233898500001", "fb", "meta_form")
    assert first.meta_created_time is not None
    assert first.meta_created_time.isoformat() == "2025-09-12T12:05:13+00:00"
    assert [(answer.question, answer.label, answer.answer) for answer in first.form_answers] == [
        ("ai_experiență_în_vânzări?", "Ai experiență în vânzări?", "da, peste 3 ani"),
        ("ai_permis_de_conducere_categoria_b?", "Ai permis de conducere categoria b?", "da"),
    ]
    assert (second.full_name, second.phone) == ("Ștefan Țurcanu", "+40712000002")
    assert (third.phone, third.phone_as_given) == (None, "p:call me")


async def test_the_same_file_again_changes_nothing_and_says_so(store: Store) -> None:
    position_id = await store.a_position()
    body = a_meta_export([a_row(n) for n in range(1, 6)])
    await store.bring_in(body, position_id)
    before = await said(store, ApplicationOpened)
    again = await store.bring_in(body, position_id)
    assert counts(again) == {"position_id": position_id, "rows": 5, "candidates_unchanged": 5}
    assert await said(store, ApplicationOpened) == before
    assert await said(store, CandidateProfileRevised) == []


async def test_a_known_lead_is_brought_up_to_date_and_loses_nothing(store: Store) -> None:
    position_id = await store.a_position()
    await store.bring_in(a_meta_export([a_row(1), a_row(2)]), position_id)
    newer = a_row(1, email="new@example.com", phone_number="p:unreadable", campaign_name="")
    newer["id"] = newer["id"].removeprefix("l:")
    again = await store.bring_in(a_meta_export([newer, a_row(2)]), position_id)
    assert counts(again) == {
        "position_id": position_id,
        "rows": 2,
        "candidates_updated": 1,
        "candidates_unchanged": 1,
        "flagged_count": 1,
    }
    (revised,) = await said(store, CandidateProfileRevised)
    (opened, _) = await said(store, ApplicationOpened)
    assert (revised.candidate_id, revised.before, revised.revision) == (
        opened.candidate_id,
        opened.profile,
        1,
    )
    assert (revised.cause, revised.actor, revised.import_id) == ("import", RECRUITER, again.import_id)
    assert (revised.profile.email, revised.profile.phone) == ("new@example.com", "+40712000001")
    assert revised.profile.campaign_name == "Sales Representative B2B - stabil"
    assert revised.profile.meta_lead_id == "l:1990233898500001"


async def test_a_known_lead_may_apply_to_a_second_position(store: Store) -> None:
    first, second = await store.a_position(), await store.a_position()
    body = a_meta_export([a_row(1)])
    await store.bring_in(body, first)
    done = await store.bring_in(body, second)
    assert counts(done) == {
        "position_id": second,
        "rows": 1,
        "candidates_updated": 1,
        "applications_created": 1,
    }
    opened = await said(store, ApplicationOpened)
    assert [event.position_id for event in opened] == [first, second]
    assert opened[0].candidate_id == opened[1].candidate_id
    assert opened[0].profile == opened[1].profile


async def test_the_same_person_under_another_lead_id_is_a_possible_duplicate(store: Store) -> None:
    position_id = await store.a_position()
    await store.bring_in(a_meta_export([a_row(1)]), position_id)
    rows = [
        a_row(2, email="ANA1@example.com "),
        a_row(3, phone_number="0712 000 001", email="ana1@example.com"),
        a_row(4),
    ]
    done = await store.bring_in(a_meta_export(rows), position_id)
    assert counts(done)["possible_duplicates"] == 2
    found = await said(store, PossibleDuplicateFound)
    assert [event.shared for event in found] == [["email"], ["phone", "email"]]
    opened = await said(store, ApplicationOpened)
    assert {event.other_candidate_id for event in found} == {opened[0].candidate_id}
    assert [event.candidate_id for event in found] == [event.candidate_id for event in opened[1:3]]


async def test_a_new_or_changed_person_takes_over_what_was_asked_under_the_same_number(store: Store) -> None:
    position_id = await store.a_position()
    await store.bring_in(a_meta_export([a_row(1), a_row(2)]), position_id)
    one, other = (event.candidate_id for event in await said(store, ApplicationOpened))
    wish = Wish(one, ContactChannel.CALL, NOON, "phone", "do not call me")
    async with store.begin() as tx:
        await store.contacts.forbid(tx, [Ban(wish, RECRUITER)])
    rows = [a_row(2, phone_number="+40712000001"), a_row(3, phone_number="0712000001"), a_row(4)]
    await store.bring_in(a_meta_export(rows), position_id)
    new = (await said(store, ApplicationOpened))[2].candidate_id
    forbidden = [(event.candidate_id, event.same_as) for event in await said(store, ContactForbidden)]
    assert sorted(forbidden) == [(other, one), (new, one)]


@pytest.mark.parametrize("time_zone", ["Europe/London", "Europe/Bucharest"])
async def test_a_number_without_country_code_is_of_where_the_position_is(
    store: Store, time_zone: str
) -> None:
    position_id = await store.a_position(time_zone=time_zone)
    await store.bring_in(a_meta_export([a_row(1, phone_number="p:07400 123456")]), position_id)
    (opened,) = await said(store, ApplicationOpened)
    assert opened.profile.phone == ("+447400123456" if time_zone == "Europe/London" else None)
    assert opened.profile.phone_as_given == "p:07400 123456"


async def test_a_lead_of_a_merged_person_updates_the_one_who_was_kept(postgres: PostgresStore) -> None:
    first, second = await postgres.a_position(), await postgres.a_position()
    await postgres.bring_in(a_meta_export([a_row(1), a_row(2)]), first)
    kept, merged = (event.candidate_id for event in await said(postgres, ApplicationOpened))
    merge = "UPDATE candidates SET merged_into = $1 WHERE candidate_id = $2"
    await postgres.pool.execute(merge, kept, merged)
    body = a_meta_export([a_row(2, email="newer@example.com"), a_row(1, full_name="Ana Ionescu")])
    for position_id in (first, second):
        await postgres.bring_in(body, position_id)
    people = await postgres.pool.fetch(
        "SELECT full_name, email, lead_key FROM candidates ORDER BY candidate_id"
    )
    assert [tuple(row) for row in people] == [
        ("Ana Ionescu", "ana1@example.com", "1990233898500001"),
        ("Ana Ionescu", "ana1@example.com", "1990233898500002"),
    ]
    opened = [(event.candidate_id, event.position_id) for event in await said(postgres, ApplicationOpened)]
    assert opened == [(kept, first), (merged, first), (kept, second)]
    revised = await said(postgres, CandidateProfileRevised)
    assert {event.candidate_id for event in revised} == {kept, merged}
    done = (await said(postgres, LeadsImported))[-1]
    assert counts(done) == {
        "position_id": second,
        "rows": 2,
        "candidates_updated": 2,
        "applications_created": 1,
    }


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "empty_file"),
        (b"%PDF-1.7 ...", "not_a_csv"),
        (b"id|full_name|email\nl:1|Ana|ana@example.com\n", "no_known_columns"),
        (b"full_name,email\nAna,ana@example.com\n", "no_lead_id"),
    ],
)
async def test_a_hopeless_file_is_refused_at_once(memory: MemoryStore, body: bytes, code: str) -> None:
    reply = await command(memory, await memory.a_position(), body)
    assert isinstance(reply, Refused)
    assert reply.code == code
    assert await memory.published() == []
    assert memory.shelf.imports == {}


async def test_a_file_for_no_position_or_a_closed_one_is_refused(memory: MemoryStore) -> None:
    body = a_meta_export([a_row(1)])
    missing = await command(memory, 99, body)
    closed = await command(memory, await memory.a_position(status=PositionStatus.CLOSED), body)
    assert isinstance(missing, Refused)
    assert isinstance(closed, Refused)
    assert (missing.code, closed.code) == ("not_found", "position_closed")


async def test_a_file_that_never_arrived_is_refused(memory: MemoryStore) -> None:
    position_id = await memory.a_position()
    lost = ImportLeads(
        command_id=uuid4(),
        actor=RECRUITER,
        position_id=position_id,
        file=BlobRef(key="lost", size=10),
        file_name="leads.csv",
    )
    async with memory.begin() as tx:
        reply = await import_leads(lost, tx, memory.positions, memory.imports, memory.blobs)
    assert isinstance(reply, Refused)
    assert reply.code == "file_missing"


async def command(store: Store, position_id: int, body: bytes) -> object:
    ref = await store.blobs.put("file", body, "text/csv")
    asked = ImportLeads(
        command_id=uuid4(), actor=RECRUITER, position_id=position_id, file=ref, file_name="leads.csv"
    )
    async with store.begin() as tx:
        return await import_leads(asked, tx, store.positions, store.imports, store.blobs)


async def test_a_position_closed_meanwhile_refuses_the_import(store: Store) -> None:
    position_id = await store.a_position()
    requested = await store.request(a_meta_export([a_row(1)]), position_id)
    async with store.begin() as tx:
        position = await store.positions.lock(tx, position_id)
        assert position is not None
        closed = position.details.model_copy(update={"status": PositionStatus.CLOSED})
        await store.positions.revise(tx, replace(position, details=closed))
    await store.run(requested)
    (refused,) = await said(store, LeadsImportRefused)
    assert "closed" in refused.reason
    assert await said(store, ApplicationOpened) == []


class StopsAfter(LeadFiles):
    """A reader whose process dies after some chunks."""

    def __init__(self, files: LeadFiles, chunks: int) -> None:
        self._files = files
        self._chunks = chunks

    async def chunks(self, file: BlobRef, *, time_zone: str, size: int, after_record: int) -> LeadChunks:
        left = self._chunks
        async for part in self._files.chunks(file, time_zone=time_zone, size=3, after_record=after_record):
            if left == 0:
                raise ReaderFailed(-9)
            left -= 1
            yield part


@pytest.mark.parametrize("stops", [0, 1, 2, 3])
async def test_an_import_cut_short_goes_on_without_doubling_anything(store: Store, stops: int) -> None:
    position_id = await store.a_position()
    rows = [a_row(n) for n in range(1, 9)] + [a_row(9, phone_number="", email=""), a_row(1)]
    requested = await store.request(a_meta_export(rows), position_id)
    whole = store.files
    store.files = StopsAfter(whole, stops)
    with pytest.raises(ReaderFailed):
        await store.run(requested)
    assert await said(store, LeadsImported) == []
    store.files = whole
    await store.run(requested)
    await store.run(requested)
    (done,) = await said(store, LeadsImported)
    assert counts(done) == {
        "position_id": position_id,
        "rows": 10,
        "candidates_created": 8,
        "applications_created": 8,
        "skipped": 1,
        "refused_count": 1,
    }
    assert len(await said(store, ApplicationOpened)) == 8


async def run_to_its_end(store: Store, requested: LeadsImportRequested) -> None:
    """As the chassis does: what fails is tried again later."""
    for _ in range(50):
        try:
            await store.run(requested)
        except (asyncpg.UniqueViolationError, ChunksCross):
            await asyncio.sleep(0)
        else:
            return
    raise AssertionError("the import never ends")


async def test_two_runs_of_one_import_at_once_double_nothing(postgres: PostgresStore) -> None:
    position_id = await postgres.a_position()
    requested = await postgres.request(a_meta_export([a_row(n) for n in range(1, 31)]), position_id)
    other = PostgresStore(postgres.pool)
    other.blobs, other.files = postgres.blobs, StopsAfter(postgres.files, 99)
    postgres.files = StopsAfter(postgres.files, 99)
    async with asyncio.TaskGroup() as group:
        group.create_task(run_to_its_end(postgres, requested))
        group.create_task(run_to_its_end(other, requested))
    (done,) = await said(postgres, LeadsImported)
    assert counts(done)["candidates_created"] == 30
    assert len(await said(postgres, ApplicationOpened)) == 30


async def test_a_file_that_kills_its_reader_every_time_ends_in_words(store: Store) -> None:
    position_id = await store.a_position()
    requested = await store.request(a_meta_export([a_row(1)]), position_id)
    looking = await store.request_preview(a_meta_export([a_row(2)]), position_id)
    store.files = StopsAfter(store.files, 0)
    for run in (lambda: store.run(requested), lambda: store.look(looking)):
        for _ in range(MOST_FAILURES - 1):
            with pytest.raises(ReaderFailed):
                await run()
        await run()
        await run()
    refused = await said(store, LeadsImportRefused)
    assert [event.import_id for event in refused] == [requested.import_id, looking.import_id]
    assert all("could not be read" in event.reason for event in refused)
    assert await said(store, ApplicationOpened) == []


async def test_progress_is_told_after_each_chunk_and_counts_right_after_a_crash(store: Store) -> None:
    requested = await store.request(a_meta_export([a_row(n) for n in range(1, 9)]), await store.a_position())
    whole = store.files
    store.files = StopsAfter(whole, 2)
    with pytest.raises(ReaderFailed):
        await store.run(requested)
    store.files = StopsAfter(whole, 9)
    await store.run(requested)
    assert [event.rows for event in await said(store, LeadsImportProgressed)] == [3, 6, 8]


async def test_a_reader_that_dies_is_noticed(memory: MemoryStore) -> None:
    ref = await memory.blobs.put("file", a_meta_export([a_row(1)]), "text/csv")
    chunks = SeparateReader(memory.blobs).chunks(ref, time_zone="No/Where", size=5, after_record=0)
    with pytest.raises(ReaderFailed):
        await anext(chunks)


async def test_only_the_first_hundred_refused_rows_are_published_but_all_are_kept(
    memory: MemoryStore,
) -> None:
    position_id = await memory.a_position()
    rows = [a_row(n, phone_number="", email="") for n in range(1, 151)]
    done = await memory.bring_in(a_meta_export(rows), position_id)
    assert isinstance(done, LeadsImported)
    assert (done.refused_count, len(done.refused), done.refused[-1].line) == (150, 100, 101)
    assert len(memory.shelf.notices) == 150
