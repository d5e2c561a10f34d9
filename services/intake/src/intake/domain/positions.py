"""What a position may look like, and why an application can't be queued for a call."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from intake.domain.status_machine import TRANSITIONS, Fact, Status
from intake.domain.wanted import Criterion, Wanted

LONGEST_TITLE = 200
LONGEST_TEXT = 20_000
LONGEST_QUESTIONS = 10_000
LONGEST_WAIT_MINUTES = 7 * 24 * 60
LONGEST_WAIT_HOURS = 90 * 24
LONGEST_WAIT_DAYS = 365
MOST_FORMS = 100
LONGEST_EMPLOYER = 200
LONGEST_CRITERION = 500
LONGEST_KEY = 40
MOST_CRITERIA = 50
HEAVIEST = 100
MOST_ATTEMPTS = 10
MOST_CALLS_PER_DAY = 100_000


@dataclass(frozen=True, slots=True)
class Refusal:
    """``code`` is for programs, ``message`` tells a recruiter what to do."""

    code: str
    message: str


@dataclass(frozen=True, slots=True)
class Placeholders:
    """Which ones are filled in before a call; ``unknown`` names those of a text that never will be."""

    known: Sequence[str]
    unknown: Callable[[str], Sequence[str]]


def what_is_wrong(wanted: Wanted, placeholders: Placeholders) -> Refusal | None:
    """The first thing that keeps a position from being usable, or None."""
    wrong = next((refusal for rule in _RULES if (refusal := rule(wanted)) is not None), None)
    if wrong is not None:
        return wrong
    spoken = (("system_prompt", wanted.system_prompt), ("first_message", wanted.first_message))
    texts = (what_is_wrong_with_text(field, text, placeholders) for field, text in spoken)
    return next((refusal for refusal in texts if refusal is not None), None)


def what_is_wrong_with_text(field: str, text: str | None, placeholders: Placeholders) -> Refusal | None:
    """The rules for one of the three texts that go to a model, whoever wrote it."""
    name = field.replace("_", " ")
    if wrong := _text(name, text, LONGEST_TEXT):
        return wrong
    unknown = placeholders.unknown(text or "") if field in _FILLED_IN else ()
    if not unknown:
        return None
    known = ", ".join(f"{{{one}}}" for one in placeholders.known)
    return Refusal(
        "unknown_placeholder",
        f"The {name} holds {_some(unknown)}, which nothing fills in. Known are {known}.",
    )


def _employer(wanted: Wanted) -> Refusal | None:
    """Said at the start of each call, as it is written."""
    name = wanted.employer
    if _LINE_END.search(name):
        return Refusal("no_such_employer", "Write the employer's name in one line.")
    if "{" in name or "}" in name:
        return Refusal("no_such_employer", "The employer's name is read out as it is: leave { and } out.")
    return None


def _some(placeholders: Sequence[str]) -> str:
    """The first few, each cut where a person has recognised it."""
    shown = [one if len(one) <= 40 else f"{one[:39]}\u2026" for one in placeholders[:5]]
    return ", ".join(shown) + (f" and {len(placeholders) - 5:,} more" if len(placeholders) > 5 else "")


def _texts(wanted: Wanted) -> Refusal | None:
    if not wanted.title.strip():
        return Refusal("no_title", "Give the position a title.")
    texts = (
        ("title", wanted.title, LONGEST_TITLE),
        ("description", wanted.description, LONGEST_TEXT),
        ("questions", wanted.campaign_questions, LONGEST_QUESTIONS),
        ("employer's name", wanted.employer, LONGEST_EMPLOYER),
        ("system prompt", wanted.system_prompt, LONGEST_TEXT),
        ("first message", wanted.first_message, LONGEST_TEXT),
        ("qualification prompt", wanted.qualification_prompt, LONGEST_TEXT),
    )
    wrong = (_text(name, text, limit) for name, text, limit in texts)
    return next((refusal for refusal in wrong if refusal is not None), None)


def _text(name: str, text: str | None, limit: int) -> Refusal | None:
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
    if not 1 <= wanted.call_retry_max <= MOST_ATTEMPTS:
        return Refusal("attempts_out_of_range", "Between 1 and 10 call attempts are possible.")
    most = wanted.most_calls_per_day
    if most is not None and not 1 <= most <= MOST_CALLS_PER_DAY:
        message = f"A day's limit of calls is a number from 1 to {MOST_CALLS_PER_DAY:,}, or none at all."
        return Refusal("daily_limit_out_of_range", message)
    return None


def _retries(wanted: Wanted) -> Refusal | None:
    rules = wanted.retry_rules
    named = (("no answer", rules.no_answer), ("busy", rules.busy), ("voicemail", rules.voicemail))
    for name, rule in named:
        wait, times = rule.after_minutes, rule.at_most
        if wait is not None and not 1 <= wait <= LONGEST_WAIT_MINUTES:
            return Refusal(
                "wait_out_of_range",
                f"The minutes to wait after {name} must be a number from 1 to {LONGEST_WAIT_MINUTES:,}.",
            )
        if times is not None and not 1 <= times <= MOST_ATTEMPTS:
            message = f"After {name}, between 1 and {MOST_ATTEMPTS} calls are possible."
            return Refusal("attempts_out_of_range", message)
    return None


def _criteria(wanted: Wanted) -> Refusal | None:
    if len(wanted.criteria) > MOST_CRITERIA:
        return Refusal("too_many_criteria", f"A position is judged by {MOST_CRITERIA} criteria at most.")
    keys = [criterion.key for criterion in wanted.criteria]
    if len(set(keys)) < len(keys):
        return Refusal("criteria_doubled", "Each criterion needs a key of its own: two have the same.")
    return next((wrong for one in wanted.criteria if (wrong := _criterion(one)) is not None), None)


def _criterion(criterion: Criterion) -> Refusal | None:
    if len(criterion.key) > LONGEST_KEY or _SLUG.fullmatch(criterion.key) is None:
        message = f"A criterion's key is up to {LONGEST_KEY} small letters, digits and hyphens."
        return Refusal("bad_criterion_key", message)
    if not criterion.text.strip():
        return Refusal("criterion_empty", f"Say what the criterion {criterion.key} asks for.")
    if wrong := _text(f"criterion {criterion.key}", criterion.text, LONGEST_CRITERION):
        return wrong
    if not 1 <= criterion.weight <= HEAVIEST:
        return Refusal("weight_out_of_range", f"A criterion weighs from 1 to {HEAVIEST}.")
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


def too_many_forms(wanted: Wanted) -> Refusal | None:
    """How a form id is written, and whose the form is, is looked at where forms are claimed."""
    if len(wanted.lead_form_ids) > MOST_FORMS:
        return Refusal("too_many_forms", f"A position takes the leads of {MOST_FORMS} forms at most.")
    return None


_RULES: tuple[Callable[[Wanted], Refusal | None], ...] = (
    _texts,
    _employer,
    _calls,
    _retries,
    _waits,
    _criteria,
    _place,
    too_many_forms,
)
_FILLED_IN = ("system_prompt", "first_message")
_SLUG = re.compile(r"[a-z0-9][a-z0-9_-]*", re.ASCII)
_LINE_END = re.compile(r"[\r\n\t\x85\u2028\u2029]")
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
    status: Status,
    position_status: str,
    phone: str | None,
    *,
    forbidden: bool = False,
    prompted: bool = True,
) -> Refusal | None:
    """Why an application can't be queued for a call now, or None when it can.

    ``forbidden``: the person asked not to be called. ``prompted``: the position says how calls are held.
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
    if not prompted:
        message = "The position lacks its system prompt or first message: write or generate them, then call."
        return Refusal("prompts_missing", message)
    if forbidden:
        message = "The candidate asked not to be called. Allow calls again only when they say so."
        return Refusal("do_not_contact", message)
    if phone is None:
        return Refusal("no_usable_phone", "The candidate has no usable phone number: correct it first.")
    return None
