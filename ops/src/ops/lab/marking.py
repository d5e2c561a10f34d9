"""Quotes of a model, marked in the turns they were found in."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from itertools import pairwise

from scoring.domain.call import Turn
from scoring.domain.evidence import find_quote
from scoring.lab.result import CaseKept


@dataclass(frozen=True, slots=True)
class Piece:
    """Part of a turn, and what it was quoted for (nothing: not at all)."""

    text: str
    quoted_for: tuple[str, ...]


CALLBACK, DO_NOT_CALL = "call again", "don't call"

_WORD = re.compile(r"[^\W_]+")


def marked_turns(case: CaseKept) -> list[list[Piece]]:
    """Each turn of the call in pieces; only quotes that count are marked."""
    spans: dict[int, set[tuple[int, int, str]]] = {}
    for number, quote, label in _quotes(case):
        spans.setdefault(number, set()).add((*_place(case.turns[number].text, quote), label))
    return [list(_pieces(turn.text, spans.get(number, ()))) for number, turn in enumerate(case.turns)]


def _quotes(case: CaseKept) -> Iterator[tuple[int, str, str]]:
    turns = [Turn(turn.role, turn.text, turn.at_seconds) for turn in case.turns]
    for judged in (run.judged for run in case.runs if run.judged):
        for found in judged.criteria:
            if found.quote_found and found.quote is not None and found.turn is not None:
                yield found.turn, found.quote, found.key
        wish = judged.callback_words, judged.do_not_call_words
        for words, label in zip(wish, (CALLBACK, DO_NOT_CALL), strict=True):
            place = find_quote(turns, words, None) if words else None
            if words and place is not None:
                yield place, words, label


def _place(text: str, quote: str) -> tuple[int, int]:
    """From where to where it stands; the whole turn where it is written otherwise or goes on in the next."""
    words = [re.escape(word) for word in _WORD.findall(quote)]
    found = re.search(r"[\W_]+".join(words), text, re.IGNORECASE) if words else None
    return found.span() if found else (0, len(text))


def _pieces(text: str, spans: Collection[tuple[int, int, str]]) -> Iterator[Piece]:
    edges = sorted({0, len(text), *(edge for start, end, _ in spans for edge in (start, end))})
    for start, end in pairwise(edges):
        labels = sorted({label for first, last, label in spans if first <= start and end <= last})
        yield Piece(text[start:end], tuple(labels))
