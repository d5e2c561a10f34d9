"""What a file is: everything but a lead export, under the name of one."""

from __future__ import annotations

import base64
import bz2
import gzip
import io
import json
import lzma
import pickle
import sqlite3
import tarfile
import zipfile
import zlib

from intake_support.hostile import GOOD, HEADER, Outcome, Read, Refused, Table, file, row

BODY = GOOD.encode()
NO_CSV, NO_TEXT, EMPTY = Refused("not_a_csv"), Refused("not_text"), Refused("empty_file")
UNKNOWN = Refused("no_known_columns")


def _zipped(*names: str) -> bytes:
    memory = io.BytesIO()
    with zipfile.ZipFile(memory, "w") as archive:
        for name in names:
            archive.writestr(name, GOOD)
    return memory.getvalue()


def _tarred() -> bytes:
    memory = io.BytesIO()
    with tarfile.open(fileobj=memory, mode="w") as archive:
        entry = tarfile.TarInfo("leads.csv")
        entry.size = len(BODY)
        archive.addfile(entry, io.BytesIO(BODY))
    return memory.getvalue()


def _database() -> bytes:
    with sqlite3.connect(":memory:") as database:
        database.execute("CREATE TABLE leads (id, email)")
        return database.serialize()


RENAMED: Table = {
    "a PDF": (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<<>>\nendobj\n", NO_CSV),
    "a zip archive of the export": (_zipped("leads.csv"), NO_CSV),
    "an Excel workbook": (_zipped("[Content_Types].xml", "xl/workbook.xml"), NO_CSV),
    "a spreadsheet of LibreOffice": (_zipped("mimetype", "content.xml"), NO_CSV),
    "a Word document": (_zipped("word/document.xml"), NO_CSV),
    "an old Excel workbook": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504), NO_CSV),
    "gzip": (gzip.compress(BODY), NO_CSV),
    "a gzip bomb": (gzip.compress(bytes(1 << 20)), NO_CSV),
    "bzip2": (bz2.compress(BODY), NO_CSV),
    "xz": (lzma.compress(BODY), NO_CSV),
    "zstd": (b"\x28\xb5\x2f\xfd" + bytes(60), NO_CSV),
    "7z": (b"7z\xbc\xaf\x27\x1c" + bytes(60), NO_CSV),
    "rar": (b"Rar!\x1a\x07\x01\x00" + bytes(60), NO_CSV),
    "PNG": (b"\x89PNG\r\n\x1a\n" + bytes(64), NO_CSV),
    "JPEG": (b"\xff\xd8\xff\xe0" + bytes(64), NO_CSV),
    "GIF": (b"GIF89a" + bytes(64), NO_CSV),
    "WebP": (b"RIFF\x24\0\0\0WEBPVP8 " + bytes(64), NO_CSV),
    "TIFF": (b"II*\0" + bytes(64), NO_CSV),
    "a song": (b"ID3\x04" + bytes(64), NO_CSV),
    "a film": (bytes(4) + b"ftypisom" + bytes(64), NO_TEXT),
    "a program": (b"\x7fELF\x02\x01\x01" + bytes(64), NO_CSV),
    "a database": (_database(), NO_CSV),
    "Parquet": (b"PAR1" + bytes(64) + b"PAR1", NO_CSV),
    "a tar archive": (_tarred(), NO_TEXT),
    "rich text": (b"{\\rtf1\\ansi id,email}", NO_CSV),
    "a contact card": (b"BEGIN:VCARD\nVERSION:3.0\nFN:Ana Pop\nEND:VCARD\n", NO_CSV),
    "a calendar": (b"BEGIN:VCALENDAR\nVERSION:2.0\nEND:VCALENDAR\n", NO_CSV),
    "a login page": (b"\n<!DOCTYPE html><html><body>Log in</body></html>", NO_CSV),
    "a login page in UTF-8 with its mark": (b"\xef\xbb\xbf<html><body>Log in</body></html>", NO_CSV),
    "a login page in UTF-16": ("<html><body>Log in</body></html>".encode("utf-16"), UNKNOWN),
    "an HTML table named xls": (b"<table><tr><td>id</td></tr></table>", NO_CSV),
    "XML of a spreadsheet": (b'<?xml version="1.0"?><Workbook/>', NO_CSV),
    "JSON": (json.dumps([{"id": "l:1", "email": "ana@example.com"}]).encode(), UNKNOWN),
    "lines of JSON": (b'{"id": "l:1"}\n{"id": "l:2"}\n', UNKNOWN),
    "YAML": (b"- id: 1\n  email: ana@example.com\n", UNKNOWN),
    "an email": (b"From: ana@example.com\nSubject: Leads\n\nHere they are.\n", UNKNOWN),
    "prose": (b"Dear all,\nplease find attached the leads.\n", UNKNOWN),
    "SQL": (b"INSERT INTO leads VALUES (1, 'Ana');\n", UNKNOWN),
    "base64": (base64.encodebytes(BODY), UNKNOWN),
    "a pickle": (pickle.dumps({"id": [1, 2, 3]}), NO_TEXT),
    "zlib": (zlib.compress(BODY), NO_TEXT),
    "random bytes": (bytes((n * 97 + 13) % 256 for n in range(4_096)), NO_TEXT),
}

EMPTIES: Table = {
    "nothing at all": (b"", EMPTY),
    "one byte": (b"i", UNKNOWN),
    "one NUL byte": (b"\0", EMPTY),
    "a megabyte of NUL bytes": (bytes(1 << 20), EMPTY),
    "spaces": (b" " * 1_000, EMPTY),
    "line breaks": (b"\r\n" * 1_000, EMPTY),
    "tabs": (b"\t" * 1_000, EMPTY),
    "commas": (b"," * 1_000, UNKNOWN),
    "quotation marks": (b'"' * 1_000, UNKNOWN),
    "an end of file of DOS": (b"\x1a", UNKNOWN),
    "a hint for Excel alone": (b"sep=,\n", EMPTY),
    "a header alone": (HEADER.encode(), Refused("no_rows")),
    "a header without a line end": (HEADER.strip().encode(), Refused("no_rows")),
    "a header alone in UTF-16": (HEADER.encode("utf-16"), Refused("no_rows")),
    "a header and blank lines": (HEADER.encode() + b"\n,,,\n \n\t\n", Refused("no_rows")),
    "a header and a million line breaks": (HEADER.encode() + b"\n" * 1_000_000, Refused("no_rows")),
    "a hint for Excel and a header": (b"sep=,\n" + HEADER.encode(), Refused("no_rows")),
}


def _wide(columns: int) -> bytes:
    header = "id,email," + ",".join(f"question_{n}" for n in range(columns)) + "\n"
    return (header + "l:1,ana@example.com" + ",yes" * columns + "\n").encode()


SHAPES: dict[str, tuple[bytes, Outcome]] = {
    "498 questions": (_wide(498), Read(1)),
    "499 questions": (_wide(499), Refused("too_many_columns")),
    "5,000 columns": (_wide(5_000), Refused("too_many_columns")),
    "5,000 columns without a name": (file(row(1), header=HEADER.strip() + "," * 5_000 + "\n"), Read(1)),
    "a row of 5,000 cells": (file(row(1).strip() + ",x" * 5_000 + "\n", row(2)), Read(1, ((2, "cells"),))),
    "a row of 5,000 empty cells more": (file(row(1).strip() + "," * 5_000 + "\n", row(2)), Read(2)),
    "no header": (file(row(1), row(2), header=""), UNKNOWN),
    "a title above the header": (("Leads of May\n" + GOOD).encode(), UNKNOWN),
    "no lead id": (b"full_name,email\nAna,ana@example.com\n", Refused("no_lead_id")),
    "no way to reach anybody": (b"id,full_name,city\nl:1,Ana Pop,Cluj\n", Refused("no_contact_column")),
    "a single column": (b"email\nana@example.com\n", Refused("wrong_delimiter")),
    "bars": (GOOD.replace(",", "|").encode(), UNKNOWN),
    "colons": (GOOD.replace("l:", "").replace(",", ":").encode(), UNKNOWN),
    "spaces between": (GOOD.replace("Ana Pop", "Ana").replace(",", " ").encode(), UNKNOWN),
    "semicolons": (GOOD.replace(",", ";").encode(), Read(3)),
    "tabs between": (GOOD.replace(",", "\t").encode(), Read(3)),
    "a header of tabs above rows of commas": (
        file(row(1), row(2), header=HEADER.replace(",", "\t")),
        Read(0, ((2, "neither"), (3, "neither"))),
    ),
    "a hint for Excel that is wrong": (("sep=;\n" + GOOD).encode(), Read(3)),
    "the header twice at the top": ((HEADER + GOOD).encode(), Read(3, skipped=1)),
    "the header again behind every row": (
        "".join(HEADER + row(n) for n in (1, 2, 3)).encode(),
        Read(3, skipped=2),
    ),
    "two files in one": ((GOOD + GOOD.replace("l:", "l:9")).encode(), Read(6, skipped=1)),
    "two files in one, the second with its mark": (
        GOOD.encode() + b"\xef\xbb\xbf" + GOOD.replace("l:", "l:9").encode(),
        Read(6, skipped=1),
    ),
    "two files in one, the second with other columns": (
        (GOOD + "email,id,phone_number,full_name\nbogdan@example.com,l:9,+40712000009,Bogdan\n").encode(),
        Read(3, ((5, "another header"), (6, "another header stands on line 5"))),
    ),
    "two id columns": (
        file("l:1,,+40712000001,a@example.com\n", header=HEADER.replace("full_name", "id")),
        Read(1),
    ),
    "two email columns": (
        file("l:1,,,a@example.com\n", "l:2,b@example.com,,\n", header=HEADER.replace("full_name", "email")),
        Read(2),
    ),
    "a header with HTML": (
        file(row(1).strip() + ",da\n", header=HEADER.strip() + ",<b>Ai permis?</b>\n"),
        Read(1),
    ),
    "a header with a formula": (file(row(1).strip() + ",da\n", header=HEADER.strip() + ",=1+1\n"), Read(1)),
    "a header with a line break": (
        file(row(1).strip() + ",da\n", header=HEADER.strip() + ',"Ai\npermis?"\n'),
        Read(1),
    ),
    "a header with an open quotation mark": (
        file(row(1).strip() + ",da\n", header=HEADER.strip() + ',"Ai permis?\n'),
        Read(1),
    ),
    "a header with NUL bytes": (file(row(1), row(2), header="id,full_name,phone_number,em\0ail\n"), Read(2)),
    "a header of look-alikes": (
        file(row(1), header="id,full_name,рhone_number,еmail\n"),
        Refused("no_contact_column"),
    ),
    "a header with accents": (
        file(row(1), header="ID,Nume complet,Număr de telefon,Adresă de email\n"),
        Read(1),
    ),
    "300,000 blank lines before a row": (file("\n" * 300_000, row(1)), Read(1)),
    "one lead 20,000 times": (file(*[row(1)] * 20_000), Read(1, skipped=19_999)),
    "20,000 rows of one phone number": (
        file(*(row(n, phone="+40712000001") for n in range(20_000))),
        Read(20_000),
    ),
    "20,000 rows that are refused": (
        file(*("l:1,,,\n" for _ in range(20_000))),
        Read(0, tuple((n, "neither") for n in range(2, 20_002))),
    ),
}
