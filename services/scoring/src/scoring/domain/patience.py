"""How long scoring waits before it asks again, and when it stops asking."""

from __future__ import annotations

MOST_BAD_ANSWERS = 3
"""So many unusable answers to one question, then a recruiter decides."""

MOST_SILENCES = 60
"""So many times the model could not be reached (about nine hours), then a recruiter decides."""

LONGEST_PAUSE = 600.0

LONGEST_WAIT_FOR_A_TEXT = 120.0
"""Real seconds from the first silence on; then whoever waits for a generated text is told."""

LONGEST_PAUSE_OF_A_WRITER = 30.0


def pause_after_bad_answer(bad_answers: int) -> float | None:
    """Real seconds until the same question is asked again; None: it is not asked again."""
    if bad_answers >= MOST_BAD_ANSWERS:
        return None
    return 2.0 * bad_answers


def pause_after_silence(silences: int, advised: float | None = None) -> float | None:
    """Real seconds until the model is tried again; ``advised`` is the provider's own wish (retry-after)."""
    if silences >= MOST_SILENCES:
        return None
    return min(max(2.0 ** min(silences, 10), advised or 0.0), LONGEST_PAUSE)


def pause_before_writing_again(silences: int, waited: float, advised: float | None = None) -> float | None:
    """The same for a text that a person waits for; ``waited``: real seconds since the first silence."""
    pause = max(min(2.0 ** (silences + 1), LONGEST_PAUSE_OF_A_WRITER), advised or 0.0)
    return pause if waited + pause <= LONGEST_WAIT_FOR_A_TEXT else None
