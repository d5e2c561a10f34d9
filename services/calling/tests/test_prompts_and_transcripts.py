"""What the agent is told, and how what was said is written down."""

from __future__ import annotations

from calling.domain.prompts import fill, readable_answers
from calling.domain.transcript import SHORTENED, SpokenTurn, as_text, within_limit
from contracts.placeholders import CALL_PLACEHOLDERS
from hypothesis import given
from hypothesis import strategies as st

ANA = {
    "candidate_name": "Ana Exemplu",
    "candidate_first_name": "Ana",
    "candidate_email": "ana@example.com",
    "position_title": "Sales Representative",
    "position_description": "B2B",
    "form_answers": "- Permis categoria B?: da",
}


def test_every_placeholder_of_the_specification_is_filled() -> None:
    template = " | ".join(f"{{{name}}}" for name in CALL_PLACEHOLDERS)
    assert fill(template, ANA) == " | ".join(ANA[name] for name in CALL_PLACEHOLDERS)


def test_unknown_braces_are_left_alone() -> None:
    assert fill('Answer {"a": 1} to {salary} and {}', ANA) == 'Answer {"a": 1} to {salary} and {}'


def test_variables_of_the_agent_in_double_braces_are_left_alone() -> None:
    assert fill("{{candidate_name}} is {candidate_name}", ANA) == "{{candidate_name}} is Ana Exemplu"


def test_a_value_is_not_read_as_a_template() -> None:
    sly = {**ANA, "candidate_name": "{form_answers} {{system__secret}}"}
    assert fill("Hello {candidate_name}", sly) == "Hello {form_answers} { {system__secret} }"


def test_a_placeholder_that_nothing_fills_stays_as_it_is_written() -> None:
    assert fill("Mail: {candidate_email}.", {}) == "Mail: {candidate_email}."
    assert fill("Mail: {candidate_email}.", {"candidate_email": ""}) == "Mail: ."


def test_form_answers_read_like_a_list() -> None:
    answers = [("Experiență în vânzări?", "da, peste 3 ani"), ("Permis categoria B? ", " da ")]
    assert readable_answers(answers) == "- Experiență în vânzări?: da, peste 3 ani\n- Permis categoria B?: da"


def test_a_transcript_is_paragraphs_of_agent_and_user() -> None:
    turns = [SpokenTurn("agent", "Bună ziua"), SpokenTurn("user", "Da, vă ascult", 3)]
    assert as_text(turns) == "Agent: Bună ziua\n\nUser: Da, vă ascult"


def test_a_transcript_of_any_length_fits_and_says_where_it_was_cut() -> None:
    turns = [SpokenTurn("user", "x" * 90, number) for number in range(100)]
    kept = within_limit(turns, 1_000)
    assert len(kept) == 11
    assert kept[-1].text == SHORTENED
    assert within_limit(turns) == turns


@given(st.text(), st.dictionaries(st.sampled_from(CALL_PLACEHOLDERS), st.text()))
def test_filling_never_fails(template: str, values: dict[str, str]) -> None:
    assert isinstance(fill(template, values), str)
