"""``recruitflow lab run`` and ``recruitflow lab show``."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated

import typer

lab = typer.Typer(
    help="How well calls are judged: labelled calls against a wording and a model.", no_args_is_help=True
)

Folder = Annotated[
    Path, typer.Option("--state", help="Folder of the installation's data.", envvar="RECRUITFLOW_STATE")
]
Against = Annotated[
    Path | None,
    typer.Option(help="A former result.json (or its folder) to compare with.", show_default=False),
]
FailUnder = Annotated[
    float | None,
    typer.Option(
        min=0, max=1, help="Exit code 1 when fewer of all calls than this share have the expected outcome."
    ),
]
HERE = Path(".recruitflow")


@lab.command("run")
def run(
    state: Folder = HERE,
    cases: Annotated[
        Path | None, typer.Option(help="Your own folder of cases instead of the built-in ones.")
    ] = None,
    qualification: Annotated[
        Path | None, typer.Option(help="TOML with another qualification prompt by position.")
    ] = None,
    instructions: Annotated[
        Path | None, typer.Option(help="A text instead of scoring's instructions to the model.")
    ] = None,
    model: Annotated[str | None, typer.Option(help="Another model than ANTHROPIC_MODEL.")] = None,
    sandbox: Annotated[
        bool | None,
        typer.Option(
            "--sandbox/--no-sandbox",
            help="Ask the sandbox's rules, or the real model. Unsaid: the real one where a key is set.",
            show_default=False,
        ),
    ] = None,
    repeats: Annotated[int, typer.Option(min=1, max=50, help="How often each call is judged.")] = 3,
    at_once: Annotated[int, typer.Option(min=1, max=50, help="Questions under way at the same time.")] = 4,
    language: Annotated[str | None, typer.Option(help="Calls of this language only: ro, en.")] = None,
    only: Annotated[list[str] | None, typer.Option(help="This call only; may be given again.")] = None,
    limit: Annotated[int | None, typer.Option(min=1, help="The first so many calls only.")] = None,
    against: Against = None,
    out: Annotated[
        Path | None,
        typer.Option(help="Folder of this run; else STATE/lab/<time>-<wording>-<model>.", show_default=False),
    ] = None,
    fail_under: FailUnder = None,
    yes: Annotated[bool, typer.Option("--yes", help="Don't ask before money is spent.")] = False,
    ask_above: Annotated[
        float, typer.Option(min=0, help="Ask before a run that costs more dollars than this.")
    ] = 1.0,
) -> None:
    """Judge every labelled call several times, measure, and write a report one can look at."""
    from ops.lab.conduct import Wishes, conduct

    wishes = Wishes(
        state=state,
        cases=cases,
        qualification=qualification,
        instructions=instructions,
        model=model,
        sandbox=sandbox,
        repeats=repeats,
        at_once=at_once,
        language=language,
        only=tuple(only or ()),
        limit=limit,
        against=against,
        out=out,
        yes=yes,
        ask_above=ask_above,
    )
    _held_to(asyncio.run(conduct(wishes)).figures.right_of_all, fail_under)


@lab.command("show")
def show(
    run: Annotated[
        Path | None,
        typer.Argument(help="A run's folder or result.json; the last run without.", show_default=False),
    ] = None,
    state: Folder = HERE,
    against: Against = None,
    fail_under: FailUnder = None,
) -> None:
    """Show a former run again, and write its page anew."""
    from ops.lab.conduct import show as show_again

    _held_to(asyncio.run(show_again(state, run, against)).figures.right_of_all, fail_under)


def _held_to(share: float, fail_under: float | None) -> None:
    """A call without an answer counts as not right: nothing passes because a model was silent."""
    if fail_under is not None and share < fail_under:
        print(f"{share:.1%} of all calls have the expected outcome; {fail_under:.1%} were asked for.")
        raise typer.Exit(1)
