"""What a model's answer says, and when it is not believed at all.

The schema that the model is held to can't express ranges, and an answer may come from a repaired text: so
every field is checked here, and nothing is filled in silently. ``outcome`` decides (recruitflow.md 4.5); an
answer that raises a flag against it is not believed, the notes are kept whatever it is. A criterion that is
left out is unknown; one that was not asked about, or comes twice, makes the answer unusable.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from scoring.domain.score import Finding, Found


class Outcome(StrEnum):
    QUALIFIED = "qualified"
    NOT_QUALIFIED = "not_qualified"
    CALLBACK_REQUESTED = "callback_requested"
    NEEDS_HUMAN = "needs_human"


FIELDS = frozenset(
    {
        "criteria",
        "outcome",
        "score",
        "reasoning",
        "callback_requested",
        "callback_notes",
        "callback_words",
        "callback_at",
        "needs_human",
        "needs_human_notes",
        "do_not_call",
        "do_not_call_words",
    }
)
CRITERION_FIELDS = frozenset({"key", "finding", "quote", "turn"})


class UnusableAnswer(Exception):
    """The model answered, but not with a verdict; ``problem`` says what is wrong with it."""

    def __init__(self, problem: str) -> None:
        super().__init__(f"the model's answer can't be used: {problem}")
        self.problem = problem


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the model said, well-formed; whether it holds is another matter (``judgement``)."""

    outcome: Outcome
    score: int
    reasoning: str
    criteria: Mapping[str, Found]
    callback_notes: str | None
    callback_words: str | None
    callback_at: str | None
    needs_human_notes: str | None
    do_not_call: bool
    do_not_call_words: str | None


def check_stop_reason(stop_reason: str | None) -> None:
    """Raises ``UnusableAnswer`` when the model stopped before it had said everything, or would not say it."""
    problems = {
        "max_tokens": "it was cut off at ANTHROPIC_MAX_TOKENS",
        "model_context_window_exceeded": "the call is too long for the model",
        "refusal": "the model refused to answer",
    }
    if stop_reason in problems:
        raise UnusableAnswer(problems[stop_reason])


def read_verdict(answer: object, keys: Sequence[str]) -> Verdict:
    """Believe the form of an answer, field by field; raises ``UnusableAnswer``. ``keys`` were asked about."""
    if not isinstance(answer, dict):
        raise UnusableAnswer("it is empty" if answer in (None, "") else "it is not a JSON object")
    _check_fields(answer, FIELDS, "it")
    if answer["outcome"] not in list(Outcome):
        raise UnusableAnswer("its outcome is none of the four")
    outcome = Outcome(answer["outcome"])
    reasoning = _text(answer, "reasoning")
    if reasoning is None:
        raise UnusableAnswer("it gives no reasoning")
    _check_flags(answer, outcome)
    return Verdict(
        outcome=outcome,
        score=_score(answer["score"]),
        reasoning=reasoning,
        criteria=_criteria(answer["criteria"], keys),
        callback_notes=_text(answer, "callback_notes"),
        callback_words=_text(answer, "callback_words"),
        callback_at=_text(answer, "callback_at"),
        needs_human_notes=_text(answer, "needs_human_notes"),
        do_not_call=answer["do_not_call"],
        do_not_call_words=_text(answer, "do_not_call_words"),
    )


def _check_fields(said: dict[Any, Any], fields: frozenset[str], what: str) -> None:
    if missing := sorted(fields - said.keys()):
        raise UnusableAnswer(f"{what} has no {missing[0]}")
    if set(said) - fields:
        # Not named: what the model made up may quote what a candidate said.
        raise UnusableAnswer(f"{what} has fields that were not asked for")


def _check_flags(answer: dict[str, Any], outcome: Outcome) -> None:
    """A wish that the outcome passes over: a person would be written to who asked for something else."""
    for flag in ("callback_requested", "needs_human", "do_not_call"):
        if not isinstance(answer[flag], bool):
            raise UnusableAnswer(f"{flag} is neither true nor false")
    heeded: dict[Outcome, tuple[str, ...]] = {
        Outcome.NEEDS_HUMAN: ("callback_requested", "needs_human"),
        Outcome.CALLBACK_REQUESTED: ("callback_requested",),
    }
    for flag in ("callback_requested", "needs_human"):
        if answer[flag] and flag not in heeded.get(outcome, ()):
            raise UnusableAnswer(f"its outcome is {outcome.value}, yet {flag} is true")


def _criteria(said: object, keys: Sequence[str]) -> dict[str, Found]:
    if not isinstance(said, list):
        raise UnusableAnswer("its criteria are no list")
    found: dict[str, Found] = {}
    for one in said:
        if not isinstance(one, dict):
            raise UnusableAnswer("one of its criteria is no object")
        _check_fields(one, CRITERION_FIELDS, "one of its criteria")
        key = one["key"]
        if not isinstance(key, str) or key not in keys:
            raise UnusableAnswer("it names a criterion that there is not")
        if key in found:
            raise UnusableAnswer(f"it judges {key} twice")
        if one["finding"] not in list(Finding):
            raise UnusableAnswer(f"its finding on {key} is none of the three")
        found[key] = Found(Finding(one["finding"]), _text(one, "quote"), _turn(one["turn"]))
    return found


def _turn(value: object) -> int | None:
    whole = _whole(value)
    if value is not None and whole is None:
        raise UnusableAnswer("a turn is not a whole number")
    return whole


def _score(value: object) -> int:
    if isinstance(value, str) and value.strip().isdecimal():
        value = int(value)
    whole = _whole(value)
    if whole is None:
        raise UnusableAnswer("its score is not a whole number")
    if not 0 <= whole <= 100:
        raise UnusableAnswer("its score is not between 0 and 100")
    return whole


def _whole(value: object) -> int | None:
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _text(answer: dict[str, Any], field: str) -> str | None:
    value = answer[field]
    if value is None:
        return None
    if not isinstance(value, str):
        raise UnusableAnswer(f"{field} is not a text")
    return value.strip() or None
