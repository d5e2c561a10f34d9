"""Reading what came in an address or a form: anybody can write anything there."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from uuid import UUID

_MOST_DIGITS = 18
"""What fits a bigint, whatever the digits."""
_YEARS = range(1970, 2200)
"""Beyond these, a day more or another time zone falls out of the calendar."""


class Malformed(ValueError):
    """No form and no link of ours sends this."""


def number(text: object) -> int | None:
    """A plain number as our ids are; None for anything else."""
    if not isinstance(text, str) or not (text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS):
        return None
    return int(text)


def numbers(texts: Iterable[object]) -> list[int]:
    """Those that are numbers."""
    return [found for text in texts if (found := number(text)) is not None]


def identity(text: str) -> UUID:
    """Raises ``Malformed``."""
    try:
        return UUID(text)
    except ValueError as odd:
        raise Malformed("this is no id") from odd


def day(text: str | None) -> date | None:
    """A day as a date field sends it; None for anything else."""
    try:
        found = date.fromisoformat(text or "")
    except ValueError:
        return None
    return found if found.year in _YEARS else None


def place(text: str) -> tuple[datetime, int] | None:
    """A row's place in a listing by moment and id, ``<moment>_<id>``; None for anything else."""
    moment, _, last = text.partition("_")
    try:
        at = datetime.fromisoformat(moment)
    except ValueError:
        return None
    identifier = number(last)
    return (at, identifier) if at.tzinfo and identifier is not None and at.year in _YEARS else None


def typed(text: str) -> str:
    """What stood in a text field: browsers send line ends of their own, and nobody types a NUL."""
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "").strip()
