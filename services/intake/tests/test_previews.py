"""A look through a lead file: what an import would do with each row, and nothing written of it."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

import pytest
from contracts import Accepted, Refused
from contracts.intake import (
    ApplicationOpened,
    ConfirmImport,
    LeadsImported,
    LeadsImportRefused,
    LeadsImportRequested,
    LeadsPreviewed,
    PositionStatus,
    PreviewLeads,
)
from intake.adapters import preview_files
from intake.handlers.imports import confirm_import, preview_leads
from intake_support.files import HEADER, a_meta_export, a_row, a_table
from intake_support.stores import RECRUITER, MemoryStore, PostgresStore, Store


async def said(store: Store, kind: type) -> list:  # type: ignore[type-arg]
    return [event for event in await store.published() if isinstance(event, kind)]


async def rows_of(store: Store, seen: object, name: str = "all") -> list[dict[str, Any]]:
    assert isinstance(seen, LeadsPreviewed)
    found = next((section for section in seen.sections if section.name == name), None)
    if found is None:
        return []
    rows = [json.loads(line) for line in (await store.blobs.get(found.blob)).splitlines()]
    assert len(rows) == found.rows
    return rows


def counts(seen: object) -> dict[str, int]:
    assert isinstance(seen, LeadsPreviewed)
    return {key: value for key, value in seen.counts.model_dump().items() if value}


MIXED = [
    a_row(1),
    a_row(2, phone_number="p:call me"),
    a_row(3, phone_number="", email=""),
    a_row(4, full_name="<test lead: dummy data for full_name>"),
    a_row(1),
    dict(zip(HEADER, HEADER, strict=True)),
    a_row(7, phone_number="0712 000 001"),
]


async def test_each_row_has_a_verdict_with_its_line_and_its_reason(store: Store) -> None:
    seen = await store.preview(a_meta_export(MIXED), await store.a_position())
    assert isinstance(seen, LeadsPreviewed)
    assert (seen.encoding, seen.delimiter, seen.imported_before) == ("utf-16-le", "\t", None)
    assert [(row["line"], row["verdict"], row["why"], row["flag"]) for row in await rows_of(store, seen)] == [
        (2, "create", None, None),
        (3, "create", None, "the phone number holds letters"),
        (4, "refused", "the row has neither a phone number nor an email", None),
        (5, "skip", "a test lead of Meta's, not a person", None),
        (6, "skip", "the same lead as line 2", None),
        (7, "skip", "the header once more", None),
        (8, "create", None, None),
    ]
    assert counts(seen) == {
        "rows": 7, "create": 3, "skip": 3, "refused": 1, "duplicates": 1, "flagged": 1, "applications": 3,
    }  # fmt: skip
    assert {section.name: section.rows for section in seen.sections} == {
        "all": 7, "create": 3, "refused": 1, "skip": 3, "duplicates": 1,
    }  # fmt: skip
    first = (await rows_of(store, seen))[0]
    assert first == {
        "line": 2,
        "verdict": "create",
        "name": "Ana Maria Pop1",
        "phone": "+40712000001",
        "email": "ana1@example.com",
        "lead_id": "l:1990233898500001",
        "answers": 2,
        "why": None,
        "flag": None,
        "changes": [],
        "duplicates": [],
        "created": "2025-09-12T12:05:13+00:00",
        "campaign": "Sales Representative B2B - stabil",
        "platform": "fb",
        "time_zone": "Europe/Bucharest",
        "candidate_id": None,
        "opens_application": True,
    }


async def test_every_column_is_read_as_something(store: Store) -> None:
    seen = await store.preview(a_meta_export(MIXED), await store.a_position())
    assert isinstance(seen, LeadsPreviewed)
    read = {column.header: column.meaning for column in seen.columns}
    assert list(read) == HEADER
    assert read["id"] == "lead id"
    assert read["ai_experiență_în_vânzări?"] == "question"
    assert read["inbox_url"] == "ignored"


async def test_nobody_is_written_down(postgres: PostgresStore) -> None:
    await postgres.preview(a_meta_export(MIXED), await postgres.a_position())
    for table in ("candidates", "applications", "possible_duplicates", "import_refusals"):
        assert await postgres.pool.fetchval(f"SELECT count(*) FROM {table}") == 0


async def test_rows_of_people_we_know_say_what_would_change(store: Store) -> None:
    position_id = await store.a_position()
    await store.bring_in(a_meta_export([a_row(1), a_row(2), a_row(3)]), position_id)
    changed = {"full_name": "Ana Ionescu", "ai_permis_de_conducere_categoria_b?": "nu", "email": ""}
    body = a_meta_export([a_row(1), a_row(2, **changed), a_row(9)])
    seen = await store.preview(body, position_id)
    one, other, new = await rows_of(store, seen)
    assert [row["verdict"] for row in (one, other, new)] == ["unchanged", "update", "create"]
    assert other["changes"] == [
        {"field": "full_name", "before": "Ana Maria Pop2", "after": "Ana Ionescu"},
        {"field": "Ai permis de conducere categoria b?", "before": "da", "after": "nu"},
    ]
    assert one["duplicates"] == other["duplicates"] == []
    assert counts(seen)["applications"] == 1
    await store.bring_in(body, position_id)
    done = (await said(store, LeadsImported))[-1]
    assert (done.candidates_unchanged, done.candidates_updated, done.candidates_created) == (1, 1, 1)


async def test_somebody_known_may_apply_to_this_position_too(store: Store) -> None:
    await store.bring_in(a_meta_export([a_row(1)]), await store.a_position())
    seen = await store.preview(a_meta_export([a_row(1)]), await store.a_position())
    (row,) = await rows_of(store, seen)
    assert (row["verdict"], row["why"], row["changes"], row["opens_application"]) == (
        "update", "known already: applies to this position too", [], True,
    )  # fmt: skip


async def test_possible_duplicates_are_named_of_people_we_know_and_of_earlier_rows(store: Store) -> None:
    position_id = await store.a_position()
    await store.bring_in(a_meta_export([a_row(1)]), position_id)
    (known,) = await said(store, ApplicationOpened)
    rows = [
        a_row(5, phone_number="0712000001"),
        a_row(6, email="ana5@example.com"),
        a_row(7, phone_number="+40712000001", email="Ana5@example.com"),
        a_row(8),
    ]
    seen = await store.preview(a_meta_export(rows), position_id)
    here = {
        "candidate_id": known.candidate_id,
        "name": "Ana Maria Pop1",
        "shared": ["phone"],
        "phone": "+40712000001",
        "email": "ana1@example.com",
        "lead_id": "l:1990233898500001",
    }
    first = {
        "line": 2,
        "name": "Ana Maria Pop5",
        "phone": "+40712000001",
        "email": "ana5@example.com",
        "lead_id": "l:1990233898500005",
    }
    assert [row["duplicates"] for row in await rows_of(store, seen)] == [
        [here],
        [first | {"shared": ["email"]}],
        [here, first | {"shared": ["phone", "email"]}],
        [],
    ]
    assert [row["line"] for row in await rows_of(store, seen, "duplicates")] == [2, 3, 4]


async def test_the_same_file_imported_before_is_named(store: Store) -> None:
    position_id, other = await store.a_position(), await store.a_position()
    body = a_meta_export([a_row(1)])
    done = await store.bring_in(body, position_id)
    again = await store.preview(body, position_id)
    assert isinstance(again, LeadsPreviewed)
    assert again.imported_before == done.import_id
    assert counts(again) == {"rows": 1, "unchanged": 1}
    elsewhere = await store.preview(body, other)
    assert isinstance(elsewhere, LeadsPreviewed)
    assert elsewhere.imported_before is None


async def test_a_page_is_read_by_its_offset_alone(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    body = a_meta_export([a_row(n) for n in range(1, 251)])
    seen = await store.preview(body, await store.a_position())
    assert isinstance(seen, LeadsPreviewed)
    section = next(section for section in seen.sections if section.name == "all")
    assert (section.page_rows, len(section.offsets)) == (100, 3)
    ends = [*section.offsets[1:], section.blob.size]
    pages = [
        await store.blobs.get_part(section.blob, start, end - start)
        for start, end in zip(section.offsets, ends, strict=True)
    ]
    lines = [[json.loads(line)["line"] for line in page.splitlines()] for page in pages]
    assert lines == [list(range(2, 102)), list(range(102, 202)), list(range(202, 252))]


async def test_pages_get_longer_where_the_event_would_get_too_large(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(preview_files, "MOST_OFFSETS", 4)
    body = a_meta_export([a_row(n) for n in range(1, 1_001)])
    seen = await store.preview(body, await store.a_position())
    assert isinstance(seen, LeadsPreviewed)
    section = next(section for section in seen.sections if section.name == "all")
    assert (section.page_rows, len(section.offsets)) == (400, 3)
    last = await store.blobs.get_part(section.blob, section.offsets[-1], section.blob.size)
    assert [json.loads(line)["line"] for line in last.splitlines()] == list(range(802, 1_002))


async def test_a_look_that_was_cut_short_is_taken_again_and_one_that_is_done_is_not(store: Store) -> None:
    requested = await store.request_preview(a_meta_export(MIXED), await store.a_position())
    await store.blobs.put(f"imports/{requested.import_id}/preview/all.jsonl", b"half of it", "text/plain")
    await store.look(requested)
    await store.look(requested)
    (seen,) = await said(store, LeadsPreviewed)
    assert len(await rows_of(store, seen)) == 7


async def test_a_confirmed_preview_is_imported_once_however_often_it_is_confirmed(store: Store) -> None:
    position_id = await store.a_position()
    requested = await store.request_preview(a_meta_export([a_row(1), a_row(2)]), position_id)
    early = await confirm(store, requested.import_id)
    assert isinstance(early, Refused)
    assert early.code == "not_previewed"
    await store.look(requested)
    first, second = [await confirm(store, requested.import_id) for _ in range(2)]
    assert first == second == Accepted(result={"import_id": str(requested.import_id)})
    (wanted,) = await said(store, LeadsImportRequested)
    await store.run(wanted)
    await store.look(requested)
    assert isinstance(await confirm(store, requested.import_id), Accepted)
    (done,) = await said(store, LeadsImported)
    assert (done.import_id, done.candidates_created) == (requested.import_id, 2)
    assert len(await said(store, LeadsPreviewed)) == len(await said(store, LeadsImportRequested)) == 1


async def test_what_can_not_be_confirmed_says_why(store: Store) -> None:
    position_id = await store.a_position()
    seen = await store.preview(a_meta_export([a_row(1)]), position_id)
    async with store.begin() as tx:
        position = await store.positions.lock(tx, position_id)
        assert position is not None
        closed = position.details.model_copy(update={"status": PositionStatus.CLOSED})
        await store.positions.revise(tx, replace(position, details=closed))
    refusals = [await confirm(store, seen.import_id), await confirm(store, uuid4())]
    assert [reply.code for reply in refusals if isinstance(reply, Refused)] == [
        "position_closed",
        "not_found",
    ]
    assert await said(store, LeadsImportRequested) == []


async def confirm(store: Store, import_id: UUID) -> Accepted | Refused:
    command = ConfirmImport(command_id=uuid4(), actor=RECRUITER, import_id=import_id)
    async with store.begin() as tx:
        return await confirm_import(command, tx, store.positions, store.imports)


async def test_a_preview_for_no_position_or_a_closed_one_is_refused(memory: MemoryStore) -> None:
    file = await memory.blobs.put("file", a_meta_export([a_row(1)]), "text/csv")
    closed = await memory.a_position(status=PositionStatus.CLOSED)
    codes = []
    for position_id in (99, closed):
        wish = PreviewLeads(
            command_id=uuid4(), actor=RECRUITER, position_id=position_id, file=file, file_name="leads.csv"
        )
        async with memory.begin() as tx:
            reply = await preview_leads(wish, tx, memory.positions, memory.imports, memory.blobs)
        codes.append(reply.code if isinstance(reply, Refused) else None)
    assert codes == ["not_found", "position_closed"]


async def test_a_file_that_turns_out_hopeless_ends_in_a_refusal(store: Store) -> None:
    head = "id,phone_number\n" + "\n" * 300_000
    refused = await store.preview(head.encode(), await store.a_position())
    assert isinstance(refused, LeadsImportRefused)
    assert "not a single row" in refused.reason
    reply = await confirm(store, refused.import_id)
    assert isinstance(reply, Refused)
    assert reply.code == "file_refused"


def table_of(body: bytes) -> list[list[str]]:
    assert body.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(body.decode("utf-8-sig"), newline="")))


BAD = a_table(
    [
        a_row(1),
        a_row(2, phone_number="", email="", full_name='=HYPERLINK("http://example.com")'),
        a_row(3, id="1,99E+15".replace(",", "."), full_name="Ștefan O'Neil", phone_number="+40712000003"),
    ],
)


async def test_refused_rows_come_back_as_a_csv_that_can_be_mended_and_sent_again(store: Store) -> None:
    position_id = await store.a_position()
    seen = await store.preview(BAD.encode(), position_id)
    done = await store.bring_in(BAD.encode(), position_id)
    assert isinstance(seen, LeadsPreviewed)
    assert isinstance(done, LeadsImported)
    assert seen.refused_rows is not None
    assert done.refused_rows is not None
    body = await store.blobs.get(done.refused_rows)
    assert body == await store.blobs.get(seen.refused_rows)
    assert body.endswith(b"\r\n")
    header, *rows = table_of(body)
    assert header == ["refused_because", *HEADER]
    assert [row[0] for row in rows] == [
        "the row has neither a phone number nor an email",
        "the lead id was damaged by a spreadsheet: export the file again",
    ]
    assert not any(cell.startswith(("=", "+", "-", "@", "\t", "\r")) for row in rows for cell in row)
    assert rows[1][1 + HEADER.index("phone_number")] == "'+40712000003"

    rows[0][1 + HEADER.index("email")] = "mended@example.com"
    rows[1][1 + HEADER.index("id")] = "l:3"
    mended = io.StringIO(newline="")
    csv.writer(mended, lineterminator="\r\n").writerows([header, *rows])
    again = await store.bring_in(mended.getvalue().encode("utf-8-sig"), position_id)
    assert isinstance(again, LeadsImported)
    assert (again.candidates_created, again.refused_count, again.refused_rows) == (2, 0, None)
    one, other = (event.profile for event in (await said(store, ApplicationOpened))[-2:])
    assert (one.full_name, one.email) == ('=HYPERLINK("http://example.com")', "mended@example.com")
    assert (other.full_name, other.phone, other.phone_as_given) == (
        "Ștefan O'Neil", "+40712000003", "+40712000003",
    )  # fmt: skip
    assert [answer.question for answer in one.form_answers] == HEADER[12:14]


async def test_refused_rows_that_are_not_mended_come_back_the_same(store: Store) -> None:
    position_id = await store.a_position()
    first = await store.bring_in(BAD.encode(), position_id)
    assert isinstance(first, LeadsImported)
    assert first.refused_rows is not None
    body = await store.blobs.get(first.refused_rows)
    second = await store.bring_in(body, position_id)
    assert isinstance(second, LeadsImported)
    assert second.refused_rows is not None
    assert await store.blobs.get(second.refused_rows) == body
