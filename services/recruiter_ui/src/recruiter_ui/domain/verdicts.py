"""What "Trigger calls" will do for each person, said before anything is asked of anyone.

The owner (intake) decides again when the command comes, and calling once more before each dial.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from recruiter_ui.domain.moments import LocalTime, local_time, next_opening
from recruiter_ui.domain.statuses import CALLABLE


@dataclass(frozen=True, slots=True)
class Person:
    application_id: int
    name: str
    language: str
    status: str
    phone: str | None
    zone_name: str | None
    position_status: str
    hour_start: int
    hour_end: int
    days: list[int]
    no_calls: bool = False
    """They asked not to be called."""
    to_confirm: bool = False
    has_words: bool = True
    """Whether the position says how the assistant behaves and what it says first."""


@dataclass(frozen=True, slots=True)
class Later:
    """Callable, but not at this hour; ``opens`` is when their window does."""

    person: Person
    there: LocalTime
    opens: datetime


@dataclass(slots=True)
class Verdicts:
    now: list[Person] = field(default_factory=list)
    later: list[Later] = field(default_factory=list)
    skipped: dict[str, list[Person]] = field(default_factory=dict)
    """By reason."""

    @property
    def to_queue(self) -> list[int]:
        return [person.application_id for person in self.now] + [
            it.person.application_id for it in self.later
        ]

    @property
    def total(self) -> int:
        return len(self.now) + len(self.later) + sum(map(len, self.skipped.values()))


def judge(people: Iterable[Person], now: datetime) -> Verdicts:
    verdicts = Verdicts()
    for person in people:
        reason = _reason_to_skip(person)
        if reason:
            verdicts.skipped.setdefault(reason, []).append(person)
            continue
        there = local_time(person.zone_name, now, person.hour_start, person.hour_end, person.days)
        opens = next_opening(person.zone_name or "", now, person.hour_start, person.hour_end, person.days)
        if there is None or opens is None:
            verdicts.skipped.setdefault("Calling hours there are not known", []).append(person)
        elif there.inside:
            verdicts.now.append(person)
        else:
            verdicts.later.append(Later(person, there, opens))
    return verdicts


def _reason_to_skip(person: Person) -> str | None:
    if person.status == "closed":
        return "Closed"
    if person.status == "call_queued":
        return "Already in the call queue"
    if person.status in ("call_in_progress", "call_completed", "scoring"):
        return "Already on the phone or being evaluated"
    if person.to_confirm:
        return "Waits for your decision on the AI's proposal"
    if person.status not in CALLABLE:
        return "Already past the call"
    if person.position_status != "open":
        return "The position is not open"
    if person.no_calls:
        return "Asked not to be called"
    if person.phone is None:
        return "No usable phone number"
    if not person.has_words:
        return "The position has no instructions or no first message: write them first"
    return None
