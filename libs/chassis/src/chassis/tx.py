"""What a handler may do in its transaction: read, write, say what happened; never commit, ack or retry."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, TypeAlias
from uuid import UUID

from contracts import Envelope, Event

if TYPE_CHECKING:
    from asyncpg.pool import PoolConnectionProxy

    from chassis.effects import EffectLedger

Database: TypeAlias = "PoolConnectionProxy[Any]"
"""An asyncpg connection inside the open transaction; ``search_path`` is the service's own schema."""


class Written(NamedTuple):
    """An event as JSON, byte for byte what its class would write, with the ids that stand in it."""

    candidate_id: int | None
    application_id: int | None
    data: str


class Tx(Protocol):
    """One open transaction of one service."""

    @property
    def now(self) -> datetime:
        """The time of this transaction in UTC, on the service's clock; it does not move meanwhile."""

    @property
    def cause(self) -> Envelope | None:
        """The event being handled; None for commands, HTTP requests and periodic work."""

    @property
    def db(self) -> Database:
        """The connection, for adapters only."""

    @property
    def effects(self) -> EffectLedger:
        """For ``chassis.effects.once`` only."""

    def publish(self, event: Event, *, at: datetime | None = None, key: str | None = None) -> UUID:
        """Say that something happened; it leaves when the transaction commits.

        With ``at`` it is a timer: held in the outbox until then. ``key`` names a timer within the service,
        so that it can be cancelled; publishing under a key that is still waiting replaces that timer.
        Answers the event's id. Raises ``EventTooLarge``.
        """

    def publish_written(self, kind: type[Event], facts: Iterable[Written]) -> None:
        """Say many facts of one kind, in order, whose JSON is known without building each of them."""

    def cancel(self, key: str) -> None:
        """Take back a timer that has not left yet; nothing happens when there is none."""

    def new_id(self) -> UUID:
        """A fresh UUIDv7."""


Begin: TypeAlias = Callable[[], AbstractAsyncContextManager[Tx]]
"""Opens a transaction: ``async with begin() as tx``. It commits at the end, rolls back on an exception."""
