"""The ``recruitflow`` command."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Coroutine
from pathlib import Path
from typing import Annotated, Any

import typer
from chassis.servers import PortTaken, ServerFailed

from ops.lab.commands import lab
from ops.say import Say, Trouble

app = typer.Typer(
    help="RecruitFlow on this machine: start it, look into it, and see it work.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
users = typer.Typer(help="Recruiters who may log in.", no_args_is_help=True)
streams = typer.Typer(help="The streams and consumers on the bus.", no_args_is_help=True)
pages = typer.Typer(help="What the recruiters' pages show.", no_args_is_help=True)
dlq = typer.Typer(help="Messages that a handler failed on too often.", no_args_is_help=True)
app.add_typer(users, name="users")
app.add_typer(streams, name="streams")
app.add_typer(pages, name="pages")
app.add_typer(dlq, name="dlq")
app.add_typer(lab, name="lab")

Folder = Annotated[
    Path, typer.Option("--state", help="Folder of the installation's data.", envvar="RECRUITFLOW_STATE")
]
HERE = Path(".recruitflow")


@app.command()
def up(
    state: Folder = HERE,
    sandbox: Annotated[
        bool,
        typer.Option(
            help="Providers (calls, Claude, WhatsApp, Gmail) played by the sandbox, or the real ones."
        ),
    ] = True,
) -> None:
    """Start servers, sandbox and the seven services here, and keep them running until Ctrl-C."""
    from ops.providers import what_is_missing
    from ops.seeding import greet
    from ops.site import local_instance, remember_ports
    from ops.up import run, sole_owner

    say = Say()
    for line in [] if sandbox else what_is_missing(os.environ):
        say.line(line)
    instance = local_instance(state, sandbox=sandbox, say=say)
    with sole_owner(instance.folder):
        remember_ports(instance)
        _do(run(instance, say, greet), instance.ports)


@app.command()
def demo(
    leads: Annotated[Path | None, typer.Option(help="Your own lead export instead of the sample.")] = None,
    json: Annotated[Path | None, typer.Option(help="Write the summary to this file.")] = None,
    seed: Annotated[
        str, typer.Option(help="Who is which kind of candidate, where the lead does not say.")
    ] = "demo",
    kill: Annotated[
        str | None, typer.Option(help="kill -9 this service in the middle, and restart it.")
    ] = None,
    stop_nats: Annotated[
        float, typer.Option(min=0, help="Stop NATS in the middle for so many seconds.")
    ] = 0.0,
    keep: Annotated[bool, typer.Option(help="Keep the instance's folder (logs, data) afterwards.")] = False,
) -> None:
    """Run the whole pipeline on a throw-away instance with a fast clock, and check every outcome."""
    from ops.demo.show import Wishes, show

    wishes = Wishes(leads=leads, json=json, seed=seed, kill=kill, stop_nats=stop_nats, keep=keep)
    if not _do(show(wishes)):
        raise typer.Exit(1)


@app.command("import")
def import_(
    file: Annotated[Path, typer.Argument(help="A lead export as Meta writes it, or saved by a spreadsheet.")],
    position: Annotated[int, typer.Option(help="The position's number (see the page Positions).")],
    state: Folder = HERE,
) -> None:
    """Import leads into a position, and say which rows were refused and why."""
    from ops.inquiries import import_file

    _do(import_file(state, file, position))


@app.command()
def timeline(
    application: Annotated[int, typer.Argument(help="The application's number.")], state: Folder = HERE
) -> None:
    """Everything that happened to one application, in order."""
    from ops.inquiries import print_timeline

    _do(print_timeline(state, application))


@users.command("add")
def users_add(
    email: str,
    name: Annotated[str, typer.Option(help="As it is shown on the pages.")],
    state: Folder = HERE,
) -> None:
    """Let somebody log in; prints a new password once."""
    from ops.inquiries import add_user

    _do(add_user(state, email, name))


@streams.command("provision")
def streams_provision(state: Folder = HERE) -> None:
    """Make streams and consumers as they are declared; says what was changed."""
    from ops.inquiries import provision_streams

    _do(provision_streams(state))


@streams.command("check")
def streams_check(state: Folder = HERE) -> None:
    """Say where the bus differs from what is declared; exit code 1 when it does."""
    from ops.inquiries import check_streams

    if not _do(check_streams(state)):
        raise typer.Exit(1)


@streams.command("retire")
def streams_retire(state: Folder = HERE) -> None:
    """Delete the consumers that a former version left behind; not while it still runs somewhere."""
    from ops.inquiries import retire_consumers

    _do(retire_consumers(state))


@streams.command("rebuild")
def streams_rebuild(state: Folder = HERE) -> None:
    """Make the event stream anew from the services' outboxes, after its store was lost."""
    from ops.inquiries import rebuild_streams

    _do(rebuild_streams(state))


@pages.command("rebuild")
def pages_rebuild(state: Folder = HERE) -> None:
    """Fold the pages' tables anew from the stream, while everything runs."""
    from ops.inquiries import rebuild_pages

    _do(rebuild_pages(state))


@dlq.command("list")
def dlq_list(state: Folder = HERE) -> None:
    """Show each given-up message with the reason."""
    from ops.inquiries import list_dead_letters

    _do(list_dead_letters(state))


def main() -> None:
    """Every trouble is one line and exit code 1; ``RECRUITFLOW_DEBUG=1`` shows where it came from."""
    try:
        app()
    except (Trouble, PortTaken, ServerFailed) as trouble:
        if os.environ.get("RECRUITFLOW_DEBUG"):
            raise
        print(f"recruitflow: {trouble}", file=sys.stderr)
        sys.exit(1)
    except OSError as failure:
        if failure.filename is None or os.environ.get("RECRUITFLOW_DEBUG"):
            raise
        print(f"recruitflow: {failure.filename}: {failure.strerror}.", file=sys.stderr)
        sys.exit(1)
    except asyncio.CancelledError:
        print("recruitflow: Stopped before the end.", file=sys.stderr)
        sys.exit(130)


def _do(work: Coroutine[Any, Any, Any], ports: Any = None) -> Any:
    from ops.up import explained

    try:
        return asyncio.run(work)
    except (PortTaken, ServerFailed) as failure:
        if ports is None:
            raise
        raise explained(failure, ports) from failure


if __name__ == "__main__":
    main()
