"""Messages given up: kept on ``dlq.<consumer>`` with the reason, to be read, fixed and sent again."""

from __future__ import annotations

from datetime import UTC, datetime

from contracts.envelope import format_time
from nats.aio.msg import Msg

from chassis.bus import Bus

CONSUMER = "dlq-consumer"
REASON = "dlq-reason"
ATTEMPTS = "dlq-attempts"
SUBJECT = "dlq-subject"
SEQUENCE = "dlq-sequence"
FAILED_AT = "dlq-failed-at"


async def bury(bus: Bus, consumer: str, msg: Msg, *, sequence: int, attempts: int, reason: str) -> None:
    """Original headers and payload, and beside them why; the same message twice is kept once."""
    original = dict(msg.headers or {})
    identity = original.pop("Nats-Msg-Id", None) or str(sequence)
    headers = {
        **{name: value for name, value in original.items() if not name.startswith("Nats-")},
        "Nats-Msg-Id": f"{consumer}:{identity}",
        CONSUMER: consumer,
        REASON: reason,
        ATTEMPTS: str(attempts),
        SUBJECT: msg.subject,
        SEQUENCE: str(sequence),
        FAILED_AT: format_time(datetime.now(UTC)),
    }
    await bus.js.publish(f"dlq.{consumer}", msg.data, headers=headers)
