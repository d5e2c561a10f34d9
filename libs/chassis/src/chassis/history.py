"""Reading what happened, from the stream: for the command line and for read models, not for handlers."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass

from contracts import Envelope
from contracts.envelope import NotAnEvent, parse_envelope
from contracts.streams import DEAD_LETTERS, EVENTS
from nats.js import JetStreamContext
from nats.js.api import AckPolicy, ConsumerConfig, DeliverPolicy
from pydantic import ValidationError

from chassis import dead_letters
from chassis.telemetry import reason_of

_AT_ONCE = 500


async def timeline(
    js: JetStreamContext, *, application_id: int | None = None, candidate_id: int | None = None
) -> AsyncIterator[Envelope | Unreadable]:
    """Everything about one application or one person, in stream order; one bad message hides no other."""
    candidate = "*" if candidate_id is None else str(candidate_id)
    application = "*" if application_id is None else str(application_id)
    async for message in stored(js, EVENTS.name, f"evt.*.*.*.*.{candidate}.{application}"):
        try:
            yield parse_envelope(message.headers, message.data)
        except (NotAnEvent, ValidationError) as wrong:
            yield Unreadable(message.sequence, message.subject, reason_of(wrong))


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A message of the stream that is no event we know, or does not fit its class."""

    sequence: int
    subject: str
    reason: str


@dataclass(frozen=True, slots=True)
class Stored:
    sequence: int
    subject: str
    headers: dict[str, str]
    data: bytes


async def stored(js: JetStreamContext, stream: str, subject: str, start: int = 1) -> AsyncIterator[Stored]:
    """The messages of a stream from a sequence on that match a subject, as they are at this moment."""
    config = ConsumerConfig(
        ack_policy=AckPolicy.NONE,
        deliver_policy=DeliverPolicy.BY_START_SEQUENCE,
        opt_start_seq=start,
        filter_subjects=[subject],
        inactive_threshold=30,
        mem_storage=True,
    )
    info = await js.add_consumer(stream, config)
    subscription = await js.pull_subscribe_bind(info.name, stream)
    left = info.num_pending or 0
    try:
        while left > 0:
            for message in await subscription.fetch(min(left, _AT_ONCE), timeout=5):
                left -= 1
                place = message.metadata.sequence.stream
                yield Stored(place, message.subject, dict(message.headers or {}), message.data)
    finally:
        await subscription.unsubscribe()
        await js.delete_consumer(stream, info.name)


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A message that was given up; ``sequence`` is its place among the dead letters."""

    sequence: int
    consumer: str
    reason: str
    attempts: int
    subject: str
    stream_sequence: int
    failed_at: str
    event_id: str | None
    data: bytes


async def dead_letters_of(js: JetStreamContext, consumer: str = "*") -> AsyncIterator[DeadLetter]:
    async for message in stored(js, DEAD_LETTERS.name, f"dlq.{consumer}"):
        headers = message.headers
        yield DeadLetter(
            sequence=message.sequence,
            consumer=headers.get(dead_letters.CONSUMER, message.subject.removeprefix("dlq.")),
            reason=headers.get(dead_letters.REASON, ""),
            attempts=int(headers.get(dead_letters.ATTEMPTS, "0")),
            subject=headers.get(dead_letters.SUBJECT, ""),
            stream_sequence=int(headers.get(dead_letters.SEQUENCE, "0")),
            failed_at=headers.get(dead_letters.FAILED_AT, ""),
            event_id=headers.get("ce-id"),
            data=message.data,
        )
