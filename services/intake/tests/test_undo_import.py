"""An import is taken back as a whole where nothing has happened since, and says what stays and why."""

from __future__ import annotations

import time
from collections.abc import Sequence
from contextlib import aclosing
from dataclasses import replace
from datetime import timedelta
from typing import TypeVar
from uuid import UUID, uuid4

import pytest
from chassis import Tx
from chassis.blobs import BlobMissing, MemoryBlobs
from contracts import Accepted, Actor, BlobRef, Event, Refused
from contracts.intake import (
    ApplicationOpened,
    ApplicationStatus,
    ApplicationStatusChanged,
    CandidateProfileRevised,
    CandidateReturned,
    CandidateWithdrawn,
    ClosedBecause,
    ImportLeads,
    LeadsImported,
    LeadsImportRefused,
    LeadsImportUndone,
    LeadsImportUndoRequested,
    OpenApplication,
    UndoImport,
)
from intake.adapters.postgres import PostgresImportTraces
from intake.domain.applications import Assignee, Happening
from intake.domain.status_machine import Fact, Status
from intake.handlers import take_back
from intake.handlers.candidates import open_application
from intake.handlers.imports import import_leads
from intake.handlers.moves import moves_of, record
from intake.handlers.undo_import import undo_import, undo_leads_import
from intake.handlers.unreadable import MOST_FAILURES, MOST_TROUBLES
from intake.ports import LeadChunks, Move, Note, ReaderFailed
from intake_support.files import a_meta_export, a_row
from intake_support.stores import RECRUITER, MemoryStore, PostgresStore, Store

Kind = TypeVar("Kind", bound=Event)


async def said(store: Store, kind: type[Kind]) -> list[Kind]:
    return [event for event in await store.published() if isinstance(event, kind)]


async def ask(store: Store, import_id: UUID) -> Accepted | Refused:
    command = UndoImport(command_id=uuid4(), actor=RECRUITER, import_id=import_id)
    async with store.begin() as tx:
        return await undo_import(command, tx, store.imports, store.positions)


async def carry_out(store: Store, import_id: UUID) -> None:
    requested = [one for one in await said(store, LeadsImportUndoRequested) if one.import_id == import_id]
    await undo_leads_import(
        requested[-1],
        store.begin,
        store.imports,
        store.positions,
        store.applications,
        store.candidates,
        store.contacts,
        store.traces,
    )


async def undo(store: Store, import_id: UUID) -> LeadsImportUndone:
    reply = await ask(store, import_id)
    assert isinstance(reply, Accepted), reply
    await carry_out(store, import_id)
    return (await said(store, LeadsImportUndone))[-1]


async def imported(store: Store, position_id: int, *rows: dict[str, str]) -> UUID:
    done = await store.bring_in(a_meta_export(rows), position_id)
    assert isinstance(done, LeadsImported)
    return done.import_id


async def happens(store: Store, application_id: int, fact: Fact, actor: Actor = RECRUITER) -> None:
    async with store.begin() as tx:
        application = await store.applications.lock(tx, application_id)
        assert application is not None
        moves = moves_of(application, Happening(fact, "as said", call_id=None), actor)
        assert moves
        await record(tx, moves, store.applications, store.positions)


async def test_an_untouched_import_is_taken_back_as_a_whole(store: Store) -> None:
    position_id = await store.a_position()
    import_id = await imported(store, position_id, *(a_row(n) for n in range(1, 6)))
    done = await undo(store, import_id)
    assert (done.applications_withdrawn, done.candidates_withdrawn) == (5, 5)
    assert (done.profiles_restored, done.kept_count, done.kept, done.actor) == (0, 0, [], RECRUITER)
    opened = await said(store, ApplicationOpened)
    changes = await said(store, ApplicationStatusChanged)
    assert [(one.application_id, one.current, one.closed_because, one.sequence) for one in changes] == [
        (one.application_id, ApplicationStatus.CLOSED, ClosedBecause.IMPORT_UNDONE, 1) for one in opened
    ]
    assert {one.candidate_id for one in await said(store, CandidateWithdrawn)} == {
        one.candidate_id for one in opened
    }


async def test_what_something_has_happened_to_stays_and_says_why(store: Store) -> None:
    position_id, other = await store.a_position(), await store.a_position()
    import_id = await imported(store, position_id, *(a_row(n) for n in range(1, 9)))
    opened = await said(store, ApplicationOpened)
    queued, closed, assigned, noted, edited, elsewhere, *_ = opened
    await happens(store, queued.application_id, Fact.CALL_REQUESTED)
    await happens(store, closed.application_id, Fact.CLOSED_BY_RECRUITER)
    async with store.begin() as tx:
        application = await store.applications.lock(tx, assigned.application_id)
        assert application is not None
        looked_after = replace(application, assignee=Assignee("7", "Ioana"))
        await store.applications.save(tx, [Move(application, looked_after, RECRUITER, "", None)])
        await store.applications.add_note(
            tx, Note(uuid4(), noted.application_id, "call after six", RECRUITER, tx.now)
        )
        person = await store.candidates.get(tx, edited.candidate_id)
        assert person is not None
        await store.candidates.revise(tx, {edited.candidate_id: person.profile._replace(notes="nice")})
        await store.applications.open(tx, other, [elsewhere.candidate_id])
    done = await undo(store, import_id)
    assert [(one.candidate_id, one.application_id, one.reason) for one in done.kept] == [
        (queued.candidate_id, queued.application_id, "queued for a call"),
        (closed.candidate_id, closed.application_id, "closed since"),
        (assigned.candidate_id, assigned.application_id, "assigned to Ioana"),
        (noted.candidate_id, noted.application_id, "has a note"),
        (edited.candidate_id, None, "profile edited since"),
        (elsewhere.candidate_id, None, "applies to another position too"),
    ]
    assert (done.kept_count, done.applications_withdrawn, done.candidates_withdrawn) == (6, 4, 2)


async def test_profiles_are_restored_unless_they_were_edited_since(store: Store) -> None:
    first, second = await store.a_position(), await store.a_position()
    await imported(store, first, a_row(1), a_row(2), a_row(3))
    known = [event.candidate_id for event in await said(store, ApplicationOpened)]
    import_id = await imported(
        store, second, a_row(1, full_name="Ana Nou"), a_row(2, email="new@example.com"), a_row(3)
    )
    async with store.begin() as tx:
        person = await store.candidates.get(tx, known[1])
        assert person is not None
        await store.candidates.revise(tx, {known[1]: person.profile._replace(notes="nice")})
    done = await undo(store, import_id)
    assert (done.applications_withdrawn, done.candidates_withdrawn, done.profiles_restored) == (3, 0, 1)
    assert [(one.candidate_id, one.reason) for one in done.kept] == [(known[1], "profile edited since")]
    restored = (await said(store, CandidateProfileRevised))[-1]
    assert (restored.candidate_id, restored.cause, restored.import_id) == (
        known[0], "import_undone", import_id,
    )  # fmt: skip
    assert (restored.before and restored.before.full_name, restored.profile.full_name) == (
        "Ana Nou", "Ana Maria Pop1",
    )  # fmt: skip
    assert restored.revision == 2


async def test_the_same_file_brings_everybody_back_and_can_be_undone_again(store: Store) -> None:
    position_id = await store.a_position()
    rows = [a_row(1), a_row(2)]
    await undo(store, await imported(store, position_id, *rows))
    seen = await store.preview(a_meta_export(rows), position_id)
    assert seen.model_dump()["counts"]["create"] == 2
    assert seen.model_dump()["imported_before"] is None
    again = await imported(store, position_id, *rows)
    done = (await said(store, LeadsImported))[-1]
    assert (done.candidates_created, done.applications_created, done.candidates_unchanged) == (2, 2, 0)
    opened = await said(store, ApplicationOpened)
    assert len(opened) == 2
    assert [one.candidate_id for one in await said(store, CandidateReturned)] == [
        one.candidate_id for one in opened
    ]
    back = (await said(store, ApplicationStatusChanged))[-2:]
    assert [(one.previous, one.current, one.sequence, one.closed_because) for one in back] == [
        (ApplicationStatus.CLOSED, ApplicationStatus.PENDING_CALL, 2, None)
    ] * 2
    once_more = await undo(store, again)
    assert (once_more.applications_withdrawn, once_more.candidates_withdrawn) == (2, 2)
    assert once_more.kept == []


async def test_somebody_who_came_back_by_another_file_is_that_files(store: Store) -> None:
    position_id, other = await store.a_position(), await store.a_position()
    await undo(store, await imported(store, position_id, a_row(1)))
    import_id = await imported(store, other, a_row(1, full_name="Ana Nou"))
    (returned,) = await said(store, CandidateReturned)
    done = await undo(store, import_id)
    assert (done.applications_withdrawn, done.candidates_withdrawn, done.kept) == (1, 1, [])
    assert [one.candidate_id for one in await said(store, CandidateWithdrawn)] == [returned.candidate_id] * 2


async def test_what_can_not_be_undone_is_refused_in_words(store: Store) -> None:
    position_id = await store.a_position()
    import_id = await imported(store, position_id, a_row(1))
    running = await store.request(a_meta_export([a_row(2)]), position_id)
    refusals = [await ask(store, one) for one in (uuid4(), running.import_id, import_id)]
    await store.run(running)
    await undo(store, import_id)
    refusals.append(await ask(store, import_id))
    async with store.begin() as tx:
        old = await store.imports.lock(tx, running.import_id)
        assert old is not None
        assert old.finished_at is not None
        await store.imports.save(tx, replace(old, finished_at=old.finished_at - timedelta(days=31)))
    refusals.append(await ask(store, running.import_id))
    codes = [reply.code for reply in refusals if isinstance(reply, Refused)]
    assert codes == ["not_found", "not_finished", "import_running", "undone_already", "too_old"]


async def test_nothing_is_imported_into_a_position_whose_import_is_being_undone(memory: MemoryStore) -> None:
    position_id = await memory.a_position()
    import_id = await imported(memory, position_id, a_row(1))
    await ask(memory, import_id)
    file = await memory.blobs.put("file", a_meta_export([a_row(2)]), "text/csv")
    wish = ImportLeads(
        command_id=uuid4(), actor=RECRUITER, position_id=position_id, file=file, file_name="leads.csv"
    )
    async with memory.begin() as tx:
        reply = await import_leads(wish, tx, memory.positions, memory.imports, memory.blobs)
    assert isinstance(reply, Refused)
    assert reply.code == "undo_running"


class Killed(Exception):
    """The process ends here."""


class DiesWithdrawing(PostgresImportTraces):
    def __init__(self, times: int) -> None:
        self._left = times

    async def withdraw(self, tx: Tx, candidate_ids: Sequence[int]) -> None:
        if self._left == 0:
            raise Killed
        self._left -= 1
        await super().withdraw(tx, candidate_ids)


async def test_an_undo_that_was_cut_short_goes_on_without_doubling_anything(
    postgres: PostgresStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(take_back, "AT_A_TIME", 3)
    position_id = await postgres.a_position()
    import_id = await imported(postgres, position_id, *(a_row(n) for n in range(1, 12)))
    assert isinstance(await ask(postgres, import_id), Accepted)
    whole = postgres.traces
    postgres.traces = DiesWithdrawing(2)
    with pytest.raises(Killed):
        await carry_out(postgres, import_id)
    assert len(await said(postgres, CandidateWithdrawn)) == 6
    postgres.traces = whole
    await carry_out(postgres, import_id)
    await carry_out(postgres, import_id)
    (done,) = await said(postgres, LeadsImportUndone)
    assert (done.applications_withdrawn, done.candidates_withdrawn) == (11, 11)
    assert len(await said(postgres, ApplicationStatusChanged)) == 11


async def test_ten_thousand_leads_are_taken_back_in_seconds(postgres: PostgresStore) -> None:
    position_id = await postgres.a_position()
    import_id = await imported(postgres, position_id, *(a_row(n) for n in range(1, 10_001)))
    started = time.perf_counter()
    done = await undo(postgres, import_id)
    seconds = time.perf_counter() - started
    assert (done.applications_withdrawn, done.candidates_withdrawn) == (10_000, 10_000)
    print(f"10,000 leads undone in {seconds:.1f} s")
    assert seconds < 60


async def test_who_is_put_into_the_position_again_goes_on_there_with_the_application_they_had(
    store: Store,
) -> None:
    """Somebody who applies elsewhere too is here still, and nobody can reopen what an undo has closed."""
    position_id, other = await store.a_position(), await store.a_position()
    import_id = await imported(store, position_id, a_row(1))
    (opened,) = await said(store, ApplicationOpened)
    result = None
    for where in (other, position_id):
        command = OpenApplication(
            command_id=uuid4(), actor=RECRUITER, candidate_id=opened.candidate_id, position_id=where
        )
        async with store.begin() as tx:
            reply = await open_application(command, tx, store.candidates, store.positions, store.applications)
        assert isinstance(reply, Accepted), reply
        result = reply.result
        if where == other:
            await undo(store, import_id)
    assert result == {"application_id": opened.application_id}
    again = (await said(store, ApplicationStatusChanged))[-1]
    assert (again.application_id, again.previous, again.current, again.actor) == (
        opened.application_id,
        ApplicationStatus.CLOSED,
        ApplicationStatus.PENDING_CALL,
        RECRUITER,
    )


async def test_an_undone_application_is_not_brought_back_beside_another_of_the_same_person(
    postgres: PostgresStore,
) -> None:
    position_id, other = await postgres.a_position(), await postgres.a_position()
    import_id = await imported(postgres, position_id, a_row(1))
    await imported(postgres, other, a_row(1))
    await imported(postgres, position_id, a_row(2))
    await undo(postgres, import_id)
    await postgres.pool.execute("UPDATE candidates SET merged_into = 1 WHERE candidate_id = 2")
    async with postgres.begin() as tx:
        has = await postgres.candidates.application_for(tx, 1, position_id)
    assert has is not None
    assert has[1] is Status.PENDING_CALL


class Fails:
    """The store of files, behind some rows; ``trouble`` every time."""

    def __init__(self, store: Store, rows: int, trouble: Exception) -> None:
        self._files = store.files
        self._rows = rows
        self._trouble = trouble

    async def chunks(self, file: BlobRef, *, time_zone: str, size: int, after_record: int) -> LeadChunks:
        parts = self._files.chunks(file, time_zone=time_zone, size=2, after_record=after_record)
        async with aclosing(parts):
            async for shape, chunk in parts:
                if chunk.last_record > self._rows:
                    raise self._trouble
                yield shape, chunk


@pytest.mark.parametrize("rows", [0, 16])
async def test_an_import_whose_file_is_gone_is_refused_and_blocks_no_undo(store: Store, rows: int) -> None:
    position_id = await store.a_position()
    earlier = await imported(store, position_id, a_row(99))
    requested = await store.request(a_meta_export([a_row(n) for n in range(1, 31)]), position_id)
    looking = await store.request_preview(a_meta_export([a_row(40)]), position_id)
    whole = store.files
    store.files = Fails(store, rows, BlobMissing(requested.file.key))
    await store.run(requested)
    await store.run(requested)
    store.files = type(whole)(MemoryBlobs())
    await store.look(looking)
    store.files = whole
    refused = await said(store, LeadsImportRefused)
    assert [event.import_id for event in refused] == [requested.import_id, looking.import_id]
    assert all("upload it again" in event.reason for event in refused)
    assert len(await said(store, CandidateWithdrawn)) == len(await said(store, ApplicationOpened)) - 1
    assert (await undo(store, earlier)).applications_withdrawn == 1


async def test_an_import_over_which_the_program_fails_again_and_again_ends_in_words(store: Store) -> None:
    position_id = await store.a_position()
    earlier = await imported(store, position_id, a_row(99))
    requested = await store.request(a_meta_export([a_row(n) for n in range(1, 31)]), position_id)
    whole, trouble = store.files, OSError("no space left")

    async def fails_behind(rows: int, times: int) -> None:
        store.files = whole
        store.files = Fails(store, rows, trouble)
        for _ in range(times):
            with pytest.raises(OSError, match="no space"):
                await store.run(requested)

    await fails_behind(0, MOST_TROUBLES - 1)
    await fails_behind(20, 1)  # it went on: that counts anew
    await fails_behind(0, MOST_TROUBLES - 2)
    await store.run(requested)
    (refused,) = await said(store, LeadsImportRefused)
    assert "by no fault of its own" in refused.reason
    assert (await undo(store, earlier)).applications_withdrawn == 1


class DiesAfter:
    """A reader whose process dies behind some rows, every time."""

    def __init__(self, store: Store, rows: int) -> None:
        self._files = store.files
        self._rows = rows

    async def chunks(self, file: BlobRef, *, time_zone: str, size: int, after_record: int) -> LeadChunks:
        parts = self._files.chunks(file, time_zone=time_zone, size=2, after_record=after_record)
        async with aclosing(parts):
            async for shape, chunk in parts:
                if chunk.last_record > self._rows:
                    raise ReaderFailed(-9)
                yield shape, chunk


async def test_a_file_that_kills_its_reader_half_way_leaves_nothing_behind(store: Store) -> None:
    requested = await store.request(a_meta_export([a_row(n) for n in range(1, 31)]), await store.a_position())
    store.files = DiesAfter(store, 16)
    for _ in range(MOST_FAILURES - 1):
        with pytest.raises(ReaderFailed):
            await store.run(requested)
    opened = await said(store, ApplicationOpened)
    assert 0 < len(opened) <= 16
    await store.run(requested)
    await store.run(requested)
    (refused,) = await said(store, LeadsImportRefused)
    assert "could not be read" in refused.reason
    assert len(await said(store, CandidateWithdrawn)) == len(await said(store, ApplicationOpened))
    assert await said(store, LeadsImportUndone) == await said(store, LeadsImported) == []
