"""What a call means: the model's answer, with only that counted which the candidate's own words bear out.

A pure function of the call and the answer. The outcome is the model's (recruitflow.md 4.5); a person has to
look first wherever the evidence doesn't carry it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from scoring.domain.call import FinishedCall
from scoring.domain.callback import read_callback_time, unlikely_hour
from scoring.domain.evidence import Mark, find_wish
from scoring.domain.score import Finding, Result, score, weigh
from scoring.domain.verdict import Outcome, Verdict, read_verdict

FAR_OFF = 40
"""So many points between the model's own estimate and the score are more than another weighting."""

MANY = 3
"""So many findings that rest on a single turn are looked at: one sentence rarely answers everything."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """``score`` is None where no finding has the candidate's words; ``callback_at`` keeps its offset."""

    outcome: Outcome
    score: int | None
    model_score: int
    reasoning: str
    results: Sequence[Result]
    review_reasons: Sequence[str]
    callback_notes: str | None = None
    callback_words: str | None = None
    callback_at: datetime | None = None
    needs_human_notes: str | None = None
    do_not_call: bool = False
    do_not_call_words: str | None = None
    callback_marks: Sequence[Mark] = ()
    do_not_call_marks: Sequence[Mark] = ()

    @property
    def needs_review(self) -> bool:
        return bool(self.review_reasons)

    @property
    def qualified(self) -> bool:
        return self.outcome is Outcome.QUALIFIED

    @property
    def callback_requested(self) -> bool:
        return self.outcome is Outcome.CALLBACK_REQUESTED

    @property
    def needs_human(self) -> bool:
        return self.outcome is Outcome.NEEDS_HUMAN


def judge(call: FinishedCall, answer: object) -> Judgement:
    """Raises ``UnusableAnswer`` where the answer is not one to this question."""
    criteria = call.criteria_in_force
    verdict = read_verdict(answer, [criterion.key for criterion in criteria])
    results = [weigh(criterion, verdict.criteria.get(criterion.key), call.turns) for criterion in criteria]
    points = score(results)
    asked_for = verdict.callback_at if verdict.outcome is Outcome.CALLBACK_REQUESTED else None
    callback_at = read_callback_time(asked_for, call_ended=call.ended_at, zone=call.zone)
    callback_marks = find_wish(call.turns, verdict.callback_words or "")
    do_not_call_marks = find_wish(call.turns, verdict.do_not_call_words or "") if verdict.do_not_call else []
    reasons = [
        *_about_criteria(verdict, results, points),
        *_about_callback(call, verdict, callback_at, callback_marks),
        *_about_do_not_call(verdict, do_not_call_marks),
    ]
    return Judgement(
        outcome=verdict.outcome,
        score=points,
        model_score=verdict.score,
        reasoning=verdict.reasoning,
        results=results,
        review_reasons=reasons,
        callback_notes=verdict.callback_notes or verdict.callback_words,
        callback_words=verdict.callback_words,
        callback_at=callback_at,
        needs_human_notes=verdict.needs_human_notes,
        do_not_call=verdict.do_not_call,
        do_not_call_words=verdict.do_not_call_words if verdict.do_not_call else None,
        callback_marks=callback_marks,
        do_not_call_marks=do_not_call_marks,
    )


def _about_criteria(verdict: Verdict, results: Sequence[Result], points: int | None) -> Iterator[str]:
    for result in results:
        if result.quote_found is False:
            yield f"The quote for “{result.criterion.text}” is not in what the candidate said."
        elif result.quote is None and result.finding is not Finding.UNKNOWN:
            yield f"No words of the candidate are given for “{result.criterion.text}”."
    if verdict.outcome not in (Outcome.QUALIFIED, Outcome.NOT_QUALIFIED):
        return
    if points is None:
        yield "No criterion has evidence in the candidate's own words, so there is no score."
        return
    yield from _contradictions(verdict, results, points)
    resting = [result.turn for result in results if result.counted is not Finding.UNKNOWN]
    if len(resting) >= MANY and len(set(resting)) == 1:
        yield "All findings rest on one sentence of the candidate."


def _contradictions(verdict: Verdict, results: Sequence[Result], points: int) -> Iterator[str]:
    lacking = [
        result for result in results if result.criterion.required and result.counted is Finding.NOT_MET
    ]
    if verdict.outcome is Outcome.QUALIFIED:
        for result in lacking:
            yield f"The outcome is qualified, yet “{result.criterion.text}” is required and not met."
    elif all(result.counted is Finding.MET for result in results):
        yield "The outcome is not qualified, yet every criterion is met."
    # One missing requirement rules a person out whatever else they bring: the score may well be high.
    ruled_out = verdict.outcome is Outcome.NOT_QUALIFIED and lacking
    if abs(verdict.score - points) > FAR_OFF and not ruled_out:
        yield f"The model's own estimate ({verdict.score}) is far from the score ({points})."


def _about_callback(
    call: FinishedCall, verdict: Verdict, callback_at: datetime | None, said: Sequence[Mark]
) -> Iterator[str]:
    if verdict.outcome is not Outcome.CALLBACK_REQUESTED:
        return
    if verdict.callback_words is None:
        yield "No words of the candidate are given for the wish to be called again."
    elif not said:
        yield "The words given for the wish to be called again are not in what the candidate said."
    if callback_at is not None and unlikely_hour(callback_at, call.zone):
        yield "The time understood for the callback is at night where the candidate is."


def _about_do_not_call(verdict: Verdict, said: Sequence[Mark]) -> Iterator[str]:
    """The wish stands without words too: a call too few can be made good, a call too many can't."""
    if not verdict.do_not_call:
        return
    if not said:
        yield "The wish not to be called is not in the candidate's own words."
    if verdict.outcome is Outcome.CALLBACK_REQUESTED:
        yield "The candidate is said to want a callback, and no calls."
