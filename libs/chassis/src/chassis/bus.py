"""The connection to NATS: made and remade for ever, with word to whoever has to start over after a break."""

from __future__ import annotations

from collections.abc import Callable

import nats
import structlog
from contracts.streams import EVENTS
from nats.aio.client import Client
from nats.js import JetStreamContext

from chassis.settings import ServiceSettings

_log = structlog.get_logger(__name__)

API_TIMEOUT = 5.0


class Bus:
    """One NATS connection of one process."""

    def __init__(self, client: Client, stream: str = EVENTS.name) -> None:
        self.client = client
        self.stream = stream
        self.js: JetStreamContext = client.jetstream(timeout=API_TIMEOUT)
        self._on_break: set[Callable[[], None]] = set()

    @property
    def connected(self) -> bool:
        return self.client.is_connected

    def listen(self, on_break: Callable[[], None]) -> None:
        """Call ``on_break`` whenever the connection was lost: what was under way may be lost with it."""
        self._on_break.add(on_break)

    def forget(self, on_break: Callable[[], None]) -> None:
        self._on_break.discard(on_break)

    def broke(self) -> None:
        for listener in tuple(self._on_break):
            listener()


async def connect(settings: ServiceSettings, name: str) -> Bus:
    """Connects, however long it takes, and reconnects for ever."""
    holder: list[Bus] = []

    async def lost() -> None:
        _log.warning("nats_connection_lost")
        for bus in holder:
            bus.broke()

    async def back() -> None:
        _log.info("nats_connection_back")
        for bus in holder:
            bus.broke()

    async def noted(failure: Exception) -> None:
        _log.warning("nats_error", failure=type(failure).__name__, problem=str(failure)[:200])

    client = await nats.connect(
        settings.nats_url,
        name=name,
        user=settings.nats_user,
        password=settings.nats_password.get_secret_value() if settings.nats_password else None,
        max_reconnect_attempts=-1,
        reconnect_time_wait=0.5,
        connect_timeout=2,
        ping_interval=5,
        max_outstanding_pings=2,
        pending_size=8 * 1024 * 1024,
        disconnected_cb=lost,
        reconnected_cb=back,
        error_cb=noted,
        skip_subject_validation=True,
    )
    bus = Bus(client)
    holder.append(bus)
    return bus


async def close(bus: Bus) -> None:
    """Sends what is buffered, then closes."""
    if bus.client.is_connected:
        try:
            await bus.client.flush(2)
        except (TimeoutError, nats.errors.Error):
            _log.warning("nats_not_flushed")
    await bus.client.close()
