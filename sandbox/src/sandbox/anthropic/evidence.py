"""What is found of each criterion, with the candidate's own words for it.

A criterion is answered by what follows the question most like it; nothing is quoted that was not said.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from sandbox.anthropic.judging import speaks_for, turns_away
from sandbox.anthropic.reading import Turn, criteria_in, fold, turns_in

ALIKE = 0.5
"""So much of a criterion's words in a question, or in an answer, makes it about that."""

_SENTENCE = re.compile(r"[^.!?]*[.!?]+|[^.!?]+$")
_WANTS = re.compile(r"\bwants? th(?:is|e) (?:job|position|role)\b|\b(?:vrea|doreste) (?:jobul|postul)\b")
_MEETS = re.compile(r"\bmeets what\b|\bmeets the requirements\b|\bindeplineste cerintele\b")


def findings(text: str) -> list[dict[str, Any]]:
    """One entry for each criterion that the request lists."""
    turns = turns_in(text)
    return [_finding(key, criterion, turns) for key, criterion in criteria_in(text)]


def _finding(key: str, criterion: str, turns: Sequence[Turn]) -> dict[str, Any]:
    low = fold(criterion)
    if _WANTS.search(low):
        answers = [turn for turn in turns if turn.by_candidate]
        away = next((turn for turn in answers if turns_away(turn.said)), None)
        return _entry(key, away, False) if away else _entry(key, _first(answers, True), True)
    if _MEETS.search(low):
        answers = [turn for turn in turns if turn.by_candidate]
        sides = [speaks_for(turn.said) for turn in answers]
        meets = sides.count(True) > sides.count(False)
        return _entry(key, _first(answers, meets), meets)
    about = next((turn for turn in _about(low, turns) if speaks_for(turn.said) is not None), None)
    return _entry(key, about, about is not None and speaks_for(about.said) is True)


def _entry(key: str, turn: Turn | None, met: bool) -> dict[str, Any]:
    if turn is None:
        return {"key": key, "finding": "unknown", "quote": None, "turn": None}
    finding = "met" if met else "not_met"
    return {"key": key, "finding": finding, "quote": _quote(turn.said), "turn": turn.number}


def _first(turns: Sequence[Turn], side: bool) -> Turn | None:
    return next((turn for turn in turns if speaks_for(turn.said) is side), None)


def _quote(said: str) -> str:
    """The first sentence that says something, as it stands."""
    sentences = [found.group().strip() for found in _SENTENCE.finditer(said)]
    return next((sentence for sentence in sentences if len(sentence.split()) >= 3), said)


def _about(criterion: str, turns: Sequence[Turn]) -> list[Turn]:
    """The candidate's turns that answer the question most like the criterion, else those that speak of it."""
    stems = _stems(criterion)
    if not stems:
        return []
    likeness = [len(stems & _stems(fold(turn.said))) / len(stems) for turn in turns]
    asked = [at for at, turn in enumerate(turns) if not turn.by_candidate and likeness[at] >= ALIKE]
    if asked:
        at = max(asked, key=lambda at: likeness[at])
        answers = []
        for turn in turns[at + 1 :]:
            if not turn.by_candidate:
                break
            answers.append(turn)
        return answers
    return [turn for at, turn in enumerate(turns) if turn.by_candidate and likeness[at] >= ALIKE]


def _stems(low: str) -> set[str]:
    return {word[:5] for word in re.findall(r"[^\W_]+", low) if len(word) >= 4}
