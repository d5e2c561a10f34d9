"""When a callback will be dialled: at the time that was asked for, or in the next decent moment after it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from calling.domain.contactability import Terms, moved_into_hours
from calling.domain.reasons import MESSAGES, Reason
from calling.domain.window import UnknownTimeZone
from calling.domain.zones import Place


@dataclass(frozen=True, slots=True)
class Plan:
    """``at`` is None where no moment is decent before something changes; ``moved_because`` says what."""

    at: datetime | None
    moved_because: str | None
    place: Place


def plan(asked_for: datetime, terms: Terms, place: Place) -> Plan:
    """The hours where the person is, as the gate will see them. What else may keep the call from being placed
    then (a pause, a stop) is not known beforehand."""
    try:
        window = terms.window(place)
    except UnknownTimeZone:
        return Plan(None, MESSAGES[Reason.UNKNOWN_TIME_ZONE], place)
    wait = moved_into_hours(window, asked_for, place)
    return Plan(wait.until, wait.message, wait.place or place) if wait else Plan(asked_for, None, place)
