"""The text of an OpenDocument text (LibreOffice): headers and footers, then the body.

Source: OASIS ODF 1.3 part 3, 5.1 (paragraphs), 6.1 (white space), 16.9 (master pages).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from cv_matching.adapters.reading.found import MAX_RAW, Found, NoText, Trouble
from cv_matching.adapters.reading.packages import Package, forget, number_in

_ENDS = {"p": "\n", "h": "\n", "tab": "\t", "line-break": "\n", "s": " ", "table-row": "\n"}
_NOT_SHOWN = frozenset({"tracked-changes", "annotation", "binary-data", "script", "title", "desc"})


def read_odt(body: bytes) -> Found:
    package = Package(body)
    if "content.xml" not in package.names:
        raise NoText(Trouble.DAMAGED)
    if "encryption-data" in package.small("META-INF/manifest.xml"):
        raise NoText(Trouble.LOCKED)
    around = _text(package, "styles.xml", within="master-styles") if "styles.xml" in package.names else ""
    inner = _text(package, "content.xml", within="text")
    pages = number_in(r"page-count=\"(\d{1,5})\"", package.small("meta.xml"))
    return Found(f"{around}\n{inner}", pages)


def _text(package: Package, name: str, within: str) -> str:
    pieces: list[str] = []
    length = 0
    for piece in _pieces(package, name, within):
        pieces.append(piece)
        length += len(piece)
        if length > MAX_RAW:
            break
    return "".join(pieces)


def _pieces(package: Package, name: str, within: str) -> Iterator[str]:
    """Text stands before, between and behind elements; it is read as each of them begins and ends."""
    inside = 0
    passed_over = 0
    for event, element in package.walk(name):
        tag = element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""
        step = 1 if event == "start" else -1
        if tag == within and element.tag.startswith("{urn:oasis:names:tc:opendocument:xmlns:office"):
            inside += step
        if tag in _NOT_SHOWN:
            passed_over += step
        if event == "end" and inside and not passed_over and tag in ("p", "h"):
            yield "".join(_in_paragraph(element)) + "\n"
        if event == "end" and tag in ("p", "h", "table-row", "table", "section", "list-item"):
            forget_text(element)


def _in_paragraph(paragraph: Any) -> Iterator[str]:
    yield paragraph.text or ""
    for child in paragraph:
        tag = child.tag.rpartition("}")[2] if isinstance(child.tag, str) else ""
        if tag not in _NOT_SHOWN:
            yield from _in_paragraph(child)
            yield _ENDS.get(tag, "")
        yield child.tail or ""


def forget_text(element: Any) -> None:
    """As ``forget``; the text behind the element belongs to what is around it."""
    tail = element.tail
    forget(element)
    element.tail = tail
