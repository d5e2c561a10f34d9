"""What a position may look like, and why an application can't be queued for a call."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from intake.domain.status_machine import TRANSITIONS, Fact, Status


@dataclass(frozen=True, slots=True)
class Refusal:
    """``code`` is for programs, ``message`` tells a recruiter what to do."""

    code: str
    message: str


def what_is_wrong(hour_start: int, hour_end: int, days: Sequence[int], time_zone: str) -> Refusal | None:
    """The first thing that keeps a position from being usable for calls, or None."""
    if hour_start >= hour_end:
        return Refusal(
            "hours_reversed",
            f"Calling hours must start before they end, but {hour_start}:00 is not before {hour_end}:00.",
        )
    if not days or any(day not in range(7) for day in days):
        return Refusal("no_calling_days", "Choose at least one calling day, from Monday (0) to Sunday (6).")
    if not _is_time_zone(time_zone):
        return Refusal(
            "unknown_time_zone", f"{time_zone!r} is no time zone; write one such as Europe/Bucharest."
        )
    return None


def _is_time_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return False
    return True


_ON_THE_WAY = {Status.CALL_QUEUED, Status.CALL_IN_PROGRESS, Status.CALL_COMPLETED, Status.SCORING}


def why_not_call(status: Status, position_status: str, phone: str | None) -> Refusal | None:
    """Why an application can't be queued for a call now, or None when it can."""
    if status is Status.CALL_QUEUED:
        return Refusal("already_queued", "This application is already in the call queue.")
    if status in _ON_THE_WAY:
        return Refusal("call_under_way", "A call to this candidate is under way or being evaluated.")
    if status is Status.CLOSED:
        return Refusal("closed", "This application is closed.")
    if (status, Fact.CALL_REQUESTED) not in TRANSITIONS:
        return Refusal("already_screened", "This candidate has already been screened by phone.")
    if position_status == "paused":
        return Refusal("position_paused", "The position is paused: open it again to place calls.")
    if position_status == "closed":
        return Refusal("position_closed", "The position is closed.")
    if phone is None:
        return Refusal("no_usable_phone", "The candidate has no usable phone number: correct it first.")
    return None
