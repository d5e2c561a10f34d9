"""Builders of what a run of the lab leaves behind."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from scoring.domain.score import Finding
from scoring.domain.verdict import Outcome
from scoring.lab.result import (
    CaseKept,
    CriterionKept,
    Failure,
    FoundKept,
    Judged,
    LabResult,
    PositionKept,
    RunKept,
    TurnKept,
)

ENDED = datetime(2026, 11, 18, 10, 0, tzinfo=UTC)
LICENCE = {"licence": Finding.MET}


def a_finding(key: str = "licence", finding: str = "met", **changed: Any) -> FoundKept:
    facts: dict[str, Any] = {"key": key, "finding": finding, "counted": finding}
    return FoundKept(**{**facts, "quote": "am permis", "turn": 1, "quote_found": True, **changed})


def a_judged(outcome: str = "qualified", score: int | None = 80, **changed: Any) -> Judged:
    facts: dict[str, Any] = {
        "outcome": outcome,
        "score": score,
        "model_score": 75,
        "reasoning": "Are permis.",
        "criteria": [a_finding()],
        "review_reasons": [],
        "callback_notes": None,
        "callback_words": None,
        "callback_at": None,
        "needs_human_notes": None,
        "do_not_call": False,
        "do_not_call_words": None,
    }
    return Judged(**{**facts, **changed})


def a_run(outcome: str = "qualified", number: int = 1, **judged: Any) -> RunKept:
    return RunKept(
        number=number,
        tries=1,
        judged=a_judged(outcome, **judged),
        model="claude-sonnet-4-6",
        input_tokens=100,
        output_tokens=10,
        latency_ms=100 * number,
        cost_usd=0.01,
    )


def a_failure(kind: Any = "no_answer", number: int = 1) -> RunKept:
    return RunKept(number=number, tries=5, failure=Failure(kind=kind, problem="HTTP 503"))


def a_case(*runs: RunKept, id: str = "one", expected: str = "qualified", **changed: Any) -> CaseKept:
    facts: dict[str, Any] = {
        "id": id,
        "hash": f"hash of {id}",
        "position": "driver",
        "language": "ro",
        "time_zone": "Europe/Bucharest",
        "ended_at": ENDED,
        "turns": [
            TurnKept(role="agent", text="Aveți permis?", at_seconds=0),
            TurnKept(role="user", text="Da, am permis de opt ani.", at_seconds=4),
        ],
        "expected": Outcome(expected),
        "also": [],
        "borderline": False,
        "findings": LICENCE,
        "callback_at": None,
        "do_not_call": False,
        "runs": list(runs),
    }
    return CaseKept(**{**facts, **changed})


def a_result(*cases: CaseKept, **changed: Any) -> LabResult:
    criterion = CriterionKept(key="licence", text="Permis categoria B", weight=10, required=True)
    facts: dict[str, Any] = {
        "made_at": ENDED,
        "kind": "model",
        "model": "claude-sonnet-4-6",
        "asked_at": "api.anthropic.com",
        "prompt_version": "2-0000abcd",
        "cases_hash": "cases",
        "cases_from": "built in",
        "repeats": 3,
        "seconds": 1.0,
        "positions": [
            PositionKept(key="driver", title="Șofer", qualification_prompt="Permis.", criteria=[criterion])
        ],
        "cases": list(cases),
    }
    return LabResult(**{**facts, **changed})
