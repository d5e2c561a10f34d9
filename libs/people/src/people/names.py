"""Names: split as a lead form gives them, folded for comparison only. What is shown keeps its diacritics."""

from __future__ import annotations

import unicodedata

_WITHOUT_DECOMPOSITION = {
    "ł": "l",
    "đ": "d",
    "ð": "d",
    "ø": "o",
    "ħ": "h",
    "ı": "i",
    "æ": "ae",
    "œ": "oe",
    "þ": "th",
}
"""Letters that Unicode does not take apart; lower case, as they stand after ``casefold``."""


class _PlainLetters(dict[int, str]):
    """A table for ``str.translate`` that works out each letter once."""

    def __missing__(self, code_point: int) -> str:
        taken_apart = unicodedata.normalize("NFKD", chr(code_point).casefold()).casefold()
        plain = "".join(
            _WITHOUT_DECOMPOSITION.get(char, char)
            for char in taken_apart
            if not unicodedata.combining(char) and unicodedata.category(char) != "Cf"
        )
        self[code_point] = plain
        return plain


_PLAIN = _PlainLetters()


def split_name(full_name: str) -> tuple[str, str]:
    """First word and the rest (recruitflow.md 5); the rest is empty when there is one word only."""
    first, _, rest = full_name.strip().partition(" ")
    return first, rest.strip()


def fold(text: str) -> str:
    """The form in which two names are the same name: no diacritics, case, invisible marks or extra spaces.

    Both ways of writing Romanian s and t (comma below, cedilla) fold to the plain letter.
    """
    plain = text.casefold() if text.isascii() else text.translate(_PLAIN)
    return " ".join(plain.split())
