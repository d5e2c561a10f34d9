"""The text of a DOCX in reading order: headers, then paragraphs, tables and text boxes, then footers.

python-docx is not used: it keeps every part in memory as a tree and passes over text boxes, where templates
of CVs like to put the name. Source: ECMA-376 part 1, 17.3 (paragraphs), 17.4 (tables), 17.10 (headers).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from cv_matching.adapters.reading.found import MAX_PAGES, MAX_RAW, Found, NoText, Trouble
from cv_matching.adapters.reading.packages import Package, forget, number_in

_MAIN = re.compile(r"[^<>]*relationships/officeDocument[\"'][^<>]*")
_TARGET = re.compile(r"Target\s{0,9}=\s{0,9}[\"']/?([^\"']{1,200})[\"']")
_OUTER = re.compile(r"word/(header|footer)\d*\.xml")
SMALLEST_HALF_POINTS = 4


def read_docx(body: bytes) -> Found:
    package = Package(body)
    main = _main_part(package)
    if main not in package.names:
        raise NoText(Trouble.DAMAGED)
    outer = sorted(name for name in set(package.names) if _OUTER.fullmatch(name))
    around = {name: _Part(package, name) for name in outer}
    heads = [part for name, part in around.items() if "header" in name]
    feet = [part for name, part in around.items() if "footer" in name]
    inner = _Part(package, main)
    parts = [*heads, inner, *feet]
    texts = list(dict.fromkeys(part.text.strip() for part in parts))
    pages = number_in(r"<Pages>(\d{1,5})</Pages>", package.small("docProps/app.xml"))
    return Found("\n".join(texts), pages, sum(part.hidden for part in parts))


def _main_part(package: Package) -> str:
    for element in package.small("_rels/.rels").split("<"):
        if _MAIN.search(element) and (target := _TARGET.search(element)):
            return target[1]
    return "word/document.xml"


class _Part:
    """One part, read up to the end of its second page (where Word left a mark of it) or as far as we keep."""

    def __init__(self, package: Package, name: str) -> None:
        self.hidden = 0
        self._pieces: list[str] = []
        self._length = 0
        self._page = 1
        for piece in self._read(package.walk(name)):
            self._pieces.append(piece)
            self._length += len(piece)
            if self._length > MAX_RAW or self._page > MAX_PAGES:
                break
        self.text = "".join(self._pieces)

    def _read(self, events: Iterator[tuple[str, Any]]) -> Iterator[str]:
        skipped: Any = None
        for event, element in events:
            tag = _local(element)
            if skipped is not None:
                skipped = None if event == "end" and element is skipped else skipped
            elif event == "start":
                if tag == "Fallback":
                    skipped = element
                elif tag == "txbxContent":
                    yield "\n"
            elif tag == "t":
                yield self._shown(element)
            elif tag in _SIGNS:
                self._page += tag == "lastRenderedPageBreak" or _is_page_break(element)
                yield _SIGNS[tag]
            if event == "end" and tag in ("r", "p", "tr", "tbl"):
                forget(element)

    def _shown(self, element: Any) -> str:
        """Word shows nothing of a run that is marked as hidden; white and tiny words it prints."""
        text = element.text or ""
        look = element.getparent().find("{*}rPr") if element.getparent() is not None else None
        if look is None:
            return text
        if look.find("{*}vanish") is not None:
            self.hidden += sum(map(str.isalnum, text))
            return ""
        white = _value(look, "color").upper() == "FFFFFF" and not _on_colour(element)
        size = _value(look, "sz")
        if white or (size.isdigit() and int(size) < SMALLEST_HALF_POINTS):
            self.hidden += sum(map(str.isalnum, text))
        return text


_SIGNS = {"p": "\n", "tab": "\t", "br": "\n", "cr": "\n", "lastRenderedPageBreak": ""}
_GROUNDS = ("shd", "highlight")
_SHAPES = ("txbxContent", "textbox", "wsp")


def _local(element: Any) -> str:
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def _value(look: Any, name: str) -> str:
    found = look.find(f"{{*}}{name}")
    if found is None:
        return ""
    return next((str(value) for key, value in found.attrib.items() if key.endswith("}val")), "")


def _is_page_break(element: Any) -> bool:
    return _local(element) == "br" and "page" in element.attrib.values()


def _on_colour(element: Any) -> bool:
    """In a shape or a shaded cell, paragraph or run: white is seen there."""
    for around in element.iterancestors():
        if _local(around) in _SHAPES:
            return True
        for child in around:
            if _local(child) in ("rPr", "pPr", "tcPr") and any(
                child.find(f"{{*}}{g}") is not None for g in _GROUNDS
            ):
                return True
    return False
