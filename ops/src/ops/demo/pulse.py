"""Is anything in the middle of being done, and if not, when does something happen next?

One look can't tell: a message may leave the place looked at first for the place looked at last. Two looks
that count the same can.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import asyncpg
import nats
from contracts.streams import EVENTS
from nats.js import JetStreamContext

from ops.demo.outside import Outside, OutsideState
from ops.topology import SERVICES

_QUERY = " UNION ALL ".join(
    f"""
    SELECT '{name}' AS service,
           (SELECT count(*) FROM {name}.outbox WHERE sent_at IS NULL AND due_at IS NULL) AS unsent,
           (SELECT min(due_at) FROM {name}.outbox WHERE due_at IS NOT NULL) AS next_timer,
           (SELECT count(*) FROM {name}.deferred) AS deferred,
           (SELECT coalesce(max(id), 0) FROM {name}.outbox) AS said
    """
    for name in SERVICES
)


@dataclass(frozen=True, slots=True)
class Look:
    """``busy`` names what is in the middle of being done; empty when all are waiting for time to pass."""

    busy: tuple[str, ...]
    next_due: datetime | None
    counters: tuple[int, ...]

    @property
    def idle(self) -> bool:
        return not self.busy


class Pulse:
    """Looks at outboxes, consumers and the outside world."""

    def __init__(
        self, db: asyncpg.Connection[Any], js: JetStreamContext, outside: Outside, mail_every: timedelta
    ) -> None:
        self._db = db
        self._js = js
        self._outside = outside
        self._mail_every = mail_every
        self._mail_since: datetime | None = None

    async def look(self, now: datetime) -> Look:
        rows = await self._db.fetch(_QUERY)
        behind, handled = await self._consumers()
        busy = [f"{row['service']}: {row['unsent']} to send" for row in rows if row["unsent"]]
        busy += [f"{row['service']}: {row['deferred']} to try again" for row in rows if row["deferred"]]
        busy += [f"{row['service']}: a timer is due" for row in rows if _due(row["next_timer"], now)]
        busy += behind
        timers = [row["next_timer"] for row in rows if row["next_timer"]]
        outside = await self._outside.state()
        if outside is None:
            return Look((*busy, "the outside world does not answer"), min(timers, default=None), ())
        mail_due = self._next_mail(outside, now)
        busy += ["the outside world is busy"] if outside.in_flight or _due(outside.next_step, now) else []
        busy += ["messaging: the inbox is due to be read"] if _due(mail_due, now) else []
        timers += [moment for moment in (outside.next_step, mail_due) if moment]
        counters = (*(row["said"] for row in rows), handled, outside.moves)
        return Look(tuple(busy), min(timers, default=None), counters)

    async def settled(self, now: datetime) -> Look:
        """Two looks; idle only when nothing moved between them."""
        first = await self.look(now)
        if not first.idle:
            return first
        second = await self.look(now)
        if second.idle and first.counters != second.counters:
            return Look(("something moved just now",), second.next_due, second.counters)
        return second

    async def _consumers(self) -> tuple[list[str], int]:
        try:
            infos = await self._js.consumers_info(EVENTS.name)
        except (TimeoutError, nats.errors.Error) as failure:
            return [f"the bus does not answer ({type(failure).__name__})"], 0
        behind = [
            f"{info.name}: {waiting} to handle"
            for info in infos
            if (waiting := (info.num_pending or 0) + (info.num_ack_pending or 0))
        ]
        handled = sum(info.ack_floor.stream_seq for info in infos if info.ack_floor)
        return behind, handled

    def _next_mail(self, outside: OutsideState, now: datetime) -> datetime | None:
        """A mail waits for the next look into the inbox, which no timer announces."""
        if not outside.waiting_mails:
            self._mail_since = None
            return None
        self._mail_since = self._mail_since or now
        return self._mail_since + self._mail_every


def _due(moment: datetime | None, now: datetime) -> bool:
    return moment is not None and moment <= now
