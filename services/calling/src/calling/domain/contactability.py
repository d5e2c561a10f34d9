"""May this person be called now? One pure function; its answer always names the reason, and the zone whose
clock it went by.

It is asked when calls are prepared, again at the moment of dialling, and by a recruiter beforehand. What it
goes by is all in its arguments: what is known of the person (``Callee``), what the position and the
installation say (``Terms``), and now.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import TypeAlias
from zoneinfo import ZoneInfo

from calling.domain.reasons import MESSAGES, Reason
from calling.domain.window import CallingWindow, UnknownTimeZone
from calling.domain.zones import NOWHERE, Place, Whereabouts, exists

COOLDOWN = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Allowed:
    """Call now."""

    place: Place | None = None


@dataclass(frozen=True, slots=True)
class Deferred:
    """Not now. ``until``: the next moment at which it may be allowed; None: not before something changes."""

    until: datetime | None
    reason: Reason
    detail: str | None = None
    """Said instead of the reason's standing message."""
    place: Place | None = None

    @property
    def message(self) -> str:
        return self.detail or MESSAGES[self.reason]


@dataclass(frozen=True, slots=True)
class Refused:
    """Not at all, unless a recruiter changes something and queues the call again."""

    reason: Reason
    place: Place | None = None

    @property
    def message(self) -> str:
        return MESSAGES[self.reason]


Verdict: TypeAlias = Allowed | Deferred | Refused


@dataclass(frozen=True, slots=True)
class Stop:
    """Somebody, or the circuit breaker, stopped dialling: for the position, or for everything."""

    code: str
    reason: str
    everything: bool = False

    @property
    def message(self) -> str:
        what = "Dialling is stopped for every position" if self.everything else "Dialling is stopped here"
        return f"{what}: {self.reason}" if self.reason else f"{what}."


@dataclass(frozen=True, slots=True)
class Callee:
    """What is known of the person and the application at this moment."""

    phone: str | None
    still_queued: bool
    attempts_in_round: int
    on_the_phone: bool
    """Another attempt for the same person has not ended."""
    where: Whereabouts = NOWHERE
    do_not_contact: bool = False
    """The person asked not to be called."""
    agreed: bool = False
    """A callback at a time that was agreed with the person."""
    last_other_call: datetime | None = None
    """When the same person was last called for another application, as far as it may have rung."""
    not_before: datetime | None = None
    """The next attempt of the round is planned for then."""
    person: int | None = None
    """The same for all ids of one person."""


@dataclass(frozen=True, slots=True)
class Terms:
    """What the position and the installation say about calling."""

    status: str
    has_prompts: bool
    most_attempts: int
    hour_start: int
    hour_end: int
    days: frozenset[int]
    time_zone: str
    cooldown: timedelta = COOLDOWN
    days_off: Mapping[str, Mapping[date, str]] = field(default_factory=dict)
    """Public holidays by country, with their names."""
    stop: Stop | None = None
    calls_left_today: int | None = None
    """Of the position's or the installation's daily limit, whichever is less; None: no limit."""
    lines_left: int | None = None
    """How many more calls may be under way at once; None: no limit."""

    def window(self, place: Place) -> CallingWindow:
        """The hours by the clock where the person is: at ten in Bucharest it is three in Halifax. Raises
        ``UnknownTimeZone``."""
        off = self.days_off.get(place.country or "", {})
        return CallingWindow.of(self.hour_start, self.hour_end, self.days, *place.zones, days_off=off)

    def tomorrow(self, now: datetime) -> datetime:
        """When the next day begins where the position is: daily limits count its days."""
        zone = ZoneInfo(self.time_zone if exists(self.time_zone) else "UTC")
        following = now.astimezone(zone).date() + timedelta(days=1)
        return datetime.combine(following, time(), zone).astimezone(UTC)


class Hours:
    """The calling hours of a position at every place, worked out once each: for thousands of people they are
    the same few."""

    def __init__(self, terms: Terms) -> None:
        self._terms = terms
        self._windows: dict[Place, CallingWindow] = {}
        self._waits: dict[tuple[Place, datetime], Deferred | None] = {}

    def window(self, place: Place) -> CallingWindow:
        """Raises ``UnknownTimeZone``."""
        if place not in self._windows:
            self._windows[place] = self._terms.window(place)
        return self._windows[place]

    def wait(self, place: Place, moment: datetime) -> Deferred | None:
        """Until when a call at ``moment`` has to wait, and why; None where that is a decent moment."""
        if (place, moment) not in self._waits:
            self._waits[place, moment] = moved_into_hours(self.window(place), moment, place)
        return self._waits[place, moment]


def verdict(callee: Callee, terms: Terms, now: datetime, hours: Hours | None = None) -> Verdict:
    """Reasons that no waiting cures come first, so that a recruiter hears of them at once. ``hours``: of
    these terms, where they are asked for more than once."""
    place = callee.where.place(terms.time_zone)
    if refusal := _refusal(callee, terms):
        return Refused(refusal, place)
    if terms.status != "open":
        return Deferred(None, Reason.POSITION_PAUSED, place=place)
    if terms.stop:
        return Deferred(None, Reason.STOPPED, terms.stop.message, place)
    return _in_time(callee, terms, place, now, hours or Hours(terms))


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


def _in_time(callee: Callee, terms: Terms, place: Place, now: datetime, hours: Hours) -> Verdict:
    try:
        window = hours.window(place)
    except UnknownTimeZone:
        return Deferred(None, Reason.UNKNOWN_TIME_ZONE, place=place)
    closed = hours.wait(place, now)
    if closed is not None and closed.until is None:
        return closed
    place = (closed.place if closed else None) or place
    earliest, why = _earliest(callee, terms, now)
    if earliest > now:
        until = window.next_opening(earliest)
        if closed is None or until != closed.until:
            return Deferred(until, why, place=place)
    if closed is not None:
        return closed
    if callee.on_the_phone:
        return Deferred(None, Reason.PERSON_BEING_CALLED, place=place)
    if terms.calls_left_today is not None and terms.calls_left_today <= 0:
        until = window.next_opening(terms.tomorrow(now))
        return Deferred(until, Reason.DAILY_CAP, place=place)
    if terms.lines_left is not None and terms.lines_left <= 0:
        return Deferred(None, Reason.LINES_BUSY, place=place)
    return Allowed(place)


def _earliest(callee: Callee, terms: Terms, now: datetime) -> tuple[datetime, Reason]:
    """The hours apart: when it may be called, and what it waits for until then."""
    waits = [(now, Reason.OUTSIDE_HOURS)]
    if callee.last_other_call and not callee.agreed:
        waits.append((callee.last_other_call + terms.cooldown, Reason.COOLDOWN))
    if callee.not_before:
        waits.append((callee.not_before, Reason.PLANNED_LATER))
    return max(waits, key=lambda wait: wait[0])


def moved_into_hours(window: CallingWindow, moment: datetime, place: Place) -> Deferred | None:
    """Until when a call at ``moment`` has to wait, and why; None where that is a decent moment."""
    if not window.ever_opens:
        return Deferred(None, Reason.NO_CALLING_HOURS, place=place)
    opening = window.next_opening(moment)
    if opening is None:
        several = len(place.zones) > 1
        return Deferred(None, Reason.NO_COMMON_HOURS if several else Reason.NO_CALLING_HOURS, place=place)
    if opening <= moment:
        return None
    if len(place.zones) > 1:
        place = replace(place, clock=window.last_to_open(moment).key)
    if holiday := _in_the_way(window, moment, opening):
        return Deferred(opening, Reason.PUBLIC_HOLIDAY, holiday, place)
    reason = Reason.OUTSIDE_HOURS if window.is_calling_day(moment) else Reason.OUTSIDE_DAYS
    return Deferred(opening, reason, place=place)


def _in_the_way(window: CallingWindow, moment: datetime, opening: datetime) -> str | None:
    """The public holiday but for which it would open sooner, in words."""
    otherwise = window.on_holidays_too().next_opening(moment)
    if otherwise is None or otherwise >= opening:
        return None
    for zone in window.zones:
        day = otherwise.astimezone(zone).date()
        if name := window.days_off.get(day):
            return f"{day:%A %-d %B} is a public holiday where the person is: {name}."
    return MESSAGES[Reason.PUBLIC_HOLIDAY]
