"""What answers are judged by, as rows of a form: in the order in which they stand, blank ones left out."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from people import fold

FIELD = re.compile(r"criteria\.([0-9]{1,4})\.(key|text|weight|required)")
"""How the fields of row 3 are called: ``criteria.3.text``. Their order on the page counts, not the number."""
ROWS = "criteria"
"""Stands in every form that has rows, and where all of them were removed."""
MOST, LONGEST, HEAVIEST = 50, 500, 100
_KEY = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}", re.ASCII)

Rows = list[dict[str, Any]]


def rows_of(fields: Iterable[tuple[str, str]]) -> Rows:
    """From the names and values of a form, as they were typed."""
    rows: dict[str, dict[str, Any]] = {}
    for name, value in fields:
        found = FIELD.fullmatch(name)
        if found is None:
            continue
        blank = {"key": "", "text": "", "weight": "10", "required": False}
        row = rows.setdefault(found[1], blank)
        row[found[2]] = value == "yes" if found[2] == "required" else value.strip()
    return [row for row in rows.values() if row["text"]]


def asked_for(fields: Iterable[tuple[str, str]]) -> bool:
    """Whether the form had criteria at all; one without says nothing of them."""
    return any(name == ROWS or FIELD.fullmatch(name) for name, _ in fields)


def with_keys(rows: Rows) -> Rows:
    """A key stays with its row; a new row gets one from its first words."""
    given = [row["key"] if _KEY.fullmatch(row["key"]) else "" for row in rows]
    taken = set(given)
    keyed = []
    for row, key in zip(rows, given, strict=True):
        own = key or _new_key(row["text"], taken)
        taken.add(own)
        keyed.append(row | {"key": own})
    return keyed


def fields_of(rows: Rows) -> dict[str, str]:
    """The same rows as hidden fields."""
    fields = {ROWS: "yes"}
    for number, row in enumerate(rows):
        fields |= {f"criteria.{number}.{name}": str(row[name]) for name in ("key", "text", "weight")}
        if row["required"]:
            fields[f"criteria.{number}.required"] = "yes"
    return fields


def what_is_wrong(rows: Rows) -> str | None:
    """The first thing that keeps rows from being criteria, in words."""
    if len(rows) > MOST:
        return f"At most {MOST} criteria."
    for row in rows:
        named = f"“{row['text'][:40]}{'…' if len(row['text']) > 40 else ''}”"
        if len(row["text"]) > LONGEST:
            return f"{named} is too long: {LONGEST} characters at most."
        weight = str(row["weight"])
        if not (weight.isascii() and weight.isdigit() and 1 <= int(weight[:9]) <= HEAVIEST):
            return f"{named}: the weight is a whole number from 1 to {HEAVIEST}."
    return None


def in_words(rows: Rows) -> str:
    """One line each, for a comparison."""
    return "\n".join(
        f"{row['text']} ({row['weight']}{', required' if row['required'] else ''})" for row in rows
    )


def _new_key(text: str, taken: set[str]) -> str:
    plain = re.sub(r"[^a-z0-9]+", "-", fold(text))[:30].strip("-") or "criterion"
    number = 1
    key = plain
    while key in taken:
        number += 1
        key = f"{plain}-{number}"
    return key
