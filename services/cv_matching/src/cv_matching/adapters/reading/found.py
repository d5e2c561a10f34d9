"""What a reader found, or why it found nothing."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

MAX_PAGES = 2
MAX_CHARACTERS = 20_000
"""Of the text that is kept."""
MAX_RAW = 4 * MAX_CHARACTERS
"""Of the text before it is made plain."""


class Trouble(StrEnum):
    """Why there is no text; the words for it are in ``adapters.documents``."""

    DAMAGED = "damaged"
    LOCKED = "locked"
    NO_PAGES = "no_pages"
    NO_TEXT = "no_text"
    GARBLED = "garbled"
    TOO_MUCH = "too_much"


class NoText(Exception):
    def __init__(self, trouble: Trouble, pages: int | None = None) -> None:
        super().__init__(trouble.value)
        self.trouble = trouble
        self.pages = pages


@dataclass(frozen=True, slots=True)
class Found:
    """``text`` of the first pages, not yet made plain. ``hidden``: letters that nobody sees."""

    text: str
    pages: int | None = None
    hidden: int | None = None
