"""Whatever is killed, doubled, late or out of order: each message once, each answer heard once, nobody stuck.

10 times kill -9 here, 200 times by ``make test-kill`` (``KILLS=200``). The seed is printed; given again by
``KILL_SEED`` it draws the same people, faults and moments.
"""

from __future__ import annotations

import os
import random
from datetime import timedelta
from functools import partial
from pathlib import Path

from chassis.testing import eventually

from .letters import SETTLED, Letters, announced, written
from .moments import Killer, Moment
from .ordeal import undergo
from .town import Town
from .writing import AT_REST, FAST, MOMENTS, WRITING, email_of, judge, send_cv

KILLS = int(os.environ.get("KILLS", "10"))
PERSONAS = (
    *("qualifies", "sends-cv-by-whatsapp", "cv-from-another-address", "replies-first", "never-sends-cv"),
    *("cv-after-follow-up-1", "cv-after-follow-up-2", "not-qualified", "not-qualified-cv-by-email"),
    "not-qualified-cv-by-whatsapp",
)
FAULTS = (
    {"provider": "whapi", "operation": "messages_text", "kind": "accept_then_close", "probability": 0.15},
    {"provider": "whapi", "operation": "*", "kind": "close", "probability": 0.05},
    {"provider": "whapi", "operation": "*", "kind": "status", "status": 500, "probability": 0.05},
    {"provider": "whapi", "operation": "*", "kind": "status", "status": 429, "probability": 0.04},
    {"provider": "whapi", "operation": "*", "kind": "duplicated", "probability": 0.3, "seconds": 120},
    {"provider": "whapi", "operation": "*", "kind": "late", "probability": 0.1, "seconds": 1500},
    {"provider": "whapi", "operation": "*", "kind": "reordered", "probability": 0.2, "seconds": 300},
    {"provider": "gmail", "operation": "messages_send", "kind": "accept_then_close", "probability": 0.15},
    {"provider": "gmail", "operation": "*", "kind": "close", "probability": 0.03},
    {"provider": "gmail", "operation": "*", "kind": "status", "status": 503, "probability": 0.05},
    {"provider": "gmail", "operation": "*", "kind": "status", "status": 429, "probability": 0.04},
    {"provider": "gmail", "operation": "messages_list", "kind": "not_indexed", "probability": 0.1},
)
HASTE = 3
"""How much faster time runs when nobody is killed any more."""
ON_ITS_WAY = 4.0
"""Real seconds from the last look before sending to the provider's ledger: its patience and a little more."""


async def test_each_message_once_each_answer_heard_once_and_nobody_is_stuck(
    fresh_database: str, fresh_bus: str, tmp_path: Path
) -> None:
    ground = fresh_database, fresh_bus, tmp_path
    killer, letters = await undergo(
        WRITING, "messaging", ground, _live_and_be_killed, _come_to_rest, Letters.read
    )
    wrong = letters.wrong(timedelta(seconds=ON_ITS_WAY * HASTE * FAST))
    assert not wrong, "\n".join(wrong)
    assert killer.killed >= KILLS
    assert letters.taken, "too little went on for the kills to mean anything"


async def _live_and_be_killed(here: Town, killer: Killer) -> None:
    """Verdicts fall in waves, CVs come at random; in between messaging, the gateway or both are killed."""
    dice = killer.dice
    people = []
    for number in range(1, KILLS + 5):
        persona = dice.choice(PERSONAS)
        people.append((await here.add(number, persona, email_of(number)), not persona.startswith("not-")))
    for fault in FAULTS:
        await here.fault(count=None, **fault)
    everybody = len(people)
    moments: list[Moment] = []
    while killer.killed < KILLS:
        moments = moments or dice.sample(MOMENTS, len(MOMENTS))
        wave = [people.pop() for _ in range(min(len(people), dice.randrange(3)))]
        writes = dice.randint(1, everybody) if dice.random() < 0.3 else None
        await killer.strike(moments.pop(), partial(_go_on, here, dice, wave, writes))
    await _go_on(here, dice, people, None)


async def _go_on(here: Town, dice: random.Random, wave: list[tuple[int, bool]], writes: int | None) -> None:
    for application_id, fits in wave:
        await judge(here, application_id, fits=fits)
    if writes is not None:
        await send_cv(here, dice, writes)


async def _come_to_rest(here: Town) -> None:
    """Nobody is killed any more, and time runs faster; what goes wrong at the providers goes on."""

    async def busy() -> list[str]:
        rows = await here.db.fetch("SELECT message_id, status FROM messaging.messages")
        found = [f"{row['message_id']} {row['status']}" for row in rows if row["status"] not in SETTLED]
        statuses = await here.statuses()
        found += [f"{one} {status}" for one, status in statuses.items() if status not in AT_REST]
        heard = await announced(here)
        found += [f"{key} not heard" for key in await written(here) if key not in heard]
        state = (await here.control.get("/state", params={"limit": 1})).json()
        found += [f"{state['next_due']} to come"] if state["next_due"] else []
        return found

    here.hurry(HASTE * FAST)
    await eventually(busy, lambda found: not found, within=300, every=0.25, what="everybody came to an end")
