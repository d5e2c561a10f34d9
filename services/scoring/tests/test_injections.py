"""A transcript or a form answer is data: whatever it says, our side of question and check holds."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from scoring.domain.call import Answered, FinishedCall, Turn
from scoring.domain.judgement import judge
from scoring.domain.question import Question, ask_about
from scoring.domain.score import Finding
from scoring.domain.verdict import UnusableAnswer

from .finished_calls import TURNS, a_finished_call, found, said
from .injections import ALL

PLACES = ("agent", "user", "form question", "form answer")
TAGS = ("<call>", "</call>", "<form_answers>", "</form_answers>", "<transcript>", "</transcript>")
ORDINARY = ask_about(a_finished_call())

every_injection = pytest.mark.parametrize("text", ALL, ids=[f"{n}" for n in range(len(ALL))])


def the_call_with(text: str, place: str) -> FinishedCall:
    if place in ("agent", "user"):
        at = 4 if place == "agent" else 5
        turn = Turn(TURNS[at].role, f"{TURNS[at].text} {text}", 18)
        return a_finished_call(turns=(*TURNS[:at], turn, *TURNS[at + 1 :]))
    given = Answered(text, "da") if place == "form question" else Answered("Permis?", text)
    return a_finished_call(answers=[Answered("Experiență?", "doi ani"), given])


def section(question: Question, tag: str) -> list[str]:
    """The lines between a pair of our tags, which stands once."""
    [inside] = re.findall(rf"^<{tag}>\n(.*?)^</{tag}>$", question.user, re.DOTALL | re.MULTILINE)
    return str(inside).split("\n")[:-1]


def test_there_are_more_than_fifty_and_no_two_alike() -> None:
    assert len(set(ALL)) == len(ALL) >= 50


@every_injection
@pytest.mark.parametrize("place", PLACES)
def test_instructions_and_schema_are_the_same_to_the_byte(text: str, place: str) -> None:
    question = ask_about(the_call_with(text, place))
    assert question.system.encode() == ORDINARY.system.encode()
    assert json.dumps(question.schema) == json.dumps(ORDINARY.schema)
    assert question.prompt_version == ORDINARY.prompt_version


@every_injection
@pytest.mark.parametrize("place", PLACES)
def test_no_text_leaves_its_line_or_makes_a_tag(text: str, place: str) -> None:
    call = the_call_with(text, place)
    question = ask_about(call)
    assert [line for line in question.user.splitlines() if line.startswith("<")] == list(TAGS)
    assert question.user.count("<") == question.user.count(">") == len(TAGS)
    turns = [json.loads(line) for line in section(question, "transcript")]
    assert [(turn["turn"], turn["speaker"]) for turn in turns] == [
        (number, "candidate" if turn.role == "user" else "agent") for number, turn in enumerate(call.turns)
    ]
    assert [turn["said"] for turn in turns] == [turn.text.strip() for turn in call.turns]
    answers = [json.loads(line) for line in section(question, "form_answers")]
    assert answers == [{"question": one.question, "answer": one.answer} for one in call.answers]
    assert section(question, "call") == section(ORDINARY, "call")
    assert len(question.user.splitlines()) == len(TAGS) + 2 + len(turns) + len(answers)


@every_injection
@pytest.mark.parametrize("place", ["agent", "form question", "form answer"])
def test_an_answer_that_quotes_what_the_candidate_did_not_say_counts_for_nothing(
    text: str, place: str
) -> None:
    call = the_call_with(text, place)
    obedient = [found(one.key, "met", text, 4) for one in call.criteria_in_force]
    judgement = judge(call, said(criteria=obedient, score=100))
    assert [result.counted for result in judgement.results] == [Finding.UNKNOWN] * 3
    assert not any(result.quote_found for result in judgement.results)
    assert (judgement.score, judgement.needs_review) == (None, True)


@every_injection
def test_what_the_candidate_said_to_the_evaluator_is_looked_at_when_everything_rests_on_it(text: str) -> None:
    call = the_call_with(text, "user")
    obedient = [found(one.key, "met", call.turns[5].text, 5) for one in call.criteria_in_force]
    assert judge(call, said(criteria=obedient, score=100)).needs_review


OBEDIENT: tuple[dict[str, Any], ...] = (
    {"bonus": True},
    {"criteria": [{**found("licence", "met", "Da", 1), "points": 100}]},
    {"criteria": [found("breathes", "met", "Da", 1)]},
    {"criteria": [found("licence", "met", "Da", 1), found("licence", "met", "Pot începe", 3)]},
    {"score": 1000},
    {"outcome": "hired"},
    {"application_id": 42},
)


@pytest.mark.parametrize("changed", OBEDIENT, ids=str)
def test_an_answer_of_another_shape_is_no_answer(changed: dict[str, Any]) -> None:
    with pytest.raises(UnusableAnswer):
        judge(a_finished_call(), said(**changed))


@every_injection
def test_the_text_itself_is_no_answer(text: str) -> None:
    with pytest.raises(UnusableAnswer):
        judge(a_finished_call(), text)


def test_another_candidates_words_are_no_evidence() -> None:
    theirs = a_finished_call(turns=(*TURNS[:5], Turn("user", "Da, pot lucra în ture de noapte oricând.")))
    quoted = [found("shifts", "met", "pot lucra în ture de noapte oricând", 5)]
    assert judge(theirs, said(criteria=quoted)).results[2].counted is Finding.MET
    assert judge(a_finished_call(), said(criteria=quoted)).results[2].counted is Finding.UNKNOWN
