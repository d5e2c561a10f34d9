"""When somebody wants to be called again: "mâine după ora 14", "on Monday at 3 pm", "in two hours"."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from sandbox.anthropic.reading import fold

_DAYS = (
    ("luni", "monday"),
    ("marti", "tuesday"),
    ("miercuri", "wednesday"),
    ("joi", "thursday"),
    ("vineri", "friday"),
    ("sambata", "saturday"),
    ("duminica", "sunday"),
)
_HOURS = {
    "unu": 13, "doua": 14, "trei": 15, "patru": 16, "cinci": 17, "sase": 18, "sapte": 19, "opt": 8, "noua": 9,
    "zece": 10, "unsprezece": 11, "douasprezece": 12, "one": 13, "two": 14, "three": 15, "four": 16,
    "five": 17, "six": 18, "seven": 19, "eight": 8, "nine": 9, "ten": 10, "eleven": 11, "twelve": 12,
}  # fmt: skip
"""Hours as words, where people mean them to be on a working day."""
_CLOCK = re.compile(
    r"(?:dupa|la|ora|pe la|de la|after|at|around|from|past)\s+(?:ora\s+|orele\s+)?"
    rf"(\d{{1,2}}|(?:{'|'.join(_HOURS)})\b(?!\s+(?:zile|saptaman|ore|days|weeks|hours)))"
    r"(?:[:.](\d{2}))?\s*(a\.?m|p\.?m)?"
)
_SPAN = re.compile(
    r"\b(?:peste|in)\s+(\d+|un|una|o|one|an|a|doua|doi|two|trei|three|cateva|few|a few)"
    r"\s+(minut|minute|hour|or|zi|day|saptaman|week)"
)
_WORDS = {
    "un": 1,
    "una": 1,
    "o": 1,
    "one": 1,
    "an": 1,
    "a": 1,
    "doua": 2,
    "doi": 2,
    "two": 2,
    "trei": 3,
    "three": 3,
}
_UNITS = {
    "minut": 1,
    "minute": 1,
    "hour": 60,
    "or": 60,
    "zi": 1440,
    "day": 1440,
    "saptaman": 10_080,
    "week": 10_080,
}


def callback_time(words: str, now: datetime) -> datetime | None:
    """The local moment asked for, or None where no time can be understood."""
    low = fold(words)
    if span := _SPAN.search(low):
        minutes = int(span[1]) if span[1].isdigit() else _WORDS.get(span[1], 3)
        return (now + timedelta(minutes=minutes * _UNITS[span[2]])).replace(second=0, microsecond=0)
    day = _day(low, now)
    clock = _time(low)
    if day is None and clock is None:
        return now + timedelta(hours=3) if re.search(r"mai tarziu|later", low) else None
    hour, minute = clock or (_part_of_day(low), 0)
    moment = (day or now).replace(hour=hour, minute=minute, second=0, microsecond=0)
    if moment <= now and day is None:
        moment += timedelta(days=1)
    return moment


def _day(low: str, now: datetime) -> datetime | None:
    if re.search(r"poimaine|day after tomorrow", low):
        return now + timedelta(days=2)
    if re.search(r"\bmaine\b|tomorrow", low):
        return now + timedelta(days=1)
    if re.search(r"\bazi\b|astazi|today|tonight|diseara|this (afternoon|evening)", low):
        return now
    for number, names in enumerate(_DAYS):
        if any(re.search(rf"\b{name}\b", low) for name in names):
            return now + timedelta(days=(number - now.weekday() - 1) % 7 + 1)
    return None


def _time(low: str) -> tuple[int, int] | None:
    for found in _CLOCK.finditer(low):
        hour, minute = _HOURS.get(found[1]) or int(found[1]), int(found[2] or 0)
        half = (found[3] or "").replace(".", "")
        if half == "pm" and hour < 12:
            hour += 12
        elif not half and hour < 8:
            # Nobody asks a recruiter to ring at three in the morning.
            hour += 12
        if hour < 24 and minute < 60:
            return hour, minute
    return None


def _part_of_day(low: str) -> int:
    if re.search(r"dupa-?amiaz|afternoon|dupa masa", low):
        return 15
    if re.search(r"seara|evening|tonight", low):
        return 18
    return 10
