"""What an installation may set about calling."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class CallingPolicy:
    """What an installation may set about calling."""

    overdue_after: timedelta = timedelta(minutes=15)
    batch_size: int = 50
    most_at_once: int = 500
    """Queue entries looked at in one transaction."""
    provider_pause: timedelta = timedelta(minutes=5)
    """How long calls wait after the provider took none."""
    largest_recording: int = 100_000_000
    """In bytes. A larger one is not kept."""
    recording_patience: timedelta = timedelta(days=1)
    """How long after a call its recording is waited for."""
    effect_grace_seconds: float = 60.0
    """How long, in real time, a request without an answer may still make a telephone ring."""
