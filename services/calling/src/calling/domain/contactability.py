"""May this person be called now? One pure function; its answer always names the reason.

It is asked when a call is queued for dialling and again at the moment of dialling. A further reason
(public holiday, cooldown, kill switch) is one more line in ``verdict`` and one more name.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TypeAlias

from calling.domain.window import CallingWindow, UnknownTimeZone

WAIT_FOR_OTHER_CALL = timedelta(minutes=10)


class Reason(StrEnum):
    """Why a call is not placed now."""

    POSITION_CLOSED = "position_closed"
    POSITION_PAUSED = "position_paused"
    NO_LONGER_QUEUED = "no_longer_queued"
    DO_NOT_CONTACT = "do_not_contact"
    NO_VALID_NUMBER = "no_valid_number"
    PROMPTS_MISSING = "prompts_missing"
    ATTEMPTS_USED_UP = "attempts_used_up"
    PERSON_BEING_CALLED = "person_being_called"
    OUTSIDE_HOURS = "outside_hours"
    NO_CALLING_HOURS = "no_calling_hours"
    UNKNOWN_TIME_ZONE = "unknown_time_zone"
    PROVIDER_BUSY = "provider_busy"
    NUMBER_CORRECTED = "number_corrected"


MESSAGES: dict[Reason, str] = {
    Reason.POSITION_CLOSED: "The position is closed. Open it again to call its candidates.",
    Reason.POSITION_PAUSED: "The position is paused. The call waits until it is open again.",
    Reason.NO_LONGER_QUEUED: "The application left the call queue.",
    Reason.DO_NOT_CONTACT: (
        "The candidate asked not to be called."
        " Allow calls again only when they say so, then trigger the call again."
    ),
    Reason.NO_VALID_NUMBER: (
        "The candidate has no phone number that can be dialled. Correct it, then trigger the call again."
    ),
    Reason.PROMPTS_MISSING: (
        "The position has no system prompt or no first message."
        " Write or generate them, then trigger the call again."
    ),
    Reason.ATTEMPTS_USED_UP: "Every attempt that the position allows was made.",
    Reason.PERSON_BEING_CALLED: "The same person is being called for another application.",
    Reason.OUTSIDE_HOURS: "Outside the calling hours where the person is.",
    Reason.NO_CALLING_HOURS: "The position has no calling hours or days. Set them, and the call is placed.",
    Reason.UNKNOWN_TIME_ZONE: "The position's time zone is not known. Correct it, and the call is placed.",
    Reason.PROVIDER_BUSY: "The telephony provider takes no calls at the moment.",
    Reason.NUMBER_CORRECTED: "The phone number was corrected just now: the new one is called instead.",
}


@dataclass(frozen=True, slots=True)
class Allowed:
    """Call now."""


@dataclass(frozen=True, slots=True)
class Deferred:
    """Not now. ``until`` is when to ask again; None means when the position changes."""

    until: datetime | None
    reason: Reason
    detail: str | None = None
    """Said instead of the reason's standing message."""


@dataclass(frozen=True, slots=True)
class Refused:
    """Not at all, unless a recruiter changes something and queues the call again."""

    reason: Reason

    @property
    def message(self) -> str:
        return MESSAGES[self.reason]


Verdict: TypeAlias = Allowed | Deferred | Refused


@dataclass(frozen=True, slots=True)
class Callee:
    """What is known of the person and the application at this moment."""

    phone: str | None
    still_queued: bool
    attempts_in_round: int
    on_the_phone: bool
    """Another attempt for the same person has not ended."""
    time_zone: str | None = None
    """Where the person is, as far as the number says."""
    do_not_contact: bool = False
    """The person asked not to be called."""


@dataclass(frozen=True, slots=True)
class Terms:
    """What the position says about calling."""

    status: str
    has_prompts: bool
    most_attempts: int
    hour_start: int
    hour_end: int
    days: frozenset[int]
    time_zone: str

    def window(self, where: str | None = None) -> CallingWindow:
        """The hours by the clock of the person who is called, where it is known: at ten in Bucharest it is
        three in Halifax. Else by the position's; raises ``UnknownTimeZone`` for that one."""
        try:
            return self._hours_in(where or self.time_zone)
        except UnknownTimeZone:
            return self._hours_in(self.time_zone)

    def _hours_in(self, zone: str) -> CallingWindow:
        return CallingWindow.of(self.hour_start, self.hour_end, self.days, zone)


def verdict(callee: Callee, terms: Terms, now: datetime) -> Verdict:
    """Reasons that no waiting cures come first, so that a recruiter hears of them at once."""
    if refusal := _refusal(callee, terms):
        return Refused(refusal)
    if terms.status != "open":
        return Deferred(None, Reason.POSITION_PAUSED)
    try:
        window = terms.window(callee.time_zone)
    except UnknownTimeZone:
        return Deferred(None, Reason.UNKNOWN_TIME_ZONE)
    opening = window.next_opening(now)
    if opening is None:
        return Deferred(None, Reason.NO_CALLING_HOURS)
    if opening > now:
        return Deferred(opening, Reason.OUTSIDE_HOURS)
    if callee.on_the_phone:
        return Deferred(now + WAIT_FOR_OTHER_CALL, Reason.PERSON_BEING_CALLED)
    return Allowed()


def _refusal(callee: Callee, terms: Terms) -> Reason | None:
    if not callee.still_queued:
        return Reason.NO_LONGER_QUEUED
    if callee.do_not_contact:
        return Reason.DO_NOT_CONTACT
    if terms.status == "closed":
        return Reason.POSITION_CLOSED
    if not callee.phone:
        return Reason.NO_VALID_NUMBER
    if not terms.has_prompts:
        return Reason.PROMPTS_MISSING
    if callee.attempts_in_round >= terms.most_attempts:
        return Reason.ATTEMPTS_USED_UP
    return None
