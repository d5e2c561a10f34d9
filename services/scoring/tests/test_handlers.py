"""From a finished call to what is said about it; each test in memory and on PostgreSQL."""

from __future__ import annotations

import pytest
from contracts.calling import Turn
from contracts.scoring import (
    EvaluationCompleted,
    EvaluationDue,
    EvaluationFailed,
    EvaluationRequested,
    Outcome,
)
from scoring.handlers import evaluate
from scoring.ports import ModelObjects, ModelSilent, NotYetKnown

from .fakes import ScoringRoom, ScriptedModel, a_call, a_position, an_answer, an_application, cut_off


async def test_a_finished_call_is_evaluated(scoring: ScoringRoom) -> None:
    await scoring.knows_the_application()
    await scoring.hears_of(a_call())
    model = ScriptedModel(an_answer())
    await scoring.asks(model)
    [completed] = await scoring.room.said(EvaluationCompleted)
    assert completed.outcome is Outcome.QUALIFIED
    assert (completed.score, completed.qualified, completed.application_id) == (82, True, 1)
    assert (completed.model, completed.input_tokens, completed.latency_ms) == ("claude-sonnet-4-6", 900, 1500)
    assert "Da, categoria B." in model.asked[0].user
    assert "da, categoria B" in model.asked[0].user


async def test_a_call_is_evaluated_once_however_often_it_is_heard_of(scoring: ScoringRoom) -> None:
    await scoring.knows_the_application()
    for _ in range(3):
        await scoring.hears_of(a_call())
    assert len(await scoring.room.said(EvaluationRequested)) == 1
    model = ScriptedModel(an_answer())
    for _ in range(3):
        await scoring.asks(model)
    assert len(await scoring.room.said(EvaluationCompleted)) == 1
    assert len(model.asked) == 1


@pytest.mark.parametrize("transcript", [None, "", "  \n"])
async def test_a_call_without_words_fails_with_a_reason_and_nobody_is_asked(
    scoring: ScoringRoom, transcript: str | None
) -> None:
    await scoring.knows_the_application()
    await scoring.hears_of(a_call(transcript=transcript, turns=[]))
    [failed] = await scoring.room.said(EvaluationFailed)
    assert failed.reason == "the call has no transcript"
    assert len(await scoring.room.said(EvaluationRequested)) == 1
    model = ScriptedModel(an_answer())
    await scoring.asks(model)
    assert model.asked == []


async def test_turns_stand_in_for_a_missing_transcript(scoring: ScoringRoom) -> None:
    await scoring.knows_the_application()
    await scoring.hears_of(a_call(transcript=None, turns=[Turn(role="user", text="Da, pot începe luni.")]))
    model = ScriptedModel(an_answer())
    await scoring.asks(model)
    assert "User: Da, pot începe luni." in model.asked[0].user


async def test_a_callback_wish_becomes_a_time(scoring: ScoringRoom) -> None:
    await scoring.knows_the_application()
    await scoring.hears_of(a_call())
    wish = an_answer(
        outcome="callback_requested", callback_at="2026-11-19T14:00:00+02:00", callback_notes="mâine la două"
    )
    await scoring.asks(ScriptedModel(wish))
    [completed] = await scoring.room.said(EvaluationCompleted)
    assert completed.callback_requested
    assert completed.callback_at is not None
    assert completed.callback_at.isoformat().startswith("2026-11-19T14:00")
    assert completed.callback_notes == "mâine la două"


async def test_a_bad_answer_is_asked_for_again_and_then_believed(scoring: ScoringRoom) -> None:
    await scoring.knows_the_application()
    await scoring.hears_of(a_call())
    model = ScriptedModel(cut_off(), an_answer(score=400), an_answer())
    await scoring.asks(model)
    [timer] = await scoring.room.timers()
    assert isinstance(timer.event, EvaluationDue)
    assert timer.at > scoring.room.clock.now()
    await scoring.asks(model)
    await scoring.asks(model)
    assert len(await scoring.room.said(EvaluationCompleted)) == 1
    assert await scoring.room.said(EvaluationFailed) == []


async def test_three_bad_answers_are_a_failure_that_says_why(scoring: ScoringRoom) -> None:
    await scoring.knows_the_application()
    await scoring.hears_of(a_call())
    model = ScriptedModel(cut_off())
    for _ in range(5):
        await scoring.asks(model)
    [failed] = await scoring.room.said(EvaluationFailed)
    assert "ANTHROPIC_MAX_TOKENS" in failed.reason
    assert len(model.asked) == 3
    assert await scoring.room.said(EvaluationCompleted) == []


async def test_a_silent_model_is_waited_for_and_advice_is_heeded(scoring: ScoringRoom) -> None:
    await scoring.knows_the_application()
    await scoring.hears_of(a_call())
    model = ScriptedModel(ModelSilent("HTTP 429", advised=90), an_answer())
    await scoring.asks(model)
    [timer] = await scoring.room.timers()
    assert (timer.at - scoring.room.clock.now()).total_seconds() == 90
    assert await scoring.room.said(EvaluationFailed) == []
    await scoring.asks(model)
    assert len(await scoring.room.said(EvaluationCompleted)) == 1


async def test_a_model_that_stays_silent_is_given_up_in_the_end(scoring: ScoringRoom) -> None:
    await scoring.knows_the_application()
    await scoring.hears_of(a_call())
    model = ScriptedModel(ModelSilent("HTTP 529"))
    for _ in range(80):
        await scoring.asks(model)
    [failed] = await scoring.room.said(EvaluationFailed)
    assert "could not be reached: HTTP 529" in failed.reason
    assert len(model.asked) == 60


async def test_a_question_that_is_never_taken_fails_at_once(scoring: ScoringRoom) -> None:
    await scoring.knows_the_application()
    await scoring.hears_of(a_call())
    await scoring.asks(ScriptedModel(ModelObjects("HTTP 400")))
    [failed] = await scoring.room.said(EvaluationFailed)
    assert "HTTP 400" in failed.reason


async def test_a_call_of_an_application_not_heard_of_yet_waits(scoring: ScoringRoom) -> None:
    await scoring.hears_of(a_call())
    with pytest.raises(NotYetKnown):
        await scoring.asks(ScriptedModel(an_answer()))
    await scoring.knows_the_application()
    await scoring.asks(ScriptedModel(an_answer()))
    assert len(await scoring.room.said(EvaluationCompleted)) == 1


async def test_an_older_revision_of_a_position_changes_nothing(scoring: ScoringRoom) -> None:
    from contracts.intake import PositionRevised
    from scoring.handlers import follow_intake

    opened = a_position()
    revised = PositionRevised(
        position_id=5,
        revision=3,
        details=opened.details.model_copy(update={"qualification_prompt": "Permis categoria C."}),
        actor=opened.actor,
    )
    async with scoring.room.begin() as tx:
        await follow_intake.learn_revision(revised, tx, scoring.pipeline)
        await follow_intake.learn_position(opened, tx, scoring.pipeline)
        await follow_intake.learn_application(an_application(), tx, scoring.pipeline)
    await scoring.hears_of(a_call())
    model = ScriptedModel(an_answer())
    await scoring.asks(model)
    assert "categoria C" in model.asked[0].system


async def test_the_candidates_own_time_zone_goes_before_the_positions(scoring: ScoringRoom) -> None:
    from scoring.handlers import follow_intake

    async with scoring.room.begin() as tx:
        await follow_intake.learn_position(a_position(), tx, scoring.pipeline)
        await follow_intake.learn_application(an_application(time_zone="Europe/London"), tx, scoring.pipeline)
    await scoring.hears_of(a_call())
    model = ScriptedModel(an_answer())
    await scoring.asks(model)
    assert "Europe/London" in model.asked[0].user
    assert "T12:00+00:00" in model.asked[0].user


def test_one_order_for_everything_that_is_replicated() -> None:
    from scoring.handlers import handlers

    assert set(handlers.consumers) == {
        "scoring__follow_intake",
        "scoring__queue_completed_call_for_scoring",
        "scoring__evaluate",
    }
    assert evaluate.handlers is not handlers
