"""Turns of a call in pieces, with those marked of which scoring says that a judgement rests on them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

Turns = Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a turn as it was said; ``marked`` where somebody's judgement rests on it."""

    text: str
    marked: bool


@dataclass(frozen=True, slots=True)
class Mark:
    """``turn`` counts from 0; ``start`` and ``end`` count characters of its text."""

    turn: int
    start: int
    end: int


def marks_in(turns: Turns, told: Iterable[Mapping[str, int]] | None) -> list[Mark]:
    """As scoring told them; those that are not in these turns are left out."""
    marks = [Mark(it["turn"], it["start"], it["end"]) for it in told or ()]
    return [it for it in marks if it.turn < len(turns) and it.start < it.end <= len(_text(turns[it.turn]))]


def marked(turns: Turns, marks: Iterable[Mark]) -> dict[int, list[Piece]]:
    """The turns that hold one of these marks, in pieces; marks that overlap become one."""
    spans: dict[int, list[tuple[int, int]]] = {}
    for one in marks:
        spans.setdefault(one.turn, []).append((one.start, one.end))
    return {number: _pieces(_text(turns[number]), sorted(those)) for number, those in spans.items()}


def _text(turn: Mapping[str, Any]) -> str:
    return turn.get("text") or ""


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
