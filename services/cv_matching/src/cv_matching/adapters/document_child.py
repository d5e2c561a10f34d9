"""The process that reads one document: file on stdin, JSON on stdout, limits first.

Started by ``documents.py``, once for each file. It imports its reader, takes the file in, gives up every
right to open, connect or start anything, and only then looks at the first byte.
"""

from __future__ import annotations

import codecs
import json
import sys
from collections.abc import Callable
from typing import Any

from cv_matching.adapters.reading import cage
from cv_matching.adapters.reading.found import MAX_CHARACTERS, Found, NoText, Trouble
from cv_matching.domain.texts import legible, tidied

CODECS = (
    *(
        "ascii",
        "latin-1",
        "utf-8-sig",
        "utf-16",
        "utf-16-le",
        "utf-16-be",
        "utf-32",
        "cp437",
        "cp850",
        "cp852",
    ),
    *(f"cp125{each}" for each in range(9)),
    *(
        "iso8859-2",
        "iso8859-5",
        "iso8859-15",
        "iso8859-16",
        "koi8-r",
        "mac-roman",
        "mac-latin2",
        "unicode-escape",
    ),
)
"""Python loads them from files when they are asked for, and no file can be opened then."""
NOT_READY = 86
"""Ends with this where it could not even begin, which is no fault of the file."""
HIDDEN = 15
"""More letters than this that nobody sees are no accident."""


def reader_of(kind: str) -> Callable[[bytes], Found]:
    """Imported one by one: each costs time and address space."""
    if kind == "pdf":
        from cv_matching.adapters.reading.pdf import read_pdf

        return read_pdf
    if kind == "docx":
        from cv_matching.adapters.reading.word import read_docx

        return read_docx
    if kind == "odt":
        from cv_matching.adapters.reading.open_text import read_odt

        return read_odt
    from cv_matching.adapters.reading.rtf import read_rtf

    return read_rtf


def answer(reader: Callable[[bytes], Found], body: bytes) -> dict[str, Any]:
    try:
        found = reader(body)
    except NoText as none:
        return {"trouble": none.trouble.value, "pages": none.pages}
    except MemoryError:
        return {"trouble": Trouble.TOO_MUCH.value, "pages": None}
    except Exception:
        return {"trouble": Trouble.DAMAGED.value, "pages": None}
    text = tidied(found.text, MAX_CHARACTERS + 1)
    if not text:
        return {"trouble": Trouble.NO_TEXT.value, "pages": found.pages}
    if not legible(text):
        return {"trouble": Trouble.GARBLED.value, "pages": found.pages}
    return {
        "text": text[:MAX_CHARACTERS],
        "truncated": len(text) > MAX_CHARACTERS,
        "pages": found.pages,
        "hidden_text": None if found.hidden is None else found.hidden > HIDDEN,
    }


def main() -> None:
    kind, memory_mib, seconds, parent = sys.argv[1], *map(int, sys.argv[2:5])
    limited = cage.limit(memory_mib, seconds, parent)
    try:
        reader = reader_of(kind)
        for codec in CODECS:
            codecs.lookup(codec)
    except (ImportError, MemoryError, OSError):
        raise SystemExit(NOT_READY) from None
    body = sys.stdin.buffer.read()
    caged = cage.close_the_door() and limited
    said = answer(reader, body) | {"caged": caged}
    sys.stdout.write(json.dumps(said))


if __name__ == "__main__":
    main()
