"""What differs between two runs over the same cases: which cases moved, and whether for the better."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from scoring.domain.score import Finding
from scoring.lab.measures import CaseFigures, Figures, measure
from scoring.lab.result import LabResult

Direction = Literal["better", "worse", "different"]

FELT = 5
"""So many points between two mean scores are said; less is the model's own spread."""


@dataclass(frozen=True, slots=True)
class FindingMoved:
    key: str
    before: Finding | None
    after: Finding | None
    direction: Direction


@dataclass(frozen=True, slots=True)
class CaseMoved:
    """``before`` and ``after`` are outcomes, or why there is none; ``outcome`` None: the same as before.
    ``wavering``: a run of this case differed from the others, before or after: it may be chance."""

    id: str
    before: str
    after: str
    outcome: Direction | None
    findings: Sequence[FindingMoved]
    scores: tuple[float | None, float | None]
    wavering: bool

    @property
    def score_moved(self) -> float | None:
        before, after = self.scores
        if before is None or after is None or abs(after - before) < FELT:
            return None
        return after - before

    @property
    def moved(self) -> bool:
        """A score that is there on one side only goes with a finding or an outcome."""
        return self.outcome is not None or bool(self.findings) or self.score_moved is not None


@dataclass(frozen=True, slots=True)
class Changes:
    """``relabelled``: cases of the same id whose call or labels changed; they are not compared."""

    before: LabResult
    figures_before: Figures
    cases: Sequence[CaseMoved]
    relabelled: Sequence[str] = field(default=())
    only_before: Sequence[str] = field(default=())
    only_after: Sequence[str] = field(default=())

    @property
    def same_cases(self) -> bool:
        return not (self.relabelled or self.only_before or self.only_after)

    def count(self, direction: Direction) -> int:
        return sum(case.outcome == direction for case in self.cases)


def compare(before: LabResult, after: LabResult) -> Changes:
    """Cases go by id; the figures are of each whole run."""
    figures = measure(before.cases)
    old = {one.case.id: one for one in figures.cases}
    new = {one.case.id: one for one in measure(after.cases).cases}
    both = [id for id in new if id in old]
    relabelled = [id for id in both if old[id].case.hash != new[id].case.hash]
    moved = [_moved(old[id], new[id]) for id in both if id not in relabelled]
    return Changes(
        before=before,
        figures_before=figures,
        cases=[case for case in moved if case.moved],
        relabelled=relabelled,
        only_before=[id for id in old if id not in new],
        only_after=[id for id in new if id not in old],
    )


def _moved(old: CaseFigures, new: CaseFigures) -> CaseMoved:
    findings = [
        FindingMoved(key, old.findings[key], new.findings[key], _finding_direction(label, old, new, key))
        for key, label in new.case.findings.items()
        if old.findings.get(key) is not new.findings[key] and key in old.findings
    ]
    return CaseMoved(
        id=new.case.id,
        before=old.said,
        after=new.said,
        outcome=None if old.said == new.said else _direction(_rank(old), _rank(new)),
        findings=findings,
        scores=(old.scores.mean if old.scores else None, new.scores.mean if new.scores else None),
        wavering=len(old.outcomes) > 1 or len(new.outcomes) > 1,
    )


def _rank(one: CaseFigures) -> int:
    return 2 if one.strict else 1 if one.careful else 0


def _finding_direction(label: Finding, old: CaseFigures, new: CaseFigures, key: str) -> Direction:
    return _direction(int(old.findings[key] is label), int(new.findings[key] is label))


def _direction(before: int, after: int) -> Direction:
    return "better" if after > before else "worse" if after < before else "different"
