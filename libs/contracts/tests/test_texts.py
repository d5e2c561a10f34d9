"""Texts that several services must agree on: what is said first, placeholders, the rules of a position."""

from __future__ import annotations

import pytest
from contracts.intake import Criterion, PositionDetails
from contracts.opening_line import opening_line
from contracts.placeholders import CALL_PLACEHOLDERS, unknown_placeholders


@pytest.mark.parametrize("language", ["ro", "en", "de"])
def test_every_call_starts_by_saying_that_an_ai_calls_for_whom_and_that_it_is_recorded(language: str) -> None:
    said = opening_line(language=language, name="Ana", employer="Nordvale", recorded=True)
    assert "AI" in said
    assert "Nordvale" in said
    assert "Ana" in said
    assert "înregistrat" in said or "recorded" in said


def test_a_call_that_is_not_recorded_does_not_say_so() -> None:
    said = opening_line(language="en", name="Ana", employer="", recorded=False)
    assert "recorded" not in said
    assert "the recruiting team" in said


@pytest.mark.parametrize(
    ("language", "greeting"), [("ro", "Bună ziua. Sunt"), ("en", "Hello. I am"), ("de", "Hello. I am")]
)
def test_somebody_whose_name_nobody_knows_is_greeted_without_one(language: str, greeting: str) -> None:
    assert opening_line(language=language, name=" ", employer="", recorded=False).startswith(greeting)


def test_a_name_is_never_read_as_a_placeholder() -> None:
    said = opening_line(language="en", name="{employer}", employer="Nordvale", recorded=False)
    assert said.startswith("Hello {employer}. ")


@pytest.mark.parametrize(
    ("text", "unknown"),
    [
        ("Hello {candidate_name}, about {position_title}", []),
        ("Hello {candidat}, {candidat} and {salary}", ["{candidat}", "{salary}"]),
        ('Answer {"a": 1} or {} or {two words}', []),
        ("It is {{system__time}}, {{ name }}", ["{{name}}"]),
    ],
)
def test_placeholders_that_nothing_fills_are_named(text: str, unknown: list[str]) -> None:
    assert unknown_placeholders(text, CALL_PLACEHOLDERS) == unknown


def test_without_criteria_the_screening_questions_are_the_criteria() -> None:
    position = PositionDetails(title="Driver", campaign_questions="- Licence?\n\n  Can you start?  \n")
    assert [one.text for one in position.criteria_in_force] == ["Licence?", "Can you start?"]
    assert [one.key for one in position.criteria_in_force] == ["question-1", "question-2"]


def test_the_rubric_changes_with_the_rules_and_with_nothing_else() -> None:
    position = PositionDetails(title="Driver", campaign_questions="Licence?", qualification_prompt="Strict.")
    stricter = position.model_copy(update={"criteria": [Criterion(key="a", text="Licence?", required=True)]})
    assert position.rubric == position.model_copy(update={"title": "Courier"}).rubric
    assert position.rubric != stricter.rubric
    assert position.rubric != position.model_copy(update={"qualification_prompt": "Mild."}).rubric
