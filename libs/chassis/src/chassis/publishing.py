"""Puts events on the stream in order, and says how many certainly arrived.

A batch goes as one atomic publication (ADR-50, nats-server 2.12): all of it is stored or nothing, so that no
failure can turn the order round, and a stream that syncs every write syncs once. A batch of which something
is stored already (its confirmation was lost) is refused as a whole; it then goes message by message, many
under way at once, and what is there already is dropped by its id.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import structlog
from nats.aio.msg import Msg
from nats.aio.subscription import Subscription
from nats.errors import Error as NatsError
from nats.nuid import NUID

from chassis.bus import Bus

_log = structlog.get_logger(__name__)

LARGEST = 1_000
"""Messages in one atomic publication, the server's limit."""

LARGEST_BYTES = 8 << 20
"""Bytes in one atomic publication: it has to be stored within the publisher's patience."""

_NUID = NUID()


@dataclass(frozen=True, slots=True)
class Outbound:
    """One message for the stream; ``headers`` carry ``Nats-Msg-Id``, so a second publication is dropped."""

    subject: str
    data: bytes
    headers: dict[str, str]


class NotStored(Exception):
    """The stream did not confirm; ``confirmed`` messages from the start of the batch did arrive."""

    def __init__(self, confirmed: int, why: str) -> None:
        super().__init__(f"the stream took {confirmed} and then: {why}")
        self.confirmed = confirmed
        self.why = why


def _parts(batch: Sequence[Outbound]) -> Iterator[Sequence[Outbound]]:
    """Runs of at most ``LARGEST_BYTES``, and at least one message."""
    start, size = 0, 0
    for place, message in enumerate(batch):
        if place > start and size + len(message.data) > LARGEST_BYTES:
            yield batch[start:place]
            start, size = place, 0
        size += len(message.data)
    if start < len(batch):
        yield batch[start:]


class Publisher:
    """One batch at a time."""

    def __init__(self, bus: Bus, timeout: float = 5.0) -> None:
        self._bus = bus
        self._timeout = timeout
        self._inbox = ""
        self._subscription: Subscription | None = None
        self._run = 0
        self._confirmed: list[bool] = []
        self._missing = 0
        self._refusal: str | None = None
        self._complete = asyncio.Event()

    async def open(self) -> None:
        self._inbox = self._bus.client.new_inbox()
        self._subscription = await self._bus.client.subscribe(f"{self._inbox}.*.*", cb=self._on_answer)
        self._bus.listen(self._on_break)

    async def close(self) -> None:
        self._bus.forget(self._on_break)
        if self._subscription is not None and not self._bus.client.is_closed:
            await self._subscription.unsubscribe()

    async def publish(self, batch: Sequence[Outbound]) -> None:
        """At most ``LARGEST``. Returns when the stream has all of them; raises ``NotStored``."""
        if not self._bus.connected:
            raise NotStored(0, "not connected")
        confirmed = 0
        for part in _parts(batch):
            try:
                if len(part) < 2 or not await self._as_a_whole(part):
                    await self._one_by_one(part)
            except NotStored as refused:
                raise NotStored(confirmed + refused.confirmed, refused.why) from refused
            confirmed += len(part)

    async def _as_a_whole(self, batch: Sequence[Outbound]) -> bool:
        """False: refused as a whole, nothing of it was stored."""
        client, last = self._bus.client, len(batch)
        batch_id = _NUID.next().decode()
        try:
            for place, message in enumerate(batch[:-1], start=1):
                headers = {**message.headers, "Nats-Batch-Id": batch_id, "Nats-Batch-Sequence": str(place)}
                await client.publish(message.subject, message.data, "", headers)
            final = batch[-1]
            headers = {
                **final.headers,
                "Nats-Batch-Id": batch_id,
                "Nats-Batch-Sequence": str(last),
                "Nats-Batch-Commit": "1",
            }
            answer = await client.request(final.subject, final.data, timeout=self._timeout, headers=headers)
        except (NatsError, TimeoutError) as failure:
            raise NotStored(0, f"no confirmation ({type(failure).__name__})") from failure
        if answer.data.find(b'"error"') >= 0:
            _log.info("batch_refused", why=_why(answer))
            return False
        return True

    async def _one_by_one(self, batch: Sequence[Outbound]) -> None:
        self._run += 1
        self._confirmed = [False] * len(batch)
        self._missing = len(batch)
        self._refusal = None
        self._complete.clear()
        client, prefix = self._bus.client, f"{self._inbox}.{self._run}."
        try:
            async with asyncio.timeout(self._timeout):
                for position, message in enumerate(batch):
                    if self._refusal is not None:
                        break
                    await client.publish(
                        message.subject, message.data, f"{prefix}{position}", message.headers
                    )
                await self._complete.wait()
        except TimeoutError:
            self._refusal = self._refusal or "no confirmation in time"
        except NatsError as failure:
            self._refusal = self._refusal or f"it could not be sent ({type(failure).__name__})"
        if self._refusal is not None:
            raise NotStored(self._prefix(), self._refusal)

    def _prefix(self) -> int:
        return next((place for place, known in enumerate(self._confirmed) if not known), len(self._confirmed))

    async def _on_answer(self, msg: Msg) -> None:
        run, position = msg.subject.rsplit(".", 2)[1:]
        if int(run) != self._run:
            return
        if msg.data.find(b'"error"') >= 0 or not msg.data:
            self._refuse(_why(msg))
            return
        place = int(position)
        if not self._confirmed[place]:
            self._confirmed[place] = True
            self._missing -= 1
            if self._missing == 0:
                self._complete.set()

    def _on_break(self) -> None:
        self._refuse("the connection was lost")

    def _refuse(self, why: str) -> None:
        self._refusal = self._refusal or why
        self._complete.set()


def _why(msg: Msg) -> str:
    if not msg.data:
        return f"no stream answers ({(msg.headers or {}).get('Status', 'empty answer')})"
    error = json.loads(msg.data).get("error", {})
    return f"{error.get('code')} {error.get('description')}"
