"""Which answers are believed to be answers at all."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scoring.domain.question import schema_for
from scoring.domain.score import Finding, Found
from scoring.domain.verdict import (
    CRITERION_FIELDS,
    FIELDS,
    Outcome,
    UnusableAnswer,
    Verdict,
    check_stop_reason,
    read_verdict,
)

from .finished_calls import WELL_FOUND, found, said

KEYS = ("licence", "start", "shifts")
SCHEMA = schema_for(KEYS)


def read(**changed: Any) -> Verdict:
    return read_verdict(said(**changed), KEYS)


def test_the_schema_asks_for_every_field_that_is_read_and_no_other() -> None:
    assert set(SCHEMA["properties"]) == FIELDS
    item = SCHEMA["properties"]["criteria"]["items"]
    assert set(item["properties"]) == CRITERION_FIELDS
    assert item["properties"]["key"]["enum"] == list(KEYS)
    for part in (SCHEMA, item):
        assert part["required"] == list(part["properties"])
        assert part["additionalProperties"] is False


@pytest.mark.parametrize("outcome", list(Outcome))
def test_each_outcome_is_read(outcome: Outcome) -> None:
    assert read(outcome=outcome.value).outcome is outcome


@pytest.mark.parametrize(
    ("outcome", "flag"),
    [
        ("qualified", "needs_human"),
        ("qualified", "callback_requested"),
        ("not_qualified", "needs_human"),
        ("not_qualified", "callback_requested"),
        ("callback_requested", "needs_human"),
    ],
)
def test_an_answer_that_raises_a_flag_against_its_outcome_is_not_believed(outcome: str, flag: str) -> None:
    with pytest.raises(UnusableAnswer, match=flag):
        read(outcome=outcome, **{flag: True})


def test_a_person_and_a_callback_may_be_asked_for_at_once() -> None:
    assert read(outcome="needs_human", callback_requested=True, needs_human=True).outcome == "needs_human"


@pytest.mark.parametrize("score", [-1, 101, 70.5, True, None, "good", [], "-5", float("nan")])
def test_a_score_that_is_no_whole_number_from_0_to_100_is_not_believed(score: object) -> None:
    with pytest.raises(UnusableAnswer, match="score"):
        read(score=score)


@pytest.mark.parametrize(("given", "score"), [(0, 0), (100, 100), (70.0, 70), ("85", 85)])
def test_a_score_is_read_however_its_number_is_written(given: object, score: int) -> None:
    assert read(score=given).score == score


@pytest.mark.parametrize(
    "changed",
    [
        {"outcome": "maybe"},
        {"outcome": None},
        {"outcome": ["qualified"]},
        {"reasoning": "  "},
        {"reasoning": 5},
        {"needs_human": "yes"},
        {"needs_human": None},
        {"callback_requested": 1},
        {"do_not_call": "no"},
        {"do_not_call_words": True},
        {"callback_notes": {"when": "tomorrow"}},
        {"criteria": None},
        {"criteria": {"licence": "met"}},
        {"criteria": ["licence"]},
        {"criteria": [found("licence", "yes")]},
        {"criteria": [found("licence", "MET")]},
        {"criteria": [found("age", "met")]},
        {"criteria": [{**WELL_FOUND[0], "key": None}]},
        {"criteria": [{**WELL_FOUND[0], "turn": "1"}]},
        {"criteria": [{**WELL_FOUND[0], "turn": True}]},
        {"criteria": [{**WELL_FOUND[0], "quote": ["da"]}]},
        {"criteria": [{**WELL_FOUND[0], "points": 100}]},
        {"criteria": [{"key": "licence", "finding": "met"}]},
        {"criteria": [WELL_FOUND[0], WELL_FOUND[0]]},
        {"criteria": [WELL_FOUND[0], found("licence", "not_met")]},
        {"points": 100},
        {"qualified": True},
    ],
)
def test_a_field_that_does_not_fit_makes_the_answer_unusable(changed: dict[str, Any]) -> None:
    with pytest.raises(UnusableAnswer):
        read(**changed)


@pytest.mark.parametrize("field", sorted(FIELDS))
def test_a_field_that_is_missing_makes_the_answer_unusable(field: str) -> None:
    answer = {name: value for name, value in said().items() if name != field}
    with pytest.raises(UnusableAnswer, match=field):
        read_verdict(answer, KEYS)


@pytest.mark.parametrize("answer", [None, "", [], "qualified", 5, {}])
def test_what_is_no_verdict_is_unusable(answer: object) -> None:
    with pytest.raises(UnusableAnswer):
        read_verdict(answer, KEYS)


def test_an_empty_quote_is_none_and_a_turn_may_be_written_as_a_fraction() -> None:
    verdict = read(criteria=[found("licence", "met", "  ", 3), {**WELL_FOUND[1], "turn": 3.0}])
    assert verdict.criteria == {
        "licence": Found(Finding.MET, None, 3),
        "start": Found(Finding.MET, "Pot începe luna viitoare", 3),
    }


SCALAR = st.none() | st.booleans() | st.integers() | st.floats() | st.text()


@settings(deadline=None)
@given(
    st.fixed_dictionaries(
        {},
        optional={
            name: SCALAR | st.just(value) | st.lists(st.just(WELL_FOUND[0]) | SCALAR, max_size=3)
            for name, value in {**said(), "extra": 1}.items()
        },
    )
)
def test_any_object_is_either_a_whole_verdict_or_unusable(answer: dict[str, object]) -> None:
    try:
        verdict = read_verdict({**said(), **answer}, KEYS)
    except UnusableAnswer:
        return
    assert 0 <= verdict.score <= 100
    assert verdict.reasoning
    assert set(verdict.criteria) <= set(KEYS)


@pytest.mark.parametrize("reason", ["max_tokens", "refusal", "model_context_window_exceeded"])
def test_an_answer_that_was_cut_or_refused_is_unusable(reason: str) -> None:
    with pytest.raises(UnusableAnswer):
        check_stop_reason(reason)
