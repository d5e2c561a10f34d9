"""Figures of a run, reckoned from what was kept: how far the model agrees with the labels, and with itself.

Runs of one case are no independent observations, so shares of cases go by what the runs of a case mostly
said, and each share says of how many. Failures are counted apart; they are never an outcome.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from statistics import fmean, pstdev
from typing import TypeVar

from scoring.domain.score import Finding
from scoring.domain.verdict import Outcome
from scoring.lab.result import CaseKept, Judged, RunKept

Said = TypeVar("Said", Outcome, Finding)
One = TypeVar("One")

NONE = "none"
"""In place of an outcome: no usable answer."""

UNDECIDED = "undecided"
"""In place of what most runs said: no answer leads."""


@dataclass(frozen=True, slots=True)
class Share:
    right: int
    of: int

    @property
    def value(self) -> float | None:
        return self.right / self.of if self.of else None

    @property
    def interval(self) -> tuple[float, float] | None:
        """Wilson's interval at 95 %: what the share may well be over many more such cases."""
        if not self.of:
            return None
        z, n, p = 1.96, self.of, self.right / self.of
        middle = p + z * z / (2 * n)
        reach = z * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
        whole = 1 + z * z / n
        return max(0.0, (middle - reach) / whole), min(1.0, (middle + reach) / whole)


@dataclass(frozen=True, slots=True)
class Agreement:
    """``strict``: the expected outcome; ``careful``: or one that a careful reader may choose as well."""

    strict: Share
    careful: Share


@dataclass(frozen=True, slots=True)
class Spread:
    """Over the runs of one case that gave a score; ``deviation`` is the standard deviation."""

    lowest: int
    highest: int
    mean: float
    deviation: float


@dataclass(frozen=True, slots=True)
class CaseFigures:
    """``outcome`` and ``findings`` are what most runs said; None where no one answer leads."""

    case: CaseKept
    outcomes: Counter[str]
    outcome: Outcome | None
    findings: dict[str, Finding | None]
    scores: Spread | None

    @property
    def answered(self) -> int:
        return sum(self.outcomes.values()) - self.outcomes[NONE]

    @property
    def said(self) -> str:
        """The outcome by its name, or why there is none."""
        if self.outcome is not None:
            return self.outcome.value
        return UNDECIDED if self.answered else NONE

    @property
    def strict(self) -> bool:
        return self.outcome is self.case.expected

    @property
    def careful(self) -> bool:
        return self.strict or self.outcome in self.case.also

    @property
    def stable(self) -> bool:
        return len([outcome for outcome in self.outcomes if outcome != NONE]) < 2


@dataclass(frozen=True, slots=True)
class CriterionFigures:
    position: str
    key: str
    share: Share


@dataclass(frozen=True, slots=True)
class Figures:
    """``matrix``: runs by expected outcome, then by what came. ``callbacks``: runs of cases in which a call
    was asked for: right, wrong, no time, other outcome. ``cost_usd`` is None where any part is not known."""

    cases: list[CaseFigures]
    runs: int
    matrix: dict[Outcome, Counter[str]]
    agreement: Agreement
    by_outcome: dict[Outcome, Agreement]
    by_language: dict[str, Agreement]
    runs_agreeing: Share
    findings: Share
    finding_matrix: dict[Finding, Counter[str]]
    by_criterion: list[CriterionFigures]
    quotes: Share
    stable: Share
    spread: float | None
    callbacks: Counter[str]
    do_not_call: Counter[str]
    review: Share
    failures: Counter[str]
    repaired: int
    input_tokens: int
    output_tokens: int
    cost_usd: float | None
    latency_ms: dict[str, int]

    @property
    def right_of_all(self) -> float:
        """Cases with the expected outcome of all cases: one without an answer is not right either."""
        return sum(one.strict for one in self.cases) / len(self.cases) if self.cases else 0.0


def measure(cases: Sequence[CaseKept]) -> Figures:
    each = [_of_case(case) for case in cases]
    runs = [(case, run) for case in cases for run in case.runs]
    answered = [(case, run, run.judged) for case, run in runs if run.judged is not None]
    costs = [run.cost_usd for _, run in runs if run.model is not None]
    deviations = [one.scores.deviation for one in each if one.scores]
    quoted = [found for _, _, judged in answered for found in judged.criteria if found.quote is not None]
    return Figures(
        cases=each,
        runs=len(runs),
        matrix={
            outcome: Counter(_said(run) for case, run in runs if case.expected is outcome)
            for outcome in Outcome
        },
        agreement=_agreement(each),
        by_outcome={o: _agreement(one for one in each if one.case.expected is o) for o in Outcome},
        by_language={
            language: _agreement(one for one in each if one.case.language == language)
            for language in sorted({case.language for case in cases})
        },
        runs_agreeing=_share(answered, lambda one: one[2].outcome is one[0].expected),
        findings=_share(_labelled_findings(each), lambda one: one[0] is one[1]),
        finding_matrix=_finding_matrix(each),
        by_criterion=_by_criterion(each),
        quotes=_share(quoted, lambda found: found.quote_found is True),
        stable=_share((one for one in each if one.answered > 1), lambda one: one.stable),
        spread=fmean(deviations) if deviations else None,
        callbacks=Counter(
            _callback(case, judged)
            for case, _, judged in answered
            if case.expected is Outcome.CALLBACK_REQUESTED
        ),
        do_not_call=Counter(_do_not_call(case, judged) for case, _, judged in answered),
        review=_share(answered, lambda one: bool(one[2].review_reasons)),
        failures=Counter(run.failure.kind for _, run in runs if run.failure),
        repaired=sum(run.repaired for _, run in runs),
        input_tokens=sum(run.input_tokens for _, run in runs),
        output_tokens=sum(run.output_tokens for _, run in runs),
        cost_usd=_sum(costs),
        latency_ms=_latencies([run.latency_ms for _, run in runs if run.latency_ms is not None]),
    )


def _of_case(case: CaseKept) -> CaseFigures:
    judged = [run.judged for run in case.runs if run.judged]
    scores = [one.score for one in judged if one.score is not None]
    leading = _leading(one.outcome for one in judged)
    return CaseFigures(
        case=case,
        outcomes=Counter(_said(run) for run in case.runs),
        outcome=leading,
        findings={
            key: _leading(found.counted for one in judged for found in one.criteria if found.key == key)
            for key in case.findings
        },
        scores=Spread(min(scores), max(scores), fmean(scores), pstdev(scores)) if scores else None,
    )


def _leading(said: Iterable[Said]) -> Said | None:
    """What was said most; None where two are level, or nothing was said."""
    counted = Counter(said).most_common(2)
    if not counted or (len(counted) == 2 and counted[0][1] == counted[1][1]):
        return None
    return counted[0][0]


def _said(run: RunKept) -> str:
    return run.judged.outcome.value if run.judged else NONE


def _share(among: Iterable[One], right: Callable[[One], bool]) -> Share:
    found = [right(one) for one in among]
    return Share(sum(found), len(found))


def _agreement(among: Iterable[CaseFigures]) -> Agreement:
    """Of the cases that were answered at all; one whose runs are level agrees with nothing."""
    answered = [one for one in among if one.answered]
    return Agreement(
        _share(answered, lambda one: one.strict),
        _share(answered, lambda one: one.careful),
    )


def _labelled_findings(each: Iterable[CaseFigures]) -> list[tuple[Finding, Finding | None]]:
    answered = [one for one in each if one.answered]
    return [(label, one.findings[key]) for one in answered for key, label in one.case.findings.items()]


def _finding_matrix(each: Sequence[CaseFigures]) -> dict[Finding, Counter[str]]:
    pairs = _labelled_findings(each)
    return {
        label: Counter(got.value if got else UNDECIDED for expected, got in pairs if expected is label)
        for label in Finding
    }


def _by_criterion(each: Sequence[CaseFigures]) -> list[CriterionFigures]:
    told: dict[tuple[str, str], list[bool]] = {}
    for one in each:
        for key, label in one.case.findings.items() if one.answered else ():
            told.setdefault((one.case.position, key), []).append(one.findings[key] is label)
    return [
        CriterionFigures(position, key, Share(sum(right), len(right)))
        for (position, key), right in sorted(told.items())
    ]


def _callback(case: CaseKept, judged: Judged) -> str:
    if judged.outcome is not Outcome.CALLBACK_REQUESTED:
        return "other outcome"
    if judged.callback_at == case.callback_at:
        return "right"
    return "no time" if judged.callback_at is None else "wrong"


def _do_not_call(case: CaseKept, judged: Judged) -> str:
    if judged.do_not_call == case.do_not_call:
        return "right" if case.do_not_call else "rightly none"
    return "missed" if case.do_not_call else "false"


def _sum(costs: Sequence[float | None]) -> float | None:
    known = [cost for cost in costs if cost is not None]
    return round(sum(known), 6) if known and len(known) == len(costs) else None


def _latencies(took: list[int]) -> dict[str, int]:
    """The nearest rank: of so many answers, this share took no longer."""
    took.sort()
    ranks = {"p50": 0.5, "p90": 0.9, "p99": 0.99, "max": 1.0}
    return {name: took[math.ceil(share * len(took)) - 1] for name, share in ranks.items()} if took else {}
