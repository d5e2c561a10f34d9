"""Quotes of a model, marked in the turns they were found in."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from itertools import pairwise

from scoring.domain.call import Turn
from scoring.domain.evidence import Mark, find_quote, find_wish
from scoring.lab.result import CaseKept


@dataclass(frozen=True, slots=True)
class Piece:
    """Part of a turn, and what it was quoted for (nothing: not at all)."""

    text: str
    quoted_for: tuple[str, ...]


CALLBACK, DO_NOT_CALL = "call again", "don't call"

_Span = tuple[int, int, str]
"""From character to before character, and what for."""


def marked_turns(case: CaseKept) -> list[list[Piece]]:
    """Each turn of the call in pieces; only quotes that count are marked."""
    spans: dict[int, set[_Span]] = {}
    for mark, label in _marks(case):
        spans.setdefault(mark.turn, set()).add((mark.start, mark.end, label))
    return [list(_pieces(turn.text, spans.get(number, ()))) for number, turn in enumerate(case.turns)]


def _marks(case: CaseKept) -> Iterator[tuple[Mark, str]]:
    turns = [Turn(turn.role, turn.text, turn.at_seconds) for turn in case.turns]
    for judged in (run.judged for run in case.runs if run.judged):
        for found in judged.criteria:
            if found.quote_found and found.quote is not None:
                yield from ((mark, found.key) for mark in find_quote(turns, found.quote, found.turn))
        yield from ((mark, CALLBACK) for mark in find_wish(turns, judged.callback_words or ""))
        yield from ((mark, DO_NOT_CALL) for mark in find_wish(turns, judged.do_not_call_words or ""))


def _pieces(text: str, spans: Collection[_Span]) -> Iterator[Piece]:
    edges = sorted({0, len(text), *(edge for start, end, _ in spans for edge in (start, end))})
    for start, end in pairwise(edges):
        labels = sorted({label for first, last, label in spans if first <= start and end <= last})
        yield Piece(text[start:end], tuple(labels))
