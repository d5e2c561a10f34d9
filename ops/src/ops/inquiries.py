"""What the smaller commands do with an installation that runs."""

from __future__ import annotations

from pathlib import Path

import asyncpg
from chassis.bus import Bus
from chassis.history import dead_letters_of, timeline
from chassis.provisioner import check, retire
from contracts.intake import LeadsImported
from rich.table import Table

from ops.bus import Operator
from ops.declared import declared_consumers
from ops.preparing import provision
from ops.rebuild import rebuild
from ops.say import Trouble
from ops.site import running_instance
from ops.terminal import console
from ops.timeline import line_of


async def import_file(state: Path, file: Path, position_id: int) -> None:
    async with _operator(state) as operator:
        print_import(await operator.import_leads(file, position_id))


def print_import(done: LeadsImported) -> None:
    console.print(
        f"{done.file_name}: {done.rows} rows; {done.candidates_created} new candidates, "
        f"{done.candidates_updated} updated, {done.candidates_unchanged} unchanged; "
        f"{done.applications_created} applications; {done.skipped} skipped, {done.refused_count} refused.",
        highlight=False,
        soft_wrap=True,
    )
    if done.possible_duplicates:
        console.print(f"{done.possible_duplicates} may be people we know already: a recruiter decides.")
    for row in done.refused:
        console.print(f"  line {row.line}: {row.reason}", highlight=False, soft_wrap=True)
    if done.refused_count > len(done.refused):
        console.print(f"  ... and {done.refused_count - len(done.refused)} more")


async def print_timeline(state: Path, application_id: int) -> None:
    async with _operator(state) as operator:
        lines = [line_of(said) async for said in timeline(operator.js, application_id=application_id)]
    if not lines:
        raise Trouble(f"There is no application {application_id}.")
    console.print(timeline_table(f"Application {application_id}", lines))


def timeline_table(title: str, lines: list[tuple[str, str, str]]) -> Table:
    table = Table(title=title, title_justify="left", box=None, pad_edge=False)
    for heading in ("when (UTC)", "what", ""):
        table.add_column(heading, no_wrap=heading != "")
    for row in lines:
        table.add_row(*row)
    return table


async def add_user(state: Path, email: str, name: str) -> None:
    from ops.recruiters import new_user  # the pages' whole package: only here

    instance = running_instance(state)
    try:
        password = await new_user(instance.ground.database("recruiter_ui"), email, name)
    except (OSError, asyncpg.PostgresError) as failure:
        raise Trouble("RecruitFlow is not running here. Start it with: make run") from failure
    console.print(f"{email} may log in at {instance.address} with the password {password}", soft_wrap=True)


async def provision_streams(state: Path) -> None:
    async with _operator(state) as operator:
        changes = await provision(operator)
    console.print("\n".join(map(str, changes)) or "Nothing to change.", highlight=False, soft_wrap=True)


async def check_streams(state: Path) -> bool:
    """True when all is as declared."""
    async with _operator(state) as operator:
        drift = await check(operator.js, declared_consumers())
    console.print("\n".join(map(str, drift)) or "All as declared.", highlight=False, soft_wrap=True)
    if any(one.detail == "is not declared" for one in drift):
        console.print("A former version left it behind: recruitflow streams retire", soft_wrap=True)
    return not drift


async def retire_consumers(state: Path) -> None:
    async with _operator(state) as operator:
        gone = await retire(operator.js, declared_consumers())
    console.print("\n".join(map(str, gone)) or "Nothing to retire.", highlight=False, soft_wrap=True)


async def rebuild_streams(state: Path) -> None:
    async with _operator(state) as operator:
        count = await rebuild(running_instance(state).ground.admin_url, Bus(operator.client))
    console.print(f"The stream holds {count} events again.")


async def rebuild_pages(state: Path) -> None:
    from ops.pages import fold_anew

    async with _operator(state) as operator:
        instance = running_instance(state)
        facts = await fold_anew(instance, operator.js)
    instance.pages_to_fold.unlink(missing_ok=True)
    console.print(f"{facts} facts folded: the pages show them.")


async def list_dead_letters(state: Path) -> None:
    async with _operator(state) as operator:
        letters = [letter async for letter in dead_letters_of(operator.js)]
    if not letters:
        console.print("No message was given up.")
        return
    table = Table("no.", "failed at", "consumer", "subject", "tries", "reason", box=None, pad_edge=False)
    for letter in letters:
        table.add_row(
            str(letter.sequence),
            letter.failed_at,
            letter.consumer,
            letter.subject,
            str(letter.attempts),
            letter.reason,
        )
    console.print(table)


def _operator(state: Path) -> Operator:
    if not state.exists():
        raise Trouble(f"There is no installation in {state}. Start one with: make run")
    return running_instance(state).operator()
