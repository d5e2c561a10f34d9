"""A finished call as it is judged: who said what, by which criteria, about which position."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

FALLBACK_ZONE = "Europe/Bucharest"


@dataclass(frozen=True, slots=True)
class Turn:
    """Its number is its place in the call's turns, from 0. ``at_seconds`` is None where nobody kept it."""

    role: Literal["agent", "user"]
    text: str
    at_seconds: int | None = None


@dataclass(frozen=True, slots=True)
class Criterion:
    key: str
    text: str
    weight: int = 10
    required: bool = False


@dataclass(frozen=True, slots=True)
class Answered:
    """One question of the lead form and what the candidate wrote."""

    question: str
    answer: str


BUILT_IN = (
    Criterion("wants-the-job", "The candidate wants this job."),
    Criterion("meets-what-is-asked", "The candidate meets what the position asks for."),
)
"""Judged by where a position has neither criteria nor screening questions."""


@dataclass(frozen=True, slots=True)
class FinishedCall:
    """Everything the model is told about one call. ``ended_at`` is in UTC."""

    title: str
    qualification_prompt: str | None
    language: str
    time_zone: str
    turns: Sequence[Turn]
    criteria: Sequence[Criterion]
    answers: Sequence[Answered]
    ended_at: datetime

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(first_zone(self.time_zone))

    @property
    def criteria_in_force(self) -> Sequence[Criterion]:
        return distinct(self.criteria) if self.criteria else BUILT_IN


def first_zone(*names: str | None) -> str:
    """The first of these that is a time zone."""
    for name in names:
        try:
            if name:
                return ZoneInfo(name).key
        except (ZoneInfoNotFoundError, ValueError, OSError):
            continue
    return FALLBACK_ZONE


def distinct(criteria: Sequence[Criterion]) -> list[Criterion]:
    """The same criteria under keys of which no two are alike: an answer names them by key."""
    taken: set[str] = set()
    named = []
    for criterion in criteria:
        key, number = criterion.key, 2
        while key in taken:
            key, number = f"{criterion.key}-{number}", number + 1
        taken.add(key)
        named.append(replace(criterion, key=key))
    return named


_SPEAKER = re.compile(r"^(Agent|User):[ \t]*", re.MULTILINE)


def turns_of(transcript: str) -> list[Turn]:
    """The turns of a call of which only the text was kept: paragraphs that begin with who spoke.

    A speaker's name inside a turn can't be told from one at its start; calls come with their turns.
    """
    starts = list(_SPEAKER.finditer(transcript))
    if not starts:
        return [Turn("user", transcript.strip())] if transcript.strip() else []
    ends = [start.start() for start in starts[1:]] + [len(transcript)]
    return [
        Turn("agent" if start[1] == "Agent" else "user", transcript[start.end() : end].strip())
        for start, end in zip(starts, ends, strict=True)
    ]
