"""Two ways of writing one thing, and where they differ: word by word, as a person would mark it."""

from __future__ import annotations

from difflib import SequenceMatcher

Marked = list[tuple[str, bool]]
"""Pieces of a text in order, each with whether the other side lacks it."""


def marked(mine: str, theirs: str) -> Marked:
    """``mine`` in pieces; all of it differs where the other side has nothing in common."""
    if not mine or not theirs or mine == theirs:
        return [(mine, False)] if mine else []
    ours, others = mine.split(), theirs.split()
    if len(ours) == 1 and len(others) == 1:
        return [(mine, True)]
    pieces: Marked = []
    for kind, start, end, _, _ in SequenceMatcher(None, ours, others, autojunk=False).get_opcodes():
        if start < end:
            pieces.append((" ".join(ours[start:end]), kind != "equal"))
    return pieces
