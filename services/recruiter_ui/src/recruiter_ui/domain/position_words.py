"""A position's fields as a recruiter reads them: their names, their values, what each choice means."""

from __future__ import annotations

from typing import Any

from recruiter_ui.domain import criteria, retries

LABELS = {
    "title": "Title",
    "status": "Status",
    "description": "Description",
    "campaign_questions": "Screening questions",
    "system_prompt": "Instructions",
    "first_message": "First message",
    "qualification_prompt": "Qualification rules",
    "criteria": "Criteria",
    "employer": "Called in the name of",
    "call_retry_max": "Call attempts",
    "call_retry_interval_minutes": "Minutes between attempts",
    "retry_rules": "When nobody is reached",
    "most_calls_per_day": "Most calls a day",
    "calling_hour_start": "Calls from",
    "calling_hour_end": "Calls until",
    "calling_days": "Calling days",
    "time_zone": "Time zone",
    "language": "Language",
    "record_calls": "Recording",
    "confirmation": "What you confirm",
    "follow_up_interval_hours": "Hours between CV reminders",
    "rejected_cv_timeout_days": "Days to wait, not a fit",
    "lead_form_ids": "Meta lead forms",
}
STATUSES = {"open": "Open", "paused": "Paused", "closed": "Closed"}
LANGUAGES = {"ro": "Romanian", "en": "English", "hu": "Hungarian", "de": "German", "fr": "French"}
WEEK = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
CONFIRMATIONS = {
    "nothing": ("Nothing", "The outcome of a call counts at once, and the CV request leaves by itself."),
    "rejections": (
        "Rejections",
        "“Not a fit” is a proposal until you confirm it; people who qualify go on by themselves.",
    ),
    "every_outcome": (
        "Every outcome",
        "Each outcome is a proposal; no message leaves and no callback is made before you confirm.",
    ),
}
RETRIES = retries.OUTCOMES
NOBODY = {"en": "the recruiting team", "ro": "echipei de recrutare"}
"""In whose name people are called where the position does not say it."""
ZONES = (
    "Europe/Bucharest", "Europe/Chisinau", "Europe/Budapest", "Europe/Warsaw", "Europe/Vienna",
    "Europe/Berlin", "Europe/Rome", "Europe/Madrid", "Europe/Paris", "Europe/London", "Europe/Kyiv", "UTC",
)  # fmt: skip
PLACEHOLDERS = {
    "candidate_name": "the person's name",
    "candidate_first_name": "their first name",
    "candidate_email": "their email",
    "position_title": "this title",
    "position_description": "this description",
    "form_answers": "what they answered in the form",
}


def said(field: str, value: Any) -> str:
    """A value in words; empty text where there is none."""
    match field:
        case "status":
            return STATUSES.get(str(value), str(value))
        case "calling_days":
            return days(value or [])
        case "calling_hour_start" | "calling_hour_end":
            return f"{value}:00"
        case "record_calls":
            return "on" if value else "off"
        case "confirmation":
            return CONFIRMATIONS[value][0] if value in CONFIRMATIONS else str(value)
        case "language":
            return LANGUAGES.get(str(value), str(value))
        case "criteria":
            return criteria.in_words(value or [])
        case "retry_rules":
            return retries.in_words(value or {})
        case "lead_form_ids":
            return ", ".join(value or [])
        case _:
            return "" if value is None else str(value)


def days(chosen: list[int]) -> str:
    """``Mon to Fri``, ``Mon, Wed``, ``every day``."""
    ordered = sorted(set(chosen))
    if len(ordered) == len(WEEK):
        return "every day"
    if len(ordered) > 2 and ordered == list(range(ordered[0], ordered[-1] + 1)):
        return f"{WEEK[ordered[0]]} to {WEEK[ordered[-1]]}"
    return ", ".join(WEEK[day] for day in ordered) or "no day"
