"""Reading documents of strangers: the text of good ones, a reason for the others; the service lives on."""

from __future__ import annotations

import asyncio
import random
import time

import pytest
from cv_matching.adapters.documents import MAX_BYTES, ReadInChild
from cv_matching.domain.kinds import Kind
from cv_matching_support import files

READER = ReadInChild()


async def test_a_pdf_gives_the_text_of_its_first_two_pages() -> None:
    body = files.a_pdf(
        "Curriculum vitae\nAna Pop, Sibiu, ana.pop@example.com", "Experience", "References of others"
    )
    read = await READER.read(body, Kind.PDF)
    assert read.text is not None
    assert "ana.pop@example.com" in read.text
    assert "Experience" in read.text
    assert "References" not in read.text


async def test_a_docx_gives_its_paragraphs_and_its_tables() -> None:
    body = files.a_docx("Ștefan Țepeș", table=[["Telefon", "0740 123 456"], ["E-mail", "stefan@example.com"]])
    read = await READER.read(body, Kind.DOCX)
    assert read.text is not None
    for part in ("Ștefan Țepeș", "0740 123 456", "stefan@example.com"):
        assert part in read.text


async def test_no_cell_of_a_long_table_is_left_out() -> None:
    """Elements that are gone give their identity to later ones."""
    cells = [[f"label {row}", f"value {row}"] for row in range(100)]
    read = await READER.read(files.a_docx("Ana", table=cells), Kind.DOCX)
    assert read.text is not None
    missing = [text for row in cells for text in row if text not in read.text.splitlines()]
    assert missing == []


async def test_a_scan_has_no_text_and_says_so() -> None:
    read = await READER.read(files.a_pdf(""), Kind.PDF)
    assert read.text is None
    assert "scan" in (read.note or "")


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (files.a_pdf("Ana Pop " * 20)[:200], Kind.PDF),
        (b"%PDF-1.7\n" + b"\xff" * 5000, Kind.PDF),
        (b"%PDF-", Kind.PDF),
        (files.a_docx("Ana Pop")[:3000], Kind.DOCX),
        (files.an_archive("word/document.xml", b"<not xml"), Kind.DOCX),
        (files.a_lying_docx(), Kind.DOCX),
        (files.a_bomb_docx(80), Kind.DOCX),
    ],
    ids=[
        "cut pdf",
        "garbage pdf",
        "pdf header alone",
        "cut docx",
        "no word document",
        "lying docx",
        "bomb docx",
    ],
)
async def test_a_damaged_or_hostile_file_ends_with_a_reason(body: bytes, kind: Kind) -> None:
    read = await READER.read(body, kind)
    assert read.text is None
    assert (read.note or "").endswith(".")


async def test_a_document_that_takes_all_memory_dies_alone() -> None:
    bomb = files.a_bomb_docx(10, files.EMPTY_PARAGRAPH)
    roomy = await ReadInChild(memory_mib=4000).read(bomb, Kind.DOCX)
    assert roomy.text is not None
    tight = await ReadInChild(memory_mib=250).read(bomb, Kind.DOCX)
    assert tight.text is None
    assert tight.note.endswith(".")


async def test_a_document_that_never_ends_is_ended() -> None:
    begun = time.monotonic()
    read = await ReadInChild(seconds=0.05).read(files.an_endless_pdf(), Kind.PDF)
    assert read.text is None
    assert "too long" in (read.note or "")
    assert time.monotonic() - begun < 10


async def test_a_file_over_the_limit_is_not_even_tried() -> None:
    read = await READER.read(b"%PDF-" + bytes(MAX_BYTES), Kind.PDF)
    assert read.note == "The file is too large to be read."


async def test_many_mangled_files_each_end_with_text_or_a_reason() -> None:
    seed = random.randrange(1 << 32)
    print(f"seed {seed}")
    chance = random.Random(seed)
    good = (
        (files.a_pdf("Ana Pop\n" + "word " * 50), Kind.PDF),
        (files.a_docx("Ana Pop", "word " * 50), Kind.DOCX),
    )

    async def one(body: bytes, kind: Kind) -> None:
        mangled = bytearray(body)
        for _ in range(chance.randrange(1, 40)):
            mangled[chance.randrange(len(mangled))] = chance.randrange(256)
        read = await READER.read(bytes(mangled), kind)
        assert read.text is not None or (read.note or "").endswith(".")

    for _ in range(4):
        await asyncio.gather(*(one(*chance.choice(good)) for _ in range(4)))
