"""When a message leaves: some wait for somebody to take them back, most wait for the morning.

- A recruiter's own words: after a moment, also at night; the page tells what time it is there.
- What a recruiter sends by template: after a moment, a rejection after some minutes; not at night.
- What the pipeline sends: at once; not at night.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

from messaging.domain.letters import MessageType
from messaging.domain.quiet_hours import QuietHours

Held = Literal["undo", "quiet_hours"]


@dataclass(frozen=True, slots=True)
class HoldingRules:
    """``undo``: how long a recruiter may take back what was just sent; a ``rejection`` longer."""

    undo: timedelta = timedelta(seconds=10)
    rejection: timedelta = timedelta(minutes=10)
    quiet: QuietHours = field(default_factory=lambda: QuietHours(21, 8))


@dataclass(frozen=True, slots=True)
class Leaving:
    """``at`` None: at once."""

    at: datetime | None = None
    because: Held | None = None


def leaving(
    message_type: MessageType,
    now: datetime,
    zones: Sequence[str],
    rules: HoldingRules,
    *,
    by_recruiter: bool,
    waits: bool = True,
) -> Leaving:
    """``waits`` False: nobody wants to take it back any more; the night still counts."""
    at = now
    if waits and by_recruiter:
        at += rules.rejection if message_type is MessageType.REJECTION else rules.undo
    if message_type is not MessageType.OTHER and rules.quiet.is_night(at, zones):
        return Leaving(rules.quiet.morning(at, zones), "quiet_hours")
    return Leaving(at, "undo") if at > now else Leaving()
