"""One run of a kill test: a town, people who live in it, a killer; rest at last, and the account of it."""

from __future__ import annotations

import json
import os
import random
import sys
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, Protocol, TypeVar

from .moments import Eyes, Killer
from .town import Plan, Town, town


class Account(Protocol):
    def figures(self) -> dict[str, Any]: ...


Told = TypeVar("Told", bound=Account)


async def undergo(
    plan: Plan,
    victim: str,
    ground: tuple[str, str, Path],
    live_and_be_killed: Callable[[Town, Killer], Awaitable[None]],
    come_to_rest: Callable[[Town], Awaitable[None]],
    read: Callable[[Town], Awaitable[Told]],
) -> tuple[Killer, Told]:
    """``ground`` is the database's address, the bus's, and a folder. The seed and the figures are printed."""
    database, bus, folder = ground
    seed = int(os.environ.get("KILL_SEED", random.SystemRandom().randrange(2**32)))
    print(f"seed {seed}", file=sys.stderr)
    began = time.monotonic()
    async with town(plan, database, bus, folder) as here:
        eyes = await Eyes.opened(victim, database, folder)
        killer = Killer(here, eyes, random.Random(seed))
        try:
            await live_and_be_killed(here, killer)
            killing = time.monotonic() - began
            await come_to_rest(here)
            told = await read(here)
        finally:
            await eyes.close()
        struck = await here.struck()
    figures = {
        "seed": seed,
        "kills": killer.killed,
        "in the act": killer.in_the_act,
        "moments": dict(killer.blows),
        "struck": struck,
        **told.figures(),
        "seconds": [round(killing, 1), round(time.monotonic() - began, 1)],
    }
    print(json.dumps(figures, ensure_ascii=False, indent=1), file=sys.stderr)
    return killer, told
