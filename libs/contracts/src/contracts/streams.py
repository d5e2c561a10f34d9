"""The streams of the bus and their retention, as data; the provisioner makes them so (law 6)."""

from __future__ import annotations

from dataclasses import dataclass

DAY = 86_400


@dataclass(frozen=True, slots=True)
class StreamDeclaration:
    """``max_age_seconds`` 0 keeps for ever; ``duplicate_window_seconds`` is how long an id is remembered."""

    name: str
    subjects: tuple[str, ...]
    description: str
    max_age_seconds: int = 0
    max_bytes: int = -1
    duplicate_window_seconds: int = 600


EVENTS = StreamDeclaration(
    name="EVENTS",
    subjects=("evt.>",),
    description="Every domain event in one total order",
    max_age_seconds=400 * DAY,
)

DEAD_LETTERS = StreamDeclaration(
    name="DEAD_LETTERS",
    subjects=("dlq.>",),
    description="Messages that a handler failed on too often, with the reason: dlq.<consumer>",
    max_age_seconds=400 * DAY,
)

STREAMS = (EVENTS, DEAD_LETTERS)

CONTEXTS = ("intake", "calling", "scoring", "messaging", "cv_matching", "gateway", "recruiter_ui")
"""Every bounded context: it alone publishes below ``evt.<context>.`` and answers ``cmd.<context>.``."""
