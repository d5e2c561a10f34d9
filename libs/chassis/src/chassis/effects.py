"""Law 3: an effect on the outside world happens once.

Commit the intent under its own key, act outside any transaction, record the outcome. When the outcome is
unknown (crash, timeout, reset) the provider is asked by that key before anything else; what it can't say is
``Unknown`` and waits for a person.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Protocol, TypeAlias

from chassis.retries import TryLater
from chassis.tx import Begin, Database


@dataclass(frozen=True, slots=True)
class Done:
    """It happened, once. ``result`` is what the provider said, as JSON."""

    result: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Declined:
    """The provider said no; it did not happen and will not."""

    reason: str


@dataclass(frozen=True, slots=True)
class Unknown:
    """Nobody can say whether it happened. Never repeated; a person decides."""

    reason: str


Settled: TypeAlias = Done | Declined | Unknown


class ProviderDeclined(Exception):
    """Raised by ``act``: a clear no (a 4xx other than 408 and 429). Final."""


class NotAccepted(TryLater):
    """Raised by ``act``: it certainly did not happen (refused connection, 429, 503); try again later."""


class OutcomePending(TryLater):
    """Raised by ``once``: perhaps the provider did it; it is asked when the message comes again."""


@dataclass(frozen=True, slots=True)
class Found:
    """Answer of ``look_up``: the provider knows our key; ``result`` has the shape ``act`` answers."""

    result: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Absent:
    """Answer of ``look_up``: the provider answered and does not know our key."""


@dataclass(frozen=True, slots=True)
class CannotSay:
    """Answer of ``look_up``: the provider can't tell, now or ever."""

    reason: str


Sighting: TypeAlias = Found | Absent | CannotSay
Act: TypeAlias = Callable[[], Awaitable[dict[str, Any]]]
LookUp: TypeAlias = Callable[[], Awaitable[Sighting]]


@dataclass(frozen=True, slots=True)
class Record:
    """What is written down of one effect. ``started_at`` is real time, whatever the service's clock shows."""

    state: str
    """``acting``, ``done``, ``declined`` or ``unknown``."""
    started_at: datetime
    result: dict[str, Any] | None = None
    reason: str | None = None

    def settled(self) -> Settled | None:
        if self.state == "done":
            return Done(self.result or {})
        if self.state == "declined":
            return Declined(self.reason or "")
        if self.state == "unknown":
            return Unknown(self.reason or "")
        return None


class EffectLedger(Protocol):
    """Where intents and outcomes are kept, inside a transaction."""

    async def intend(self, key: str, started_at: datetime) -> Record | None:
        """Write the intent down; answers what stands there already, or None when the intent is new."""

    async def renew(self, key: str, seen: datetime, started_at: datetime) -> bool:
        """Take over an intent that was found ``acting`` since ``seen``; False when somebody else did."""

    async def settle(self, key: str, outcome: Settled) -> None:
        """Store the outcome."""

    async def forget(self, key: str, started_at: datetime) -> None:
        """Take the intent of that moment back: it certainly did not happen. Somebody else's stays."""


async def once(begin: Begin, key: str, *, act: Act, look_up: LookUp, grace: float) -> Settled:
    """Do ``act`` once under ``key``, whatever crashes in between, and answer what became of it.

    ``grace`` is in real seconds: how long after its start an act without an answer may still take
    effect at the provider. Raises ``NotAccepted`` (it did not happen) and ``OutcomePending`` (ask again
    later); the chassis brings the message back for both. Called again after it settled, it answers the
    stored outcome.
    """
    started_at = datetime.now(UTC)
    async with begin() as tx:
        earlier = await tx.effects.intend(key, started_at)
    if earlier is None:
        return await _act(begin, key, act, started_at, grace)
    return earlier.settled() or await _resolve(begin, key, earlier, act, look_up, grace)


async def _act(begin: Begin, key: str, act: Act, started_at: datetime, grace: float) -> Settled:
    """Not when it took so long to get here that somebody else may take the intent over before it is done."""
    if 0 < grace <= 2 * (datetime.now(UTC) - started_at).total_seconds():
        raise OutcomePending("it took too long to write the intent down")
    outcome: Settled
    try:
        outcome = Done(await act())
    except ProviderDeclined as no:
        outcome = Declined(str(no))
    except NotAccepted:
        async with begin() as tx:
            await tx.effects.forget(key, started_at)
        raise
    except Exception as lost:
        raise OutcomePending(f"no answer: {type(lost).__name__}") from lost
    async with begin() as tx:
        await tx.effects.settle(key, outcome)
    return outcome


async def _resolve(
    begin: Begin, key: str, earlier: Record, act: Act, look_up: LookUp, grace: float
) -> Settled:
    """An earlier run died or got no answer: ask the provider, act again only when it never happened."""
    remaining = grace - (datetime.now(UTC) - earlier.started_at).total_seconds()
    try:
        sighting = await look_up()
    except Exception as silent:
        raise OutcomePending(f"the provider can't be asked: {type(silent).__name__}") from silent
    if isinstance(sighting, Found):
        outcome: Settled = Done(sighting.result)
    elif remaining > 0:
        raise OutcomePending("it may still take effect", remaining)
    elif isinstance(sighting, Absent):
        started_at = datetime.now(UTC)
        async with begin() as tx:
            mine = await tx.effects.renew(key, earlier.started_at, started_at)
        if not mine:
            raise OutcomePending("somebody else is at it", grace)
        return await _act(begin, key, act, started_at, grace)
    else:
        outcome = Unknown(sighting.reason)
    async with begin() as tx:
        await tx.effects.settle(key, outcome)
    return outcome


def _as_record(outcome: Settled, started_at: datetime) -> Record:
    if isinstance(outcome, Done):
        return Record("done", started_at, result=outcome.result)
    state = "declined" if isinstance(outcome, Declined) else "unknown"
    return Record(state, started_at, reason=outcome.reason)


class PostgresLedger:
    """The table ``effects`` of the service's schema."""

    __slots__ = ("_db",)

    def __init__(self, db: Database) -> None:
        self._db = db

    async def intend(self, key: str, started_at: datetime) -> Record | None:
        fresh = await self._db.fetchval(
            "INSERT INTO effects (key, state, started_at) VALUES ($1, 'acting', $2)"
            " ON CONFLICT (key) DO NOTHING RETURNING true",
            key,
            started_at,
        )
        if fresh:
            return None
        row = await self._db.fetchrow(
            "SELECT state, started_at, result, reason FROM effects WHERE key = $1", key
        )
        if row is None:
            raise OutcomePending("the intent was taken back this moment", 0.1)
        return Record(row["state"], row["started_at"], row["result"], row["reason"])

    async def renew(self, key: str, seen: datetime, started_at: datetime) -> bool:
        mine = await self._db.fetchval(
            "UPDATE effects SET started_at = $3 WHERE key = $1 AND state = 'acting' AND started_at = $2"
            " RETURNING true",
            key,
            seen,
            started_at,
        )
        return bool(mine)

    async def settle(self, key: str, outcome: Settled) -> None:
        record = _as_record(outcome, datetime.now(UTC))
        await self._db.execute(
            "UPDATE effects SET state = $2, result = $3, reason = $4 WHERE key = $1 AND state = 'acting'",
            key,
            record.state,
            record.result,
            record.reason,
        )

    async def forget(self, key: str, started_at: datetime) -> None:
        await self._db.execute(
            "DELETE FROM effects WHERE key = $1 AND state = 'acting' AND started_at = $2", key, started_at
        )


@dataclass
class MemoryLedger:
    """For tests of handlers."""

    records: dict[str, Record] = field(default_factory=dict)

    async def intend(self, key: str, started_at: datetime) -> Record | None:
        earlier = self.records.get(key)
        if earlier is None:
            self.records[key] = Record("acting", started_at)
        return earlier

    async def renew(self, key: str, seen: datetime, started_at: datetime) -> bool:
        record = self.records.get(key)
        if record is None or record.state != "acting" or record.started_at != seen:
            return False
        self.records[key] = Record("acting", started_at)
        return True

    async def settle(self, key: str, outcome: Settled) -> None:
        record = self.records.get(key)
        if record is not None and record.state == "acting":
            self.records[key] = _as_record(outcome, record.started_at)

    async def forget(self, key: str, started_at: datetime) -> None:
        record = self.records.get(key)
        if record is not None and record.state == "acting" and record.started_at == started_at:
            del self.records[key]
