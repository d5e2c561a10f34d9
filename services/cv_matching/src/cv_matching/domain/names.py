"""When two written names may be the same person's. Doubt is no match.

Names come in folded (no diacritics, lower case, single spaces), in any script. Order means nothing: forms ask
for the family name first as often as last. Every word of the shorter name needs its counterpart in the longer
one, and at least one of them has to be the whole word. A typo is one slip inside a long word whose first and
last letter stand, because Ioan and Ioana, Maria and Marina, Cristian and Cristina are different people.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache

from people import (
    Relation,
    is_given_name,
    is_womans_name,
    letters_alike,
    other_forms,
    relation,
    romanise,
    slips,
    sound,
)

SAME = 100
PART = 96
"""All words of the shorter name, at least two, stand in the longer one."""
SPELLING = 95
"""Another spelling or script: Iulia and Юлия, Müller and Mueller."""
NICKNAME = 93
"""A short form that one given name alone has: Mișu for Mihai."""
INITIALS = 92
"""As ``PART`` or ``SAME``, with initials for some of the words."""
SHARED_NICKNAME = 91
"""A short form that several names have: Alex for Alexandru and for Alexandra."""
TYPO = 90

THRESHOLD = 90
CERTAIN = 93
"""From here on a name says who somebody is, where their address says the same."""
MARGIN = 5
"""The best has to lead the runner-up by this much."""

MOST_WORDS = 6
_LONG_WORD = 6
_ALIKE = 85.0
_VOWEL = re.compile("[aeiou]")


def likeness(one: str, other: str) -> int:
    """0 to 100: how surely two folded names are one person's. At least one whole word has to be the same."""
    shorter, longer = sorted((words(one), words(other)), key=len)
    if len(shorter) < 2 or len(longer) > MOST_WORDS:
        return 0
    steps, left_over = _counterparts(shorter, longer)
    if len(steps) < len(shorter) or not _stands(steps, left_over):
        return 0
    grade = min(step for _, _, step in steps)
    return min(grade, PART) if left_over else grade


def best_likeness(names: Sequence[str], name: str) -> int:
    """Of somebody who is known by several names."""
    return max((likeness(each, name) for each in names), default=0)


def words(name: str) -> list[str]:
    """The words of a folded name; a double name counts as two."""
    return [word for word in name.replace("-", " ").replace(".", " ").split() if sound(word)]


def name_keys(name: str) -> list[str]:
    """What a name is looked for by: each whole word with each other one, in the forms a search may know it.

    That is its first letter, and between its first and last one either the consonants or the vowels: a slip
    leaves one of them alone. Two names of at least ``THRESHOLD`` have a key of one among those that
    ``close_keys`` or ``search_keys`` give for the other.
    """
    return _pairs(name, _kept_forms)


def close_keys(name: str) -> list[str]:
    """The keys of everybody who has two of its words, however spelled."""
    return _pairs(name, lambda word: [_consonants(sound(word))])


def search_keys(name: str) -> list[str]:
    """The keys of everybody else whose name may be like this one."""
    return _pairs(name, _possible_forms)


def shares_given_name(one: str, other: str) -> bool:
    """Whether two names agree in the given name and differ in what looks like family names.

    A family shares phone and surname, and a bride keeps her given name; in which place that stands, no form
    knows. So the word in common has to be known as a given name, and what differs must not be.
    """
    mine, theirs = words(one), words(other)
    steps, _ = _counterparts(*sorted((mine, theirs), key=len))
    common = {word for pair in steps if pair[2] > TYPO for word in pair[:2]}
    if not any(is_given_name(word) for word in common):
        return False
    other_given = is_womans_name if all(is_womans_name(word) for word in common) else is_given_name
    return not any(other_given(word) for word in (*mine, *theirs) if word not in common)


def written_alike(one: str, other: str) -> bool:
    """Whether two names differ by slips of the pen only; never by one known given name in place of another.

    Too little to find somebody by, and enough where the address and the contact data agree.
    """
    mine, theirs = set(words(one)), set(words(other))
    differ = [any(is_given_name(word) for word in side) for side in (mine - theirs, theirs - mine)]
    return not all(differ) and letters_alike(one, other) >= _ALIKE


def _counterparts(
    shorter: Sequence[str], longer: Sequence[str]
) -> tuple[list[tuple[str, str, int]], list[str]]:
    """Each word of the shorter name with its counterpart, how surely, and what is left of the longer."""
    pairs = sorted(
        (
            (-step, at, beside)
            for at, word in enumerate(shorter)
            for beside, other in enumerate(longer)
            if (step := _step(word, other))
        )
    )
    taken: dict[int, tuple[int, int]] = {}
    used: set[int] = set()
    for step, at, beside in pairs:
        if at not in taken and beside not in used:
            taken[at] = (beside, -step)
            used.add(beside)
    steps = [(shorter[at], longer[beside], step) for at, (beside, step) in taken.items()]
    return steps, [word for beside, word in enumerate(longer) if beside not in used]


def _stands(steps: Sequence[tuple[str, str, int]], left_over: Sequence[str]) -> bool:
    """One whole word is the same; a typo stands alone; who abbreviates one word leaves none out."""
    if not any(step >= SPELLING and len(word) > 1 for word, _, step in steps):
        return False
    weak = [step for _, _, step in steps if step < SPELLING]
    if TYPO in weak and (len(weak) > 1 or left_over):
        return False
    initial_in_longer = any(step == INITIALS and len(other) == 1 for _, other, step in steps)
    return not (initial_in_longer and any(len(word) > 1 for word in left_over))


@lru_cache(maxsize=65_536)
def _step(one: str, other: str) -> int:
    if one == other:
        return SAME
    if len(one) == 1 or len(other) == 1:
        return INITIALS if len(one) != len(other) and sound(one)[:1] == sound(other)[:1] else 0
    heard, also = sound(one), sound(other)
    known = relation(romanise(one), romanise(other))
    if known is Relation.SHARED:
        return SHARED_NICKNAME
    if heard == also:
        return SPELLING
    if known is Relation.OWN:
        return NICKNAME
    return TYPO if _one_slip(heard, also) and not (is_given_name(one) and is_given_name(other)) else 0


def _one_slip(one: str, other: str) -> bool:
    """A letter too many, too few, two swapped, or in seven another one; never the first or last one."""
    if min(len(one), len(other)) < _LONG_WORD - 1 or max(len(one), len(other)) < _LONG_WORD:
        return False
    if one[0] != other[0] or one[-1] != other[-1] or slips(one, other, 1) != 1:
        return False
    if len(one) != len(other) or sorted(one) == sorted(other):
        return True
    # A vowel for a consonant is no slip of the pen, and the keys would not find it.
    alike = _consonants(one) == _consonants(other) or _vowels(one) == _vowels(other)
    return alike and len(one) > _LONG_WORD


def _pairs(name: str, forms: Callable[[str], Iterable[str]]) -> list[str]:
    given = words(name)[:MOST_WORDS]
    return sorted(
        {
            f"{sound(whole)} {form}"
            for at, whole in enumerate(given)
            for beside, other in enumerate(given)
            if at != beside and len(sound(whole)) > 1
            for form in forms(other)
        }
    )


def _kept_forms(word: str) -> list[str]:
    heard = sound(word)
    if len(heard) == 1:
        return [heard]
    slips_apart = [_vowels(heard)] if len(heard) >= _LONG_WORD - 1 else []
    return [_consonants(heard), *slips_apart, f"{heard[0]}*"]


def _possible_forms(word: str) -> list[str]:
    heard = sound(word)
    if len(heard) == 1:
        return [heard, f"{heard}*"]
    others = {sound(form) for form in other_forms(romanise(word))}
    slips_apart = [_vowels(heard)] if len(heard) >= _LONG_WORD - 1 else []
    return [heard[0], *slips_apart, *(_consonants(other) for other in others if other)]


@lru_cache(maxsize=65_536)
def _consonants(heard: str) -> str:
    return heard if len(heard) == 1 else f"{heard[0]}{_VOWEL.sub('', heard[1:-1])}-{heard[-1]}"


@lru_cache(maxsize=65_536)
def _vowels(heard: str) -> str:
    return f"{heard[0]}{''.join(_VOWEL.findall(heard[1:-1]))}+{heard[-1]}"
