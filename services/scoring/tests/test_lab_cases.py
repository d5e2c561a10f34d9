"""Labelled calls: those that come along, and what is said of those that somebody writes wrongly."""

from __future__ import annotations

import re
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from scoring.domain.callback import read_callback_time, unlikely_hour
from scoring.domain.question import INSTRUCTIONS, INSTRUCTIONS_VERSION, ask_about
from scoring.domain.verdict import Outcome
from scoring.lab.labelled import LabelledCase, hash_of, prompt_version, with_qualifications
from scoring.lab.loading import CasesWrong, load_cases, read_instructions, read_qualifications

BUILT_IN = load_cases()

POSITIONS = """
[driver]
title = "Driver"
language = "en"
time_zone = "Europe/London"
criteria = [{ key = "licence", text = "Has a licence" }, { key = "early", text = "Starts early" }]
"""

CASE = """
[[case]]
id = "clear-yes"
position = "driver"
expected = "qualified"
findings = { licence = "met", early = "unknown" }
transcript = '''
0 agent: Do you have a licence?
4 user: Yes: for ten years.
'''
"""


def test_there_are_enough_calls_of_every_outcome_in_both_languages() -> None:
    assert len(BUILT_IN) >= 30
    there = {(case.language, case.expected) for case in BUILT_IN}
    assert there == set(product(("ro", "en"), Outcome))
    assert sum(case.borderline for case in BUILT_IN) >= 6
    assert sum(bool(case.also) for case in BUILT_IN) >= 4
    assert sum(case.do_not_call for case in BUILT_IN) >= 2
    assert {case.position.language for case in BUILT_IN} == {"ro", "en"}


@pytest.mark.parametrize("case", BUILT_IN, ids=lambda case: case.id)
def test_a_right_answer_would_stand_as_labelled(case: LabelledCase) -> None:
    """What is labelled can be said by a model that keeps the rules: times that scoring believes, no finding
    on a call in which the candidate said nothing, nobody qualified who lacks what is required."""
    if case.callback_at is not None:
        read = read_callback_time(case.callback_at.isoformat(), call_ended=case.ended_at, zone=case.call.zone)
        assert read == case.callback_at
        assert not unlikely_hour(read, case.call.zone)
    lacking = [
        one.key for one in case.position.criteria if one.required and case.findings[one.key] == "not_met"
    ]
    assert not (lacking and Outcome.QUALIFIED in (case.expected, *case.also))
    assert any(turn.role == "user" for turn in case.turns)
    if case.do_not_call:
        assert case.expected is Outcome.NEEDS_HUMAN


def test_a_case_is_asked_about_as_a_call_of_production_would_be() -> None:
    case = next(case for case in BUILT_IN if case.id == "ro-driver-calls-tomorrow-after-two")
    question = ask_about(case.call)
    assert "Romanian" in question.system
    assert "2026-11-18T11:20+02:00 (Wednesday)" in question.user
    assert '{"turn": 1, "speaker": "candidate", "said": "Nu pot acum, sunt la volan.' in question.user


def written(folder: Path, case: str = CASE, positions: str = POSITIONS) -> Path:
    (folder / "positions.toml").write_text(positions, encoding="utf-8")
    (folder / "mine.toml").write_text(case, encoding="utf-8")
    return folder


def test_a_case_of_ones_own_needs_little(tmp_path: Path) -> None:
    [case] = load_cases(written(tmp_path))
    assert (case.language, case.time_zone) == ("en", "Europe/London")
    assert case.ended_at.isoformat() == "2026-11-18T12:00:00+00:00"
    assert [(turn.role, turn.at_seconds, turn.text) for turn in case.turns] == [
        ("agent", 0, "Do you have a licence?"),
        ("user", 4, "Yes: for ten years."),
    ]
    assert (case.also, case.borderline, case.callback_at, case.do_not_call) == ([], False, None, False)


@pytest.mark.parametrize(
    ("instead", "of", "said"),
    [
        ('position = "pilot"', 'position = "driver"', "there is no position pilot (there are: driver)"),
        ('expected = "hired"', 'expected = "qualified"', "expected: Input should be 'qualified'"),
        ('licence = "maybe"', 'licence = "met"', "findings.licence: Input should be 'met'"),
        ("{ pilot = 'met', licence", "{ licence", "findings names pilot, which is no criterion of driver"),
        ('{ licence = "met" }', '{ licence = "met", early = "unknown" }', "about the criterion early"),
        ("4 candidate: Yes", "4 user: Yes", 'line 2 of the transcript is not "seconds agent|user: text"'),
        ("4 user:\n", "4 user: Yes: for ten years.\n", "line 2 of the transcript is not"),
        ("9 agent: Do", "0 agent: Do", "line 2 of the transcript is earlier"),
        ("mood = 1\nid", "id", "mood: Extra inputs are not permitted"),
        ('also = ["needs_human"]\nid', "id", "also is for cases that are marked borderline"),
        ('borderline = true\nalso = ["qualified"]\nid', "id", "or the expected one"),
        ('time_zone = "Mars/Olympus"\nid', "id", "time_zone Mars/Olympus is not known"),
        ('callback_at = "2026-11-19T10:00:00+00:00"\nid', "id", "is for the expected outcome callback_req"),
        ('ended_at = "2026-11-19T10:00:00"\nid', "id", "ended_at: Input should have timezone info"),
        ("id = 'Clear Yes'", 'id = "clear-yes"', "id: String should match pattern"),
    ],
)
def test_what_is_wrong_with_a_case_is_said(instead: str, of: str, said: str, tmp_path: Path) -> None:
    assert of in CASE
    with pytest.raises(CasesWrong) as wrong:
        load_cases(written(tmp_path, CASE.replace(of, instead, 1)))
    assert any(said in problem and problem.startswith("mine.toml, case") for problem in wrong.value.problems)


def test_everything_wrong_is_said_at_once(tmp_path: Path) -> None:
    broken = CASE.replace('"driver"', '"pilot"').replace("4 user", "4 me") + CASE + CASE
    with pytest.raises(CasesWrong) as wrong:
        load_cases(written(tmp_path, broken))
    assert len(wrong.value.problems) == 3
    assert "the id clear-yes is there more than once" in wrong.value.problems


@pytest.mark.parametrize(
    ("case", "positions", "said"),
    [
        ("[[case", POSITIONS, "mine.toml: is not TOML"),
        ("", POSITIONS, "there is no case in this folder"),
        ('title = "x"', POSITIONS, "only [[case]] belongs here"),
        (CASE, POSITIONS.replace("early", "licence"), "two criteria have the same key"),
        (CASE, POSITIONS.replace("Europe/London", "Nowhere"), "time_zone Nowhere is not known"),
    ],
)
def test_a_folder_that_cannot_be_used_says_why(case: str, positions: str, said: str, tmp_path: Path) -> None:
    with pytest.raises(CasesWrong, match=re.escape(said)):
        load_cases(written(tmp_path, case, positions))


def test_a_folder_without_positions_names_the_file(tmp_path: Path) -> None:
    with pytest.raises(CasesWrong, match=r"positions\.toml"):
        load_cases(tmp_path)


def test_another_wording_changes_the_version_and_not_the_cases(tmp_path: Path) -> None:
    file = tmp_path / "wording.toml"
    file.write_text('driver = "Only people who like mornings."', encoding="utf-8")
    worded = with_qualifications(BUILT_IN, read_qualifications(file, ["driver", "sales"]))
    assert hash_of(worded) == hash_of(BUILT_IN) == hash_of(list(reversed(BUILT_IN)))
    assert prompt_version(worded) != prompt_version(BUILT_IN)
    assert prompt_version(BUILT_IN).startswith(f"{INSTRUCTIONS_VERSION}-")
    driver = next(case for case in worded if case.position.key == "driver")
    assert "Only people who like mornings." in ask_about(driver.call).system


@pytest.mark.parametrize("told", ['pilot = "x"', "driver = 7", 'driver = " "', "", "driver"])
def test_a_wording_that_cannot_be_used_is_refused(told: str, tmp_path: Path) -> None:
    file = tmp_path / "wording.toml"
    file.write_text(told, encoding="utf-8")
    with pytest.raises(CasesWrong, match=r"wording\.toml"):
        read_qualifications(file, ["driver"])


def test_instructions_of_ones_own_have_the_same_places(tmp_path: Path) -> None:
    file = tmp_path / "mine.txt"
    file.write_text(INSTRUCTIONS.replace("You evaluate", "You weigh"), encoding="utf-8")
    instructions = read_instructions(file)
    assert ask_about(BUILT_IN[0].call, instructions).system.startswith("You weigh finished screening calls")
    assert prompt_version(BUILT_IN, instructions).startswith("own-")


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ("{language} {title} {qualification_prompt}", r"lacks \{criteria\}"),
        ("{language} {title} {qualification_prompt} {criteria} {salary}", r"\{salary\} is no place"),
        ("{", "written twice"),
    ],
)
def test_instructions_that_cannot_be_filled_in_are_refused(told: str, said: str, tmp_path: Path) -> None:
    file = tmp_path / "mine.txt"
    file.write_text(told, encoding="utf-8")
    with pytest.raises(CasesWrong, match=said):
        read_instructions(file)


def test_a_changed_label_or_word_is_another_set_of_cases(tmp_path: Path) -> None:
    def hash_with(**changed: Any) -> str:
        case = CASE
        for old, new in changed.values():
            case = case.replace(old, new)
        return hash_of(load_cases(written(tmp_path, case)))

    assert len({hash_with(), hash_with(a=("ten", "two")), hash_with(b=('"met"', '"not_met"'))}) == 3
