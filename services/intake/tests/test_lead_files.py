"""Real exports and what people make of them: read in full, or refused with a reason that says what to do."""

from __future__ import annotations

import codecs
import gzip
import io
import zipfile
from dataclasses import dataclass
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from intake.domain.lead_cells import moment_of
from intake.domain.lead_columns import Question
from intake.domain.lead_file import LONGEST_RECORD, FileShape, LeadChunk, judge_head, read_chunks
from intake.domain.lead_rows import Lead, Refusal
from intake.domain.lead_text import HEAD_BYTES, HopelessFile
from intake_support.files import HEADER, a_meta_export, a_row, a_table

BUCHAREST = ZoneInfo("Europe/Bucharest")


@dataclass
class Read:
    leads: list[Lead]
    refused: list[Refusal]
    skipped: int
    rows: int
    questions: tuple[Question, ...]


def read(body: bytes, *, size: int = 7, after_record: int = 0) -> Read:
    """Everything a file says; the head alone must not be judged differently."""
    hopeless = _why_hopeless(body)
    if hopeless is not None:
        with pytest.raises(HopelessFile) as again:
            list(read_chunks(io.BytesIO(body), zone=BUCHAREST, size=size))
        assert again.value.code == hopeless.code
        raise hopeless
    result = Read([], [], 0, 0, ())
    for part in read_chunks(io.BytesIO(body), zone=BUCHAREST, size=size, after_record=after_record):
        if isinstance(part, FileShape):
            result.questions = part.columns.questions
            continue
        assert part.rows == len(part.leads) + len(part.refused) + len(part.skipped)
        result.leads += part.leads
        result.refused += part.refused
        result.skipped += len(part.skipped)
        result.rows += part.rows
    return result


def _why_hopeless(body: bytes) -> HopelessFile | None:
    try:
        judge_head(body[:HEAD_BYTES], complete=len(body) <= HEAD_BYTES)
    except HopelessFile as hopeless:
        return hopeless
    return None


THREE = [a_row(1), a_row(2), a_row(3)]
TEXT = a_table(THREE)
SIMPLE = "id,full_name,phone_number,email\n"
SIMPLE_ROW = "l:{0},Ana Pop,+4071200000{0},ana{0}@example.com\n"


def simple(*rows: str) -> bytes:
    return (SIMPLE + "".join(rows)).encode()


def zipped(name: str) -> bytes:
    memory = io.BytesIO()
    with zipfile.ZipFile(memory, "w") as archive:
        archive.writestr(name, "<xml/>")
    return memory.getvalue()


HOPELESS: dict[str, tuple[bytes, str]] = {
    "nothing at all": (b"", "empty_file"),
    "white space only": (b" \r\n\t\r\n", "empty_file"),
    "a byte order mark only": (codecs.BOM_UTF16_LE, "empty_file"),
    "a mark and blank lines": (codecs.BOM_UTF16_LE + "\r\n\r\n".encode("utf-16-le"), "empty_file"),
    "NUL bytes only": (b"\0" * 5_000, "empty_file"),
    "a PDF": (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj", "not_a_csv"),
    "an Excel workbook": (zipped("xl/workbook.xml"), "not_a_csv"),
    "an empty zip": (b"PK\x05\x06" + b"\0" * 18, "not_a_csv"),
    "an old Excel workbook": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 504, "not_a_csv"),
    "a gzipped export": (gzip.compress(TEXT.encode()), "not_a_csv"),
    "a picture": (b"\x89PNG\r\n\x1a\n" + b"\0" * 64, "not_a_csv"),
    "a photo": (b"\xff\xd8\xff\xe0" + b"\1" * 64, "not_a_csv"),
    "rich text": (b"{\\rtf1\\ansi id,email}", "not_a_csv"),
    "a login page": (b"\n<!DOCTYPE html><html><body>Log in</body></html>", "not_a_csv"),
    "an HTML table named xls": (b"<table><tr><td>id</td></tr></table>", "not_a_csv"),
    "binary garbage": (bytes(range(256)) * 20, "not_text"),
    "NUL bytes in the text": (TEXT.encode().replace(b"_", b"\0\0\0"), "not_text"),
    "prose": (b"Dear all,\nplease find attached the leads.\n", "no_known_columns"),
    "JSON": (b'[{"id": "l:1", "email": "ana@example.com"}]', "no_known_columns"),
    "separated by bars": (TEXT.replace("\t", "|").encode(), "no_known_columns"),
    "separated by colons": (b"id:full_name:email\n1:Ana:a@example.com\n", "no_known_columns"),
    "no header": ("".join(TEXT.splitlines(keepends=True)[1:]).encode(), "no_known_columns"),
    "a single column": (b"email\nana@example.com\n", "wrong_delimiter"),
    "no lead id": (b"full_name,phone_number,email\nAna,+40712000001,a@example.com\n", "no_lead_id"),
    "no way to reach anybody": (b"id,full_name,city\nl:1,Ana Pop,Cluj\n", "no_contact_column"),
    "five thousand columns": (
        ("id,email," + ",".join(f"q{n}" for n in range(5_000)) + "\n1,a@example.com\n").encode(),
        "too_many_columns",
    ),
    "the mark of the other UTF-16": (
        codecs.BOM_UTF16_BE + TEXT.encode("utf-16-le"),
        "no_known_columns",
    ),
    "a UTF-16 mark before UTF-8": (codecs.BOM_UTF16_LE + TEXT.encode(), "no_known_columns"),
    "a header alone": (SIMPLE.encode(), "no_rows"),
    "a header and blank lines": (SIMPLE.encode() + b"\n,,,\n  \n", "no_rows"),
    "one endless line": (b"x" * (2 * LONGEST_RECORD), "not_a_csv"),
}


@pytest.mark.parametrize("name", HOPELESS)
def test_a_hopeless_file_is_refused_as_a_whole_and_says_what_to_do(name: str) -> None:
    body, code = HOPELESS[name]
    with pytest.raises(HopelessFile) as refused:
        read(body)
    assert refused.value.code == code
    assert len(refused.value.message) > 40
    assert refused.value.message.endswith(".")


SAME_LEADS: dict[str, bytes] = {
    "as Meta exports it": a_meta_export(THREE),
    "UTF-16BE with its mark": codecs.BOM_UTF16_BE + TEXT.encode("utf-16-be"),
    "UTF-16LE without a mark": TEXT.encode("utf-16-le"),
    "UTF-16BE without a mark": TEXT.encode("utf-16-be"),
    "UTF-32": TEXT.encode("utf-32"),
    "UTF-8 with a mark": codecs.BOM_UTF8 + TEXT.encode(),
    "UTF-8": TEXT.encode(),
    "old Mac line ends": TEXT.replace("\r\n", "\r").encode(),
    "Unix line ends": TEXT.replace("\r\n", "\n").encode(),
    "no line end at the end": TEXT.rstrip().encode(),
    "blank lines between": TEXT.replace("\r\n", "\r\n\r\n\r\n").encode(),
    "lines of empty cells": (TEXT + "\t" * 18 + "\r\n").encode(),
    "separated by semicolons": a_table(THREE, delimiter=";").encode(),
    "separated by commas": a_table(
        [row | {"ai_experiență_în_vânzări?": '"da,_peste_3_ani"'} for row in THREE], delimiter=","
    ).encode(),
    "Excel's hint first": ("sep=;\r\n" + a_table(THREE, delimiter=";")).encode(),
    "every cell quoted": a_table(
        [{key: f'"{value}"' for key, value in row.items()} for row in THREE]
    ).encode(),
    "spaces around every cell": a_table(
        [{key: f"  {value} " for key, value in row.items()} for row in THREE]
    ).encode(),
    "columns in another order": a_table(THREE, header=sorted(HEADER, reverse=True)).encode(),
    "empty columns at the end": TEXT.replace("\r\n", "\t\t\t\r\n").encode(),
    "the header a second time": (TEXT + TEXT.splitlines()[0] + "\r\n").encode(),
    "rows a second time": (TEXT + "".join(TEXT.splitlines(keepends=True)[2:])).encode(),
}


@pytest.mark.parametrize("name", SAME_LEADS)
def test_the_same_leads_are_read_however_the_file_was_saved(name: str) -> None:
    found = read(SAME_LEADS[name])
    assert found.refused == []
    assert [(lead.lead_id, lead.phone, lead.email) for lead in found.leads] == [
        ("l:1990233898500001", "+40712000001", "ana1@example.com"),
        ("l:1990233898500002", "+40712000002", "ana2@example.com"),
        ("l:1990233898500003", "+40712000003", "ana3@example.com"),
    ]
    first = found.leads[0]
    assert (first.full_name, first.first_name, first.last_name) == ("Ana Maria Pop1", "Ana", "Maria Pop1")
    assert first.created == "2025-09-12T12:05:13+00:00"
    assert (first.campaign_name, first.platform) == ("Sales Representative B2B - stabil", "fb")
    answers = {found.questions[number].key: answer for number, answer in first.answers}
    assert answers == {
        "ai_experiență_în_vânzări?": "da, peste 3 ani",
        "ai_permis_de_conducere_categoria_b?": "da",
    }


BAD_ROWS: dict[str, tuple[bytes, int, list[tuple[int, str]], int]] = {
    # name: file, leads, (line, part of the reason) of the refused, skipped
    "neither phone nor email": (simple("l:1,Ana Pop,,\n", SIMPLE_ROW.format(2)), 1, [(2, "neither")], 0),
    "a phone of a prefix only": (simple("l:1,Ana Pop,p:,\n"), 0, [(2, "neither")], 0),
    "an email that is none, no phone": (simple("l:1,Ana Pop,,at home\n"), 0, [(2, "no email address")], 0),
    "no lead id": (simple(",Ana Pop,+40712000001,\n"), 0, [(2, "no lead id")], 0),
    "a prefix without an id": (simple("l:,Ana Pop,+40712000001,\n"), 0, [(2, "no lead id")], 0),
    "a rounded lead id": (simple("1.99023E+15,Ana Pop,+40712000001,\n"), 0, [(2, "spreadsheet")], 0),
    "a name of a thousand letters": (simple(f"l:1,{'a' * 1000},+40712000001,\n"), 0, [(2, "longer")], 0),
    "NUL bytes in one row": (
        simple(*(SIMPLE_ROW.format(n) for n in range(1, 10)))
        .decode()
        .replace("l:5", "l:\x005")
        .encode("utf-16"),
        8,
        [(6, "NUL")],
        0,
    ),
    "a cell too many": (simple("l:1,Pop, Ana,+40712000001,a@example.com\n"), 0, [(2, "5 cells")], 0),
    "empty cells too many": (simple("l:1,Ana,+40712000001,a@example.com,,\n"), 1, [], 0),
    "cells missing": (simple("l:1,Ana Pop,+40712000001\n", "l:2,Ana Pop\n"), 1, [(3, "neither")], 0),
    "a test lead": (
        simple("l:1,<test lead: dummy data for full_name>,p:<test lead: dummy data>,test@meta.com\n"),
        0,
        [],
        1,
    ),
    "Meta's test address": (simple("l:1,Test Lead,+40712000001,Test@Meta.com\n"), 0, [], 1),
    "a lead twice": (simple(SIMPLE_ROW.format(1), SIMPLE_ROW.format(1)), 1, [], 1),
    "a lead twice, once without its prefix": (
        simple(SIMPLE_ROW.format(1), SIMPLE_ROW.format(1).removeprefix("l:")),
        1,
        [],
        1,
    ),
    "a quotation mark never closed": (
        simple('l:1,"Ana Pop,+40712000001,a@example.com\n', *(SIMPLE_ROW.format(n) for n in range(2, 9))),
        8,
        [],
        0,
    ),
    "a quotation mark never closed in a long file": (
        simple('l:0,"Ana,+40712000000,\n', *(f"l:{n},Ana,+40712000001,\n" for n in range(1, 500))),
        500,
        [],
        0,
    ),
    "a quotation mark within a cell": (
        simple('l:1,Ana "Nana" Pop,+40712000001,\n', 'l:2,"Ana" Pop,+40712000002,\n'),
        2,
        [],
        0,
    ),
    "one stray NUL byte": (simple("l:1,A\0na,+40712000001,\n", SIMPLE_ROW.format(2)), 1, [(2, "NUL")], 0),
    "a line break within quotes": (
        simple('l:1,"Ana\nMaria",+40712000001,\n', SIMPLE_ROW.format(2)),
        2,
        [],
        0,
    ),
    "a field of ten megabytes": (
        simple(SIMPLE_ROW.format(1), f"l:2,{'a' * 10_000_000},,\n", SIMPLE_ROW.format(3)),
        2,
        [(3, "longer than")],
        0,
    ),
    "a quoted field of ten megabytes": (
        simple(SIMPLE_ROW.format(1), f'l:2,"{"a" * 10_000_000}",,\n', SIMPLE_ROW.format(3)),
        2,
        [(3, "longer than")],
        0,
    ),
    "truncated UTF-16": (a_meta_export(THREE)[:-61], 3, [], 0),
    "truncated UTF-16 within the phone": (
        codecs.BOM_UTF16_LE + "id,phone_number\nl:1,+40712000001\nl:2,+40712".encode("utf-16-le") + b"3",
        1,
        [(3, "can't be read")],
        0,
    ),
    "a broken character in a name": (
        codecs.BOM_UTF8
        + simple("l:1,Ana \xff,+40712000001,\n".encode("latin-1").decode("latin-1")).replace(
            "ÿ".encode(), b"\xff"
        ),
        0,
        [(2, "can't be read")],
        0,
    ),
    "HTML in a name": (simple("l:1,<b>Ana</b> <script>,+40712000001,\n"), 1, [], 0),
    "a formula in a name": (simple('l:1,"=HYPERLINK(""http://example.com"")",+40712000001,\n'), 1, [], 0),
    "SQL in a name": (simple("l:1,'); DROP TABLE candidates;--,+40712000001,\n"), 1, [], 0),
}


@pytest.mark.parametrize("name", BAD_ROWS)
def test_a_bad_row_costs_itself_at_most_and_says_why(name: str) -> None:
    body, leads, refused, skipped = BAD_ROWS[name]
    found = read(body)
    assert (len(found.leads), found.skipped) == (leads, skipped)
    assert [row.line for row in found.refused] == [line for line, _ in refused]
    for row, (_, part) in zip(found.refused, refused, strict=True):
        assert part in row.reason


def test_there_are_enough_broken_files_above() -> None:
    assert len(HOPELESS) + len(BAD_ROWS) >= 40


def test_cp1252_is_understood_even_when_the_first_accent_comes_late() -> None:
    rows = [f"l:{n},Ana,+40712000001,\n" for n in range(20_000)]
    body = simple(*rows, "l:99999,José Müller,+40712000001,\n").decode().encode("cp1252")
    assert len(body) > HEAD_BYTES
    assert read(body, size=5_000).leads[-1].full_name == "José Müller"


def test_a_phone_that_is_none_is_imported_and_flagged() -> None:
    (lead,) = read(simple("l:1,Ana Pop,p:call me,\n")).leads
    assert (lead.phone, lead.phone_as_given, lead.phone_problem) == (
        None,
        "p:call me",
        "the phone number holds letters",
    )


@pytest.mark.parametrize(
    "header",
    [
        "id,nume_complet,număr_de_telefon,adresa_de_email",
        "id;nume_si_prenume;numar_de_telefon;e-mail",
        "Id\tNume și prenume\tTelefon\tE-mail",
        "id,prenume,nume,telefon,email",
        "lead_id,first_name,last_name,phone,work_email",
        '"id","full name","Phone Number","Email Address"',
        "id,nombre_completo,teléfono,correo_electrónico",
        "ID*,Full name:,phone_number?,EMAIL",
        "id,Ｆull_name,phone_number,email",
    ],
)
def test_columns_are_known_in_many_words(header: str) -> None:
    delimiter = next(mark for mark in "\t;," if mark in header)
    name = ["Ana", "Pop"] if header.count(delimiter) == 4 else ["Ana Pop"]
    line = delimiter.join(["l:1", *name, "0712000001", "ANA@example.com"])
    found = read(f"{header}\n{line}\n".encode())
    (lead,) = found.leads
    assert (lead.full_name, lead.phone, lead.email) == ("Ana Pop", "+40712000001", "ana@example.com")
    assert found.questions == ()


def test_every_unknown_column_is_a_question_wherever_it_stands() -> None:
    header = "education_level,id,zip_code,email,what_are_you_looking_for?,"
    found = read(f"{header}\nhigh_school,l:1,z:400001,ana@example.com,,da\n".encode())
    (lead,) = found.leads
    assert [(found.questions[number].key, answer) for number, answer in lead.answers] == [
        ("education_level", "high school"),
        ("zip_code", "400001"),
        ("column_6", "da"),
    ]


def test_invisible_marks_are_no_part_of_a_name_or_a_number() -> None:
    (lead,) = read(simple("l:1,\u202eAna\u202c Pop,\u202a+40712000001\u202c,\ufeffana@example.com\n")).leads
    assert (lead.full_name, lead.phone, lead.email) == ("Ana Pop", "+40712000001", "ana@example.com")


def test_a_campaign_the_exporter_may_not_see_is_unknown() -> None:
    row = a_row(1, campaign_name="You don't have enough permission to view this")
    assert read(a_meta_export([row])).leads[0].campaign_name is None


@pytest.mark.parametrize(
    ("text", "utc"),
    [
        ("2025-09-12T15:05:13+05:30", "2025-09-12T09:35:13+00:00"),
        ("2025-09-12T15:05:13+0000", "2025-09-12T15:05:13+00:00"),
        ("2025-09-12 15:05:13", "2025-09-12T12:05:13+00:00"),
        ("12.09.2025 15:05", "2025-09-12T12:05:00+00:00"),
        ("1757689513", "2025-09-12T15:05:13+00:00"),
        ("1757689513000", "2025-09-12T15:05:13+00:00"),
        ("09/12/2025", None),
        ("0001-01-01T00:00:00+14:00", None),
        ("99999999999999999999", None),
        ("soon", None),
        ("", None),
    ],
)
def test_times_are_read_as_they_come_or_left_out(text: str, utc: str | None) -> None:
    moment = moment_of(text, BUCHAREST)
    assert (moment.isoformat() if moment else None) == utc


@pytest.mark.parametrize("stopped_after", [0, 1, 6, 7, 8, 29, 30])
def test_a_file_goes_on_behind_the_last_record_without_doubling_any(stopped_after: int) -> None:
    rows = [a_row(n) for n in range(1, 29)] + [a_row(1), a_row(29, phone_number="", email="")]
    body = a_meta_export(rows)
    whole, rest = read(body), read(body, after_record=stopped_after)
    assert whole.rows == 30
    assert rest.rows == 30 - stopped_after
    assert rest.leads == whole.leads[min(stopped_after, 28) :]
    assert rest.refused == (whole.refused if stopped_after < 30 else [])


@given(st.binary(max_size=400))
def test_no_bytes_make_the_reader_fail(body: bytes) -> None:
    if _why_hopeless(body) is None:
        found = read(body)
        assert found.rows == len(found.leads) + len(found.refused) + found.skipped


@given(st.lists(st.lists(st.text(max_size=20), max_size=6), max_size=8), st.sampled_from("\t,;"))
def test_no_rows_make_the_reader_fail(rows: list[list[str]], delimiter: str) -> None:
    text = delimiter.join(["id", "phone_number", "email", "full_name"]) + "\n"
    text += "\n".join(delimiter.join(cells) for cells in rows)
    body = text.encode("utf-8", "replace")
    if hopeless := _why_hopeless(body):
        assert hopeless.code in {"not_text", "no_rows"}
        return
    found = read(body)
    assert found.rows == len(found.leads) + len(found.refused) + found.skipped


def test_chunks_have_the_size_asked_for() -> None:
    body = a_meta_export([a_row(n) for n in range(1, 21)])
    chunks = [
        part for part in read_chunks(io.BytesIO(body), zone=BUCHAREST, size=8) if isinstance(part, LeadChunk)
    ]
    assert [(chunk.rows, chunk.last_record) for chunk in chunks] == [(8, 8), (8, 16), (4, 20)]


def test_a_phone_column_with_nothing_but_the_prefix_hides_no_other() -> None:
    body = b"id,phone_number,email,telefon,al_doilea_telefon\nl:1,p:,,p:0712000001,p:+40712000002\n"
    (lead,) = read(body).leads
    assert (lead.phone, lead.phone_as_given) == ("+40712000001", "p:0712000001")
    assert lead.answers == ((0, "+40712000002"),)
