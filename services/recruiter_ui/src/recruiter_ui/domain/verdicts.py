"""What "Trigger calls" will do for each person, said before anything is asked of anyone.

Whether a status allows a call is intake's rule, and said here at once; whether the person may be rung now is
the gate's, and calling is asked. Both decide again: intake when the command comes, calling before each dial.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from recruiter_ui.domain.statuses import CALLABLE


@dataclass(frozen=True, slots=True)
class Person:
    application_id: int
    name: str
    language: str
    status: str
    zone_name: str | None
    """Where they are, as far as the pages know."""
    position_zone: str | None
    position_status: str
    to_confirm: bool = False


@dataclass(frozen=True, slots=True)
class Wait:
    """What the gate says of somebody who can't be called now; ``until`` None: until something changes."""

    code: str
    message: str
    until: datetime | None
    zone_name: str | None = None
    zone_from: str | None = None


@dataclass(frozen=True, slots=True)
class Waiting:
    person: Person
    wait: Wait

    @property
    def zone_name(self) -> str | None:
        return self.wait.zone_name or self.person.zone_name

    @property
    def elsewhere(self) -> bool:
        """Their clock is not the position's."""
        return self.zone_name is not None and self.zone_name != self.person.position_zone


@dataclass(frozen=True, slots=True)
class Group:
    """People who wait for the same reason."""

    code: str
    message: str
    people: tuple[Waiting, ...]

    @property
    def words(self) -> str:
        return WAITING.get(self.code, "")

    @property
    def first(self) -> datetime | None:
        return min((it.wait.until for it in self.people if it.wait.until), default=None)

    @property
    def last(self) -> datetime | None:
        return max((it.wait.until for it in self.people if it.wait.until), default=None)


WAITING = {
    "outside_hours": "outside calling hours",
    "outside_days": "outside calling days",
    "public_holiday": "on a public holiday",
    "person_being_called": "on the phone for another application",
    "cooldown": "called not long ago for another application",
    "stopped": "stopped",
    "daily_cap": "over the calls of this day",
    "lines_busy": "waiting for a free line",
    "provider_busy": "waiting for the telephony provider",
    "planned_later": "planned for later",
    "no_common_hours": "perhaps in several time zones",
    "no_calling_hours": "without calling hours",
    "unknown_time_zone": "in no known time zone",
    "position_paused": "waiting for a paused position",
}
"""By the gate's reason; of a reason that is not among them its own message is shown."""
LEFT_OUT = {
    "do_not_contact": "do not contact",
    "no_valid_number": "no usable phone number",
    "prompts_missing": "nothing to say on the phone",
    "attempts_used_up": "attempts used up",
    "position_closed": "position closed",
    "position_paused": "position paused",
}
NOT_KNOWN = "Calling has not heard of them yet: try again in a moment"


@dataclass(slots=True)
class Verdicts:
    now: list[Person] = field(default_factory=list)
    later: list[Group] = field(default_factory=list)
    skipped: dict[tuple[str, str], list[Person]] = field(default_factory=dict)
    """By short words and the reason in full."""

    @property
    def now_ids(self) -> list[int]:
        return [person.application_id for person in self.now]

    @property
    def later_ids(self) -> list[int]:
        return [it.person.application_id for group in self.later for it in group.people]

    @property
    def total(self) -> int:
        return len(self.now_ids) + len(self.later_ids) + self.left_out

    @property
    def left_out(self) -> int:
        return sum(map(len, self.skipped.values()))

    def skip(self, words: str, reason: str, person: Person) -> None:
        self.skipped.setdefault((words, reason), []).append(person)


@dataclass(frozen=True, slots=True)
class Gate:
    """The gate's answer, by application."""

    now: frozenset[int] = frozenset()
    later: Mapping[int, Wait] = field(default_factory=dict)
    refused: Mapping[int, tuple[str, str]] = field(default_factory=dict)
    """Code and message."""


def to_ask(people: Iterable[Person]) -> list[int]:
    """Those whose status allows a call: of them the gate is asked."""
    return [person.application_id for person in people if status_reason(person) is None]


def judge(people: Iterable[Person], gate: Gate) -> Verdicts:
    verdicts, groups = Verdicts(), dict[str, list[Waiting]]()
    for person in people:
        number = person.application_id
        if reason := status_reason(person):
            verdicts.skip("left out", reason, person)
        elif number in gate.now:
            verdicts.now.append(person)
        elif wait := gate.later.get(number):
            key = wait.code if wait.code in WAITING else wait.message
            groups.setdefault(key, []).append(Waiting(person, wait))
        elif refusal := gate.refused.get(number):
            code, message = refusal
            verdicts.skip(LEFT_OUT.get(code, "left out"), message, person)
        else:
            verdicts.skip("left out", NOT_KNOWN, person)
    verdicts.later = [
        Group(those[0].wait.code, those[0].wait.message, tuple(those)) for those in groups.values()
    ]
    return verdicts


def status_reason(person: Person) -> str | None:
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
    return None
