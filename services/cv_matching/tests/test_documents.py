"""Reading documents of strangers: the text of good ones, a reason for the others; the service lives on."""

from __future__ import annotations

import asyncio
import random
import time

import pypdfium2
import pytest
from cv_matching.adapters.documents import ReadInChild
from cv_matching.adapters.reading.found import MAX_CHARACTERS
from cv_matching.domain.kinds import READABLE, Kind
from cv_matching_support import files, hostile
from cv_matching_support import hostile_packages as packages
from cv_matching_support import hostile_pdfs as pdfs

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
    bomb = pdfs.with_objects(pdfs.packed(200), filters=b"/Filter /FlateDecode")
    roomy = await ReadInChild(seconds=60, memory_mib=4000).read(bomb, Kind.PDF)
    assert roomy.note == "The file holds no text: it may be a scan."
    tight = await ReadInChild(seconds=60, memory_mib=250).read(bomb, Kind.PDF)
    assert tight.note == "The file could not be read within its limits; it may be damaged or hostile."


async def test_a_small_document_that_unpacks_to_much_is_read_as_far_as_its_text_is_kept() -> None:
    read = await READER.read(files.a_bomb_docx(80, b"<w:p><w:r><w:t>Ana Pop</w:t></w:r></w:p>"), Kind.DOCX)
    assert read.text is not None
    assert MAX_CHARACTERS - 10 < len(read.text) <= MAX_CHARACTERS
    assert read.truncated


async def test_a_document_that_never_ends_is_ended() -> None:
    begun = time.monotonic()
    read = await ReadInChild(seconds=0.05).read(files.an_endless_pdf(), Kind.PDF)
    assert read.text is None
    assert "too long" in (read.note or "")
    assert time.monotonic() - begun < 10


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


@pytest.mark.parametrize("how", sorted(pdfs.HIDDEN_WORDS))
async def test_words_that_nobody_sees_are_told(how: str) -> None:
    read = await READER.read(pdfs.saying(pdfs.HIDDEN_WORDS[how]), Kind.PDF)
    assert read.hidden_text is True


@pytest.mark.parametrize("how", sorted(pdfs.SEEN_WORDS))
async def test_words_that_are_seen_are_not_called_hidden(how: str) -> None:
    read = await READER.read(pdfs.saying(pdfs.SEEN_WORDS[how]), Kind.PDF)
    assert read.hidden_text is False


@pytest.mark.parametrize("what", ["docx: white words", "docx: vanished words"])
async def test_hidden_words_of_a_docx_are_told(what: str) -> None:
    read = await READER.read(hostile.by_hand()[what](), Kind.DOCX)
    assert read.hidden_text is True


async def test_white_words_in_a_shaded_cell_are_seen() -> None:
    run = packages.hello('<w:rPr><w:color w:val="FFFFFF"/></w:rPr>')
    cell = f'<w:tbl><w:tr><w:tc><w:tcPr><w:shd w:fill="1F3864"/></w:tcPr>{run}</w:tc></w:tr></w:tbl>'
    read = await READER.read(packages.a_docx_of(packages.paragraphs(cell)), Kind.DOCX)
    assert read.hidden_text is False


async def test_headers_come_first_and_text_boxes_where_they_stand_once() -> None:
    box = (
        '<w:p><w:r><mc:AlternateContent xmlns:mc="m"><mc:Choice><w:txbxContent><w:p><w:r><w:t>In the box'
        "</w:t></w:r></w:p></w:txbxContent></mc:Choice><mc:Fallback><w:p><w:r><w:t>In the box</w:t></w:r>"
        "</w:p></mc:Fallback></mc:AlternateContent></w:r></w:p>"
    )
    header = packages.paragraphs("<w:p><w:r><w:t>Ana Pop 0740 123 456</w:t></w:r></w:p>").replace(
        "document", "hdr"
    )
    body = packages.paragraphs(box + packages.hello())
    read = await READER.read(packages.a_docx_of(body, ("word/header1.xml", header)), Kind.DOCX)
    assert read.text is not None
    assert read.text.index("0740") < read.text.index("In the box") < read.text.index("curriculum")
    assert read.text.count("In the box") == 1


async def test_two_columns_come_one_after_the_other_and_a_broken_word_is_whole_again() -> None:
    left = b"BT /F1 11 Tf 14 TL 50 700 Td (Ana Pop) Tj T* (devel-) Tj T* (opment engineer) Tj ET "
    right = b"BT /F1 11 Tf 14 TL 350 700 Td (Skills) Tj T* (Python) Tj T* (Romanian) Tj ET"
    read = await READER.read(pdfs.with_objects(left + right), Kind.PDF)
    assert read.text is not None
    assert "development engineer" in read.text
    assert read.text.index("engineer") < read.text.index("Skills") < read.text.index("Romanian")


async def test_text_that_was_written_backwards_is_turned() -> None:
    lines = ("Experience of the engineer", "and education in the university", "with languages for all")
    backwards = "\n".join(line[::-1] for line in lines)
    read = await READER.read(files.a_pdf(backwards), Kind.PDF)
    assert read.text is not None
    assert "Experience of the" in read.text


async def test_an_odt_and_an_rtf_give_their_text() -> None:
    odt = await READER.read(packages.an_odt_of("Ștefan Țepeș\n0740 123 456"), Kind.ODT)
    assert odt.text == "Ștefan Țepeș\n0740 123 456"
    rtf = await READER.read(rb"{\rtf1\ansi\ansicpg1250 \'aatefan, \u536?tefan\par 0740 123 456}", Kind.RTF)
    assert rtf.text == "Ştefan, Ștefan\n0740 123 456"


@pytest.mark.parametrize(
    ("what", "kind", "note"),
    [
        ("pdf: locked", Kind.PDF, "The file is locked by a password: no text could be read."),
        ("docx: locked parts", Kind.DOCX, "The file is locked by a password: no text could be read."),
        ("pdf: header alone", Kind.PDF, "The file is damaged: no text could be read."),
        ("pdf: a scan", Kind.PDF, "The file holds no text: it may be a scan."),
        ("docx: a picture alone", Kind.DOCX, "The file holds no text: it may be a scan."),
        (
            "pdf: letters that are private",
            Kind.PDF,
            "The text in the file can't be made out: its letters are not what is seen. Look at it.",
        ),
        (
            "docx: a run of five million elements",
            Kind.DOCX,
            "The file unpacks to far more than a document holds; it may be hostile.",
        ),
        ("docx: a billion laughs", Kind.DOCX, "The file is damaged: no text could be read."),
    ],
)
async def test_why_there_is_no_text_is_said_in_words(what: str, kind: Kind, note: str) -> None:
    read = await READER.read(hostile.by_hand()[what](), kind)
    assert (read.text, read.note) == (None, note)


@pytest.mark.parametrize("what", ["docx: reads a local file", "odt: reads a local file", "docx: calls home"])
async def test_nothing_from_outside_the_file_comes_into_its_text(what: str) -> None:
    body = hostile.by_hand()[what]()
    read = await READER.read(body, Kind.ODT if what.startswith("odt") else Kind.DOCX)
    assert "root:" not in (read.text or "")


async def test_a_small_entity_of_the_documents_own_is_not_filled_in() -> None:
    entity = '<!DOCTYPE d [<!ENTITY who "Somebody Else">]>'
    document = entity + packages.paragraphs(
        "<w:p><w:r><w:t>Ana &who; Pop, curriculum vitae</w:t></w:r></w:p>"
    )
    read = await READER.read(packages.a_docx_of(document), Kind.DOCX)
    assert "Somebody" not in (read.text or "")
    assert "Ana" in (read.text or "")


async def test_a_pdf_that_only_the_second_reader_can_read_is_read_by_it() -> None:
    """One whose first line is damaged; pdfium turns it away."""
    body = files.a_pdf("Ana Pop, curriculum vitae of an invented person").replace(b"%PDF-1.4", b"%PDX-1.4")
    with pytest.raises(pypdfium2.PdfiumError):
        pypdfium2.PdfDocument(body)
    read = await READER.read(body, Kind.PDF)
    assert "Ana Pop" in (read.text or "")


@pytest.mark.parametrize("kind", sorted(set(Kind) - READABLE))
async def test_no_text_is_read_from_other_kinds_and_no_process_is_started(kind: Kind) -> None:
    read = await ReadInChild(seconds=0).read(b"x", kind)
    assert read.text is None
    assert (read.note or "").endswith(".")
