"""What the model is told of a call."""

from __future__ import annotations

import json

import pytest
from scoring.domain.call import Criterion, Turn
from scoring.domain.question import ask_about

from .finished_calls import a_finished_call


def test_the_question_holds_the_positions_prompt_and_the_local_time_of_the_call() -> None:
    question = ask_about(a_finished_call())
    assert "Permis categoria B." in question.system
    assert "2026-11-18T14:00+02:00 (Wednesday)" in question.user
    assert "Europe/Bucharest" in question.user
    assert "Da, am permis categoria B de opt ani." in question.user
    assert "opt ani" not in question.system


def test_criteria_are_listed_by_key_without_their_weights() -> None:
    question = ask_about(a_finished_call())
    inside = question.system.partition("<criteria>\n")[2].partition("\n</criteria>")[0]
    assert [json.loads(line) for line in inside.splitlines()] == [
        {"key": "licence", "criterion": "Aveți permis categoria B?", "required": True},
        {"key": "start", "criterion": "Când puteți începe?"},
        {"key": "shifts", "criterion": "Puteți lucra în ture?"},
    ]
    assert question.schema["properties"]["criteria"]["items"]["properties"]["key"]["enum"] == [
        "licence",
        "start",
        "shifts",
    ]


def test_weights_change_nothing_in_the_question() -> None:
    light = a_finished_call(criteria=[Criterion("a", "Permis?", 1)])
    heavy = a_finished_call(criteria=[Criterion("a", "Permis?", 100)])
    assert ask_about(light) == ask_about(heavy)


@pytest.mark.parametrize("prompt", [None, "", "  \n"])
def test_a_position_without_prompt_is_judged_by_sensible_words(prompt: str | None) -> None:
    assert "Nothing more was written" in ask_about(a_finished_call(qualification_prompt=prompt)).system


def test_turns_keep_their_numbers_where_one_has_no_words() -> None:
    turns = (Turn("agent", "Alo?"), Turn("user", "  "), Turn("user", "Da."))
    lines = ask_about(a_finished_call(turns=turns)).user.partition("<transcript>\n")[2].splitlines()[:-1]
    assert [json.loads(line)["turn"] for line in lines] == [0, 2]


def test_what_a_recruiter_wrote_may_hold_braces() -> None:
    call = a_finished_call(title="{title} {0}", qualification_prompt="{criteria} {x}")
    assert 'The position is "{title} {0}"' in ask_about(call).system
    assert "{criteria} {x}" in ask_about(call).system


def test_an_unknown_time_zone_does_not_stop_an_evaluation() -> None:
    assert "Europe/Bucharest" in ask_about(a_finished_call(time_zone="Mars/Olympus")).user


def test_another_wording_is_another_version_and_another_call_is_not() -> None:
    first = ask_about(a_finished_call())
    assert first.prompt_version.startswith("2-")
    for changed in ({"qualification_prompt": "Altceva."}, {"criteria": [Criterion("a", "Permis?")]}):
        assert ask_about(a_finished_call(**changed)).prompt_version != first.prompt_version
    assert ask_about(a_finished_call(turns=[Turn("user", "nu")])).prompt_version == first.prompt_version
