"""What was typed into the form of a position: kept as it was, and read into details or what is wrong."""

from __future__ import annotations

import re
from typing import Any

from contracts.intake import PositionDetails
from contracts.placeholders import CALL_PLACEHOLDERS, unknown_placeholders
from pydantic import ValidationError

from recruiter_ui.domain import criteria, retries
from recruiter_ui.domain.moments import zone
from recruiter_ui.domain.reading import number, typed
from recruiter_ui.web import Visit

NUMBERS = {
    "call_retry_max": 10,
    "call_retry_interval_minutes": 43_200,
    "calling_hour_start": 23,
    "calling_hour_end": 24,
    "follow_up_interval_hours": 8_760,
    "rejected_cv_timeout_days": 365,
    "most_calls_per_day": 100_000,
}
"""With the most each may be: ten attempts, a month, the day, a year."""
PROMPTS = ("system_prompt", "first_message", "qualification_prompt")
TEXTS = (
    "title",
    "description",
    "status",
    "campaign_questions",
    "time_zone",
    "language",
    "confirmation",
    "employer",
)
FIELD_OF = {
    "form_taken": "lead_form_ids",
    "hours_reversed": "calling_hour_end",
    "no_calling_days": "calling_days",
    "unknown_time_zone": "time_zone",
    "too_many_criteria": "criteria",
    "criteria_doubled": "criteria",
    "bad_criterion_key": "criteria",
    "criterion_empty": "criteria",
    "weight_out_of_range": "criteria",
}
"""Which field a refusal of intake is about."""
_LONGEST = 50_000


def as_typed(details: dict[str, Any]) -> dict[str, Any]:
    """Details as the form shows them."""
    texts = {name: details[name] or "" for name in PROMPTS}
    texts["most_calls_per_day"] = (
        "" if details["most_calls_per_day"] is None else details["most_calls_per_day"]
    )
    return details | texts | {"lead_form_ids": "\n".join(details["lead_form_ids"])}


def blank() -> dict[str, Any]:
    """The form of a position that is not there yet."""
    return as_typed(PositionDetails(title="new").model_dump(mode="json") | {"title": ""})


def what_was_typed(visit: Visit, before: dict[str, Any]) -> dict[str, Any]:
    """So that nothing is lost when it has to be shown again.

    What the form does not have stays as it was before: it may have been opened when there were fewer fields.
    """
    values: dict[str, Any] = {
        name: typed(visit.field(name)) if name in visit.form else before[name]
        for name in (*TEXTS, *PROMPTS, *NUMBERS, "lead_form_ids")
    }
    values["record_calls"] = visit.field("record_calls") == "yes"
    days = {str(day) for day in visit.form.getlist("calling_days")}
    flat = [(name, typed(value)) for name, value in visit.form.multi_items() if isinstance(value, str)]
    values["retry_rules"] = before["retry_rules"] | (retries.rules_of(flat) or {})
    values["criteria"] = criteria.rows_of(flat) if criteria.asked_for(flat) else before["criteria"]
    values["calling_days"] = [int(day) for day in "0123456" if day in days]
    return values


def details_of(values: dict[str, Any]) -> PositionDetails | dict[str, str]:
    """The details, or everything that is wrong by field."""
    forms = [form.removeprefix("f:") for form in re.split(r"[\s,;]+", values["lead_form_ids"]) if form]
    given = values | {name: values[name] or None for name in PROMPTS}
    given["lead_form_ids"] = list(dict.fromkeys(forms))
    given["most_calls_per_day"] = values["most_calls_per_day"] or None
    given["retry_rules"] = retries.as_meant(values["retry_rules"])
    given["criteria"] = criteria.with_keys(values["criteria"])
    errors = _odd(given)
    try:
        details = PositionDetails.model_validate(given)
    except ValidationError as wrong:
        found = {str(one["loc"][0]): _in_words(one) for one in wrong.errors()}
        return errors | found | {name: errors[name] for name in ("criteria", "retry_rules") if name in errors}
    return errors or details


def _odd(given: dict[str, Any]) -> dict[str, str]:
    """What the contract lets through and a position can't be used with."""
    errors: dict[str, str] = {}
    counts = {name: number(str(given[name] or "")) for name in NUMBERS}
    for name, most in NUMBERS.items():
        if (counts[name] or 0) > most:
            errors[name] = f"At most {most:,}."
    start, end = counts["calling_hour_start"], counts["calling_hour_end"]
    if start is not None and end is not None and end <= start:
        errors["calling_hour_end"] = "Calls end after they begin."
    if not given["calling_days"]:
        errors["calling_days"] = "Choose at least one day."
    if zone(given["time_zone"]) is None:
        errors["time_zone"] = "Write the zone as Europe/Bucharest."
    if odd := next((form for form in given["lead_form_ids"] if not re.fullmatch(r"[0-9]{1,32}", form)), None):
        errors["lead_form_ids"] = f"“{odd[:40]}” is no form number: digits only, one form per line."
    if wrong := criteria.what_is_wrong(given["criteria"]):
        errors["criteria"] = wrong
    if wrong := retries.what_is_wrong(given["retry_rules"]):
        errors["retry_rules"] = wrong
    errors |= unfilled(given)
    for name in ("description", "campaign_questions", *PROMPTS):
        if len(given[name] or "") > _LONGEST:
            errors[name] = f"At most {_LONGEST:,} characters."
    return errors


def unfilled(given: dict[str, Any]) -> dict[str, str]:
    """Placeholders that nobody would fill, by field; they would be read out as they stand."""
    listed = ", ".join(f"{{{name}}}" for name in CALL_PLACEHOLDERS)
    found = {
        name: unknown_placeholders(given[name] or "", CALL_PLACEHOLDERS)
        for name in ("system_prompt", "first_message")
    }
    return {
        name: f"Nothing fills {', '.join(unknown[:5])}. Known are {listed}."
        for name, unknown in found.items()
        if unknown
    }


def field_of(refused_as: str, values: dict[str, Any]) -> str | None:
    """Which field a refusal of intake is about, where that is known."""
    if refused_as == "unknown_placeholder":
        return next(iter(unfilled(values)), None)
    return FIELD_OF.get(refused_as)


def _in_words(problem: Any) -> str:
    limits = problem.get("ctx") or {}
    match problem["type"]:
        case "greater_than_equal":
            return f"At least {limits['ge']}."
        case "less_than_equal":
            return f"At most {limits['le']}."
        case "string_too_short":
            return "Write something here."
        case "string_too_long":
            return f"At most {limits['max_length']} characters."
        case "int_parsing" | "int_parsing_size" | "int_from_float" | "int_type":
            return "Write a whole number."
        case _:
            return "Choose one of these."
