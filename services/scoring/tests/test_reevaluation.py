"""Judging anew: the former evaluation stays, and nothing moves; in memory and on PostgreSQL."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from chassis.testing import NOON
from contracts import Accepted, Refused
from contracts.scoring import EvaluationCompleted, EvaluationFailed, EvaluationRequested

from .fakes import RECRUITER, ScoringRoom, ScriptedModel, a_call, a_position, an_answer, cut_off

LATER = UUID(int=72)


async def test_a_call_is_judged_anew_and_the_former_evaluation_is_named(scoring: ScoringRoom) -> None:
    await scoring.knows_the_application()
    await scoring.judges(a_call())
    await scoring.position_reads(2, qualification_prompt="Permis categoria C.")
    assert await scoring.is_told_to_judge_again(1) == {"requested": [1], "refused": []}
    first, again = await scoring.room.said(EvaluationRequested)
    assert (again.because, again.former_id, again.actor) == ("on_demand", first.evaluation_id, RECRUITER)
    assert (again.call_id, again.candidate_id) == (first.call_id, first.candidate_id)
    model = ScriptedModel(an_answer(outcome="not_qualified", score=60))
    await scoring.asks(model)
    assert "categoria C" in model.asked[0].system
    assert "Da, categoria B." in model.asked[0].user
    before, after = await scoring.room.said(EvaluationCompleted)
    assert (before.former_id, after.former_id) == (None, first.evaluation_id)
    assert before.rubric != after.rubric
    assert before.prompt_version != after.prompt_version


async def test_each_evaluation_names_the_one_before_it(scoring: ScoringRoom) -> None:
    await scoring.knows_the_application()
    await scoring.judges(a_call())
    for _ in range(2):
        await scoring.is_told_to_judge_again(1)
        await scoring.asks(ScriptedModel(an_answer()))
    one, two, three = await scoring.room.said(EvaluationCompleted)
    assert (two.former_id, three.former_id) == (one.evaluation_id, two.evaluation_id)


async def test_of_several_calls_the_last_judged_one_is_judged_anew(scoring: ScoringRoom) -> None:
    await scoring.knows_the_application()
    await scoring.judges(a_call(call_id=LATER, ended_at=NOON + timedelta(days=1)))
    await scoring.judges(a_call())
    await scoring.is_told_to_judge_again(1)
    assert (await scoring.room.said(EvaluationRequested))[-1].call_id == LATER


async def test_what_can_not_be_judged_anew_is_refused_by_name(scoring: ScoringRoom) -> None:
    await scoring.knows_the_application()
    await scoring.hears_of(a_call(application_id=1))
    await scoring.hears_of(a_call(application_id=2, call_id=LATER, transcript=None, turns=[]))
    answer = await scoring.is_told_to_judge_again(1, 2, 3, 3)
    assert answer["requested"] == []
    assert [(one["application_id"], one["code"]) for one in answer["refused"]] == [
        (1, "under_way"),
        (2, "transcript_missing"),
        (3, "not_judged"),
    ]
    assert all(one["message"].endswith(".") for one in answer["refused"])


async def test_one_that_is_under_way_is_not_requested_twice(scoring: ScoringRoom) -> None:
    await scoring.knows_the_application()
    await scoring.judges(a_call())
    await scoring.is_told_to_judge_again(1)
    answer = await scoring.is_told_to_judge_again(1)
    assert [one["code"] for one in answer["refused"]] == ["under_way"]
    assert len(await scoring.room.said(EvaluationRequested)) == 2


async def test_two_that_saw_the_same_former_evaluation_write_one_down(scoring: ScoringRoom) -> None:
    await scoring.knows_the_application()
    await scoring.judges(a_call())
    former = (await scoring.room.said(EvaluationCompleted))[0].evaluation_id
    actor: dict[str, Any] = RECRUITER.model_dump(mode="json")
    async with scoring.room.begin() as tx:
        one = {UUID(int=501): former}
        assert await scoring.evaluations.add_again(tx, one, "on_demand", actor) == {UUID(int=501)}
    async with scoring.room.begin() as tx:
        two = {UUID(int=502): former}
        assert await scoring.evaluations.add_again(tx, two, "on_demand", actor) == set()


async def test_a_failed_evaluation_can_be_tried_again_and_may_fail_again(scoring: ScoringRoom) -> None:
    await scoring.knows_the_application()
    await scoring.hears_of(a_call())
    bad = ScriptedModel(cut_off())
    for _ in range(3):
        await scoring.asks(bad)
    [failed] = await scoring.room.said(EvaluationFailed)
    await scoring.is_told_to_judge_again(1)
    for _ in range(3):
        await scoring.asks(bad)
    _, again = await scoring.room.said(EvaluationFailed)
    assert again.former_id == failed.evaluation_id
    await scoring.is_told_to_judge_again(1)
    await scoring.asks(ScriptedModel(an_answer()))
    [completed] = await scoring.room.said(EvaluationCompleted)
    assert completed.former_id == again.evaluation_id


async def test_a_call_heard_of_again_after_a_new_evaluation_changes_nothing(scoring: ScoringRoom) -> None:
    await scoring.knows_the_application()
    await scoring.judges(a_call())
    await scoring.is_told_to_judge_again(1)
    await scoring.hears_of(a_call())
    assert len(await scoring.room.said(EvaluationRequested)) == 2


async def test_changed_rules_judge_everybody_of_the_position_anew_once(scoring: ScoringRoom) -> None:
    await scoring.knows_the_application()
    await scoring.judges(a_call())
    assert await scoring.is_told_to_judge_all_again() == Accepted(result={"requested": 0})
    await scoring.position_reads(2, campaign_questions="Aveți permis?\nAveți mașină?")
    assert await scoring.is_told_to_judge_all_again() == Accepted(result={"requested": 1})
    assert (await scoring.room.said(EvaluationRequested))[-1].because == "rules_changed"
    assert await scoring.is_told_to_judge_all_again() == Accepted(result={"requested": 0})
    await scoring.asks(ScriptedModel(an_answer()))
    assert await scoring.is_told_to_judge_all_again() == Accepted(result={"requested": 0})
    assert len((await scoring.room.said(EvaluationCompleted))[-1].criteria) == 2


@pytest.mark.parametrize("changed", [{"title": "Șofer de tir"}, {"description": "Alta"}])
async def test_a_change_that_is_no_rule_judges_nobody_anew(
    scoring: ScoringRoom, changed: dict[str, Any]
) -> None:
    await scoring.knows_the_application()
    await scoring.judges(a_call())
    await scoring.position_reads(2, **changed)
    assert await scoring.is_told_to_judge_all_again() == Accepted(result={"requested": 0})


async def test_a_position_that_is_not_there_is_refused(scoring: ScoringRoom) -> None:
    refused = await scoring.is_told_to_judge_all_again(77)
    assert isinstance(refused, Refused)
    assert refused.code == "not_found"


async def test_rules_are_those_of_the_position_at_the_time_of_asking(scoring: ScoringRoom) -> None:
    await scoring.knows_the_application()
    await scoring.hears_of(a_call())
    await scoring.position_reads(2, qualification_prompt="Altceva.")
    await scoring.asks(ScriptedModel(an_answer()))
    [completed] = await scoring.room.said(EvaluationCompleted)
    assert completed.rubric == a_position(qualification_prompt="Altceva.").details.rubric
