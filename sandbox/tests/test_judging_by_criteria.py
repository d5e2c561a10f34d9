"""What the model finds of each criterion: with the candidate's own words, or not at all."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import anthropic
import pytest
from sandbox.anthropic.evidence import findings
from sandbox.anthropic.judging import verdict_fields
from sandbox.anthropic.reading import criteria_in, turns_in
from sandbox.anthropic.spoiling import INVENTED
from sandbox.dice import Dice
from sandbox.personas.kinds import OnCall
from sandbox.personas.phrases import PHRASES
from sandbox.personas.speech import conversation

QUESTIONS = (
    "Ai experiență în vânzări B2B?",
    "Ești de acord cu deplasări regulate la clienți?",
    "Ai permis de conducere categoria B?",
)
CALL = (
    ("agent", "Bună ziua, aveți două minute?"),
    ("candidate", "Da, vă ascult."),
    ("agent", QUESTIONS[0]),
    ("candidate", "Da, am opt ani de experiență. Am lucrat la Cluj."),
    ("agent", QUESTIONS[1]),
    ("candidate", "Nu, nu pot face deplasări."),
    ("agent", "Vă mulțumesc, la revedere!"),
)


def a_request(criteria: Sequence[str], turns: Sequence[tuple[str, str]]) -> str:
    listed = [json.dumps({"key": f"q{number}", "criterion": one}) for number, one in enumerate(criteria)]
    said = [
        json.dumps({"turn": number, "speaker": speaker, "said": words}, ensure_ascii=False)
        for number, (speaker, words) in enumerate(turns)
    ]
    return "\n".join(
        (
            *("Judge.", "<criteria>", *listed, "</criteria>"),
            *("<call>", "local time at its end: 2026-11-18T12:00+02:00", "</call>"),
            *("<transcript>", *said, "</transcript>"),
        )
    )


def judged(criteria: Sequence[str], turns: Sequence[tuple[str, str]] = CALL) -> list[tuple[Any, ...]]:
    found = findings(a_request(criteria, turns))
    return [(one["finding"], one["quote"], one["turn"]) for one in found]


def test_each_criterion_is_answered_by_what_follows_its_question() -> None:
    assert judged(QUESTIONS) == [
        ("met", "Da, am opt ani de experiență.", 3),
        ("not_met", "Nu, nu pot face deplasări.", 5),
        ("unknown", None, None),
    ]


@pytest.mark.parametrize(
    ("criterion", "finding"),
    [
        ("Experiență în vânzări", "met"),
        ("Deplasări la clienți", "not_met"),
        ("Cunoștințe de contabilitate", "unknown"),
        ("The candidate wants this job.", "met"),
        ("", "unknown"),
    ],
)
def test_a_criterion_need_not_be_worded_as_the_question(criterion: str, finding: str) -> None:
    assert judged([criterion])[0][0] == finding


def test_what_is_said_without_being_asked_counts() -> None:
    turns = (
        ("agent", "Spuneți-mi despre dumneavoastră."),
        ("candidate", "Am permis categoria B de zece ani."),
    )
    assert judged(["Permis categoria B"], turns) == [("met", "Am permis categoria B de zece ani.", 1)]


def test_whoever_turns_the_job_away_does_not_want_it() -> None:
    turns = (("agent", "Bună ziua!"), ("candidate", "Nu mai sunt interesat de post, am găsit altceva."))
    assert judged(["The candidate wants this job."], turns)[0][0] == "not_met"


@pytest.mark.parametrize("language", ["ro", "en"])
@pytest.mark.parametrize("what", [OnCall.FITS, OnCall.DOES_NOT_FIT, OnCall.CALL_BACK, OnCall.WANTS_HUMAN])
def test_nothing_is_ever_quoted_that_the_persona_did_not_say(language: str, what: OnCall) -> None:
    questions = PHRASES[language].questions
    for number in range(60):
        whom = f"+4070000{number:04}"
        spoken = conversation(Dice("seed"), whom, language, "Bună ziua!", "\n".join(questions), what)
        turns = [("agent" if who == "agent" else "candidate", words) for who, words in spoken]
        for finding, quote, turn in judged(questions, turns):
            assert (finding == "unknown") == (quote is None)
            if quote is not None:
                assert turns[turn][0] == "candidate"
                assert quote in turns[turn][1]
            if what is OnCall.FITS:
                assert finding == "met"


def test_words_for_a_callback_and_for_no_calls_are_the_candidates_own() -> None:
    busy = (("agent", "Bună ziua!"), ("candidate", "Nu pot vorbi, sunați-mă mâine după ora 14."))
    fields = verdict_fields(a_request([], busy))
    assert fields["outcome"] == "callback_requested"
    assert fields["callback_words"] == busy[1][1]
    assert fields["callback_at"] == "2026-11-19T14:00:00+02:00"
    assert fields["do_not_call"] is False


@pytest.mark.parametrize(
    "words",
    [
        "Nu mă mai sunați niciodată!",
        "Vă rog să mă scoateți, nu mă mai contactați.",
        "Please don't call me again.",
        "Stop calling me.",
        "Remove me from your list.",
    ],
)
def test_who_asks_not_to_be_called_again_is_heard(words: str) -> None:
    fields = verdict_fields(a_request([], (("agent", "Hello?"), ("candidate", words))))
    assert (fields["outcome"], fields["do_not_call"], fields["do_not_call_words"]) == (
        "needs_human",
        True,
        words,
    )


@pytest.mark.parametrize(
    "words", ["Nu pot vorbi, nu mă sunați înainte de ora 14.", "I'm at work, don't call me before 5 pm."]
)
def test_who_asks_for_another_hour_does_not_ask_for_no_calls(words: str) -> None:
    assert verdict_fields(a_request([], (("candidate", words),)))["do_not_call"] is False


def test_a_transcript_in_paragraphs_is_read_as_well() -> None:
    turns = turns_in("Agent: Aveți permis?\n\nUser: Da,\nam.\n\nAgent: Bine.")
    assert [(turn.number, turn.by_candidate, turn.said) for turn in turns] == [
        (0, False, "Aveți permis?"),
        (1, True, "Da, am."),
        (2, False, "Bine."),
    ]
    assert criteria_in("no list here") == []


# --- over the wire, and spoilt when told

FOUND = {
    "type": "object",
    "properties": {
        "key": {"type": "string", "enum": ["q0", "q1", "q2"]},
        "finding": {"type": "string", "enum": ["met", "not_met", "unknown"]},
        "quote": {"type": ["string", "null"]},
        "turn": {"type": ["integer", "null"]},
    },
    "required": ["key", "finding", "quote", "turn"],
    "additionalProperties": False,
}
SCHEMA = {
    "type": "object",
    "properties": {
        "criteria": {"type": "array", "items": FOUND},
        "outcome": {"type": "string"},
        "do_not_call": {"type": "boolean"},
    },
    "required": ["criteria", "outcome", "do_not_call"],
    "additionalProperties": False,
}


def ask(house: Any) -> Any:
    sdk = anthropic.Anthropic(
        api_key=house.settings.anthropic_api_key, base_url=f"{house.url}/anthropic", max_retries=0
    )
    form: Any = {"format": {"type": "json_schema", "schema": SCHEMA}}
    return sdk.messages.create(
        model="claude-sonnet-4-6",
        max_tokens=1000,
        messages=[{"role": "user", "content": a_request(QUESTIONS, CALL)}],
        output_config=form,
    )


def answer(house: Any) -> dict[str, Any]:
    said: dict[str, Any] = json.loads(ask(house).content[0].text)
    return said


def test_a_judgement_is_spoilt_once_when_told(house: Any) -> None:
    ordinary = answer(house)
    assert [one["finding"] for one in ordinary["criteria"]] == ["met", "not_met", "unknown"]
    house.fault("invented_quote", provider="anthropic")
    assert {one["quote"] for one in answer(house)["criteria"]} == {INVENTED}
    house.fault("missing_criteria", provider="anthropic")
    assert answer(house)["criteria"] == []
    house.fault("doubled_criterion", provider="anthropic")
    assert [one["key"] for one in answer(house)["criteria"]] == ["q0", "q1", "q2", "q0"]
    house.fault("unknown_criterion", provider="anthropic")
    assert answer(house)["criteria"][-1]["key"] == "shoe-size"
    house.fault("unknown_field", provider="anthropic")
    assert answer(house)["hired"] is True
    house.fault("context_exceeded", provider="anthropic")
    assert ask(house).stop_reason == "model_context_window_exceeded"
    assert answer(house) == ordinary
