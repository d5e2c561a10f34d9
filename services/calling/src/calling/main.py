"""Calling as a process: settings, ports and what fills them."""

from __future__ import annotations

from chassis.service import Service, run

from calling.adapters.elevenlabs import ElevenLabs
from calling.adapters.postgres_attempts import PostgresAttempts
from calling.adapters.postgres_queue import PostgresQueue
from calling.adapters.postgres_recordings import PostgresRecordings
from calling.adapters.postgres_replica import PostgresReplica, PostgresUnboundWebhooks
from calling.handlers import handlers
from calling.ports import (
    Attempts,
    CallingPolicy,
    Queue,
    Recordings,
    Replica,
    Telephony,
    UnboundWebhooks,
)
from calling.settings import Settings


def build(settings: Settings) -> Service:
    telephony = ElevenLabs(
        api_key=settings.elevenlabs_api_key.get_secret_value(),
        agent_id=settings.elevenlabs_agent_id,
        phone_number_id=settings.elevenlabs_phone_number_id,
        base_url=settings.elevenlabs_base_url,
        timeout_seconds=settings.elevenlabs_timeout_seconds,
    )
    return Service(
        "calling",
        settings,
        handlers,
        ports={
            Replica: PostgresReplica(),
            Queue: PostgresQueue(),
            Attempts: PostgresAttempts(),
            Recordings: PostgresRecordings(),
            UnboundWebhooks: PostgresUnboundWebhooks(),
            Telephony: telephony,
            CallingPolicy: settings.policy,
        },
    )


def main() -> None:
    run(build(Settings()))


if __name__ == "__main__":
    main()
