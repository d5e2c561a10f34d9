"""A run in a few lines at the terminal, for somebody who sees it for the first time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table
from scoring.domain.verdict import Outcome
from scoring.lab.changes import Changes
from scoring.lab.labelled import LabelledCase
from scoring.lab.measures import NONE, Figures, Share
from scoring.lab.result import LabResult

from ops.lab.answering import Answering
from ops.lab.shelf import REPORT
from ops.lab.spending import Estimate, dollars

SANDBOX_SAYS = "RULES OF THE SANDBOX: shows the mechanics, says nothing about the real model"
MOST_NAMED = 10
"""So many changed calls at the terminal; the page has them all."""
FAILURES = {"no_answer": "no answer", "refused": "refused by the provider", "unusable": "unusable answer"}


def who_answered(kind: str, model: str, asked_at: str) -> str:
    return SANDBOX_SAYS if kind == "sandbox" else f"REAL MODEL: {model} at {asked_at}"


def print_start(
    console: Console, answering: Answering, cases: Sequence[LabelledCase], version: str, cost: Estimate
) -> None:
    console.print(who_answered(answering.kind, answering.name, answering.asked_at), style="bold")
    console.print(f"{len(cases)} labelled calls, wording {version}.")
    if answering.kind == "model":
        console.print(f"{cost}.")


def print_summary(
    console: Console, result: LabResult, figures: Figures, changes: Changes | None, folder: Path
) -> None:
    console.print()
    if not result.complete:
        console.print(stopped(result, figures), style="bold")
    console.print(_outcomes(figures))
    console.print()
    console.print(_rest(result, figures))
    console.print()
    for line in _changed(changes):
        console.print(line, highlight=False, soft_wrap=True)
    console.print(who_answered(result.kind, result.model, result.asked_at), style="bold")
    console.print(f"Report: {(folder / REPORT).resolve()}", highlight=False, soft_wrap=True)


def stopped(result: LabResult, figures: Figures) -> str:
    return f"STOPPED BEFORE THE END: {figures.runs} of {len(result.cases) * result.repeats} answers"


def percent(share: Share) -> str:
    """With its count and interval: ``27 of 39 (69 %, may be 54-81 %)``."""
    if share.value is None or share.interval is None:
        return "none"
    low, high = share.interval
    return f"{share.right} of {share.of} ({share.value:.0%}, may be {low * 100:.0f}-{high:.0%})"


def plain(share: Share) -> str:
    """Without an interval: where several come from one call, they are no independent observations."""
    return "none" if share.value is None else f"{share.right} of {share.of} ({share.value:.0%})"


def word(name: str) -> str:
    return "no usable answer" if name == NONE else name.replace("_", " ")


def _outcomes(figures: Figures) -> Table:
    table = Table(title="Calls with the expected outcome", title_justify="left", box=None, pad_edge=False)
    for heading in ("expected", "as labelled", "or as a careful reader may say", "the runs said"):
        table.add_column(heading)
    for outcome in Outcome:
        agreement = figures.by_outcome[outcome]
        said = ", ".join(f"{times} {word(got)}" for got, times in figures.matrix[outcome].most_common())
        strict, careful = agreement.strict, agreement.careful
        table.add_row(word(outcome), percent(strict), f"{careful.right} of {careful.of}", said)
    whole = figures.agreement
    table.add_row("all", percent(whole.strict), f"{whole.careful.right} of {whole.careful.of}", style="bold")
    return table


def _rest(result: LabResult, figures: Figures) -> Table:
    table = Table(box=None, pad_edge=False, show_header=False)
    spread = "none" if figures.spread is None else f"{figures.spread:.1f} points (standard deviation, mean)"
    problems = Counter(
        (run.failure.kind, run.failure.problem) for case in result.cases for run in case.runs if run.failure
    )
    failures = ", ".join(
        f"{times} {FAILURES[kind]} ({problem})" for (kind, problem), times in problems.most_common()
    )
    took = figures.latency_ms
    for name, value in (
        ("findings as labelled", percent(figures.findings)),
        ("quotes found in the call", plain(figures.quotes)),
        ("same outcome in every run", percent(figures.stable)),
        ("spread of the score", spread),
        ("callback times (runs)", counted(figures.callbacks)),
        ("wish not to be called (runs)", counted(figures.do_not_call)),
        ("a person should look (runs)", plain(figures.review)),
        ("failures (runs)", failures or "none"),
        ("tokens", f"{figures.input_tokens:,} in, {figures.output_tokens:,} out"),
        ("cost", "none: sandbox" if result.kind == "sandbox" else dollars(figures.cost_usd)),
        ("time of an answer", f"half within {took['p50']} ms, longest {took['max']} ms" if took else "none"),
    ):
        table.add_row(name, value)
    return table


def counted(counts: dict[str, int]) -> str:
    return ", ".join(f"{times} {name}" for name, times in sorted(counts.items())) or "none"


def _changed(changes: Changes | None) -> list[str]:
    if changes is None:
        return ["Nothing to compare with: this is the first run of these calls.", ""]
    before = changes.before
    by = f"wording {before.prompt_version}, {before.model}"
    head = f"Since the run of {before.made_at:%Y-%m-%d %H:%M} UTC ({by})"
    if not changes.cases and changes.same_cases:
        return [f"{head}: no call is judged otherwise.", ""]
    better, worse = changes.count("better"), changes.count("worse")
    lines = [f"{head}: {len(changes.cases)} judged otherwise; outcome better {better}, worse {worse}."]
    moved = [case for case in changes.cases if case.outcome]
    for case in moved[:MOST_NAMED]:
        chance = " (its runs waver: may be chance)" if case.wavering else ""
        lines.append(f"  {case.outcome}: {case.id}, was {word(case.before)}, is {word(case.after)}{chance}")
    if len(moved) > MOST_NAMED:
        lines.append(f"  and {len(moved) - MOST_NAMED} more: see the report")
    return [*lines, ""]
