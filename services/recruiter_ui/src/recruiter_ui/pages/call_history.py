"""The calls of an application as its page shows them: words, turns on a line of time, what can be heard."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from recruiter_ui.domain import call_words as words
from recruiter_ui.queries.fetching import Record

_LAST_TURN = 4
"""Seconds that the last turn is taken for where nobody knows how long the call was."""


@dataclass(frozen=True, slots=True)
class Lane:
    """A turn on the line of time, as percentages."""

    turn: int
    x: float
    width: float
    theirs: bool


@dataclass(frozen=True, slots=True)
class CallView:
    row: Record
    glyph: str
    ended: str
    purpose: str
    notes: tuple[str, ...]
    silence: str
    seconds: int
    lanes: tuple[Lane, ...]

    @property
    def call_id(self) -> UUID:
        found: UUID = self.row["call_id"]
        return found

    @property
    def can_be_heard(self) -> bool:
        return bool(self.row["recording"])

    @property
    def is_unknown(self) -> bool:
        return bool(self.row["status"] == "unknown")


def history(calls: Sequence[Record]) -> dict[str, Any]:
    """For the template: every call, and the one whose end a person has to find out."""
    views = [call_view(call) for call in calls]
    return {"calls": views, "unknown_call": next((it for it in views if it.is_unknown), None)}


def call_view(row: Record) -> CallView:
    turns = row["turns"] or []
    seconds = _length(row, turns)
    return CallView(
        row=row,
        glyph=words.glyph(row),
        ended=words.ended(row),
        purpose=words.PURPOSES.get(row["purpose"] or "", ""),
        notes=tuple(words.notes(row)),
        silence=words.silence(row),
        seconds=seconds,
        lanes=tuple(_lanes(turns, seconds)) if row["recording"] else (),
    )


def _length(row: Record, turns: list[Record]) -> int:
    last = max((turn["at_seconds"] for turn in turns), default=0)
    return max(row["duration_seconds"] or last + _LAST_TURN, 1)


def _lanes(turns: list[Record], seconds: int) -> list[Lane]:
    """Each turn until the next begins."""
    starts = [turn["at_seconds"] for turn in turns]
    ends = [*starts[1:], seconds]
    return [
        Lane(
            turn=number,
            x=round(min(start, seconds) * 100 / seconds, 2),
            width=round(max(min(end, seconds) - start, 0) * 100 / seconds - 0.3, 2),
            theirs=turn["role"] == "user",
        )
        for number, (turn, start, end) in enumerate(zip(turns, starts, ends, strict=True))
        if end > start
    ]
