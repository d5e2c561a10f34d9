"""What the matching benchmark counts, prints and demands."""

from __future__ import annotations

import json
import math
import statistics
from collections import Counter, defaultdict
from dataclasses import dataclass, field

from contracts.cv_matching import CvMatched

from benchmarks.made_up_letters import Letter

MOST_WRONG = {"high": 1 / 10_000, "medium": 1 / 200}
LEAST_RECALL = 0.95
MOST_P99_MS = 50.0


@dataclass
class Tally:
    """What became of the messages."""

    decided: Counter[tuple[str, str]] = field(default_factory=Counter)
    wrong: Counter[tuple[str, str]] = field(default_factory=Counter)
    kinds: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    allowed: int = 0
    found: int = 0
    beyond_telling: Counter[str] = field(default_factory=Counter)
    examples: list[str] = field(default_factory=list)
    missed: list[str] = field(default_factory=list)
    milliseconds: list[float] = field(default_factory=list)
    undisturbed: list[float] = field(default_factory=list)
    """Without the time in which both ends waited for a processor that other programs had."""
    crowded: bool = False

    def count(self, letter: Letter, said: CvMatched | None, why: str) -> None:
        right = said is not None and said.candidate_id == letter.owner.number
        outcome = "unmatched" if said is None else f"{said.confidence} {'right' if right else 'wrong'}"
        self.kinds[letter.kind][outcome] += 1
        if letter.indistinguishable:
            self.beyond_telling[outcome] += 1
            return
        self.allowed += letter.allowed
        self.found += letter.allowed and right
        if letter.allowed and not right:
            self.missed.append(
                f"{letter.kind}: {why} | {letter.owner.recorded} | {(letter.text or '')[:60]!r}"
            )
        if said is not None:
            way = (said.method.value, said.confidence)
            self.decided[way] += 1
            self.wrong[way] += not right
            if not right:
                self.examples.append(
                    f"{way} {letter.kind}: {why} | {letter.owner.name} shown {letter.sender_name}"
                )

    def of(self, confidence: str) -> tuple[int, int]:
        """How many were wrong, of how many decisions."""
        wrong, decided = (
            sum(count for (_, sure), count in counter.items() if sure == confidence)
            for counter in (self.wrong, self.decided)
        )
        return wrong, decided


def upper_bound(wrong: int, decided: int) -> float:
    """Clopper and Pearson's upper end of the two-sided 95 % interval, found by halving."""
    if decided == 0 or wrong == decided:
        return 1.0
    low, high = wrong / decided, 1.0
    for _ in range(60):
        middle = (low + high) / 2
        at_most = sum(
            math.exp(
                math.lgamma(decided + 1) - math.lgamma(k + 1) - math.lgamma(decided - k + 1)
                + k * math.log(middle) + (decided - k) * math.log1p(-middle)
            )
            for k in range(wrong + 1)
        )  # fmt: skip
        low, high = (middle, high) if at_most > 0.025 else (low, middle)
    return high


def report(awaiting: int, tally: Tally, examples: int) -> None:
    print(
        f"{'method':14}{'confidence':12}{'decisions':>10}{'wrong':>7}{'precision':>11}   95 % of wrong below"
    )
    for (method, sure), decided in sorted(tally.decided.items()):
        wrong = tally.wrong[method, sure]
        print(
            f"{method:14}{sure:12}{decided:10,}{wrong:7}{1 - wrong / decided:11.5f}   "
            f"{upper_bound(wrong, decided):.6f}"
        )
    print(f"recall where a careful person could tell: {tally.found / tally.allowed:.4f} of {tally.allowed:,}")
    print(f"nobody could tell (a father's and a son's name, one number): {dict(tally.beyond_telling)}")
    for kind, outcomes in tally.kinds.items():
        print(f"  {kind:28} {', '.join(f'{name} {count:,}' for name, count in sorted(outcomes.items()))}")
    cuts = statistics.quantiles(tally.milliseconds, n=100)
    alone = statistics.quantiles(tally.undisturbed, n=100)
    print(
        f"chain without model at {awaiting:,}: p50 {cuts[49]:.1f}, p95 {cuts[94]:.1f}, p99 {cuts[98]:.1f} ms"
    )
    print(
        f"  without waiting for other programs' processors: p50 {alone[49]:.1f}, p95 {alone[94]:.1f},"
        f" p99 {alone[98]:.1f} ms (counted: {'these' if tally.crowded else 'the former'})"
    )
    for line in (*tally.examples[:examples], *tally.missed[:examples]):
        print("  ", line)


def verdict(tallies: dict[int, Tally]) -> bool:
    good = True
    figures: dict[str, float] = {}
    for sure, most in MOST_WRONG.items():
        wrong, decided = (
            sum(parts) for parts in zip(*(each.of(sure) for each in tallies.values()), strict=True)
        )
        bound = upper_bound(wrong, decided)
        met = wrong <= most * decided
        good &= met
        figures[f"wrong_{sure}"] = wrong / decided
        print(
            f"wrong at {sure:8} {wrong} of {decided:,} (95 %: below {bound:.6f}), target {most:.6f}"
            f"  {'met' if met else 'MISSED'}"
        )
    for awaiting, tally in tallies.items():
        times = tally.undisturbed if tally.crowded else tally.milliseconds
        recall, p99 = tally.found / tally.allowed, statistics.quantiles(times, n=100)[98]
        figures |= {f"recall_{awaiting}": round(recall, 4), f"p99_ms_{awaiting}": round(p99, 1)}
        good &= recall >= LEAST_RECALL and p99 < MOST_P99_MS
        met = "met" if recall >= LEAST_RECALL else "MISSED"
        print(f"recall at {awaiting:,}: {recall:.4f}, target {LEAST_RECALL}  {met}")
        met = "met" if p99 < MOST_P99_MS else "MISSED"
        print(f"p99 at {awaiting:,}: {p99:.1f} ms, target {MOST_P99_MS:.0f}  {met}")
    print(json.dumps({"name": "matching", **figures}))
    return good
