"""When two written names may be the same person's. Doubt is no match.

Names come in folded (no diacritics, lower case, single spaces). Order means nothing: forms ask for the
family name first as often as last. A typo is forgiven only in a long word that keeps its length within one
and its last letter, because Ioan and Ioana, Maria and Marina, Cristian and Cristina are different people.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

SAME = 100
PART = 96
"""All words of the shorter name, at least two, stand in the longer one."""
INITIALS = 92
"""As ``PART`` or ``SAME``, with initials for some of the words."""
TYPO = 90

THRESHOLD = 90
MARGIN = 5
"""The best has to lead the runner-up by this much."""

_LONG_WORD = 6
_WORD_RATIO = 0.85


@dataclass(frozen=True, slots=True)
class NamedCandidate:
    """A candidate and their folded name."""

    candidate_id: int
    name: str


@dataclass(frozen=True, slots=True)
class Likeness:
    candidate_id: int
    score: int


def likeness(one: str, other: str) -> int:
    """0 to 100: how surely two folded names are one person's. At least one whole word has to be the same."""
    shorter, longer = sorted((words(one), words(other)), key=len)
    if len(shorter) < 2 or not any(len(word) > 1 and word in longer for word in shorter):
        return 0
    grade, remaining = SAME, list(longer)
    for word in sorted(shorter, key=len, reverse=True):
        found, step = _counterpart(word, remaining)
        if found is None:
            return 0
        remaining.remove(found)
        grade = min(grade, step)
    if grade == TYPO and remaining:
        return 0
    return min(grade, PART) if remaining else grade


def ranked(name: str, candidates: Sequence[NamedCandidate]) -> list[Likeness]:
    """The candidates alike enough to be meant, best first; one who is known by two names, by the nearer."""
    best: dict[int, int] = {}
    for each in candidates:
        best[each.candidate_id] = max(best.get(each.candidate_id, 0), likeness(name, each.name))
    found = [Likeness(candidate_id, score) for candidate_id, score in best.items() if score >= THRESHOLD]
    return sorted(found, key=lambda each: (-each.score, each.candidate_id))


def stands_out(ranking: Sequence[Likeness]) -> bool:
    """Whether the best of a ranking leads far enough to be taken."""
    return len(ranking) == 1 or (len(ranking) > 1 and ranking[0].score - ranking[1].score >= MARGIN)


def shares_given_name(name: str, given: str) -> bool:
    """Whether a name bears one of the given names, short forms included.

    A family shares a phone and a surname; the given name tells its members apart.
    """
    return any(
        word == mine or (min(len(word), len(mine)) >= 3 and (word.startswith(mine) or mine.startswith(word)))
        for word in words(name)
        for mine in words(given)
    )


def words(name: str) -> list[str]:
    """The words of a folded name; a double name counts as two."""
    return [word for word in name.replace("-", " ").replace(".", " ").split() if word]


def _counterpart(word: str, candidates: Sequence[str]) -> tuple[str | None, int]:
    """The word that stands for ``word``, and how surely."""
    if word in candidates:
        return word, SAME
    initials = [other for other in candidates if _initial_of(word, other) or _initial_of(other, word)]
    if initials:
        return initials[0], INITIALS
    typos = [other for other in candidates if _typo_of(word, other)]
    return (typos[0], TYPO) if typos else (None, 0)


def _initial_of(initial: str, word: str) -> bool:
    return len(initial) == 1 and len(word) > 1 and word.startswith(initial)


def _typo_of(one: str, other: str) -> bool:
    if min(len(one), len(other)) < _LONG_WORD or abs(len(one) - len(other)) > 1 or one[-1] != other[-1]:
        return False
    return SequenceMatcher(None, one, other, autojunk=False).ratio() >= _WORD_RATIO
