"""What a position may look like, and why an application can't be queued for a call."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol
from zoneinfo import ZoneInfo

from intake.domain.status_machine import TRANSITIONS, Fact, Status

LONGEST_TITLE = 200
LONGEST_TEXT = 20_000
LONGEST_QUESTIONS = 10_000
LONGEST_WAIT_MINUTES = 7 * 24 * 60
LONGEST_WAIT_HOURS = 90 * 24
LONGEST_WAIT_DAYS = 365
MOST_FORMS = 100


@dataclass(frozen=True, slots=True)
class Refusal:
    """``code`` is for programs, ``message`` tells a recruiter what to do."""

    code: str
    message: str


class Wanted(Protocol):
    """A position as a recruiter wrote it (recruitflow.md 4.1)."""

    @property
    def title(self) -> str: ...
    @property
    def description(self) -> str: ...
    @property
    def campaign_questions(self) -> str: ...
    @property
    def system_prompt(self) -> str | None: ...
    @property
    def first_message(self) -> str | None: ...
    @property
    def qualification_prompt(self) -> str | None: ...
    @property
    def call_retry_max(self) -> int: ...
    @property
    def call_retry_interval_minutes(self) -> int: ...
    @property
    def calling_hour_start(self) -> int: ...
    @property
    def calling_hour_end(self) -> int: ...
    @property
    def calling_days(self) -> Sequence[int]: ...
    @property
    def follow_up_interval_hours(self) -> int: ...
    @property
    def rejected_cv_timeout_days(self) -> int: ...
    @property
    def time_zone(self) -> str: ...
    @property
    def language(self) -> str: ...
    @property
    def lead_form_ids(self) -> Sequence[str]: ...


def what_is_wrong(wanted: Wanted) -> Refusal | None:
    """The first thing that keeps a position from being usable, or None."""
    return next((refusal for rule in _RULES if (refusal := rule(wanted)) is not None), None)


def _texts(wanted: Wanted) -> Refusal | None:
    if not wanted.title.strip():
        return Refusal("no_title", "Give the position a title.")
    texts = (
        ("title", wanted.title, LONGEST_TITLE),
        ("description", wanted.description, LONGEST_TEXT),
        ("questions", wanted.campaign_questions, LONGEST_QUESTIONS),
        ("system prompt", wanted.system_prompt, LONGEST_TEXT),
        ("first message", wanted.first_message, LONGEST_TEXT),
        ("qualification prompt", wanted.qualification_prompt, LONGEST_TEXT),
    )
    for name, text, limit in texts:
        if len(text or "") > limit:
            more = len(text or "") - limit
            return Refusal("text_too_long", f"The {name} is {more:,} characters longer than {limit:,}.")
        if _CONTROL.search(text or ""):
            return Refusal("text_damaged", f"The {name} holds control characters, which no text does.")
    return None


def _calls(wanted: Wanted) -> Refusal | None:
    start, end = wanted.calling_hour_start, wanted.calling_hour_end
    if not (0 <= start <= 24 and 0 <= end <= 24):
        return Refusal("no_such_hour", "Calling hours are on the 24-hour clock, from 0 to 24.")
    if start >= end:
        message = f"Calling hours must start before they end, but {start}:00 is not before {end}:00."
        return Refusal("hours_reversed", message)
    days = wanted.calling_days
    if not days or any(day not in range(7) for day in days):
        return Refusal("no_calling_days", "Choose at least one calling day, from Monday (0) to Sunday (6).")
    if len(set(days)) != len(days):
        return Refusal("days_doubled", "Name each calling day once.")
    if not 1 <= wanted.call_retry_max <= 10:
        return Refusal("attempts_out_of_range", "Between 1 and 10 call attempts are possible.")
    return None


def _waits(wanted: Wanted) -> Refusal | None:
    waits = (
        ("minutes between call attempts", wanted.call_retry_interval_minutes, LONGEST_WAIT_MINUTES),
        ("hours between CV reminders", wanted.follow_up_interval_hours, LONGEST_WAIT_HOURS),
        ("days to wait for a CV for later positions", wanted.rejected_cv_timeout_days, LONGEST_WAIT_DAYS),
    )
    for name, wait, longest in waits:
        if not 1 <= wait <= longest:
            return Refusal("wait_out_of_range", f"The {name} must be a number from 1 to {longest:,}.")
    return None


def _place(wanted: Wanted) -> Refusal | None:
    if not is_time_zone(wanted.time_zone):
        message = f"{wanted.time_zone[:64]!r} is no time zone; write one such as Europe/Bucharest."
        return Refusal("unknown_time_zone", message)
    if not is_language(wanted.language):
        message = f"{wanted.language[:20]!r} is no language code; write two letters such as ro or en."
        return Refusal("unknown_language", message)
    return None


def _forms(wanted: Wanted) -> Refusal | None:
    """How a form id is written, and whose the form is, is looked at where forms are claimed."""
    if len(wanted.lead_form_ids) > MOST_FORMS:
        return Refusal("too_many_forms", f"A position takes the leads of {MOST_FORMS} forms at most.")
    return None


_RULES: tuple[Callable[[Wanted], Refusal | None], ...] = (_texts, _calls, _waits, _place, _forms)
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
"""All but tabs and ends of lines. One takes six bytes of an event: full of them, none would pass the bus."""
_LANGUAGE = re.compile(r"[a-z]{2}", re.ASCII)


def is_language(code: str) -> bool:
    """ISO 639-1: two small letters."""
    return _LANGUAGE.fullmatch(code) is not None


def is_time_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return False
    return True


_ON_THE_WAY = {Status.CALL_QUEUED, Status.CALL_IN_PROGRESS, Status.CALL_COMPLETED, Status.SCORING}


def why_not_call(
    status: Status, position_status: str, phone: str | None, *, forbidden: bool = False
) -> Refusal | None:
    """Why an application can't be queued for a call now, or None when it can.

    ``forbidden``: the person asked not to be called.
    """
    if status is Status.CALL_QUEUED:
        return Refusal("already_queued", "This application is already in the call queue.")
    if status in _ON_THE_WAY:
        return Refusal("call_under_way", "A call to this candidate is under way or being evaluated.")
    if status is Status.CLOSED:
        return Refusal("closed", "This application is closed.")
    if (status, Fact.CALL_REQUESTED) not in TRANSITIONS:
        return Refusal("already_screened", "This candidate has already been screened by phone.")
    if position_status == "paused":
        return Refusal("position_paused", "The position is paused: open it again to place calls.")
    if position_status == "closed":
        return Refusal("position_closed", "The position is closed.")
    if forbidden:
        message = "The candidate asked not to be called. Allow calls again only when they say so."
        return Refusal("do_not_contact", message)
    if phone is None:
        return Refusal("no_usable_phone", "The candidate has no usable phone number: correct it first.")
    return None
