"""When to kill: at a random moment after the sight of something that is under way at this instant.

Each moment names what is waited for; the few milliseconds behind it are drawn, so that the blow falls before,
in and after the transaction that belongs to it.
"""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Any

import asyncpg

from .town import Town

_PATIENCE = 5.0
"""Seconds to wait for the sight; then it is done anyway. Half a second is usual, when nothing else runs."""


@dataclass(frozen=True, slots=True)
class Moment:
    """The blow falls up to ``latest`` seconds after the sight."""

    what: str
    latest: float
    sight: str | None = None
    """A kind of entry in the provider's ledger, or ``outbox`` for what the victim says; None: it has come."""
    hangs: str | None = None
    """The provider that takes what it is sent, and never answers."""
    whoever: bool = False
    """The victim, the gateway, or both."""


@dataclass
class Eyes:
    """Looks at the sandbox's own file and the victim's tables, because asking over HTTP takes too long."""

    victim: str
    ledger: sqlite3.Connection
    db: asyncpg.Connection[Any]

    @classmethod
    async def opened(cls, victim: str, database: str, folder: Path) -> Eyes:
        file = f"file:{folder}/sandbox/sandbox.sqlite?mode=ro"
        ledger = sqlite3.connect(file, uri=True, isolation_level=None)
        return cls(victim, ledger, await asyncpg.connect(database))

    async def close(self) -> None:
        self.ledger.close()
        await self.db.close()

    async def sight(self, moment: Moment) -> int:
        """A number that grows when it happens."""
        if moment.sight is None:
            return time.monotonic_ns()
        if moment.sight == "outbox":
            return int(await self.db.fetchval(f"SELECT last_value FROM {self.victim}.outbox_id_seq"))
        found = self.ledger.execute(
            "select coalesce(max(seq), 0) from ledger where kind = ?", (moment.sight,)
        )
        return int(found.fetchone()[0])

    async def acting(self, since: datetime) -> bool:
        """Whether an intent of that time or later stands there without its outcome."""
        acting = f"SELECT 1 FROM {self.victim}.effects WHERE state = 'acting' AND started_at > $1"
        return bool(await self.db.fetchval(f"SELECT EXISTS ({acting})", since))

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
    """Kills the victim, sometimes the gateway, sometimes both, and has them stand again at once."""

    town: Town
    eyes: Eyes
    dice: Random
    blows: Counter[str] = field(default_factory=Counter)
    """By moment; ``(nothing came)`` where the sight was waited for in vain."""
    killed: int = 0
    in_the_act: int = 0
    """How often the victim was killed with a request under way whose outcome it had not written down."""
    born: datetime = field(default_factory=lambda: datetime.now(UTC))

    async def strike(self, moment: Moment, begin: Callable[[], Awaitable[None]]) -> None:
        """Have something begin, wait for the moment, and strike a little later."""
        if moment.hangs:
            fault = {"provider": moment.hangs, "operation": "*", "kind": "accept_then_hang", "count": 1}
            await self.town.fault(**fault)
        before = await self.eyes.sight(moment)
        await begin()
        came = await self.eyes.seen(moment, before)
        await asyncio.sleep(self.dice.uniform(0, moment.latest))
        for name in self._victims(moment):
            await self.town.nursery.kill(name)
            self.killed += 1
            self.in_the_act += name == self.eyes.victim and await self.eyes.acting(self.born)
            self.born = datetime.now(UTC)
            await self.town.nursery.bear(name)
        self.blows[moment.what if came else f"{moment.what} (nothing came)"] += 1

    def _victims(self, moment: Moment) -> list[str]:
        victim = self.eyes.victim
        if moment.whoever:
            return self.dice.choice([[victim], ["gateway"], ["gateway", victim]])
        return [victim]
