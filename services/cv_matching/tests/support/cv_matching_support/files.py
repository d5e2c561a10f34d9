"""Files as people send them, and as they shouldn't. Everybody in them is invented."""

from __future__ import annotations

import io
import zipfile

import docx
from PIL import Image


def a_pdf(*pages: str) -> bytes:
    """A small valid PDF, one string a page, lines split at newlines; Latin letters only."""
    objects: list[bytes] = [b"<< /Type /Catalog /Pages 2 0 R >>", b""]
    kids = []
    font = 3
    objects.append(b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>")
    for text in pages:
        lines = b"".join(
            b"("
            + line.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)").encode("cp1252")
            + b") Tj T*\n"
            for line in text.split("\n")
        )
        stream = b"BT /F1 11 Tf 50 780 Td 14 TL\n" + lines + b"ET"
        objects.append(b"<< /Length %d >>\nstream\n" % len(stream) + stream + b"\nendstream")
        content = len(objects)
        objects.append(
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents %d 0 R "
            b"/Resources << /Font << /F1 %d 0 R >> >> >>" % (content, font)
        )
        kids.append(b"%d 0 R" % len(objects))
    objects[1] = b"<< /Type /Pages /Kids [%s] /Count %d >>" % (b" ".join(kids), len(kids))
    return assembled(objects)


def _escaped(line: str) -> str:
    return line.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")


def assembled(objects: list[bytes]) -> bytes:
    out = io.BytesIO(b"%PDF-1.4\n")
    out.seek(0, io.SEEK_END)
    offsets = []
    for number, body in enumerate(objects, start=1):
        offsets.append(out.tell())
        out.write(b"%d 0 obj\n" % number + body + b"\nendobj\n")
    start = out.tell()
    out.write(b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1))
    out.writelines(b"%010d 00000 n \n" % offset for offset in offsets)
    out.write(b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, start))
    return out.getvalue()


def a_docx(*paragraphs: str, table: list[list[str]] | None = None) -> bytes:
    document = docx.Document()
    for paragraph in paragraphs:
        document.add_paragraph(paragraph)
    if table:
        grid = document.add_table(rows=len(table), cols=len(table[0]))
        for row, texts in zip(grid.rows, table, strict=True):
            for cell, text in zip(row.cells, texts, strict=True):
                cell.text = text
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


LONG_PARAGRAPH = b"<w:p><w:r><w:t>" + b"A" * 1000 + b"</w:t></w:r></w:p>"
EMPTY_PARAGRAPH = b"<w:p/>"
"""Six bytes in the file, more than a hundred in memory."""


def a_bomb_docx(unpacked_mib: int, filler: bytes = LONG_PARAGRAPH) -> bytes:
    """A well-formed DOCX of a few hundred kB that unpacks to much more."""
    plain = a_docx("Ana Pop")
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(plain)) as source,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as bomb,
    ):
        for part in source.infolist():
            body = source.read(part)
            if part.filename == "word/document.xml":
                filling = filler * (unpacked_mib * 1024 * 1024 // len(filler))
                body = body.replace(b"<w:sectPr", filling + b"<w:sectPr", 1)
            bomb.writestr(part.filename, body)
    return out.getvalue()


def a_lying_docx() -> bytes:
    """An archive whose directory claims that a large part is small."""
    bomb = bytearray(a_bomb_docx(80))
    at = bomb.rfind(b"PK\x01\x02")
    while at != -1:
        bomb[at + 24 : at + 28] = (1000).to_bytes(4, "little")
        at = bomb.rfind(b"PK\x01\x02", 0, at)
    return bytes(bomb)


def a_macro_docx() -> bytes:
    out = io.BytesIO(a_docx("Ana Pop"))
    with zipfile.ZipFile(out, "a") as archive:
        archive.writestr("word/vbaProject.bin", b"macro")
    return out.getvalue()


def an_archive(name: str = "cv.pdf", body: bytes = b"%PDF-1.4") -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(name, body)
    return out.getvalue()


def an_odt() -> bytes:
    return an_archive("mimetype", b"application/vnd.oasis.opendocument.text")


def a_picture(side: int, kind: str = "PNG") -> bytes:
    """Noise, so that its size follows from its side."""
    noise = Image.effect_noise((side, side), 80)
    out = io.BytesIO()
    noise.save(out, kind)
    return out.getvalue()


def a_doc() -> bytes:
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600) + "WordDocument".encode("utf-16-le") + bytes(600)


def an_endless_pdf() -> bytes:
    """A page whose content stream takes very long to work through."""
    return a_pdf("Ana Pop " + "x" * 200).replace(b"ET", b"ET " + b"q 1 0 0 1 0 0 cm " * 200_000)
