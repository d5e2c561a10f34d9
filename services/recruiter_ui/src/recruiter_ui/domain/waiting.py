"""What a queued call waits for, by the gate's name for it; of a name that is new its own message is said."""

from __future__ import annotations

_MISSED = {
    "no_answer": "no answer",
    "busy": "busy",
    "voicemail": "voicemail",
    "failed": "the call did not go through",
}
_UNTIL = {
    "outside_hours": "Calls {when}, when calling hours open{place}",
    "outside_days": "Calls {when}, on the next calling day{place}",
    "public_holiday": "Calls {when}, after a public holiday{place}",
    "cooldown": "Waits until {when}: called not long ago for another application",
    "person_being_called": "Waits: on the phone for another application",
    "daily_cap": "Waits until {when}: the calls of this day are used up",
    "lines_busy": "Waits for a free line",
    "provider_busy": "Waits until {when}: the telephony provider takes no calls",
    "planned_later": "Calls again {when}, {attempt}",
}
_FOR = {
    "position_paused": "Waits: the position is paused",
    "stopped": "Waits: calls are stopped",
    "lines_busy": "Waits for a free line",
    "daily_cap": "Waits: the calls of this day are used up",
    "person_being_called": "Waits: on the phone for another application",
    "no_calling_hours": "Waits: the position has no calling hours",
    "no_common_hours": "Waits: the number may be in several time zones, say which",
    "unknown_time_zone": "Waits: the position's time zone is not known",
}


def missed(outcome: str | None) -> str:
    """How an attempt failed to reach somebody."""
    return _MISSED.get(outcome or "", outcome or "")


def waits_until(
    kind: str | None, code: str | None, note: str | None, zone: str | None, attempt: str, when: str
) -> str:
    """``when`` is said on the reader's clock; ``zone`` is whose clock it goes by, where that is another."""
    if kind == "retry":
        return f"Calls again {when}, {attempt} ({missed(note)})"
    place = f" in {zone.rpartition('/')[2].replace('_', ' ')}" if zone else ""
    if code in _UNTIL:
        return _UNTIL[code].format(when=when, place=place, attempt=attempt)
    return f"Waits until {when}: {lowered(note)}" if note else f"Waits until {when}"


def waits_for(code: str | None, note: str | None) -> str:
    """Until something changes, nobody knows when."""
    if code in _FOR:
        return _FOR[code]
    return f"Waits: {lowered(note)}" if note else "Waits until something changes"


def lowered(sentence: str) -> str:
    """As a part of another sentence."""
    return f"{sentence[:1].lower()}{sentence[1:].rstrip('.')}"
