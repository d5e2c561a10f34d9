"""The process that reads one document: file on stdin, JSON on stdout, limits first.

Started by ``documents.py``. It imports nothing of the platform, opens no connection and writes no file.
"""

from __future__ import annotations

import io
import json
import resource
import sys
import zipfile
from collections.abc import Iterator

MAX_PAGES = 2
MAX_CHARACTERS = 20_000
MAX_UNPACKED = 64 * 1024 * 1024
"""What a DOCX may unpack to, all its parts together, in bytes."""
MAX_PARTS = 2_000
SCANT = 40
"""Fewer letters than this on the first pages and another reader is asked."""
BAD_FILE = 3
"""Exit status: the file is no readable document of its kind."""


class Unreadable(Exception):
    pass


def read(body: bytes, kind: str) -> str:
    """The text of the first pages; raises ``Unreadable`` and whatever the libraries raise."""
    if kind == "pdf":
        return _pdf(body)
    if kind == "docx":
        return _docx(body)
    raise Unreadable(kind)


def _pdf(body: bytes) -> str:
    """Two readers, because each gives up on files that the other can read."""
    try:
        text = _pdf_with_pdfium(body)
    except Exception:
        return _pdf_with_plumber(body)
    if _letters(text) >= SCANT:
        return text
    try:
        second = _pdf_with_plumber(body)
    except Exception:
        return text
    return second if _letters(second) > _letters(text) else text


def _pdf_with_pdfium(body: bytes) -> str:
    import pypdfium2

    document = pypdfium2.PdfDocument(body)
    try:
        pages = range(min(len(document), MAX_PAGES))
        return "\n".join(document[at].get_textpage().get_text_bounded() for at in pages)[:MAX_CHARACTERS]
    finally:
        document.close()


def _pdf_with_plumber(body: bytes) -> str:
    import pdfplumber

    with pdfplumber.open(io.BytesIO(body), pages=list(range(1, MAX_PAGES + 1))) as document:
        return "\n".join(page.extract_text() or "" for page in document.pages)[:MAX_CHARACTERS]


def _docx(body: bytes) -> str:
    import docx

    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        parts = archive.infolist()
        if len(parts) > MAX_PARTS or sum(part.file_size for part in parts) > MAX_UNPACKED:
            raise Unreadable("unpacks to too much")
    document = docx.Document(io.BytesIO(body))
    found: list[str] = []
    length = 0
    for piece in _pieces(document):
        found.append(piece)
        length += len(piece) + 1
        if length > MAX_CHARACTERS:
            break
    return "\n".join(found)[:MAX_CHARACTERS]


def _pieces(document: object) -> Iterator[str]:
    """Paragraphs and table cells in reading order, then headers: contact data stand in any of them."""
    from docx.document import Document
    from docx.table import Table

    assert isinstance(document, Document)
    for block in document.iter_inner_content():
        if isinstance(block, Table):
            yield from _cells(block)
        else:
            yield block.text
    for section in document.sections:
        yield from (paragraph.text for paragraph in section.header.paragraphs)


def _cells(table: object) -> Iterator[str]:
    from docx.table import Table

    assert isinstance(table, Table)
    # A merged cell stands at each of its places. The elements are kept, not their ids: an id is given anew
    # once its element is gone, and another cell would be left out.
    seen: set[object] = set()
    for row in table.rows:
        for cell in row.cells:
            if cell._tc in seen:
                continue
            seen.add(cell._tc)
            yield cell.text


def _letters(text: str) -> int:
    return sum(char.isalpha() for char in text)


def main() -> None:
    kind, memory_mib, seconds = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    limit = memory_mib * 1024 * 1024
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    body = sys.stdin.buffer.read()
    try:
        text = read(body, kind)
    except Exception:
        sys.exit(BAD_FILE)
    sys.stdout.write(json.dumps({"text": text.replace("\x00", "")}))


if __name__ == "__main__":
    main()
