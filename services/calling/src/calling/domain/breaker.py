"""The circuit breaker: calls that fail one after another hint at trouble of ours or of the line, and every
further one bothers somebody for nothing. Then dialling of that position stops until a person resumes it.

Busy, no answer and voicemail are no failures: the line worked.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class BreakerRule:
    """It trips at so many failures within the window, where they are at least this share of all calls that
    ended in it."""

    failures: int = 5
    window: timedelta = timedelta(minutes=30)
    share: float = 0.5


@dataclass(frozen=True, slots=True)
class Outcomes:
    """How the calls of a position ended within the window, since dialling was last resumed."""

    ended: int
    failed: int
    last: str = ""
    """What became of the last one that failed, in words."""


def too_many_failures(rule: BreakerRule, seen: Outcomes) -> str | None:
    """The reason to stop dialling, for people to read; None where there is none."""
    if seen.failed < rule.failures or seen.failed < rule.share * seen.ended:
        return None
    minutes = max(1, round(rule.window.total_seconds() / 60))
    last = f", last: {seen.last}" if seen.last else ""
    return f"{seen.failed} of the last {seen.ended} calls failed within {minutes} minutes{last}"
