"""A folder of labelled calls, read and checked: ``positions.toml`` and any number of files of ``[[case]]``.

Whoever writes cases is told everything that is wrong with them at once, by file and case.
"""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from string import Formatter
from typing import Any
from zoneinfo import ZoneInfo

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from scoring.domain.call import Answered, Criterion, Turn, distinct, first_zone
from scoring.domain.score import Finding
from scoring.domain.verdict import Outcome
from scoring.lab.labelled import LabelledCase, LabelledPosition

BUILT_IN_CASES = Path(__file__).parent / "cases"
POSITIONS = "positions.toml"
PLACES = ("language", "title", "qualification_prompt", "criteria")
"""What ``ask_about`` fills in."""
ENDED_AT = datetime(2026, 11, 18, 12, 0)  # noqa: DTZ001 - a Wednesday noon on the clock of each case
"""When a call ended that does not say it."""

_TURN = re.compile(r"(?P<at>\d{1,5}) (?P<role>agent|user): (?P<text>\S.*)")


class CasesWrong(Exception):
    """``problems`` are lines for whoever wrote the cases."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = list(problems)


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


class _Criterion(_Strict):
    key: str = Field(min_length=1, max_length=40)
    text: str = Field(min_length=1, max_length=500)
    weight: int = Field(default=10, ge=1, le=100)
    required: bool = False


class _Position(_Strict):
    title: str = Field(min_length=1)
    language: str = Field(pattern="^[a-z]{2}$")
    time_zone: str
    qualification_prompt: str = ""
    criteria: list[_Criterion] = Field(min_length=1)


class _Answered(_Strict):
    question: str
    answer: str


class _Case(_Strict):
    id: str = Field(pattern="^[a-z0-9][a-z0-9-]{0,79}$")
    position: str
    expected: Outcome
    findings: dict[str, Finding]
    transcript: str
    also: list[Outcome] = Field(default_factory=list)
    borderline: bool = False
    language: str | None = Field(default=None, pattern="^[a-z]{2}$")
    time_zone: str | None = None
    ended_at: AwareDatetime | None = None
    callback_at: AwareDatetime | None = None
    do_not_call: bool = False
    answers: list[_Answered] = Field(default_factory=list)


def load_cases(folder: Path = BUILT_IN_CASES) -> list[LabelledCase]:
    """By file name, then as they stand in it; raises ``CasesWrong``."""
    problems: list[str] = []
    positions = _positions(folder, problems)
    cases: list[LabelledCase] = []
    for file in sorted(folder.glob("*.toml")):
        if file.name != POSITIONS:
            cases += _cases_of(file, positions, problems)
    twice = [id for id, times in Counter(case.id for case in cases).items() if times > 1]
    problems += [f"the id {id} is there more than once" for id in twice]
    if not cases and not problems:
        problems.append(f"{folder}: there is no case in this folder")
    if problems:
        raise CasesWrong(problems)
    return cases


def read_qualifications(file: Path, known: Sequence[str]) -> dict[str, str]:
    """Another wording by position: ``driver = \"\"\"...\"\"\"``; raises ``CasesWrong``."""
    content = _toml(file)
    problems = [
        f"{file.name}: {key}: there is no such position (there are: {', '.join(sorted(known))})"
        for key in content
        if key not in known
    ]
    problems += [f"{file.name}: {key}: is not a text" for key, text in content.items() if not _is_text(text)]
    if problems or not content:
        raise CasesWrong(problems or [f"{file.name}: says nothing about any position"])
    return content


def read_instructions(file: Path) -> str:
    """Other instructions to the model, with the same places as our own; raises ``CasesWrong``."""
    try:
        text = file.read_text(encoding="utf-8")
        places = {name for _, name, _, _ in Formatter().parse(text) if name is not None}
    except OSError as missing:
        raise CasesWrong([f"{file}: {missing.strerror}"]) from missing
    except ValueError as broken:
        raise CasesWrong([f"{file.name}: {broken} (a brace of the text itself is written twice)"]) from broken
    problems = [f"{file.name}: {{{name}}} is no place to fill in" for name in sorted(places - set(PLACES))]
    problems += [f"{file.name}: lacks {{{name}}}" for name in PLACES if name not in places]
    if problems:
        raise CasesWrong(problems)
    return text


def _is_text(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _toml(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as broken:
        raise CasesWrong([f"{file.name}: is not TOML: {broken}"]) from broken
    except OSError as missing:
        raise CasesWrong([f"{file}: {missing.strerror}"]) from missing


def _positions(folder: Path, problems: list[str]) -> dict[str, LabelledPosition]:
    positions = {}
    for key, told in _toml(folder / POSITIONS).items():
        where = f"{POSITIONS}, position {key}"
        try:
            read = _Position.model_validate(told)
        except ValidationError as wrong:
            problems += _told(where, wrong)
            continue
        criteria = [Criterion(one.key, one.text, one.weight, one.required) for one in read.criteria]
        if distinct(criteria) != criteria:
            problems.append(f"{where}: two criteria have the same key")
        if not _is_zone(read.time_zone):
            problems.append(f"{where}: time_zone {read.time_zone} is not known")
            continue
        prompt = read.qualification_prompt.strip()
        positions[key] = LabelledPosition(key, read.title, read.language, read.time_zone, prompt, criteria)
    return positions


def _cases_of(
    file: Path, positions: Mapping[str, LabelledPosition], problems: list[str]
) -> Iterator[LabelledCase]:
    try:
        content = _toml(file)
    except CasesWrong as wrong:
        problems += wrong.problems
        return
    listed = content.pop("case", [])
    if content or not isinstance(listed, list):
        problems.append(f"{file.name}: only [[case]] belongs here")
        return
    for number, told in enumerate(listed, start=1):
        name = told.get("id") if isinstance(told, dict) else None
        where = f"{file.name}, case {name or f'number {number}'}"
        try:
            read = _Case.model_validate(told)
        except ValidationError as wrong:
            problems += _told(where, wrong)
            continue
        found = [f"{where}: {problem}" for problem in _wrong_with(read, positions)]
        problems += found
        if not found:
            yield _case(read, positions[read.position])


def _wrong_with(case: _Case, positions: Mapping[str, LabelledPosition]) -> Iterator[str]:
    position = positions.get(case.position)
    if position is None:
        yield f"there is no position {case.position} (there are: {', '.join(sorted(positions))})"
    else:
        keys = {criterion.key for criterion in position.criteria}
        for key in sorted(keys - case.findings.keys()):
            yield f"findings says nothing about the criterion {key}"
        for key in sorted(case.findings.keys() - keys):
            yield f"findings names {key}, which is no criterion of {case.position}"
    yield from _wrong_turns(case.transcript)
    if case.also and not case.borderline:
        yield "also is for cases that are marked borderline = true"
    if case.expected in case.also or len(set(case.also)) < len(case.also):
        yield "also names an outcome twice, or the expected one"
    if case.time_zone is not None and not _is_zone(case.time_zone):
        yield f"time_zone {case.time_zone} is not known"
    if case.callback_at is not None:
        if case.expected is not Outcome.CALLBACK_REQUESTED:
            yield "callback_at is for the expected outcome callback_requested"
        elif case.ended_at is None:
            yield "callback_at needs ended_at, from which the time is reckoned"
        elif case.callback_at <= case.ended_at:
            yield "callback_at is not after ended_at"


def _wrong_turns(transcript: str) -> Iterator[str]:
    last = 0
    lines = transcript.strip().splitlines()
    for number, line in enumerate(lines, start=1):
        turn = _TURN.fullmatch(line.strip())
        if turn is None:
            yield f'line {number} of the transcript is not "seconds agent|user: text"'
            continue
        if int(turn["at"]) < last:
            yield f"line {number} of the transcript is earlier than the line before"
        last = int(turn["at"])
    if not lines:
        yield "the transcript is empty"


def _case(read: _Case, position: LabelledPosition) -> LabelledCase:
    zone = read.time_zone or position.time_zone
    return LabelledCase(
        id=read.id,
        position=position,
        language=read.language or position.language,
        time_zone=zone,
        ended_at=read.ended_at or ENDED_AT.replace(tzinfo=ZoneInfo(zone)),
        turns=[_turn(line) for line in read.transcript.strip().splitlines()],
        answers=[Answered(given.question, given.answer) for given in read.answers],
        expected=read.expected,
        also=read.also,
        borderline=read.borderline,
        findings={criterion.key: read.findings[criterion.key] for criterion in position.criteria},
        callback_at=read.callback_at,
        do_not_call=read.do_not_call,
    )


def _turn(line: str) -> Turn:
    seconds, _, said = line.strip().partition(" ")
    role, _, text = said.partition(": ")
    return Turn("agent" if role == "agent" else "user", text.strip(), int(seconds))


def _is_zone(name: str) -> bool:
    return first_zone(name) == name


def _told(where: str, wrong: ValidationError) -> list[str]:
    return [f"{where}: {'.'.join(map(str, one['loc'])) or 'it'}: {one['msg']}" for one in wrong.errors()]
