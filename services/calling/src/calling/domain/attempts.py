"""An attempt to reach somebody: its states, how news moves it, and when the next one is due."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from calling.domain.contactability import Terms
from calling.domain.window import UnknownTimeZone
from calling.domain.zones import Place


class AttemptState(StrEnum):
    INTENDED = "intended"
    """Written down; whether the provider knows of it is not recorded yet."""
    SUBMITTED = "submitted"
    IN_PROGRESS = "in_progress"
    COMPLETED = "completed"
    NO_ANSWER = "no_answer"
    BUSY = "busy"
    VOICEMAIL = "voicemail"
    FAILED = "failed"
    UNKNOWN = "unknown"
    """Nobody could say what became of it: never redialled. Late news still settles it."""
    WITHDRAWN = "withdrawn"
    """Taken back before anything was dialled; it does not count."""


LIVE = frozenset({AttemptState.INTENDED, AttemptState.SUBMITTED, AttemptState.IN_PROGRESS})
OPEN_TO_NEWS = LIVE | {AttemptState.UNKNOWN}
NOT_REACHED = frozenset(
    {AttemptState.NO_ANSWER, AttemptState.BUSY, AttemptState.VOICEMAIL, AttemptState.FAILED}
)

CHUNK = 50
"""Recipients of one batch call (recruitflow.md 9)."""

UNKNOWN_AFTER = timedelta(days=1)
"""From placing on: a call of which nothing was heard by then is left to a person."""


@dataclass(frozen=True, slots=True)
class RetryRule:
    """What follows an attempt that ended in one certain way."""

    after: timedelta
    again: bool = True
    at_most: int | None = None
    """How many attempts of one round may end this way before it is given up."""


@dataclass(frozen=True, slots=True)
class Again:
    at: datetime


@dataclass(frozen=True, slots=True)
class GivenUp:
    """``because`` is None where all of the position's attempts were made."""

    because: str | None = None


_IN_WORDS = {
    AttemptState.NO_ANSWER: "nobody answered",
    AttemptState.BUSY: "the line was busy",
    AttemptState.VOICEMAIL: "voicemail was reached",
    AttemptState.FAILED: "the call failed",
}
_TIMES = {1: "once", 2: "twice"}


def what_follows(
    outcome: AttemptState,
    rule: RetryRule,
    ended_so_far: Mapping[AttemptState, int],
    terms: Terms,
    place: Place,
    now: datetime,
) -> Again | GivenUp:
    """When to try again after nobody was reached, or why not. ``ended_so_far``: the round's attempts that
    count, this one included.

    The rule's interval runs first, then the person's next calling hour is waited for. Without usable hours
    the interval alone counts: the gate asks again at dialling.
    """
    if sum(ended_so_far.values()) >= terms.most_attempts:
        return GivenUp()
    words, times = _IN_WORDS[outcome], ended_so_far.get(outcome, 1)
    if not rule.again:
        return GivenUp(f"{words.capitalize()}, and the position does not call again after that.")
    if rule.at_most is not None and times >= rule.at_most:
        return GivenUp(f"{words.capitalize()} {_TIMES.get(times, f'{times} times')}.")
    earliest = now + rule.after
    try:
        return Again(terms.window(place).next_opening(earliest) or earliest)
    except UnknownTimeZone:
        return Again(earliest)
