"""Text as it comes out of documents: made plain, and told apart from what no person could read.

A file whose fonts have no letters behind them gives signs without sense; they are not guessed at.
"""

from __future__ import annotations

import re
import unicodedata

SCANT = 40
"""Fewer letters than this on the first pages and another reader is asked."""
ODD_SHARE = 0.15
"""More signs without meaning than this (of all that is visible) and a text is garbage."""
LEAST_LETTERS = 0.4
"""Fewer letters and digits than this, of all that is visible, are no text of a person."""
VOWELS_BETWEEN = (0.18, 0.75)
"""Their share of the Latin letters in any language written with them; ciphers and wrong fonts fall out."""
ENOUGH_TO_JUDGE = 60
"""Letters from which on the share of vowels means something."""

_LIGATURES = {
    0xFB00: "ff",
    0xFB01: "fi",
    0xFB02: "fl",
    0xFB03: "ffi",
    0xFB04: "ffl",
    0xFB05: "st",
    0xFB06: "st",
}
_SPACES = dict.fromkeys((0xA0, 0x2002, 0x2003, 0x2007, 0x2009, 0x200A, 0x202F, 0x3000), " ")
_LINES = {0x0B: "\n", 0x0C: "\n", 0x85: "\n", 0x2028: "\n", 0x2029: "\n"}
_BROKEN = "\ufffe"
"""pdfium's sign for a hyphen that a line ends with."""
_PLAIN: dict[int, str] = {**_LIGATURES, **_SPACES, **_LINES, 0x02: _BROKEN}
_HYPHENATED = re.compile(r"(?<=[^\W\d_])(?:\ufffe[ \t]?\n?|[\u00ad-][ \t]?\n)[ \t]{0,9}(?=[^\W\d_])")
_KEPT_CONTROLS = frozenset("\n\t")
_CID = re.compile(r"\(cid:\d{1,6}\)")
_COMMON = frozenset(
    re.findall(
        r"\w+",
        "the and with for from experience education skills university languages "
        "și si de la în in cu pentru experiență experienta educație educatie limbi telefon",
    )
)


def tidied(raw: str, at_most: int) -> str:
    """Plain text: letters instead of ligatures, words whole again, nothing invisible, no more than that."""
    whole = raw[: 4 * at_most].encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    plain = whole.replace("\r\n", "\n").replace("\r", "\n").translate(_PLAIN)
    joined = _HYPHENATED.sub(_joint, plain).replace(_BROKEN, "-")
    composed = unicodedata.normalize("NFC", joined)
    seen = "".join(char for char in composed if char in _KEPT_CONTROLS or not _invisible(char))
    lines = (re.sub(r" {2,}", "  ", line).rstrip() for line in seen.split("\n"))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()[:at_most]


def _joint(hyphen: re.Match[str]) -> str:
    """A word goes on small after a break; before a capital the hyphen is the name's own (Popescu-Ionescu)."""
    before, after = hyphen.string[hyphen.start() - 1], hyphen.string[hyphen.end()]
    address = "@" in re.split(r"\s", hyphen.string[hyphen.end() : hyphen.end() + 80], maxsplit=1)[0]
    return "" if before.islower() and after.islower() and not address else "-"


def _invisible(char: str) -> bool:
    return unicodedata.category(char) in ("Cc", "Cf", "Cs")


def letters(text: str) -> int:
    return sum(map(str.isalpha, text))


def legible(text: str) -> bool:
    """Whether a person could read it; an empty text has nothing to be read."""
    cids = sum(len(run.group()) for run in _CID.finditer(text))
    visible = [char for char in text if not char.isspace()]
    if not visible:
        return False
    odd = cids + sum(char == "\ufffd" or unicodedata.category(char) in ("Co", "Cn", "Cc") for char in visible)
    if odd > ODD_SHARE * len(visible):
        return False
    if sum(map(str.isalnum, visible)) < LEAST_LETTERS * len(visible):
        return False
    return _has_vowels(text) and not backwards(text)


def backwards(text: str) -> bool:
    words: list[str] = re.findall(r"[^\W\d_]+", text.lower())
    forth = sum(word in _COMMON for word in words)
    back = sum(word[::-1] in _COMMON and word[::-1] != word for word in words)
    return back >= 3 and back > 2 * forth


def turned(text: str) -> str:
    """Every line from its end, for text that was written backwards."""
    return "\n".join(line[::-1] for line in text.split("\n"))


def _has_vowels(text: str) -> bool:
    bare = unicodedata.normalize("NFD", text.lower())
    latin = [char for char in bare if "a" <= char <= "z"]
    if len(latin) < ENOUGH_TO_JUDGE:
        return True
    least, most = VOWELS_BETWEEN
    share = sum(char in "aeiouy" for char in latin) / len(latin)
    return bool(least <= share <= most)
