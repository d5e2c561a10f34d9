"""From a finished call to what is said about it; each test in memory and on PostgreSQL."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
from contracts.calling import Turn
from contracts.scoring import (
    EvaluationCompleted,
    EvaluationDue,
    EvaluationFailed,
    EvaluationRequested,
    Outcome,
)
from scoring.handlers import evaluate, follow_intake
from scoring.ports import ModelObjects, ModelSilent, NotYetKnown

from .fakes import ScoringRoom, ScriptedModel, a_call, a_position, an_answer, an_application, cut_off


async def test_a_finished_call_is_evaluated(scoring: ScoringRoom) -> None:
    await scoring.knows_the_application()
    await scoring.hears_of(a_call())
    model = ScriptedModel(an_answer())
    await scoring.asks(model)
    [completed] = await scoring.room.said(EvaluationCompleted)
    assert completed.outcome is Outcome.QUALIFIED
    assert (completed.score, completed.model_score, completed.qualified) == (100, 82, True)
    assert (completed.model, completed.input_tokens, completed.latency_ms) == ("claude-sonnet-4-6", 900, 1500)
    assert "Da, categoria B." in model.asked[0].user
    assert "da, categoria B" in model.asked[0].user
    [criterion] = completed.criteria
    assert (criterion.key, criterion.text, criterion.points) == ("question-1", "Aveți permis?", 10)
    assert (criterion.quote, criterion.turn, criterion.at_seconds) == ("Da, categoria B.", 1, 7)
    assert (criterion.finding, criterion.counted, criterion.quote_found) == ("met", "met", True)
    assert completed.rubric == a_position().details.rubric
    assert completed.prompt_version == model.asked[0].prompt_version
    assert completed.cost_usd == pytest.approx((900 * 3 + 120 * 15) / 1e6)
    assert (completed.needs_review, completed.review_reasons, completed.former_id) == (False, [], None)


async def test_evidence_that_does_not_hold_is_said(scoring: ScoringRoom) -> None:
    await scoring.knows_the_application()
    invented = {"key": "question-1", "finding": "met", "quote": "Am permis categoria C", "turn": 1}
    await scoring.judges(a_call(), an_answer(criteria=[invented]))
    [completed] = await scoring.room.said(EvaluationCompleted)
    assert (completed.score, completed.needs_review) == (None, True)
    assert "Aveți permis?" in completed.review_reasons[0]
    [criterion] = completed.criteria
    assert (criterion.quote_found, criterion.counted, criterion.points) == (False, "unknown", 5)


async def test_a_wish_not_to_be_called_again_is_said_with_its_words(scoring: ScoringRoom) -> None:
    await scoring.knows_the_application()
    words = "Vă rog să nu mă mai sunați"
    turns = [Turn(role="agent", text="Bună ziua!"), Turn(role="user", text=f"{words}.")]
    wish = an_answer(
        criteria=[], outcome="needs_human", needs_human=True, do_not_call=True, do_not_call_words=words
    )
    await scoring.judges(a_call(turns=turns), wish)
    [completed] = await scoring.room.said(EvaluationCompleted)
    assert (completed.do_not_call, completed.do_not_call_words, completed.needs_review) == (
        True,
        words,
        False,
    )


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
    assert '"said": "Da, pot începe luni."' in model.asked[0].user


async def test_a_transcript_stands_in_for_missing_turns(scoring: ScoringRoom) -> None:
    await scoring.knows_the_application()
    await scoring.judges(a_call(transcript="Agent: Aveți permis?\n\nUser: Da, categoria B.", turns=[]))
    [completed] = await scoring.room.said(EvaluationCompleted)
    assert (completed.criteria[0].turn, completed.criteria[0].at_seconds, completed.score) == (1, None, 100)


async def test_a_callback_wish_becomes_a_time(scoring: ScoringRoom) -> None:
    await scoring.knows_the_application()
    await scoring.hears_of(a_call())
    wish = an_answer(
        outcome="callback_requested",
        callback_at="2026-11-19T14:00:00+02:00",
        callback_notes="mâine la două",
        callback_words="Da, categoria B",
    )
    await scoring.asks(ScriptedModel(wish))
    [completed] = await scoring.room.said(EvaluationCompleted)
    assert completed.callback_requested
    assert completed.callback_at is not None
    assert completed.callback_at.isoformat().startswith("2026-11-19T14:00")
    assert completed.callback_notes == "mâine la două"
    assert completed.callback_words == "Da, categoria B"


async def test_a_bad_answer_is_asked_for_again_and_then_believed(scoring: ScoringRoom) -> None:
    await scoring.knows_the_application()
    await scoring.hears_of(a_call())
    model = ScriptedModel(cut_off(), an_answer(score=400), an_answer())
    cost = (900 * 3 + 120 * 15) / 1e6
    await scoring.asks(model)
    [timer] = await scoring.room.timers()
    assert isinstance(timer.event, EvaluationDue)
    assert timer.at > scoring.room.clock.now()
    await scoring.asks(model)
    await scoring.asks(model)
    [completed] = await scoring.room.said(EvaluationCompleted)
    assert completed.cost_usd == pytest.approx(3 * cost)
    assert await scoring.room.said(EvaluationFailed) == []


CRITERION = {"key": "question-1", "finding": "met", "quote": "Da", "turn": 1}
UNUSABLE = {
    "cut off": (cut_off(), "ANTHROPIC_MAX_TOKENS"),
    "refused": (replace(cut_off(), stop_reason="refusal"), "refused"),
    "too long": (replace(cut_off(), stop_reason="model_context_window_exceeded"), "too long"),
    "empty": (replace(cut_off(), stop_reason="end_turn"), "empty"),
    "a list": (replace(an_answer(), content=[1, 2]), "not a JSON object"),
    "unknown key": (an_answer(bonus=1), "not asked for"),
    "unknown criterion": (an_answer(criteria=[{**CRITERION, "key": "age"}]), "there is not"),
    "doubled criterion": (an_answer(criteria=[CRITERION, CRITERION]), "twice"),
    "no criteria": (an_answer(criteria=None), "no list"),
    "score out of range": (an_answer(score=101), "between 0 and 100"),
}


@pytest.mark.parametrize("what", UNUSABLE)
async def test_an_unusable_answer_is_a_failure_that_says_why_after_being_asked_again(
    scoring: ScoringRoom, what: str
) -> None:
    answer, why = UNUSABLE[what]
    await scoring.knows_the_application()
    await scoring.hears_of(a_call())
    model = ScriptedModel(answer)
    for _ in range(4):
        await scoring.asks(model)
    [failed] = await scoring.room.said(EvaluationFailed)
    assert why in failed.reason
    assert (len(model.asked), failed.former_id) == (3, None)
    assert await scoring.room.said(EvaluationCompleted) == []


async def test_what_is_left_out_or_quoted_for_nothing_is_no_failure(scoring: ScoringRoom) -> None:
    await scoring.knows_the_application()
    await scoring.judges(a_call(), an_answer(criteria=[], outcome="needs_human", needs_human=True))
    await scoring.judges(
        a_call(call_id=UUID(int=72)),
        an_answer(criteria=[{**CRITERION, "finding": "unknown"}], outcome="needs_human", needs_human=True),
    )
    left_out, quoted = await scoring.room.said(EvaluationCompleted)
    assert (left_out.criteria[0].counted, left_out.score, left_out.needs_review) == ("unknown", None, False)
    assert (quoted.criteria[0].counted, quoted.criteria[0].quote) == ("unknown", "Da")


async def test_a_model_without_a_price_costs_nobody_knows_what(scoring: ScoringRoom) -> None:
    await scoring.knows_the_application()
    await scoring.hears_of(a_call())
    model = ScriptedModel(replace(cut_off(), model="another"), an_answer())
    await scoring.asks(model)
    await scoring.asks(model)
    [completed] = await scoring.room.said(EvaluationCompleted)
    assert completed.cost_usd is None


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
    await scoring.position_reads(3, qualification_prompt="Permis categoria C.")
    await scoring.knows_the_application()
    await scoring.hears_of(a_call())
    model = ScriptedModel(an_answer())
    await scoring.asks(model)
    assert "categoria C" in model.asked[0].system


@pytest.mark.parametrize(
    ("profile", "zone", "local"),
    [
        ({"time_zone": "Europe/London", "phone": "+40700000001"}, "Europe/London", "T12:00+00:00"),
        ({"time_zone": None, "phone": "+33612345678"}, "Europe/Paris", "T13:00+01:00"),
        ({"time_zone": None, "phone": "+447700900123"}, "Europe/Bucharest", "T14:00+02:00"),
        ({"time_zone": None, "phone": None}, "Europe/Bucharest", "T14:00+02:00"),
        ({"time_zone": "Mars/Olympus"}, "Europe/Bucharest", "T14:00+02:00"),
    ],
)
async def test_the_candidates_clock_is_stated_or_their_numbers_else_the_positions(
    scoring: ScoringRoom, profile: dict[str, Any], zone: str, local: str
) -> None:
    async with scoring.room.begin() as tx:
        await follow_intake.learn_position(a_position(), tx, scoring.pipeline)
        await follow_intake.learn_application(an_application(**profile), tx, scoring.pipeline)
    await scoring.hears_of(a_call())
    model = ScriptedModel(an_answer())
    await scoring.asks(model)
    assert f"time zone: {zone}" in model.asked[0].user
    assert local in model.asked[0].user


def test_one_order_for_everything_that_is_replicated() -> None:
    assert set(follow_intake.handlers.consumers) == {"scoring__learn_what_is_judged"}
    assert set(evaluate.handlers.consumers) == {
        "scoring__queue_completed_call_for_scoring",
        "scoring__evaluate",
    }
