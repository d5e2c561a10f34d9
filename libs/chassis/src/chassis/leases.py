"""Who may do a thing that only one replica does: hold a consumer, relay the outbox, run a periodic job.

A lease is a session-level advisory lock on one dedicated connection per process, so it ends with the process
or its connection. Every taking bumps an epoch; transactions under a lease check that epoch (``FOR SHARE``),
so that a holder who was replaced without knowing can't commit any more (fencing).
"""

from __future__ import annotations

import asyncio
import hashlib
import os
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, nullcontext, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime

import asyncpg
import structlog

from chassis.database import LOST, Connection, connect
from chassis.pulse import Pulse

_log = structlog.get_logger(__name__)

_LONGEST_PAUSE = 5.0
"""Seconds between two tries while the database is away: a dozen consumers must not keep a core busy."""

_TAKE = """
INSERT INTO leases (name, epoch, holder, taken_at) VALUES ($1, 1, $2, $3)
ON CONFLICT (name) DO UPDATE SET epoch = leases.epoch + 1, holder = $2, taken_at = $3
RETURNING epoch
"""


class LeaseLost(Exception):
    """Somebody else holds it now; whatever was begun under it must not be committed."""

    def __init__(self, name: str) -> None:
        super().__init__(f"lease {name} is lost")


class NoMoreLeases(Exception):
    """The process is ending: who waits for a lease need not wait any more."""


@dataclass(slots=True, eq=False)
class Lease:
    name: str
    epoch: int
    lost: asyncio.Event = field(default_factory=asyncio.Event)


class Leases:
    """The leases of one process in one service's schema."""

    def __init__(self, url: str, schema: str, service: str, retry_seconds: float) -> None:
        self._url, self._schema, self._service = url, schema, service
        self._retry = retry_seconds
        self._holder = f"{socket.gethostname()}:{os.getpid()}"
        self._connection: Connection | None = None
        self._turn = asyncio.Lock()
        self._held: set[Lease] = set()
        self._ending = asyncio.Event()
        self._complained = False

    @asynccontextmanager
    async def held(
        self, name: str, pulse: Pulse | None = None, on_standby: Callable[[], None] = lambda: None
    ) -> AsyncIterator[Lease]:
        """Waits until the lease is ours, with the pulse at rest; gives it back at the end.

        ``on_standby`` is called when somebody else holds it. Raises ``NoMoreLeases`` once the process is
        ending.
        """
        with pulse.resting() if pulse else nullcontext():
            lease = await self._gain(name, on_standby)
        try:
            yield lease
        finally:
            await self._give_back(lease)

    async def watch(self) -> None:
        """Asks the connection now and then whether it lives; a lost one takes all leases with it."""
        while True:
            await asyncio.sleep(2)
            async with self._turn:
                if self._connection is None:
                    continue
                try:
                    await self._connection.fetchval("SELECT 1", timeout=5)
                except (*LOST, asyncpg.PostgresError, TimeoutError):
                    self._drop()

    def end(self) -> None:
        """Give out no more; those that are held stay."""
        self._ending.set()

    async def close(self) -> None:
        self.end()
        async with self._turn:
            connection, self._connection = self._connection, None
            self._lose_all()
            if connection is not None:
                with suppress(*LOST, asyncpg.PostgresError, TimeoutError):
                    await connection.close(timeout=2)

    async def _gain(self, name: str, on_standby: Callable[[], None]) -> Lease:
        pause = self._retry
        while not self._ending.is_set():
            try:
                async with self._turn:
                    lease = await self._try(name)
                self._complained = False
                if lease is not None:
                    return lease
                pause = self._retry
                on_standby()
            except (*LOST, asyncpg.PostgresError, TimeoutError) as failure:
                self._complain(failure)
                self._drop()
                pause = min(2 * pause, max(_LONGEST_PAUSE, self._retry))
            with suppress(TimeoutError):
                async with asyncio.timeout(pause):
                    await self._ending.wait()
        raise NoMoreLeases

    def _complain(self, failure: BaseException) -> None:
        """Once for all leases, until the database answers again."""
        if not self._complained:
            _log.warning("leases_not_asked", failure=type(failure).__name__)
        self._complained = True

    async def _try(self, name: str) -> Lease | None:
        if self._connection is None or self._connection.is_closed():
            self._connection = await connect(self._url, self._schema, f"{self._service} leases")
            self._connection.add_termination_listener(self._on_termination)
        key = self._key(name)
        if not await self._connection.fetchval("SELECT pg_try_advisory_lock($1)", key, timeout=5):
            return None
        try:
            epoch = await self._connection.fetchval(_TAKE, name, self._holder, datetime.now(UTC), timeout=10)
        except asyncpg.LockNotAvailableError:  # a holder before us is still inside a transaction
            await self._connection.fetchval("SELECT pg_advisory_unlock($1)", key, timeout=5)
            return None
        except BaseException:
            self._drop()
            raise
        lease = Lease(name, epoch)
        self._held.add(lease)
        return lease

    async def _give_back(self, lease: Lease) -> None:
        self._held.discard(lease)
        if lease.lost.is_set():
            return
        lease.lost.set()
        async with self._turn:
            if self._connection is None:
                return
            try:
                await self._connection.fetchval(
                    "SELECT pg_advisory_unlock($1)", self._key(lease.name), timeout=5
                )
            except (*LOST, asyncpg.PostgresError, TimeoutError):
                self._drop()

    def _key(self, name: str) -> int:
        digest = hashlib.sha256(f"{self._schema}/{name}".encode()).digest()
        return int.from_bytes(digest[:8], "big", signed=True)

    def _on_termination(self, connection: object) -> None:
        if connection is self._connection:
            self._connection = None
            self._lose_all()

    def _drop(self) -> None:
        connection, self._connection = self._connection, None
        self._lose_all()
        if connection is not None and not connection.is_closed():
            connection.terminate()

    def _lose_all(self) -> None:
        for lease in self._held:
            lease.lost.set()
        self._held.clear()
