"""A CV's text as it is shown on a paper: its lines, with names, addresses and numbers marked.

The text is a stranger's: it is only ever cut into pieces here, and escaped where it is shown.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from people import fold

MOST_CHARACTERS = 20_000
MOST_LINES = 600

EMAIL = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,4}")
PHONE = re.compile(r"(?<![\w+])\+?\(?\d[\d ().\-/]{6,20}\d(?!\w)")
_WORD = re.compile(r"\w+")
_FEWEST_DIGITS = 8
_DAY = r"(?:\d{1,2}[ ./\-]{1,2}){0,2}(?:19|20)\d\d(?:[./\-]\d{1,2}){0,2}"
_DATES = re.compile(rf"\(?{_DAY}(?:[ /()\-]+(?:{_DAY}|\d{{1,2}}))*")
"""``2018 - 2026`` and ``01.2015-03.2018`` have as many digits as a number has."""


@dataclass(frozen=True, slots=True)
class Piece:
    text: str
    marked: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """``title`` is the name at the top, ``head`` a heading, ``gap`` an empty line."""

    kind: Literal["title", "head", "text", "gap"]
    pieces: tuple[Piece, ...] = ()


@dataclass(frozen=True, slots=True)
class Paper:
    lines: tuple[Line, ...]
    cut: bool
    """There is more than is shown."""


def paper(text: str, names: Iterable[str | None]) -> Paper:
    """``names``: of the candidate and of the CV, whose words are marked wherever they stand."""
    words = {word for name in names if name for word in fold(name).split() if len(word) > 1}
    shown = text[:MOST_CHARACTERS].splitlines()
    lines: list[Line] = []
    for raw in shown[:MOST_LINES]:
        line = " ".join(raw.split())
        if not line:
            if lines and lines[-1].kind != "gap":
                lines.append(Line("gap"))
            continue
        first = all(one.kind == "gap" for one in lines)
        lines.append(Line(_kind(line, first=first), _pieces(line, words)))
    return Paper(tuple(lines), cut=len(text) > MOST_CHARACTERS or len(shown) > MOST_LINES)


def phones_in(text: str) -> list[str]:
    return [it.group() for it in _phones(text)]


def _phones(text: str) -> Iterator[re.Match[str]]:
    for it in PHONE.finditer(text):
        digits = sum(map(str.isdigit, it.group()))
        if digits >= _FEWEST_DIGITS and not _DATES.fullmatch(it.group()):
            yield it


def _kind(line: str, *, first: bool) -> Literal["title", "head", "text"]:
    letters = [char for char in line if char.isalpha()]
    if first and len(line) <= 60 and not any(char.isdigit() for char in line):
        return "title"
    return "head" if len(letters) >= 3 and len(line) <= 48 and line.upper() == line else "text"


def _pieces(line: str, words: Collection[str]) -> tuple[Piece, ...]:
    spans = [it.span() for it in EMAIL.finditer(line)]
    spans += [it.span() for it in _phones(line)]
    spans += [it.span() for it in _WORD.finditer(line) if words and fold(it.group()) in words]
    joined: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if joined and start <= joined[-1][1] + (1 if line[joined[-1][1] : start].isspace() else 0):
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    cuts = [0, *(cut for span in joined for cut in span), len(line)]
    pieces = (Piece(line[start:end], number % 2 == 1) for number, (start, end) in enumerate(pairwise(cuts)))
    return tuple(piece for piece in pieces if piece.text)
