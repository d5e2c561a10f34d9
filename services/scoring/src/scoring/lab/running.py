"""Every case asked several times, by the question, the adapter and the rules of judging of production.

What differs is patience: nobody waits nine hours for a report. A silent model is asked again with growing
pauses, then this run has no answer; an answer that can't be used is not asked for again, because how often
that happens is one of the figures. Neither is ever an outcome.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field

from scoring.domain.judgement import Judgement, judge
from scoring.domain.prices import Prices
from scoring.domain.question import INSTRUCTIONS, Question, ask_about
from scoring.domain.verdict import UnusableAnswer, check_stop_reason
from scoring.lab.labelled import LabelledCase
from scoring.lab.result import (
    CaseKept,
    Failure,
    FailureKind,
    FoundKept,
    Judged,
    RunKept,
    TurnKept,
)
from scoring.ports import Answer, Model, ModelObjects, ModelSilent

PAUSES = (2.0, 5.0, 15.0, 40.0)
"""Real seconds before the second, third, ... time of asking."""

LONGEST_ADVISED = 120.0

NOT_PASSING = ("HTTP 401", "HTTP 402", "HTTP 403", "HTTP 404")
"""A wrong key, no credit, a model that there is not: in production somebody may yet put it right."""

SILENT_FOR_GOOD = 5
"""So many runs in a row without an answer, and the rest is not asked."""


@dataclass
class Asking:
    """How the cases are asked. ``at_once`` limits questions under way; ``heard`` follows each run."""

    model: Model
    prices: Prices
    repeats: int = 3
    at_once: int = 4
    instructions: str = INSTRUCTIONS
    pauses: Sequence[float] = PAUSES
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    heard: Callable[[LabelledCase, RunKept], None] = lambda case, run: None
    _silent_in_a_row: int = field(default=0, init=False)

    async def run(self, cases: Sequence[LabelledCase]) -> list[CaseKept]:
        """In the order of ``cases``, their runs in order."""
        free = asyncio.Semaphore(self.at_once)
        runs: dict[str, list[RunKept]] = {case.id: [] for case in cases}

        async def one(case: LabelledCase, number: int) -> None:
            async with free:
                run = await self._ask(case, number)
            runs[case.id].append(run)
            self.heard(case, run)

        async with asyncio.TaskGroup() as group:
            for number in range(1, self.repeats + 1):
                for case in cases:
                    group.create_task(one(case, number))
        return kept(cases, runs)

    async def _ask(self, case: LabelledCase, number: int) -> RunKept:
        if self._silent_in_a_row >= SILENT_FOR_GOOD:
            return _failed(number, 0, "no_answer", "not asked: the model was silent before")
        call = case.call
        question = ask_about(call, self.instructions)
        for tries, pause in enumerate((*self.pauses, None), start=1):
            try:
                answer = await self.model.ask(question)
            except ModelObjects as objection:
                self._silent_in_a_row = 0
                return _failed(number, tries, "refused", objection.problem)
            except ModelSilent as silence:
                if pause is None or silence.problem in NOT_PASSING:
                    self._silent_in_a_row += 1
                    return _failed(number, tries, "no_answer", silence.problem)
                await self.sleep(max(pause, min(silence.advised or 0.0, LONGEST_ADVISED)))
            else:
                self._silent_in_a_row = 0
                return self._heard_out(case, number, tries, answer)
        raise AssertionError("the last pause is None")

    def _heard_out(self, case: LabelledCase, number: int, tries: int, answer: Answer) -> RunKept:
        judged, failure = None, None
        try:
            check_stop_reason(answer.stop_reason)
            judged = _judged(judge(case.call, answer.content))
        except UnusableAnswer as unusable:
            failure = Failure(kind="unusable", problem=unusable.problem)
        return RunKept(
            number=number,
            tries=tries,
            judged=judged,
            failure=failure,
            model=answer.model,
            input_tokens=answer.input_tokens,
            output_tokens=answer.output_tokens,
            latency_ms=answer.latency_ms,
            cost_usd=self.prices.cost(answer.model, answer.input_tokens, answer.output_tokens),
            repaired=answer.repaired,
        )


def questions(cases: Sequence[LabelledCase], instructions: str = INSTRUCTIONS) -> list[Question]:
    """What one round asks."""
    return [ask_about(case.call, instructions) for case in cases]


def kept(cases: Sequence[LabelledCase], runs: Mapping[str, Sequence[RunKept]]) -> list[CaseKept]:
    """Cases with what was heard of them, by their ids; some may not have been asked as often as others."""
    return [_kept(case, sorted(runs[case.id], key=lambda run: run.number)) for case in cases]


def _failed(number: int, tries: int, kind: FailureKind, problem: str) -> RunKept:
    return RunKept(number=number, tries=tries, failure=Failure(kind=kind, problem=problem))


def _judged(judgement: Judgement) -> Judged:
    return Judged(
        outcome=judgement.outcome,
        score=judgement.score,
        model_score=judgement.model_score,
        reasoning=judgement.reasoning,
        criteria=[
            FoundKept(
                key=result.criterion.key,
                finding=result.finding,
                counted=result.counted,
                quote=result.quote,
                turn=result.turn,
                quote_found=result.quote_found,
            )
            for result in judgement.results
        ],
        review_reasons=list(judgement.review_reasons),
        callback_notes=judgement.callback_notes,
        callback_words=judgement.callback_words,
        callback_at=judgement.callback_at,
        needs_human_notes=judgement.needs_human_notes,
        do_not_call=judgement.do_not_call,
        do_not_call_words=judgement.do_not_call_words,
    )


def _kept(case: LabelledCase, runs: list[RunKept]) -> CaseKept:
    return CaseKept(
        id=case.id,
        hash=case.hash,
        position=case.position.key,
        language=case.language,
        time_zone=case.time_zone,
        ended_at=case.ended_at,
        turns=[TurnKept(role=one.role, text=one.text, at_seconds=one.at_seconds) for one in case.turns],
        expected=case.expected,
        also=list(case.also),
        borderline=case.borderline,
        findings=dict(case.findings),
        callback_at=case.callback_at,
        do_not_call=case.do_not_call,
        runs=runs,
    )
