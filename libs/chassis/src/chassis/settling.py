"""What becomes of one delivery: acked, brought again later, or buried; with the books kept straight."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from uuid import UUID

import structlog
from contracts import Envelope
from contracts.envelope import parse_envelope

from chassis import deferrals, inbox
from chassis.dead_letters import bury
from chassis.deferrals import Failure, LineUp, order_key
from chassis.leases import Lease, LeaseLost
from chassis.pulling import Delivery, PullSession
from chassis.telemetry import reason_of, where_it_failed

if TYPE_CHECKING:
    from chassis.consumers import Surroundings

_log = structlog.get_logger(__name__)


@dataclass(slots=True)
class Incoming:
    """One delivery, read: either ``envelope`` or ``unreadable`` is set."""

    delivery: Delivery
    event_id: UUID
    key: deferrals.Key | None
    envelope: Envelope | None
    unreadable: Exception | None


class Settling:
    """For one session of one consumer."""

    def __init__(
        self, consumer: str, around: Surroundings, session: PullSession, lease: Lease, line_up: LineUp
    ) -> None:
        self.consumer = consumer
        self.transactions = around.transactions
        self.metrics = around.metrics
        self.lease = lease
        self._bus = around.bus
        self._policy = around.settings.retry_policy
        self._session = session
        self._line_up = line_up

    def read(self, delivery: Delivery) -> Incoming:
        msg = delivery.msg
        key = order_key(msg.subject)
        try:
            envelope = parse_envelope(msg.headers, msg.data)
        except Exception as problem:  # whatever is wrong with it, it is this message's own failure
            return Incoming(delivery, _identity(delivery), key, None, problem)
        return Incoming(delivery, envelope.id, key, envelope, None)

    async def must_wait(self, incoming: Incoming) -> bool:
        """Whether it was put in line behind an earlier one, or its own next try has not come yet."""
        seconds = self._line_up.delay(incoming.key, incoming.event_id, incoming.delivery.sequence)
        if seconds is None:
            return False
        self.metrics.held.labels(self.consumer).inc()
        await self._session.bring_again(incoming.delivery, seconds)
        return True

    def leave_to_the_first(self, again: Delivery) -> None:
        """Another delivery of what is being worked on: only one of the two may keep the message alive."""
        self._session.forget(again)

    async def done(self, incoming: Incoming) -> None:
        """Its effect is committed."""
        if incoming.event_id in self._line_up.deferrals:
            async with self.transactions.unit() as unit:
                await deferrals.clear(unit.db, self.consumer, incoming.event_id)
        self._line_up.settle(incoming.key, incoming.event_id)
        await self._session.ack(incoming.delivery)

    async def failed(self, incoming: Incoming, error: Exception) -> None:
        """Count it, then bring it again or bury it. What this raises is our trouble, not the message's."""
        if isinstance(error, LeaseLost):
            raise error
        envelope, delivery = incoming.envelope, incoming.delivery
        application_id = envelope.event.application_id if envelope else _application(incoming.key)
        failure = Failure(self.consumer, incoming.event_id, application_id, delivery.sequence, error)
        async with self.transactions.unit() as unit:
            await inbox.seen(unit.db, self.lease, incoming.event_id)
            deferral = await deferrals.count(unit.db, failure, self._policy)
        self.metrics.failed.labels(self.consumer).inc()
        _log.warning(
            "message_failed",
            consumer=self.consumer,
            event_id=str(incoming.event_id),
            attempts=deferral.attempts,
            waits=deferral.waits,
            **where_it_failed(error),
        )
        if self._policy.exhausted(deferral.attempts, deferral.waits):
            await self._give_up(incoming, deferral, error)
            return
        self._line_up.deferrals[incoming.event_id] = deferral
        self._line_up.put(incoming.key, incoming.event_id, delivery.sequence, deferral.retry_at)
        await self._session.bring_again(delivery, self._line_up.seconds_until(incoming.event_id))

    async def _give_up(self, incoming: Incoming, deferral: deferrals.Deferral, error: Exception) -> None:
        delivery = incoming.delivery
        await bury(
            self._bus,
            self.consumer,
            delivery.msg,
            sequence=delivery.sequence,
            attempts=deferral.attempts + deferral.waits,
            reason=reason_of(error),
        )
        async with self.transactions.unit() as unit:
            await inbox.claim(unit.db, self.lease, [incoming.event_id], datetime.now(UTC))
            await deferrals.clear(unit.db, self.consumer, incoming.event_id)
        self._line_up.settle(incoming.key, incoming.event_id)
        await self._session.ack(delivery)
        self.metrics.dead.labels(self.consumer).inc()
        _log.error("message_dead_lettered", consumer=self.consumer, event_id=str(incoming.event_id))


def _identity(delivery: Delivery) -> UUID:
    """An unreadable message is counted under its own id, or one made of its place in the stream."""
    try:
        return UUID((delivery.msg.headers or {})["ce-id"])
    except (KeyError, ValueError):
        return UUID(int=delivery.sequence)


def _application(key: deferrals.Key | None) -> int | None:
    return int(key) if key is not None and key.isdecimal() else None
