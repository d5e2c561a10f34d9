"""What follows when nobody was reached, by how the call ended, as fields of a form."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

FIELD = re.compile(r"retry\.(no_answer|busy|voicemail)\.(again|after_minutes|at_most)")
OUTCOMES = {"no_answer": "No answer", "busy": "Busy", "voicemail": "Voicemail"}
LONGEST, MOST = 43_200, 10
"""A month in minutes; as many as a position may allow at all."""
_LIMITS = {"after_minutes": ("the minutes are", LONGEST), "at_most": ("“at most” is", MOST)}

Rules = dict[str, dict[str, Any]]


def rules_of(fields: Iterable[tuple[str, str]]) -> Rules | None:
    """From the names and values of a form, as they were typed; None where the form had none of them."""
    rules: Rules = {}
    for name, value in fields:
        if found := FIELD.fullmatch(name):
            rule = rules.setdefault(found[1], {"again": False, "after_minutes": "", "at_most": ""})
            rule[found[2]] = value == "yes" if found[2] == "again" else value.strip()
    return rules or None


def as_meant(rules: Rules) -> Rules:
    """An empty field goes by what the position says."""
    return {
        outcome: {name: None if value == "" else value for name, value in rule.items()}
        for outcome, rule in rules.items()
    }


def fields_of(rules: Rules) -> dict[str, str]:
    """The same rules as hidden fields."""
    fields: dict[str, str] = {}
    for outcome, rule in rules.items():
        for name in _LIMITS:
            fields[f"retry.{outcome}.{name}"] = "" if rule.get(name) is None else str(rule[name])
        if rule.get("again", True):
            fields[f"retry.{outcome}.again"] = "yes"
    return fields


def what_is_wrong(rules: Rules) -> str | None:
    for outcome, rule in rules.items():
        for name, (subject, most) in _LIMITS.items():
            value = rule.get(name)
            if value is None or value == "":
                continue
            text = str(value)
            if not (text.isascii() and text.isdigit() and 1 <= int(text[:9]) <= most):
                return f"{OUTCOMES[outcome]}: {subject} a whole number from 1 to {most:,}, or empty."
    return None


def in_words(rules: Rules) -> str:
    """One line each, for a comparison and for the history."""
    return "\n".join(
        f"{OUTCOMES[outcome]}: {_rule(rules[outcome])}" for outcome in OUTCOMES if outcome in rules
    )


def _rule(rule: dict[str, Any]) -> str:
    if not rule.get("again", True):
        return "not again"
    after, most = rule.get("after_minutes"), rule.get("at_most")
    words = f"again after {after} min" if after else "again after the position's interval"
    return f"{words}, at most {most} times" if most else words
