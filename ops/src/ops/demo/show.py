"""``recruitflow demo``: the pipeline on a throw-away instance, shown while it runs and judged at the end."""

from __future__ import annotations

import asyncio
import json
import shutil
import signal
import tempfile
import time
from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import asyncpg
from contracts.intake import PositionDetails
from rich.console import Console

from ops.demo.disturbing import Disturbance
from ops.demo.invariants import Finding
from ops.demo.live import LiveLeads
from ops.demo.pace import Pacemaker
from ops.demo.performing import NotSettled, Performance
from ops.demo.pulse import Look
from ops.demo.report import LOCAL, Progress, findings_table, mistake_lines, outcome_table
from ops.demo.verdict import Verdict
from ops.history import read_history
from ops.inquiries import print_import, timeline_table
from ops.instance import Instance, Options
from ops.sample import LEADS
from ops.say import Say, Trouble
from ops.seeding import WITH_LIVE_LEADS
from ops.terminal import console
from ops.timeline import line
from ops.topology import free_ports

START = datetime(2026, 11, 17, 9, 50, tzinfo=LOCAL)
"""A Tuesday, ten minutes before the first call may be placed."""
PATIENCE = 240.0
"""Real seconds after which a run that does not settle has failed."""
QUICK = {"EFFECT_GRACE_SECONDS": "3", "CONSUMER_ACK_WAIT_SECONDS": "5", "RETRY_DELAY_MAX_SECONDS": "5"}
"""Providers on loopback answer or don't; nothing takes effect there a minute later."""


@dataclass(frozen=True, slots=True)
class Wishes:
    """What can be asked of a demonstration."""

    leads: Path | None = None
    json: Path | None = None
    seed: str = "demo"
    kill: str | None = None
    stop_nats: float = 0.0
    keep: bool = False
    details: PositionDetails = WITH_LIVE_LEADS


@dataclass(frozen=True, slots=True)
class Result:
    verdicts: list[Verdict]
    findings: list[Finding]
    ledger: dict[str, int]
    passed: timedelta
    """On the instance's clock."""
    seconds: float
    """On everybody else's."""

    @property
    def right(self) -> bool:
        return all(one.right for one in self.verdicts) and all(one.holds for one in self.findings)


async def show(wishes: Wishes, console: Console = console) -> bool:
    """True when every application is where it should be and every invariant holds."""
    began = time.monotonic()
    leads = wishes.leads or LEADS
    _look_into(leads)
    if wishes.json and not wishes.json.resolve().parent.is_dir():
        raise Trouble(f"{wishes.json}: there is no such folder to write into.")
    folder = Path(tempfile.mkdtemp(prefix="recruitflow-demo-"))
    pacemaker = Pacemaker(folder / "pace.json", START)
    options = Options(
        clock_file=folder / "pace.json", people=leads.resolve(), seed=wishes.seed, environment=QUICK
    )
    instance = Instance(folder, free_ports(), options, Say())
    _stop_on_signals()
    try:
        disturbance = Disturbance(instance, wishes.kill, wishes.stop_nats, console)
        await instance.start()
        pacemaker.begin()
        result = await _perform(instance, pacemaker, wishes, leads, disturbance, console, began)
    finally:
        instance.stop()
        if wishes.keep:
            console.print(f"Kept: {folder}", soft_wrap=True)
        else:
            shutil.rmtree(folder, ignore_errors=True)
    if wishes.json:
        wishes.json.write_text(json.dumps(_summary(result, wishes, leads), indent=1) + "\n")
    return result.right


def _look_into(leads: Path) -> None:
    """What intake would refuse in a minute is said at once."""
    from intake.domain.lead_file import judge_head
    from intake.domain.lead_text import HEAD_BYTES, HopelessFile

    if not leads.is_file():
        raise Trouble(f"{leads}: there is no such file.")
    with leads.open("rb") as file:
        head = file.read(HEAD_BYTES)
    try:
        judge_head(head, complete=leads.stat().st_size <= HEAD_BYTES)
    except HopelessFile as hopeless:
        raise Trouble(f"{leads.name}: {hopeless.message}") from hopeless


async def _perform(
    instance: Instance,
    pacemaker: Pacemaker,
    wishes: Wishes,
    leads: Path,
    disturbance: Disturbance,
    console: Console,
    began: float,
) -> Result:
    db = await asyncpg.connect(instance.ground.admin_url)
    try:
        async with instance.operator() as operator:
            performance = Performance(instance, pacemaker, db, operator)
            position = await performance.open_position(wishes.details)
            live = LiveLeads(performance.outside, db)
            if wishes.leads is None:
                await live.come()
            done, applications = await performance.import_leads(leads, position)
            print_import(done)
            if not applications:
                raise Trouble(f"{leads.name} holds nobody who could be called.")
            await _play(performance, pacemaker, disturbance, applications, console)
            findings = await performance.findings()
            if wishes.leads is None:
                findings.append(await live.finding())
            result = Result(
                await performance.verdicts(),
                findings,
                await performance.outside.counts(),
                pacemaker.now() - START,
                time.monotonic() - began,
            )
            await _tell(result, performance, console)
    finally:
        await db.close()
    return result


async def _play(
    performance: Performance,
    pacemaker: Pacemaker,
    disturbance: Disturbance,
    applications: list[int],
    console: Console,
) -> None:
    with Progress(console) as progress:

        async def seen(look: Look, counts: Counter[str]) -> None:
            progress.show(pacemaker.now(), counts, "; ".join(look.busy[:3]) or "waiting for time to pass")

        try:
            await performance.play(applications, PATIENCE, trouble=disturbance.under_way(), seen=seen)
        except NotSettled as late:
            console.print(str(late).capitalize(), style="red", soft_wrap=True)


async def _tell(result: Result, performance: Performance, console: Console) -> None:
    console.print(outcome_table(result.verdicts))
    story = max((verdict.story for verdict in result.verdicts), key=lambda one: len(one.path))
    history = await read_history(performance.db, application_id=story.application_id)
    lines = [line(happening.time, happening.event) for happening in history]
    console.print(timeline_table(f"Application {story.application_id}", lines))
    console.print(findings_table(result.findings))
    wrong = mistake_lines(result.verdicts)
    for mistake in wrong:
        console.print(mistake, highlight=False, soft_wrap=True, style="red")
    console.print(
        f"{len(result.verdicts)} applications, {len(wrong)} not where they should be. "
        f"{result.passed / timedelta(days=1):.1f} days passed in {result.seconds:.0f} s.",
        highlight=False,
        soft_wrap=True,
    )


def _summary(result: Result, wishes: Wishes, leads: Path) -> dict[str, object]:
    return {
        "right": result.right,
        "seed": wishes.seed,
        "leads": leads.name,
        "days": round(result.passed / timedelta(days=1), 1),
        "seconds": round(result.seconds, 1),
        "statuses": dict(Counter(verdict.story.status for verdict in result.verdicts)),
        "ledger": result.ledger,
        "invariants": [finding.as_json() for finding in result.findings],
        "applications": [verdict.as_json() for verdict in result.verdicts],
    }


def _stop_on_signals() -> None:
    """Ctrl-C cancels by itself; being ended from outside cleans up as well."""
    me = asyncio.current_task()
    for number in (signal.SIGTERM, signal.SIGHUP):
        if me is not None:
            asyncio.get_running_loop().add_signal_handler(number, me.cancel)
