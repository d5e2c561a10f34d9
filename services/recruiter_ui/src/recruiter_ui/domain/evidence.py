"""Where a quote stands in what was said: found as scoring finds it, so that what counts is what is marked.

Case, spacing, punctuation and diacritics make no difference; words and their order do.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

_WORD = re.compile("[^\\W_](?:[^\\W_]|[\u0300-\u036f])*")
"""Letters and digits, and the marks that follow a letter where they are written apart."""
_PLAIN = str.maketrans({"đ": "d", "ł": "l", "ø": "o", "æ": "ae", "œ": "oe"})


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a turn as it was said; ``marked`` where somebody's judgement rests on it."""

    text: str
    marked: bool


@dataclass(frozen=True, slots=True)
class Place:
    """``turn`` counts from 0; ``start`` and ``end`` count characters of its text."""

    turn: int
    start: int
    end: int


def find(text: str, quote: str) -> tuple[int, int] | None:
    """From where to where the quote's words stand one after the other; None where they don't."""
    wanted = [word for word, _, _ in _words(quote)]
    said = _words(text)
    if not wanted:
        return None
    for first in range(len(said) - len(wanted) + 1):
        if all(said[first + offset][0] == word for offset, word in enumerate(wanted)):
            return said[first][1], said[first + len(wanted) - 1][2]
    return None


def place(turns: Sequence[Mapping[str, Any]], quote: str | None, hint: int | None = None) -> Place | None:
    """In which of the candidate's turns a quote stands; the turn that was named is looked at first."""
    if not quote:
        return None
    candidates = [number for number, turn in enumerate(turns) if turn.get("role") == "user"]
    for number in sorted(candidates, key=lambda number: number != hint):
        if found := find(turns[number].get("text") or "", quote):
            return Place(number, *found)
    return None


def marked(turns: Sequence[Mapping[str, Any]], places: Iterable[Place]) -> dict[int, list[Piece]]:
    """The turns that hold one of these places, in pieces; places that overlap become one."""
    spans: dict[int, list[tuple[int, int]]] = {}
    for one in places:
        spans.setdefault(one.turn, []).append((one.start, one.end))
    return {number: _pieces(turns[number]["text"], sorted(those)) for number, those in spans.items()}


def _pieces(text: str, spans: list[tuple[int, int]]) -> list[Piece]:
    joined: list[tuple[int, int]] = []
    for start, end in spans:
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    cuts = [0, *(cut for span in joined for cut in span), len(text)]
    pieces = [
        Piece(text[start:end], marked=number % 2 == 1) for number, (start, end) in enumerate(pairwise(cuts))
    ]
    return [piece for piece in pieces if piece.text]


def _words(text: str) -> list[tuple[str, int, int]]:
    return [(_fold(found.group()), found.start(), found.end()) for found in _WORD.finditer(text)]


def _fold(word: str) -> str:
    plain = unicodedata.normalize("NFD", word.casefold().translate(_PLAIN))
    return "".join(letter for letter in plain if not unicodedata.combining(letter))
