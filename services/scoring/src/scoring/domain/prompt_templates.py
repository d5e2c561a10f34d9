"""Templates by which the texts of a position are written (recruitflow.md 4.10 and 13.10).

A template is a family of versions; each section has at most one active template. Templates from before there
were sections have none: nothing is written by them, and activating one puts out all others, as it did then.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum


class Section(StrEnum):
    """A text of a position."""

    SYSTEM_PROMPT = "system_prompt"
    FIRST_MESSAGE = "first_message"
    QUALIFICATION_PROMPT = "qualification_prompt"

    @property
    def words(self) -> str:
        return self.value.replace("_", " ")

    @property
    def is_filled_per_call(self) -> bool:
        """Placeholders in it are filled for each call; nothing fills those of a qualification prompt."""
        return self is not Section.QUALIFICATION_PROMPT


def put_out_by(activated: Section | None, active: Iterable[tuple[int, Section | None]]) -> list[int]:
    """Which of the other active templates (id, section) are active no more, in order of their ids."""
    return sorted(template_id for template_id, section in active if activated is None or section is activated)


def stays_active(before: Section | None, saved_as: Section) -> bool:
    """An active template that moves into another section waits there to be activated."""
    return before is saved_as
