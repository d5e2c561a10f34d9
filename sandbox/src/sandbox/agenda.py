"""What is still to come: steps of calls, webhooks, replies of candidates. Kept on disk until done.

A step that only changes the sandbox's own state runs in one transaction with its removal, so it happens
exactly once. A step that speaks to the outside (a webhook) is removed after it was spoken, so it may repeat
after a kill, as with any provider.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from chassis.clock import Clock

from sandbox.store import Document, Store

log = logging.getLogger("sandbox.agenda")

_TICK = 0.02
_AT_ONCE = 32


@dataclass(frozen=True, slots=True)
class Step:
    """``at`` is when it was due, which may lie a little before now."""

    id: int
    at: datetime
    kind: str
    body: Document


Change = Callable[[Step], None]
Outward = Callable[[Step], Awaitable[None]]


class Agenda:
    """Steps in order of their time, run by one loop."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._changes: dict[str, Change] = {}
        self._outward: dict[str, Outward] = {}
        self._running: dict[int, asyncio.Task[None]] = {}
        self._busy_lanes: set[str] = set()
        self._loop: asyncio.Task[None] | None = None

    def on(self, kind: str, change: Change) -> None:
        self._changes[kind] = change

    def on_outward(self, kind: str, outward: Outward) -> None:
        self._outward[kind] = outward

    def add(self, at: datetime, kind: str, body: Document, key: str | None = None) -> int:
        """Plan a step; a key that is still waiting is replaced."""
        if key is not None:
            self.cancel(key)
        row = self._store.db.execute(
            "insert into agenda (at, kind, key, body) values (?, ?, ?, ?) returning id",
            (at.timestamp(), kind, key, json.dumps(body, ensure_ascii=False)),
        ).fetchone()
        return int(row[0])

    def cancel(self, key: str) -> bool:
        return self._store.db.execute("delete from agenda where key = ?", (key,)).rowcount > 0

    def waiting(self) -> list[Step]:
        rows = self._store.db.execute("select id, at, kind, body from agenda order by at, id")
        return [_step(row) for row in rows]

    @property
    def in_flight(self) -> int:
        """Outward steps being spoken at this moment."""
        return len(self._running)

    def start(self) -> None:
        self._loop = asyncio.create_task(self._run())

    async def stop(self) -> None:
        """End at once; what was not finished is still on disk."""
        tasks = [task for task in (self._loop, *self._running.values()) if task]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _run(self) -> None:
        while True:
            try:
                self.run_due()
            except Exception:
                log.exception("the agenda stumbled")
            await asyncio.sleep(_TICK)

    def run_due(self) -> None:
        """Run what is due by now, in order, including what those steps plan for the past."""
        while step := self._next_due():
            if step.kind in self._outward:
                self._busy_lanes.add(_lane(step))
                self._running[step.id] = asyncio.create_task(self._speak(step))
            else:
                self._change(step)

    async def settle(self) -> None:
        """Wait for the outward steps under way; for tests and for answers that follow their webhook."""
        while self._running:
            await asyncio.gather(*self._running.values(), return_exceptions=True)

    def _next_due(self) -> Step | None:
        # A receiver that hangs may hold back other deliveries, never the life of the sandbox itself.
        full = len(self._running) >= _AT_ONCE
        barred = ", ".join(f"'{kind}'" for kind in self._outward) if full else "''"
        rows = self._store.db.execute(
            f"select id, at, kind, body from agenda where at <= ? and kind not in ({barred}) order by at, id",  # noqa: S608
            (self._clock.now().timestamp(),),
        )
        steps = (_step(row) for row in rows if row[0] not in self._running)
        return next((step for step in steps if _lane(step) not in self._busy_lanes), None)

    def _change(self, step: Step) -> None:
        try:
            with self._store.atomic():
                self._store.db.execute("delete from agenda where id = ?", (step.id,))
                self._changes[step.kind](step)
        except Exception:
            # A step that can't be done must not hold up the others or come back for ever.
            log.exception("step failed and is dropped", extra={"step": step.kind})
            self._store.db.execute("delete from agenda where id = ?", (step.id,))

    async def _speak(self, step: Step) -> None:
        try:
            await self._outward[step.kind](step)
        except Exception:
            log.exception("outward step failed and is dropped", extra={"step": step.kind})
        finally:
            # Cancelled means the process is going down: then the step stays for the next start.
            task = asyncio.current_task()
            if task is not None and not task.cancelling():
                self._store.db.execute("delete from agenda where id = ?", (step.id,))
            self._running.pop(step.id, None)
            self._busy_lanes.discard(_lane(step))


def _step(row: tuple[int, float, str, str]) -> Step:
    return Step(row[0], datetime.fromtimestamp(row[1], UTC), row[2], json.loads(row[3]))


def _lane(step: Step) -> str:
    """Outward steps of one lane go one after another; nothing else waits for them."""
    return str(step.body.get("lane", f"step {step.id}"))


def seconds(span: float) -> timedelta:
    return timedelta(seconds=span)
