"""When somebody wants to be called again."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

FARTHEST_CALLBACK = timedelta(days=90)
"""A callback later than this after the call is taken for a misreading."""

EARLIEST, LATEST = time(7), time(22)
"""Nobody asks to be called outside these hours of their own clock: "at three" was read wrongly."""


def read_callback_time(text: str | None, *, call_ended: datetime, zone: ZoneInfo) -> datetime | None:
    """The moment a candidate asked for, or None when it can't be understood: then a person reads the notes.

    A time without offset is in ``zone``; so is one with the offset of the call's own day, should the clocks
    change in between: what was said is a time of day. It has to lie after the call, not after now: an
    evaluation may come late, and the wish stands.
    """
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    try:
        if moment.tzinfo is None:
            if len(text) <= len("2026-11-18"):
                return None
            moment = moment.replace(tzinfo=zone)
        elif text[-1:] not in "Zz" and moment.utcoffset() == call_ended.astimezone(zone).utcoffset():
            moment = moment.replace(tzinfo=zone)
        in_reach = call_ended < moment <= call_ended + FARTHEST_CALLBACK
    except OverflowError:
        return None
    return moment if in_reach else None


def unlikely_hour(moment: datetime, zone: ZoneInfo) -> bool:
    """A time of day at which nobody asks to be called; a person looks at the words."""
    return not EARLIEST <= moment.astimezone(zone).time() <= LATEST
