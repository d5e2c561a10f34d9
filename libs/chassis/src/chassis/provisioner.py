"""Makes the streams and consumers of the bus as they are declared, and finds where they differ (law 6).

Services never create anything: a durable keeps its old configuration silently, and two versions of a service
would fight over it. Takes plain data, so that it can run without any service installed.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from contracts.streams import EVENTS, STREAMS, StreamDeclaration
from nats.js import JetStreamContext
from nats.js.api import (
    AckPolicy,
    ConsumerConfig,
    DeliverPolicy,
    DiscardPolicy,
    RetentionPolicy,
    StorageType,
    StreamConfig,
)
from nats.js.errors import NotFoundError

from chassis.handlers import Handlers


@dataclass(frozen=True, slots=True)
class ConsumerDeclaration:
    """One durable on ``EVENTS``."""

    name: str
    filters: tuple[str, ...]
    ack_wait_seconds: float = 10.0
    max_ack_pending: int = 1_000
    """Several batches: what is delayed behind failures counts too and must not stop the others."""
    first_sequence: int = 1
    """Where a new durable begins; later than 1 only on a stream that was made anew."""


@dataclass(frozen=True, slots=True)
class Drift:
    """One difference between what is declared and what stands on the bus."""

    what: str
    detail: str

    def __str__(self) -> str:
        return f"{self.what}: {self.detail}"


def consumers_of(handlers: Handlers, ack_wait_seconds: float = 10.0) -> list[ConsumerDeclaration]:
    """What a service's handlers need on the bus."""
    return [
        ConsumerDeclaration(consumer.name, tuple(consumer.filters), ack_wait_seconds)
        for consumer in handlers.consumers.values()
    ]


async def provision(
    js: JetStreamContext,
    consumers: Iterable[ConsumerDeclaration],
    *,
    streams: Sequence[StreamDeclaration] = STREAMS,
    replicas: int = 1,
) -> list[Drift]:
    """Bring the bus into the declared state; answers what was changed. Nothing that exists is deleted."""
    changed: list[Drift] = []
    for declaration in streams:
        changed += await _provide_stream(js, declaration, replicas)
    for consumer in consumers:
        changed += await _provide_consumer(js, consumer)
    return changed


async def check(
    js: JetStreamContext,
    consumers: Iterable[ConsumerDeclaration],
    *,
    streams: Sequence[StreamDeclaration] = STREAMS,
    replicas: int = 1,
) -> list[Drift]:
    """What ``provision`` would change, and durables that nobody declares any more."""
    drift: list[Drift] = []
    for declaration in streams:
        drift += await _stream_drift(js, declaration, replicas)
    names: set[str] = set()
    for consumer in consumers:
        names.add(consumer.name)
        drift += await _consumer_drift(js, consumer)
    return drift + [Drift(f"consumer {name}", "is not declared") for name in await _strays(js, names)]


async def retire(js: JetStreamContext, consumers: Iterable[ConsumerDeclaration]) -> list[Drift]:
    """Delete the durables that nobody declares any more; answers which.

    By hand only, and when no process of the former version runs: while services are rolled it works by them.
    """
    strays = await _strays(js, {consumer.name for consumer in consumers})
    for name in strays:
        await js.delete_consumer(EVENTS.name, name)
    return [Drift(f"consumer {name}", "was not declared, and is deleted") for name in strays]


async def _strays(js: JetStreamContext, declared: set[str]) -> list[str]:
    try:
        present = await js.consumers_info(EVENTS.name)
    except NotFoundError:
        return []
    return sorted(info.name for info in present if info.config.durable_name and info.name not in declared)


def _stream_config(declaration: StreamDeclaration, replicas: int) -> StreamConfig:
    return StreamConfig(
        name=declaration.name,
        description=declaration.description,
        subjects=list(declaration.subjects),
        retention=RetentionPolicy.LIMITS,
        storage=StorageType.FILE,
        discard=DiscardPolicy.OLD,
        max_age=float(declaration.max_age_seconds),
        max_bytes=declaration.max_bytes,
        duplicate_window=float(declaration.duplicate_window_seconds),
        num_replicas=replicas,
        allow_direct=True,
        allow_atomic=True,
        deny_delete=False,
        deny_purge=False,
    )


def _consumer_config(declaration: ConsumerDeclaration) -> ConsumerConfig:
    first = declaration.first_sequence
    return ConsumerConfig(
        durable_name=declaration.name,
        name=declaration.name,
        deliver_policy=DeliverPolicy.ALL if first == 1 else DeliverPolicy.BY_START_SEQUENCE,
        opt_start_seq=None if first == 1 else first,
        ack_policy=AckPolicy.EXPLICIT,
        ack_wait=declaration.ack_wait_seconds,
        max_deliver=-1,
        max_ack_pending=declaration.max_ack_pending,
        filter_subjects=list(declaration.filters),
    )


_STREAM_FIELDS = (
    "description",
    "subjects",
    "max_age",
    "max_bytes",
    "duplicate_window",
    "num_replicas",
    "allow_direct",
    "allow_atomic",
)
_CONSUMER_FIELDS = ("ack_policy", "ack_wait", "max_deliver", "max_ack_pending", "filter_subjects")


def _differences(what: str, fields: Sequence[str], wanted: Any, present: Any) -> list[Drift]:
    found = []
    for field in fields:
        want, have = getattr(wanted, field), getattr(present, field)
        if isinstance(want, list):
            want, have = sorted(want), sorted(have or [])
        if want != have:
            found.append(Drift(what, f"{field} is {have!r}, declared {want!r}"))
    return found


async def _stream_drift(js: JetStreamContext, declaration: StreamDeclaration, replicas: int) -> list[Drift]:
    what = f"stream {declaration.name}"
    try:
        info = await js.stream_info(declaration.name)
    except NotFoundError:
        return [Drift(what, "is missing")]
    return _differences(what, _STREAM_FIELDS, _stream_config(declaration, replicas), info.config)


async def _provide_stream(js: JetStreamContext, declaration: StreamDeclaration, replicas: int) -> list[Drift]:
    drift = await _stream_drift(js, declaration, replicas)
    if drift:
        config = _stream_config(declaration, replicas)
        missing = drift[0].detail == "is missing"
        await (js.add_stream(config) if missing else js.update_stream(config))
    return drift


async def _consumer_drift(js: JetStreamContext, declaration: ConsumerDeclaration) -> list[Drift]:
    present = await _consumer(js, declaration.name)
    return _consumer_differences(declaration, present)


def _consumer_differences(declaration: ConsumerDeclaration, present: ConsumerConfig | None) -> list[Drift]:
    what = f"consumer {declaration.name}"
    if present is None:
        return [Drift(what, "is missing")]
    return _differences(what, _CONSUMER_FIELDS, _consumer_config(declaration), present)


async def _consumer(js: JetStreamContext, name: str) -> ConsumerConfig | None:
    try:
        present: ConsumerConfig = (await js.consumer_info(EVENTS.name, name)).config
    except NotFoundError:
        return None
    if present.filter_subject and not present.filter_subjects:
        present.filter_subjects = [present.filter_subject]
    return present


async def _missed(
    js: JetStreamContext, declaration: ConsumerDeclaration, present: ConsumerConfig
) -> list[Drift]:
    """A durable that listens to more than before goes on where it stands: what was said of a newly added kind
    before that, it never sees. No harm in a kind that is as new; else the consumer needs a new name."""
    if (await js.consumer_info(EVENTS.name, declaration.name)).delivered.stream_seq == 0:
        return []
    missed = []
    for added in sorted(set(declaration.filters) - set(present.filter_subjects or [])):
        said = (await js.stream_info(EVENTS.name, subjects_filter=added)).state.subjects or {}
        if count := sum(said.values()):
            detail = f"{count} messages of {added} came before it listened; a new name would read them"
            missed.append(Drift(f"consumer {declaration.name}", detail))
    return missed


async def _provide_consumer(js: JetStreamContext, declaration: ConsumerDeclaration) -> list[Drift]:
    """One call creates and updates. Where a durable began can't be changed, and matters no more."""
    present = await _consumer(js, declaration.name)
    drift = _consumer_differences(declaration, present)
    if drift:
        if present is not None:
            drift += await _missed(js, declaration, present)
        config = _consumer_config(declaration)
        if present is not None:
            config.deliver_policy, config.opt_start_seq = present.deliver_policy, present.opt_start_seq
        await js.add_consumer(EVENTS.name, config)
    return drift
