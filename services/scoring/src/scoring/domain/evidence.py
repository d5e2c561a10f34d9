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
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

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
_APOSTROPHES = frozenset("'’‘ʼ`´′＇")


@dataclass(frozen=True, slots=True)
class Mark:
    """A stretch of a turn: its number, and its characters from ``start`` to before ``end``."""

    turn: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class _Word:
    letters: str
    negated: bool
    """The word before turns it round."""
    place: Mark


def find_quote(turns: Sequence[Turn], quote: str, hint: int | None) -> list[Mark]:
    """Where the quote stands, a mark for each turn it goes through; none where it was never said."""
    found = _everywhere(turns, quote)
    there = [place for place in found if hint is not None and place[0].turn <= hint <= place[-1].turn]
    if there or not found:
        return there[0] if there else []
    if len(words(quote)) < SHORT:
        stated = hint is not None and 0 <= hint < len(turns) and turns[hint].role == "user"
        alone = len({place[0].turn for place in found}) == 1
        return found[0] if alone and not stated else []
    return min(found, key=lambda place: abs(place[0].turn - hint) if hint is not None else 0)


def find_wish(turns: Sequence[Turn], quote: str) -> list[Mark]:
    """Where the candidate said it first, wherever that was; none where never."""
    return next(iter(_everywhere(turns, quote)), [])


def words(text: str) -> list[str]:
    """What is compared: the words of a text without anything that doesn't count."""
    return [word.letters for word in _spoken(text, 0)]


def _everywhere(turns: Sequence[Turn], quote: str) -> list[list[Mark]]:
    wanted = words(quote)
    return [place for run in _runs(turns) for place in _places(run, wanted)] if wanted else []


def _spoken(text: str, turn: int) -> list[_Word]:
    plain, origins = _plain(text)
    spoken, last, end = list[_Word](), "", 0
    for found in _WORD.finditer(plain):
        negated = last in NEGATIONS and _JOINED.fullmatch(plain, end, found.start()) is not None
        stop = origins[found.end() - 1] + 1
        while stop < len(text) and unicodedata.combining(text[stop]):
            stop += 1
        spoken.append(_Word(found[0], negated, Mark(turn, origins[found.start()], stop)))
        last, end = found[0], found.end()
    return spoken


def _plain(text: str) -> tuple[str, list[int]]:
    """The text without anything that doesn't count, and for each of its letters which character it was."""
    letters, origins = list[str](), list[int]()
    for number, char in enumerate(text):
        plain = _folded(char)
        letters.append(plain)
        origins += [number] * len(plain)
    return "".join(letters), origins


@lru_cache(maxsize=4096)
def _folded(char: str) -> str:
    if char in _APOSTROPHES:
        return ""
    return fold(f"x{char}x")[1:-1]  # between letters, so that a space stays one


def _runs(turns: Sequence[Turn]) -> Iterator[list[_Word]]:
    run: list[_Word] = []
    for number, turn in enumerate(turns):
        if turn.role == "user":
            run += _spoken(turn.text, number)
        elif run and turn.text.strip():
            yield run
            run = []
    if run:
        yield run


def _places(run: Sequence[_Word], wanted: Sequence[str]) -> Iterator[list[Mark]]:
    text, starts, ends = _written([word.letters for word in run])
    sought, _, _ = _written(wanted)
    at = text.find(sought)
    while at >= 0:
        first, last = starts.get(at), ends.get(at + len(sought))
        if first is not None and last is not None and not run[first].negated:
            yield _marks(run[first : last + 1])
        at = text.find(sought, at + 1)


def _marks(run: Sequence[_Word]) -> list[Mark]:
    """From the first to the last of these words, turn by turn."""
    by_turn: dict[int, Mark] = {}
    for word in run:
        place = word.place
        by_turn[place.turn] = Mark(place.turn, by_turn.get(place.turn, place).start, place.end)
    return list(by_turn.values())


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
