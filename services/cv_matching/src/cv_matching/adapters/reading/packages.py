"""Parts of a zipped document, read as a stream: what a part unpacks to never stands in memory as a whole."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from typing import Any, cast

from lxml import etree

from cv_matching.adapters.reading.found import NoText, Trouble

MAX_PARTS = 2_000
MAX_UNPACKED = 64 * 1024 * 1024
"""What is unpacked of a document, all its parts together, in bytes."""
MAX_ELEMENTS = 400_000
"""Of XML, in all parts together."""
SMALL_PART = 256 * 1024


class Package:
    """One zip, and what may still be unpacked of it."""

    def __init__(self, body: bytes) -> None:
        try:
            self._archive = zipfile.ZipFile(io.BytesIO(body))
        except (zipfile.BadZipFile, ValueError, NotImplementedError) as damaged:
            raise NoText(Trouble.DAMAGED) from damaged
        self.names = self._archive.namelist()
        if len(self.names) > MAX_PARTS:
            raise NoText(Trouble.TOO_MUCH)
        self._bytes_left = MAX_UNPACKED
        self._elements_left = MAX_ELEMENTS

    def small(self, name: str) -> str:
        """The beginning of a part; empty where there is none."""
        if name not in self.names:
            return ""
        with self._open(name) as part:
            return str(part.read(SMALL_PART), "utf-8", "replace")

    def walk(self, name: str) -> Iterator[tuple[str, Any]]:
        """``start`` and ``end`` of every element of a part. Entities are not replaced, nothing is fetched."""
        with self._open(name) as part:
            events = etree.iterparse(
                cast(Any, _Counted(part, self)),
                events=("start", "end"),
                resolve_entities=False,
                no_network=True,
                load_dtd=False,
                huge_tree=False,
                remove_comments=True,
                remove_pis=True,
            )
            try:
                for event, element in events:
                    self._elements_left -= event == "start"
                    if self._elements_left < 0:
                        raise NoText(Trouble.TOO_MUCH)
                    yield event, element
            except etree.XMLSyntaxError as damaged:
                raise NoText(Trouble.DAMAGED) from damaged

    def spend(self, count: int) -> None:
        self._bytes_left -= count
        if self._bytes_left < 0:
            raise NoText(Trouble.TOO_MUCH)

    def _open(self, name: str) -> Any:
        try:
            return self._archive.open(name)
        except (KeyError, zipfile.BadZipFile, NotImplementedError) as damaged:
            raise NoText(Trouble.DAMAGED) from damaged
        except RuntimeError as locked:
            raise NoText(Trouble.LOCKED) from locked


class _Counted:
    def __init__(self, part: Any, package: Package) -> None:
        self._part = part
        self._package = package

    def read(self, size: int = 65536) -> bytes:
        read: bytes = self._part.read(min(size, 65536) if size > 0 else 65536)
        self._package.spend(len(read))
        return read


def forget(element: Any) -> None:
    """What was read of a tree is not needed any more; nor are its sisters before it."""
    element.clear()
    while (before := element.getprevious()) is not None:
        before.getparent().remove(before)


def number_in(pattern: str, text: str) -> int | None:
    """A count of pages that the program which wrote the document left in it."""
    found = re.search(pattern, text)
    return int(found[1]) if found and 0 < int(found[1]) < 10_000 else None
