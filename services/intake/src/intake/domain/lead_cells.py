"""One cell of a lead file: a text without what nobody sees, an answer, a moment."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime, tzinfo
from functools import lru_cache

from people import humanize_answer

LONGEST_CHOICE = 200
"""Characters of an answer that is remembered from row to row."""

_INVISIBLE = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]"
)
_META_MARK = re.compile(r"^(?:z:|[pP]:(?=\s*[+(\d]|$))")
_ROMANIAN_TIME = ("%d.%m.%Y %H:%M:%S", "%d.%m.%Y %H:%M", "%d.%m.%Y")


def moment_of(text: str, zone: tzinfo) -> datetime | None:
    """A time as Meta and spreadsheets write it, in UTC; None when it can't be read for certain."""
    if not text:
        return None
    try:
        if text.isdecimal() and text.isascii() and len(text) in {10, 13}:
            moment = datetime.fromtimestamp(int(text[:10]), UTC)
        else:
            moment = _parse(text)
            moment = moment if moment.tzinfo else moment.replace(tzinfo=zone)
        moment = moment.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return moment if 2000 <= moment.year < 2100 else None


def _parse(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        for form in _ROMANIAN_TIME:
            try:
                return datetime.strptime(text, form)  # noqa: DTZ007 the caller adds the zone
            except ValueError:
                continue
        raise


def first_of(cells: Sequence[str], places: Sequence[int]) -> str:
    """The first filled cell of a meaning, without surrounding space and invisible marks."""
    for index in places:
        if index < len(cells) and (text := clean(cells[index])):
            return text
    return ""


def answer_of(cell: str) -> str:
    """An answer as a person reads it."""
    return _choice(cell) if len(cell) <= LONGEST_CHOICE else _answered(cell)


def _answered(cell: str) -> str:
    return humanize_answer(_unmarked(clean(cell)))


_choice = lru_cache(maxsize=1_000)(_answered)
"""Most questions are answered by a choice: the same few texts in every row."""


def _unmarked(answer: str) -> str:
    """Without what Meta puts before a postcode, and before a number even in a column of the form's own."""
    return _META_MARK.sub("", answer) if answer[1:2] == ":" else answer


def clean(cell: str) -> str:
    """Without surrounding space and invisible marks."""
    text = cell.strip()
    return text if text.isascii() and text.isprintable() else _INVISIBLE.sub("", text).strip()
