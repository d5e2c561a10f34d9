"""What a model's answer means, and when it is not believed.

The schema that the model is held to can't express ranges, and an answer may come from a repaired text: so
every field is checked here, and nothing is filled in silently. ``outcome`` decides (recruitflow.md 4.5); an
answer that raises a flag against it is not believed, the notes are kept whatever it is.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

FARTHEST_CALLBACK = timedelta(days=90)
"""A callback later than this after the call is taken for a misreading."""


class Outcome(StrEnum):
    QUALIFIED = "qualified"
    NOT_QUALIFIED = "not_qualified"
    CALLBACK_REQUESTED = "callback_requested"
    NEEDS_HUMAN = "needs_human"


SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {
        "outcome": {"type": "string", "enum": [outcome.value for outcome in Outcome]},
        "score": {"type": "integer", "description": "0 to 100"},
        "reasoning": {"type": "string"},
        "callback_requested": {"type": "boolean"},
        "callback_notes": {"type": ["string", "null"]},
        "callback_at": {
            "type": ["string", "null"],
            "description": "ISO 8601 date and time with UTC offset, or null",
        },
        "needs_human": {"type": "boolean"},
        "needs_human_notes": {"type": ["string", "null"]},
    },
    "additionalProperties": False,
}
SCHEMA["required"] = list(SCHEMA["properties"])
"""What the model is held to; ranges are checked by ``read_verdict``."""


class UnusableAnswer(Exception):
    """The model answered, but not with a verdict; ``problem`` says what is wrong with it."""

    def __init__(self, problem: str) -> None:
        super().__init__(f"the model's answer can't be used: {problem}")
        self.problem = problem


@dataclass(frozen=True, slots=True)
class Verdict:
    outcome: Outcome
    score: int
    reasoning: str
    callback_notes: str | None = None
    callback_at: datetime | None = None
    needs_human_notes: str | None = None

    @property
    def qualified(self) -> bool:
        return self.outcome is Outcome.QUALIFIED

    @property
    def callback_requested(self) -> bool:
        return self.outcome is Outcome.CALLBACK_REQUESTED

    @property
    def needs_human(self) -> bool:
        return self.outcome is Outcome.NEEDS_HUMAN


def check_stop_reason(stop_reason: str | None) -> None:
    """Raises ``UnusableAnswer`` when the model stopped before it had said everything, or would not say it."""
    problems = {
        "max_tokens": "it was cut off at ANTHROPIC_MAX_TOKENS",
        "model_context_window_exceeded": "the call is too long for the model",
        "refusal": "the model refused to answer",
    }
    if stop_reason in problems:
        raise UnusableAnswer(problems[stop_reason])


def read_verdict(answer: object, *, call_ended: datetime, zone: ZoneInfo) -> Verdict:
    """Believe an answer, field by field; raises ``UnusableAnswer``.

    ``call_ended`` and ``zone`` (the zone of the conversation) give a callback time its meaning.
    """
    if not isinstance(answer, dict):
        raise UnusableAnswer("it is empty" if answer in (None, "") else "it is not a JSON object")
    if answer.get("outcome") not in list(Outcome):
        raise UnusableAnswer("its outcome is none of the four")
    outcome = Outcome(answer["outcome"])
    reasoning = _text(answer, "reasoning")
    if reasoning is None:
        raise UnusableAnswer("it gives no reasoning")
    _check_flags(answer, outcome)
    asked_for = _text(answer, "callback_at") if outcome is Outcome.CALLBACK_REQUESTED else None
    return Verdict(
        outcome=outcome,
        score=_score(answer.get("score")),
        reasoning=reasoning,
        callback_notes=_text(answer, "callback_notes"),
        callback_at=read_callback_time(asked_for, call_ended=call_ended, zone=zone),
        needs_human_notes=_text(answer, "needs_human_notes"),
    )


def _check_flags(answer: dict[str, Any], outcome: Outcome) -> None:
    """A wish that the outcome passes over: a person would be written to who asked for something else."""
    for flag in ("callback_requested", "needs_human"):
        if not isinstance(answer.get(flag, False), bool):
            raise UnusableAnswer(f"{flag} is neither true nor false")
    heeded: dict[Outcome, tuple[str, ...]] = {
        Outcome.NEEDS_HUMAN: ("callback_requested", "needs_human"),
        Outcome.CALLBACK_REQUESTED: ("callback_requested",),
    }
    for flag in ("callback_requested", "needs_human"):
        if answer.get(flag, False) and flag not in heeded.get(outcome, ()):
            raise UnusableAnswer(f"its outcome is {outcome.value}, yet {flag} is true")


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
    if moment.tzinfo is None:
        if len(text) <= len("2026-11-18"):
            return None
        moment = moment.replace(tzinfo=zone)
    elif text[-1:] not in "Zz" and moment.utcoffset() == call_ended.astimezone(zone).utcoffset():
        moment = moment.replace(tzinfo=zone)
    if not call_ended < moment <= call_ended + FARTHEST_CALLBACK:
        return None
    return moment


def _score(value: object) -> int:
    if isinstance(value, str) and value.strip().isdecimal():
        value = int(value)
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if not isinstance(value, int) or isinstance(value, bool):
        raise UnusableAnswer("its score is not a whole number")
    if not 0 <= value <= 100:
        raise UnusableAnswer("its score is not between 0 and 100")
    return value


def _text(answer: dict[str, Any], field: str) -> str | None:
    value = answer.get(field)
    if value is None:
        return None
    if not isinstance(value, str):
        raise UnusableAnswer(f"{field} is not a text")
    return value.strip() or None
