"""When to kill: at a random moment after the sight of something that is under way at this instant.

Each moment names what is waited for; the few milliseconds behind it are drawn, so that the blow falls before,
in and after the transaction that belongs to it.
"""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from random import Random
from typing import Any

import asyncpg

from .town import Town

_PATIENCE = 5.0
"""Seconds to wait for the sight; then it is done anyway. Half a second is usual, when nothing else runs."""


class Moment(StrEnum):
    QUEUE = "calls were asked for"
    SUBMIT = "the provider took calls, and its answer hangs"
    ANSWER = "the provider took calls and answers"
    WEBHOOK = "the provider reports a call"
    COMMIT = "calling has just said something"
    ANY = "any time"


LATEST = {
    Moment.QUEUE: 0.6,
    Moment.SUBMIT: 0.1,
    Moment.ANSWER: 0.03,
    Moment.WEBHOOK: 0.06,
    Moment.COMMIT: 0.02,
    Moment.ANY: 0.8,
}


@dataclass
class Eyes:
    """Looks at the sandbox's own file and calling's outbox, because asking over HTTP takes too long."""

    ledger: sqlite3.Connection
    db: asyncpg.Connection[Any]

    @classmethod
    async def opened(cls, database: str, folder: Path) -> Eyes:
        file = f"file:{folder}/sandbox/sandbox.sqlite?mode=ro"
        return cls(sqlite3.connect(file, uri=True, isolation_level=None), await asyncpg.connect(database))

    async def close(self) -> None:
        self.ledger.close()
        await self.db.close()

    async def sight(self, moment: Moment) -> int:
        """A number that grows when it happens."""
        if moment in (Moment.QUEUE, Moment.ANY):
            return time.monotonic_ns()
        if moment is Moment.COMMIT:
            return int(await self.db.fetchval("SELECT last_value FROM calling.outbox_id_seq"))
        kind = "webhook" if moment is Moment.WEBHOOK else "call"
        found = self.ledger.execute("select coalesce(max(seq), 0) from ledger where kind = ?", (kind,))
        return int(found.fetchone()[0])

    async def acting(self, since: datetime) -> bool:
        """Whether an intent of that time or later stands there without its outcome."""
        asked = "SELECT EXISTS (SELECT 1 FROM calling.effects WHERE state = 'acting' AND started_at > $1)"
        return bool(await self.db.fetchval(asked, since))

    async def seen(self, moment: Moment, before: int) -> bool:
        """Whether it happened since, or happens while it is waited for."""
        deadline = time.monotonic() + _PATIENCE
        while await self.sight(moment) == before:
            if time.monotonic() > deadline:
                return False
            await asyncio.sleep(0.002)
        return True


@dataclass
class Killer:
    """Kills calling, sometimes the gateway, sometimes both, and has them stand again at once."""

    town: Town
    eyes: Eyes
    dice: Random
    blows: Counter[str] = field(default_factory=Counter)
    """By moment; ``(nothing came)`` where the sight was waited for in vain."""
    killed: int = 0
    in_the_act: int = 0
    """How often calling was killed with a request under way whose outcome it had not written down."""
    born: datetime = field(default_factory=lambda: datetime.now(UTC))

    async def strike(self, moment: Moment, applications: list[int]) -> None:
        """Have these called, wait for the moment, and strike a little later."""
        if moment is Moment.SUBMIT:
            await self.town.fault(operation="*", kind="accept_then_hang", count=1)
        before = await self.eyes.sight(moment)
        if applications:
            await self.town.trigger(applications)
        came = await self.eyes.seen(moment, before)
        await asyncio.sleep(self.dice.uniform(0, LATEST[moment]))
        for name in self._victims(moment):
            await self.town.nursery.kill(name)
            self.killed += 1
            self.in_the_act += name == "calling" and await self.eyes.acting(self.born)
            self.born = datetime.now(UTC)
            await self.town.nursery.bear(name)
        self.blows[moment.value if came else f"{moment.value} (nothing came)"] += 1

    def _victims(self, moment: Moment) -> list[str]:
        if moment in (Moment.WEBHOOK, Moment.ANY):
            return self.dice.choice([["calling"], ["gateway"], ["gateway", "calling"]])
        return ["calling"]
