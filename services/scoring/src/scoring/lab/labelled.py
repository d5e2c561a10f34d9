"""Calls that somebody has judged beforehand: what was said, and what a right answer says about it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from scoring.domain.call import Answered, Criterion, FinishedCall, Turn
from scoring.domain.question import INSTRUCTIONS, INSTRUCTIONS_VERSION, ask_about
from scoring.domain.score import Finding
from scoring.domain.verdict import Outcome


@dataclass(frozen=True, slots=True)
class LabelledPosition:
    key: str
    title: str
    language: str
    time_zone: str
    qualification_prompt: str
    criteria: Sequence[Criterion]


@dataclass(frozen=True, slots=True)
class LabelledCase:
    """``expected`` is the one right outcome; ``also`` are those a careful reader may choose as well.

    ``callback_at`` is None where no day can be told, and where nobody asked for a call.
    """

    id: str
    position: LabelledPosition
    language: str
    time_zone: str
    ended_at: datetime
    turns: Sequence[Turn]
    answers: Sequence[Answered]
    expected: Outcome
    also: Sequence[Outcome]
    borderline: bool
    findings: Mapping[str, Finding]
    callback_at: datetime | None
    do_not_call: bool

    @property
    def call(self) -> FinishedCall:
        """The same that production makes of a call."""
        position = self.position
        return FinishedCall(
            title=position.title,
            qualification_prompt=position.qualification_prompt,
            language=self.language,
            time_zone=self.time_zone,
            turns=self.turns,
            criteria=position.criteria,
            answers=self.answers,
            ended_at=self.ended_at,
        )

    @property
    def hash(self) -> str:
        """Changes with the call or its labels; not with the wording of the question about it."""
        labels = [self.expected, sorted(self.also), self.borderline, sorted(self.findings.items())]
        said = [[turn.role, turn.text, turn.at_seconds] for turn in self.turns]
        given = [[one.question, one.answer] for one in self.answers]
        callback = self.callback_at.isoformat() if self.callback_at else None
        place = [self.id, self.position.key, self.language, self.time_zone, self.ended_at.isoformat()]
        return digest([place, said, given, labels, callback, self.do_not_call])


def digest(content: Any) -> str:
    return hashlib.sha256(json.dumps(content, ensure_ascii=False).encode()).hexdigest()[:12]


def hash_of(cases: Sequence[LabelledCase]) -> str:
    """Names a set of cases, whatever their order."""
    return digest(sorted(case.hash for case in cases))


def prompt_version(cases: Sequence[LabelledCase], instructions: str = INSTRUCTIONS) -> str:
    """Names the wording that a whole set is asked with: like a question's own, over all positions. Fewer of
    its cases are still asked with the same wording, so it is reckoned before any are left out."""
    systems = sorted({ask_about(case.call, instructions).system for case in _one_of_each(cases)})
    label = INSTRUCTIONS_VERSION if instructions == INSTRUCTIONS else "own"
    return f"{label}-{digest(systems)[:8]}"


def _one_of_each(cases: Sequence[LabelledCase]) -> list[LabelledCase]:
    return list({(case.position.key, case.language): case for case in cases}.values())


def with_qualifications(cases: Sequence[LabelledCase], wording: Mapping[str, str]) -> list[LabelledCase]:
    """The same cases, their positions' qualification prompts replaced by key of the position."""
    return [
        replace(case, position=replace(case.position, qualification_prompt=wording[case.position.key]))
        if case.position.key in wording
        else case
        for case in cases
    ]
