"""When two spellings are one word: letters of other scripts, and sounds that languages write differently.

``sound`` is a key for comparison, never shown, and coarser than ``fold``: Юлия, Yulia and Iulia share one,
and so do Müller and Mueller, Szabó and Sabo, Serghei and Sergey. Sources of the letters: ISO 9 and BGN/PCGN
1947 for Cyrillic, ICAO Doc 9303 part 3 section 6 (a passport's ae, oe, ue), Hungarian and Polish orthography.

Letters of other scripts come from ``anyascii`` (ISC licence, a table without dependencies, whole of Unicode).
Unidecode gives much the same and is under the GPL; ICU would be a library of the system.
"""

from __future__ import annotations

import re
from functools import lru_cache

from anyascii import anyascii
from rapidfuzz import fuzz
from rapidfuzz.distance import OSA

_NOT_A_LETTER = re.compile(r"[^a-z]+")
_STEPS: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(written), heard)
    for written, heard in (
        (r"shch|sch|sh|sz", "s"),
        (r"tsch|tch|cz|cs|ch", "c"),
        (r"kh", "h"),
        (r"gh", "g"),
        (r"ph", "f"),
        (r"th", "t"),
        (r"zh", "j"),
        (r"t[sz]", "t"),
        (r"ks", "x"),
        (r"ck|q|c", "k"),
        (r"w", "v"),
        (r"[yj]", "i"),
        (r"ae", "a"),
        (r"oe", "o"),
        (r"ue", "u"),
        (r"(.)\1+", r"\1"),
        (r"^ie(?=.)", "e"),
        (r"(?<=[aeiou])h$", ""),
    )
)


def romanise(text: str) -> str:
    """The text in Latin letters without marks, small: ``Сергей`` is ``sergey``."""
    return text.casefold() if text.isascii() else anyascii(text).casefold()


@lru_cache(maxsize=65_536)
def sound(word: str) -> str:
    """What a word sounds like, in plain letters; empty where it holds none."""
    heard = _NOT_A_LETTER.sub("", romanise(word))
    if len(word) == 1:
        heard = heard[:1]
    for written, replacement in _STEPS:
        heard = written.sub(replacement, heard)
    return heard


def slips(one: str, other: str, most: int = 2) -> int:
    """How many letters were left out, put in, taken for another or swapped; ``most`` + 1 where it is more."""
    return OSA.distance(one, other, score_cutoff=most)


def letters_alike(one: str, other: str) -> float:
    """0 to 100: how many letters two folded names have in common, whatever the order of their words."""
    mine, theirs = (" ".join(sorted(name.replace("-", " ").split())) for name in (one, other))
    run_together = fuzz.ratio(one.replace(" ", ""), other.replace(" ", ""))
    return max(fuzz.ratio(mine, theirs), run_together)
