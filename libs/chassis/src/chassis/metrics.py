"""What a service counts, for Prometheus."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

_BY_CONSUMER = ("consumer",)


class Metrics:
    """One service's; a registry of its own, so that several services may live in one test process."""

    def __init__(self) -> None:
        self.registry = registry = CollectorRegistry()
        self.handled = Counter(
            "messages_handled", "Messages that took effect", _BY_CONSUMER, registry=registry
        )
        self.repeated = Counter(
            "messages_repeated", "Messages seen before and dropped", _BY_CONSUMER, registry=registry
        )
        self.failed = Counter("messages_failed", "Tries that raised", _BY_CONSUMER, registry=registry)
        self.held = Counter(
            "messages_held", "Deliveries held back behind a failed one", _BY_CONSUMER, registry=registry
        )
        self.dead = Counter("messages_dead_lettered", "Messages given up", _BY_CONSUMER, registry=registry)
        self.deferred = Gauge(
            "messages_deferred", "Messages waiting for another try", _BY_CONSUMER, registry=registry
        )
        self.lag = Gauge("consumer_lag", "Messages not yet handled", _BY_CONSUMER, registry=registry)
        self.holding = Gauge(
            "consumer_lease", "1 where this process holds the consumer", _BY_CONSUMER, registry=registry
        )
        self.seconds = Histogram(
            "batch_seconds", "Time from taken to committed", _BY_CONSUMER, registry=registry
        )
        self.unsent = Gauge("outbox_unsent", "Events not yet on the bus", registry=registry)
        self.relayed = Counter("outbox_relayed", "Events put on the bus", registry=registry)
        self.commands = Counter(
            "commands_answered", "Commands by answer", ("command", "answer"), registry=registry
        )
