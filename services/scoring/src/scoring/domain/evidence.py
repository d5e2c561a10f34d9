"""Where a quote stands in what the candidate said.

A quote is found when its letters and digits stand one after the other, from the start of a word to the end of
a word, in one turn of the candidate. Case, spacing, punctuation, hyphens, apostrophes, diacritics and
invisible marks make no difference; letters, digits and their order do. Turns of the candidate between which
the agent said nothing are read as one, because speech recognition cuts sentences; a quote never reaches
across something the agent said, nor leaves words out, nor begins right after a "not" ("am permis" is not what
"nu am permis" says).

The turn that came with it is a hint: a quote that stands elsewhere is found there. Only one of less than
three words may stand anywhere ("da"): it counts where it was said to stand, or, where that is no turn of the
candidate, when there is but one place for it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from people import fold

from scoring.domain.call import Turn

SHORT = 3
"""A quote of fewer words is short."""

_WORD = re.compile(r"[^\W_]+")
_JOINED = re.compile(r"[\s\u2010-\u2013-]*")
"""Between two words that belong together: after a comma or a full stop something new begins."""
NEGATIONS = frozenset(
    {
        *("nu", "n", "nici", "fara", "no", "not", "never", "without", "cannot", "cant", "dont", "doesnt"),
        *("didnt", "isnt", "arent", "wasnt", "wont", "wouldnt", "couldnt", "shouldnt", "havent", "hasnt"),
    }
)
"""What comes right after one of these says the opposite."""
_APOSTROPHES = dict.fromkeys(map(ord, "'’‘ʼ`´′＇"))


@dataclass(frozen=True, slots=True)
class _Found:
    first: int
    last: int
    """Numbers of the turns in which it begins and ends."""


def find_quote(turns: Sequence[Turn], quote: str, hint: int | None) -> int | None:
    """The number of the turn in which the quote begins; None where the candidate never said it."""
    wanted = words(quote)
    if not wanted:
        return None
    found = [place for run in _runs(turns) for place in _places(run, wanted)]
    if not found:
        return None
    there = [place for place in found if hint is not None and place.first <= hint <= place.last]
    if there:
        return there[0].first
    if len(wanted) < SHORT:
        stated = hint is not None and 0 <= hint < len(turns) and turns[hint].role == "user"
        alone = len({place.first for place in found}) == 1
        return found[0].first if alone and not stated else None
    return min(found, key=lambda place: abs(place.first - hint) if hint is not None else 0).first


def was_said(turns: Sequence[Turn], quote: str) -> bool:
    """Whether the candidate said it, wherever that was."""
    wanted = words(quote)
    return bool(wanted) and any(True for run in _runs(turns) for _ in _places(run, wanted))


def words(text: str) -> list[str]:
    """What is compared: the words of a text without anything that doesn't count."""
    return [word for word, _ in _spoken(text)]


def _spoken(text: str) -> list[tuple[str, bool]]:
    """Words, and whether the one before turns them round."""
    plain = fold(text.translate(_APOSTROPHES))
    spoken, last, end = [], "", 0
    for found in _WORD.finditer(plain):
        negated = last in NEGATIONS and _JOINED.fullmatch(plain, end, found.start()) is not None
        spoken.append((found[0], negated))
        last, end = found[0], found.end()
    return spoken


_Run = list[tuple[str, bool, int]]
"""Words, whether they are turned round, and the number of their turn."""


def _runs(turns: Sequence[Turn]) -> Iterator[_Run]:
    run: _Run = []
    for number, turn in enumerate(turns):
        if turn.role == "user":
            run += [(word, negated, number) for word, negated in _spoken(turn.text)]
        elif run and turn.text.strip():
            yield run
            run = []
    if run:
        yield run


def _places(run: _Run, wanted: list[str]) -> Iterator[_Found]:
    text, starts, ends = _written([word for word, _, _ in run])
    sought, _, _ = _written(wanted)
    at = text.find(sought)
    while at >= 0:
        first, last = starts.get(at), ends.get(at + len(sought))
        if first is not None and last is not None and not run[first][1]:
            yield _Found(run[first][2], run[last][2])
        at = text.find(sought, at + 1)


def _written(parts: Sequence[str]) -> tuple[str, dict[int, int], dict[int, int]]:
    """Words written together ("e-mail" is "email"), numbers kept apart (2.5 is not 25).

    With the places where words begin and end, and which word that is.
    """
    text, starts, ends = "", {}, {}
    for number, word in enumerate(parts):
        if text[-1:].isdigit() and word[0].isdigit():
            text += " "
        starts[len(text)] = number
        text += word
        ends[len(text)] = number
    return text, starts, ends
