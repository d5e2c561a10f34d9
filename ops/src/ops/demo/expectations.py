"""Where each kind of candidate has to end, written down by hand: the demonstration's own idea of right."""

from __future__ import annotations

from dataclasses import dataclass

from ops.demo.stories import Story

SETTLED = frozenset({"cv_received", "needs_human", "call_failed", "closed"})

_BOTH = ("email", "whatsapp")
_ASKED = tuple(f"cv_request/{channel}" for channel in _BOTH)
_ONCE_MORE = (*_ASKED, *(f"cv_followup_1/{channel}" for channel in _BOTH))
_TWICE_MORE = (*_ONCE_MORE, *(f"cv_followup_2/{channel}" for channel in _BOTH))
_FOR_LATER = ("cv_request_rejected/whatsapp",)
_RIGHT_ADDRESS = frozenset({"exact_email"})
_RIGHT_NUMBER = frozenset({"exact_phone"})
_WORKED_OUT = frozenset({"subject_id", "fuzzy_name", "cv_content"})


@dataclass(frozen=True, slots=True)
class Expected:
    """``cv`` holds the methods by which the CV may be matched, none when no CV comes."""

    rest: str
    attempts: int = 1
    messages: tuple[str, ...] = ()
    cv: frozenset[str] = frozenset()
    through: tuple[str, ...] = ()
    """Statuses that must be on the way."""


def _cv(
    messages: tuple[str, ...] = _ASKED, by: frozenset[str] = _RIGHT_ADDRESS, attempts: int = 1
) -> Expected:
    return Expected("cv_received", attempts, messages, by, ("qualified", "awaiting_cv"))


EXPECTED: dict[str, Expected] = {
    "qualifies": _cv(),
    "sends-cv-by-whatsapp": _cv(by=_RIGHT_NUMBER),
    "cv-from-another-address": _cv(by=_WORKED_OUT),
    "cv-from-a-friends-address": _cv(by=_WORKED_OUT),
    "replies-first": _cv(),
    "cv-after-follow-up-1": _cv(_ONCE_MORE),
    "cv-after-follow-up-2": _cv(_TWICE_MORE),
    "never-sends-cv": Expected("closed", 1, _TWICE_MORE, through=("cv_followup_2", "cv_overdue")),
    "not-qualified": Expected("closed", 1, _FOR_LATER, through=("not_qualified", "awaiting_cv_rejected")),
    "not-qualified-cv-by-email": Expected("closed", 1, _FOR_LATER, _RIGHT_ADDRESS, ("cv_received_rejected",)),
    "not-qualified-cv-by-whatsapp": Expected(
        "closed", 1, _FOR_LATER, _RIGHT_NUMBER, ("cv_received_rejected",)
    ),
    "call-back-tomorrow": Expected("cv_received", 2, _ASKED, _RIGHT_ADDRESS, ("callback_scheduled",)),
    "wants-a-human": Expected("needs_human"),
    "never-answers": Expected("call_failed", 2),
    "voicemail": Expected("call_failed", 2),
    "busy-then-answers": _cv(attempts=2),
    "answers-at-second-try": _cv(by=_RIGHT_NUMBER, attempts=2),
}
"""By the sandbox's persona, with two attempts per application."""

NO_PHONE = Expected("pending_call", 0)
"""Nobody can be called without a number."""


def mistakes(story: Story, expected: Expected) -> list[str]:
    """What is not as it should be, in words; empty when all is."""
    found = []
    if story.rest != expected.rest:
        found.append(f"ended in {story.rest}, not {expected.rest}")
    if story.attempts != expected.attempts:
        found.append(f"{story.attempts} calls, not {expected.attempts}")
    if dict(story.messages) != dict.fromkeys(expected.messages, 1):
        found.append(f"messages {dict(story.messages)}, expected once each {list(expected.messages)}")
    if (story.cv or None) not in (expected.cv or {None}):
        found.append(f"CV matched by {story.cv}, expected {sorted(expected.cv) or 'none'}")
    if missed := [status for status in expected.through if status not in story.path]:
        found.append(f"never was {', '.join(missed)}")
    return found
