"""Builders of calls and answers for the rules of judging."""

from __future__ import annotations

from typing import Any

from chassis.testing import NOON
from scoring.domain.call import Answered, Criterion, FinishedCall, Turn
from scoring.domain.judgement import Judgement, judge

LICENCE = Criterion("licence", "Aveți permis categoria B?", 10, required=True)
START = Criterion("start", "Când puteți începe?", 10)
SHIFTS = Criterion("shifts", "Puteți lucra în ture?", 20)

TURNS = (
    Turn("agent", "Bună ziua, vă sun despre postul de șofer. Aveți permis categoria B?", 0),
    Turn("user", "Da, am permis categoria B de opt ani.", 6),
    Turn("agent", "Când puteți începe?", 11),
    Turn("user", "Pot începe luna viitoare.", 14),
    Turn("agent", "Puteți lucra în ture?", 18),
    Turn("user", "Nu, în ture nu pot lucra.", 21),
    Turn("agent", "Mulțumesc, la revedere!", 25),
)


def a_finished_call(**changed: Any) -> FinishedCall:
    facts: dict[str, Any] = {
        "title": "Șofer",
        "qualification_prompt": "Permis categoria B.",
        "language": "ro",
        "time_zone": "Europe/Bucharest",
        "turns": TURNS,
        "criteria": (LICENCE, START, SHIFTS),
        "answers": [Answered("Permis?", "da, categoria B")],
        "ended_at": NOON,
    }
    return FinishedCall(**{**facts, **changed})


def found(key: str, finding: str, quote: str | None = None, turn: int | None = None) -> dict[str, Any]:
    return {"key": key, "finding": finding, "quote": quote, "turn": turn}


WELL_FOUND = [
    found("licence", "met", "am permis categoria B de opt ani", 1),
    found("start", "met", "Pot începe luna viitoare", 3),
    found("shifts", "not_met", "în ture nu pot lucra", 5),
]


def said(**changed: Any) -> dict[str, Any]:
    """A well-formed answer to the question about ``a_finished_call``."""
    return {
        "criteria": WELL_FOUND,
        "outcome": "qualified",
        "score": 60,
        "reasoning": "Are permis și poate începe; nu lucrează în ture.",
        "callback_requested": False,
        "callback_notes": None,
        "callback_words": None,
        "callback_at": None,
        "needs_human": False,
        "needs_human_notes": None,
        "do_not_call": False,
        "do_not_call_words": None,
        **changed,
    }


def judged(call: FinishedCall | None = None, **changed: Any) -> Judgement:
    return judge(call or a_finished_call(), said(**changed))
