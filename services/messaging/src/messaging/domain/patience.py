"""How long messaging waits before it offers or asks again what a provider did not take."""

from __future__ import annotations

MOST_TRIES = 150
"""About a day at the longest pause."""

LONGEST_PAUSE = 600.0


LONGEST_ASKING = 86_400.0
"""Real seconds for which a provider is asked what became of a message; then a person has to find out."""


def pause_before_try(tries: int) -> float | None:
    """Real seconds until the next try after ``tries`` of them; None: it is not tried again."""
    if tries >= MOST_TRIES:
        return None
    return min(2.0 ** min(tries, 10), LONGEST_PAUSE)
