"""What recruiters decide about applications: why something can't be decided, in words that say what to do.

``status_machine.DECISIONS`` is the table of what may lead where; here is what else has to hold.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from types import MappingProxyType

from intake.domain.applications import Application, Happening
from intake.domain.positions import Refusal
from intake.domain.status_machine import (
    CALL_UNDER_WAY,
    SETTABLE,
    ClosedBecause,
    Fact,
    Status,
)

FARTHEST_CALLBACK = timedelta(days=366)

NUL = "\x00"
TEXT_DAMAGED = Refusal("text_damaged", "The text holds NUL characters, which no text does: type it again.")

CONFIRMED_OUTCOMES: Mapping[str, frozenset[Fact]] = MappingProxyType(
    {
        "nothing": frozenset(),
        "rejections": frozenset({Fact.FOUND_NOT_QUALIFIED}),
        "every_outcome": frozenset({Fact.FOUND_QUALIFIED, Fact.FOUND_NOT_QUALIFIED, Fact.CALLBACK_AGREED}),
    }
)
"""What a position's recruiters want to see before it counts."""


def why_not(application: Application, wish: Happening, now: datetime) -> Refusal | None:
    """Why this can't be decided now, or None when it can."""
    if not wish.reason.strip():
        return Refusal("no_reason", "Say why, so that others can follow the decision.")
    if NUL in wish.reason:
        return TEXT_DAMAGED
    return _RULES[wish.fact](application, wish, now)


def why_not_confirm(application: Application) -> Refusal | None:
    if application.proposed:
        return None
    if application.confirmed:
        return Refusal("already_confirmed", "This outcome has been confirmed already.")
    return Refusal("nothing_to_confirm", "There is no outcome here that waits to be confirmed.")


def confirmed(application: Application) -> Application:
    """The proposed outcome counts: no transition, but what follows from it may begin."""
    return replace(application, proposed=False, confirmed=True, needs_review=False)


def where_reopened(application: Application) -> Status:
    """Waiting for its first call if there never was a call or a verdict, else with a recruiter."""
    untouched = not application.calls and application.score is None and application.qualified is None
    return Status.PENDING_CALL if untouched else Status.NEEDS_HUMAN


def spoken(status: Status) -> str:
    """``cv_followup_1`` as a person reads it."""
    return status.value.replace("_", " ").replace("cv", "CV")


def _why_not_override(application: Application, wish: Happening, now: datetime) -> Refusal | None:
    target = wish.status
    if target is None or target not in SETTABLE:
        return Refusal("not_settable", _how_else(target))
    if target is application.status:
        instead = ": confirm it instead" if application.proposed else ""
        return Refusal("already_there", f"The status is {spoken(target)} already{instead}.")
    if locked := _why_not_left(application):
        return locked
    back = {Status.CV_RECEIVED: Status.QUALIFIED, Status.CV_RECEIVED_REJECTED: Status.NOT_QUALIFIED}
    if back.get(application.status) is target:
        return Refusal(
            "cv_is_here",
            f"The CV is here, so {spoken(target)} would lead straight back: choose another status.",
        )
    return None


def _how_else(target: Status | None) -> str:
    if target is Status.CALL_QUEUED:
        return "To have the candidate called, queue a call."
    if target is Status.CALLBACK_SCHEDULED:
        return "To have the candidate called at a certain time, schedule a callback."
    possible = ", ".join(spoken(status) for status in SETTABLE)
    return f"Only the pipeline leads to {spoken(target) if target else 'that'}. You can set: {possible}."


def _why_not_callback(application: Application, wish: Happening, now: datetime) -> Refusal | None:
    if application.status is Status.CLOSED:
        return Refusal("closed", "This application is closed: open it again first.")
    if application.status in CALL_UNDER_WAY:
        return Refusal("call_under_way", "A call to this candidate is under way or being evaluated.")
    return _what_is_wrong_with(wish.callback_at, now)


def _what_is_wrong_with(at: datetime | None, now: datetime) -> Refusal | None:
    if at is None:
        return Refusal("no_time", "Say when the candidate is to be called.")
    if at.tzinfo is None:
        return Refusal("no_time_zone", "Say in which time zone the candidate is to be called at that time.")
    if at <= now:
        return Refusal("in_the_past", "That time has passed: choose a later one, or call now.")
    if at > now + FARTHEST_CALLBACK:
        return Refusal("too_far_away", "Choose a time within a year.")
    return None


def _why_not_resolve(application: Application, wish: Happening, now: datetime) -> Refusal | None:
    if application.status is not Status.NEEDS_HUMAN:
        words = spoken(application.status)
        return Refusal("nobody_needed", f"Nothing waits for a person here: the status is {words}.")
    if wish.status is Status.CALLBACK_SCHEDULED:
        return _what_is_wrong_with(wish.callback_at, now)
    return None


def _why_not_reverse(application: Application, wish: Happening, now: datetime) -> Refusal | None:
    if not application.proposed:
        return Refusal("nothing_to_reverse", "There is no outcome here that waits to be confirmed.")
    if wish.status is application.status:
        return Refusal("same_outcome", f"The proposal is {spoken(application.status)}: confirm it instead.")
    if wish.status is Status.CALLBACK_SCHEDULED:
        return _what_is_wrong_with(wish.callback_at, now)
    return None


def _why_not_adopt(application: Application, wish: Happening, now: datetime) -> Refusal | None:
    if application.status is Status.CLOSED:
        return Refusal("closed", "This application is closed: open it again first.")
    if application.status in CALL_UNDER_WAY or application.on_the_phone:
        return Refusal("call_under_way", "A call to this candidate is under way or being evaluated.")
    if wish.evaluation_id == application.evaluation_id:
        instead = ": confirm it instead" if application.proposed else ""
        return Refusal("counts_already", f"This evaluation counts already{instead}.")
    return None


def _why_not_close(application: Application, wish: Happening, now: datetime) -> Refusal | None:
    if application.status is Status.CLOSED:
        return Refusal("already_closed", "This application is already closed.")
    return None


def _why_not_reopen(application: Application, wish: Happening, now: datetime) -> Refusal | None:
    if application.status is not Status.CLOSED:
        return Refusal("not_closed", f"This application is open: its status is {spoken(application.status)}.")
    return _why_not_left(application)


def _why_not_left(application: Application) -> Refusal | None:
    if application.closed_because is ClosedBecause.MERGED:
        return Refusal(
            "closed_as_merged",
            "Another application of the same person goes on instead: take the merge back first.",
        )
    if application.closed_because is ClosedBecause.IMPORT_UNDONE:
        return Refusal(
            "import_undone", "The import that brought this application was undone: import it again."
        )
    return None


def _why_not_undo(application: Application, wish: Happening, now: datetime) -> Refusal | None:
    if application.closed_because is ClosedBecause.MERGED:
        return _why_not_left(application)
    if application.set_aside is None:
        return Refusal(
            "nothing_to_undo", "The last change was not made by hand: there is nothing to take back."
        )
    return None


_RULES: Mapping[Fact, Callable[[Application, Happening, datetime], Refusal | None]] = {
    Fact.OVERRIDDEN: _why_not_override,
    Fact.CALLBACK_ARRANGED: _why_not_callback,
    Fact.RESOLVED: _why_not_resolve,
    Fact.REVERSED: _why_not_reverse,
    Fact.ADOPTED: _why_not_adopt,
    Fact.CLOSED_BY_RECRUITER: _why_not_close,
    Fact.WITHDRAWN: _why_not_close,
    Fact.REOPENED: _why_not_reopen,
    Fact.UNDONE: _why_not_undo,
}
