"""Figures of a run, and what differs between two."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from scoring.domain.score import Finding
from scoring.domain.verdict import Outcome
from scoring.lab.changes import CaseMoved, compare
from scoring.lab.measures import Agreement, Share, measure
from scoring.lab.result import CaseKept, RunKept

from .lab_runs import ENDED, a_case, a_failure, a_finding, a_result, a_run

LATER, LATEST = ENDED + timedelta(hours=2), ENDED + timedelta(hours=3)
YES, NO, CALL, HUMAN = "qualified", "not_qualified", "callback_requested", "needs_human"


@pytest.mark.parametrize(
    ("right", "of", "low", "high"),
    [
        (0, 10, 0.0, 0.278),
        (5, 10, 0.237, 0.763),
        (10, 10, 0.722, 1.0),
        (27, 39, 0.536, 0.814),
        (1, 1, 0.207, 1),
    ],
)
def test_wilsons_interval_is_wide_where_there_are_few(right: int, of: int, low: float, high: float) -> None:
    """Figures as other calculators give them."""
    interval = Share(right, of).interval
    assert interval == pytest.approx((low, high), abs=0.001)


def test_a_share_of_nothing_is_no_number() -> None:
    assert Share(0, 0).value is None
    assert Share(0, 0).interval is None


@pytest.mark.parametrize(
    ("runs", "also", "strict", "careful"),
    [
        ([YES, YES, YES], [], True, True),
        ([YES, YES, NO], [], True, True),
        ([YES, NO, NO], [], False, False),
        ([HUMAN, HUMAN, YES], [HUMAN], False, True),
        ([YES, NO], [], False, False),
        ([YES, HUMAN], [HUMAN], False, False),
        ([NO], [HUMAN], False, False),
    ],
)
def test_a_case_agrees_by_what_most_of_its_runs_said(
    runs: list[str], also: list[str], strict: bool, careful: bool
) -> None:
    case = a_case(*(a_run(one) for one in runs), also=[Outcome(one) for one in also], borderline=bool(also))
    assert measure([case]).agreement == Agreement(Share(strict, 1), Share(careful, 1))


def test_a_failure_is_no_outcome_and_does_not_agree() -> None:
    figures = measure(
        [
            a_case(a_run(YES), a_failure(), a_failure(), id="heard-once"),
            a_case(a_failure("unusable"), a_failure("refused"), id="never"),
        ]
    )
    assert figures.agreement.strict == Share(1, 1)
    assert figures.right_of_all == 0.5
    assert figures.failures == {"no_answer": 2, "unusable": 1, "refused": 1}
    assert figures.matrix[Outcome.QUALIFIED] == {"qualified": 1, "none": 4}
    assert figures.runs_agreeing == Share(1, 1)
    assert figures.stable == Share(0, 0), "one answer can't differ from itself"


def test_agreement_is_told_by_outcome_and_by_language() -> None:
    figures = measure(
        [
            a_case(a_run(YES), id="a"),
            a_case(a_run(NO), id="b", language="en"),
            a_case(a_run(CALL), id="c", expected=CALL, language="en"),
        ]
    )
    assert figures.by_outcome[Outcome.QUALIFIED].strict == Share(1, 2)
    assert figures.by_outcome[Outcome.CALLBACK_REQUESTED].strict == Share(1, 1)
    assert figures.by_outcome[Outcome.NEEDS_HUMAN].strict == Share(0, 0)
    assert {name: one.strict for name, one in figures.by_language.items()} == {
        "ro": Share(1, 1),
        "en": Share(1, 2),
    }
    assert figures.matrix[Outcome.QUALIFIED] == {YES: 1, NO: 1}


def test_findings_go_by_what_counts_and_quotes_by_what_was_found() -> None:
    made_up = a_finding(counted="unknown", quote="am și categoria C", quote_found=False)
    case = a_case(
        a_run(criteria=[made_up]),
        a_run(criteria=[made_up]),
        a_run(criteria=[a_finding()]),
    )
    figures = measure([case])
    assert figures.findings == Share(0, 1)
    assert figures.finding_matrix[Finding.MET] == {"unknown": 1}
    assert figures.quotes == Share(1, 3)
    [criterion] = figures.by_criterion
    assert (criterion.position, criterion.key, criterion.share) == ("driver", "licence", Share(0, 1))


def test_scores_spread_over_the_runs_of_a_case() -> None:
    even = a_case(*(a_run(score=70) for _ in range(3)), id="even")
    uneven = a_case(a_run(score=60), a_run(score=80), a_run(score=None), id="uneven")
    figures = measure([even, uneven])
    first, second = (one.scores for one in figures.cases)
    assert first is not None
    assert (first.lowest, first.highest, first.deviation) == (70, 70, 0)
    assert second is not None
    assert (second.lowest, second.highest, second.mean, second.deviation) == (60, 80, 70, 10)
    assert figures.spread == 5
    assert measure([a_case(a_run(score=None))]).spread is None


@pytest.mark.parametrize(
    ("expected_at", "outcome", "said_at", "counted"),
    [
        (LATER, CALL, LATER, "right"),
        (LATER, CALL, LATEST, "wrong"),
        (LATER, CALL, None, "no time"),
        (LATER, HUMAN, None, "other outcome"),
        (None, CALL, None, "right"),
        (None, CALL, LATER, "wrong"),
    ],
)
def test_a_callback_time_is_right_to_the_minute_or_not(
    expected_at: Any, outcome: str, said_at: Any, counted: str
) -> None:
    case = a_case(a_run(outcome, callback_at=said_at), expected=CALL, callback_at=expected_at)
    assert measure([case]).callbacks == {counted: 1}


@pytest.mark.parametrize(
    ("wished", "heard", "counted"),
    [(True, True, "right"), (True, False, "missed"), (False, True, "false"), (False, False, "rightly none")],
)
def test_the_wish_not_to_be_called_is_heard_or_missed(wished: bool, heard: bool, counted: str) -> None:
    case = a_case(a_run(HUMAN, do_not_call=heard), expected=HUMAN, do_not_call=wished)
    assert measure([case]).do_not_call == {counted: 1}


def unpriced(run: RunKept) -> RunKept:
    return run.model_copy(update={"cost_usd": None})


def test_what_is_not_known_is_not_nothing() -> None:
    assert measure([a_case(a_run(), a_run())]).cost_usd == 0.02
    assert measure([a_case(a_run(), a_failure())]).cost_usd == 0.01, "what never answered costs nothing"
    assert measure([a_case(a_run(), unpriced(a_run()))]).cost_usd is None
    assert measure([a_case(a_failure())]).cost_usd is None


def test_latencies_are_nearest_ranks() -> None:
    figures = measure([a_case(*(a_run(number=number) for number in range(1, 11)))])
    assert figures.latency_ms == {"p50": 500, "p90": 900, "p99": 1000, "max": 1000}
    assert measure([a_case(a_failure())]).latency_ms == {}
    assert (figures.input_tokens, figures.output_tokens) == (1000, 100)


def test_who_has_to_look_is_counted() -> None:
    case = a_case(a_run(review_reasons=["x"]), a_run(), a_run())
    assert measure([case]).review == Share(1, 3)


def moved(before: CaseKept, after: CaseKept) -> CaseMoved | None:
    cases = compare(a_result(before), a_result(after)).cases
    return cases[0] if cases else None


@pytest.mark.parametrize(
    ("before", "after", "direction"),
    [
        (NO, YES, "better"),
        (YES, NO, "worse"),
        (NO, HUMAN, "better"),
        (HUMAN, YES, "better"),
        (YES, HUMAN, "worse"),
        (NO, CALL, "different"),
    ],
)
def test_a_changed_outcome_is_better_or_worse_by_the_labels(before: str, after: str, direction: str) -> None:
    def of(outcome: str) -> CaseKept:
        return a_case(a_run(outcome), borderline=True, also=[Outcome.NEEDS_HUMAN])

    one = moved(of(before), of(after))
    assert one is not None
    assert one.outcome == direction
    assert (one.before, one.after) == (before, after)


def test_the_same_again_did_not_change() -> None:
    assert moved(a_case(a_run(score=80)), a_case(a_run(score=83))) is None


def test_findings_and_scores_are_compared_too() -> None:
    one = moved(a_case(a_run(score=80)), a_case(a_run(score=40, criteria=[a_finding(finding="not_met")])))
    assert one is not None
    assert one.outcome is None
    assert [(it.key, it.before, it.after, it.direction) for it in one.findings] == [
        ("licence", Finding.MET, Finding.NOT_MET, "worse")
    ]
    assert one.score_moved == -40
    assert not one.wavering


def test_a_case_that_wavers_says_that_it_may_be_chance() -> None:
    one = moved(a_case(a_run(YES), a_run(YES), a_run(NO)), a_case(a_run(NO), a_run(NO), a_run(YES)))
    assert one is not None
    assert (one.outcome, one.wavering) == ("worse", True)


def test_a_model_that_fell_silent_is_worse() -> None:
    one = moved(a_case(a_run(YES)), a_case(a_failure()))
    assert one is not None
    assert (one.outcome, one.after) == ("worse", "none")


def test_runs_that_are_level_are_undecided_and_not_silent() -> None:
    one = moved(a_case(a_failure()), a_case(a_run(YES), a_run(NO)))
    assert one is not None
    assert (one.before, one.after, one.outcome) == ("none", "undecided", "different")


def test_cases_that_are_new_gone_or_relabelled_are_named_and_not_compared() -> None:
    before = a_result(a_case(a_run(YES), id="gone"), a_case(a_run(YES), id="other", hash="old"))
    after = a_result(a_case(a_run(NO), id="new"), a_case(a_run(NO), id="other", hash="new"))
    changes = compare(before, after)
    assert (changes.only_before, changes.only_after, changes.relabelled) == (["gone"], ["new"], ["other"])
    assert changes.cases == []
    assert not changes.same_cases
    assert changes.figures_before.agreement.strict == Share(2, 2)
