"""Where a quote stands in what was said: found as scoring finds it, so that what counts is what is marked.

Letters and digits count, and their order; case, spacing, punctuation, hyphens and diacritics do not. Turns of
the candidate between which the agent said nothing are read as one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from people import fold

_WORD = re.compile("[^\\W_](?:[^\\W_]|[\u0300-\u036f])*")
"""Letters and digits, and the marks that follow a letter where they are written apart."""


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


@dataclass(frozen=True, slots=True)
class _Word:
    letters: str
    place: Place


def places(turns: Sequence[Mapping[str, Any]], quote: str | None, hint: int | None = None) -> list[Place]:
    """Where the candidate said it, a place for each turn it goes through; the turn named is only a hint."""
    wanted, _, _ = _written(_words(quote or "", 0))
    if not wanted:
        return []
    found = [place for run in _runs(turns) for place in _found(run, wanted)]
    if hint is not None:
        found.sort(key=lambda those: (not those[0].turn <= hint <= those[-1].turn, abs(those[0].turn - hint)))
    return found[0] if found else []


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


def _runs(turns: Sequence[Mapping[str, Any]]) -> Iterator[list[_Word]]:
    run: list[_Word] = []
    for number, turn in enumerate(turns):
        text = turn.get("text") or ""
        if turn.get("role") == "user":
            run += _words(text, number)
        elif run and text.strip():
            yield run
            run = []
    if run:
        yield run


def _found(run: list[_Word], wanted: str) -> Iterator[list[Place]]:
    text, starts, ends = _written(run)
    at = text.find(wanted)
    while at >= 0:
        if at in starts and at + len(wanted) in ends:
            yield _stretches(run[starts[at] : ends[at + len(wanted)] + 1])
        at = text.find(wanted, at + 1)


def _stretches(words: list[_Word]) -> list[Place]:
    """From the first to the last of the words, turn by turn."""
    by_turn: dict[int, list[Place]] = {}
    for word in words:
        by_turn.setdefault(word.place.turn, []).append(word.place)
    return [Place(turn, those[0].start, those[-1].end) for turn, those in by_turn.items()]


def _written(words: list[_Word]) -> tuple[str, dict[int, int], dict[int, int]]:
    """Words written together ("e-mail" is "email"), numbers kept apart, and where which of them is."""
    text, starts, ends = "", dict[int, int](), dict[int, int]()
    for number, word in enumerate(words):
        if text[-1:].isdigit() and word.letters[:1].isdigit():
            text += " "
        starts[len(text)] = number
        text += word.letters
        ends[len(text)] = number
    return text, starts, ends


def _words(text: str, turn: int) -> list[_Word]:
    return [
        _Word(fold(found.group()), Place(turn, found.start(), found.end())) for found in _WORD.finditer(text)
    ]
