"""One run of the pipeline on a started instance: import, call, follow until settled, put away, judge."""

from __future__ import annotations

from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager, nullcontext
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import asyncpg
from contracts.intake import CloseApplication, LeadsImported, OpenPosition, PositionDetails, QueueCalls

from ops.bus import OPERATOR, Operator
from ops.demo.invariants import Finding, examine
from ops.demo.outside import Outside
from ops.demo.pace import Pacemaker
from ops.demo.pulse import Look, Pulse
from ops.demo.reading import rebuilt_equals_live
from ops.demo.stories import TOLD_BY, Story, told
from ops.demo.verdict import Verdict, judge
from ops.history import read_history
from ops.instance import Instance
from ops.seeding import POSITION

MAIL_EVERY = timedelta(minutes=15)
"""How often messaging looks into the inbox (``GMAIL_POLL_MINUTES``)."""

Watcher = Callable[[Look, Counter[str]], Awaitable[None]]


class NotSettled(Exception):
    """Something still waits or works after the time that was given."""

    def __init__(self, seconds: float, look: Look) -> None:
        what = ", ".join(look.busy) or f"a timer at {look.next_due}"
        super().__init__(f"not settled within {seconds:g} s: {what}")


class Performance:
    """``db`` is an administrator's connection. Positions of several runs may live on one instance."""

    def __init__(
        self, instance: Instance, pacemaker: Pacemaker, db: asyncpg.Connection[Any], operator: Operator
    ) -> None:
        self.outside = Outside(instance.sandbox_url)
        self.db = db
        self.operator = operator
        self._instance = instance
        self._pacemaker = pacemaker
        self._pulse = Pulse(db, operator.js, self.outside, MAIL_EVERY)

    async def open_position(self, details: PositionDetails = POSITION) -> int:
        command = OpenPosition(command_id=uuid4(), actor=OPERATOR, details=details)
        return int((await self.operator.ask(command))["position_id"])

    async def import_leads(self, file: Path, position_id: int) -> tuple[LeadsImported, list[int]]:
        """Answers what the import did and the applications of the position."""
        done = await self.operator.import_leads(file, position_id)
        rows = await self.db.fetch(
            "SELECT application_id FROM intake.outbox WHERE type = 'intake.application.opened.v1'"
            " AND (data::jsonb ->> 'position_id')::bigint = $1 ORDER BY application_id",
            position_id,
        )
        return done, [row["application_id"] for row in rows]

    async def call(self, applications: list[int]) -> list[int]:
        """Trigger calls; answers those that were queued."""
        command = QueueCalls(command_id=uuid4(), actor=OPERATOR, application_ids=applications)
        queued: list[int] = (await self.operator.ask(command))["queued"]
        return queued

    async def settle(self, within: float, seen: Watcher | None = None) -> None:
        """Let time pass until nothing can happen any more; raises ``NotSettled``."""

        async def look(what: Look) -> None:
            if seen is not None:
                await seen(what, Counter((await self.statuses()).values()))

        if not await self._pacemaker.until_settled(self._pulse, look, within=within):
            raise NotSettled(within, self._pacemaker.look)

    async def put_away(self, applications: list[int]) -> None:
        """What a recruiter does with those whose CV has come."""
        statuses = await self.statuses()
        for application in applications:
            if statuses[application] == "cv_received":
                await self.operator.ask(
                    CloseApplication(
                        command_id=uuid4(), actor=OPERATOR, application_id=application, reason="CV handed on"
                    )
                )

    async def play(
        self,
        applications: list[int],
        within: float,
        *,
        trouble: AbstractAsyncContextManager[None] | None = None,
        seen: Watcher | None = None,
    ) -> None:
        """Call them all and follow them to the end, with ``trouble`` in the middle."""
        await self.call(applications)
        async with trouble or nullcontext():
            await self.settle(within, seen)
        await self.put_away(applications)
        await self.settle(within, seen)

    async def stories(self) -> dict[int, Story]:
        return told(await read_history(self.db, types=TOLD_BY))

    async def verdicts(self, applications: list[int] | None = None) -> list[Verdict]:
        stories = await self.stories()
        chosen = {number: stories[number] for number in applications} if applications else stories
        return judge(chosen, await self.outside.personas())

    async def findings(self) -> list[Finding]:
        found = await examine(self.db, self.operator.js, self.outside, await self.stories())
        return [*found, await rebuilt_equals_live(self._instance, self.operator.js)]

    async def statuses(self) -> dict[int, str]:
        """Where every application stands, by intake's own word."""
        rows = await self.db.fetch(
            "SELECT DISTINCT ON (application_id) application_id, data::jsonb ->> 'current' AS current"
            " FROM intake.outbox WHERE application_id IS NOT NULL AND due_at IS NULL AND type IN"
            " ('intake.application.opened.v1', 'intake.application.status_changed.v1')"
            " ORDER BY application_id, (data::jsonb ->> 'sequence')::int DESC NULLS LAST"
        )
        return {row["application_id"]: row["current"] or "pending_call" for row in rows}
