"""Two records that may be one person: what of each can be kept, and what merging would do.

intake decides; this says beforehand what it will do.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

FIELDS = {
    "full_name": "Name",
    "phone": "Phone",
    "email": "Email",
    "whatsapp_number": "WhatsApp",
    "language": "Language",
    "time_zone": "Time zone",
    "notes": "Notes",
}
"""What a recruiter may choose the value of, as ``MergeCandidates.take`` names it."""

_HOW_FAR = (
    "closed", "pending_call", "call_failed", "call_queued", "call_in_progress", "call_completed", "scoring",
    "callback_scheduled", "needs_human", "not_qualified", "awaiting_cv_rejected", "cv_received_rejected",
    "qualified", "awaiting_cv", "cv_followup_1", "cv_followup_2", "cv_overdue", "cv_received",
)  # fmt: skip
"""From least to furthest, as intake sees it."""


class Applied(Protocol):
    """An application, as far as it matters here."""

    @property
    def position_id(self) -> int | None: ...
    @property
    def status(self) -> str: ...
    @property
    def last_activity_at(self) -> datetime: ...


@dataclass(frozen=True, slots=True)
class Field:
    """One field of both; ``choice`` where both have a value that can be used and they differ."""

    name: str
    label: str
    values: tuple[str, str]
    choice: bool

    @property
    def same(self) -> bool:
        return bool(self.values[0]) and self.values[0] == self.values[1]


def fields_of(one: Mapping[str, Any], other: Mapping[str, Any]) -> list[Field]:
    """Those that at least one of the two has. A number that can't be used is shown and can't be chosen."""
    made = []
    for name, label in FIELDS.items():
        usable = all(person.get(name) for person in (one, other)) and one[name] != other[name]
        made.append(Field(name, label, (_text(one, name), _text(other, name)), usable))
    return [field for field in made if any(field.values)]


def _text(person: Mapping[str, Any], name: str) -> str:
    value = person.get(name) or (person.get("phone_as_given") if name == "phone" else None)
    return value or ""


def taken(given: Mapping[str, str], merged_id: int) -> list[str]:
    """The fields whose value comes from the record that goes; ``given`` names the side chosen for each."""
    return [name for name in FIELDS if given.get(name) == str(merged_id)]


@dataclass(frozen=True, slots=True)
class Overlap:
    """Both applied to one position: the further one stays, the other is closed."""

    stays: Any
    closes: Any


def overlaps(ours: Iterable[Applied], theirs: Iterable[Applied]) -> list[Overlap]:
    """Of each position that both have an open application for; of equal ones the one touched last stays."""
    by_position = {it.position_id: it for it in theirs if it.status != "closed"}
    found = []
    for mine in ours:
        other = by_position.get(mine.position_id)
        if mine.status == "closed" or other is None:
            continue
        found.append(Overlap(mine, other) if _far(mine) >= _far(other) else Overlap(other, mine))
    return found


def _far(it: Applied) -> tuple[int, datetime]:
    return _HOW_FAR.index(it.status), it.last_activity_at


def kept_by_default(ours: Iterable[Applied], theirs: Iterable[Applied]) -> int:
    """0 or 1: the record whose application is further; the first, which is older, where they are equal."""
    farthest = [max((_HOW_FAR.index(it.status) for it in side), default=-1) for side in (ours, theirs)]
    return int(farthest[1] > farthest[0])
