"""Messages of one durable, pulled ahead in stream order, with proof that none was lost on the way.

A session begins with a consumer reset (ADR-60): delivery resumes above the ack floor in stream order. The
server numbers deliveries from 1; a gap means that one was lost (a reconnect, a replaced holder's open
request) and ends the session, because a later message of the same application must not overtake it.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections import deque
from dataclasses import dataclass
from typing import Any

import structlog
from nats.aio.msg import Msg
from nats.aio.subscription import Subscription
from nats.errors import Error as NatsError

from chassis.bus import Bus

_log = structlog.get_logger(__name__)

_EXPIRES = 30.0
_HEARTBEAT = 2.0
_NANO = 1_000_000_000


class SessionOver(Exception):
    """What was pulled can't be trusted any more; begin a new session."""


@dataclass(slots=True, eq=False)
class Delivery:
    """One message as it came; ``sequence`` is its place in the stream."""

    msg: Msg
    sequence: int
    taken_at: float


class PullSession:
    """Outstanding pull requests and a local queue, for the one holder of a consumer."""

    def __init__(self, bus: Bus, durable: str, batch: int, ack_wait: float) -> None:
        self._bus, self._durable, self._batch, self._ack_wait = bus, durable, batch, ack_wait
        self._queue: deque[Delivery] = deque()
        self._unsettled: set[Delivery] = set()
        self._arrived = asyncio.Event()
        self._outstanding = 0
        self._expected = 1
        self._over: str | None = None
        self._heard = time.monotonic()
        self._subscription: Subscription | None = None
        self._keeper: asyncio.Task[None] | None = None
        self._request = b""
        self._inbox = ""

    async def open(self) -> None:
        """Raises a NATS error when the consumer does not exist or the bus does not answer."""
        self._bus.listen(self._on_break)
        await self._bus.js.consumer_info(self._bus.stream, self._durable)  # says at once when it is missing
        await self._bus.js.reset_consumer(self._bus.stream, self._durable)
        self._inbox = self._bus.client.new_inbox()
        self._subscription = await self._bus.client.subscribe(self._inbox, cb=self._on_message)
        request = {
            "batch": self._batch,
            "expires": int(_EXPIRES * _NANO),
            "idle_heartbeat": int(_HEARTBEAT * _NANO),
        }
        self._request = json.dumps(request).encode()
        self._heard = time.monotonic()
        self._keeper = asyncio.create_task(self._keep_alive(), name=f"keep {self._durable}")
        await self._ask()

    async def close(self) -> None:
        self._end("closed")
        self._bus.forget(self._on_break)
        if self._keeper is not None:
            self._keeper.cancel()
        if self._subscription is not None:
            try:
                await self._subscription.unsubscribe()
            except NatsError:
                return

    async def take(self, limit: int, patience: float) -> list[Delivery]:
        """Waits for the first message, takes what is there; empty after ``patience`` seconds or ``wake``."""
        if not self._queue and self._over is None:
            self._arrived.clear()
            try:
                async with asyncio.timeout(patience):
                    await self._arrived.wait()
            except TimeoutError:
                if time.monotonic() - self._heard > 3 * _HEARTBEAT:
                    self._end("no heartbeat")
        if self._over is not None:
            raise SessionOver(self._over)
        taken = [self._queue.popleft() for _ in range(min(limit, len(self._queue)))]
        await self._ask()
        return taken

    def wake(self) -> None:
        """End a ``take`` that waits."""
        self._arrived.set()

    async def ack(self, delivery: Delivery) -> None:
        self._unsettled.discard(delivery)
        await self._bus.client.publish(delivery.msg.reply)

    def forget(self, delivery: Delivery) -> None:
        """Say nothing more about it: the same message is in hand by an earlier delivery."""
        self._unsettled.discard(delivery)

    async def bring_again(self, delivery: Delivery, seconds: float) -> None:
        """A delayed nak."""
        self._unsettled.discard(delivery)
        delay = max(1, int(seconds * _NANO))
        await self._bus.client.publish(delivery.msg.reply, b'-NAK {"delay": %d}' % delay)

    async def _ask(self) -> None:
        if self._outstanding + len(self._queue) <= self._batch:
            self._outstanding += self._batch
            subject = f"$JS.API.CONSUMER.MSG.NEXT.{self._bus.stream}.{self._durable}"
            await self._bus.client.publish(subject, self._request, reply=self._inbox)

    async def _on_message(self, msg: Msg) -> None:
        self._heard = now = time.monotonic()
        if not msg.reply.startswith("$JS.ACK."):
            self._on_status(msg.headers or {})
            return
        sequence, number = _places(msg.reply)
        if number != self._expected:
            self._end(f"delivery {number} came instead of {self._expected}")
            return
        self._expected += 1
        self._outstanding -= 1
        delivery = Delivery(msg, sequence, now)
        self._unsettled.add(delivery)
        self._queue.append(delivery)
        if not self._arrived.is_set():
            self._arrived.set()

    def _on_status(self, headers: dict[str, Any]) -> None:
        status = headers.get("Status")
        if status == "100":  # a heartbeat: it says how far deliveries have got, ours came before it
            last = headers.get("Nats-Last-Consumer")
            if last is not None and int(last) >= self._expected:
                self._end(f"delivery {last} went elsewhere instead of here")
            return
        if status == "408" or (status == "409" and headers.get("Description", "").startswith("Batch")):
            self._outstanding -= int(headers.get("Nats-Pending-Messages", self._batch))
            self.wake()
            return
        self._end(f"{status} {headers.get('Description', '')}".strip())

    def _on_break(self) -> None:
        self._end("the connection was lost")

    def _end(self, why: str) -> None:
        self._over = self._over or why
        self._arrived.set()

    async def _keep_alive(self) -> None:
        """What is worked on for long, or waits for its turn, is not delivered again meanwhile."""
        while True:
            await asyncio.sleep(self._ack_wait / 4)
            old = time.monotonic() - self._ack_wait / 4
            for delivery in tuple(self._unsettled):
                if delivery.taken_at < old:
                    await self._bus.client.publish(delivery.msg.reply, b"+WPI")


def _places(reply: str) -> tuple[int, int]:
    """Stream sequence and delivery number (ADR-15: nine tokens, or more with domain and account)."""
    tokens = reply.split(".")
    at = 5 if len(tokens) == 9 else 7
    return int(tokens[at]), int(tokens[at + 1])
