"""What of an answer counts: evidence, points, and what a person has to look at."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scoring.domain.call import BUILT_IN, Criterion, Turn
from scoring.domain.score import Finding, Found, Result, score, weigh
from scoring.domain.verdict import Outcome

from .finished_calls import LICENCE, SHIFTS, START, TURNS, WELL_FOUND, a_finished_call, found, judged


@pytest.mark.parametrize("outcome", list(Outcome))
def test_the_outcome_is_the_models_and_its_flags_follow(outcome: Outcome) -> None:
    judgement = judged(outcome=outcome.value)
    assert judgement.outcome is outcome
    assert (judgement.qualified, judgement.callback_requested, judgement.needs_human) == (
        outcome is Outcome.QUALIFIED,
        outcome is Outcome.CALLBACK_REQUESTED,
        outcome is Outcome.NEEDS_HUMAN,
    )


def test_what_is_found_with_the_candidates_words_counts_with_its_place_and_time() -> None:
    judgement = judged()
    licence, start, shifts = judgement.results
    assert (licence.counted, licence.turn, licence.at_seconds, licence.points) == (Finding.MET, 1, 6, 10)
    assert (start.counted, start.turn, start.points) == (Finding.MET, 3, 10)
    assert (shifts.counted, shifts.turn, shifts.points) == (Finding.NOT_MET, 5, 0)
    assert (judgement.score, judgement.model_score) == (50, 60)
    assert judgement.review_reasons == []


def test_a_quote_that_nobody_said_makes_the_criterion_unknown_and_is_looked_at() -> None:
    judgement = judged(criteria=[found("licence", "met", "am permis și categoria C", 1), *WELL_FOUND[1:]])
    licence = judgement.results[0]
    assert (licence.finding, licence.counted, licence.quote_found) == (Finding.MET, Finding.UNKNOWN, False)
    assert (licence.quote, licence.turn, licence.points) == ("am permis și categoria C", 1, 5)
    assert judgement.score == 38
    [reason] = judgement.review_reasons
    assert LICENCE.text in reason


@pytest.mark.parametrize(
    ("one", "counted", "reviewed"),
    [
        (found("licence", "met", "am permis categoria B", 1), "met", False),
        (found("licence", "met", "am permis categoria B", 5), "met", False),
        (found("licence", "met", None, 1), "unknown", True),
        (found("licence", "not_met"), "unknown", True),
        (found("licence", "unknown"), "unknown", False),
        (found("licence", "unknown", "am permis categoria B", 1), "unknown", False),
        (found("licence", "unknown", "habar nu am", 1), "unknown", True),
        (found("licence", "met", "da, categoria B", 1), "unknown", True),
        (found("licence", "met", "Aveți permis categoria B", 0), "unknown", True),
        (None, "unknown", False),
    ],
    ids=str,
)
def test_a_finding_counts_with_the_candidates_words_alone(
    one: dict[str, Any] | None, counted: str, reviewed: bool
) -> None:
    judgement = judged(criteria=[*([one] if one else []), *WELL_FOUND[1:]])
    assert judgement.results[0].counted.value == counted
    assert judgement.needs_review is reviewed


def test_criteria_left_out_are_unknown_and_without_any_evidence_there_is_no_score() -> None:
    judgement = judged(criteria=[])
    assert [result.counted for result in judgement.results] == [Finding.UNKNOWN] * 3
    assert judgement.score is None
    assert judgement.needs_review


@pytest.mark.parametrize("outcome", ["callback_requested", "needs_human"])
def test_a_call_without_answers_needs_no_evidence(outcome: str) -> None:
    words = {"callback_words": "luna viitoare"} if outcome == "callback_requested" else {}
    judgement = judged(criteria=[], outcome=outcome, score=0, **words)
    assert (judgement.score, judgement.review_reasons) == (None, [])


def test_qualified_against_a_required_criterion_is_looked_at() -> None:
    turns = (*TURNS[:1], Turn("user", "Nu, nu am permis."), *TURNS[2:])
    lacking = [found("licence", "not_met", "nu am permis", 1), *WELL_FOUND[1:]]
    [reason] = judged(a_finished_call(turns=turns), criteria=lacking, score=40).review_reasons
    assert "required" in reason
    assert not judged(a_finished_call(turns=turns), criteria=lacking, outcome="not_qualified").needs_review
    optional = a_finished_call(turns=turns, criteria=(Criterion("licence", "Permis?"), START, SHIFTS))
    assert not judged(optional, criteria=lacking, score=40).needs_review


def test_not_qualified_with_everything_met_is_looked_at() -> None:
    call = a_finished_call(criteria=(LICENCE, START))
    judgement = judged(call, criteria=WELL_FOUND[:2], outcome="not_qualified", score=70)
    assert "every criterion is met" in " ".join(judgement.review_reasons)


@pytest.mark.parametrize(("estimate", "reviewed"), [(50, False), (90, False), (91, True), (9, True)])
def test_a_model_whose_own_estimate_is_far_off_is_looked_at(estimate: int, reviewed: bool) -> None:
    assert judged(score=estimate).needs_review is reviewed


def test_one_missing_requirement_explains_a_low_estimate() -> None:
    turns = (*TURNS[:1], Turn("user", "Nu, nu am permis."), *TURNS[2:5], Turn("user", "Da, pot în ture."))
    criteria = [
        found("licence", "not_met", "nu am permis", 1),
        WELL_FOUND[1],
        found("shifts", "met", "pot în ture", 5),
    ]
    judgement = judged(a_finished_call(turns=turns), criteria=criteria, outcome="not_qualified", score=5)
    assert (judgement.score, judgement.review_reasons) == (75, [])


def test_one_sentence_for_everything_is_looked_at() -> None:
    everything = [found(key, "met", "am permis categoria B", 1) for key in ("licence", "start", "shifts")]
    judgement = judged(criteria=everything, score=100)
    assert judgement.review_reasons == ["All findings rest on one sentence of the candidate."]


def test_a_position_without_criteria_is_judged_by_two_of_ours() -> None:
    call = a_finished_call(criteria=())
    assert call.criteria_in_force == BUILT_IN
    keys = [criterion.key for criterion in BUILT_IN]
    judgement = judged(
        call, criteria=[found(key, "met", "am permis categoria B", 1) for key in keys], score=90
    )
    assert (judgement.score, judgement.needs_review) == (100, False)


def test_criteria_that_share_a_key_are_told_apart() -> None:
    call = a_finished_call(criteria=(LICENCE, LICENCE, Criterion("licence-2", "?")))
    assert [one.key for one in call.criteria_in_force] == ["licence", "licence-2", "licence-2-2"]


FINDING = st.sampled_from(list(Finding))
WEIGHED = st.lists(st.tuples(st.integers(1, 100), FINDING), min_size=1, max_size=12)
ORDER = [Finding.NOT_MET, Finding.UNKNOWN, Finding.MET]


def results(weighed: list[tuple[int, Finding]]) -> list[Result]:
    return [
        weigh(
            Criterion(f"c{number}", "?", weight),
            Found(finding, "am permis categoria B", 1),
            TURNS,
        )
        for number, (weight, finding) in enumerate(weighed)
    ]


@settings(deadline=None)
@given(WEIGHED)
def test_the_score_is_a_whole_number_from_0_to_100_or_none(weighed: list[tuple[int, Finding]]) -> None:
    total = score(results(weighed))
    if all(finding is Finding.UNKNOWN for _, finding in weighed):
        assert total is None
        return
    assert total is not None
    points = sum(result.points for result in results(weighed))
    assert abs(total - 100 * points / sum(weight for weight, _ in weighed)) <= 0.5
    assert 0 <= total <= 100


@settings(deadline=None)
@given(WEIGHED, st.data())
def test_a_finding_that_improves_never_lowers_the_score(
    weighed: list[tuple[int, Finding]], data: st.DataObject
) -> None:
    at = data.draw(st.integers(0, len(weighed) - 1))
    weight, finding = weighed[at]
    better = data.draw(st.sampled_from(ORDER[ORDER.index(finding) :]))
    improved = [*weighed[:at], (weight, better), *weighed[at + 1 :]]
    before, after = score(results(weighed)), score(results(improved))
    if before is not None and after is not None:
        assert after >= before


@pytest.mark.parametrize(
    ("findings", "total"),
    [
        ("mmm", 100),
        ("nnn", 0),
        ("muu", 67),
        ("nuu", 33),
        ("mnu", 50),
        ("uuu", None),
        ("mn", 50),
        ("mmmn", 75),
    ],
)
def test_all_none_and_half_points(findings: str, total: int | None) -> None:
    letters = {"m": Finding.MET, "n": Finding.NOT_MET, "u": Finding.UNKNOWN}
    assert score(results([(10, letters[letter]) for letter in findings])) == total
