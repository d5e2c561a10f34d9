"""The delivery log: a request is answered when its delivery and its event are committed together.

Requests that arrive while a commit is under way share the next one (group commit), so that the number of
disk flushes does not follow the number of requests. A batch that fails is tried once more one by one: a
delivery that the database can't take harms only its own request.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from types import TracebackType
from uuid import UUID

import structlog
from chassis import Begin, Tx
from chassis.database import LOST
from chassis.service import NotReady
from contracts.gateway import (
    ElevenLabsWebhookReceived,
    MetaWebhookReceived,
    WebhookDelivery,
    WhapiWebhookReceived,
)

from gateway.domain import Provider
from gateway.ports import Deliveries, Delivery

EVENT_OF: dict[Provider, type[WebhookDelivery]] = {
    Provider.ELEVENLABS: ElevenLabsWebhookReceived,
    Provider.WHAPI: WhapiWebhookReceived,
    Provider.META: MetaWebhookReceived,
}

_log = structlog.get_logger("gateway")


class Overloaded(Exception):
    """More deliveries wait for the disk than may be held in memory."""


@dataclass(slots=True)
class _Waiting:
    delivery: Delivery
    stored: asyncio.Future[bool] = field(default_factory=lambda: asyncio.get_running_loop().create_future())


class DeliveryLog:
    """Enter it as a context manager; leaving it commits what still waits."""

    def __init__(
        self, begin: Begin, deliveries: Deliveries, *, most_waiting: int = 2_000, most_per_commit: int = 256
    ) -> None:
        self._begin = begin
        self._deliveries = deliveries
        self._most_waiting = most_waiting
        self._most_per_commit = most_per_commit
        self._waiting: list[_Waiting] = []
        self._wake = asyncio.Event()
        self._closing = False
        self._writer: asyncio.Task[None] | None = None

    async def __aenter__(self) -> DeliveryLog:
        self._closing = False
        self._writer = asyncio.create_task(self._write_on(), name="delivery-log")
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._closing = True
        self._wake.set()
        if self._writer:
            await self._writer

    async def store(self, delivery: Delivery) -> bool:
        """Returns when committed: True for a new delivery, False for a repeat. Raises what the disk says."""
        if len(self._waiting) >= self._most_waiting or self._closing:
            raise Overloaded
        entry = _Waiting(delivery)
        self._waiting.append(entry)
        self._wake.set()
        return await entry.stored

    async def _write_on(self) -> None:
        while True:
            await self._wake.wait()
            batch = self._waiting[: self._most_per_commit]
            del self._waiting[: self._most_per_commit]
            if not self._waiting and not self._closing:
                self._wake.clear()
            if batch:
                await self._write(batch)
            elif self._closing:
                return

    async def _write(self, batch: Sequence[_Waiting]) -> None:
        try:
            added = await self._commit([entry.delivery for entry in batch])
        except Exception as failure:
            await self._write_singly(batch, failure)
            return
        for entry in batch:
            _settle(entry, entry.delivery.delivery_id in added)

    async def _write_singly(self, batch: Sequence[_Waiting], failure: Exception) -> None:
        if len(batch) == 1 or _is_outage(failure):
            _log.warning("deliveries_not_stored", count=len(batch), error=type(failure).__name__)
            for entry in batch:
                _fail(entry, failure)
            return
        for entry in batch:
            await self._write([entry])

    async def _commit(self, deliveries: Sequence[Delivery]) -> set[UUID]:
        async with self._begin() as tx:
            added = await self._deliveries.add(tx, deliveries)
            for delivery in deliveries:
                if delivery.delivery_id in added:
                    announce(tx, delivery)
        return added


def announce(tx: Tx, delivery: Delivery) -> None:
    tx.publish(
        EVENT_OF[delivery.provider](
            delivery_id=delivery.delivery_id,
            kind=delivery.kind,
            body=delivery.text,
            body_ref=delivery.body_ref,
            received_at=delivery.received_at,
        )
    )


def _settle(entry: _Waiting, new: bool) -> None:
    if not entry.stored.done():  # the request may have gone away meanwhile
        entry.stored.set_result(new)


def _fail(entry: _Waiting, failure: Exception) -> None:
    if not entry.stored.done():
        entry.stored.set_exception(failure)


def _is_outage(failure: Exception) -> bool:
    """Trouble that hits every delivery alike: trying them singly only makes all wait longer."""
    return isinstance(failure, (*LOST, NotReady, TimeoutError))
