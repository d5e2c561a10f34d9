"""When two people's names are one name."""

from __future__ import annotations

MOST_NAMESAKES = 5
"""A name that more people bear says nothing about who is whom."""


def name_key(name_folded: str) -> str | None:
    """What names that may be one person's have in common: the words, in no order; a double name is two words.

    None for a single word, which too many people share.
    """
    words = name_folded.replace("-", " ").split()
    return " ".join(sorted(words)) if len(words) > 1 else None
