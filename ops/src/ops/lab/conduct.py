"""One run of the lab from the cases to the report."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from pydantic import ValidationError
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from scoring.domain.question import INSTRUCTIONS
from scoring.lab.changes import Changes, compare
from scoring.lab.labelled import (
    LabelledCase,
    LabelledPosition,
    hash_of,
    prompt_version,
    with_qualifications,
)
from scoring.lab.loading import (
    BUILT_IN_CASES,
    CasesWrong,
    load_cases,
    read_instructions,
    read_qualifications,
)
from scoring.lab.measures import Figures, measure
from scoring.lab.result import CriterionKept, LabResult, PositionKept, RunKept
from scoring.lab.running import PAUSES, Asking, kept, questions
from scoring.main import make_claude
from scoring.settings import ModelSettings

from ops.lab.answering import Answering, choose, reachable
from ops.lab.report import write_report
from ops.lab.shelf import REPORT, SHELF, folder_name, former, keep, make_folder, new_folder, read, runs_on
from ops.lab.spending import ASK_ABOVE_USD, Confirm, agree_to, at_the_terminal, estimate
from ops.lab.summary import print_start, print_summary
from ops.say import Trouble
from ops.terminal import console


@dataclass(frozen=True, slots=True)
class Wishes:
    """What can be asked of a run."""

    state: Path
    cases: Path | None = None
    qualification: Path | None = None
    instructions: Path | None = None
    model: str | None = None
    sandbox: bool | None = None
    repeats: int = 3
    at_once: int = 4
    language: str | None = None
    only: Sequence[str] = ()
    limit: int | None = None
    against: Path | None = None
    out: Path | None = None
    yes: bool = False
    ask_above: float = ASK_ABOVE_USD


@dataclass(frozen=True, slots=True)
class Conducted:
    folder: Path
    result: LabResult
    figures: Figures
    changes: Changes | None


def read_settings() -> ModelSettings:
    """As the environment has them; what is wrong is named without its value, which may be a secret."""
    try:
        return ModelSettings()
    except ValidationError as wrong:
        names = sorted({str(one["loc"][0]).upper() for one in wrong.errors() if one["loc"]})
        raise Trouble(f"{', '.join(names)}: not as it has to be.") from wrong


@dataclass(frozen=True, slots=True)
class Conditions:
    """What a test may want otherwise. ``confirm`` None: nobody sits at the terminal."""

    settings: ModelSettings = field(default_factory=read_settings)
    confirm: Confirm | None = field(default_factory=at_the_terminal)
    pauses: Sequence[float] = PAUSES
    console: Console = console


@dataclass
class _Run:
    """What is known of a run once it may begin. ``heard`` are its answers so far, by case."""

    wishes: Wishes
    under: Conditions
    answering: Answering
    cases: list[LabelledCase]
    instructions: str
    version: str
    made_at: datetime
    folder: Path
    before: LabResult | None
    heard: dict[str, list[RunKept]]


async def conduct(wishes: Wishes, conditions: Conditions | None = None) -> Conducted:
    """Raises ``Trouble`` before anything is asked, where something is wrong with the wishes. What was
    answered is kept although the run is stopped: it was paid for."""
    run = _prepare(wishes, conditions or Conditions())
    began = time.monotonic()
    try:
        await _ask(run)
    except asyncio.CancelledError:
        if any(run.heard.values()):
            _finish(run, time.monotonic() - began, complete=False)
        elif not any(run.folder.iterdir()):
            run.folder.rmdir()
        raise
    return _finish(run, time.monotonic() - began, complete=True)


def _prepare(wishes: Wishes, under: Conditions) -> _Run:
    everything, instructions = _what_there_is(wishes)
    cases = _chosen(everything, wishes)
    before = read(wishes.against) if wishes.against else None
    answering = choose(under.settings, sandbox=wishes.sandbox, model=wishes.model)
    version = prompt_version(everything, instructions)
    cost = estimate(questions(cases, instructions), wishes.repeats, answering.name, answering.prices)
    print_start(under.console, answering, cases, version, cost)
    if answering.kind == "model":
        agree_to(cost, yes=wishes.yes, above=wishes.ask_above, confirm=under.confirm)
    made_at = datetime.now(UTC)
    name = folder_name(made_at, version, answering.name)
    folder = wishes.out or new_folder(wishes.state / SHELF, name)
    make_folder(folder)
    heard: dict[str, list[RunKept]] = {case.id: [] for case in cases}
    return _Run(wishes, under, answering, cases, instructions, version, made_at, folder, before, heard)


def _finish(run: _Run, seconds: float, *, complete: bool) -> Conducted:
    result = LabResult(
        made_at=run.made_at,
        kind=run.answering.kind,
        model=run.answering.name,
        asked_at=run.answering.asked_at,
        prompt_version=run.version,
        cases_hash=hash_of(run.cases),
        cases_from=str(run.wishes.cases) if run.wishes.cases else "built in",
        repeats=run.wishes.repeats,
        seconds=round(seconds, 1),
        complete=complete,
        positions=_positions(run.cases),
        cases=kept(run.cases, run.heard),
    )
    keep(run.folder, result, measure(result.cases))
    before = run.before or former(run.wishes.state / SHELF, result, run.folder)
    return _shown(run.folder, result, before, run.under.console)


def _shown(folder: Path, result: LabResult, before: LabResult | None, console: Console) -> Conducted:
    figures = measure(result.cases)
    changes = compare(before, result) if before else None
    write_report(folder / REPORT, result, figures, changes)
    print_summary(console, result, figures, changes, folder)
    return Conducted(folder, result, figures, changes)


async def show(state: Path, run: Path | None, against: Path | None, console: Console = console) -> Conducted:
    """A former run again, its page written anew by this version; the last one where none is named."""
    if run is None:
        newest = next(runs_on(state / SHELF), None)
        if newest is None:
            raise Trouble(f"{state / SHELF}: there is no run yet; make one with: recruitflow lab run")
        run = newest[0]
    folder = run if run.is_dir() else run.parent
    result = read(run)
    before = read(against) if against else former(state / SHELF, result, folder)
    return _shown(folder, result, before, console)


def _what_there_is(wishes: Wishes) -> tuple[list[LabelledCase], str]:
    try:
        cases = load_cases(wishes.cases or BUILT_IN_CASES)
        if wishes.qualification:
            known = sorted({case.position.key for case in cases})
            cases = with_qualifications(cases, read_qualifications(wishes.qualification, known))
        instructions = read_instructions(wishes.instructions) if wishes.instructions else INSTRUCTIONS
    except CasesWrong as wrong:
        raise Trouble("the cases can't be used:\n  " + "\n  ".join(wrong.problems)) from wrong
    return cases, instructions


def _chosen(cases: list[LabelledCase], wishes: Wishes) -> list[LabelledCase]:
    if strange := sorted(set(wishes.only) - {case.id for case in cases}):
        raise Trouble(f"There is no case {', '.join(strange)}.")
    chosen = [
        case
        for case in cases
        if (not wishes.only or case.id in wishes.only)
        and (wishes.language is None or case.language == wishes.language)
    ][: wishes.limit]
    if not chosen:
        raise Trouble("No case is left to ask about.")
    return chosen


async def _ask(run: _Run) -> None:
    bar = Progress(
        TextColumn("Asking"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.description}"),
        console=run.under.console,
        transient=True,
    )
    task = bar.add_task("", total=len(run.cases) * run.wishes.repeats)

    def heard(case: LabelledCase, one: RunKept) -> None:
        run.heard[case.id].append(one)
        bar.update(task, advance=1, description=case.id)

    with reachable(run.answering) as settings:
        async with make_claude(settings) as claude:
            asking = Asking(
                claude,
                run.answering.prices,
                repeats=run.wishes.repeats,
                at_once=run.wishes.at_once,
                instructions=run.instructions,
                pauses=run.under.pauses,
                heard=heard,
            )
            with bar if run.under.console.is_terminal else nullcontext():
                await asking.run(run.cases)


def _positions(cases: Sequence[LabelledCase]) -> list[PositionKept]:
    positions: dict[str, LabelledPosition] = {case.position.key: case.position for case in cases}
    return [
        PositionKept(
            key=one.key,
            title=one.title,
            qualification_prompt=one.qualification_prompt,
            criteria=[
                CriterionKept(key=c.key, text=c.text, weight=c.weight, required=c.required)
                for c in one.criteria
            ],
        )
        for one in positions.values()
    ]
