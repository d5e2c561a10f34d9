"""An attempt to reach somebody: its states, how news moves it, and when the next one is due."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum

from calling.domain.contactability import Terms
from calling.domain.window import UnknownTimeZone


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


def next_attempt_at(terms: Terms, made_in_round: int, interval: timedelta, now: datetime) -> datetime | None:
    """When to try again after nobody was reached; None when the position's attempts are used up.

    The interval runs first, then the position's next calling hour is waited for. Without usable hours the
    interval alone counts: the gate asks again at dialling, and knows where the person is.
    """
    if made_in_round >= terms.most_attempts:
        return None
    earliest = now + interval
    try:
        return terms.window().next_opening(earliest) or earliest
    except UnknownTimeZone:
        return earliest
