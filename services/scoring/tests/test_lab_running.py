"""Cases asked several times: what comes of answers, and of none."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from scoring.domain.prices import LIST_PRICES, Prices
from scoring.domain.question import Question
from scoring.domain.verdict import Outcome
from scoring.lab.labelled import LabelledCase
from scoring.lab.loading import load_cases
from scoring.lab.measures import measure
from scoring.lab.result import CaseKept
from scoring.lab.running import PAUSES, SILENT_FOR_GOOD, Asking
from scoring.ports import Answer, ModelObjects, ModelSilent, Written

from .finished_calls import found, said

CASES = [case for case in load_cases() if case.position.key == "driver"]
CLEAR = next(case for case in CASES if case.id == "ro-driver-clear-yes")

Saying = Answer | Exception


def an_answer(content: object = None, **changed: Any) -> Answer:
    well = said(criteria=[found("licence", "met", "Am permis B din 2015", 3)], score=70)
    facts: dict[str, Any] = {
        "content": well if content is None else content,
        "repaired": False,
        "stop_reason": "end_turn",
        "model": "claude-sonnet-4-6",
        "input_tokens": 1000,
        "output_tokens": 100,
        "latency_ms": 40,
    }
    return Answer(**{**facts, **changed})


class ListedModel:
    """Says one thing after the other, the last for ever; remembers how many asked at once."""

    def __init__(self, *says: Saying) -> None:
        self.says = list(says)
        self.asked: list[Question] = []
        self.under_way = self.most_at_once = 0

    async def ask(self, question: Question) -> Answer:
        self.asked.append(question)
        self.under_way += 1
        self.most_at_once = max(self.most_at_once, self.under_way)
        await asyncio.sleep(0)
        self.under_way -= 1
        one = self.says.pop(0) if len(self.says) > 1 else self.says[0]
        if isinstance(one, Exception):
            raise one
        return one

    async def write(self, system: str, user: str) -> Written:
        raise AssertionError("the lab asks for no text")


class Waiting:
    """Notes how long was waited, and does not."""

    def __init__(self) -> None:
        self.pauses: list[float] = []

    async def __call__(self, seconds: float) -> None:
        self.pauses.append(seconds)


async def asked(
    model: ListedModel, cases: list[LabelledCase], waiting: Waiting | None = None, **changed: Any
) -> list[CaseKept]:
    asking = Asking(model, Prices(LIST_PRICES), sleep=waiting or Waiting(), **changed)
    return await asking.run(cases)


async def test_every_case_is_asked_as_often_as_was_wished_and_never_more_at_once() -> None:
    model = ListedModel(an_answer())
    kept = await asked(model, CASES, repeats=3, at_once=2)
    assert [case.id for case in kept] == [case.id for case in CASES]
    assert all([run.number for run in case.runs] == [1, 2, 3] for case in kept)
    assert len(model.asked) == 3 * len(CASES)
    assert model.most_at_once == 2


async def test_an_answer_is_judged_as_in_production() -> None:
    content = said(
        criteria=[
            found("licence", "met", "Am permis B din 2015", 3),
            found("start", "met", "Încep la cinci", 7),
        ]
    )
    [case] = await asked(ListedModel(an_answer(content)), [CLEAR], repeats=1)
    [run] = case.runs
    assert run.judged is not None
    assert run.judged.outcome is Outcome.QUALIFIED
    told = {one.key: (one.finding, one.counted, one.quote_found) for one in run.judged.criteria}
    assert told["licence"] == ("met", "met", True)
    assert told["start"] == ("met", "unknown", False)
    assert (run.judged.score, run.judged.model_score) == (70, 60)
    assert any("7:30" in reason for reason in run.judged.review_reasons)
    assert (run.tries, run.cost_usd, run.latency_ms) == (1, 0.0045, 40)


@pytest.mark.parametrize(
    ("answer", "problem"),
    [
        (an_answer("hello"), "it is not a JSON object"),
        (an_answer({}), "it has no"),
        (an_answer(said(outcome="hired")), "its outcome is none of the four"),
        (an_answer(stop_reason="max_tokens"), "cut off"),
        (an_answer(stop_reason="refusal"), "refused to answer"),
    ],
)
async def test_an_answer_without_a_verdict_is_a_failure_that_was_paid_for(
    answer: Answer, problem: str
) -> None:
    model = ListedModel(answer)
    [case] = await asked(model, [CLEAR], repeats=2)
    for run in case.runs:
        assert run.judged is None
        assert run.failure is not None
        assert run.failure.kind == "unusable"
        assert problem in run.failure.problem
        assert run.cost_usd == 0.0045
    assert len(model.asked) == 2, "how often it happens is a figure: it is not asked again"
    figures = measure([case])
    assert figures.agreement.strict.of == 0
    assert figures.failures == {"unusable": 2}
    assert figures.right_of_all == 0


async def test_a_silent_model_is_asked_again_with_growing_pauses_and_then_there_is_no_answer() -> None:
    waiting = Waiting()
    model = ListedModel(ModelSilent("HTTP 503"))
    [case] = await asked(model, [CLEAR], waiting, repeats=1)
    [run] = case.runs
    assert run.failure is not None
    assert (run.failure.kind, run.failure.problem, run.tries) == ("no_answer", "HTTP 503", 5)
    assert (run.judged, run.model, run.cost_usd) == (None, None, None)
    assert waiting.pauses == list(PAUSES) == sorted(PAUSES)


async def test_a_model_that_comes_back_is_heard_and_its_wish_to_wait_is_kept() -> None:
    waiting = Waiting()
    model = ListedModel(ModelSilent("HTTP 429", 30.0), ModelSilent("HTTP 529"), an_answer())
    [case] = await asked(model, [CLEAR], waiting, repeats=1)
    assert case.runs[0].judged is not None
    assert case.runs[0].tries == 3
    assert waiting.pauses == [30.0, PAUSES[1]]


async def test_a_wrong_key_is_not_tried_again() -> None:
    model = ListedModel(ModelSilent("HTTP 401"))
    [case] = await asked(model, [CLEAR], repeats=1)
    assert (case.runs[0].tries, len(model.asked)) == (1, 1)


async def test_a_model_that_stays_silent_is_left_in_peace() -> None:
    model = ListedModel(ModelSilent("HTTP 401"))
    kept = await asked(model, CASES, repeats=3, at_once=1)
    assert len(model.asked) == SILENT_FOR_GOOD
    failures = [run.failure for case in kept for run in case.runs]
    assert len(failures) == 3 * len(CASES)
    assert {failure.kind for failure in failures if failure} == {"no_answer"}
    assert sum("not asked" in failure.problem for failure in failures if failure) > 0


async def test_a_refused_question_is_said_apart() -> None:
    [case] = await asked(ListedModel(ModelObjects("HTTP 400")), [CLEAR], repeats=1)
    failure = case.runs[0].failure
    assert failure is not None
    assert (failure.kind, failure.problem) == ("refused", "HTTP 400")


async def test_an_unknown_model_costs_what_nobody_knows() -> None:
    [case] = await asked(ListedModel(an_answer(model="somebody-else")), [CLEAR], repeats=1)
    assert case.runs[0].cost_usd is None
    assert measure([case]).cost_usd is None
