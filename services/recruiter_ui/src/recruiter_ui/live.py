"""Live pages: what changed, told to every open tab.

The projection writes each change to the table ``changes`` in its own transaction and notifies on commit;
every process listens, whatever replica did the projecting. A tab that was away names the last id it has seen
and gets everything after it.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from types import TracebackType

import structlog
from chassis.database import LOST, Connection, connect

from recruiter_ui.adapters.read_model import CHANNEL

HEARTBEAT_SECONDS = 10.0
WELCOME_SECONDS = 30.0
"""How often an open stream asks whether its session still is."""
GATHER_SECONDS = 0.25
"""Changes within this time reach a tab as one message."""
KEPT = 5_000
MANY = 500
"""Beyond this many changed rows a tab is told to refresh rather than which."""

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Change:
    change_id: int
    subject: str
    subject_id: str


class ChangesFeed:
    """One listening connection per process, and the latest changes in memory for the tabs."""

    def __init__(self, database_url: str, schema: str) -> None:
        self._url = database_url
        self._schema = schema
        self._recent: deque[Change] = deque(maxlen=KEPT)
        self.last = 0
        self._news = asyncio.Event()
        self._wake = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self.closing = False

    async def __aenter__(self) -> ChangesFeed:
        self._task = asyncio.create_task(self._follow())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Ends the streams of all tabs; they come back to whoever answers next."""
        self.closing = True
        self._tell()
        if self._task:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task
            self._task = None

    async def after(self, last: int, wait: float) -> list[Change] | None:
        """The changes after ``last``, waiting for the first; None when that is too long ago to be known."""
        with suppress(TimeoutError):
            async with asyncio.timeout(wait):
                while self.last <= last and not self.closing:
                    await self._news.wait()
        if self._recent and self._recent[0].change_id <= last + 1:
            return [change for change in self._recent if change.change_id > last]
        return [] if self.last <= last else None

    def _tell(self) -> None:
        """Wakes who waits. No lock: one that is waited for while a tab is being cut off may never be free."""
        self._news.set()
        self._news = asyncio.Event()

    async def _follow(self) -> None:
        while True:
            try:
                await self._listen()
            except (*LOST, TimeoutError) as lost:
                _log.warning("changes_feed_lost", failure=type(lost).__name__)
                await asyncio.sleep(1.0)

    async def _listen(self) -> None:
        connection = await connect(self._url, self._schema, "recruiter_ui_feed")
        try:
            await connection.add_listener(CHANNEL, self._notified)
            while True:
                self._wake.clear()
                await self._read(connection)
                with suppress(TimeoutError):  # a look now and then finds a connection that died silently
                    await asyncio.wait_for(self._wake.wait(), HEARTBEAT_SECONDS)
        finally:
            await connection.close(timeout=2)

    def _notified(self, *_: object) -> None:
        self._wake.set()

    async def _read(self, connection: Connection) -> None:
        rows = await read_changes(connection, self.last, KEPT)
        if not rows:
            return
        self._recent.extend(rows)
        self.last = rows[-1].change_id
        self._tell()


async def read_changes(connection: Connection, after: int, newest: int) -> list[Change]:
    """In order; of very many only the newest, which is enough to tell a tab to refresh."""
    rows = await connection.fetch(
        "SELECT * FROM (SELECT change_id, subject, subject_id FROM changes WHERE change_id > $1 "
        "ORDER BY change_id DESC LIMIT $2) newest ORDER BY change_id",
        after,
        newest,
    )
    return [Change(*row) for row in rows]


async def stream(
    feed: ChangesFeed,
    last: int,
    is_welcome: Callable[[], Awaitable[bool]],
    *,
    ask_every: float = WELCOME_SECONDS,
) -> AsyncIterator[bytes]:
    """Server-sent events for one tab: changes with ids, a heartbeat in silence, until the session ends."""
    yield b"retry: 1000\n\n" + _event("beat", "{}", None)
    asked = time.monotonic()
    while not feed.closing:
        if time.monotonic() - asked >= ask_every:  # in busy hours too
            if not await is_welcome():
                return
            asked = time.monotonic()
        changes = await feed.after(last, HEARTBEAT_SECONDS)
        if feed.closing:
            return
        if changes is None:
            last = feed.last
            yield _event("change", json.dumps({"everything": True}), last)
        elif changes:
            await asyncio.sleep(GATHER_SECONDS)
            changes = await feed.after(last, 0) or changes
            last = changes[-1].change_id
            yield _event("change", json.dumps(summary(changes)), last)
        else:
            yield _event("beat", "{}", None)


def summary(changes: list[Change]) -> dict[str, object]:
    """The ids that changed by subject; ``everything`` when they are too many to go through."""
    if len(changes) > MANY:
        return {"everything": True}
    by_subject: dict[str, list[str]] = {}
    for change in changes:
        ids = by_subject.setdefault(change.subject, [])
        if change.subject_id not in ids:
            ids.append(change.subject_id)
    return dict(by_subject)


def _event(kind: str, data: str, change_id: int | None) -> bytes:
    numbered = f"id: {change_id}\n" if change_id is not None else ""
    return f"{numbered}event: {kind}\ndata: {data}\n\n".encode()
