"""People who send Meta's form while the demonstration begins: one of them stands in the file as well."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from typing import Any

import asyncpg

from ops.demo.invariants import Finding
from ops.demo.outside import Outside
from ops.sample.write import FORM, LIVE, as_sent

_PATIENCE = 20.0
"""Real seconds after which a live lead counts as lost."""
_LOOK_EVERY = 0.02
_BROUGHT_IN = """
SELECT data::jsonb ->> 'leadgen_id' AS leadgen_id
FROM intake.outbox WHERE type = 'intake.live_lead.brought_in.v1'
"""
_PEOPLE = """
SELECT data::jsonb -> 'profile' ->> 'meta_lead_id' AS lead_id, count(DISTINCT candidate_id) AS people,
       count(*) AS applications
FROM intake.outbox WHERE type = 'intake.application.opened.v1' GROUP BY 1
"""


class LiveLeads:
    """Sends the forms, and says afterwards what became of them."""

    def __init__(self, outside: Outside, db: asyncpg.Connection[Any]) -> None:
        self._outside, self._db = outside, db
        self.form_ids: Sequence[str] = (FORM,)
        self.seconds: dict[str, float] = {}
        """How long each took from being sent to being in the pipeline, in real time."""

    async def come(self) -> None:
        """Returns when all are in the pipeline, or when waiting longer makes no sense."""
        sent: dict[str, float] = {}
        for row in LIVE:
            answer = await self._outside.post("/act/lead", as_sent(row))
            sent[answer["leadgen_id"]] = time.monotonic()
        while sent.keys() - self.seconds.keys() and time.monotonic() < min(sent.values()) + _PATIENCE:
            for row in await self._db.fetch(_BROUGHT_IN):
                leadgen_id = row["leadgen_id"]
                if leadgen_id in sent and leadgen_id not in self.seconds:
                    self.seconds[leadgen_id] = time.monotonic() - sent[leadgen_id]
            await asyncio.sleep(_LOOK_EVERY)

    async def finding(self) -> Finding:
        """Each is one person with one application, whether or not the file held them too."""
        wanted = {as_sent(row)["leadgen_id"] for row in LIVE}
        opened = {
            row["lead_id"].removeprefix("l:"): (row["people"], row["applications"])
            for row in await self._db.fetch(_PEOPLE)
            if row["lead_id"]
        }
        once = [leadgen_id for leadgen_id in wanted if opened.get(leadgen_id) == (1, 1)]
        slowest = max(self.seconds.values(), default=float("inf"))
        return Finding(
            "who applies live is in the pipeline within seconds, once",
            len(once) == len(self.seconds) == len(wanted),
            f"{len(wanted)} sent, {len(once)} in the pipeline once, the slowest after {slowest:.1f} s",
        )
