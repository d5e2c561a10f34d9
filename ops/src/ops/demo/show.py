"""``recruitflow demo``: import, call, follow until settled, put away, and check that all of it was right."""

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
from typing import Any
from uuid import uuid4

import asyncpg
from contracts.intake import CloseApplication, PositionDetails, QueueCalls
from rich.console import Console

from ops.bus import OPERATOR, Operator
from ops.demo.disturbing import Disturbance
from ops.demo.invariants import Finding, examine
from ops.demo.outside import Outside
from ops.demo.pace import Pacemaker
from ops.demo.pulse import Look, Pulse
from ops.demo.reading import rebuilt_equals_live
from ops.demo.report import LOCAL, Progress, findings_table, mistake_lines, outcome_table
from ops.demo.stories import TOLD_BY, Story, told
from ops.demo.verdict import Verdict, judge
from ops.history import read_history
from ops.inquiries import print_import, timeline_table
from ops.instance import Instance, Options
from ops.sample import LEADS
from ops.say import Say, Trouble
from ops.seeding import POSITION, open_position
from ops.terminal import console
from ops.timeline import line
from ops.topology import free_ports

START = datetime(2026, 11, 17, 9, 50, tzinfo=LOCAL)
"""A Tuesday, ten minutes before the first call may be placed."""
MAIL_EVERY = timedelta(minutes=15)
PATIENCE = 240.0
"""Real seconds after which a run that does not settle has failed."""
PACE = {"EFFECT_GRACE_SECONDS": "3", "CONSUMER_ACK_WAIT_SECONDS": "5", "RETRY_DELAY_MAX_SECONDS": "5"}


@dataclass(frozen=True, slots=True)
class Wishes:
    """What can be asked of a demonstration."""

    leads: Path | None = None
    json: Path | None = None
    seed: str = "demo"
    kill: str | None = None
    stop_nats: float = 0.0
    keep: bool = False
    details: PositionDetails = POSITION


async def show(wishes: Wishes, console: Console = console) -> bool:
    """True when every application is where it should be and every invariant holds."""
    began = time.monotonic()
    leads = wishes.leads or LEADS
    if not leads.is_file():
        raise Trouble(f"{leads}: there is no such file.")
    folder = Path(tempfile.mkdtemp(prefix="recruitflow-demo-"))
    pacemaker = Pacemaker(folder / "pace.json", START)
    options = Options(
        clock_file=folder / "pace.json", people=leads.resolve(), seed=wishes.seed, environment=PACE
    )
    instance = Instance(folder, free_ports(), options, Say())
    me = asyncio.current_task()
    for number in (signal.SIGTERM, signal.SIGHUP):
        asyncio.get_running_loop().add_signal_handler(number, me.cancel if me else lambda: None)
    try:
        await instance.start()
        pacemaker.begin()
        performance = Performance(instance, wishes, leads, pacemaker, console)
        right = await performance.run(began)
    finally:
        instance.stop()
        if wishes.keep:
            console.print(f"Kept: {folder}", soft_wrap=True)
        else:
            shutil.rmtree(folder, ignore_errors=True)
    return right


class Performance:
    """One run on a started instance."""

    def __init__(
        self, instance: Instance, wishes: Wishes, leads: Path, pacemaker: Pacemaker, console: Console
    ) -> None:
        self._instance, self._wishes, self._leads = instance, wishes, leads
        self._pacemaker, self._console = pacemaker, console
        self._outside = Outside(instance.sandbox_url)
        self._counts: Counter[str] = Counter()

    async def run(self, began: float) -> bool:
        db = await asyncpg.connect(self._instance.ground.admin_url)
        try:
            async with self._instance.operator() as operator:
                await self._play(db, operator)
                stories = told(await read_history(db, types=TOLD_BY))
                verdicts = judge(stories, await self._outside.personas())
                findings = await examine(db, operator.js, self._outside, stories)
                findings.append(await rebuilt_equals_live(self._instance, operator.js))
                await self._tell(db, verdicts, findings, began)
        finally:
            await db.close()
        return all(one.right for one in verdicts) and all(one.holds for one in findings)

    async def _play(self, db: asyncpg.Connection[Any], operator: Operator) -> None:
        position = await open_position(operator, self._wishes.details)
        print_import(await operator.import_leads(self._leads, position))
        ids = sorted(await self._statuses(db))
        if not ids:
            raise Trouble(f"{self._leads.name} holds nobody who could be called.")
        answer = await operator.ask(QueueCalls(command_id=uuid4(), actor=OPERATOR, application_ids=ids))
        self._console.print(f"Calls triggered for {len(answer['queued'])} of {len(ids)} applications.")
        pulse = Pulse(db, operator.js, self._outside, MAIL_EVERY)
        disturbance = Disturbance(self._instance, self._wishes.kill, self._wishes.stop_nats, self._console)
        async with disturbance.under_way():
            await self._settle(db, pulse)
        statuses = await self._statuses(db)
        for application in sorted(statuses):
            if statuses[application] == "cv_received":
                close = CloseApplication(
                    command_id=uuid4(), actor=OPERATOR, application_id=application, reason="CV handed on"
                )
                await operator.ask(close)
        await self._settle(db, pulse)

    async def _settle(self, db: asyncpg.Connection[Any], pulse: Pulse) -> None:
        with Progress(self._console) as progress:

            async def seen(look: Look) -> None:
                self._counts = Counter((await self._statuses(db)).values())
                progress.show(
                    self._pacemaker.now(),
                    self._counts,
                    "; ".join(look.busy[:3]) or "waiting for time to pass",
                )

            settled = await self._pacemaker.until_settled(pulse, seen, within=PATIENCE)
        if not settled:
            look = self._pacemaker.look
            self._console.print(
                f"Not settled within {PATIENCE:g} s: {', '.join(look.busy) or look.next_due}", soft_wrap=True
            )

    async def _statuses(self, db: asyncpg.Connection[Any]) -> dict[int, str]:
        rows = await db.fetch(
            "SELECT DISTINCT ON (application_id) application_id, data::jsonb ->> 'current' AS current"
            " FROM intake.outbox WHERE application_id IS NOT NULL AND due_at IS NULL AND type IN"
            " ('intake.application.opened.v1', 'intake.application.status_changed.v1')"
            " ORDER BY application_id, (data::jsonb ->> 'sequence')::int DESC NULLS LAST"
        )
        return {row["application_id"]: row["current"] or "pending_call" for row in rows}

    async def _tell(
        self, db: asyncpg.Connection[Any], verdicts: list[Verdict], findings: list[Finding], began: float
    ) -> None:
        passed = self._pacemaker.now() - START
        seconds = time.monotonic() - began
        self._console.print(outcome_table(verdicts))
        longest = max((verdict.story for verdict in verdicts), key=lambda story: len(story.path))
        await self._tell_one(db, longest)
        self._console.print(findings_table(findings))
        wrong = mistake_lines(verdicts)
        for mistake in wrong:
            self._console.print(mistake, highlight=False, soft_wrap=True, style="red")
        self._console.print(
            f"{len(verdicts)} applications, {len(wrong)} not where they should be. "
            f"{passed / timedelta(days=1):.1f} days passed in {seconds:.0f} s.",
            highlight=False,
            soft_wrap=True,
        )
        if self._wishes.json:
            self._wishes.json.write_text(
                json.dumps(
                    {
                        "seed": self._wishes.seed,
                        "leads": self._leads.name,
                        "days": round(passed / timedelta(days=1), 1),
                        "seconds": round(seconds, 1),
                        "statuses": dict(Counter(verdict.story.status for verdict in verdicts)),
                        "ledger": await self._outside.counts(),
                        "invariants": [finding.as_json() for finding in findings],
                        "applications": [verdict.as_json() for verdict in verdicts],
                    },
                    indent=1,
                )
                + "\n"
            )

    async def _tell_one(self, db: asyncpg.Connection[Any], story: Story) -> None:
        history = await read_history(db, application_id=story.application_id)
        lines = [line(happening.time, happening.event) for happening in history]
        self._console.print(timeline_table(f"Application {story.application_id}", lines))
